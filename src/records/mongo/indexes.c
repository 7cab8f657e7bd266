/* The indexes, made at start where they are missing.
 *
 * The unique index on url decides what is new. It holds only documents that have a url: other
 * programs may keep documents without one, with null or with an empty text in the same collection.
 * Every search for a url that is not empty can use it, because the server sees from {$gt: ""} that
 * such a url is in it; with {$type: "string"} each query would have to say so.
 *
 * Earlier versions made an index "url" that held all documents, so that two without a url could not
 * be. It is dropped after the new one is there, so that at no moment a url can be added twice. Servers
 * before 5.0 refuse two indexes with the same key; there it is dropped first, and a url that is added
 * twice just then is an error at the next start. Several processes may do this at once: an index
 * that another process made or dropped meanwhile is no error.
 */
#include "records/mongo/internal.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"

enum { UNAUTHORIZED = 13, NO_COLLECTION = 26, NO_INDEX = 27, OTHER_OPTIONS = 85, OTHER_KEYS = 86 };
enum { DUPLICATE_KEY = 11000 };

#define URL_INDEX "uniqueUrl"
#define OLD_URL_INDEX "url"

static const struct index {
    enum pc_mongo_collection collection;
    const char *name, *keys[3]; /* ascending; up to a NULL */
} indexes[] = {
    {MONGO_IMAGES, "seq", {"seq"}},
    {MONGO_IMAGES, "status", {"status", "_id"}},
    {MONGO_IMAGES, "stale", {"status", "updatedAt", "_id"}},
    {MONGO_IMAGES, "statusOrder", {"statusOrder", "_id"}},
    {MONGO_IMAGES, "updated", {"updatedAt", "_id"}},
    {MONGO_IMAGES, "nameOrder", {"nameOrder", "_id"}},
    {MONGO_IMAGES, "batch", {"batch", "_id"}},
    {MONGO_IMAGES, "attention", {"attention", "_id"}},
    {MONGO_IMAGES, "review", {"review", "_id"}},
    {MONGO_IMAGES, "originalKey", {"originalKey"}},
    {MONGO_IMAGES, "shotKeys", {"shots.key"}},
    {MONGO_TOMBSTONES, "seq", {"seq"}},
};

static bson_t *index_doc(const struct index *ix)
{
    bson_t *doc = bson_new(), keys;
    BSON_APPEND_DOCUMENT_BEGIN(doc, "key", &keys);
    for (int i = 0; i < 3 && ix->keys[i]; i++)
        BSON_APPEND_INT32(&keys, ix->keys[i], 1);
    bson_append_document_end(doc, &keys);
    BSON_APPEND_UTF8(doc, "name", ix->name);
    return doc;
}

/* --- what is there --- */

struct existing {
    bson_t names;       /* each index is a field */
    bool old_url_index; /* the one of earlier versions */
    bool unique_url;    /* some unique index on url, of whatever name */
};

/* Does it hold each url once? */
static bool is_unique_on_url(const bson_t *index)
{
    bson_iter_t it, key, filter;
    bool partial = bson_iter_init_find(&it, index, "partialFilterExpression");
    if (partial &&
        !(bson_iter_recurse(&it, &filter) && bson_iter_find_descendant(&filter, "url.$gt", &key)))
        return false;
    if (!bson_iter_init_find(&it, index, "unique") || !bson_iter_as_bool(&it) ||
        bson_has_field(index, "collation") || !bson_iter_init_find(&it, index, "key") ||
        !bson_iter_recurse(&it, &key) || !bson_iter_next(&key))
        return false;
    return pc_str_eq(bson_iter_key(&key), "url") && !bson_iter_next(&key);
}

static void add_existing(struct existing *existing, const bson_t *index)
{
    bson_iter_t it;
    if (!bson_iter_init_find(&it, index, "name") || !BSON_ITER_HOLDS_UTF8(&it))
        return;
    const char *name = bson_iter_utf8(&it, NULL);
    bool unique = is_unique_on_url(index);
    BSON_APPEND_BOOL(&existing->names, name, true);
    existing->unique_url = existing->unique_url || unique;
    existing->old_url_index = existing->old_url_index || (unique && pc_str_eq(name, OLD_URL_INDEX));
}

/* Fills existing (bson_destroy its names); empty when there is no collection. */
static enum pc_code read_existing(struct pc_mongo_connection *conn,
                                  enum pc_mongo_collection collection, struct existing *existing,
                                  struct pc_err *err)
{
    const bson_t *doc;
    bson_error_t e;
    *existing = (struct existing){.unique_url = false};
    bson_init(&existing->names);
    mongoc_collection_t *c = mongoc_client_get_collection(conn->client, conn->m->db,
                                                          pc_mongo_collection_name(collection));
    mongoc_cursor_t *cursor = mongoc_collection_find_indexes_with_opts(c, NULL);
    while (mongoc_cursor_next(cursor, &doc))
        add_existing(existing, doc);
    mongoc_collection_destroy(c);
    if (mongoc_cursor_error(cursor, &e) && e.code == NO_COLLECTION) {
        mongoc_cursor_destroy(cursor);
        return PC_OK;
    }
    return pc_mongo_end_find(cursor, err);
}

/* --- making and dropping --- */

/* Takes command. *code: the server's number of the error, 0 when there is none. The url that two
 * documents have is named in err. */
static enum pc_code change_indexes(struct pc_mongo_connection *conn, bson_t *command,
                                   uint32_t *code, struct pc_err *err)
{
    bson_t reply;
    bson_error_t e = {0};
    bson_iter_t it, url;
    bool ok = mongoc_client_command_simple(conn->client, conn->m->db, command, NULL, &reply, &e);
    enum pc_code rc = ok ? PC_OK : pc_mongo_fail(err, &e);
    *code = ok ? 0 : e.code;
    if (*code == DUPLICATE_KEY) {
        bool named = bson_iter_init(&it, &reply) &&
                     bson_iter_find_descendant(&it, "keyValue.url", &url) &&
                     BSON_ITER_HOLDS_UTF8(&url);
        rc =
            pc_fail(err, PC_E_CONFIG,
                    "Two documents of the collection images have the same url, and PoseCraft needs "
                    "each url to be there once (docs/mongodb.md)%s%s",
                    named ? ": " : ".", named ? bson_iter_utf8(&url, NULL) : "");
    } else if (*code == UNAUTHORIZED) {
        pc_str_copy(err->message, sizeof err->message,
                    "The user of the database lacks the right to make indexes there; the role "
                    "readWrite has it.");
    }
    bson_destroy(&reply);
    bson_destroy(command);
    return rc;
}

static enum pc_code create_missing(struct pc_mongo_connection *conn,
                                   enum pc_mongo_collection collection, const bson_t *names,
                                   struct pc_err *err)
{
    bson_t list,
        *command = BCON_NEW("createIndexes", BCON_UTF8(pc_mongo_collection_name(collection)));
    uint32_t n = 0, code;
    BSON_APPEND_ARRAY_BEGIN(command, "indexes", &list);
    for (size_t i = 0; i < sizeof indexes / sizeof *indexes; i++) {
        char at[12];
        if (indexes[i].collection != collection || bson_has_field(names, indexes[i].name))
            continue;
        bson_t *doc = index_doc(&indexes[i]);
        snprintf(at, sizeof at, "%u", (unsigned)n++);
        BSON_APPEND_DOCUMENT(&list, at, doc);
        bson_destroy(doc);
    }
    bson_append_array_end(command, &list);
    if (n)
        return change_indexes(conn, command, &code, err);
    bson_destroy(command);
    return PC_OK;
}

static enum pc_code create_url_index(struct pc_mongo_connection *conn, uint32_t *code,
                                     struct pc_err *err)
{
    bson_t *command =
        BCON_NEW("createIndexes", BCON_UTF8(pc_mongo_collection_name(MONGO_IMAGES)), "indexes", "[",
                 "{", "key", "{", "url", BCON_INT32(1), "}", "name", BCON_UTF8(URL_INDEX), "unique",
                 BCON_BOOL(true), "partialFilterExpression", "{", "url", "{", "$gt", BCON_UTF8(""),
                 "}", "}", "}", "]");
    return change_indexes(conn, command, code, err);
}

static enum pc_code drop_old_url_index(struct pc_mongo_connection *conn, uint32_t *code,
                                       struct pc_err *err)
{
    enum pc_code rc =
        change_indexes(conn,
                       BCON_NEW("dropIndexes", BCON_UTF8(pc_mongo_collection_name(MONGO_IMAGES)),
                                "index", BCON_UTF8(OLD_URL_INDEX)),
                       code, err);
    return *code == NO_INDEX ? PC_OK : rc; /* another process was faster */
}

/* The new index first, where the server takes both. */
static enum pc_code replace_url_index(struct pc_mongo_connection *conn,
                                      const struct existing *existing, uint32_t *code,
                                      struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    bool old = existing->old_url_index;
    *code = 0;
    if (!bson_has_field(&existing->names, URL_INDEX))
        rc = create_url_index(conn, code, err);
    if (old && (*code == OTHER_OPTIONS || *code == OTHER_KEYS)) {
        old = false;
        rc = drop_old_url_index(conn, code, err);
        if (!rc)
            rc = create_url_index(conn, code, err);
    }
    return rc || !old ? rc : drop_old_url_index(conn, code, err);
}

/* What cannot be changed need not stop the start while some unique index is on url, be it that of an
 * earlier version or one that an administrator made. */
static enum pc_code make_url_index(struct pc_mongo_connection *conn,
                                   const struct existing *existing, struct pc_err *err)
{
    uint32_t code;
    enum pc_code rc = replace_url_index(conn, existing, &code, err);
    bool conflict = code == OTHER_OPTIONS || code == OTHER_KEYS;
    if (!rc || (code != UNAUTHORIZED && !conflict))
        return rc;
    if (!existing->unique_url)
        return conflict ? pc_fail(err, PC_E_CONFIG,
                                  "The collection images has an index on url that is not unique. "
                                  "Drop it, and PoseCraft makes its own (docs/mongodb.md).")
                        : rc;
    if (code == UNAUTHORIZED)
        pc_log_err(PC_LOG_WARN,
                   "records: the unique index on url is used as it is; it may refuse documents "
                   "without url",
                   err);
    pc_err_clear(err);
    return PC_OK;
}

static enum pc_code make_collection_indexes(struct pc_mongo_connection *conn,
                                            enum pc_mongo_collection collection, struct pc_err *err)
{
    struct existing existing;
    enum pc_code rc = read_existing(conn, collection, &existing, err);
    if (!rc && collection == MONGO_IMAGES)
        rc = make_url_index(conn, &existing, err);
    if (!rc)
        rc = create_missing(conn, collection, &existing.names, err);
    bson_destroy(&existing.names);
    return rc;
}

enum pc_code pc_mongo_make_indexes(struct pc_mongo_connection *conn, struct pc_err *err)
{
    enum pc_code rc = make_collection_indexes(conn, MONGO_IMAGES, err);
    return rc ? rc : make_collection_indexes(conn, MONGO_TOMBSTONES, err);
}
