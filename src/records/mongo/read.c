/* A list and its total are two queries, because a server without transactions cannot run both at one
 * moment: a change between them may be in only one of them. last_seq is read before the list, so a
 * poller misses nothing.
 *
 * Records are counted when somebody asks. Counters that every change kept up to date would drift,
 * because a change and its counters would be two steps. A count uses only an index and takes about
 * 0.5 s per million records. The last count of all is used again while nothing has changed; if it
 * took long, also for ten times as long as it took, so that a busy store of millions spends at most a
 * tenth of the time on counting. */

#include "records/mongo/internal.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

enum { QUICK_COUNT_MS = 50, COUNT_REST = 10 };

enum pc_code pc_mongo_read_by_id(struct pc_mongo_connection *conn, int64_t id, struct pc_record *r,
                                 struct pc_err *err)
{
    bson_t *doc;
    enum pc_code rc =
        pc_mongo_find_one(conn, MONGO_IMAGES, BCON_NEW("_id", BCON_INT64(id)), NULL, &doc, err);
    if (rc)
        return rc;
    if (!doc)
        return pc_fail(err, PC_E_NOT_FOUND, NULL);
    pc_mongo_decode_record(doc, r);
    bson_destroy(doc);
    return PC_OK;
}

enum pc_code pc_mongo_get(struct pc_records *rs, int64_t id, struct pc_record *r,
                          struct pc_err *err)
{
    struct pc_mongo_connection conn;
    enum pc_code rc = pc_mongo_acquire(PC_RECORDS_SELF(struct pc_mongo, rs), &conn, err);
    if (rc)
        return rc;
    rc = pc_mongo_read_by_id(&conn, id, r, err);
    pc_mongo_release(&conn);
    return rc;
}

/* Takes filter: how many match. */
static enum pc_code count_matches(struct pc_mongo_connection *conn, bson_t *filter, int64_t *n,
                                  struct pc_err *err)
{
    bson_t reply;
    bson_t *command = BCON_NEW("count", BCON_UTF8("images"), "query", BCON_DOCUMENT(filter));
    bson_destroy(filter);
    enum pc_code rc = pc_mongo_command(conn, conn->m->db, command, &reply, err);
    *n = pc_mongo_number(&reply, "n");
    bson_destroy(&reply);
    return rc;
}

/* --- lists --- */

static enum pc_code list(struct pc_mongo_connection *conn, const struct pc_record_query *q,
                         struct pc_record_list *out, struct pc_err *err)
{
    const bson_t *doc;
    bson_t *filter;
    enum pc_code rc = pc_mongo_complete_seq(conn, &out->last_seq, NULL, err);
    if (!rc)
        rc = pc_mongo_filter(q, out->last_seq, &filter, err);
    if (rc)
        return rc;
    if (q->want_total)
        rc = count_matches(conn, bson_copy(filter), &out->total, err);
    if (rc) {
        bson_destroy(filter);
        return rc;
    }
    out->items = pc_xzalloc((size_t)q->limit * sizeof *out->items);
    mongoc_cursor_t *cursor = pc_mongo_find(conn, MONGO_IMAGES, filter, pc_mongo_list_opts(q));
    while (out->n < q->limit && mongoc_cursor_next(cursor, &doc)) {
        pc_record_init(&out->items[out->n]);
        pc_mongo_decode_record(doc, &out->items[out->n++]);
    }
    return pc_mongo_end_find(cursor, err);
}

enum pc_code pc_mongo_list(struct pc_records *rs, const struct pc_record_query *q,
                           struct pc_record_list *out, struct pc_err *err)
{
    struct pc_mongo_connection conn;
    enum pc_code rc = pc_mongo_acquire(PC_RECORDS_SELF(struct pc_mongo, rs), &conn, err);
    if (rc)
        return rc;
    rc = list(&conn, q, out, err);
    pc_mongo_release(&conn);
    return rc;
}

/* --- counts --- */

static enum pc_code count_groups(struct pc_mongo_connection *conn, const bson_t *filter,
                                 int64_t counts[PC_STATUS_COUNT], struct pc_err *err)
{
    bson_t reply;
    bson_iter_t it, groups, group;
    enum pc_record_status status;
    bson_t *command =
        BCON_NEW("aggregate", BCON_UTF8("images"), "pipeline", "[", "{", "$match",
                 BCON_DOCUMENT(filter), "}", "{", "$group", "{", "_id", BCON_UTF8("$status"), "n",
                 "{", "$sum", BCON_INT32(1), "}", "}", "}", "]", "cursor", "{", "}");
    enum pc_code rc = pc_mongo_command(conn, conn->m->db, command, &reply, err);
    memset(counts, 0, PC_STATUS_COUNT * sizeof *counts);
    if (!rc && bson_iter_init(&it, &reply) &&
        bson_iter_find_descendant(&it, "cursor.firstBatch", &groups) &&
        bson_iter_recurse(&groups, &it))
        while (bson_iter_next(&it))
            if (bson_iter_recurse(&it, &group) && bson_iter_find(&group, "_id") &&
                BSON_ITER_HOLDS_UTF8(&group) &&
                pc_record_status_by_name(bson_iter_utf8(&group, NULL), &status) &&
                bson_iter_recurse(&it, &group) && bson_iter_find(&group, "n"))
                counts[status] = bson_iter_as_int64(&group);
    bson_destroy(&reply);
    return rc;
}

static enum pc_code count_in(struct pc_mongo_connection *conn, const struct pc_record_query *within,
                             int64_t counts[PC_STATUS_COUNT], int64_t *attention,
                             struct pc_err *err)
{
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    bson_t *filter;
    if (within) {
        q.search = within->search;
        q.batch = within->batch;
        q.review = within->review;
    }
    enum pc_code rc = pc_mongo_filter(&q, 0, &filter, err);
    if (rc)
        return rc;
    if (!within) /* so that the index of status is all that is read */
        BCON_APPEND(filter, "status", "{", "$in", "[", BCON_UTF8("pending"), BCON_UTF8("processed"),
                    BCON_UTF8("failed"), "]", "}");
    rc = count_groups(conn, filter, counts, err);
    bson_destroy(filter);
    q.attention = 1;
    if (!rc)
        rc = pc_mongo_filter(&q, 0, &filter, err);
    return rc ? rc : count_matches(conn, filter, attention, err);
}

/* One thread counts, others that ask meanwhile wait and take what it found. */
static enum pc_code count_all(struct pc_mongo_connection *conn, int64_t seq,
                              int64_t counts[PC_STATUS_COUNT], int64_t *attention,
                              struct pc_err *err)
{
    struct pc_mongo *m = conn->m;
    enum pc_code rc = PC_OK;
    pthread_mutex_lock(&m->count_lock);
    int64_t start = pc_clock_mono_ms(), age = start - m->counted_at_ms;
    bool recent = m->count_took_ms > QUICK_COUNT_MS && age < COUNT_REST * m->count_took_ms;
    if (!m->counted_at_ms || (m->counted_seq != seq && !recent)) {
        rc = count_in(conn, NULL, m->counts, &m->attention, err);
        m->counted_seq = seq;
        m->counted_at_ms = rc ? 0 : pc_clock_mono_ms();
        m->count_took_ms = pc_clock_mono_ms() - start;
    }
    memcpy(counts, m->counts, sizeof m->counts);
    *attention = m->attention;
    pthread_mutex_unlock(&m->count_lock);
    return rc;
}

enum pc_code pc_mongo_count(struct pc_records *rs, const struct pc_record_query *within,
                            int64_t counts[PC_STATUS_COUNT], int64_t *attention, int64_t *last_seq,
                            struct pc_err *err)
{
    struct pc_mongo_connection conn;
    enum pc_code rc = pc_mongo_acquire(PC_RECORDS_SELF(struct pc_mongo, rs), &conn, err);
    if (rc)
        return rc;
    rc = pc_mongo_complete_seq(&conn, last_seq, NULL, err);
    if (!rc)
        rc = within ? count_in(&conn, within, counts, attention, err)
                    : count_all(&conn, *last_seq, counts, attention, err);
    pc_mongo_release(&conn);
    return rc;
}

/* --- others --- */

enum pc_code pc_mongo_list_stale(struct pc_records *rs, int64_t before_ms, int64_t *ids, int max,
                                 int *n, struct pc_err *err)
{
    struct pc_mongo_connection conn;
    const bson_t *doc;
    bson_iter_t it;
    enum pc_code rc = pc_mongo_acquire(PC_RECORDS_SELF(struct pc_mongo, rs), &conn, err);
    if (rc)
        return rc;
    mongoc_cursor_t *cursor = pc_mongo_find(&conn, MONGO_IMAGES, pc_mongo_stale_filter(before_ms),
                                            pc_mongo_stale_opts(max));
    while (*n < max && mongoc_cursor_next(cursor, &doc))
        if (bson_iter_init_find(&it, doc, "_id") && BSON_ITER_HOLDS_NUMBER(&it))
            ids[(*n)++] = bson_iter_as_int64(&it);
    rc = pc_mongo_end_find(cursor, err);
    pc_mongo_release(&conn);
    return rc;
}

enum pc_code pc_mongo_references_blob(struct pc_records *rs, const char *key, bool *referenced,
                                      struct pc_err *err)
{
    struct pc_mongo_connection conn;
    bson_t *doc;
    enum pc_code rc = pc_mongo_acquire(PC_RECORDS_SELF(struct pc_mongo, rs), &conn, err);
    if (rc)
        return rc;
    rc = pc_mongo_find_one(&conn, MONGO_IMAGES, pc_mongo_blob_filter(key),
                           BCON_NEW("projection", "{", "_id", BCON_INT32(1), "}"), &doc, err);
    *referenced = doc != NULL;
    bson_destroy(doc);
    pc_mongo_release(&conn);
    return rc;
}
