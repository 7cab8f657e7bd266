/* Time limits: unless the store URL says otherwise, a call waits for seconds, and not as long as by
 * libmongoc's defaults: half a minute for a server, five minutes for a reply. */

#include "records/mongo/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"

enum { FIND_SERVER_MS = 3000, ANSWER_MS = 6000, PATIENT_ANSWER_MS = 3600 * 1000, POOL = 32 };
enum {
    BAD_VALUE = 2,
    UNAUTHORIZED = 13,
    TYPE_MISMATCH = 14,
    AUTHENTICATION_FAILED = 18,
    TOO_LARGE = 10334,
    DUPLICATE_KEY = 11000,
    OUT_OF_DISK = 14031
};

static const char *const names[MONGO_COLLECTIONS] = {
    [MONGO_IMAGES] = "images",
    [MONGO_STORE] = "store",
    [MONGO_TOMBSTONES] = "removed",
    [MONGO_SETTINGS] = "kept",
};

const char *pc_mongo_collection_name(enum pc_mongo_collection collection)
{
    return names[collection];
}

/* --- errors --- */

bool pc_mongo_is_duplicate(const bson_error_t *e)
{
    return e->code == DUPLICATE_KEY &&
           (e->domain == MONGOC_ERROR_SERVER || e->domain == MONGOC_ERROR_COLLECTION ||
            e->domain == MONGOC_ERROR_COMMAND || e->domain == MONGOC_ERROR_WRITE_CONCERN);
}

enum pc_code pc_mongo_fail(struct pc_err *err, const bson_error_t *e)
{
    enum pc_code code = PC_E_STORE_UNAVAILABLE;
    bool full = e->code == OUT_OF_DISK || strstr(e->message, "No space left") ||
                strstr(e->message, "disk is full") || strstr(e->message, "space quota");
    bool refused = e->domain == MONGOC_ERROR_BSON ||
                   (e->domain == MONGOC_ERROR_SERVER &&
                    (e->code == BAD_VALUE || e->code == TYPE_MISMATCH || e->code == TOO_LARGE));
    if (full)
        code = PC_E_STORE_FULL;
    else if (refused)
        code = PC_E_INTERNAL; /* the server would refuse the same document again */
    pc_fail_detail(err, code, "mongo %u/%u: %s", (unsigned)e->domain, (unsigned)e->code,
                   e->message);
    if (e->domain == MONGOC_ERROR_CLIENT || e->code == AUTHENTICATION_FAILED)
        pc_str_copy(err->message, sizeof err->message,
                    "The database rejects the user name or the password, or does not answer.");
    else if (e->domain == MONGOC_ERROR_SERVER && e->code == UNAUTHORIZED)
        pc_str_copy(err->message, sizeof err->message,
                    "The user of the database lacks the right to read and write there.");
    return code;
}

/* --- opening --- */

/* While a store URL is read: libmongoc's complaints repeat parts of it. */
static _Thread_local bool muted;

static void log_message(mongoc_log_level_t level, const char *domain, const char *message,
                        void *ctx)
{
    (void)ctx;
    bool harmless = strstr(message, "endSessions"); /* FerretDB 1 knows no sessions to end */
    if (level <= MONGOC_LOG_LEVEL_WARNING && !harmless && !muted)
        pc_log(PC_LOG_WARN, "libmongoc", PC_LOG_STR("part", domain), PC_LOG_STR("said", message));
}

static void init_library(void)
{
    mongoc_init(); /* for good: it cannot be started again after mongoc_cleanup */
    mongoc_log_set_handler(log_message, NULL);
}

static void set_default(mongoc_uri_t *uri, const char *option, int32_t value)
{
    if (!mongoc_uri_has_option(uri, option))
        mongoc_uri_set_option_as_int32(uri, option, value);
}

bool pc_mongo_set_defaults(mongoc_uri_t *uri)
{
    set_default(uri, MONGOC_URI_SERVERSELECTIONTIMEOUTMS, FIND_SERVER_MS);
    set_default(uri, MONGOC_URI_CONNECTTIMEOUTMS, FIND_SERVER_MS);
    set_default(uri, MONGOC_URI_WAITQUEUETIMEOUTMS, FIND_SERVER_MS);
    set_default(uri, MONGOC_URI_SOCKETTIMEOUTMS, ANSWER_MS);
    set_default(uri, MONGOC_URI_MAXPOOLSIZE, POOL);
    if (!mongoc_uri_get_appname(uri))
        mongoc_uri_set_appname(uri, "posecraft");
    /* A reader that asks right after a change must see it: never a secondary. */
    mongoc_read_prefs_t *primary = mongoc_read_prefs_new(MONGOC_READ_PRIMARY);
    mongoc_uri_set_read_prefs_t(uri, primary);
    mongoc_read_prefs_destroy(primary);
    if (mongoc_uri_has_option(uri, MONGOC_URI_W) || mongoc_uri_has_option(uri, MONGOC_URI_JOURNAL))
        return mongoc_write_concern_get_wmajority(mongoc_uri_get_write_concern(uri));
    mongoc_write_concern_t *durable = mongoc_write_concern_new();
    mongoc_write_concern_set_wmajority(durable, ANSWER_MS / 2);
    mongoc_write_concern_set_journal(durable, true);
    mongoc_uri_set_write_concern(uri, durable);
    mongoc_write_concern_destroy(durable);
    return true;
}

/* FerretDB 1 reads, computes and writes back without a lock or a check: of 400 increments by eight
 * clients at once it loses some 350 (seen in 1.24). Records would get lost there, so it is refused.
 * It tells its own version apart from the one of MongoDB that it imitates. */
enum pc_code pc_mongo_check_server(const bson_t *build_info, struct pc_err *err)
{
    bson_iter_t it;
    if (!bson_iter_init_find(&it, build_info, "ferretdbVersion") || !BSON_ITER_HOLDS_UTF8(&it) ||
        !pc_str_starts(bson_iter_utf8(&it, NULL), "v1."))
        return PC_OK;
    return pc_fail(err, PC_E_CONFIG,
                   "This server is FerretDB 1, whose changes are not atomic, so records would be "
                   "lost. Use MongoDB 4.4 or newer.");
}

static enum pc_code inspect_server(struct pc_mongo *m, struct pc_err *err)
{
    struct pc_mongo_connection conn;
    bson_t reply;
    enum pc_code rc = pc_mongo_acquire(m, &conn, err);
    if (rc)
        return rc;
    rc = pc_mongo_command(&conn, "admin", BCON_NEW("buildInfo", BCON_INT32(1)), &reply, err);
    if (!rc)
        rc = pc_mongo_check_server(&reply, err);
    bson_destroy(&reply);
    pc_mongo_release(&conn);
    return rc;
}

enum pc_code pc_mongo_connect(struct pc_mongo *m, const char *url, struct pc_err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    bson_error_t e;
    pthread_once(&once, init_library);
    muted = true;
    mongoc_uri_t *uri = mongoc_uri_new_with_error(url, &e);
    muted = false;
    if (!uri) /* its words may repeat the password: not even for the log */
        return pc_fail(
            err, PC_E_CONFIG,
            "The store URL of the records is no URL of MongoDB: "
            "mongodb://USER:PASSWORD@HOST:PORT/DATABASE with %%XX for special characters.");
    m->majority_reads = pc_mongo_set_defaults(uri);
    const char *db = mongoc_uri_get_database(uri);
    m->db = pc_xstrdup(db && *db ? db : "posecraft");
    m->pool = mongoc_client_pool_new(uri); /* NULL: TLS asked for, built without, or its files */
    mongoc_uri_destroy(uri);
    if (!m->pool)
        return pc_fail(err, PC_E_CONFIG, "The options in the URL of MongoDB cannot be used.");
    mongoc_client_pool_set_error_api(m->pool, MONGOC_ERROR_API_VERSION_2);
    return inspect_server(m, err);
}

void pc_mongo_disconnect(struct pc_mongo *m)
{
    if (m->pool)
        mongoc_client_pool_destroy(m->pool);
    free(m->db);
}

enum pc_code pc_mongo_acquire(struct pc_mongo *m, struct pc_mongo_connection *conn,
                              struct pc_err *err)
{
    *conn = (struct pc_mongo_connection){.m = m, .client = mongoc_client_pool_pop(m->pool)};
    return conn->client ? PC_OK
                        : pc_fail_detail(err, PC_E_STORE_UNAVAILABLE,
                                         "mongo: no connection of the pool came free in time");
}

void pc_mongo_release(struct pc_mongo_connection *conn)
{
    mongoc_client_pool_push(conn->m->pool, conn->client);
}

enum pc_code pc_mongo_open_patient(const struct pc_mongo_connection *conn,
                                   struct pc_mongo_connection *patient, struct pc_err *err)
{
    mongoc_uri_t *uri = mongoc_uri_copy(mongoc_client_get_uri(conn->client));
    mongoc_uri_set_option_as_int32(uri, MONGOC_URI_SOCKETTIMEOUTMS, PATIENT_ANSWER_MS);
    /* A client outside a pool looks for a server only once unless it is told otherwise. */
    mongoc_uri_set_option_as_bool(uri, MONGOC_URI_SERVERSELECTIONTRYONCE, false);
    *patient =
        (struct pc_mongo_connection){.m = conn->m, .client = mongoc_client_new_from_uri(uri)};
    mongoc_uri_destroy(uri);
    if (!patient->client)
        return pc_fail(err, PC_E_CONFIG, "The options in the URL of MongoDB cannot be used.");
    mongoc_client_set_error_api(patient->client, MONGOC_ERROR_API_VERSION_2);
    return PC_OK;
}

void pc_mongo_close_patient(struct pc_mongo_connection *patient)
{
    mongoc_client_destroy(patient->client);
}

/* --- commands --- */

static mongoc_collection_t *open_collection(struct pc_mongo_connection *conn,
                                            enum pc_mongo_collection collection)
{
    return mongoc_client_get_collection(conn->client, conn->m->db, names[collection]);
}

/* Gives. */
static bson_t *write_opts(enum pc_mongo_write_concern concern)
{
    bson_t *opts = bson_new();
    if (concern == MONGO_QUICK) {
        mongoc_write_concern_t *quick = mongoc_write_concern_new();
        mongoc_write_concern_set_w(quick, 1);
        mongoc_write_concern_append(quick, opts);
        mongoc_write_concern_destroy(quick);
    }
    return opts;
}

mongoc_cursor_t *pc_mongo_find(struct pc_mongo_connection *conn,
                               enum pc_mongo_collection collection, bson_t *filter, bson_t *opts)
{
    mongoc_collection_t *c = open_collection(conn, collection);
    mongoc_cursor_t *cursor = mongoc_collection_find_with_opts(c, filter, opts, NULL);
    mongoc_collection_destroy(c);
    bson_destroy(filter);
    bson_destroy(opts);
    return cursor;
}

void pc_mongo_put_read_concern(const struct pc_mongo_connection *conn, bson_t *opts)
{
    if (conn->m->majority_reads)
        BCON_APPEND(opts, "readConcern", "{", "level", BCON_UTF8("majority"), "}");
}

enum pc_code pc_mongo_end_find(mongoc_cursor_t *cursor, struct pc_err *err)
{
    bson_error_t e;
    enum pc_code rc = mongoc_cursor_error(cursor, &e) ? pc_mongo_fail(err, &e) : PC_OK;
    mongoc_cursor_destroy(cursor);
    return rc;
}

enum pc_code pc_mongo_find_one(struct pc_mongo_connection *conn,
                               enum pc_mongo_collection collection, bson_t *filter, bson_t *opts,
                               bson_t **doc, struct pc_err *err)
{
    const bson_t *found;
    *doc = NULL;
    if (!opts)
        opts = bson_new();
    BSON_APPEND_INT64(opts, "limit", 1);
    BSON_APPEND_BOOL(opts, "singleBatch", true);
    mongoc_cursor_t *cursor = pc_mongo_find(conn, collection, filter, opts);
    if (mongoc_cursor_next(cursor, &found))
        *doc = bson_copy(found);
    return pc_mongo_end_find(cursor, err);
}

int64_t pc_mongo_number(const bson_t *doc, const char *key)
{
    bson_iter_t it;
    return bson_iter_init_find(&it, doc, key) ? bson_iter_as_int64(&it) : 0;
}

enum pc_code pc_mongo_update(struct pc_mongo_connection *conn, enum pc_mongo_collection collection,
                             bson_t *filter, bson_t *update, enum pc_mongo_write_concern concern,
                             int64_t *n, struct pc_err *err)
{
    bson_error_t e;
    bson_t reply, *opts = write_opts(concern);
    mongoc_collection_t *c = open_collection(conn, collection);
    bool ok = mongoc_collection_update_one(c, filter, update, opts, &reply, &e);
    if (n)
        *n = pc_mongo_number(&reply, "matchedCount");
    bson_destroy(&reply);
    mongoc_collection_destroy(c);
    bson_destroy(filter);
    bson_destroy(update);
    bson_destroy(opts);
    return ok ? PC_OK : pc_mongo_fail(err, &e);
}

/* Gives the "value" of findAndModify's reply, or NULL. */
static bson_t *value_of(const bson_t *reply)
{
    bson_iter_t it;
    uint32_t len;
    const uint8_t *data;
    if (!bson_iter_init_find(&it, reply, "value") || !BSON_ITER_HOLDS_DOCUMENT(&it))
        return NULL;
    bson_iter_document(&it, &len, &data);
    return bson_new_from_data(data, len);
}

enum pc_code pc_mongo_modify(struct pc_mongo_connection *conn, enum pc_mongo_collection collection,
                             bson_t *filter, bson_t *update, enum pc_mongo_write_concern concern,
                             bson_t **doc, struct pc_err *err)
{
    bson_error_t e;
    bson_t reply, *extra = write_opts(concern);
    mongoc_collection_t *c = open_collection(conn, collection);
    mongoc_find_and_modify_opts_t *opts = mongoc_find_and_modify_opts_new();
    if (update)
        mongoc_find_and_modify_opts_set_update(opts, update);
    mongoc_find_and_modify_opts_set_flags(opts, update ? MONGOC_FIND_AND_MODIFY_RETURN_NEW
                                                       : MONGOC_FIND_AND_MODIFY_REMOVE);
    if (!bson_empty(extra))
        mongoc_find_and_modify_opts_append(opts, extra);
    bool ok = mongoc_collection_find_and_modify_with_opts(c, filter, opts, &reply, &e);
    *doc = ok ? value_of(&reply) : NULL;
    bson_destroy(&reply);
    mongoc_find_and_modify_opts_destroy(opts);
    mongoc_collection_destroy(c);
    bson_destroy(filter);
    bson_destroy(update);
    bson_destroy(extra);
    return ok ? PC_OK : pc_mongo_fail(err, &e);
}

enum pc_code pc_mongo_insert(struct pc_mongo_connection *conn, enum pc_mongo_collection collection,
                             bson_t *doc, enum pc_mongo_write_concern concern, bool *duplicate,
                             struct pc_err *err)
{
    bson_error_t e;
    bson_t *opts = write_opts(concern);
    mongoc_collection_t *c = open_collection(conn, collection);
    bool ok = mongoc_collection_insert_one(c, doc, opts, NULL, &e);
    *duplicate = !ok && pc_mongo_is_duplicate(&e);
    mongoc_collection_destroy(c);
    bson_destroy(doc);
    bson_destroy(opts);
    return ok || *duplicate ? PC_OK : pc_mongo_fail(err, &e);
}

enum pc_code pc_mongo_insert_many(struct pc_mongo_connection *conn,
                                  enum pc_mongo_collection collection, bson_t **docs, size_t n,
                                  bool *refused, struct pc_err *err)
{
    bson_error_t e;
    bson_t *opts = write_opts(MONGO_DURABLE);
    mongoc_collection_t *c = open_collection(conn, collection);
    BSON_APPEND_BOOL(opts, "ordered", false);
    bool ok = n == 0 || mongoc_collection_insert_many(c, (const bson_t **)docs, n, opts, NULL, &e);
    *refused = !ok && pc_mongo_is_duplicate(&e);
    mongoc_collection_destroy(c);
    bson_destroy(opts);
    for (size_t i = 0; i < n; i++)
        bson_destroy(docs[i]);
    free(docs);
    return ok || *refused ? PC_OK : pc_mongo_fail(err, &e);
}

enum pc_code pc_mongo_delete(struct pc_mongo_connection *conn, enum pc_mongo_collection collection,
                             bson_t *filter, struct pc_err *err)
{
    bson_error_t e;
    mongoc_collection_t *c = open_collection(conn, collection);
    bool ok = mongoc_collection_delete_many(c, filter, NULL, NULL, &e);
    mongoc_collection_destroy(c);
    bson_destroy(filter);
    return ok ? PC_OK : pc_mongo_fail(err, &e);
}

enum pc_code pc_mongo_command(struct pc_mongo_connection *conn, const char *db, bson_t *command,
                              bson_t *reply, struct pc_err *err)
{
    bson_error_t e;
    bool ok = mongoc_client_command_simple(conn->client, db, command, NULL, reply, &e);
    bson_destroy(command);
    return ok ? PC_OK : pc_mongo_fail(err, &e);
}
