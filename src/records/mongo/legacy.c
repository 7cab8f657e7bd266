/* Documents of the first version have an ObjectId as _id. Each becomes a new document with an integer
 * as _id, which gets its url; the old one stays for programs that know its ObjectId. A url can be in
 * one document only, and two documents cannot change in one step. So the old one always says how far
 * its move is, and any process can continue when another one dies in between:
 *
 *     before          url, no seq
 *     1. move begins  url "moved:<ObjectId>", movedUrl, movedTo: the new _id, seq -1
 *     2.              the new document is inserted
 *     3. moved        seq -2
 *
 * The index on seq finds documents whose move has not ended. Between 1 and 2 no document has the url:
 * if it is submitted just then, the new record stays, and movedTo becomes its id. */
#include "records/mongo/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "records/drivers.h"

enum { IN_MOVE = -1, MOVED = -2 };

static bson_t *filter_by_oid(const bson_value_t *oid)
{
    bson_t *filter = bson_new();
    BSON_APPEND_VALUE(filter, "_id", oid);
    return filter;
}

/* --- the steps --- */

enum pc_code pc_mongo_legacy_begin_move(struct pc_mongo_connection *conn, const bson_value_t *oid,
                                        const char *url, int64_t id, bson_t **doc,
                                        struct pc_err *err)
{
    char text[25] = "";
    if (oid->value_type == BSON_TYPE_OID)
        bson_oid_to_string(&oid->value.v_oid, text);
    char *moved = pc_xasprintf("moved:%s", *text ? text : url);
    bson_t *filter = filter_by_oid(oid);
    BSON_APPEND_UTF8(filter, "url", url);
    bson_t *update = BCON_NEW("$set", "{", "url", BCON_UTF8(moved), "movedUrl", BCON_UTF8(url),
                              "movedTo", BCON_INT64(id), "seq", BCON_INT64(IN_MOVE), "}");
    free(moved);
    return pc_mongo_modify(conn, MONGO_IMAGES, filter, update, MONGO_QUICK, doc, err);
}

enum pc_code pc_mongo_legacy_undo_move(struct pc_mongo_connection *conn, const bson_value_t *oid,
                                       const char *url, int64_t id, struct pc_err *err)
{
    bson_t *filter = filter_by_oid(oid);
    BSON_APPEND_INT64(filter, "movedTo", id);
    return pc_mongo_update(conn, MONGO_IMAGES, filter,
                           BCON_NEW("$set", "{", "url", BCON_UTF8(url), "}", "$unset", "{",
                                    "movedUrl", BCON_INT32(1), "movedTo", BCON_INT32(1), "seq",
                                    BCON_INT32(1), "}"),
                           MONGO_DURABLE, NULL, err);
}

enum pc_code pc_mongo_legacy_end_move(struct pc_mongo_connection *conn, const bson_value_t *oid,
                                      int64_t id, bool *first, struct pc_err *err)
{
    int64_t n = 0;
    bson_t *filter = filter_by_oid(oid);
    BSON_APPEND_INT64(filter, "seq", IN_MOVE);
    enum pc_code rc = pc_mongo_update(
        conn, MONGO_IMAGES, filter,
        BCON_NEW("$set", "{", "seq", BCON_INT64(MOVED), "movedTo", BCON_INT64(id), "}"),
        MONGO_QUICK, &n, err);
    if (first)
        *first = n > 0;
    return rc;
}

/* --- importing what is there --- */

struct legacy {
    bson_value_t oid;
    char *url;
    bool in_move;            /* somebody made step 1 before and did not come to the end */
    struct pc_record record; /* what it becomes; id 0: it is not ours to take */
};

struct legacy_batch {
    struct pc_mongo_change c;
    struct legacy *all;
    int n;
};

static const char *get_text(const bson_t *doc, const char *key)
{
    bson_iter_t it;
    return bson_iter_init_find(&it, doc, key) && BSON_ITER_HOLDS_UTF8(&it)
               ? bson_iter_utf8(&it, NULL)
               : NULL;
}

static bson_t *unmoved_filter(void)
{
    return BCON_NEW("seq", "{", "$in", "[", BCON_NULL, BCON_INT64(IN_MOVE), "]", "}", "_id", "{",
                    "$type", BCON_UTF8("objectId"), "}", "url", "{", "$gt", BCON_UTF8(""), "}");
}

/* Fills the record that the document becomes, without id and seq. */
static void convert_document(struct legacy *o, const bson_t *doc)
{
    struct pc_record *r = &o->record;
    pc_mongo_decode_record(doc, r);
    pc_record_set_text(&r->url, o->url);
    if (!*r->name) {
        const char *slash = strrchr(o->url, '/');
        pc_record_set_text(&r->name, slash ? slash + 1 : o->url);
        r->name[strcspn(r->name, "?#")] = 0;
    }
    pc_record_set_text(&r->stage, r->status == PC_PENDING ? "queued" : "");
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

static enum pc_code find_unmoved(struct pc_mongo_connection *conn, struct legacy_batch *t, int max,
                                 struct pc_err *err)
{
    const bson_t *doc;
    bson_iter_t it;
    mongoc_cursor_t *cursor =
        pc_mongo_find(conn, MONGO_IMAGES, unmoved_filter(),
                      BCON_NEW("hint", BCON_UTF8("seq"), "limit", BCON_INT64(max)));
    while (t->n < max && mongoc_cursor_next(cursor, &doc)) {
        struct legacy *o = &t->all[t->n++];
        o->in_move = pc_mongo_number(doc, "seq") == IN_MOVE;
        const char *url = get_text(doc, o->in_move ? "movedUrl" : "url");
        o->url = pc_xstrdup(url ? url : "");
        pc_record_init(&o->record);
        if (bson_iter_init_find(&it, doc, "_id"))
            bson_value_copy(bson_iter_value(&it), &o->oid);
        convert_document(o, doc);
        if (o->in_move)
            o->record.id = pc_mongo_number(doc, "movedTo");
    }
    return pc_mongo_end_find(cursor, err);
}

static enum pc_code has_tombstone(struct legacy_batch *t, int64_t id, bool *yes, struct pc_err *err)
{
    bson_t *tombstone;
    enum pc_code rc = pc_mongo_find_one(&t->c.conn, MONGO_TOMBSTONES,
                                        BCON_NEW("_id", BCON_INT64(id)), NULL, &tombstone, err);
    *yes = tombstone != NULL;
    bson_destroy(tombstone);
    return rc;
}

/* A move that another process left may have reached its end, and the record may have been removed
 * since. Then there is nothing left to insert. */
static enum pc_code skip_removed(struct legacy_batch *t, struct legacy *o, struct pc_err *err)
{
    bool removed;
    int64_t id = o->record.id;
    enum pc_code rc = has_tombstone(t, id, &removed, err);
    if (rc || !removed)
        return rc;
    o->record.id = 0;
    return pc_mongo_legacy_end_move(&t->c.conn, &o->oid, id, NULL, err);
}

static enum pc_code begin_moves(struct legacy_batch *t, struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    int64_t id = t->c.id;
    for (int i = 0; i < t->n && !rc; i++) {
        struct legacy *o = &t->all[i];
        bson_t *doc = NULL;
        o->record.seq = t->c.seq + i;
        if (o->in_move) {
            rc = skip_removed(t, o, err);
            continue;
        }
        rc = pc_mongo_legacy_begin_move(&t->c.conn, &o->oid, o->url, id, &doc, err);
        if (doc) { /* as it was in that moment, not as we saw it before */
            int64_t seq = o->record.seq;
            pc_record_finish(&o->record);
            pc_record_init(&o->record);
            convert_document(o, doc);
            o->record.seq = seq;
            o->record.id = id++;
        }
        bson_destroy(doc);
    }
    return rc;
}

static enum pc_code insert_records(struct legacy_batch *t, bool *refused, struct pc_err *err)
{
    bson_t **docs = pc_xzalloc((size_t)t->n * sizeof *docs);
    int n = 0;
    for (int i = 0; i < t->n; i++)
        if (t->all[i].record.id)
            docs[n++] = pc_mongo_encode_record(&t->all[i].record);
    return pc_mongo_insert_many(&t->c.conn, MONGO_IMAGES, docs, (size_t)n, refused, err);
}

/* *id: which document has the url now, ours or one that another process added in between; 0: none. */
static enum pc_code find_url_owner(struct legacy_batch *t, const struct legacy *o, int64_t *id,
                                   struct pc_err *err)
{
    bson_t *doc;
    enum pc_code rc = pc_mongo_find_one(&t->c.conn, MONGO_IMAGES,
                                        BCON_NEW("url", BCON_UTF8(o->url)), NULL, &doc, err);
    *id = doc ? pc_mongo_number(doc, "_id") : 0;
    bson_destroy(doc);
    return rc;
}

/* Another process ended the same move while this one was slow. If that record was removed since, the
 * one that we inserted is superfluous; only ours has this seq. */
static enum pc_code delete_superfluous(struct legacy_batch *t, const struct pc_record *r,
                                       struct pc_err *err)
{
    bool removed;
    enum pc_code rc = has_tombstone(t, r->id, &removed, err);
    return rc || !removed
               ? rc
               : pc_mongo_delete(&t->c.conn, MONGO_IMAGES,
                                 BCON_NEW("_id", BCON_INT64(r->id), "seq", BCON_INT64(r->seq)),
                                 err);
}

static enum pc_code end_moves(struct legacy_batch *t, bool refused, int *imported,
                              struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    for (int i = 0; i < t->n && !rc; i++) {
        struct legacy *o = &t->all[i];
        int64_t id = o->record.id;
        bool first = false;
        if (id && refused)
            rc = find_url_owner(t, o, &id, err);
        if (rc || !id)
            continue;
        rc = pc_mongo_legacy_end_move(&t->c.conn, &o->oid, id, &first, err);
        if (!rc && !first && id == o->record.id)
            rc = delete_superfluous(t, &o->record, err);
        *imported += first;
    }
    return rc;
}

static enum pc_code import_batch(struct legacy_batch *t, struct pc_mongo *m, int *imported,
                                 struct pc_err *err)
{
    bool refused = false;
    enum pc_code rc = pc_mongo_change_begin(&t->c, m, t->n, t->n, err);
    bool begun = !rc;
    if (!rc)
        rc = begin_moves(t, err);
    if (!rc)
        rc = insert_records(t, &refused, err);
    if (!rc)
        rc = end_moves(t, refused, imported, err);
    pc_mongo_change_end(&t->c, begun);
    return rc;
}

enum pc_code pc_mongo_import_legacy(struct pc_records *rs, int max, int *imported,
                                    struct pc_err *err)
{
    *imported = 0;
    if (rs->driver != &pc_records_mongo || max <= 0)
        return PC_OK;
    struct pc_mongo *m = PC_RECORDS_SELF(struct pc_mongo, rs);
    struct pc_mongo_connection conn;
    struct legacy_batch t = {.all = pc_xzalloc((size_t)max * sizeof *t.all)};
    enum pc_code rc = pc_mongo_acquire(m, &conn, err);
    if (!rc) {
        rc = find_unmoved(&conn, &t, max, err);
        pc_mongo_release(&conn);
    }
    if (!rc && t.n)
        rc = import_batch(&t, m, imported, err);
    for (int i = 0; i < t.n; i++) {
        bson_value_destroy(&t.all[i].oid);
        pc_record_finish(&t.all[i].record);
        free(t.all[i].url);
    }
    free(t.all);
    return rc ? pc_err_wrap(err, "importing documents of the first version") : PC_OK;
}

enum pc_code pc_mongo_log_legacy(struct pc_mongo_connection *conn, struct pc_err *err)
{
    bson_t *one;
    enum pc_code rc = pc_mongo_find_one(
        conn, MONGO_IMAGES, unmoved_filter(),
        BCON_NEW("hint", BCON_UTF8("seq"), "projection", "{", "_id", BCON_INT32(1), "}"), &one,
        err);
    if (one)
        pc_log(PC_LOG_INFO, "records: there are documents of the first version, which are shown "
                            "only after `posecraft adopt`");
    bson_destroy(one);
    return rc;
}
