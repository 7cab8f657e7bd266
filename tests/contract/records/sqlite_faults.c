/* The right code for a SQLite file that is locked, damaged, not writable or on a full disk. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "queue/drivers.h"
#include "queue/queue.h"
#include "records/drivers.h"
#include "sqlite_store.h"

static void fill(struct pc_records *rs, int n, int from)
{
    struct pc_err err = PC_ERR_INIT;
    for (int i = from; i < from + n; i++) {
        char url[64];
        snprintf(url, sizeof url, "https://x.example/%d", i);
        assert_ok(insert(rs, url, &err), &err);
    }
}

static void expect_no_path(const struct pc_err *err)
{
    assert_null(strchr(err->message, '/'));
    assert_true(strlen(err->message) > 10);
}

static void a_missing_folder_is_unavailable(void **state)
{
    struct test_store *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs;
    char *url = pc_xasprintf("sqlite:%s/no/such/p.db", p->dir);
    assert_code(pc_records_open(&pc_records_sqlite, url, &rs, &err), PC_E_STORE_UNAVAILABLE);
    expect_no_path(&err);
    assert_non_null(strstr(err.detail, "no/such"));
    free(url);
    assert_code(pc_records_open(&pc_records_sqlite, "sqlite:", &rs, &err), PC_E_CONFIG);
    assert_code(pc_records_open(&pc_records_sqlite, "sqlite::memory:", &rs, &err), PC_E_CONFIG);
}

static void what_is_no_database_is_unavailable(void **state)
{
    struct test_store *p = *state;
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
    struct test_store *p = *state;
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
    struct test_store *p = ctx;
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs = NULL;
    if (!contract_drop_root())
        return CHILD_SKIPPED;
    bool right =
        try_open(p, &rs, &err) == PC_E_STORE_UNAVAILABLE && strstr(err.message, "permissions");
    return right ? CHILD_OK : CHILD_FAILED;
}

static void a_read_only_folder_is_unavailable(void **state)
{
    struct test_store *p = *state;
    chmod(p->dir, 0555);
    contract_check_child(contract_fork(open_as_nobody, p), "cannot become another user");
}

static void a_read_only_file_is_unavailable(void **state)
{
    struct test_store *p = *state;
    pc_records_close(open_store(p));
    chmod(p->file, 0444);
    chmod(p->dir, 0555);
    contract_check_child(contract_fork(open_as_nobody, p), "cannot become another user");
}

static int fill_a_small_disk(void *ctx)
{
    struct test_store *p = ctx;
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
    const struct test_store *p;
    int out, in;
};

/* Another program that holds the write lock until it is told to end, or killed. */
static int hold_the_lock(void *ctx)
{
    struct holder *h = ctx;
    sqlite3 *db;
    char x;
    if (sqlite3_open(h->p->file, &db) != SQLITE_OK ||
        sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK ||
        write(h->out, "x", 1) != 1 || read(h->in, &x, 1) != 1)
        return CHILD_FAILED;
    return sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK ? CHILD_OK : CHILD_FAILED;
}

/* *release: a byte written there ends it. */
static pid_t begin_holding(const struct test_store *p, int *release)
{
    int held[2], ends[2];
    char x;
    assert_int_equal(pipe(held), 0);
    assert_int_equal(pipe(ends), 0);
    struct holder h = {.p = p, .out = held[1], .in = ends[0]};
    pid_t pid = contract_fork(hold_the_lock, &h);
    close(held[1]);
    assert_int_equal(read(held[0], &x, 1), 1);
    close(held[0]);
    close(ends[0]);
    *release = ends[1];
    return pid;
}

struct waiter {
    struct pc_records *rs;
    struct pc_err err;
    enum pc_code rc;
};

static void *insert_waiting(void *ctx)
{
    struct waiter *w = ctx;
    w->rc = insert(w->rs, "waits", &w->err);
    return NULL;
}

static void a_lock_held_elsewhere_is_waited_for(void **state)
{
    struct test_store *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs = open_store(p);
    struct waiter w = {.rs = rs, .err = PC_ERR_INIT};
    struct pc_record r;
    pthread_t thread;
    int release;
    fill(rs, 1, 0);
    pid_t pid = begin_holding(p, &release);
    assert_ok(pc_records_get(rs, 1, &r, &err), &err); /* reading does not wait */
    pc_record_finish(&r);
    assert_int_equal(pthread_create(&thread, NULL, insert_waiting, &w), 0);
    pc_clock_sleep_ms(100); /* so that it meets the lock */
    assert_int_equal(write(release, "x", 1), 1);
    pthread_join(thread, NULL);
    assert_ok(w.rc, &w.err);
    assert_int_equal(contract_wait(pid), CHILD_OK);
    close(release);
    pc_records_close(rs);
}

static void a_lock_held_too_long_is_unavailable(void **state)
{
    struct test_store *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs = open_store(p);
    struct pc_queue *queue;
    bool added;
    int release;
    assert_ok(pc_queue_open(&pc_queue_sqlite, p->url, NULL, &queue, &err), &err);
    pid_t pid = begin_holding(p, &release);
    assert_code(insert(rs, "waits in vain", &err), PC_E_STORE_UNAVAILABLE);
    expect_no_path(&err);
    contract_kill(pid);
    close(release);
    assert_ok(insert(rs, "goes on", &err), &err);
    assert_ok(pc_queue_add(queue, 1, "u", PC_PRIORITY_SINGLE, &added, &err), &err);
    pc_queue_close(queue);
    pc_records_close(rs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SQLITE_STORE(a_missing_folder_is_unavailable),
        WITH_SQLITE_STORE(what_is_no_database_is_unavailable),
        WITH_SQLITE_STORE(a_damaged_file_is_told_not_served),
        WITH_SQLITE_STORE(a_read_only_folder_is_unavailable),
        WITH_SQLITE_STORE(a_read_only_file_is_unavailable),
        WITH_SQLITE_STORE(a_full_disk_is_store_full_until_there_is_room),
        WITH_SQLITE_STORE(a_lock_held_elsewhere_is_waited_for),
        WITH_SQLITE_STORE(a_lock_held_too_long_is_unavailable),
    };
    return cmocka_run_group_tests_name("records-sqlite-faults", tests, NULL, NULL);
}
