/* What only the SQLite driver of the records promises: indexes, schema versions, a file that the
 * queue shares. */
#include <stdio.h>

#include "base/buf.h"
#include "base/mem.h"
#include "jobs.h"
#include "queue/drivers.h"
#include "queue/queue.h"
#include "records/sqlite/internal.h"
#include "sqlite_store.h"

static void sql(const struct test_store *p, const char *text)
{
    sqlite3 *db = raw(p);
    assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

/* Plans */

/* How SQLite would run the statement, one step a line. Gives. */
static char *plan_of(sqlite3 *db, const char *statement)
{
    struct pc_buf buf = PC_BUF_INIT;
    char *explain = pc_xasprintf("EXPLAIN QUERY PLAN %s", statement);
    sqlite3_stmt *stmt;
    assert_int_equal(sqlite3_prepare_v2(db, explain, -1, &stmt, NULL), SQLITE_OK);
    while (sqlite3_step(stmt) == SQLITE_ROW)
        pc_buf_printf(&buf, "%s\n", (const char *)sqlite3_column_text(stmt, 3));
    sqlite3_finalize(stmt);
    free(explain);
    return pc_buf_detach(&buf, NULL);
}

static void fixed_statements_never_scan(void **state)
{
    struct test_store *p = *state;
    pc_records_close(open_store(p));
    sqlite3 *db = raw(p);
    for (int i = 0; i < WRITE_COUNT; i++) {
        char *plan = plan_of(db, pc_records_sqlite_statements[i]), *scan = plan;
        while ((scan = strstr(scan, "SCAN "))) {
            scan += 5;
            if (strncmp(scan, "store", 5) != 0) /* which has one row */
                fail_msg("%s\n%s", pc_records_sqlite_statements[i], plan);
        }
        free(plan);
    }
    sqlite3_close(db);
}

static void check_list_plan(sqlite3 *db, const struct pc_record_query *q, bool total)
{
    struct pc_buf text = PC_BUF_INIT;
    pc_records_sqlite_build_list(&text, q, total);
    char *plan = plan_of(db, pc_buf_text(&text));
    bool filtered = q->status >= 0 || q->attention == 1 || q->batch || q->since_seq > 0 ||
                    q->review > PC_REVIEW_NONE;
    bool by_index = strstr(plan, "SEARCH images") != NULL;
    bool sorted = strstr(plan, "TEMP B-TREE") != NULL;
    bool must_not_sort = !total && (!filtered || q->since_seq > 0);
    if ((filtered && !by_index) || (must_not_sort && sorted))
        fail_msg("%s\n%s", pc_buf_text(&text), plan);
    free(plan);
    pc_buf_finish(&text);
}

static void lists_use_indexes(void **state)
{
    struct test_store *p = *state;
    pc_records_close(open_store(p));
    sqlite3 *db = raw(p);
    for (int bits = 0; bits < 1024; bits++) {
        struct pc_record_query q = PC_RECORD_QUERY_INIT;
        q.sort = (enum pc_record_sort)(bits & 3);
        q.descending = bits & 4;
        q.status = bits & 8 ? PC_PENDING : -1;
        q.attention = bits & 16 ? 1 : -1;
        q.batch = bits & 32 ? "b" : NULL;
        q.since_seq = bits & 64 ? 5 : 0;
        q.review = (bits >> 8) - 1;
        check_list_plan(db, &q, bits & 128);
    }
    sqlite3_close(db);
}

static void counts_read_indexes_only(void **state)
{
    struct test_store *p = *state;
    pc_records_close(open_store(p));
    sqlite3 *db = raw(p);
    for (int bits = 1; bits < 8; bits++) {
        struct pc_record_query q = PC_RECORD_QUERY_INIT;
        struct pc_buf text = PC_BUF_INIT;
        q.batch = bits & 1 ? "b" : NULL;
        q.review = (bits >> 1) - 1;
        pc_records_sqlite_build_count(&text, &q);
        char *plan = plan_of(db, pc_buf_text(&text));
        bool covered = strstr(plan, "COVERING INDEX") != NULL;
        if ((covered && strstr(plan, "TEMP B-TREE")) || (!covered && q.review < 0))
            fail_msg("%s\n%s", pc_buf_text(&text), plan);
        free(plan);
        pc_buf_finish(&text);
    }
    sqlite3_close(db);
}

/* Schema */

static void a_newer_schema_is_refused(void **state)
{
    struct test_store *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs;
    pc_records_close(open_store(p));
    sql(p, "UPDATE schema_parts SET version = 99 WHERE part = 'records'");
    assert_code(try_open(p, &rs, &err), PC_E_CONFIG);
    assert_non_null(strstr(err.message, "newer"));
    char *back = pc_xasprintf("UPDATE schema_parts SET version = %d WHERE part = 'records'",
                              (int)PC_RECORDS_SQLITE_SCHEMA_VERSION);
    sql(p, back);
    free(back);
    pc_records_close(open_store(p));
}

/* What the first release left: two images, one cut, one removed. */
static void write_version_1(const struct test_store *p)
{
    sql(p, pc_records_sqlite_schema[0]);
    sql(p,
        "CREATE TABLE schema_parts(part TEXT PRIMARY KEY, version INTEGER NOT NULL);"
        "INSERT INTO schema_parts VALUES('records', 1);"
        "INSERT INTO images(seq, url, name, sku, label, batch, original_key, format, bytes,"
        "  created_ms, updated_ms)"
        "  VALUES(1, 'a', 'A', '', '', 'b', 'o/a.jpg', 'jpeg', 9, 5, 5),"
        "  (2, 'b', 'B', '', '', '', '', '', 0, 6, 6), (3, 'c', 'C', '', '', '', '', '', 0, 7, 7);"
        "UPDATE images SET seq = 4, status = 1, attention = 1 WHERE id = 1;"
        "INSERT INTO papers VALUES(1, '[{\"label\":\"neck\",\"key\":\"s/1.jpg\"}]', '{\"n\":1}');"
        "INSERT INTO blobs VALUES('o/a.jpg', 1), ('s/1.jpg', 1);"
        "DELETE FROM images WHERE id = 3;"
        "UPDATE store SET seq = 5;");
}

static void a_store_of_version_1_is_migrated(void **state)
{
    struct test_store *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r, marked;
    int64_t id, version, counts[PC_STATUS_COUNT], attention;
    int n;
    bool all;
    write_version_1(p);
    struct pc_records *rs = open_store(p);
    assert_ok(pc_records_get(rs, 1, &r, &err), &err);
    assert_true(r.status == PC_PROCESSED && r.attention && r.review == PC_REVIEW_NONE);
    assert_int_equal(r.result.n_shots, 1);
    assert_string_equal(r.result.extra, "{\"n\":1}");
    assert_true(!r.edits.has_person && r.decisions.n == 0);
    struct pc_record_edits edits = {.has_person = true, .person = 1};
    struct pc_record_annotations annotations = {.edits = &edits, .review = PC_REVIEW_APPROVED};
    assert_ok(pc_records_annotate(rs, 1, r.seq, &annotations, &marked, &err), &err);
    assert_true(marked.seq == 6 && pc_record_edits_equal(&marked.edits, &edits));
    pc_record_finish(&r);
    pc_record_finish(&marked);
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    q.review = PC_REVIEW_APPROVED;
    assert_ok(pc_records_count(rs, &q, counts, &attention, NULL, &err), &err);
    assert_true(counts[PC_PROCESSED] == 1 && counts[PC_PENDING] == 0 && attention == 1);
    assert_ok(pc_records_list_tombstones(rs, 4, &id, 1, &n, &all, &err), &err);
    assert_false(all); /* what went before it was noted */
    assert_ok(pc_records_list_tombstones(rs, 5, &id, 1, &n, &all, &err), &err);
    assert_true(all && n == 0);
    assert_ok(pc_records_put_setting(rs, "recipes", "x", 0, &version, &err), &err);
    pc_records_close(rs);
    pc_records_close(open_store(p)); /* is not brought there twice */
}

static void open_eight_times(void *ctx, int i)
{
    enum pc_code *codes = ((void **)ctx)[1];
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs = NULL;
    codes[i] = try_open(((void **)ctx)[0], &rs, &err);
    pc_records_close(rs);
}

static void a_fresh_file_may_be_opened_by_many_at_once(void **state)
{
    enum pc_code codes[8];
    void *ctx[] = {*state, codes};
    contract_threads(8, open_eight_times, ctx);
    for (int i = 0; i < 8; i++)
        assert_int_equal(codes[i], PC_OK);
}

/* Records and queue in one file, as `serve` has them */

struct both {
    struct pc_records *rs;
    struct pc_queue *queue;
    int failures[4];
};

static void write_both(void *ctx, int i)
{
    struct both *b = ctx;
    struct pc_err err = PC_ERR_INIT;
    for (int n = 0; n < 50; n++) {
        char url[32];
        bool done;
        struct pc_job job;
        snprintf(url, sizeof url, "%d-%d", i, n);
        b->failures[i] += insert(b->rs, url, &err) != PC_OK;
        b->failures[i] +=
            pc_queue_add(b->queue, 1 + i * 50 + n, url, PC_PRIORITY_SINGLE, &done, &err) != PC_OK;
        b->failures[i] += pc_queue_take(b->queue, 0, &job, &done, &err) != PC_OK || !done ||
                          test_complete_job(b->queue, &job, &err) != PC_OK;
        pc_job_finish(&job);
    }
}

static void records_and_queue_share_a_file(void **state)
{
    struct test_store *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct both b = {.rs = open_store(p)};
    assert_ok(pc_queue_open(&pc_queue_sqlite, p->url, NULL, &b.queue, &err), &err);
    contract_threads(4, write_both, &b);
    for (int i = 0; i < 4; i++)
        assert_int_equal(b.failures[i], 0);
    pc_queue_close(b.queue);
    pc_records_close(b.rs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SQLITE_STORE(fixed_statements_never_scan),
        WITH_SQLITE_STORE(lists_use_indexes),
        WITH_SQLITE_STORE(counts_read_indexes_only),
        WITH_SQLITE_STORE(a_newer_schema_is_refused),
        WITH_SQLITE_STORE(a_store_of_version_1_is_migrated),
        WITH_SQLITE_STORE(a_fresh_file_may_be_opened_by_many_at_once),
        WITH_SQLITE_STORE(records_and_queue_share_a_file),
    };
    return cmocka_run_group_tests_name("records-sqlite", tests, NULL, NULL);
}
