/* A document of the first version has an ObjectId as _id and is passed over: a filter that compares
 * _id or seq with a number does not match it, and the other fields it asks for are not there. */

#include "records/mongo/internal.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"

/* A longer expression is refused by some servers; a letter takes four bytes of it. */
enum { SEARCH_MAX_BYTES = 2000, SCAN_MS = 5000 };
enum { NO_COLLECTION = 26 };

static const struct index {
    enum pc_mongo_collection collection;
    const char *name, *keys[3]; /* ascending; up to a NULL */
    bool unique;
} indexes[] = {
    {MONGO_IMAGES, "url", {"url"}, true}, /* decides what is new */
    {MONGO_IMAGES, "seq", {"seq"}, false},
    {MONGO_IMAGES, "status", {"status", "_id"}, false},
    {MONGO_IMAGES, "stale", {"status", "updatedAt", "_id"}, false},
    {MONGO_IMAGES, "statusOrder", {"statusOrder", "_id"}, false},
    {MONGO_IMAGES, "updated", {"updatedAt", "_id"}, false},
    {MONGO_IMAGES, "nameOrder", {"nameOrder", "_id"}, false},
    {MONGO_IMAGES, "batch", {"batch", "_id"}, false},
    {MONGO_IMAGES, "attention", {"attention", "_id"}, false},
    {MONGO_IMAGES, "review", {"review", "_id"}, false},
    {MONGO_IMAGES, "originalKey", {"originalKey"}, false},
    {MONGO_IMAGES, "shotKeys", {"shots.key"}, false},
    {MONGO_TOMBSTONES, "seq", {"seq"}, false},
};

static bson_t *index_doc(const struct index *ix)
{
    bson_t *doc = bson_new(), keys;
    BSON_APPEND_DOCUMENT_BEGIN(doc, "key", &keys);
    for (int i = 0; i < 3 && ix->keys[i]; i++)
        BSON_APPEND_INT32(&keys, ix->keys[i], 1);
    bson_append_document_end(doc, &keys);
    BSON_APPEND_UTF8(doc, "name", ix->name);
    if (ix->unique)
        BSON_APPEND_BOOL(doc, "unique", true);
    return doc;
}

/* Is it there? Only the indexes that are missing are made. */
static bool index_exists(const bson_t *names, const struct index *ix)
{
    return bson_has_field(names, ix->name);
}

/* Gives the names of the indexes as the fields of a document; empty when there is no collection. */
static enum pc_code read_index_names(struct pc_mongo_connection *conn,
                                     enum pc_mongo_collection collection, bson_t **names,
                                     struct pc_err *err)
{
    const bson_t *doc;
    bson_iter_t it;
    bson_error_t e;
    *names = bson_new();
    mongoc_collection_t *c = mongoc_client_get_collection(conn->client, conn->m->db,
                                                          pc_mongo_collection_name(collection));
    mongoc_cursor_t *cursor = mongoc_collection_find_indexes_with_opts(c, NULL);
    while (mongoc_cursor_next(cursor, &doc))
        if (bson_iter_init_find(&it, doc, "name") && BSON_ITER_HOLDS_UTF8(&it))
            BSON_APPEND_BOOL(*names, bson_iter_utf8(&it, NULL), true);
    mongoc_collection_destroy(c);
    if (mongoc_cursor_error(cursor, &e) && e.code == NO_COLLECTION) {
        mongoc_cursor_destroy(cursor);
        return PC_OK;
    }
    return pc_mongo_end_find(cursor, err);
}

static enum pc_code create_missing(struct pc_mongo_connection *conn,
                                   enum pc_mongo_collection collection, const bson_t *names,
                                   struct pc_err *err)
{
    bson_t reply, list,
        *command = BCON_NEW("createIndexes", BCON_UTF8(pc_mongo_collection_name(collection)));
    uint32_t n = 0;
    BSON_APPEND_ARRAY_BEGIN(command, "indexes", &list);
    for (size_t i = 0; i < sizeof indexes / sizeof *indexes; i++) {
        char at[12];
        if (indexes[i].collection != collection || index_exists(names, &indexes[i]))
            continue;
        bson_t *doc = index_doc(&indexes[i]);
        snprintf(at, sizeof at, "%u", (unsigned)n++);
        BSON_APPEND_DOCUMENT(&list, at, doc);
        bson_destroy(doc);
    }
    bson_append_array_end(command, &list);
    if (n == 0) {
        bson_destroy(command);
        return PC_OK;
    }
    enum pc_code rc = pc_mongo_command(conn, conn->m->db, command, &reply, err);
    bson_destroy(&reply);
    return rc;
}

static enum pc_code make_collection_indexes(struct pc_mongo_connection *conn,
                                            enum pc_mongo_collection collection, struct pc_err *err)
{
    bson_t *names;
    enum pc_code rc = read_index_names(conn, collection, &names, err);
    if (!rc)
        rc = create_missing(conn, collection, names, err);
    bson_destroy(names);
    return rc;
}

enum pc_code pc_mongo_make_indexes(struct pc_mongo_connection *conn, struct pc_err *err)
{
    enum pc_code rc = make_collection_indexes(conn, MONGO_IMAGES, err);
    if (rc && (strstr(err->detail, "E11000") || strstr(err->detail, "UNIQUE constraint"))) {
        err->code = PC_E_CONFIG;
        pc_str_copy(err->message, sizeof err->message,
                    "Several documents of the collection images have the same url; each must be "
                    "there once before PoseCraft can use it (docs/mongodb.md).");
        return PC_E_CONFIG;
    }
    return rc ? rc : make_collection_indexes(conn, MONGO_TOMBSTONES, err);
}

/* Gives an expression that finds text anywhere, A-Z equal to a-z and nothing else: the option "i"
 * would take more letters for equal. */
static char *search_regex(const char *text)
{
    struct pc_buf buf = PC_BUF_INIT;
    for (; *text; text++) {
        char lower = (char)(*text | 0x20);
        if (lower >= 'a' && lower <= 'z')
            pc_buf_printf(&buf, "[%c%c]", lower - 'a' + 'A', lower);
        else if (strchr("\\.+*?()|[]{}^$", *text))
            pc_buf_printf(&buf, "\\%c", *text);
        else
            pc_buf_putc(&buf, *text);
    }
    return pc_buf_detach(&buf, NULL);
}

static void put_search(bson_t *filter, const char *text)
{
    static const char *const searched[] = {"url", "name", "sku", "label", "batch"};
    bson_t any, one;
    char at[4];
    int n = 0;
    int64_t id;
    char *pattern = search_regex(text);
    BSON_APPEND_ARRAY_BEGIN(filter, "$or", &any);
    for (; n < 5; n++) {
        snprintf(at, sizeof at, "%d", n);
        BSON_APPEND_DOCUMENT_BEGIN(&any, at, &one);
        BSON_APPEND_REGEX(&one, searched[n], pattern, "");
        bson_append_document_end(&any, &one);
    }
    if (pc_str_to_i64(text, 1, INT64_MAX, &id)) {
        BSON_APPEND_DOCUMENT_BEGIN(&any, "5", &one);
        BSON_APPEND_INT64(&one, "_id", id);
        bson_append_document_end(&any, &one);
    }
    bson_append_array_end(filter, &any);
    free(pattern);
}

enum pc_code pc_mongo_filter(const struct pc_record_query *q, int64_t upto, bson_t **filter,
                             struct pc_err *err)
{
    *filter = NULL;
    if (q->search && strlen(q->search) > SEARCH_MAX_BYTES)
        return pc_fail(err, PC_E_BAD_REQUEST, "The text to look for is longer than %d bytes.",
                       SEARCH_MAX_BYTES);
    bson_t *f = bson_new();
    if (q->since_seq > 0)
        BCON_APPEND(f, "seq", "{", "$gt", BCON_INT64(q->since_seq), "$lte", BCON_INT64(upto), "}");
    BCON_APPEND(f, "_id", "{", "$gt", BCON_INT64(q->after_id), "}");
    if (q->status >= 0)
        BSON_APPEND_UTF8(f, "status", pc_record_status_name((enum pc_record_status)q->status));
    if (q->attention >= 0)
        BSON_APPEND_BOOL(f, "attention", q->attention == 1);
    if (q->review >= 0)
        BSON_APPEND_UTF8(f, "review", pc_record_review_name((enum pc_record_review)q->review));
    if (q->batch)
        BSON_APPEND_UTF8(f, "batch", q->batch);
    if (q->search)
        put_search(f, q->search);
    *filter = f;
    return PC_OK;
}

bson_t *pc_mongo_list_opts(const struct pc_record_query *q)
{
    static const char *const columns[] = {[PC_SORT_ID] = NULL,
                                          [PC_SORT_UPDATED] = "updatedAt",
                                          [PC_SORT_NAME] = "nameOrder",
                                          [PC_SORT_STATUS] = "statusOrder"};
    bson_t *opts = bson_new(), sort;
    int32_t way = q->descending ? -1 : 1;
    BSON_APPEND_DOCUMENT_BEGIN(opts, "sort", &sort);
    if (q->since_seq > 0) {
        BSON_APPEND_INT32(&sort, "seq", 1);
    } else {
        if (columns[q->sort])
            BSON_APPEND_INT32(&sort, columns[q->sort], way);
        BSON_APPEND_INT32(&sort, "_id", way);
    }
    bson_append_document_end(opts, &sort);
    if (q->since_seq > 0) /* few rows, whatever other filter looks better */
        BCON_APPEND(opts, "hint", BCON_UTF8("seq"));
    BSON_APPEND_INT64(opts, "limit", q->limit);
    BSON_APPEND_INT64(opts, "batchSize", q->limit);
    BSON_APPEND_INT64(opts, "skip", q->offset);
    BSON_APPEND_INT64(opts, "maxTimeMS", SCAN_MS);
    return opts;
}

bson_t *pc_mongo_blob_filter(const char *key)
{
    return BCON_NEW("$or", "[", "{", "shots.key", BCON_UTF8(key), "}", "{", "originalKey",
                    BCON_UTF8(key), "}", "]");
}

bson_t *pc_mongo_stale_filter(int64_t before_ms)
{
    return BCON_NEW("status", BCON_UTF8("pending"), "updatedAt", "{", "$lt",
                    BCON_DATE_TIME(before_ms), "}", "_id", "{", "$gt", BCON_INT64(0), "}");
}

bson_t *pc_mongo_stale_opts(int max)
{
    return BCON_NEW("sort", "{", "updatedAt", BCON_INT32(1), "_id", BCON_INT32(1), "}", "limit",
                    BCON_INT64(max), "projection", "{", "_id", BCON_INT32(1), "}");
}
