/* {_id: name, version, text} in the collection `kept`. */

#include "records/mongo/internal.h"

#include "base/mem.h"

enum pc_code pc_mongo_get_setting(struct pc_records *rs, const char *name, char **text,
                                  int64_t *version, struct pc_err *err)
{
    struct pc_mongo_connection conn;
    bson_t *doc;
    bson_iter_t it;
    enum pc_code rc = pc_mongo_acquire(PC_RECORDS_SELF(struct pc_mongo, rs), &conn, err);
    if (rc)
        return rc;
    rc =
        pc_mongo_find_one(&conn, MONGO_SETTINGS, BCON_NEW("_id", BCON_UTF8(name)), NULL, &doc, err);
    if (doc && bson_iter_init_find(&it, doc, "version"))
        *version = bson_iter_as_int64(&it);
    if (doc && bson_iter_init_find(&it, doc, "text") && BSON_ITER_HOLDS_UTF8(&it))
        *text = pc_xstrdup(bson_iter_utf8(&it, NULL));
    bson_destroy(doc);
    pc_mongo_release(&conn);
    return rc;
}

static enum pc_code insert_setting(struct pc_mongo_connection *conn, const char *name,
                                   const char *text, bool *changed, struct pc_err *err)
{
    bool exists;
    bson_t *doc = BCON_NEW("_id", BCON_UTF8(name), "version", BCON_INT64(1));
    if (text)
        BSON_APPEND_UTF8(doc, "text", text);
    else
        BSON_APPEND_NULL(doc, "text");
    enum pc_code rc = pc_mongo_insert(conn, MONGO_SETTINGS, doc, MONGO_DURABLE, &exists, err);
    *changed = !rc && !exists;
    return rc;
}

static enum pc_code update_setting(struct pc_mongo_connection *conn, const char *name,
                                   const char *text, int64_t seen_version, bool *changed,
                                   struct pc_err *err)
{
    int64_t n;
    bson_t *update = bson_new(), set;
    BSON_APPEND_DOCUMENT_BEGIN(update, "$set", &set);
    BSON_APPEND_INT64(&set, "version", seen_version + 1);
    if (text)
        BSON_APPEND_UTF8(&set, "text", text);
    else
        BSON_APPEND_NULL(&set, "text");
    bson_append_document_end(update, &set);
    enum pc_code rc = pc_mongo_update(
        conn, MONGO_SETTINGS, BCON_NEW("_id", BCON_UTF8(name), "version", BCON_INT64(seen_version)),
        update, MONGO_DURABLE, &n, err);
    *changed = !rc && n > 0;
    return rc;
}

enum pc_code pc_mongo_put_setting(struct pc_records *rs, const char *name, const char *text,
                                  int64_t seen_version, int64_t *version, struct pc_err *err)
{
    struct pc_mongo_connection conn;
    bool changed = false;
    enum pc_code rc = pc_mongo_acquire(PC_RECORDS_SELF(struct pc_mongo, rs), &conn, err);
    if (rc)
        return rc;
    rc = seen_version ? update_setting(&conn, name, text, seen_version, &changed, err)
                      : insert_setting(&conn, name, text, &changed, err);
    pc_mongo_release(&conn);
    *version = seen_version + 1;
    return rc || changed ? rc : pc_fail(err, PC_E_CHANGED_MEANWHILE, NULL);
}
