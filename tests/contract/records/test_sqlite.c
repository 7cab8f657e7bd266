/* What only the SQLite driver of the records promises: indexes, schema versions, and the right code
 * for a file that is locked, damaged, not writable or on a full disk. */
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../contract.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "queue/drivers.h"
#include "records/drivers.h"
#include "records/sqlite_sql.h"

struct place {
    char *dir, *file, *address;
};

static int setup(void **state)
{
    struct place *p = pc_xmalloc(sizeof *p);
    p->dir = test_mkdir();
    p->file = pc_xasprintf("%s/p.db", p->dir);
    p->address = pc_xasprintf("sqlite:%s", p->file);
    *state = p;
    return 0;
}

static int teardown(void **state)
{
    struct place *p = *state;
    chmod(p->dir, 0700);
    test_rmdir(p->dir);
    free(p->file);
    free(p->address);
    free(p);
    return 0;
}

static enum pc_code try_open(const struct place *p, struct pc_records **rs, struct pc_err *err)
{
    return pc_records_open(&pc_records_sqlite, p->address, rs, err);
}

static struct pc_records *open_store(const struct place *p)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs;
    assert_ok(try_open(p, &rs, &err), &err);
    return rs;
}

static enum pc_code insert(struct pc_records *rs, const char *url, struct pc_err *err)
{
    struct pc_record r;
    bool created;
    enum pc_code rc = pc_records_insert(rs, &(struct pc_record_new){.url = url}, &r, &created, err);
    pc_record_finish(&r);
    return rc;
}

static void fill(struct pc_records *rs, int n, int from)
{
    struct pc_err err = PC_ERR_INIT;
    for (int i = from; i < from + n; i++) {
        char url[64];
        snprintf(url, sizeof url, "https://x.example/%d", i);
        assert_ok(insert(rs, url, &err), &err);
    }
}

static sqlite3 *raw(const struct place *p)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(p->file, &db), SQLITE_OK);
    return db;
}

static void sql(const struct place *p, const char *text)
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
    struct place *p = *state;
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
    pc_records_sqlite_list(&text, q, total);
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
    struct place *p = *state;
    pc_records_close(open_store(p));
    sqlite3 *db = raw(p);
    for (int bits = 0; bits < 1024; bits++) {
        struct pc_record_query q = PC_RECORD_QUERY_INIT;
        q.sort = (enum pc_sort)(bits & 3);
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

static void tallies_read_indexes_alone(void **state)
{
    struct place *p = *state;
    pc_records_close(open_store(p));
    sqlite3 *db = raw(p);
    for (int bits = 1; bits < 8; bits++) {
        struct pc_record_query q = PC_RECORD_QUERY_INIT;
        struct pc_buf text = PC_BUF_INIT;
        q.batch = bits & 1 ? "b" : NULL;
        q.review = (bits >> 1) - 1;
        pc_records_sqlite_tally(&text, &q);
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
    struct place *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs;
    pc_records_close(open_store(p));
    sql(p, "UPDATE schema_parts SET version = 99 WHERE part = 'records'");
    assert_code(try_open(p, &rs, &err), PC_E_CONFIG);
    assert_non_null(strstr(err.message, "newer"));
    char *back = pc_xasprintf("UPDATE schema_parts SET version = %d WHERE part = 'records'",
                              (int)PC_RECORDS_SCHEMA_VERSION);
    sql(p, back);
    free(back);
    pc_records_close(open_store(p));
}

/* What the first release left: two images, one cut, one removed. */
static void write_version_1(const struct place *p)
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

static void a_store_of_version_1_is_brought_up_to_date(void **state)
{
    struct place *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r, marked;
    int64_t id, version, counts[PC_STATUS_COUNT], attention;
    int n;
    bool all;
    write_version_1(p);
    struct pc_records *rs = open_store(p);
    assert_ok(pc_records_get(rs, 1, &r, &err), &err);
    assert_true(r.status == PC_PROCESSED && r.attention && r.review == PC_REVIEW_NONE);
    assert_int_equal(json_array_size(r.shots), 1);
    assert_int_equal(json_object_size(r.edits) + json_object_size(r.verdicts), 0);
    json_t *edits = json_pack("{s:i}", "person", 1);
    struct pc_record_marks marks = {.edits = edits, .review = PC_REVIEW_APPROVED};
    assert_ok(pc_records_mark(rs, 1, r.seq, &marks, &marked, &err), &err);
    assert_true(marked.seq == 6 && json_equal(marked.edits, edits));
    json_decref(edits);
    pc_record_finish(&r);
    pc_record_finish(&marked);
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    q.review = PC_REVIEW_APPROVED;
    assert_ok(pc_records_count(rs, &q, counts, &attention, NULL, &err), &err);
    assert_true(counts[PC_PROCESSED] == 1 && counts[PC_PENDING] == 0 && attention == 1);
    assert_ok(pc_records_gone(rs, 4, &id, 1, &n, &all, &err), &err);
    assert_false(all); /* what went before it was noted */
    assert_ok(pc_records_gone(rs, 5, &id, 1, &n, &all, &err), &err);
    assert_true(all && n == 0);
    assert_ok(pc_records_keep(rs, "recipes", "x", 0, &version, &err), &err);
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

/* Faults */

static void expect_no_path(const struct pc_err *err)
{
    assert_null(strchr(err->message, '/'));
    assert_true(strlen(err->message) > 10);
}

static void a_missing_folder_is_unavailable(void **state)
{
    struct place *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs;
    char *address = pc_xasprintf("sqlite:%s/no/such/p.db", p->dir);
    assert_code(pc_records_open(&pc_records_sqlite, address, &rs, &err), PC_E_STORE_UNAVAILABLE);
    expect_no_path(&err);
    assert_non_null(strstr(err.detail, "no/such"));
    free(address);
    assert_code(pc_records_open(&pc_records_sqlite, "sqlite:", &rs, &err), PC_E_CONFIG);
    assert_code(pc_records_open(&pc_records_sqlite, "sqlite::memory:", &rs, &err), PC_E_CONFIG);
}

static void what_is_no_database_is_unavailable(void **state)
{
    struct place *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs;
    FILE *f = fopen(p->file, "w");
    for (int i = 0; i < 1000; i++)
        fputs("this is a letter, not a database\n", f);
    fclose(f);
    assert_code(try_open(p, &rs, &err), PC_E_STORE_UNAVAILABLE);
    expect_no_path(&err);
}

static void a_damaged_file_is_told_not_served(void **state)
{
    struct place *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs = open_store(p);
    fill(rs, 300, 0);
    pc_records_close(rs); /* the last to close carries the log into the file */
    struct stat st;
    assert_int_equal(stat(p->file, &st), 0);
    assert_true(st.st_size > 20 * 4096);
    int fd = open(p->file, O_WRONLY);
    char garbage[4096];
    memset(garbage, 0xA5, sizeof garbage);
    for (off_t at = 14 * 4096; at + 4096 <= st.st_size; at += 4096)
        assert_int_equal(pwrite(fd, garbage, sizeof garbage, at), sizeof garbage);
    close(fd);
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    struct pc_record_list list;
    enum pc_code rc = try_open(p, &rs, &err);
    if (!rc) {
        q.limit = 1000;
        rc = pc_records_list(rs, &q, &list, &err);
        pc_records_close(rs);
    }
    assert_int_equal(rc, PC_E_STORE_UNAVAILABLE);
    assert_non_null(strstr(err.message, "damaged"));
}

static int open_as_nobody(void *ctx)
{
    struct place *p = ctx;
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs = NULL;
    if (!contract_drop_root())
        return CHILD_SKIPPED;
    bool right = try_open(p, &rs, &err) == PC_E_STORE_UNAVAILABLE && strstr(err.message, "rights");
    return right ? CHILD_OK : CHILD_FAILED;
}

static void a_read_only_folder_is_unavailable(void **state)
{
    struct place *p = *state;
    chmod(p->dir, 0555);
    contract_check_child(contract_fork(open_as_nobody, p), "cannot become another user");
}

static void a_read_only_file_is_unavailable(void **state)
{
    struct place *p = *state;
    pc_records_close(open_store(p));
    chmod(p->file, 0444);
    chmod(p->dir, 0555);
    contract_check_child(contract_fork(open_as_nobody, p), "cannot become another user");
}

static int fill_a_small_disk(void *ctx)
{
    struct place *p = ctx;
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs;
    static char ballast[512 * 1024];
    char *path = pc_xasprintf("%s/ballast", p->dir), url[64];
    if (!contract_small_disk(p->dir, 2 * 1024 * 1024))
        return CHILD_SKIPPED;
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    if (write(fd, ballast, sizeof ballast) != sizeof ballast || try_open(p, &rs, &err))
        return CHILD_FAILED;
    enum pc_code rc = PC_OK;
    for (int i = 0; !rc && i < 100000; i++) {
        snprintf(url, sizeof url, "https://x.example/%d", i);
        rc = insert(rs, url, &err);
    }
    if (rc != PC_E_STORE_FULL)
        return CHILD_FAILED;
    unlink(path);
    close(fd);
    rc = insert(rs, "one more", &err); /* with room again it goes on, without a restart */
    pc_records_close(rs);
    return rc ? CHILD_FAILED : CHILD_OK;
}

static void a_full_disk_is_store_full_until_there_is_room(void **state)
{
    contract_check_child(contract_fork(fill_a_small_disk, *state), "may not mount a small disk");
}

struct holder {
    const struct place *p;
    int out;
    int64_t ms;
};

/* Another program that holds the write lock for a while. */
static int hold_the_lock(void *ctx)
{
    struct holder *h = ctx;
    sqlite3 *db;
    if (sqlite3_open(h->p->file, &db) != SQLITE_OK ||
        sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK ||
        write(h->out, "x", 1) != 1)
        return CHILD_FAILED;
    pc_sleep_ms(h->ms);
    return sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK ? CHILD_OK : CHILD_FAILED;
}

static pid_t begin_holding(const struct place *p, int64_t ms)
{
    int ends[2];
    char x;
    assert_int_equal(pipe(ends), 0);
    struct holder h = {.p = p, .out = ends[1], .ms = ms};
    pid_t pid = contract_fork(hold_the_lock, &h);
    close(ends[1]);
    assert_int_equal(read(ends[0], &x, 1), 1);
    close(ends[0]);
    return pid;
}

static void a_lock_held_elsewhere_is_waited_for(void **state)
{
    struct place *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs = open_store(p);
    fill(rs, 1, 0);
    pid_t pid = begin_holding(p, 400);
    int64_t begun = pc_mono_ms();
    struct pc_record r;
    assert_ok(pc_records_get(rs, 1, &r, &err), &err); /* reading does not wait */
    pc_record_finish(&r);
    assert_true(pc_mono_ms() - begun < 300);
    assert_ok(insert(rs, "waits", &err), &err);
    assert_true(pc_mono_ms() - begun >= 300);
    assert_int_equal(contract_wait(pid), CHILD_OK);
    pc_records_close(rs);
}

static void a_lock_held_too_long_is_unavailable(void **state)
{
    struct place *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs = open_store(p);
    struct pc_queue *queue;
    bool added;
    assert_ok(pc_queue_open(&pc_queue_sqlite, p->address, NULL, &queue, &err), &err);
    pid_t pid = begin_holding(p, 60000);
    assert_code(insert(rs, "waits in vain", &err), PC_E_STORE_UNAVAILABLE);
    expect_no_path(&err);
    contract_kill(pid);
    assert_ok(insert(rs, "goes on", &err), &err);
    assert_ok(pc_queue_add(queue, 1, "u", PC_PRIORITY_SINGLE, &added, &err), &err);
    pc_queue_close(queue);
    pc_records_close(rs);
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
                          pc_queue_done(b->queue, &job, &err) != PC_OK;
        pc_job_finish(&job);
    }
}

static void records_and_queue_share_a_file(void **state)
{
    struct place *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct both b = {.rs = open_store(p)};
    assert_ok(pc_queue_open(&pc_queue_sqlite, p->address, NULL, &b.queue, &err), &err);
    contract_threads(4, write_both, &b);
    for (int i = 0; i < 4; i++)
        assert_int_equal(b.failures[i], 0);
    pc_queue_close(b.queue);
    pc_records_close(b.rs);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(fixed_statements_never_scan),
        TEST(lists_use_indexes),
        TEST(tallies_read_indexes_alone),
        TEST(a_newer_schema_is_refused),
        TEST(a_store_of_version_1_is_brought_up_to_date),
        TEST(a_fresh_file_may_be_opened_by_many_at_once),
        TEST(a_missing_folder_is_unavailable),
        TEST(what_is_no_database_is_unavailable),
        TEST(a_damaged_file_is_told_not_served),
        TEST(a_read_only_folder_is_unavailable),
        TEST(a_read_only_file_is_unavailable),
        TEST(a_full_disk_is_store_full_until_there_is_room),
        TEST(a_lock_held_elsewhere_is_waited_for),
        TEST(a_lock_held_too_long_is_unavailable),
        TEST(records_and_queue_share_a_file),
    };
    return cmocka_run_group_tests_name("records-sqlite", tests, NULL, NULL);
}
