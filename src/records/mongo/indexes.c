/* The indexes, made at start where they are missing.
 *
 * The unique index on url decides what is new. It holds only documents that have a url: other
 * programs may keep documents without one, with null or with an empty text in the same collection.
 * Every search for a url that is not empty can use it, because the server sees from {$gt: ""} that
 * such a url is in it; with {$type: "string"} each query would have to say so.
 *
 * Earlier versions made an index "url" that held all documents, so only one document could be
 * without a url. It is dropped after the new one is there, so that no url can be added twice
 * meanwhile. Servers before 5.0 refuse two indexes with the same key; there it is dropped first, and
 * a url that is added twice just then is an error at the next start.
 *
 * Several processes may do this at once, and an index on millions of documents takes minutes. While
 * the server still makes an index, it is listed like any other, but no query uses it, and a unique
 * one does not refuse anything yet; createIndexes may return before that is over when another process
 * asked first. Therefore, after each step the collection is looked at again, until a look finds that
 * nothing is missing and that no index of ours is being made. createIndexes has a connection of its
 * own, whose time limit is an hour; if it breaks, or if somebody else changes the indexes too, the
 * next look tells what is left to do.
 */
#include "records/mongo/internal.h"

#include <stdio.h>
#include <string.h>

#include "base/backoff.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"

/* Error codes of the server, by its names for them. */
enum {
    UNAUTHORIZED = 13,
    NAMESPACE_NOT_FOUND = 26,
    INDEX_NOT_FOUND = 27,
    INDEX_OPTIONS_CONFLICT = 85,
    INDEX_KEY_SPECS_CONFLICT = 86,
    NETWORK_TIMEOUT = 89,
    SHUTDOWN_IN_PROGRESS = 91,
    WRITE_CONFLICT = 112,
    PRIMARY_STEPPED_DOWN = 189,
    INDEX_BUILD_ABORTED = 276,
    INDEX_BUILD_ALREADY_IN_PROGRESS = 285,
    NOT_WRITABLE_PRIMARY = 10107,
    DUPLICATE_KEY = 11000,
    INTERRUPTED_AT_SHUTDOWN = 11600,
    INTERRUPTED_BY_REPLICATION = 11602,
    BACKGROUND_OPERATION_IN_DATABASE = 12586,
    BACKGROUND_OPERATION_IN_NAMESPACE = 12587
};

enum { LOOK_AGAIN_FIRST_MS = 50, LOOK_AGAIN_MAX_MS = 5000 };
enum { FAILURES_MAX = 720 /* in about an hour */, STEPS_MAX = 20 };

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

/* Brings the indexes of one collection up to date, step by step. */
struct work {
    struct pc_mongo_connection *conn;
    struct pc_mongo_connection *patient; /* for commands that take long */
    enum pc_mongo_collection collection;
    bool keep_url_index; /* the unique index on url stays as it is */
    uint32_t code;       /* of the error of the last change; 0: none */

    /* What the last look found. */
    bson_t names;             /* of the indexes that are there or being made: each is a field */
    struct pc_buf missing;    /* names of ours, for the log */
    struct pc_buf unfinished; /* the same of those that the server still makes */
    bool old_url_index;       /* the one of earlier versions is there */
    bool unique_url;          /* some unique index on url is there, of whatever name */
};

/* --- looking --- */

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

/* No index is there when there is no collection. */
static enum pc_code list_indexes(struct work *w, struct pc_err *err)
{
    const bson_t *index;
    bson_error_t e;
    bson_iter_t it;
    mongoc_collection_t *c = mongoc_client_get_collection(w->conn->client, w->conn->m->db,
                                                          pc_mongo_collection_name(w->collection));
    mongoc_cursor_t *cursor = mongoc_collection_find_indexes_with_opts(c, NULL);
    while (mongoc_cursor_next(cursor, &index)) {
        if (!bson_iter_init_find(&it, index, "name") || !BSON_ITER_HOLDS_UTF8(&it))
            continue;
        const char *name = bson_iter_utf8(&it, NULL);
        bool unique = is_unique_on_url(index);
        BSON_APPEND_BOOL(&w->names, name, true);
        w->unique_url = w->unique_url || unique;
        w->old_url_index = w->old_url_index || (unique && pc_str_eq(name, OLD_URL_INDEX));
    }
    mongoc_collection_destroy(c);
    if (mongoc_cursor_error(cursor, &e) && e.code == NAMESPACE_NOT_FOUND) {
        mongoc_cursor_destroy(cursor);
        return PC_OK;
    }
    return pc_mongo_end_find(cursor, err);
}

static void add_name(struct pc_buf *names, const char *name)
{
    pc_buf_printf(names, "%s%s", names->len ? ", " : "", name);
}

static bool is_ours(const struct work *w, const char *name)
{
    bool found = w->collection == MONGO_IMAGES && pc_str_eq(name, URL_INDEX);
    for (size_t i = 0; i < sizeof indexes / sizeof *indexes; i++)
        found =
            found || (indexes[i].collection == w->collection && pc_str_eq(name, indexes[i].name));
    return found;
}

/* None when the user lacks the right to ask, or when the server does not say. */
static void find_unfinished(struct work *w)
{
    struct pc_err ignored = PC_ERR_INIT;
    bson_t reply;
    bson_iter_t it, build;
    bson_t *command = BCON_NEW("collStats", BCON_UTF8(pc_mongo_collection_name(w->collection)));
    if (!pc_mongo_command(w->conn, w->conn->m->db, command, &reply, &ignored) &&
        bson_iter_init_find(&it, &reply, "indexBuilds") && bson_iter_recurse(&it, &build))
        while (bson_iter_next(&build) && BSON_ITER_HOLDS_UTF8(&build))
            if (is_ours(w, bson_iter_utf8(&build, NULL)))
                add_name(&w->unfinished, bson_iter_utf8(&build, NULL));
    bson_destroy(&reply);
}

static enum pc_code look(struct work *w, struct pc_err *err)
{
    bson_reinit(&w->names);
    pc_buf_clear(&w->missing);
    pc_buf_clear(&w->unfinished);
    w->old_url_index = w->unique_url = false;
    enum pc_code rc = list_indexes(w, err);
    if (rc)
        return rc;
    for (size_t i = 0; i < sizeof indexes / sizeof *indexes; i++)
        if (indexes[i].collection == w->collection && !bson_has_field(&w->names, indexes[i].name))
            add_name(&w->missing, indexes[i].name);
    /* After the list, so that an index that is in it only because it is being made is found here. */
    find_unfinished(w);
    return PC_OK;
}

/* --- making and dropping --- */

/* Takes command. Sets w->code. The url that two documents have is named in err. */
static enum pc_code change_indexes(struct work *w, bson_t *command, struct pc_err *err)
{
    bson_t reply;
    bson_error_t e = {0};
    bson_iter_t it, url;
    bool ok =
        mongoc_client_command_simple(w->patient->client, w->conn->m->db, command, NULL, &reply, &e);
    enum pc_code rc = ok ? PC_OK : pc_mongo_fail(err, &e);
    w->code = ok ? 0 : e.domain == MONGOC_ERROR_STREAM ? NETWORK_TIMEOUT : e.code;
    if (w->code == DUPLICATE_KEY) {
        bool named = bson_iter_init(&it, &reply) &&
                     bson_iter_find_descendant(&it, "keyValue.url", &url) &&
                     BSON_ITER_HOLDS_UTF8(&url);
        rc =
            pc_fail(err, PC_E_CONFIG,
                    "Two documents of the collection images have the same url, and PoseCraft needs "
                    "each url to be there once (docs/mongodb.md)%s%s",
                    named ? ": " : ".", named ? bson_iter_utf8(&url, NULL) : "");
    } else if (w->code == UNAUTHORIZED) {
        pc_str_copy(err->message, sizeof err->message,
                    "The user of the database lacks the right to make indexes there; the role "
                    "readWrite has it.");
    }
    bson_destroy(&reply);
    bson_destroy(command);
    return rc;
}

/* Before a command that may take long. A collection that does not exist yet is not worth a line. */
static void log_creation(const struct work *w, const char *names)
{
    if (!bson_empty(&w->names))
        pc_log(PC_LOG_INFO, "records: making indexes, which takes minutes for millions of images",
               PC_LOG_STR("collection", pc_mongo_collection_name(w->collection)),
               PC_LOG_STR("indexes", names));
}

static enum pc_code create_missing(struct work *w, struct pc_err *err)
{
    bson_t list, index, keys;
    bson_t *command = BCON_NEW("createIndexes", BCON_UTF8(pc_mongo_collection_name(w->collection)));
    int n = 0;
    BSON_APPEND_ARRAY_BEGIN(command, "indexes", &list);
    for (size_t i = 0; i < sizeof indexes / sizeof *indexes; i++) {
        const struct index *ix = &indexes[i];
        char at[12];
        if (ix->collection != w->collection || bson_has_field(&w->names, ix->name))
            continue;
        snprintf(at, sizeof at, "%d", n++);
        BSON_APPEND_DOCUMENT_BEGIN(&list, at, &index);
        BSON_APPEND_UTF8(&index, "name", ix->name);
        BSON_APPEND_DOCUMENT_BEGIN(&index, "key", &keys);
        for (int k = 0; k < 3 && ix->keys[k]; k++)
            BSON_APPEND_INT32(&keys, ix->keys[k], 1);
        bson_append_document_end(&index, &keys);
        bson_append_document_end(&list, &index);
    }
    bson_append_array_end(command, &list);
    log_creation(w, w->missing.data);
    return change_indexes(w, command, err);
}

static enum pc_code create_url_index(struct work *w, struct pc_err *err)
{
    log_creation(w, URL_INDEX);
    return change_indexes(
        w,
        BCON_NEW("createIndexes", BCON_UTF8(pc_mongo_collection_name(MONGO_IMAGES)), "indexes", "[",
                 "{", "key", "{", "url", BCON_INT32(1), "}", "name", BCON_UTF8(URL_INDEX), "unique",
                 BCON_BOOL(true), "partialFilterExpression", "{", "url", "{", "$gt", BCON_UTF8(""),
                 "}", "}", "}", "]"),
        err);
}

static enum pc_code drop_old_url_index(struct work *w, struct pc_err *err)
{
    enum pc_code rc =
        change_indexes(w,
                       BCON_NEW("dropIndexes", BCON_UTF8(pc_mongo_collection_name(MONGO_IMAGES)),
                                "index", BCON_UTF8(OLD_URL_INDEX)),
                       err);
    return w->code == INDEX_NOT_FOUND ? PC_OK : rc; /* another process was faster */
}

/* The new index first, where the server takes both. What cannot be changed need not stop the start
 * while some unique index is on url, be it that of an earlier version or one that an administrator
 * made. */
static enum pc_code replace_url_index(struct work *w, struct pc_err *err)
{
    bool is_new_there = bson_has_field(&w->names, URL_INDEX);
    enum pc_code rc = is_new_there ? drop_old_url_index(w, err) : create_url_index(w, err);
    bool conflict = w->code == INDEX_OPTIONS_CONFLICT || w->code == INDEX_KEY_SPECS_CONFLICT;
    if (conflict && w->old_url_index) {
        rc = drop_old_url_index(w, err); /* the next step makes the new one */
        conflict = false;
    }
    if (!conflict && w->code != UNAUTHORIZED)
        return rc;
    if (!w->unique_url)
        return conflict ? pc_fail(err, PC_E_CONFIG,
                                  "The collection images has an index on url that is not unique. "
                                  "Drop it, and PoseCraft makes its own (docs/mongodb.md).")
                        : rc;
    if (!conflict)
        pc_log_err(PC_LOG_WARN,
                   "records: the unique index on url is used as it is; it may refuse documents "
                   "without url",
                   err);
    w->keep_url_index = true;
    pc_err_clear(err);
    return PC_OK;
}

/* --- step by step --- */

/* Did somebody else make, drop or stop an index, did the primary change, or did the connection
 * break? Then the next look tells what is left to do. */
static bool may_pass(uint32_t code)
{
    switch (code) {
    case NAMESPACE_NOT_FOUND:
    case NETWORK_TIMEOUT:
    case SHUTDOWN_IN_PROGRESS:
    case WRITE_CONFLICT:
    case PRIMARY_STEPPED_DOWN:
    case INDEX_BUILD_ABORTED:
    case INDEX_BUILD_ALREADY_IN_PROGRESS:
    case NOT_WRITABLE_PRIMARY:
    case INTERRUPTED_AT_SHUTDOWN:
    case INTERRUPTED_BY_REPLICATION:
    case BACKGROUND_OPERATION_IN_DATABASE:
    case BACKGROUND_OPERATION_IN_NAMESPACE: return true;
    default: return false;
    }
}

/* Does what the last look found to be next. *done: there is nothing. */
static enum pc_code make_step(struct work *w, bool *done, struct pc_err *err)
{
    w->code = 0;
    if (w->collection == MONGO_IMAGES && !w->keep_url_index &&
        (w->old_url_index || !bson_has_field(&w->names, URL_INDEX)))
        return replace_url_index(w, err);
    *done = w->missing.len == 0;
    return *done ? PC_OK : create_missing(w, err);
}

static enum pc_code make_collection_indexes(struct work *w, struct pc_err *err)
{
    struct pc_backoff backoff = {.first_ms = LOOK_AGAIN_FIRST_MS, .max_ms = LOOK_AGAIN_MAX_MS};
    bool done = false, waiting = false;
    int steps = 0, failures = 0;
    while (!done && steps < STEPS_MAX) {
        enum pc_code rc = look(w, err);
        if (!rc && w->unfinished.len) {
            if (!waiting)
                pc_log(PC_LOG_INFO, "records: waiting for indexes that the server still makes",
                       PC_LOG_STR("collection", pc_mongo_collection_name(w->collection)),
                       PC_LOG_STR("indexes", w->unfinished.data));
            waiting = true;
            pc_clock_sleep_ms(pc_backoff_next_ms(&backoff));
            continue;
        }
        bool may_try_again = waiting && rc == PC_E_STORE_UNAVAILABLE; /* it was there before */
        if (!rc) {
            waiting = false;
            steps++;
            rc = make_step(w, &done, err);
            may_try_again = may_pass(w->code);
        }
        if (!rc) {
            pc_backoff_reset(&backoff);
            continue;
        }
        if (!may_try_again || ++failures == FAILURES_MAX)
            return rc;
        steps = 0;
        pc_log_err(PC_LOG_INFO, "records: the indexes could not be made yet, trying again", err);
        pc_err_clear(err);
        pc_clock_sleep_ms(pc_backoff_jitter_ms(pc_backoff_next_ms(&backoff)));
    }
    if (!done)
        pc_log(PC_LOG_WARN, "records: the server does not list the indexes that it made",
               PC_LOG_STR("collection", pc_mongo_collection_name(w->collection)));
    return PC_OK;
}

enum pc_code pc_mongo_make_indexes(struct pc_mongo_connection *conn, struct pc_err *err)
{
    static const enum pc_mongo_collection collections[] = {MONGO_IMAGES, MONGO_TOMBSTONES};
    struct pc_mongo_connection patient;
    enum pc_code rc = pc_mongo_open_patient(conn, &patient, err);
    if (rc)
        return rc;
    for (size_t i = 0; i < 2 && !rc; i++) {
        struct work w = {.conn = conn, .patient = &patient, .collection = collections[i]};
        bson_init(&w.names);
        rc = make_collection_indexes(&w, err);
        bson_destroy(&w.names);
        pc_buf_finish(&w.missing);
        pc_buf_finish(&w.unfinished);
    }
    pc_mongo_close_patient(&patient);
    return rc;
}
