/* The stored form of results, edits and decisions: what was stored comes back, and the typed values
 * are what it says. */
#include <jansson.h>
#include <sqlite3.h>

#include "base/buf.h"
#include "records/codec.h"
#include "support.h"

enum part { SHOTS, DETAIL, EDITS, DECISIONS };

/* Decodes, copies, and encodes the copy. Gives. */
static json_t *through(enum part part, const json_t *stored)
{
    json_t *back = NULL;
    if (part == EDITS) {
        struct pc_record_edits edits, copy;
        pc_codec_decode_edits(stored, &edits);
        pc_record_edits_copy(&copy, &edits);
        assert_true(pc_record_edits_equal(&edits, &copy));
        pc_record_edits_finish(&edits);
        back = pc_codec_encode_edits(&copy);
        pc_record_edits_finish(&copy);
    } else if (part == DECISIONS) {
        struct pc_record_decisions decisions, copy;
        pc_codec_decode_decisions(stored, &decisions);
        pc_record_decisions_copy(&copy, &decisions);
        pc_record_decisions_finish(&decisions);
        back = pc_codec_encode_decisions(&copy);
        pc_record_decisions_finish(&copy);
    } else {
        struct pc_record_result result, copy;
        pc_codec_decode_result(part == SHOTS ? stored : NULL, part == DETAIL ? stored : NULL,
                               &result);
        pc_record_result_copy(&copy, &result);
        pc_record_result_finish(&result);
        back = part == SHOTS ? pc_codec_encode_shots(&copy) : pc_codec_encode_detail(&copy);
        pc_record_result_finish(&copy);
    }
    return back;
}

/* With exact, down to the byte. */
static void expect_back(enum part part, const char *text, bool exact)
{
    json_t *stored = json_loads(text, 0, NULL);
    assert_non_null(stored);
    json_t *back = through(part, stored);
    char *now = json_dumps(back, JSON_COMPACT);
    if (exact ? strcmp(text, now) != 0 : !json_equal(stored, back))
        fail_msg("stored %s\ncame back %s", text, now);
    free(now);
    json_decref(back);
    json_decref(stored);
}

/* --- what programs of this and of earlier versions wrote --- */

static sqlite3 *open_previous(const char *name)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_buf sql = PC_BUF_INIT;
    sqlite3 *db;
    char *path = test_source(name);
    assert_ok(pc_buf_read_file(&sql, path, 1000000, &err), &err);
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, pc_buf_text(&sql), NULL, NULL, NULL), SQLITE_OK);
    pc_buf_finish(&sql);
    free(path);
    return db;
}

static void what_the_previous_version_stored_comes_back_to_the_byte(void **state)
{
    static const char *const queries[] = {
        [SHOTS] = "SELECT shots FROM papers",
        [DETAIL] = "SELECT detail FROM papers",
        [EDITS] = "SELECT edits FROM marks",
        [DECISIONS] = "SELECT verdicts FROM marks",
    };
    (void)state;
    sqlite3 *db = open_previous("tests/data/records/previous.sql");
    for (int part = SHOTS; part <= DECISIONS; part++) {
        sqlite3_stmt *stmt;
        int n = 0;
        assert_int_equal(sqlite3_prepare_v2(db, queries[part], -1, &stmt, NULL), SQLITE_OK);
        for (; sqlite3_step(stmt) == SQLITE_ROW; n++)
            expect_back((enum part)part, (const char *)sqlite3_column_text(stmt, 0), true);
        assert_true(n >= 4);
        sqlite3_finalize(stmt);
    }
    sqlite3_close(db);
}

static void every_state_of_a_shot_comes_back_to_the_byte(void **state)
{
    static const char *const states[] = {"ok", "partial", "absent", "review"};
    (void)state;
    sqlite3 *db = open_previous("tests/data/records/previous-states.sql");
    sqlite3_stmt *stmt;
    bool seen[4] = {false};
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT shots, detail FROM papers", -1, &stmt, NULL),
                     SQLITE_OK);
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        const char *shots = (const char *)sqlite3_column_text(stmt, 0);
        for (size_t i = 0; i < 4; i++) {
            char member[32];
            snprintf(member, sizeof member, "\"state\":\"%s\"", states[i]);
            seen[i] = seen[i] || strstr(shots, member);
        }
        expect_back(SHOTS, shots, true);
        expect_back(DETAIL, (const char *)sqlite3_column_text(stmt, 1), true);
    }
    assert_true(seen[0] && seen[1] && seen[2] && seen[3]);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
}

static void every_member_comes_back_to_the_byte(void **state)
{
    (void)state;
    expect_back(SHOTS,
                "[{\"label\":\"neck\",\"title\":\"Neck\",\"state\":\"review\",\"reasons\":"
                "[\"low_score\",\"of_a_newer_version\"],\"score\":0.5,\"recipe\":\"abc\","
                "\"recipeVersion\":2,\"by\":\"batch\",\"box\":[-1,2,3,4],\"width\":3,\"height\":4,"
                "\"format\":\"png\",\"faceScore\":0.0,\"key\":\"shots/1/a.png\",\"bytes\":7,"
                "\"url\":\"/files/shots/1/a.png\"},"
                "{\"label\":\"sleeve\",\"title\":\"Sleeve\",\"state\":\"absent\",\"reasons\":[],"
                "\"score\":0.0,\"recipe\":\"abc\",\"recipeVersion\":1}]",
                true);
    expect_back(SHOTS, "[{\"label\":\"neck\",\"url\":\"http://s.example/1.jpg\"}]", true);
    expect_back(DETAIL,
                "{\"people\":[],\"facing\":\"unknown\",\"attention\":[\"no_person\"],\"model\":"
                "\"m@1\",\"timingsMs\":{\"decode\":1.0,\"pose\":2.0,\"cut\":3.0,\"total\":6.5},"
                "\"object\":{\"trimmed\":[1,2,3,4],\"interest\":[0,0,0,0]},\"person\":null,"
                "\"thumbnail\":\"shots/1/t.jpg\"}",
                true);
    expect_back(EDITS,
                "{\"person\":1,\"personBox\":[1,2,3,4],\"boxes\":{\"neck\":{\"box\":[1,2,30,40],"
                "\"by\":\"hand\"},\"a\":{\"box\":[5,6,70,80],\"by\":\"batch\"}},\"recipes\":[]}",
                true);
    expect_back(
        DECISIONS,
        "{\"neck\":{\"verdict\":\"rejected\",\"at\":\"2026-01-02T03:04:05.006Z\",\"reason\":"
        "\"blurred\",\"fresh\":true,\"first\":\"rejected\",\"why\":\"blurred\"},"
        "\"zoom\":{\"first\":\"corrected\"}}",
        true);
    expect_back(SHOTS, "[]", true);
    expect_back(DETAIL, "{}", true);
    expect_back(EDITS, "{}", true);
    expect_back(DECISIONS, "{}", true);
}

/* --- what others may have written --- */

static void nothing_of_another_form_is_lost(void **state)
{
    static const struct {
        enum part part;
        const char *text;
    } cases[] = {
        {SHOTS, "[1, null, \"x\", [], {}, {\"_id\": \"65f0\", \"label\": 3, \"url\": null}]"},
        {SHOTS, "[{\"label\": \"a\", \"box\": [1, 2, 3], \"width\": 0, \"bytes\": \"many\"}]"},
        {SHOTS, "[{\"reasons\": [\"a\", 1], \"box\": [1.5, 2, 3, 4], \"recipeVersion\": -1}]"},
        {SHOTS, "[{\"box\": [1, 2, 99999999999, 4], \"score\": null, \"key\": {\"a\": 1}}]"},
        {DETAIL, "{\"people\": 1, \"found\": [[1.5, 2], []], \"person\": -4, \"facing\": [\"a\"]}"},
        {DETAIL,
         "{\"people\": [{\"score\": 0.5, \"box\": [1, 2, 3]}], \"timingsMs\": {\"cut\": 1}}"},
        {DETAIL,
         "{\"object\": {\"trimmed\": [1, 2, 3, 4]}, \"attention\": {}, \"\": {\"$a.b\": 2}}"},
        {EDITS, "{\"person\": \"me\", \"boxes\": {}, \"recipes\": [1], \"note\": {\"a\": [1]}}"},
        {EDITS, "{\"boxes\": {\"a\": 1, \"b\": {\"box\": [1, 2, 0, 4], \"by\": 3, \"c\": 4}}}"},
        {DECISIONS, "{\"a\": \"yes\", \"b\": {\"fresh\": false, \"at\": 5, \"more\": true}}"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_back(cases[i].part, cases[i].text, false);
}

static void what_is_no_array_or_object_is_empty(void **state)
{
    (void)state;
    json_t *text = json_string("x");
    struct pc_record_result result;
    struct pc_record_edits edits;
    struct pc_record_decisions decisions;
    pc_codec_decode_result(text, text, &result);
    pc_codec_decode_edits(text, &edits);
    pc_codec_decode_decisions(NULL, &decisions);
    assert_true(result.n_shots == 0 && !result.people && !result.extra);
    assert_true(!edits.has_person && edits.n_boxes == 0 && !edits.extra);
    assert_int_equal(decisions.n, 0);
    pc_record_result_finish(&result);
    pc_record_edits_finish(&edits);
    pc_record_decisions_finish(&decisions);
    json_decref(text);
}

/* --- typed values --- */

static json_t *person_json(double first_x)
{
    json_t *points = json_array();
    for (int k = 0; k < PC_KEYPOINT_COUNT; k++)
        json_array_append_new(points, json_pack("[f, f, f]", k ? k * 1.5 : first_x, 2.5, .25));
    return json_pack("{s:f, s:[f, f, f, f], s:s, s:o, s:i}", "score", .75, "box", 1.0, 2.0, 3.0,
                     4.5, "facing", "back", "landmarks", points, "age", 30);
}

static void people_are_typed(void **state)
{
    (void)state;
    json_t *detail =
        json_pack("{s:[o, o], s:i, s:s, s:[s]}", "people", person_json(7.25), person_json(8),
                  "person", 1, "facing", "back", "attention", "several_people");
    struct pc_record_result r;
    pc_codec_decode_result(NULL, detail, &r);
    assert_int_equal(r.people->n, 2);
    assert_true(r.people->p[0].score == .75 && r.people->p[1].box.h == 4.5);
    assert_true(r.people->p[0].keypoints[0].x == 7.25 && r.people->p[1].keypoints[2].x == 3);
    assert_string_equal(r.facings[1], "back");
    assert_string_equal(r.person_extras[0], "{\"age\":30}");
    assert_true(r.has_person && r.person == 1 && r.has_attention && r.n_attention == 1);
    assert_string_equal(r.attention[0], "several_people");
    assert_true(!r.has_object && !r.has_timings && !r.model && !r.thumbnail && !r.extra);
    json_t *back = pc_codec_encode_detail(&r);
    assert_true(json_equal(back, detail));
    json_decref(back);
    json_decref(detail);
    pc_record_result_finish(&r);
}

static void shots_edits_and_decisions_are_typed(void **state)
{
    (void)state;
    json_t *shots =
        json_pack("[{s:s, s:s, s:[i,i,i,i], s:s, s:i}, {s:s}]", "label", "neck", "state", "ok",
                  "box", 1, 2, 3, 4, "key", "k", "bytes", 5, "label", "zoom");
    json_t *edits = json_pack("{s:i, s:{s:{s:[i,i,i,i], s:s}}, s:[s, s]}", "person", 0, "boxes",
                              "neck", "box", 1, 2, 3, 4, "by", "batch", "recipes", "a", "b");
    struct pc_record_result r;
    struct pc_record_edits e;
    pc_codec_decode_result(shots, NULL, &r);
    pc_codec_decode_edits(edits, &e);
    const struct pc_record_shot *neck = pc_record_result_find(&r, "neck");
    assert_true(neck && neck->box.w == 3 && neck->bytes == 5 && !neck->title && !neck->has_score);
    assert_string_equal(neck->key, "k");
    assert_true(pc_record_result_find(&r, "zoom")->key == NULL &&
                !pc_record_result_find(&r, "waist"));
    assert_true(e.has_person && e.person == 0 && e.person_box.w == 0 && e.n_boxes == 1);
    assert_string_equal(pc_record_edits_find_box(&e, "neck")->origin, "batch");
    assert_true(e.has_recipes && e.n_recipes == 2);
    assert_string_equal(e.recipes[1], "b");
    pc_record_result_finish(&r);
    pc_record_edits_finish(&e);
    json_decref(shots);
    json_decref(edits);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_previous_version_stored_comes_back_to_the_byte),
        cmocka_unit_test(every_state_of_a_shot_comes_back_to_the_byte),
        cmocka_unit_test(every_member_comes_back_to_the_byte),
        cmocka_unit_test(nothing_of_another_form_is_lost),
        cmocka_unit_test(what_is_no_array_or_object_is_empty),
        cmocka_unit_test(people_are_typed),
        cmocka_unit_test(shots_edits_and_decisions_are_typed),
    };
    return cmocka_run_group_tests_name("records: codec", tests, NULL, NULL);
}
