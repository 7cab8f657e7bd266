/* First a tombstone is inserted, then the document is removed. A process that dies in between leaves a
 * tombstone of a record that still exists; lists of tombstones do not show it. */

#include "records/mongo/internal.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"

enum { PRUNE_EVERY = 1000 };

/* The seq of the last one is noted before they are removed. */
enum pc_code pc_mongo_prune_tombstones(struct pc_mongo_connection *conn, struct pc_err *err)
{
    bson_t *doc;
    enum pc_code rc = pc_mongo_find_one(conn, MONGO_TOMBSTONES, bson_new(),
                                        BCON_NEW("sort", "{", "seq", BCON_INT32(-1), "}", "skip",
                                                 BCON_INT64(PC_RECORDS_TOMBSTONES_MIN)),
                                        &doc, err);
    if (rc || !doc)
        return rc;
    int64_t last = pc_mongo_number(doc, "seq");
    bson_destroy(doc);
    rc = pc_mongo_update(conn, MONGO_STORE, BCON_NEW("_id", BCON_UTF8("images")),
                         BCON_NEW("$max", "{", "forgotten", BCON_INT64(last), "}"), MONGO_DURABLE,
                         NULL, err);
    return rc ? rc
              : pc_mongo_delete(conn, MONGO_TOMBSTONES,
                                BCON_NEW("seq", "{", "$lte", BCON_INT64(last), "}"), err);
}

static void prune_sometimes(struct pc_mongo_connection *conn)
{
    struct pc_err err = PC_ERR_INIT;
    pthread_mutex_lock(&conn->m->lock);
    bool now = ++conn->m->tombstones_added % PRUNE_EVERY == 0;
    pthread_mutex_unlock(&conn->m->lock);
    if (now && pc_mongo_prune_tombstones(conn, &err))
        pc_log_err(PC_LOG_WARN, "records: cannot prune old tombstones", &err);
}

static enum pc_code insert_tombstone(struct pc_mongo_change *c, int64_t id, struct pc_err *err)
{
    bool exists; /* by somebody who did not come to the end of it */
    enum pc_code rc = pc_mongo_insert(&c->conn, MONGO_TOMBSTONES,
                                      BCON_NEW("_id", BCON_INT64(id), "seq", BCON_INT64(c->seq)),
                                      MONGO_QUICK, &exists, err);
    if (rc || !exists)
        return rc;
    return pc_mongo_update(&c->conn, MONGO_TOMBSTONES, BCON_NEW("_id", BCON_INT64(id)),
                           BCON_NEW("$set", "{", "seq", BCON_INT64(c->seq), "}"), MONGO_QUICK, NULL,
                           err);
}

static enum pc_code remove_document(struct pc_mongo_change *c, int64_t id, struct pc_record *r,
                                    struct pc_err *err)
{
    bson_t *doc = NULL;
    enum pc_code rc = insert_tombstone(c, id, err);
    if (!rc)
        rc = pc_mongo_modify(&c->conn, MONGO_IMAGES, BCON_NEW("_id", BCON_INT64(id)), NULL,
                             MONGO_DURABLE, &doc, err);
    if (!rc && !doc)
        return pc_fail(err, PC_E_NOT_FOUND, NULL);
    if (doc) {
        pc_record_finish(r);
        pc_record_init(r);
        pc_mongo_decode_record(doc, r);
    }
    bson_destroy(doc);
    return rc;
}

enum pc_code pc_mongo_remove(struct pc_records *rs, int64_t id, struct pc_record *r,
                             struct pc_err *err)
{
    struct pc_mongo_change c;
    enum pc_code rc = pc_mongo_get(rs, id, r, err); /* a removal of nothing takes no seq */
    if (rc)
        return rc;
    rc = pc_mongo_change_begin(&c, PC_RECORDS_SELF(struct pc_mongo, rs), 1, 0, err);
    if (!rc) {
        rc = remove_document(&c, id, r, err);
        prune_sometimes(&c.conn);
    }
    pc_mongo_change_end(&c, true);
    return rc;
}

static enum pc_code read_tombstones(struct pc_mongo_connection *conn, int64_t since_seq,
                                    int64_t *ids, int max, int *n, bool *all, struct pc_err *err)
{
    const bson_t *doc;
    bson_iter_t it;
    mongoc_cursor_t *cursor = pc_mongo_find(
        conn, MONGO_TOMBSTONES, BCON_NEW("seq", "{", "$gt", BCON_INT64(since_seq), "}"),
        BCON_NEW("sort", "{", "seq", BCON_INT32(1), "}", "limit", BCON_INT64((int64_t)max + 1)));
    while (mongoc_cursor_next(cursor, &doc)) {
        *all = *n < max;
        if (*all && bson_iter_init_find(&it, doc, "_id"))
            ids[(*n)++] = bson_iter_as_int64(&it);
    }
    return pc_mongo_end_find(cursor, err);
}

static int compare_ids(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Leaves out those that are still there. */
static enum pc_code drop_existing(struct pc_mongo_connection *conn, int64_t *ids, int *n,
                                  struct pc_err *err)
{
    const bson_t *doc;
    bson_t *filter = bson_new(), in, list;
    bson_iter_t it;
    BSON_APPEND_DOCUMENT_BEGIN(filter, "_id", &in);
    BSON_APPEND_ARRAY_BEGIN(&in, "$in", &list);
    for (int i = 0; i < *n; i++) {
        char at[12];
        snprintf(at, sizeof at, "%d", i);
        BSON_APPEND_INT64(&list, at, ids[i]);
    }
    bson_append_array_end(&in, &list);
    bson_append_document_end(filter, &in);
    int64_t *existing = pc_xzalloc((size_t)*n * sizeof *existing);
    int n_existing = 0, n_left = 0;
    mongoc_cursor_t *cursor = pc_mongo_find(conn, MONGO_IMAGES, filter,
                                            BCON_NEW("projection", "{", "_id", BCON_INT32(1), "}"));
    while (mongoc_cursor_next(cursor, &doc) && n_existing < *n)
        if (bson_iter_init_find(&it, doc, "_id"))
            existing[n_existing++] = bson_iter_as_int64(&it);
    qsort(existing, (size_t)n_existing, sizeof *existing, compare_ids);
    for (int i = 0; i < *n; i++)
        if (!bsearch(&ids[i], existing, (size_t)n_existing, sizeof *existing, compare_ids))
            ids[n_left++] = ids[i];
    *n = n_left;
    free(existing);
    return pc_mongo_end_find(cursor, err);
}

enum pc_code pc_mongo_list_tombstones(struct pc_records *rs, int64_t since_seq, int64_t *ids,
                                      int max, int *n, bool *all, struct pc_err *err)
{
    struct pc_mongo_connection conn;
    int64_t complete, pruned_seq;
    enum pc_code rc = pc_mongo_acquire(PC_RECORDS_SELF(struct pc_mongo, rs), &conn, err);
    if (rc)
        return rc;
    rc = read_tombstones(&conn, since_seq, ids, max, n, all, err);
    if (!rc) /* after it, so that what is pruned meanwhile is seen */
        rc = pc_mongo_complete_seq(&conn, &complete, &pruned_seq, err);
    if (!rc && (since_seq < pruned_seq || pc_mongo_rolled_back(conn.m, since_seq)))
        *all = false;
    if (!rc && *all && *n)
        rc = drop_existing(&conn, ids, n, err);
    pc_mongo_release(&conn);
    return rc;
}
