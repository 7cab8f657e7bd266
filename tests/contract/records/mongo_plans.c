/* How a real mongod runs the queries of the MongoDB driver on 20,000 records, as its profiler tells
 * of each: by an index, without a sort in its memory, and reading no more documents than it needs.
 */
#include <stdio.h>

#include "../contract.h"
#include "base/mem.h"
#include "mongo_store.h"
#include "records/drivers.h"

enum { RECORDS = 20000, AT_ONCE = 1000, PAGE = 50 };

static struct test_store {
    struct test_server *server;
    const char *why;
    char *url;
    struct pc_records *rs;
    struct direct d;
} fixture;

/* Of 20: 2 failed, 1 pending, 17 processed; 4 with attention, 3 rejected, batch "b3" has 1 of 10.
 */
static struct pc_record one(int i)
{
    struct pc_record r;
    char text[64];
    pc_record_init(&r);
    r.id = i + 1;
    snprintf(text, sizeof text, "http://a.example/%d.jpg", i);
    pc_record_set_text(&r.url, text);
    snprintf(text, sizeof text, "Picture %d.jpg", i * 7919 % RECORDS);
    pc_record_set_text(&r.name, text);
    snprintf(text, sizeof text, "b%d", i % 10);
    pc_record_set_text(&r.batch, text);
    snprintf(text, sizeof text, "originals/%d.jpg", i);
    pc_record_set_text(&r.original_key, text);
    r.status = i % 20 < 2 ? PC_FAILED : i % 20 == 2 ? PC_PENDING : PC_PROCESSED;
    r.attention = i % 20 >= 16;
    r.review = i % 20 >= 17 ? PC_REVIEW_REJECTED : PC_REVIEW_NONE;
    r.created_ms = r.updated_ms = 1700000000000 + i * 7919L % RECORDS;
    snprintf(text, sizeof text, "shots/%d/neck.jpg", i);
    r.result.n_shots = 1;
    r.result.shots = pc_arena_alloc(&r.result.arena, sizeof *r.result.shots);
    r.result.shots->label = "neck";
    r.result.shots->key = pc_arena_strdup(&r.result.arena, text);
    return r;
}

static void fill(struct pc_records *rs)
{
    struct pc_err err = PC_ERR_INIT;
    for (int i = 0; i < RECORDS; i += AT_ONCE) {
        struct pc_record items[AT_ONCE];
        for (int k = 0; k < AT_ONCE; k++)
            items[k] = one(i + k);
        assert_ok(pc_records_import(rs, items, AT_ONCE, &err), &err);
        for (int k = 0; k < AT_ONCE; k++)
            pc_record_finish(&items[k]);
    }
}

static int start(void **state)
{
    (void)state;
    fixture.server = test_server_start(TEST_MONGOD, &fixture.why);
    if (!fixture.server)
        return 0;
    fixture.url = pc_xasprintf("mongodb://127.0.0.1:%d/db", test_server_port(fixture.server));
    fixture.rs = mongo_open_at(fixture.url);
    fixture.d = direct_open(fixture.url);
    fill(fixture.rs);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    if (fixture.server) {
        direct_close(&fixture.d);
        pc_records_close(fixture.rs);
        free(fixture.url);
    }
    test_server_stop(fixture.server);
    return 0;
}

static void profile(int level)
{
    bson_t *command = BCON_NEW("profile", BCON_INT32(level));
    assert_true(mongoc_database_command_simple(fixture.d.db, command, NULL, NULL, NULL));
    bson_destroy(command);
}

/* From here on the server notes what it is asked. */
static void start_profile(void)
{
    if (!fixture.server)
        skip_because(fixture.why);
    profile(0);
    mongoc_collection_t *c = mongoc_database_get_collection(fixture.d.db, "system.profile");
    mongoc_collection_drop(c, NULL);
    mongoc_collection_destroy(c);
    profile(2);
}

/* What it noted. */
struct profiled {
    int queries;
    int64_t docs, keys; /* that it read, in all */
    bool scans, sorts;  /* any of them */
    char plans[512];
};

static int64_t number(const bson_t *doc, const char *key)
{
    bson_iter_t it;
    return bson_iter_init_find(&it, doc, key) ? bson_iter_as_int64(&it) : 0;
}

static void add(struct profiled *t, const bson_t *doc)
{
    bson_iter_t it;
    size_t len = strlen(t->plans);
    const char *plan =
        bson_iter_init_find(&it, doc, "planSummary") ? bson_iter_utf8(&it, NULL) : "";
    t->queries++;
    t->docs += number(doc, "docsExamined");
    t->keys += number(doc, "keysExamined");
    t->scans = t->scans || strstr(plan, "COLLSCAN");
    t->sorts = t->sorts || number(doc, "hasSortStage");
    snprintf(t->plans + len, sizeof t->plans - len, "%s%s", len ? "; " : "", plan);
}

/* Ends it. Of the images alone: all else is found by its _id. */
static struct profiled profiled(void)
{
    struct profiled t = {0};
    const bson_t *doc;
    profile(0);
    bson_t *filter = BCON_NEW("ns", BCON_UTF8("db.images"));
    mongoc_collection_t *c = mongoc_database_get_collection(fixture.d.db, "system.profile");
    mongoc_cursor_t *cursor = mongoc_collection_find_with_opts(c, filter, NULL, NULL);
    while (mongoc_cursor_next(cursor, &doc))
        add(&t, doc);
    mongoc_cursor_destroy(cursor);
    mongoc_collection_destroy(c);
    bson_destroy(filter);
    return t;
}

/* By an index, not sorted, and no more than docs documents read. */
static void expect(const char *what, int64_t docs)
{
    struct profiled t = profiled();
    if (!t.queries || t.scans || t.sorts || t.docs > docs || t.keys > 2 * RECORDS)
        fail_msg("%s: %d queries read %d documents and %d keys%s%s: %s", what, t.queries,
                 (int)t.docs, (int)t.keys, t.scans ? ", scan" : "", t.sorts ? ", sort" : "",
                 t.plans);
}

static void list(const struct pc_record_query *q, int want)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record_list found;
    assert_ok(pc_records_list(fixture.rs, q, &found, &err), &err);
    assert_int_equal(found.n, want);
    pc_record_list_finish(&found);
}

static struct pc_record_query page(void)
{
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    q.limit = PAGE;
    return q;
}

/* Lists */

static void a_page_in_any_order_reads_the_page(void **state)
{
    static const char *const orders[] = {"id", "updated", "name", "status"};
    (void)state;
    for (int form = 0; form < 8; form++) {
        struct pc_record_query q = page();
        q.sort = (enum pc_record_sort)(form / 2);
        q.descending = form % 2;
        start_profile();
        list(&q, PAGE);
        expect(orders[q.sort], PAGE);
    }
}

static void filter(struct pc_record_query *q, int which)
{
    switch (which) {
    case 0: q->status = PC_FAILED; break;
    case 1: q->attention = 1; break;
    case 2: q->review = PC_REVIEW_REJECTED; break;
    default: q->batch = "b3"; break;
    }
}

static void a_page_of_one_filter_by_id_reads_the_page(void **state)
{
    static const char *const names[] = {"status", "attention", "review", "batch"};
    (void)state;
    for (int which = 0; which < 4; which++) {
        struct pc_record_query q = page();
        filter(&q, which);
        start_profile();
        list(&q, PAGE);
        expect(names[which], PAGE);
        q.after_id = RECORDS / 2;
        q.descending = false;
        start_profile();
        list(&q, PAGE);
        expect(names[which], PAGE);
    }
}

/* There is not an index for each pair: it reads what the filter lets through, or walks the order
 * until the page is full, whichever a short trial finds better. */
static void a_filter_in_another_order_reads_no_more_than_it_matches(void **state)
{
    (void)state;
    for (int form = 0; form < 12; form++) {
        struct pc_record_query q = page();
        filter(&q, form % 4);
        q.sort = (enum pc_record_sort)(1 + form / 4);
        start_profile();
        list(&q, PAGE);
        struct profiled t = profiled();
        if (t.scans || t.docs > 5000)
            fail_msg("form %d reads %d: %s", form, (int)t.docs, t.plans);
    }
}

static void totals_and_counts_read_no_documents(void **state)
{
    (void)state;
    struct pc_err err = PC_ERR_INIT;
    int64_t counts[PC_STATUS_COUNT], attention;
    struct pc_record_query q = page();
    q.want_total = true;
    for (int which = -1; which < 4; which++) {
        q.status = q.attention = q.review = -1;
        q.batch = NULL;
        filter(&q, which < 0 ? 0 : which);
        if (which < 0)
            q.status = -1;
        start_profile();
        list(&q, PAGE);
        expect("total", PAGE);
    }
    start_profile();
    assert_ok(pc_records_count(fixture.rs, NULL, counts, &attention, NULL, &err), &err);
    assert_true(counts[PC_FAILED] == 2000 && attention == 4000);
    expect("count of all", 0);
}

static void changes_since_read_the_changes(void **state)
{
    (void)state;
    struct pc_record_query q = page();
    q.since_seq = RECORDS - 10;
    q.status = PC_PROCESSED; /* the ten are */
    start_profile();
    list(&q, 10);
    expect("since", 10);
}

/* Others */

static void sweeps_read_no_documents(void **state)
{
    (void)state;
    struct pc_err err = PC_ERR_INIT;
    int64_t ids[20];
    int n;
    start_profile();
    assert_ok(pc_records_list_stale(fixture.rs, INT64_MAX / 2, ids, 20, &n, &err), &err);
    assert_int_equal(n, 20);
    expect("stale", 0);
}

static void finding_a_blob_reference_reads_one(void **state)
{
    static const char *const keys[] = {"shots/777/neck.jpg", "originals/777.jpg", "shots/no.jpg"};
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct pc_err err = PC_ERR_INIT;
        bool referenced = false;
        start_profile();
        assert_ok(pc_records_references_blob(fixture.rs, keys[i], &referenced, &err), &err);
        assert_int_equal(referenced, i < 2);
        expect(keys[i], 1);
    }
}

static void a_known_url_reads_one(void **state)
{
    (void)state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    bool created = true;
    start_profile();
    assert_ok(pc_records_insert(fixture.rs,
                                &(struct pc_record_new){.url = "http://a.example/777.jpg"}, &r,
                                &created, &err),
              &err);
    assert_false(created);
    pc_record_finish(&r);
    expect("known url", 1);
}

static void a_change_reads_one(void **state)
{
    (void)state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    start_profile();
    assert_ok(pc_records_begin(fixture.rs, 3, &r, &err), &err);
    pc_record_finish(&r);
    assert_ok(pc_records_finish(fixture.rs, 3, &(struct pc_record_completion){.width = 1}, &err),
              &err);
    expect("begin and finish", 3); /* begin may look twice */
}

/* The middle of a text stands in no index: it is read from the newest on until the page is full. */
static void a_search_reads_until_the_page_is_full(void **state)
{
    (void)state;
    struct pc_record_query q = page();
    q.search = "0.jpg";
    start_profile();
    list(&q, PAGE);
    expect("search", PAGE * 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_in_any_order_reads_the_page),
        cmocka_unit_test(a_page_of_one_filter_by_id_reads_the_page),
        cmocka_unit_test(a_filter_in_another_order_reads_no_more_than_it_matches),
        cmocka_unit_test(totals_and_counts_read_no_documents),
        cmocka_unit_test(changes_since_read_the_changes),
        cmocka_unit_test(sweeps_read_no_documents),
        cmocka_unit_test(finding_a_blob_reference_reads_one),
        cmocka_unit_test(a_known_url_reads_one),
        cmocka_unit_test(a_change_reads_one),
        cmocka_unit_test(a_search_reads_until_the_page_is_full),
    };
    return cmocka_run_group_tests_name("records in MongoDB: plans", tests, start, stop);
}
