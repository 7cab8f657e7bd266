/* A look at who is there under these ids and urls, then one bulk insert of those who are not and a
 * replacement of each that is. Should others come between, the unique indexes refuse the insert,
 * and the whole is done again. */
#include "records/mongo_adopt.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"
#include "records/mongo_change.h"
#include "records/mongo_doc.h"

enum { TRIES = 3 };

struct move {
    struct mongo_change c;
    const struct pc_record *items;
    int n;
    bool *there; /* under the same id and url */
};

/* Gives the filter of all documents with one of the ids or urls. */
static bson_t *places(const struct move *mv)
{
    bson_t *filter = bson_new(), any, one, in, list;
    BSON_APPEND_ARRAY_BEGIN(filter, "$or", &any);
    for (int k = 0; k < 2; k++) {
        BSON_APPEND_DOCUMENT_BEGIN(&any, k ? "1" : "0", &one);
        BSON_APPEND_DOCUMENT_BEGIN(&one, k ? "url" : "_id", &in);
        BSON_APPEND_ARRAY_BEGIN(&in, "$in", &list);
        for (int i = 0; i < mv->n; i++) {
            char at[12];
            snprintf(at, sizeof at, "%d", i);
            if (k)
                BSON_APPEND_UTF8(&list, at, mv->items[i].url);
            else
                BSON_APPEND_INT64(&list, at, mv->items[i].id);
        }
        bson_append_array_end(&in, &list);
        bson_append_document_end(&one, &in);
        bson_append_document_end(&any, &one);
    }
    bson_append_array_end(filter, &any);
    return filter;
}

/* Is r, who is there, where one of the items wants to be, and not the same? */
static enum pc_code check_place(struct move *mv, const struct pc_record *r, struct pc_err *err)
{
    for (int i = 0; i < mv->n; i++) {
        bool same_id = mv->items[i].id == r->id, same_url = pc_streq(mv->items[i].url, r->url);
        if (same_id != same_url)
            return pc_records_place_taken(&mv->items[i], err);
        mv->there[i] = mv->there[i] || same_id;
    }
    return PC_OK;
}

static enum pc_code look(struct move *mv, struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    const bson_t *doc;
    mongoc_cursor_t *cursor =
        pc_mongo_find(&mv->c.io, MONGO_IMAGES, places(mv),
                      BCON_NEW("projection", "{", "_id", BCON_INT32(1), "url", BCON_INT32(1), "}"));
    while (!rc && mongoc_cursor_next(cursor, &doc)) {
        struct pc_record r;
        pc_record_init(&r);
        pc_mongo_doc_read(doc, &r);
        rc = check_place(mv, &r, err);
        pc_record_finish(&r);
    }
    if (!rc)
        return pc_mongo_end_find(cursor, err);
    mongoc_cursor_destroy(cursor);
    return rc;
}

/* Gives the document of items[i] with its new seq. */
static bson_t *document(const struct move *mv, int i)
{
    struct pc_record r = mv->items[i]; /* borrows */
    r.seq = mv->c.seq + i;
    return pc_mongo_doc_of(&r);
}

static enum pc_code insert_new(struct move *mv, bool *refused, struct pc_err *err)
{
    bson_t **docs = pc_xmalloc((size_t)mv->n * sizeof *docs);
    int n = 0;
    for (int i = 0; i < mv->n; i++)
        if (!mv->there[i])
            docs[n++] = document(mv, i);
    *refused = false;
    enum pc_code rc = n ? pc_mongo_insert_many(&mv->c.io, MONGO_IMAGES, (const bson_t **)docs,
                                               (size_t)n, refused, err)
                        : PC_OK;
    while (n)
        bson_destroy(docs[--n]);
    free(docs);
    return rc;
}

static enum pc_code replace_known(struct move *mv, struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    for (int i = 0; i < mv->n && !rc; i++) {
        if (!mv->there[i])
            continue;
        bson_t *doc = document(mv, i), *fields = bson_new();
        bson_copy_to_excluding_noinit(doc, fields, "_id", NULL);
        rc = pc_mongo_update(
            &mv->c.io, MONGO_IMAGES,
            BCON_NEW("_id", BCON_INT64(mv->items[i].id), "url", BCON_UTF8(mv->items[i].url)),
            BCON_NEW("$set", BCON_DOCUMENT(fields)), MONGO_DURABLE, NULL, err);
        bson_destroy(fields);
        bson_destroy(doc);
    }
    return rc;
}

static enum pc_code write_all(struct move *mv, struct pc_err *err)
{
    bool refused = true;
    enum pc_code rc = PC_OK;
    for (int i = 0; i < TRIES && refused && !rc; i++) {
        rc = look(mv, err);
        if (!rc)
            rc = insert_new(mv, &refused, err);
    }
    if (!rc && refused)
        rc = pc_fail_detail(err, PC_E_STORE_UNAVAILABLE, "mongo: others write the same records");
    return rc ? rc : replace_known(mv, err);
}

enum pc_code pc_mongo_adopt(struct pc_records *rs, const struct pc_record *items, int n,
                            struct pc_err *err)
{
    struct move mv = {.items = items, .n = n, .there = pc_xmalloc((size_t)n * sizeof *mv.there)};
    int64_t highest = 0;
    for (int i = 0; i < n; i++)
        highest = items[i].id > highest ? items[i].id : highest;
    enum pc_code rc = pc_mongo_change_begin(&mv.c, PC_RECORDS_SELF(struct mongo, rs), n, 0, err);
    if (!rc)
        rc = pc_mongo_raise_id(&mv.c.io, highest, err);
    if (!rc)
        rc = write_all(&mv, err);
    pc_mongo_change_end(&mv.c, rc != PC_E_BAD_REQUEST);
    free(mv.there);
    return rc;
}
