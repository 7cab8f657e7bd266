/* What only the MongoDB driver promises: what a Node program reads; the order of seq; indexes. */
#include <stdio.h>

#include "../contract.h"
#include "base/clock.h"
#include "base/mem.h"
#include "mongo_store.h"
#include "records/codec.h"
#include "records/drivers.h"
#include "records/mongo/internal.h"

/* Documents of others */

static void a_node_program_reads_what_it_knew(void **state)
{
    (void)state;
    char *url = mongo_store_fresh();
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs = mongo_open_at(url);
    struct direct d = direct_open(url);
    bson_iter_t it, shot;
    int64_t id = mongo_insert_url(rs, "http://a.example/1.jpg");
    struct pc_record_shot found = {
        .label = "neck", .key = "shots/n.jpg", .url = "http://s.example/n.jpg"};
    struct pc_record_result result = {.n_shots = 1, .shots = &found};
    struct pc_record_completion completion = {.result = &result};
    assert_ok(pc_records_finish(rs, id, &completion, &err), &err);
    bson_t *doc = direct_find(&d, "images", BCON_NEW("url", BCON_UTF8("http://a.example/1.jpg")));
    assert_non_null(doc);
    assert_true(bson_iter_init_find(&it, doc, "_id") && bson_iter_as_int64(&it) == id);
    assert_true(bson_iter_init_find(&it, doc, "status"));
    assert_string_equal(bson_iter_utf8(&it, NULL), "processed");
    assert_true(bson_iter_init(&it, doc) && bson_iter_find_descendant(&it, "shots.0.label", &shot));
    assert_string_equal(bson_iter_utf8(&shot, NULL), "neck");
    assert_true(bson_iter_init(&it, doc) && bson_iter_find_descendant(&it, "shots.0.url", &shot));
    assert_string_equal(bson_iter_utf8(&shot, NULL), "http://s.example/n.jpg");
    bson_destroy(doc);
    direct_close(&d);
    pc_records_close(rs);
    mongo_store_remove(url);
}

static void documents_of_other_programs_read_as_far_as_they_go(void **state)
{
    (void)state;
    char *url = mongo_store_fresh();
    struct pc_err err = PC_ERR_INIT;
    struct direct d = direct_open(url);
    struct pc_record r;
    direct_insert(&d, "images",
                  BCON_NEW("_id", BCON_DOUBLE(41), "url", BCON_UTF8("u"), "status",
                           BCON_UTF8("nonsense"), "shots", BCON_UTF8("none"), "bytes",
                           BCON_UTF8("many"), "detail", "[", "]", "width", BCON_DOUBLE(640)));
    struct pc_records *rs = mongo_open_at(url);
    assert_ok(pc_records_get(rs, 41, &r, &err), &err);
    assert_string_equal(r.url, "u");
    assert_true(r.status == PC_PENDING && r.bytes == 0 && r.width == 640 && r.seq == 0);
    assert_true(r.result.n_shots == 0 && !r.result.people && r.edits.n_boxes == 0);
    assert_string_equal(r.name, "");
    pc_record_finish(&r);
    assert_true(mongo_insert_url(rs, "v") > 41); /* the counter begins above */
    direct_close(&d);
    pc_records_close(rs);
    mongo_store_remove(url);
}

static void any_name_in_json_comes_back(void **state)
{
    (void)state;
    char *url = mongo_store_fresh();
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs = mongo_open_at(url);
    struct pc_record r;
    int64_t id = mongo_insert_url(rs, "u");
    json_t *detail = json_pack("{s:i, s:f, s:n, s:b, s:{s:[i,s,{s:s}]}, s:I, s:s}", "a.b", 1,
                               "$set", 1.5, "", "%", 1, "in.ner", "$x", 2, "t", "\xc3\xa4%2E",
                               "\xf0\x9f\x91\x97", "big", (json_int_t)9007199254740991, "$", "$");
    assert_non_null(detail);
    struct pc_record_result result;
    json_t *shots = json_pack("[O]", detail); /* stored as a sub-document, detail as text */
    pc_codec_decode_result(shots, detail, &result);
    struct pc_record_completion completion = {.result = &result};
    assert_ok(pc_records_finish(rs, id, &completion, &err), &err);
    assert_ok(pc_records_get(rs, id, &r, &err), &err);
    json_t *shots_back = pc_codec_encode_shots(&r.result),
           *detail_back = pc_codec_encode_detail(&r.result);
    assert_true(json_equal(shots_back, shots) && json_equal(detail_back, detail));
    json_decref(shots_back);
    json_decref(detail_back);
    json_decref(shots);
    pc_record_result_finish(&result);
    pc_record_finish(&r);
    json_decref(detail);
    pc_records_close(rs);
    mongo_store_remove(url);
}

/* The order of seq */

static void write_seq_directly(struct direct *d, const char *token, int64_t id, int64_t seq)
{
    char path[48];
    snprintf(path, sizeof path, "open.%s", token);
    direct_update(d, "images", BCON_NEW("_id", BCON_INT64(id)),
                  BCON_NEW("$set", "{", "seq", BCON_INT64(seq), "stage", BCON_UTF8("late"), "}"));
    direct_update(d, "store", BCON_NEW("_id", BCON_UTF8("images")),
                  BCON_NEW("$unset", "{", path, BCON_INT32(1), "}"));
}

/* Lists what changed since; returns how many, *seq is where to go on. */
static int changes_since(struct pc_records *rs, int64_t *seq)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    struct pc_record_list list;
    q.since_seq = *seq;
    assert_ok(pc_records_list(rs, &q, &list, &err), &err);
    int n = list.n;
    for (int i = 0; i < n; i++)
        assert_true(list.items[i].seq <= list.last_seq);
    *seq = list.last_seq;
    pc_record_list_finish(&list);
    return n;
}

static void a_late_change_is_not_overtaken(void **state)
{
    (void)state;
    char *url = mongo_store_fresh();
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs = mongo_open_at(url), *other = mongo_open_at(url);
    struct direct d = direct_open(url);
    int64_t slow = mongo_insert_url(rs, "slow"), quick = mongo_insert_url(rs, "quick");
    int64_t seq = mongo_last_seq(rs), seen = seq;
    int64_t late = direct_take_seq(&d, "late", seq);
    assert_ok(pc_records_progress(other, quick, "posing", 10, &err), &err);
    assert_int_equal(changes_since(rs, &seen), 0); /* 4 is there, 3 is not: neither shows */
    assert_int_equal(seen, seq);
    write_seq_directly(&d, "late", slow, late);
    assert_int_equal(changes_since(rs, &seen), 2);
    assert_int_equal(seen, late + 1);
    assert_int_equal(changes_since(other, &seen), 0);
    direct_close(&d);
    pc_records_close(rs);
    pc_records_close(other);
    mongo_store_remove(url);
}

/* Each of the dead would hold up the lists for some seconds, if one were given up after the other.
 */
static void changes_of_many_dead_processes_expire_at_once(void **state)
{
    enum { DEAD = 12, LIMIT_MS = 120 * 1000 };
    (void)state;
    char *url = mongo_store_fresh();
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs = mongo_open_at(url);
    struct direct d = direct_open(url);
    int64_t id = mongo_insert_url(rs, "a"), seq = mongo_last_seq(rs), seen = seq;
    for (int i = 0; i < DEAD; i++) {
        char token[16];
        snprintf(token, sizeof token, "dead%d", i);
        seq = direct_take_seq(&d, token, seq);
    }
    assert_ok(pc_records_progress(rs, id, "posing", 10, &err), &err);
    for (int64_t until_ms = pc_clock_mono_ms() + LIMIT_MS;
         pc_clock_mono_ms() < until_ms && seen <= seq; pc_clock_sleep_ms(100))
        (void)changes_since(rs, &seen);
    assert_int_equal(seen, seq + 1);
    direct_close(&d);
    pc_records_close(rs);
    mongo_store_remove(url);
}

/* What a failover leaves: the counter is where it was before changes that were seen. */
static void a_counter_that_went_back_is_raised_and_told(void **state)
{
    (void)state;
    char *url = mongo_store_fresh();
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *poller = mongo_open_at(url), *writer = mongo_open_at(url);
    struct direct d = direct_open(url);
    int64_t id = mongo_insert_url(writer, "a"), ids[4], seen;
    int n;
    bool all;
    for (int i = 0; i < 5; i++)
        assert_ok(pc_records_progress(writer, id, "posing", i, &err), &err);
    seen = mongo_last_seq(poller);
    direct_update(&d, "store", BCON_NEW("_id", BCON_UTF8("images")),
                  BCON_NEW("$set", "{", "seq", BCON_INT64(seen - 3), "}"));
    assert_ok(pc_records_progress(writer, id, "posing", 9, &err), &err);
    assert_int_equal(mongo_last_seq(poller), seen + 1); /* the writer knew */
    direct_update(&d, "store", BCON_NEW("_id", BCON_UTF8("images")),
                  BCON_NEW("$set", "{", "seq", BCON_INT64(seen - 3), "}"));
    assert_ok(pc_records_list_tombstones(poller, seen, ids, 4, &n, &all, &err), &err);
    assert_false(all); /* read everything again */
    assert_ok(pc_records_list_tombstones(poller, seen + 1, ids, 4, &n, &all, &err), &err);
    assert_false(all);
    int64_t now = seen + 1;
    assert_true(mongo_insert_url(writer, "b") > id);
    assert_int_equal(changes_since(poller, &now), 1);
    assert_ok(pc_records_list_tombstones(poller, now, ids, 4, &n, &all, &err), &err);
    assert_true(all && n == 0);
    direct_close(&d);
    pc_records_close(poller);
    pc_records_close(writer);
    mongo_store_remove(url);
}

static void a_change_that_expired_too_early_is_not_missed(void **state)
{
    (void)state;
    char *url = mongo_store_fresh();
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs = mongo_open_at(url), *other = mongo_open_at(url);
    struct direct d = direct_open(url);
    struct pc_mongo_change slow;
    char path[48];
    int64_t late = mongo_insert_url(rs, "late"), quick = mongo_insert_url(rs, "quick");
    int64_t seen = mongo_last_seq(rs);
    assert_ok(pc_mongo_change_begin(&slow, PC_RECORDS_SELF(struct pc_mongo, rs), 1, 0, &err), &err);
    snprintf(path, sizeof path, "open.%s", slow.token);
    direct_update(&d, "store", BCON_NEW("_id", BCON_UTF8("images")),
                  BCON_NEW("$unset", "{", path, BCON_INT32(1), "}"));
    assert_ok(pc_records_progress(other, quick, "posing", 10, &err), &err);
    (void)changes_since(other, &seen);
    assert_true(seen >= slow.seq);
    direct_update(&d, "images", BCON_NEW("_id", BCON_INT64(late)),
                  BCON_NEW("$set", "{", "seq", BCON_INT64(slow.seq), "}"));
    pc_mongo_change_end(&slow, true);
    assert_int_equal(changes_since(other, &seen), 1);
    assert_int_equal(changes_since(other, &seen), 0);
    direct_close(&d);
    pc_records_close(rs);
    pc_records_close(other);
    mongo_store_remove(url);
}

struct writers {
    struct pc_records *rs[2];
    int64_t ids[2];
    int failed[3];
    int missed;
    bool done[2];
};

/* 0 and 1 write, 2 polls and checks that it sees the last change of each. */
static void write_or_poll(void *ctx, int i)
{
    struct writers *w = ctx;
    struct pc_err err = PC_ERR_INIT;
    for (int round = 1; i < 2 && round <= 25; round++)
        w->failed[i] += pc_records_progress(w->rs[i], w->ids[i], "posing", round, &err) != PC_OK;
    if (i < 2)
        __atomic_store_n(&w->done[i], true, __ATOMIC_RELEASE);
    int64_t since = 1;
    int progress[2] = {0, 0};
    for (int last = 0; i == 2 && last < 2;) {
        struct pc_record_query q = PC_RECORD_QUERY_INIT;
        struct pc_record_list list;
        last += __atomic_load_n(&w->done[0], __ATOMIC_ACQUIRE) &&
                __atomic_load_n(&w->done[1], __ATOMIC_ACQUIRE);
        q.since_seq = since;
        q.limit = 1; /* a full page: the next begins behind its last one */
        if (pc_records_list(w->rs[0], &q, &list, &err)) {
            w->failed[2]++;
            continue;
        }
        last = list.n ? 0 : last;
        for (int k = 0; k < list.n; k++)
            progress[list.items[k].id == w->ids[1]] = list.items[k].progress;
        since = list.n == q.limit ? list.items[list.n - 1].seq : list.last_seq;
        pc_record_list_finish(&list);
    }
    if (i == 2)
        w->missed = (progress[0] != 25) + (progress[1] != 25);
}

static void a_poller_misses_nothing_of_two_writers(void **state)
{
    (void)state;
    char *url = mongo_store_fresh();
    struct writers w = {.rs = {mongo_open_at(url), mongo_open_at(url)}};
    w.ids[0] = mongo_insert_url(w.rs[0], "a");
    w.ids[1] = mongo_insert_url(w.rs[1], "b");
    contract_threads(3, write_or_poll, &w);
    assert_int_equal(w.failed[0] + w.failed[1] + w.failed[2], 0);
    assert_int_equal(w.missed, 0);
    pc_records_close(w.rs[0]);
    pc_records_close(w.rs[1]);
    mongo_store_remove(url);
}

/* Indexes */

/* Gives how the server would run a query, in its words; NULL when it does not tell. */
static char *plan_of(struct direct *d, const bson_t *filter, const bson_t *opts)
{
    bson_t reply, sort = BSON_INITIALIZER;
    bson_iter_t it, found;
    const uint8_t *data;
    uint32_t len;
    if (bson_iter_init_find(&it, opts, "sort")) {
        bson_iter_document(&it, &len, &data);
        assert_true(bson_init_static(&sort, data, len));
    }
    bson_t *command = BCON_NEW("explain", "{", "find", BCON_UTF8("images"), "filter",
                               BCON_DOCUMENT(filter), "sort", BCON_DOCUMENT(&sort), "}");
    bool tells = mongoc_database_command_simple(d->db, command, NULL, &reply, NULL) &&
                 bson_iter_init(&it, &reply) &&
                 bson_iter_find_descendant(&it, "queryPlanner.winningPlan", &found);
    char *text = tells ? bson_as_relaxed_extended_json(&reply, NULL) : NULL;
    bson_destroy(command);
    bson_destroy(&reply);
    return text;
}

static bool tells_plans(const char *url)
{
    struct direct d = direct_open(url);
    bson_t all = BSON_INITIALIZER;
    char *plan = plan_of(&d, &all, &all);
    bool tells = plan != NULL;
    bson_free(plan);
    direct_close(&d);
    return tells;
}

/* Takes both. */
static void expect_index(struct direct *d, bson_t *filter, bson_t *opts)
{
    char *plan = plan_of(d, filter, opts);
    assert_non_null(plan);
    if (strstr(plan, "COLLSCAN"))
        fail_msg("%s", plan);
    bson_free(plan);
    bson_destroy(filter);
    bson_destroy(opts);
}

static void queries_use_indexes(void **state)
{
    (void)state;
    char *url = mongo_store_fresh();
    if (!tells_plans(url)) {
        mongo_store_remove(url);
        skip_because("this server does not tell MongoDB's plans");
    }
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs = mongo_open_at(url);
    struct direct d = direct_open(url);
    mongo_insert_url(rs, "a");
    for (int form = 0; form < 4 * 6; form++) {
        struct pc_record_query q = PC_RECORD_QUERY_INIT;
        bson_t *filter;
        q.sort = (enum pc_record_sort)(form % 4);
        q.status = form / 4 == 1 ? PC_FAILED : -1;
        q.attention = form / 4 == 2 ? 1 : -1;
        q.review = form / 4 == 3 ? PC_REVIEW_REJECTED : -1;
        q.batch = form / 4 == 4 ? "b" : NULL;
        q.since_seq = form / 4 == 5 ? 5 : 0;
        assert_ok(pc_mongo_filter(&q, 10, &filter, &err), &err);
        expect_index(&d, filter, pc_mongo_list_opts(&q));
    }
    expect_index(&d, pc_mongo_blob_filter("k"), bson_new());
    expect_index(&d, pc_mongo_stale_filter(1), pc_mongo_stale_opts(5));
    direct_close(&d);
    pc_records_close(rs);
    mongo_store_remove(url);
}

/* So that the whole contract, run there, shows that no query is without an index. */
static void the_server_of_these_tests_refuses_scans(void **state)
{
    (void)state;
    char *url = mongo_store_fresh();
    if (!mongo_store_refuses_scans()) {
        mongo_store_remove(url);
        skip_because("only a mongod that the test starts does");
    }
    struct pc_records *rs = mongo_open_at(url);
    struct direct d = direct_open(url);
    const bson_t *doc;
    bson_error_t e;
    mongo_insert_url(rs, "a");
    bson_t *by_size = BCON_NEW("bytes", BCON_INT32(3));
    mongoc_collection_t *c = mongoc_database_get_collection(d.db, "images");
    mongoc_cursor_t *cursor = mongoc_collection_find_with_opts(c, by_size, NULL, NULL);
    assert_false(mongoc_cursor_next(cursor, &doc));
    assert_true(mongoc_cursor_error(cursor, &e));
    assert_non_null(strstr(e.message, "notablescan"));
    mongoc_cursor_destroy(cursor);
    mongoc_collection_destroy(c);
    bson_destroy(by_size);
    direct_close(&d);
    pc_records_close(rs);
    mongo_store_remove(url);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_node_program_reads_what_it_knew),
        cmocka_unit_test(documents_of_other_programs_read_as_far_as_they_go),
        cmocka_unit_test(any_name_in_json_comes_back),
        cmocka_unit_test(a_late_change_is_not_overtaken),
        cmocka_unit_test(a_change_that_expired_too_early_is_not_missed),
        cmocka_unit_test(changes_of_many_dead_processes_expire_at_once),
        cmocka_unit_test(a_counter_that_went_back_is_raised_and_told),
        cmocka_unit_test(a_poller_misses_nothing_of_two_writers),
        cmocka_unit_test(queries_use_indexes),
        cmocka_unit_test(the_server_of_these_tests_refuses_scans),
    };
    return cmocka_run_group_tests_name("records in MongoDB: documents", tests, NULL,
                                       mongo_store_teardown);
}
