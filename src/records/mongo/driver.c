/* Records in MongoDB (4.4 to 8), by libmongoc.
 *
 * Every change of a record is one update of one document with its precondition in the filter, so the
 * server decides between changes that meet. internal.h says what is in which file.
 *
 * Durability: insert, finish, fail, retry, recut, annotate, remove and put_setting return when a
 * majority of the replica set (or the single server) has them in its journal, or as w and journal in
 * the store URL say. begin, progress and the note of a failed attempt wait only until the primary has
 * them in memory: a failover may undo them, and then the job runs again. The counter is written in
 * the same way; the change that follows on the same server makes it as durable as itself.
 *
 * Limits: a search reads documents until its page is full, because no index finds the middle of a
 * text.
 */
#include "records/mongo/internal.h"

#include <stdlib.h>

#include "base/mem.h"
#include "records/drivers.h"

static struct pc_mongo *self_of(struct pc_records *rs)
{
    return PC_RECORDS_SELF(struct pc_mongo, rs);
}

/* --- opening and closing --- */

static void mongo_close(struct pc_records *rs)
{
    struct pc_mongo *m = self_of(rs);
    pc_mongo_disconnect(m);
    pthread_mutex_destroy(&m->lock);
    pthread_mutex_destroy(&m->count_lock);
    free(m);
}

static enum pc_code prepare_store(struct pc_mongo *m, struct pc_err *err)
{
    struct pc_mongo_connection conn;
    enum pc_code rc = pc_mongo_acquire(m, &conn, err);
    if (rc)
        return rc;
    rc = pc_mongo_make_indexes(&conn, err);
    if (!rc)
        rc = pc_mongo_init_counter(&conn, err);
    if (!rc)
        rc = pc_mongo_prune_tombstones(&conn, err);
    if (!rc)
        rc = pc_mongo_log_legacy(&conn, err);
    pc_mongo_release(&conn);
    return rc;
}

static enum pc_code mongo_open(const char *url, struct pc_records **out, struct pc_err *err)
{
    struct pc_mongo *m = pc_xzalloc(sizeof *m);
    pthread_mutex_init(&m->lock, NULL);
    pthread_mutex_init(&m->count_lock, NULL);
    enum pc_code rc = pc_mongo_connect(m, url, err);
    if (!rc)
        rc = prepare_store(m, err);
    if (rc)
        mongo_close(&m->base);
    else
        *out = &m->base;
    return rc;
}

static enum pc_code mongo_ping(struct pc_records *rs, struct pc_err *err)
{
    struct pc_mongo_connection conn;
    bson_t reply;
    enum pc_code rc = pc_mongo_acquire(self_of(rs), &conn, err);
    if (rc)
        return rc;
    rc = pc_mongo_command(&conn, conn.m->db, BCON_NEW("ping", BCON_INT32(1)), &reply, err);
    bson_destroy(&reply);
    pc_mongo_release(&conn);
    return rc;
}

/* --- changes --- */

static bson_t *filter_by_status(int64_t id, enum pc_record_status status)
{
    return BCON_NEW("_id", BCON_INT64(id), "status", BCON_UTF8(pc_record_status_name(status)));
}

/* An update of one change: $set with its seq and time, to which the caller adds. */
struct update {
    bson_t *doc;
    bson_t set;
};

static void update_init(struct update *u, const struct pc_mongo_change *c, int64_t now_ms)
{
    u->doc = bson_new();
    BSON_APPEND_DOCUMENT_BEGIN(u->doc, "$set", &u->set);
    BSON_APPEND_INT64(&u->set, "seq", c->seq);
    BSON_APPEND_DATE_TIME(&u->set, "updatedAt", now_ms);
}

/* Gives the whole. */
static bson_t *update_end(struct update *u)
{
    bson_append_document_end(u->doc, &u->set);
    return u->doc;
}

/* Takes filter and update. Fills r unless it is NULL; *changed false: nothing matched. */
static enum pc_code apply(struct pc_mongo_change *c, bson_t *filter, bson_t *update,
                          enum pc_mongo_write_concern concern, struct pc_record *r, bool *changed,
                          struct pc_err *err)
{
    enum pc_code rc;
    int64_t n = 0;
    bson_t *doc = NULL;
    if (!r) {
        rc = pc_mongo_update(&c->conn, MONGO_IMAGES, filter, update, concern, &n, err);
        *changed = rc || n; /* after an error nobody knows */
        return rc;
    }
    rc = pc_mongo_modify(&c->conn, MONGO_IMAGES, filter, update, concern, &doc, err);
    *changed = rc || doc;
    if (doc)
        pc_mongo_decode_record(doc, r);
    bson_destroy(doc);
    return rc;
}

/* The end of every change: nothing matched is an error, of the code given. */
static enum pc_code end_change(struct pc_mongo_change *c, bool changed, enum pc_code rc,
                               enum pc_code refusal, struct pc_err *err)
{
    pc_mongo_change_end(c, changed);
    return rc || changed ? rc : pc_fail(err, refusal, NULL);
}

/* original_key does not change while the record is pending, so one of two filters matches. */
static enum pc_code begin_with(struct pc_mongo_change *c, int64_t id, int64_t now_ms, bool stored,
                               struct pc_record *r, bool *changed, struct pc_err *err)
{
    struct update u;
    bson_t *filter = filter_by_status(id, PC_PENDING);
    if (stored)
        BCON_APPEND(filter, "originalKey", "{", "$ne", BCON_UTF8(""), "}");
    else
        BSON_APPEND_UTF8(filter, "originalKey", "");
    update_init(&u, c, now_ms);
    BSON_APPEND_INT32(&u.set, "progress", 0);
    BSON_APPEND_UTF8(&u.set, "stage", pc_record_first_stage(stored ? "stored" : ""));
    bson_t *update = update_end(&u);
    BCON_APPEND(update, "$inc", "{", "attempts", BCON_INT32(1), "}");
    return apply(c, filter, update, MONGO_QUICK, r, changed, err);
}

static enum pc_code mongo_begin(struct pc_records *rs, int64_t id, int64_t now_ms,
                                struct pc_record *r, struct pc_err *err)
{
    struct pc_mongo_change c;
    bool changed = false;
    enum pc_code rc = pc_mongo_change_begin(&c, self_of(rs), 1, 0, err);
    if (!rc)
        rc = begin_with(&c, id, now_ms, false, r, &changed, err);
    if (!rc && !changed)
        rc = begin_with(&c, id, now_ms, true, r, &changed, err);
    return end_change(&c, changed, rc, PC_E_NOT_PENDING, err);
}

static enum pc_code mongo_progress(struct pc_records *rs, int64_t id, int64_t now_ms,
                                   const char *stage, int progress, struct pc_err *err)
{
    struct pc_mongo_change c;
    struct update u;
    bool changed = false;
    enum pc_code rc = pc_mongo_change_begin(&c, self_of(rs), 1, 0, err);
    if (!rc) {
        update_init(&u, &c, now_ms);
        BSON_APPEND_UTF8(&u.set, "stage", stage);
        BSON_APPEND_INT32(&u.set, "progress", progress);
        rc = apply(&c, filter_by_status(id, PC_PENDING), update_end(&u), MONGO_QUICK, NULL,
                   &changed, err);
    }
    return end_change(&c, changed, rc, PC_E_NOT_PENDING, err);
}

/* The last change of a job, to either end. */
static void put_final(bson_t *set, enum pc_record_status status, int progress, int64_t now_ms,
                      const char *code, const char *message)
{
    pc_mongo_put_status(set, status);
    BSON_APPEND_UTF8(set, "stage", "");
    BSON_APPEND_INT32(set, "progress", progress);
    BSON_APPEND_DATE_TIME(set, "finishedAt", now_ms);
    BSON_APPEND_UTF8(set, "errorCode", code);
    BSON_APPEND_UTF8(set, "errorMessage", message);
}

static void put_completion(bson_t *set, const struct pc_record_completion *completion)
{
    if (completion->original_key)
        BSON_APPEND_UTF8(set, "originalKey", completion->original_key);
    if (completion->format)
        BSON_APPEND_UTF8(set, "format", completion->format);
    BSON_APPEND_INT64(set, "bytes", completion->bytes);
    BSON_APPEND_INT32(set, "width", completion->width);
    BSON_APPEND_INT32(set, "height", completion->height);
    BSON_APPEND_BOOL(set, "attention", completion->attention);
    pc_mongo_put_shots(set, completion->result);
    pc_mongo_put_detail(set, completion->result);
    if (completion->decisions) {
        pc_mongo_put_decisions(set, completion->decisions);
        BSON_APPEND_UTF8(set, "review", pc_record_review_name(completion->review));
    }
}

static enum pc_code mongo_finish(struct pc_records *rs, int64_t id, int64_t now_ms,
                                 const struct pc_record_completion *completion, struct pc_err *err)
{
    struct pc_mongo_change c;
    struct update u;
    bool changed = false;
    enum pc_code rc = pc_mongo_change_begin(&c, self_of(rs), 1, 0, err);
    if (!rc) {
        update_init(&u, &c, now_ms);
        put_completion(&u.set, completion);
        put_final(&u.set, PC_PROCESSED, 100, now_ms, "", "");
        rc = apply(&c, filter_by_status(id, PC_PENDING), update_end(&u), MONGO_DURABLE, NULL,
                   &changed, err);
    }
    return end_change(&c, changed, rc, PC_E_NOT_PENDING, err);
}

static enum pc_code mongo_fail(struct pc_records *rs, int64_t id, int64_t now_ms, const char *code,
                               const char *message, bool final, struct pc_err *err)
{
    struct pc_mongo_change c;
    struct update u;
    bool changed = false;
    enum pc_code rc = pc_mongo_change_begin(&c, self_of(rs), 1, 0, err);
    if (!rc) {
        update_init(&u, &c, now_ms);
        if (final) {
            put_final(&u.set, PC_FAILED, 0, now_ms, code, message);
        } else {
            BSON_APPEND_UTF8(&u.set, "stage", "queued");
            BSON_APPEND_INT32(&u.set, "progress", 0);
            BSON_APPEND_UTF8(&u.set, "errorCode", code);
            BSON_APPEND_UTF8(&u.set, "errorMessage", message);
        }
        rc = apply(&c, filter_by_status(id, PC_PENDING), update_end(&u),
                   final ? MONGO_DURABLE : MONGO_QUICK, NULL, &changed, err);
    }
    return end_change(&c, changed, rc, PC_E_NOT_PENDING, err);
}

static void put_pending(bson_t *set)
{
    pc_mongo_put_status(set, PC_PENDING);
    BSON_APPEND_UTF8(set, "stage", "queued");
    BSON_APPEND_INT32(set, "progress", 0);
    BSON_APPEND_INT32(set, "attempts", 0);
    BSON_APPEND_NULL(set, "finishedAt");
    BSON_APPEND_UTF8(set, "errorCode", "");
    BSON_APPEND_UTF8(set, "errorMessage", "");
}

/* Why a change matched no record: not_found when it is gone, not_from when it has another status,
 * else changed_meanwhile. */
static enum pc_code find_refusal(struct pc_mongo_change *c, int64_t id, enum pc_record_status from,
                                 enum pc_code not_from, struct pc_err *err)
{
    struct pc_record now;
    pc_record_init(&now);
    enum pc_code rc = pc_mongo_read_by_id(&c->conn, id, &now, err);
    if (!rc)
        rc = now.status == from ? PC_E_CHANGED_MEANWHILE : not_from;
    pc_record_finish(&now);
    return rc;
}

static enum pc_code mongo_reopen(struct pc_records *rs, int64_t id, enum pc_record_status from,
                                 int64_t now_ms, struct pc_record *r, struct pc_err *err)
{
    struct pc_mongo_change c;
    struct update u;
    bool changed = false;
    enum pc_code refusal = PC_E_NOT_FOUND;
    enum pc_code not_from = from == PC_FAILED ? PC_E_NOT_FAILED : PC_E_NOT_PROCESSED;
    enum pc_code rc = pc_mongo_change_begin(&c, self_of(rs), 1, 0, err);
    if (!rc) {
        update_init(&u, &c, now_ms);
        put_pending(&u.set);
        rc = apply(&c, filter_by_status(id, from), update_end(&u), MONGO_DURABLE, r, &changed, err);
    }
    if (!rc && !changed)
        refusal = find_refusal(&c, id, from, not_from, err);
    if (refusal == PC_E_CHANGED_MEANWHILE) /* it has the status `from` again since a moment ago */
        refusal = not_from;
    return end_change(&c, changed, rc, refusal, err);
}

static enum pc_code mongo_annotate(struct pc_records *rs, int64_t id, int64_t seen_seq,
                                   int64_t now_ms, const struct pc_record_annotations *annotations,
                                   struct pc_record *r, struct pc_err *err)
{
    struct pc_mongo_change c;
    struct update u;
    bool changed = false;
    enum pc_code refusal = PC_E_NOT_FOUND;
    enum pc_code rc = pc_mongo_change_begin(&c, self_of(rs), 1, 0, err);
    if (!rc) {
        bson_t *filter = filter_by_status(id, PC_PROCESSED);
        BSON_APPEND_INT64(filter, "seq", seen_seq);
        update_init(&u, &c, now_ms);
        if (annotations->edits)
            pc_mongo_put_edits(&u.set, annotations->edits);
        if (annotations->decisions)
            pc_mongo_put_decisions(&u.set, annotations->decisions);
        if (annotations->review >= 0)
            BSON_APPEND_UTF8(&u.set, "review",
                             pc_record_review_name((enum pc_record_review)annotations->review));
        if (annotations->reopen)
            put_pending(&u.set);
        rc = apply(&c, filter, update_end(&u), MONGO_DURABLE, r, &changed, err);
    }
    if (!rc && !changed)
        refusal = find_refusal(&c, id, PC_PROCESSED, PC_E_NOT_PROCESSED, err);
    return end_change(&c, changed, rc, refusal, err);
}

const struct pc_records_driver pc_records_mongo = {
    .scheme = "mongodb", /* mongodb:// and mongodb+srv:// */
    .open = mongo_open,
    .close = mongo_close,
    .insert_many = pc_mongo_insert_new,
    .import = pc_mongo_import,
    .get = pc_mongo_get,
    .list = pc_mongo_list,
    .count = pc_mongo_count,
    .begin = mongo_begin,
    .progress = mongo_progress,
    .finish = mongo_finish,
    .fail = mongo_fail,
    .reopen = mongo_reopen,
    .annotate = mongo_annotate,
    .remove = pc_mongo_remove,
    .list_tombstones = pc_mongo_list_tombstones,
    .list_stale = pc_mongo_list_stale,
    .references_blob = pc_mongo_references_blob,
    .get_setting = pc_mongo_get_setting,
    .put_setting = pc_mongo_put_setting,
    .ping = mongo_ping,
};
