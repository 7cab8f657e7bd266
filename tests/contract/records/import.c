/* Records that come from another store: as they were, under their own ids. */
#include <stdio.h>

#include "records/driver.h"
#include "suite.h"

/* All fields differ from those of a fresh record. */
static struct pc_record foreign(int64_t id, const char *url)
{
    struct pc_record r;
    pc_record_init(&r);
    r.id = id;
    pc_record_set_text(&r.url, url);
    pc_record_set_text(&r.name, "n\xc3\xa9");
    pc_record_set_text(&r.sku, "S-1");
    pc_record_set_text(&r.label, "l");
    pc_record_set_text(&r.batch, "spring");
    pc_record_set_text(&r.original_key, "originals/ab/x.jpg");
    pc_record_set_text(&r.format, "jpeg");
    r.status = PC_PROCESSED;
    r.progress = 100;
    r.attempts = 2;
    r.bytes = 1234567890123;
    r.width = 4000;
    r.height = 3000;
    r.attention = true;
    r.review = PC_REVIEW_REJECTED;
    r.created_ms = 1000;
    r.updated_ms = 2000;
    r.finished_ms = 1500;
    struct pc_arena *arena = &r.result.arena;
    r.result.n_shots = 1;
    r.result.shots = pc_arena_alloc(arena, sizeof *r.result.shots);
    r.result.shots[0] = (struct pc_record_shot){
        .label = "neck", .key = "shots/7/neck.jpg", .has_score = true, .score = .5};
    r.result.extra = "{\"from\":{\"a.b\":[1,{\"$set\":2}]}}";
    r.edits.has_person = true;
    r.edits.person = 1;
    pc_record_decisions_add(&r.decisions, "neck")->verdict = "rejected";
    return r;
}

static void assert_same(const struct pc_record *a, const struct pc_record *b)
{
    assert_int_equal(a->id, b->id);
    assert_string_equal(a->url, b->url);
    assert_string_equal(a->name, b->name);
    assert_string_equal(a->sku, b->sku);
    assert_string_equal(a->batch, b->batch);
    assert_string_equal(a->original_key, b->original_key);
    assert_string_equal(a->error_code, b->error_code);
    assert_int_equal(a->status, b->status);
    assert_int_equal(a->attempts, b->attempts);
    assert_int_equal(a->bytes, b->bytes);
    assert_int_equal(a->width, b->width);
    assert_int_equal(a->attention, b->attention);
    assert_int_equal(a->review, b->review);
    assert_int_equal(a->created_ms, b->created_ms);
    assert_int_equal(a->updated_ms, b->updated_ms);
    assert_int_equal(a->finished_ms, b->finished_ms);
    assert_true(suite_same_stored(a, b));
}

static void imported_records_are_as_they_were(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_record items[] = {foreign(40, "a"), foreign(7, "b")}, r;
    int64_t counts[PC_STATUS_COUNT], attention, before = suite_last_seq(rs);
    assert_ok(pc_records_import(rs, items, 2, &err), &err);
    for (int i = 0; i < 2; i++) {
        r = suite_get(rs, items[i].id);
        assert_same(&r, &items[i]);
        assert_true(r.seq > before);
        pc_record_finish(&r);
    }
    suite_references(rs, "shots/7/neck.jpg", true);
    suite_references(rs, "originals/ab/x.jpg", true);
    assert_ok(pc_records_count(rs, NULL, counts, &attention, NULL, &err), &err);
    assert_true(counts[PC_PROCESSED] == 2 && counts[PC_PENDING] == 0 && attention == 2);
    assert_true(suite_insert(rs, "c") > 40);
    for (int i = 0; i < 2; i++)
        pc_record_finish(&items[i]);
    pc_records_close(rs);
}

static void importing_again_replaces(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_record item = foreign(3, "a"), r;
    assert_ok(pc_records_import(rs, &item, 1, &err), &err);
    item.status = PC_FAILED;
    item.attention = false;
    pc_record_set_text(&item.error_code, "image_corrupt");
    item.result.n_shots = 0;
    assert_ok(pc_records_import(rs, &item, 1, &err), &err);
    r = suite_get(rs, 3);
    assert_same(&r, &item);
    suite_references(rs, "shots/7/neck.jpg", false);
    int64_t counts[PC_STATUS_COUNT], attention;
    assert_ok(pc_records_count(rs, NULL, counts, &attention, NULL, &err), &err);
    assert_true(counts[PC_FAILED] == 1 && counts[PC_PROCESSED] == 0 && attention == 0);
    pc_record_finish(&r);
    pc_record_finish(&item);
    pc_records_close(rs);
}

static void a_conflicting_import_is_refused(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    int64_t id = suite_insert(rs, "a");
    struct pc_record other_url = foreign(id, "b"), other_id = foreign(id + 5, "a"),
                     none = foreign(0, "c"), r;
    assert_code(pc_records_import(rs, &other_url, 1, &err), PC_E_BAD_REQUEST);
    assert_code(pc_records_import(rs, &other_id, 1, &err), PC_E_BAD_REQUEST);
    assert_code(pc_records_import(rs, &none, 1, &err), PC_E_BAD_REQUEST);
    r = suite_get(rs, id);
    assert_string_equal(r.url, "a");
    assert_int_equal(r.status, PC_PENDING);
    pc_record_finish(&r);
    pc_record_finish(&other_url);
    pc_record_finish(&other_id);
    pc_record_finish(&none);
    pc_records_close(rs);
}

static void imported_records_live_on(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_record item = foreign(3, "a"), r;
    item.status = PC_PENDING;
    item.finished_ms = 0;
    assert_ok(pc_records_import(rs, &item, 1, &err), &err);
    assert_ok(pc_records_begin(rs, 3, &r, &err), &err);
    assert_int_equal(r.attempts, 3);
    pc_record_finish(&r);
    suite_finish(rs, 3, "shots/3/new.jpg", false);
    suite_references(rs, "shots/7/neck.jpg", false);
    assert_ok(pc_records_remove(rs, 3, &r, &err), &err);
    pc_record_finish(&r);
    suite_references(rs, "originals/ab/x.jpg", false);
    pc_record_finish(&item);
    pc_records_close(rs);
}

const struct contract_case import_cases[] = {
    CASE(imported_records_are_as_they_were),
    CASE(importing_again_replaces),
    CASE(a_conflicting_import_is_refused),
    CASE(imported_records_live_on),
    {0},
};
