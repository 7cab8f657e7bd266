/* First finds which of these ids and urls exist; then inserts all new records at once and replaces each
 * existing one. If another process adds one in between, the unique indexes refuse the insert, and all
 * of it is done again. */

#include "records/mongo/internal.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"

enum { ATTEMPTS = 3 };

struct import {
    struct pc_mongo_change c;
    const struct pc_record *items;
    int n;
    bool *exists; /* under the same id and url */
};

/* Gives the filter of all documents with one of the ids or urls. */
static bson_t *conflict_filter(const struct import *im)
{
    bson_t *filter = bson_new(), any, one, in, list;
    BSON_APPEND_ARRAY_BEGIN(filter, "$or", &any);
    for (int k = 0; k < 2; k++) {
        BSON_APPEND_DOCUMENT_BEGIN(&any, k ? "1" : "0", &one);
        BSON_APPEND_DOCUMENT_BEGIN(&one, k ? "url" : "_id", &in);
        BSON_APPEND_ARRAY_BEGIN(&in, "$in", &list);
        for (int i = 0; i < im->n; i++) {
            char at[12];
            snprintf(at, sizeof at, "%d", i);
            if (k)
                BSON_APPEND_UTF8(&list, at, im->items[i].url);
            else
                BSON_APPEND_INT64(&list, at, im->items[i].id);
        }
        bson_append_array_end(&in, &list);
        bson_append_document_end(&one, &in);
        bson_append_document_end(&any, &one);
    }
    bson_append_array_end(filter, &any);
    return filter;
}

/* Is r, who is there, where one of the items wants to be, and not the same? */
static enum pc_code check_conflict(struct import *im, const struct pc_record *r, struct pc_err *err)
{
    for (int i = 0; i < im->n; i++) {
        bool same_id = im->items[i].id == r->id, same_url = pc_str_eq(im->items[i].url, r->url);
        if (same_id != same_url)
            return pc_records_import_conflict(&im->items[i], err);
        im->exists[i] = im->exists[i] || same_id;
    }
    return PC_OK;
}

static enum pc_code find_existing(struct import *im, struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    const bson_t *doc;
    mongoc_cursor_t *cursor =
        pc_mongo_find(&im->c.conn, MONGO_IMAGES, conflict_filter(im),
                      BCON_NEW("projection", "{", "_id", BCON_INT32(1), "url", BCON_INT32(1), "}"));
    while (!rc && mongoc_cursor_next(cursor, &doc)) {
        struct pc_record r;
        pc_record_init(&r);
        pc_mongo_decode_record(doc, &r);
        rc = check_conflict(im, &r, err);
        pc_record_finish(&r);
    }
    if (!rc)
        return pc_mongo_end_find(cursor, err);
    mongoc_cursor_destroy(cursor);
    return rc;
}

/* Gives the document of items[i] with its new seq. */
static bson_t *encode_item(const struct import *im, int i)
{
    struct pc_record r = im->items[i]; /* borrows */
    r.seq = im->c.seq + i;
    return pc_mongo_encode_record(&r);
}

static enum pc_code insert_new(struct import *im, bool *refused, struct pc_err *err)
{
    bson_t **docs = pc_xzalloc((size_t)im->n * sizeof *docs);
    int n = 0;
    for (int i = 0; i < im->n; i++)
        if (!im->exists[i])
            docs[n++] = encode_item(im, i);
    return pc_mongo_insert_many(&im->c.conn, MONGO_IMAGES, docs, (size_t)n, refused, err);
}

static enum pc_code replace_existing(struct import *im, struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    for (int i = 0; i < im->n && !rc; i++) {
        if (!im->exists[i])
            continue;
        bson_t *doc = encode_item(im, i), *fields = bson_new();
        bson_copy_to_excluding_noinit(doc, fields, "_id", NULL);
        rc = pc_mongo_update(
            &im->c.conn, MONGO_IMAGES,
            BCON_NEW("_id", BCON_INT64(im->items[i].id), "url", BCON_UTF8(im->items[i].url)),
            BCON_NEW("$set", BCON_DOCUMENT(fields)), MONGO_DURABLE, NULL, err);
        bson_destroy(fields);
        bson_destroy(doc);
    }
    return rc;
}

static enum pc_code write_all(struct import *im, struct pc_err *err)
{
    bool refused = true;
    enum pc_code rc = PC_OK;
    for (int i = 0; i < ATTEMPTS && refused && !rc; i++) {
        rc = find_existing(im, err);
        if (!rc)
            rc = insert_new(im, &refused, err);
    }
    if (!rc && refused)
        rc = pc_fail_detail(err, PC_E_STORE_UNAVAILABLE, "mongo: others write the same records");
    return rc ? rc : replace_existing(im, err);
}

enum pc_code pc_mongo_import(struct pc_records *rs, const struct pc_record *items, int n,
                             struct pc_err *err)
{
    struct import im = {
        .items = items, .n = n, .exists = pc_xzalloc((size_t)n * sizeof *im.exists)};
    int64_t highest = 0;
    for (int i = 0; i < n; i++)
        highest = items[i].id > highest ? items[i].id : highest;
    enum pc_code rc = pc_mongo_change_begin(&im.c, PC_RECORDS_SELF(struct pc_mongo, rs), n, 0, err);
    if (!rc)
        rc = pc_mongo_raise_id(&im.c.conn, highest, err);
    if (!rc)
        rc = write_all(&im, err);
    pc_mongo_change_end(&im.c, rc != PC_E_BAD_REQUEST);
    free(im.exists);
    return rc;
}
