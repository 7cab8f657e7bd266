/* The queue in SQLite: one table of jobs, and one row of counts that triggers keep up to date.
 *
 * A job waits (state 0), is delayed (1) until due_ms, or is active (2) on a lease until due_ms. take
 * is one UPDATE ... RETURNING over an index of the waiting jobs, so SQLite's own write lock keeps
 * two takers, in whatever processes, from getting the same job.
 *
 * There is one connection under one lock; a step takes some 30 us of CPU, so threads do not wait
 * long. Within the process takers are woken at once; jobs that other processes add are noticed by
 * looking every POLL_MS.
 *
 * Durability: synchronous=NORMAL. Jobs survive kill -9. Power loss may undo the last moments; then
 * the sweeper adds jobs for pending records that have none, or a completed job is taken again and
 * its worker finds the record finished. Syncing every step would cost much and gain nothing.
 *
 * Due times are wall time, because several processes and a restart must agree on them. If the clock
 * is set back, leases and delays become longer by as much. A due time that is over an hour later
 * than any lease or delay can be is dropped when the queue is opened. */
#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "queue/drivers.h"
#include "queue/notifier.h"
#include "sqlite/sqlite.h"

enum { POLL_MS = 200, HOUR_MS = 60 * 60 * 1000, LONGEST_DELAY_MS = 24 * HOUR_MS };

static const char *const schema[] = {
    "CREATE TABLE jobs("
    "  id INTEGER PRIMARY KEY," /* age */
    "  image_id INTEGER NOT NULL UNIQUE,"
    "  url TEXT NOT NULL,"
    "  priority INTEGER NOT NULL,"
    "  state INTEGER NOT NULL DEFAULT 0," /* 0 waiting, 1 delayed, 2 active */
    "  due_ms INTEGER NOT NULL DEFAULT 0,"
    "  attempt INTEGER NOT NULL DEFAULT 0,"
    "  token TEXT,"
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
    "    delayed = delayed - (old.state = 1), active = active - (old.state = 2); END;",
    /* 1 was the priority of single images, and is that of edits now. */
    "UPDATE jobs SET priority = 2 WHERE priority = 1;",
};
enum { SCHEMA_VERSION = sizeof schema / sizeof *schema };

enum statement {
    PEEK,
    REQUEUE_DUE,
    REQUEUE_FUTURE,
    TAKE,
    ADD,
    HAS,
    RENEW,
    COMPLETE,
    DELAY,
    RELEASE,
    REMOVE,
    STATS,
    STATEMENT_COUNT
};

#define HELD "WHERE id = ?1 AND token = ?2 AND state = 2"

static const char *const statements[STATEMENT_COUNT] = {
    /* Does a job wait? When is the next one due? Read-only: an idle taker takes no lock. */
    [PEEK] = "SELECT EXISTS(SELECT 1 FROM jobs WHERE state = 0), "
             "(SELECT due_ms FROM jobs WHERE state <> 0 ORDER BY due_ms LIMIT 1)",
    [REQUEUE_DUE] = "UPDATE jobs SET state = 0, token = NULL WHERE state <> 0 AND due_ms <= ?1",
    [REQUEUE_FUTURE] = "UPDATE jobs SET state = 0, token = NULL "
                       "WHERE (state = 2 AND due_ms > ?1) OR (state = 1 AND due_ms > ?2)",
    [TAKE] = "UPDATE jobs SET state = 2, token = ?1, due_ms = ?2, attempt = attempt + 1 "
             "WHERE id = (SELECT id FROM jobs WHERE state = 0 ORDER BY priority, id LIMIT 1) "
             "RETURNING id, image_id, url, attempt",
    [ADD] = "INSERT INTO jobs(image_id, url, priority) SELECT ?1, ?2, ?3 "
            "WHERE ?4 = 0 OR (SELECT waiting + delayed FROM job_counts) < ?4 "
            "ON CONFLICT(image_id) DO NOTHING",
    [HAS] = "SELECT 1 FROM jobs WHERE image_id = ?1",
    [RENEW] = "UPDATE jobs SET due_ms = ?3 " HELD,
    [COMPLETE] = "DELETE FROM jobs " HELD,
    [DELAY] = "UPDATE jobs SET state = 1, token = NULL, due_ms = ?3, reason = ?4 " HELD,
    [RELEASE] = "UPDATE jobs SET state = 0, token = NULL, attempt = attempt - 1 " HELD,
    [REMOVE] = "DELETE FROM jobs WHERE image_id = ?1 AND state <> 2",
    [STATS] = "SELECT waiting, delayed, active FROM job_counts",
};

struct sqlite {
    struct pc_queue base;
    struct pc_notifier notifier;
    pthread_mutex_t lock; /* guards c */
    struct pc_sqlite c;
};

static void sqlite_close(struct pc_queue *q)
{
    struct sqlite *s = PC_QUEUE_SELF(struct sqlite, q);
    pc_sqlite_close(&s->c);
    pthread_mutex_destroy(&s->lock);
    pc_notifier_finish(&s->notifier);
    free(s);
}

static enum pc_code sqlite_open(const char *store_url, const struct pc_queue_options *options,
                                struct pc_queue **out, struct pc_err *err)
{
    struct sqlite *s = pc_xzalloc(sizeof *s);
    pc_notifier_init(&s->notifier);
    pthread_mutex_init(&s->lock, NULL);
    enum pc_code rc = pc_sqlite_open(&s->c, store_url, PC_E_QUEUE_UNAVAILABLE, err);
    if (!rc)
        rc = pc_sqlite_migrate(&s->c, "queue", schema, SCHEMA_VERSION, err);
    if (!rc)
        rc = pc_sqlite_prepare(&s->c, statements, STATEMENT_COUNT, err);
    if (!rc) {
        int64_t beyond_ms = pc_clock_wall_ms() + HOUR_MS;
        pc_sqlite_bind(s->c.stmts[REQUEUE_FUTURE], "ii", beyond_ms + options->lease_ms,
                       beyond_ms + LONGEST_DELAY_MS);
        rc = pc_sqlite_run(&s->c, s->c.stmts[REQUEUE_FUTURE], NULL, err);
    }
    if (rc)
        sqlite_close(&s->base);
    else
        *out = &s->base;
    return rc;
}

/* Is the one row of a bound question there? Lock held. */
static enum pc_code row_exists(struct sqlite *s, enum statement statement_id, bool *row,
                               struct pc_err *err)
{
    enum pc_code rc = pc_sqlite_step(&s->c, s->c.stmts[statement_id], row, err);
    sqlite3_reset(s->c.stmts[statement_id]);
    return rc;
}

static enum pc_code sqlite_add(struct pc_queue *q, int64_t image_id, const char *url, int priority,
                               bool *added, struct pc_err *err)
{
    struct sqlite *s = PC_QUEUE_SELF(struct sqlite, q);
    int changed = 0;
    bool exists = false;
    pthread_mutex_lock(&s->lock);
    pc_sqlite_bind(s->c.stmts[ADD], "itii", image_id, url, (int64_t)priority,
                   q->options.max_waiting);
    enum pc_code rc = pc_sqlite_run(&s->c, s->c.stmts[ADD], &changed, err);
    *added = changed > 0;
    if (!rc && !*added) { /* the image has a job, or the queue is full? */
        pc_sqlite_bind(s->c.stmts[HAS], "i", image_id);
        rc = row_exists(s, HAS, &exists, err);
        if (!rc && !exists)
            rc = pc_fail(err, PC_E_QUEUE_FULL, NULL);
    }
    pthread_mutex_unlock(&s->lock);
    if (*added)
        pc_notifier_notify(&s->notifier);
    return rc;
}

/* *next_ms: when the next lease or delay ends; INT64_MAX: there is none. Lock held. */
static enum pc_code peek(struct sqlite *s, bool *waiting, int64_t *next_ms, struct pc_err *err)
{
    sqlite3_stmt *stmt = s->c.stmts[PEEK];
    bool row;
    enum pc_code rc = pc_sqlite_step(&s->c, stmt, &row, err);
    *waiting = !rc && sqlite3_column_int(stmt, 0);
    *next_ms = !rc && sqlite3_column_type(stmt, 1) != SQLITE_NULL ? sqlite3_column_int64(stmt, 1)
                                                                  : INT64_MAX;
    sqlite3_reset(stmt);
    return rc;
}

static enum pc_code take_first(struct sqlite *s, int64_t now_ms, struct pc_job *job, bool *got,
                               struct pc_err *err)
{
    char token[PC_JOB_TOKEN_HEX + 1];
    pc_random_hex(token, PC_JOB_TOKEN_HEX);
    sqlite3_stmt *stmt = s->c.stmts[TAKE];
    pc_sqlite_bind(stmt, "ti", token, now_ms + s->base.options.lease_ms);
    enum pc_code rc = pc_sqlite_step(&s->c, stmt, got, err);
    if (rc || !*got)
        return rc;
    *job = (struct pc_job){
        .id = pc_xstrdup((const char *)sqlite3_column_text(stmt, 0)),
        .token = pc_xstrdup(token),
        .image_id = sqlite3_column_int64(stmt, 1),
        .url = pc_xstrdup((const char *)sqlite3_column_text(stmt, 2)),
        .attempt = sqlite3_column_int(stmt, 3),
        .max_attempts = s->base.options.max_attempts,
    };
    return pc_sqlite_run(&s->c, stmt, NULL, err); /* to the end, which commits */
}

/* Lock held. */
static enum pc_code take_locked(struct sqlite *s, struct pc_job *job, bool *got, int64_t *next_ms,
                                struct pc_err *err)
{
    bool waiting = false;
    int64_t now_ms = pc_clock_wall_ms();
    enum pc_code rc = peek(s, &waiting, next_ms, err);
    if (!rc && *next_ms <= now_ms) {
        pc_sqlite_bind(s->c.stmts[REQUEUE_DUE], "i", now_ms);
        rc = pc_sqlite_run(&s->c, s->c.stmts[REQUEUE_DUE], NULL, err);
        waiting = true;
    }
    return rc || !waiting ? rc : take_first(s, now_ms, job, got, err);
}

static enum pc_code sqlite_take(struct pc_queue *q, int64_t wait_ms, struct pc_job *job, bool *got,
                                struct pc_err *err)
{
    struct sqlite *s = PC_QUEUE_SELF(struct sqlite, q);
    struct pc_notifier_mark mark = pc_notifier_get_mark(&s->notifier);
    int64_t end_ms = pc_clock_mono_ms() + wait_ms;
    for (;;) {
        int64_t next_ms; /* wall time */
        pthread_mutex_lock(&s->lock);
        enum pc_code rc = take_locked(s, job, got, &next_ms, err);
        pthread_mutex_unlock(&s->lock);
        int64_t left_ms = end_ms - pc_clock_mono_ms(), due_ms = next_ms - pc_clock_wall_ms();
        if (rc || *got || left_ms <= 0)
            return rc;
        int64_t sleep_ms = left_ms < POLL_MS ? left_ms : POLL_MS;
        if (due_ms < sleep_ms)
            sleep_ms = due_ms < 1 ? 1 : due_ms;
        if (pc_notifier_wait(&s->notifier, &mark, sleep_ms))
            return PC_OK;
    }
}

static void sqlite_wake(struct pc_queue *q)
{
    pc_notifier_wake_all(&PC_QUEUE_SELF(struct sqlite, q)->notifier);
}

/* Runs a change of a job under lease: ?1 and ?2 are its id and token. Lock held. */
static enum pc_code change_held(struct sqlite *s, enum statement statement_id, struct pc_err *err)
{
    int changed = 0;
    enum pc_code rc = pc_sqlite_run(&s->c, s->c.stmts[statement_id], &changed, err);
    return rc || changed ? rc : pc_fail(err, PC_E_LEASE_LOST, NULL);
}

static int64_t id_of(const struct pc_job *job)
{
    int64_t id = 0;
    return pc_str_to_i64(job->id, 1, INT64_MAX, &id) ? id : 0;
}

static enum pc_code sqlite_renew(struct pc_queue *q, const struct pc_job *job, struct pc_err *err)
{
    struct sqlite *s = PC_QUEUE_SELF(struct sqlite, q);
    pthread_mutex_lock(&s->lock);
    pc_sqlite_bind(s->c.stmts[RENEW], "iti", id_of(job), job->token,
                   pc_clock_wall_ms() + q->options.lease_ms);
    enum pc_code rc = change_held(s, RENEW, err);
    pthread_mutex_unlock(&s->lock);
    return rc;
}

/* One transaction for all of them: its commit is most of the cost of each step. */
static enum pc_code sqlite_complete_and_take(struct pc_queue *q, const struct pc_job *completed,
                                             int n_completed, struct pc_job *jobs, int *n,
                                             struct pc_err *err)
{
    struct sqlite *s = PC_QUEUE_SELF(struct sqlite, q);
    int64_t next_ms;
    int wanted = *n;
    bool got = true;
    pthread_mutex_lock(&s->lock);
    enum pc_code rc = pc_sqlite_begin(&s->c, err);
    if (!rc) {
        for (int i = 0; !rc && i < n_completed; i++) {
            pc_sqlite_bind(s->c.stmts[COMPLETE], "it", id_of(&completed[i]), completed[i].token);
            rc = pc_sqlite_run(&s->c, s->c.stmts[COMPLETE], NULL, err);
        }
        for (*n = 0; !rc && got && *n < wanted; *n += got) {
            got = false;
            rc = *n ? take_first(s, pc_clock_wall_ms(), &jobs[*n], &got, err)
                    : take_locked(s, &jobs[0], &got, &next_ms, err);
        }
        rc = pc_sqlite_end(&s->c, rc, err);
    }
    pthread_mutex_unlock(&s->lock);
    return rc;
}

static enum pc_code sqlite_fail(struct pc_queue *q, const struct pc_job *job, int64_t delay_ms,
                                const char *reason, struct pc_err *err)
{
    struct sqlite *s = PC_QUEUE_SELF(struct sqlite, q);
    bool final = delay_ms < 0; /* the job is removed: the reason is in the record */
    pthread_mutex_lock(&s->lock);
    if (final)
        pc_sqlite_bind(s->c.stmts[COMPLETE], "it", id_of(job), job->token);
    else
        pc_sqlite_bind(s->c.stmts[DELAY], "itit", id_of(job), job->token,
                       pc_clock_wall_ms() + delay_ms, reason);
    enum pc_code rc = change_held(s, final ? COMPLETE : DELAY, err);
    pthread_mutex_unlock(&s->lock);
    if (!rc && !final)
        pc_notifier_notify(&s->notifier); /* takers must take note of the new due time */
    return rc;
}

static enum pc_code sqlite_release(struct pc_queue *q, const struct pc_job *job, struct pc_err *err)
{
    struct sqlite *s = PC_QUEUE_SELF(struct sqlite, q);
    pthread_mutex_lock(&s->lock);
    pc_sqlite_bind(s->c.stmts[RELEASE], "it", id_of(job), job->token);
    enum pc_code rc = change_held(s, RELEASE, err);
    pthread_mutex_unlock(&s->lock);
    if (!rc)
        pc_notifier_notify(&s->notifier);
    return rc;
}

static enum pc_code sqlite_remove(struct pc_queue *q, int64_t image_id, struct pc_err *err)
{
    struct sqlite *s = PC_QUEUE_SELF(struct sqlite, q);
    pthread_mutex_lock(&s->lock);
    pc_sqlite_bind(s->c.stmts[REMOVE], "i", image_id);
    enum pc_code rc = pc_sqlite_run(&s->c, s->c.stmts[REMOVE], NULL, err);
    pthread_mutex_unlock(&s->lock);
    return rc;
}

static enum pc_code sqlite_has(struct pc_queue *q, int64_t image_id, bool *has, struct pc_err *err)
{
    struct sqlite *s = PC_QUEUE_SELF(struct sqlite, q);
    pthread_mutex_lock(&s->lock);
    pc_sqlite_bind(s->c.stmts[HAS], "i", image_id);
    enum pc_code rc = row_exists(s, HAS, has, err);
    pthread_mutex_unlock(&s->lock);
    return rc;
}

static enum pc_code sqlite_stats(struct pc_queue *q, struct pc_queue_stats *out, struct pc_err *err)
{
    struct sqlite *s = PC_QUEUE_SELF(struct sqlite, q);
    sqlite3_stmt *stmt = s->c.stmts[STATS];
    bool row = false;
    pthread_mutex_lock(&s->lock);
    enum pc_code rc = pc_sqlite_step(&s->c, stmt, &row, err);
    if (row) {
        out->waiting = sqlite3_column_int64(stmt, 0);
        out->delayed = sqlite3_column_int64(stmt, 1);
        out->active = sqlite3_column_int64(stmt, 2);
    }
    sqlite3_reset(stmt);
    pthread_mutex_unlock(&s->lock);
    return rc;
}

static enum pc_code sqlite_ping(struct pc_queue *q, struct pc_err *err)
{
    struct pc_queue_stats stats;
    return sqlite_stats(q, &stats, err);
}

const struct pc_queue_driver pc_queue_sqlite = {
    .scheme = PC_SQLITE_SCHEME,
    .open = sqlite_open,
    .close = sqlite_close,
    .add = sqlite_add,
    .take = sqlite_take,
    .wake = sqlite_wake,
    .renew = sqlite_renew,
    .complete_and_take = sqlite_complete_and_take,
    .fail = sqlite_fail,
    .release = sqlite_release,
    .remove = sqlite_remove,
    .has = sqlite_has,
    .stats = sqlite_stats,
    .ping = sqlite_ping,
};
