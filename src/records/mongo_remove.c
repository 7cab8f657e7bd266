/* A line in `removed` first, then the document goes. A process that dies between leaves a line for
 * a record that is still there: whoever asks what is gone leaves it out. */
#include "records/mongo_remove.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "records/mongo_change.h"
#include "records/mongo_doc.h"
#include "records/mongo_read.h"

enum { PRUNE_EVERY = 1000 };

/* First it says so, then it does. */
enum pc_code pc_mongo_prune(struct mongo_io *io, struct pc_err *err)
{
    bson_t *doc;
    bson_iter_t it;
    enum pc_code rc = pc_mongo_find_one(
        io, MONGO_REMOVED, bson_new(),
        BCON_NEW("sort", "{", "seq", BCON_INT32(-1), "}", "skip", BCON_INT64(PC_RECORDS_GONE_MAX)),
        &doc, err);
    if (rc || !doc)
        return rc;
    int64_t last = bson_iter_init_find(&it, doc, "seq") ? bson_iter_as_int64(&it) : 0;
    bson_destroy(doc);
    rc = pc_mongo_update(io, MONGO_STORE, BCON_NEW("_id", BCON_UTF8("images")),
                         BCON_NEW("$max", "{", "forgotten", BCON_INT64(last), "}"), MONGO_DURABLE,
                         NULL, err);
    return rc ? rc
              : pc_mongo_delete(io, MONGO_REMOVED,
                                BCON_NEW("seq", "{", "$lte", BCON_INT64(last), "}"), err);
}

static void prune_at_times(struct mongo_io *io)
{
    struct pc_err err = PC_ERR_INIT;
    pthread_mutex_lock(&io->m->lock);
    bool now = ++io->m->removals % PRUNE_EVERY == 0;
    pthread_mutex_unlock(&io->m->lock);
    if (now && pc_mongo_prune(io, &err))
        pc_log_err(PC_LOG_WARN, "records: old removals are not forgotten", &err);
}

static enum pc_code note_removal(struct mongo_change *c, int64_t id, struct pc_err *err)
{
    bool noted; /* by somebody who did not come to the end of it */
    enum pc_code rc = pc_mongo_insert(&c->io, MONGO_REMOVED,
                                      BCON_NEW("_id", BCON_INT64(id), "seq", BCON_INT64(c->seq)),
                                      MONGO_QUICK, &noted, err);
    if (rc || !noted)
        return rc;
    return pc_mongo_update(&c->io, MONGO_REMOVED, BCON_NEW("_id", BCON_INT64(id)),
                           BCON_NEW("$set", "{", "seq", BCON_INT64(c->seq), "}"), MONGO_QUICK, NULL,
                           err);
}

static enum pc_code remove_noted(struct mongo_change *c, int64_t id, struct pc_record *r,
                                 struct pc_err *err)
{
    bson_t *doc = NULL;
    enum pc_code rc = note_removal(c, id, err);
    if (!rc)
        rc = pc_mongo_modify(&c->io, MONGO_IMAGES, BCON_NEW("_id", BCON_INT64(id)), NULL,
                             MONGO_DURABLE, &doc, err);
    if (!rc && !doc)
        return pc_fail(err, PC_E_NOT_FOUND, NULL);
    if (doc) {
        pc_record_finish(r);
        pc_record_init(r);
        pc_mongo_doc_read(doc, r);
    }
    bson_destroy(doc);
    return rc;
}

static enum pc_code find(struct pc_records *rs, int64_t id, struct pc_record *r, struct pc_err *err)
{
    struct mongo_io io;
    enum pc_code rc = pc_mongo_take(PC_RECORDS_SELF(struct mongo, rs), &io, err);
    if (rc)
        return rc;
    rc = pc_mongo_by_id(&io, id, r, err);
    pc_mongo_give(&io);
    return rc;
}

enum pc_code pc_mongo_remove(struct pc_records *rs, int64_t id, struct pc_record *r,
                             struct pc_err *err)
{
    struct mongo_change c;
    enum pc_code rc = find(rs, id, r, err); /* a removal of nothing takes no seq */
    if (rc)
        return rc;
    rc = pc_mongo_change_begin(&c, PC_RECORDS_SELF(struct mongo, rs), 1, 0, err);
    if (!rc) {
        rc = remove_noted(&c, id, r, err);
        prune_at_times(&c.io);
    }
    pc_mongo_change_end(&c, true);
    return rc;
}

static enum pc_code read_removals(struct mongo_io *io, int64_t since_seq, int64_t *ids, int max,
                                  int *n, bool *all, struct pc_err *err)
{
    const bson_t *doc;
    bson_iter_t it;
    mongoc_cursor_t *cursor = pc_mongo_find(
        io, MONGO_REMOVED, BCON_NEW("seq", "{", "$gt", BCON_INT64(since_seq), "}"),
        BCON_NEW("sort", "{", "seq", BCON_INT32(1), "}", "limit", BCON_INT64((int64_t)max + 1)));
    while (mongoc_cursor_next(cursor, &doc)) {
        *all = *n < max;
        if (*all && bson_iter_init_find(&it, doc, "_id"))
            ids[(*n)++] = bson_iter_as_int64(&it);
    }
    return pc_mongo_end_find(cursor, err);
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Leaves out those that are still there. */
static enum pc_code leave_out_living(struct mongo_io *io, int64_t *ids, int *n, struct pc_err *err)
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
    int64_t *living = pc_xmalloc((size_t)*n * sizeof *living);
    int n_living = 0, kept = 0;
    mongoc_cursor_t *cursor = pc_mongo_find(io, MONGO_IMAGES, filter,
                                            BCON_NEW("projection", "{", "_id", BCON_INT32(1), "}"));
    while (mongoc_cursor_next(cursor, &doc) && n_living < *n)
        if (bson_iter_init_find(&it, doc, "_id"))
            living[n_living++] = bson_iter_as_int64(&it);
    qsort(living, (size_t)n_living, sizeof *living, by_value);
    for (int i = 0; i < *n; i++)
        if (!bsearch(&ids[i], living, (size_t)n_living, sizeof *living, by_value))
            ids[kept++] = ids[i];
    *n = kept;
    free(living);
    return pc_mongo_end_find(cursor, err);
}

enum pc_code pc_mongo_gone(struct pc_records *rs, int64_t since_seq, int64_t *ids, int max, int *n,
                           bool *all, struct pc_err *err)
{
    struct mongo_io io;
    int64_t complete, forgotten;
    enum pc_code rc = pc_mongo_take(PC_RECORDS_SELF(struct mongo, rs), &io, err);
    if (rc)
        return rc;
    rc = read_removals(&io, since_seq, ids, max, n, all, err);
    if (!rc) /* after it: what is forgotten meanwhile is known to be */
        rc = pc_mongo_complete(&io, &complete, &forgotten, err);
    if (!rc && (since_seq < forgotten || pc_mongo_undone(io.m, since_seq)))
        *all = false;
    if (!rc && *all && *n)
        rc = leave_out_living(&io, ids, n, err);
    pc_mongo_give(&io);
    return rc;
}
