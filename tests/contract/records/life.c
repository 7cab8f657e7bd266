/* Records, one at a time: what each change does, and what it refuses. */
#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"
#include "suite.h"

static void insert_makes_a_pending_record(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_record_new fresh = {.url = "https://a.example/it's \"x\".jpg?ä=%",
                                  .name = "Käse \xF0\x9F\x91\x97.jpg",
                                  .sku = "S1",
                                  .label = "red",
                                  .batch = "b1",
                                  .original_key = "originals/x.jpg",
                                  .format = "jpeg",
                                  .bytes = 42};
    struct pc_record r;
    bool created = false;
    int64_t before = pc_clock_wall_ms();
    assert_ok(pc_records_insert(rs, &fresh, &r, &created, &err), &err);
    assert_true(created);
    assert_true(r.id >= 1 && r.seq >= 1);
    assert_string_equal(r.url, fresh.url);
    assert_string_equal(r.name, fresh.name);
    assert_string_equal(r.sku, "S1");
    assert_string_equal(r.label, "red");
    assert_string_equal(r.batch, "b1");
    assert_string_equal(r.original_key, "originals/x.jpg");
    assert_string_equal(r.format, "jpeg");
    assert_int_equal(r.bytes, 42);
    assert_int_equal(r.status, PC_PENDING);
    assert_string_equal(r.stage, "queued");
    assert_int_equal(r.attempts, 0);
    assert_string_equal(r.error_code, "");
    assert_true(r.result.n_shots == 0 && !r.result.people && !r.result.extra);
    assert_true(r.edits.n_boxes == 0 && !r.edits.has_person && r.decisions.n == 0);
    assert_true(r.created_ms >= before && r.updated_ms == r.created_ms && r.finished_ms == 0);
    pc_record_finish(&r);
    pc_records_close(rs);
}

static void insert_of_a_known_url_finds_it(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    int64_t id = suite_insert(rs, "u"), seq = suite_last_seq(rs);
    struct pc_record r;
    bool created = true;
    struct pc_record_new again = {.url = "u", .name = "other", .original_key = "k"};
    assert_ok(pc_records_insert(rs, &again, &r, &created, &err), &err);
    assert_false(created);
    assert_int_equal(r.id, id);
    assert_string_equal(r.name, "u");
    assert_string_equal(r.sku, "");
    assert_string_equal(r.original_key, "");
    assert_int_equal(suite_last_seq(rs), seq);
    pc_record_finish(&r);
    pc_records_close(rs);
}

static void a_batch_answers_each_and_finds_doubles(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    int64_t known = suite_insert(rs, "b");
    struct pc_record_new fresh[] = {{.url = "a"}, {.url = "b"}, {.url = "c"}, {.url = "a"}};
    struct pc_record items[4];
    bool created[4];
    assert_ok(pc_records_insert_many(rs, fresh, 4, items, created, &err), &err);
    assert_true(created[0] && !created[1] && created[2] && !created[3]);
    assert_int_equal(items[1].id, known);
    assert_int_equal(items[3].id, items[0].id);
    assert_true(items[2].id > items[0].id && items[2].seq > items[0].seq);
    for (int i = 0; i < 4; i++)
        pc_record_finish(&items[i]);
    assert_ok(pc_records_insert_many(rs, NULL, 0, items, created, &err), &err);
    pc_records_close(rs);
}

static void a_batch_with_a_bad_one_adds_none(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_record_new fresh[] = {{.url = "a"}, {.url = "bad\xff"}};
    struct pc_record items[2];
    bool created[2];
    assert_code(pc_records_insert_many(rs, fresh, 2, items, created, &err), PC_E_BAD_REQUEST);
    assert_int_equal(suite_last_seq(rs), 0);
    pc_records_close(rs);
}

static void bad_arguments_are_refused(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    struct pc_record_list list;
    bool created;
    char *long_url = pc_xzalloc(PC_RECORD_TEXT_MAX + 2);
    memset(long_url, 'a', PC_RECORD_TEXT_MAX + 1);
    const char *bad[] = {NULL, "", "\xc3(", long_url};
    for (size_t i = 0; i < 4; i++)
        assert_code(
            pc_records_insert(rs, &(struct pc_record_new){.url = bad[i]}, &r, &created, &err),
            PC_E_BAD_REQUEST);
    free(long_url);
    struct pc_record_query queries[5];
    for (size_t i = 0; i < 5; i++)
        queries[i] = (struct pc_record_query)PC_RECORD_QUERY_INIT;
    queries[0].limit = 0;
    queries[1].limit = 1001;
    queries[2].offset = -1;
    queries[3].status = 3;
    queries[4].search = "\xff";
    for (size_t i = 0; i < 5; i++)
        assert_code(pc_records_list(rs, &queries[i], &list, &err), PC_E_BAD_REQUEST);
    assert_code(pc_records_progress(rs, 1, "posing", 101, &err), PC_E_BAD_REQUEST);
    assert_code(pc_records_fail(rs, 1, "", "x", true, &err), PC_E_BAD_REQUEST);
    pc_records_close(rs);
}

static void wrong_store_urls_are_refused(void **state)
{
    struct contract *c = *state;
    const struct pc_records_driver *driver = c->d->driver;
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs;
    assert_code(pc_records_open(driver, "gopher:x", &rs, &err), PC_E_CONFIG);
    assert_null(rs);
    assert_code(pc_records_open(driver, NULL, &rs, &err), PC_E_CONFIG);
    assert_code(pc_records_open(driver, "", &rs, &err), PC_E_CONFIG);
    assert_true(pc_records_driver_accepts(driver, c->url));
    pc_records_close(NULL);
}

static void what_is_not_there_is_not_found(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    struct pc_record_completion nothing = {0};
    const int64_t absent[] = {7, 0, -1, INT64_MAX};
    for (size_t i = 0; i < 4; i++) {
        assert_code(pc_records_get(rs, absent[i], &r, &err), PC_E_NOT_FOUND);
        assert_code(pc_records_remove(rs, absent[i], &r, &err), PC_E_NOT_FOUND);
        assert_code(pc_records_retry(rs, absent[i], &r, &err), PC_E_NOT_FOUND);
        assert_code(pc_records_recut(rs, absent[i], &r, &err), PC_E_NOT_FOUND);
        assert_code(pc_records_begin(rs, absent[i], &r, &err), PC_E_NOT_PENDING);
        assert_code(pc_records_progress(rs, absent[i], "posing", 1, &err), PC_E_NOT_PENDING);
        assert_code(pc_records_finish(rs, absent[i], &nothing, &err), PC_E_NOT_PENDING);
        assert_code(pc_records_fail(rs, absent[i], "c", "m", true, &err), PC_E_NOT_PENDING);
    }
    assert_int_equal(suite_last_seq(rs), 0);
    pc_records_close(rs);
}

static void a_record_lives_from_pending_to_processed(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    int64_t id = suite_insert(rs, "u"), seq = suite_last_seq(rs);
    struct pc_record r;
    assert_ok(pc_records_begin(rs, id, &r, &err), &err);
    assert_int_equal(r.attempts, 1);
    assert_string_equal(r.stage, "fetching");
    assert_true(r.seq > seq);
    pc_record_finish(&r);
    assert_ok(pc_records_progress(rs, id, "posing", 40, &err), &err);
    r = suite_get(rs, id);
    assert_string_equal(r.stage, "posing");
    assert_int_equal(r.progress, 40);
    pc_record_finish(&r);
    suite_finish(rs, id, "shots/1/neck.jpg", true);
    r = suite_get(rs, id);
    assert_int_equal(r.status, PC_PROCESSED);
    assert_string_equal(r.stage, "");
    assert_int_equal(r.progress, 100);
    assert_string_equal(r.original_key, ""); /* NULL in the result: stays as it was */
    assert_string_equal(r.format, "jpeg");
    assert_true(r.bytes == 1234567890123 && r.width == 4000 && r.height == 3000 && r.attention);
    assert_string_equal(r.result.shots[0].label, "neck");
    assert_string_equal(r.result.facing, "front");
    const struct pc_keypoint *k = &r.result.people->p[0].keypoints[1];
    assert_true(k->x == 59.9 && k->y == 24.25 && k->score == .1 + .2);
    assert_true(r.finished_ms >= r.created_ms && r.updated_ms == r.finished_ms);
    pc_record_finish(&r);
    pc_records_close(rs);
}

static void a_stored_original_begins_with_decoding(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    struct pc_record_new fresh = {.url = "upload:x", .original_key = "o/x.png"};
    int64_t id = suite_insert_new(rs, &fresh);
    assert_ok(pc_records_begin(rs, id, &r, &err), &err);
    assert_string_equal(r.stage, "decoding");
    assert_string_equal(r.original_key, "o/x.png");
    pc_record_finish(&r);
    pc_records_close(rs);
}

static void a_finished_record_does_not_change(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    int64_t id = suite_insert(rs, "u");
    struct pc_record r;
    struct pc_record_completion other = {.original_key = "late", .width = 1};
    suite_finish(rs, id, "k", false);
    int64_t seq = suite_last_seq(rs);
    assert_code(pc_records_finish(rs, id, &other, &err), PC_E_NOT_PENDING);
    assert_code(pc_records_begin(rs, id, &r, &err), PC_E_NOT_PENDING);
    assert_code(pc_records_progress(rs, id, "cutting", 50, &err), PC_E_NOT_PENDING);
    assert_code(pc_records_fail(rs, id, "internal", "late", false, &err), PC_E_NOT_PENDING);
    assert_code(pc_records_fail(rs, id, "internal", "late", true, &err), PC_E_NOT_PENDING);
    assert_code(pc_records_retry(rs, id, &r, &err), PC_E_NOT_FAILED);
    r = suite_get(rs, id);
    assert_int_equal(r.status, PC_PROCESSED);
    assert_int_equal(r.width, 4000);
    assert_string_equal(r.original_key, "");
    assert_int_equal(r.result.n_shots, 1);
    assert_int_equal(suite_last_seq(rs), seq);
    pc_record_finish(&r);
    pc_records_close(rs);
}

static void a_failed_attempt_stays_pending_and_a_final_one_fails(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    int64_t id = suite_insert(rs, "u");
    struct pc_record r;
    assert_ok(pc_records_begin(rs, id, &r, &err), &err);
    pc_record_finish(&r);
    assert_ok(pc_records_fail(rs, id, "fetch_timeout", "slow", false, &err), &err);
    r = suite_get(rs, id);
    assert_int_equal(r.status, PC_PENDING);
    assert_string_equal(r.stage, "queued");
    assert_string_equal(r.error_code, "fetch_timeout");
    assert_string_equal(r.error_message, "slow");
    assert_int_equal(r.finished_ms, 0);
    pc_record_finish(&r);
    assert_ok(pc_records_fail(rs, id, "fetch_dns", "no host", true, &err), &err);
    r = suite_get(rs, id);
    assert_int_equal(r.status, PC_FAILED);
    assert_string_equal(r.stage, "");
    assert_string_equal(r.error_code, "fetch_dns");
    assert_int_equal(r.attempts, 1);
    assert_true(r.finished_ms > 0);
    pc_record_finish(&r);
    pc_records_close(rs);
}

static void retry_makes_a_failed_one_pending(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    int64_t id = suite_insert(rs, "u");
    struct pc_record r;
    assert_code(pc_records_retry(rs, id, &r, &err), PC_E_NOT_FAILED);
    assert_ok(pc_records_begin(rs, id, &r, &err), &err);
    pc_record_finish(&r);
    assert_ok(pc_records_fail(rs, id, "fetch_dns", "no host", true, &err), &err);
    assert_ok(pc_records_retry(rs, id, &r, &err), &err);
    assert_int_equal(r.status, PC_PENDING);
    assert_int_equal(r.attempts, 0);
    assert_string_equal(r.stage, "queued");
    assert_string_equal(r.error_code, "");
    assert_string_equal(r.error_message, "");
    assert_int_equal(r.finished_ms, 0);
    pc_record_finish(&r);
    suite_finish(rs, id, "k", false);
    pc_records_close(rs);
}

static void recut_makes_a_processed_one_pending_and_keeps_its_shots(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    int64_t id = suite_insert(rs, "u");
    struct pc_record r;
    bool referenced;
    assert_code(pc_records_recut(rs, id, &r, &err), PC_E_NOT_PROCESSED);
    suite_finish(rs, id, "shots/old.jpg", false);
    assert_code(pc_records_retry(rs, id, &r, &err), PC_E_NOT_FAILED);
    assert_ok(pc_records_recut(rs, id, &r, &err), &err);
    assert_int_equal(r.status, PC_PENDING);
    assert_int_equal(r.attempts, 0);
    assert_int_equal(r.result.n_shots, 1);
    pc_record_finish(&r);
    assert_ok(pc_records_begin(rs, id, &r, &err), &err);
    assert_int_equal(r.result.n_shots, 1);
    pc_record_finish(&r);
    suite_finish(rs, id, "shots/new.jpg", false);
    assert_ok(pc_records_references_blob(rs, "shots/new.jpg", &referenced, &err), &err);
    assert_true(referenced);
    assert_ok(pc_records_references_blob(rs, "shots/old.jpg", &referenced, &err), &err);
    assert_false(referenced);
    pc_records_close(rs);
}

static void remove_gives_what_was_and_never_reuses_the_id(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    int64_t id = suite_insert(rs, "u"), seq;
    struct pc_record r;
    bool referenced;
    suite_finish(rs, id, "shots/a.jpg", true);
    seq = suite_last_seq(rs);
    assert_ok(pc_records_remove(rs, id, &r, &err), &err);
    assert_string_equal(r.url, "u");
    assert_int_equal(r.result.n_shots, 1);
    pc_record_finish(&r);
    assert_true(suite_last_seq(rs) > seq);
    assert_code(pc_records_get(rs, id, &r, &err), PC_E_NOT_FOUND);
    assert_ok(pc_records_references_blob(rs, "shots/a.jpg", &referenced, &err), &err);
    assert_false(referenced);
    assert_true(suite_insert(rs, "u") > id);
    pc_records_close(rs);
}

static void counts_follow_every_change(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    int64_t ids[5], counts[PC_STATUS_COUNT], attention;
    struct pc_record r;
    char url[16];
    for (int i = 0; i < 5; i++) {
        snprintf(url, sizeof url, "u%d", i);
        ids[i] = suite_insert(rs, url);
    }
    suite_finish(rs, ids[0], "a", true);
    suite_finish(rs, ids[1], "b", false);
    assert_ok(pc_records_fail(rs, ids[2], "c", "m", true, &err), &err);
    assert_ok(pc_records_count(rs, NULL, counts, &attention, NULL, &err), &err);
    assert_true(counts[PC_PENDING] == 2 && counts[PC_PROCESSED] == 2 && counts[PC_FAILED] == 1);
    assert_int_equal(attention, 1);
    assert_ok(pc_records_retry(rs, ids[2], &r, &err), &err);
    pc_record_finish(&r);
    assert_ok(pc_records_remove(rs, ids[0], &r, &err), &err);
    pc_record_finish(&r);
    assert_ok(pc_records_count(rs, NULL, counts, &attention, NULL, &err), &err);
    assert_true(counts[PC_PENDING] == 3 && counts[PC_PROCESSED] == 1 && counts[PC_FAILED] == 0);
    assert_int_equal(attention, 0);
    pc_records_close(rs);
}

const struct contract_case life_cases[] = {
    CASE(insert_makes_a_pending_record),
    CASE(insert_of_a_known_url_finds_it),
    CASE(a_batch_answers_each_and_finds_doubles),
    CASE(a_batch_with_a_bad_one_adds_none),
    CASE(bad_arguments_are_refused),
    CASE(wrong_store_urls_are_refused),
    CASE(what_is_not_there_is_not_found),
    CASE(a_record_lives_from_pending_to_processed),
    CASE(a_stored_original_begins_with_decoding),
    CASE(a_finished_record_does_not_change),
    CASE(a_failed_attempt_stays_pending_and_a_final_one_fails),
    CASE(retry_makes_a_failed_one_pending),
    CASE(recut_makes_a_processed_one_pending_and_keeps_its_shots),
    CASE(remove_gives_what_was_and_never_reuses_the_id),
    CASE(counts_follow_every_change),
    {NULL, NULL, 0},
};
