#include "records/mongo_old.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "records/mongo_change.h"
#include "records/mongo_doc.h"

enum { UNDER_WAY = -1, ARRIVED = -2 };

static bson_t *by_id(const bson_value_t *oid)
{
    bson_t *filter = bson_new();
    BSON_APPEND_VALUE(filter, "_id", oid);
    return filter;
}

/* Steps */

enum pc_code pc_mongo_old_leave(struct mongo_io *io, const bson_value_t *oid, const char *url,
                                int64_t id, bson_t **doc, struct pc_err *err)
{
    char text[25] = "";
    if (oid->value_type == BSON_TYPE_OID)
        bson_oid_to_string(&oid->value.v_oid, text);
    char *moved = pc_xasprintf("moved:%s", *text ? text : url);
    bson_t *filter = by_id(oid);
    BSON_APPEND_UTF8(filter, "url", url);
    bson_t *update = BCON_NEW("$set", "{", "url", BCON_UTF8(moved), "movedUrl", BCON_UTF8(url),
                              "movedTo", BCON_INT64(id), "seq", BCON_INT64(UNDER_WAY), "}");
    free(moved);
    return pc_mongo_modify(io, MONGO_IMAGES, filter, update, MONGO_QUICK, doc, err);
}

enum pc_code pc_mongo_old_return(struct mongo_io *io, const bson_value_t *oid, const char *url,
                                 int64_t id, struct pc_err *err)
{
    bson_t *filter = by_id(oid);
    BSON_APPEND_INT64(filter, "movedTo", id);
    return pc_mongo_update(io, MONGO_IMAGES, filter,
                           BCON_NEW("$set", "{", "url", BCON_UTF8(url), "}", "$unset", "{",
                                    "movedUrl", BCON_INT32(1), "movedTo", BCON_INT32(1), "seq",
                                    BCON_INT32(1), "}"),
                           MONGO_DURABLE, NULL, err);
}

enum pc_code pc_mongo_old_arrived(struct mongo_io *io, const bson_value_t *oid, int64_t id,
                                  bool *first, struct pc_err *err)
{
    int64_t n = 0;
    bson_t *filter = by_id(oid);
    BSON_APPEND_INT64(filter, "seq", UNDER_WAY);
    enum pc_code rc = pc_mongo_update(
        io, MONGO_IMAGES, filter,
        BCON_NEW("$set", "{", "seq", BCON_INT64(ARRIVED), "movedTo", BCON_INT64(id), "}"),
        MONGO_QUICK, &n, err);
    if (first)
        *first = n > 0;
    return rc;
}

/* Taking in what is there */

struct old {
    bson_value_t oid;
    char *url;
    bool left;             /* somebody made step 1 before and did not come to the end */
    struct pc_record next; /* what it becomes; id 0: it is not ours to take */
};

struct taking {
    struct mongo_change c;
    struct old *all;
    int n;
};

static const char *text_in(const bson_t *doc, const char *key)
{
    bson_iter_t it;
    return bson_iter_init_find(&it, doc, key) && BSON_ITER_HOLDS_UTF8(&it)
               ? bson_iter_utf8(&it, NULL)
               : NULL;
}

static int64_t number_in(const bson_t *doc, const char *key)
{
    bson_iter_t it;
    return bson_iter_init_find(&it, doc, key) ? bson_iter_as_int64(&it) : 0;
}

static bson_t *not_arrived(void)
{
    return BCON_NEW("seq", "{", "$in", "[", BCON_NULL, BCON_INT64(UNDER_WAY), "]", "}", "_id", "{",
                    "$type", BCON_UTF8("objectId"), "}", "url", "{", "$type", BCON_UTF8("string"),
                    "}");
}

/* What it becomes, but for its numbers. */
static void convert(struct old *o, const bson_t *doc)
{
    struct pc_record *r = &o->next;
    pc_mongo_doc_read(doc, r);
    pc_record_set(&r->url, o->url);
    if (!*r->name) {
        const char *slash = strrchr(o->url, '/');
        pc_record_set(&r->name, slash ? slash + 1 : o->url);
        r->name[strcspn(r->name, "?#")] = 0;
    }
    pc_record_set(&r->stage, r->status == PC_PENDING ? "queued" : "");
    r->progress = r->status == PC_PROCESSED ? 100 : 0;
    if (!r->created_ms)
        r->created_ms = 1000 * (int64_t)bson_oid_get_time_t(&o->oid.value.v_oid);
    if (!r->updated_ms)
        r->updated_ms = r->created_ms;
    if (r->status == PC_PENDING)
        r->finished_ms = 0;
    else if (!r->finished_ms)
        r->finished_ms = r->updated_ms;
    r->id = 0;
}

static enum pc_code look(struct mongo_io *io, struct taking *t, int max, struct pc_err *err)
{
    const bson_t *doc;
    bson_iter_t it;
    mongoc_cursor_t *cursor =
        pc_mongo_find(io, MONGO_IMAGES, not_arrived(),
                      BCON_NEW("hint", BCON_UTF8("seq"), "limit", BCON_INT64(max)));
    while (t->n < max && mongoc_cursor_next(cursor, &doc)) {
        struct old *o = &t->all[t->n++];
        o->left = number_in(doc, "seq") == UNDER_WAY;
        const char *url = text_in(doc, o->left ? "movedUrl" : "url");
        o->url = pc_xstrdup(url ? url : "");
        pc_record_init(&o->next);
        if (bson_iter_init_find(&it, doc, "_id"))
            bson_value_copy(bson_iter_value(&it), &o->oid);
        convert(o, doc);
        if (o->left)
            o->next.id = number_in(doc, "movedTo");
    }
    return pc_mongo_end_find(cursor, err);
}

static enum pc_code was_removed(struct taking *t, int64_t id, bool *yes, struct pc_err *err)
{
    bson_t *line;
    enum pc_code rc = pc_mongo_find_one(&t->c.io, MONGO_REMOVED, BCON_NEW("_id", BCON_INT64(id)),
                                        NULL, &line, err);
    *yes = line != NULL;
    bson_destroy(line);
    return rc;
}

/* One that was left under way may have arrived and have been removed since. */
static enum pc_code skip_removed(struct taking *t, struct old *o, struct pc_err *err)
{
    bool gone;
    int64_t id = o->next.id;
    enum pc_code rc = was_removed(t, id, &gone, err);
    if (rc || !gone)
        return rc;
    o->next.id = 0;
    return pc_mongo_old_arrived(&t->c.io, &o->oid, id, NULL, err);
}

static enum pc_code leave_all(struct taking *t, struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    int64_t id = t->c.id;
    for (int i = 0; i < t->n && !rc; i++) {
        struct old *o = &t->all[i];
        bson_t *doc = NULL;
        o->next.seq = t->c.seq + i;
        if (o->left) {
            rc = skip_removed(t, o, err);
            continue;
        }
        rc = pc_mongo_old_leave(&t->c.io, &o->oid, o->url, id, &doc, err);
        if (doc) { /* as it was in that moment, not as we saw it before */
            int64_t seq = o->next.seq;
            pc_record_finish(&o->next);
            pc_record_init(&o->next);
            convert(o, doc);
            o->next.seq = seq;
            o->next.id = id++;
        }
        bson_destroy(doc);
    }
    return rc;
}

static enum pc_code insert_all(struct taking *t, bool *refused, struct pc_err *err)
{
    bson_t **docs = pc_xmalloc((size_t)t->n * sizeof *docs);
    int n = 0;
    for (int i = 0; i < t->n; i++)
        if (t->all[i].next.id)
            docs[n++] = pc_mongo_doc_of(&t->all[i].next);
    *refused = false;
    enum pc_code rc = n ? pc_mongo_insert_many(&t->c.io, MONGO_IMAGES, (const bson_t **)docs,
                                               (size_t)n, refused, err)
                        : PC_OK;
    while (n)
        bson_destroy(docs[--n]);
    free(docs);
    return rc;
}

/* Who has the url now: our document, the one of somebody who came between, or (0) nobody. */
static enum pc_code owner(struct taking *t, const struct old *o, int64_t *id, struct pc_err *err)
{
    bson_t *doc;
    enum pc_code rc = pc_mongo_find_one(&t->c.io, MONGO_IMAGES, BCON_NEW("url", BCON_UTF8(o->url)),
                                        NULL, &doc, err);
    *id = doc ? number_in(doc, "_id") : 0;
    bson_destroy(doc);
    return rc;
}

/* Somebody else came to the end with it while we were held up. Had that record been removed since,
 * what we inserted is one too many; only that has this seq. */
static enum pc_code take_back(struct taking *t, const struct pc_record *r, struct pc_err *err)
{
    bool gone;
    enum pc_code rc = was_removed(t, r->id, &gone, err);
    return rc || !gone
               ? rc
               : pc_mongo_delete(&t->c.io, MONGO_IMAGES,
                                 BCON_NEW("_id", BCON_INT64(r->id), "seq", BCON_INT64(r->seq)),
                                 err);
}

static enum pc_code end_all(struct taking *t, bool refused, int *taken, struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    for (int i = 0; i < t->n && !rc; i++) {
        struct old *o = &t->all[i];
        int64_t id = o->next.id;
        bool first = false;
        if (id && refused)
            rc = owner(t, o, &id, err);
        if (rc || !id)
            continue;
        rc = pc_mongo_old_arrived(&t->c.io, &o->oid, id, &first, err);
        if (!rc && !first && id == o->next.id)
            rc = take_back(t, &o->next, err);
        *taken += first;
    }
    return rc;
}

static enum pc_code take_all(struct taking *t, struct mongo *m, int *taken, struct pc_err *err)
{
    bool refused = false;
    enum pc_code rc = pc_mongo_change_begin(&t->c, m, t->n, t->n, err);
    bool begun = !rc;
    if (!rc)
        rc = leave_all(t, err);
    if (!rc)
        rc = insert_all(t, &refused, err);
    if (!rc)
        rc = end_all(t, refused, taken, err);
    pc_mongo_change_end(&t->c, begun);
    return rc;
}

enum pc_code pc_mongo_take_old(struct pc_records *rs, int max, int *taken, struct pc_err *err)
{
    struct mongo *m = PC_RECORDS_SELF(struct mongo, rs);
    struct mongo_io io;
    struct taking t = {.all = pc_xmalloc((size_t)max * sizeof *t.all)};
    memset(t.all, 0, (size_t)max * sizeof *t.all);
    enum pc_code rc = pc_mongo_take(m, &io, err);
    if (!rc) {
        rc = look(&io, &t, max, err);
        pc_mongo_give(&io);
    }
    if (!rc && t.n)
        rc = take_all(&t, m, taken, err);
    for (int i = 0; i < t.n; i++) {
        bson_value_destroy(&t.all[i].oid);
        pc_record_finish(&t.all[i].next);
        free(t.all[i].url);
    }
    free(t.all);
    return rc;
}

enum pc_code pc_mongo_tell_old(struct mongo_io *io, struct pc_err *err)
{
    bson_t *one;
    enum pc_code rc = pc_mongo_find_one(
        io, MONGO_IMAGES, not_arrived(),
        BCON_NEW("hint", BCON_UTF8("seq"), "projection", "{", "_id", BCON_INT32(1), "}"), &one,
        err);
    if (one)
        pc_log(PC_LOG_INFO, "records: there are documents of the first version, which are shown "
                            "only after `posecraft adopt`");
    bson_destroy(one);
    return rc;
}
