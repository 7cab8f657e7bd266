/* Records in SQLite.
 *
 * One connection writes, guarded by a lock, so that the threads of this process never meet
 * SQLITE_BUSY among themselves. The busy handler waits for other processes, and for the queue if it is
 * in the same file. A few connections read; WAL lets them read while another one writes, so a list
 * never waits for a sync to the disk.
 *
 * Durability: changes that a caller may rely on (insert, finish, fail, reopen, annotate, remove,
 * put_setting) commit with synchronous=FULL: the log is synced before the call returns. begin,
 * progress and the note of a failed attempt are written with NORMAL: after power loss they may be
 * undone, and then the job runs again. All of them survive kill -9.
 *
 * Limits: a search reads every row of `images` (about 60 ms at 100,000). List queries are prepared for
 * each call, because their text has many forms and preparing takes little time compared to reading
 * the rows.
 */
#include <pthread.h>
#include <stdlib.h>

#include "base/mem.h"
#include "records/drivers.h"
#include "records/sqlite/internal.h"

enum { READERS = 4 };

struct sqlite {
    struct pc_records base;

    pthread_mutex_t write_lock; /* guards writer and full */
    struct pc_sqlite writer;
    bool full; /* synchronous is FULL now */

    pthread_mutex_t pool_lock; /* guards idle; readers[i] belongs to who took it */
    pthread_cond_t pool_has_idle;
    int idle[READERS], n_idle;
    struct pc_sqlite readers[READERS];
};

/* --- opening and closing --- */

static enum pc_code open_connections(struct sqlite *s, const char *url, struct pc_err *err)
{
    enum pc_code rc = pc_sqlite_open(&s->writer, url, PC_E_STORE_UNAVAILABLE, err);
    if (!rc)
        rc = pc_sqlite_migrate(&s->writer, "records", pc_records_sqlite_schema,
                               PC_RECORDS_SQLITE_SCHEMA_VERSION, err);
    if (!rc)
        rc = pc_sqlite_prepare(&s->writer, pc_records_sqlite_statements, WRITE_COUNT, err);
    for (int i = 0; !rc && i < READERS; i++) {
        rc = pc_sqlite_open(&s->readers[i], url, PC_E_STORE_UNAVAILABLE, err);
        if (!rc)
            rc = pc_sqlite_prepare(&s->readers[i], pc_records_sqlite_statements, READ_COUNT, err);
        s->idle[s->n_idle++] = i;
    }
    return rc;
}

static void sqlite_close(struct pc_records *rs)
{
    struct sqlite *s = PC_RECORDS_SELF(struct sqlite, rs);
    for (int i = 0; i < READERS; i++)
        pc_sqlite_close(&s->readers[i]);
    pc_sqlite_close(&s->writer);
    pthread_cond_destroy(&s->pool_has_idle);
    pthread_mutex_destroy(&s->pool_lock);
    pthread_mutex_destroy(&s->write_lock);
    free(s);
}

static enum pc_code sqlite_open(const char *url, struct pc_records **out, struct pc_err *err)
{
    struct sqlite *s = pc_xzalloc(sizeof *s);
    pthread_mutex_init(&s->write_lock, NULL);
    pthread_mutex_init(&s->pool_lock, NULL);
    pthread_cond_init(&s->pool_has_idle, NULL);
    enum pc_code rc = open_connections(s, url, err);
    if (rc)
        sqlite_close(&s->base);
    else
        *out = &s->base;
    return rc;
}

/* --- acquiring a connection --- */

static struct pc_sqlite *acquire_reader(struct sqlite *s)
{
    pthread_mutex_lock(&s->pool_lock);
    while (s->n_idle == 0)
        pthread_cond_wait(&s->pool_has_idle, &s->pool_lock);
    int i = s->idle[--s->n_idle];
    pthread_mutex_unlock(&s->pool_lock);
    return &s->readers[i];
}

static void release_reader(struct sqlite *s, struct pc_sqlite *c)
{
    pthread_mutex_lock(&s->pool_lock);
    s->idle[s->n_idle++] = (int)(c - s->readers);
    pthread_cond_signal(&s->pool_has_idle);
    pthread_mutex_unlock(&s->pool_lock);
}

enum durability { REDOABLE, DURABLE };

/* Takes the writer and opens a transaction. Every begin_write (begin_change) is followed by one
 * end_change, whatever it returns. */
static enum pc_code begin_write(struct sqlite *s, enum durability d, struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    pthread_mutex_lock(&s->write_lock);
    bool full = d == DURABLE;
    if (s->full != full) {
        rc = pc_sqlite_exec(
            &s->writer, full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", err);
        s->full = rc ? s->full : full;
    }
    return rc ? rc : pc_sqlite_begin(&s->writer, err);
}

/* The same, and takes the seq that the change will bear. */
static enum pc_code begin_change(struct sqlite *s, enum durability d, struct pc_err *err)
{
    enum pc_code rc = begin_write(s, d, err);
    return rc ? rc : pc_records_sqlite_next_seq(&s->writer, err);
}

static enum pc_code end_change(struct sqlite *s, enum pc_code rc, struct pc_err *err)
{
    rc = pc_sqlite_end(&s->writer, rc, err);
    pthread_mutex_unlock(&s->write_lock);
    return rc;
}

/* --- reading --- */

static enum pc_code sqlite_get(struct pc_records *rs, int64_t id, struct pc_record *r,
                               struct pc_err *err)
{
    struct sqlite *s = PC_RECORDS_SELF(struct sqlite, rs);
    struct pc_sqlite *c = acquire_reader(s);
    enum pc_code rc = pc_records_sqlite_read_by_id(c, id, r, err);
    release_reader(s, c);
    return rc;
}

static enum pc_code sqlite_count(struct pc_records *rs, const struct pc_record_query *within,
                                 int64_t counts[PC_STATUS_COUNT], int64_t *attention,
                                 int64_t *last_seq, struct pc_err *err)
{
    struct sqlite *s = PC_RECORDS_SELF(struct sqlite, rs);
    struct pc_sqlite *c = acquire_reader(s);
    enum pc_code rc = pc_records_sqlite_count_all(c, counts, attention, last_seq, err);
    if (!rc && within)
        rc = pc_records_sqlite_count_within(c, within, counts, attention, err);
    release_reader(s, c);
    return rc;
}

static enum pc_code sqlite_ping(struct pc_records *rs, struct pc_err *err)
{
    int64_t counts[PC_STATUS_COUNT], attention, last_seq;
    return sqlite_count(rs, NULL, counts, &attention, &last_seq, err);
}

static enum pc_code sqlite_list(struct pc_records *rs, const struct pc_record_query *q,
                                struct pc_record_list *out, struct pc_err *err)
{
    struct sqlite *s = PC_RECORDS_SELF(struct sqlite, rs);
    struct pc_sqlite *c = acquire_reader(s);
    enum pc_code rc = pc_records_sqlite_read_page(c, q, out, err);
    release_reader(s, c);
    return rc;
}

static enum pc_code sqlite_list_stale(struct pc_records *rs, int64_t before_ms, int64_t *ids,
                                      int max, int *n, struct pc_err *err)
{
    struct sqlite *s = PC_RECORDS_SELF(struct sqlite, rs);
    struct pc_sqlite *c = acquire_reader(s);
    enum pc_code rc = pc_records_sqlite_list_stale(c, before_ms, ids, max, n, err);
    release_reader(s, c);
    return rc;
}

static enum pc_code sqlite_references_blob(struct pc_records *rs, const char *key, bool *referenced,
                                           struct pc_err *err)
{
    struct sqlite *s = PC_RECORDS_SELF(struct sqlite, rs);
    struct pc_sqlite *c = acquire_reader(s);
    enum pc_code rc = pc_records_sqlite_references_blob(c, key, referenced, err);
    release_reader(s, c);
    return rc;
}

static enum pc_code sqlite_list_tombstones(struct pc_records *rs, int64_t since_seq, int64_t *ids,
                                           int max, int *n, bool *all, struct pc_err *err)
{
    struct sqlite *s = PC_RECORDS_SELF(struct sqlite, rs);
    struct pc_sqlite *c = acquire_reader(s);
    enum pc_code rc = pc_records_sqlite_list_tombstones(c, since_seq, ids, max, n, all, err);
    release_reader(s, c);
    return rc;
}

static enum pc_code sqlite_get_setting(struct pc_records *rs, const char *name, char **text,
                                       int64_t *version, struct pc_err *err)
{
    struct sqlite *s = PC_RECORDS_SELF(struct sqlite, rs);
    struct pc_sqlite *c = acquire_reader(s);
    enum pc_code rc = pc_records_sqlite_get_setting(c, name, text, version, err);
    release_reader(s, c);
    return rc;
}

/* Writing: all in a transaction of begin_change */

static enum pc_code sqlite_insert_many(struct pc_records *rs, const struct pc_record_new *fresh,
                                       int n, int64_t now_ms, struct pc_record *items,
                                       bool *created, struct pc_err *err)
{
    struct sqlite *s = PC_RECORDS_SELF(struct sqlite, rs);
    enum pc_code rc = begin_write(s, DURABLE, err);
    for (int i = 0; !rc && i < n; i++)
        rc = pc_records_sqlite_insert(&s->writer, &fresh[i], now_ms, &items[i], &created[i], err);
    return end_change(s, rc, err);
}

static enum pc_code sqlite_begin(struct pc_records *rs, int64_t id, int64_t now_ms,
                                 struct pc_record *r, struct pc_err *err)
{
    struct sqlite *s = PC_RECORDS_SELF(struct sqlite, rs);
    struct pc_sqlite *c = &s->writer;
    enum pc_code rc = begin_change(s, REDOABLE, err);
    if (!rc) {
        pc_sqlite_bind(c->stmts[WRITE_BEGIN], "iitt", id, now_ms, pc_record_first_stage(""),
                       pc_record_first_stage("stored"));
        rc = pc_records_sqlite_run_change(c, WRITE_BEGIN, PC_E_NOT_PENDING, err);
    }
    if (!rc)
        rc = pc_records_sqlite_read_by_id(c, id, r, err);
    return end_change(s, rc, err);
}

static enum pc_code sqlite_progress(struct pc_records *rs, int64_t id, int64_t now_ms,
                                    const char *stage, int progress, struct pc_err *err)
{
    struct sqlite *s = PC_RECORDS_SELF(struct sqlite, rs);
    enum pc_code rc = begin_change(s, REDOABLE, err);
    if (!rc) {
        pc_sqlite_bind(s->writer.stmts[WRITE_PROGRESS], "iiti", id, now_ms, stage,
                       (int64_t)progress);
        rc = pc_records_sqlite_run_change(&s->writer, WRITE_PROGRESS, PC_E_NOT_PENDING, err);
    }
    return end_change(s, rc, err);
}

static enum pc_code sqlite_finish(struct pc_records *rs, int64_t id, int64_t now_ms,
                                  const struct pc_record_completion *completion, struct pc_err *err)
{
    struct sqlite *s = PC_RECORDS_SELF(struct sqlite, rs);
    struct pc_sqlite *c = &s->writer;
    enum pc_code rc = begin_change(s, DURABLE, err);
    if (!rc) {
        int64_t review = completion->decisions ? (int64_t)completion->review : -1;
        pc_sqlite_bind(c->stmts[WRITE_FINISH], "iittiiiii", id, now_ms, completion->original_key,
                       completion->format, completion->bytes, (int64_t)completion->width,
                       (int64_t)completion->height, (int64_t)completion->attention, review);
        rc = pc_records_sqlite_run_change(c, WRITE_FINISH, PC_E_NOT_PENDING, err);
    }
    if (!rc && completion->decisions)
        rc = pc_records_sqlite_write_annotations(c, id, NULL, completion->decisions, err);
    if (!rc) /* those of an earlier cut */
        rc = pc_records_sqlite_run_with_id(c, WRITE_REMOVE_SHOT_BLOBS, id, err);
    if (!rc)
        rc = pc_records_sqlite_write_result(c, id, completion->original_key, completion->result,
                                            err);
    return end_change(s, rc, err);
}

static enum pc_code sqlite_fail(struct pc_records *rs, int64_t id, int64_t now_ms, const char *code,
                                const char *message, bool final, struct pc_err *err)
{
    struct sqlite *s = PC_RECORDS_SELF(struct sqlite, rs);
    enum pc_records_sqlite_write which = final ? WRITE_FAIL : WRITE_NOTE_ERROR;
    enum pc_code rc = begin_change(s, final ? DURABLE : REDOABLE, err);
    if (!rc) {
        pc_sqlite_bind(s->writer.stmts[which], "iitt", id, now_ms, code, message);
        rc = pc_records_sqlite_run_change(&s->writer, which, PC_E_NOT_PENDING, err);
    }
    return end_change(s, rc, err);
}

static enum pc_code sqlite_reopen(struct pc_records *rs, int64_t id, enum pc_record_status from,
                                  int64_t now_ms, struct pc_record *r, struct pc_err *err)
{
    enum pc_code not_from = from == PC_FAILED ? PC_E_NOT_FAILED : PC_E_NOT_PROCESSED;
    struct sqlite *s = PC_RECORDS_SELF(struct sqlite, rs);
    enum pc_code rc = begin_change(s, DURABLE, err);
    if (!rc)
        rc = pc_records_sqlite_read_by_id(&s->writer, id, r, err); /* fails if it does not exist */
    if (!rc) {
        pc_sqlite_bind(s->writer.stmts[WRITE_REOPEN], "iii", id, now_ms, (int64_t)from);
        rc = pc_records_sqlite_run_change(&s->writer, WRITE_REOPEN, not_from, err);
    }
    if (!rc)
        rc = pc_records_sqlite_read_by_id(&s->writer, id, r, err);
    return end_change(s, rc, err);
}

static enum pc_code sqlite_annotate(struct pc_records *rs, int64_t id, int64_t seen_seq,
                                    int64_t now_ms, const struct pc_record_annotations *annotations,
                                    struct pc_record *r, struct pc_err *err)
{
    struct sqlite *s = PC_RECORDS_SELF(struct sqlite, rs);
    struct pc_sqlite *c = &s->writer;
    enum pc_code rc = begin_change(s, DURABLE, err);
    if (!rc)
        rc = pc_records_sqlite_read_by_id(c, id, r, err);
    if (!rc && r->status != PC_PROCESSED)
        rc = pc_fail(err, PC_E_NOT_PROCESSED, NULL);
    if (!rc && r->seq != seen_seq)
        rc = pc_fail(err, PC_E_CHANGED_MEANWHILE, NULL);
    if (!rc) {
        pc_sqlite_bind(c->stmts[WRITE_REVIEW], "iii", id, now_ms, (int64_t)annotations->review);
        rc = pc_sqlite_run(c, c->stmts[WRITE_REVIEW], NULL, err);
    }
    if (!rc)
        rc = pc_records_sqlite_write_annotations(c, id, annotations->edits, annotations->decisions,
                                                 err);
    if (!rc && annotations->reopen) {
        pc_sqlite_bind(c->stmts[WRITE_REOPEN], "iii", id, now_ms, (int64_t)PC_PROCESSED);
        rc = pc_records_sqlite_run_change(c, WRITE_REOPEN, PC_E_NOT_PROCESSED, err);
    }
    if (!rc)
        rc = pc_records_sqlite_read_by_id(c, id, r, err);
    return end_change(s, rc, err);
}

static enum pc_code sqlite_put_setting(struct pc_records *rs, const char *name, const char *text,
                                       int64_t seen_version, int64_t *version, struct pc_err *err)
{
    struct sqlite *s = PC_RECORDS_SELF(struct sqlite, rs);
    struct pc_sqlite *c = &s->writer;
    char *old = NULL;
    int64_t now = 0;
    enum pc_code rc = begin_write(s, DURABLE, err);
    if (!rc)
        rc = pc_records_sqlite_get_setting(c, name, &old, &now, err);
    free(old);
    if (!rc && now != seen_version)
        rc = pc_fail(err, PC_E_CHANGED_MEANWHILE, NULL);
    if (!rc) {
        pc_sqlite_bind(c->stmts[WRITE_SETTING], "tti", name, text, now + 1);
        rc = pc_sqlite_run(c, c->stmts[WRITE_SETTING], NULL, err);
    }
    rc = end_change(s, rc, err);
    if (!rc)
        *version = now + 1;
    return rc;
}

static enum pc_code sqlite_import(struct pc_records *rs, const struct pc_record *items, int n,
                                  struct pc_err *err)
{
    struct sqlite *s = PC_RECORDS_SELF(struct sqlite, rs);
    enum pc_code rc = begin_write(s, DURABLE, err);
    for (int i = 0; !rc && i < n; i++)
        rc = pc_records_sqlite_import(&s->writer, &items[i], err);
    return end_change(s, rc, err);
}

static enum pc_code sqlite_remove(struct pc_records *rs, int64_t id, struct pc_record *r,
                                  struct pc_err *err)
{
    struct sqlite *s = PC_RECORDS_SELF(struct sqlite, rs);
    enum pc_code rc = begin_change(s, DURABLE, err);
    if (!rc)
        rc = pc_records_sqlite_read_by_id(&s->writer, id, r, err);
    if (!rc)
        rc = pc_records_sqlite_delete_rows(&s->writer, id, err);
    if (!rc)
        rc = pc_records_sqlite_run_with_id(&s->writer, WRITE_TOMBSTONE, id, err);
    return end_change(s, rc, err);
}

const struct pc_records_driver pc_records_sqlite = {
    .scheme = PC_SQLITE_SCHEME,
    .open = sqlite_open,
    .close = sqlite_close,
    .insert_many = sqlite_insert_many,
    .get = sqlite_get,
    .list = sqlite_list,
    .count = sqlite_count,
    .begin = sqlite_begin,
    .progress = sqlite_progress,
    .finish = sqlite_finish,
    .fail = sqlite_fail,
    .reopen = sqlite_reopen,
    .annotate = sqlite_annotate,
    .import = sqlite_import,
    .remove = sqlite_remove,
    .list_tombstones = sqlite_list_tombstones,
    .list_stale = sqlite_list_stale,
    .references_blob = sqlite_references_blob,
    .get_setting = sqlite_get_setting,
    .put_setting = sqlite_put_setting,
    .ping = sqlite_ping,
};
