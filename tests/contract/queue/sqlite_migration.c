/* A queue that an earlier version made: its jobs are read, and their order is right. */
#include <sqlite3.h>
#include <stdio.h>

#include "jobs.h"
#include "queue/drivers.h"
#include "queue/queue.h"
#include "support.h"

/* Version 1: priority 1 was that of single images, and edits had none of their own. */
static const char version_1[] =
    "CREATE TABLE schema_parts(part TEXT PRIMARY KEY, version INTEGER NOT NULL);"
    "INSERT INTO schema_parts VALUES('queue', 1);"
    "CREATE TABLE jobs(id INTEGER PRIMARY KEY, image_id INTEGER NOT NULL UNIQUE, url TEXT NOT NULL,"
    "  priority INTEGER NOT NULL, state INTEGER NOT NULL DEFAULT 0,"
    "  due_ms INTEGER NOT NULL DEFAULT 0, attempt INTEGER NOT NULL DEFAULT 0, token TEXT,"
    "  reason TEXT);"
    "CREATE INDEX jobs_waiting ON jobs(priority, id) WHERE state = 0;"
    "CREATE INDEX jobs_due ON jobs(due_ms) WHERE state <> 0;"
    "CREATE TABLE job_counts(one INTEGER PRIMARY KEY CHECK(one = 1), waiting INTEGER NOT NULL,"
    "  delayed INTEGER NOT NULL, active INTEGER NOT NULL);"
    "INSERT INTO job_counts VALUES(1, 0, 0, 0);"
    "CREATE TRIGGER jobs_added AFTER INSERT ON jobs BEGIN"
    "  UPDATE job_counts SET waiting = waiting + 1; END;"
    "CREATE TRIGGER jobs_changed AFTER UPDATE OF state ON jobs BEGIN"
    "  UPDATE job_counts SET waiting = waiting + (new.state = 0) - (old.state = 0),"
    "    delayed = delayed + (new.state = 1) - (old.state = 1),"
    "    active = active + (new.state = 2) - (old.state = 2); END;"
    "CREATE TRIGGER jobs_removed AFTER DELETE ON jobs BEGIN"
    "  UPDATE job_counts SET waiting = waiting - (old.state = 0),"
    "    delayed = delayed - (old.state = 1), active = active - (old.state = 2); END;"
    "INSERT INTO jobs(image_id, url, priority) VALUES(1, 'u1', 10), (2, 'u2', 1), (3, 'u3', 1);";

static void add(struct pc_queue *q, int64_t image, enum pc_priority priority)
{
    struct pc_err err = PC_ERR_INIT;
    bool added;
    assert_ok(pc_queue_add(q, image, "u", priority, &added, &err), &err);
    assert_true(added);
}

static void jobs_of_version_1_are_read(void **state)
{
    char *dir = test_mkdir(), path[256], store_url[300];
    sqlite3 *db;
    struct pc_err err = PC_ERR_INIT;
    struct pc_queue *q;
    (void)state;
    snprintf(path, sizeof path, "%s/queue.db", dir);
    snprintf(store_url, sizeof store_url, "sqlite:%s", path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, version_1, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    assert_ok(pc_queue_open(&pc_queue_sqlite, store_url, NULL, &q, &err), &err);
    add(q, 4, PC_PRIORITY_SINGLE);
    add(q, 5, PC_PRIORITY_EDIT);
    const int64_t wanted[] = {5, 2, 3, 4, 1};
    for (int i = 0; i < 5; i++) {
        struct pc_job job;
        bool got;
        assert_ok(pc_queue_take(q, 0, &job, &got, &err), &err);
        assert_true(got);
        assert_int_equal(job.image_id, wanted[i]);
        assert_ok(test_complete_job(q, &job, &err), &err);
        pc_job_finish(&job);
    }
    pc_queue_close(q);
    test_rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(jobs_of_version_1_are_read)};
    return cmocka_run_group_tests_name("queue sqlite migration", tests, NULL, NULL);
}
