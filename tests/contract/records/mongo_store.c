#include "mongo_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "records/drivers.h"
#include "support.h"

static struct test_server *server;

static const char *given_url(void)
{
    const char *url = getenv("POSECRAFT_TEST_MONGODB");
    return url && *url ? url : NULL;
}

bool mongo_store_refuses_scans(void)
{
    return !given_url();
}

char *mongo_store_url(const char **why)
{
    static int databases;
    char name[64];
    snprintf(name, sizeof name, "pc_test_%lld_%d_%d", (long long)pc_clock_wall_ms(), (int)getpid(),
             databases++);
    if (given_url()) {
        const char *host =
            strstr(given_url(), "://") ? strstr(given_url(), "://") + 3 : given_url();
        const char *options = strchr(host, '?');
        size_t len =
            strcspn(given_url() + (host - given_url()), "/?") + (size_t)(host - given_url());
        return pc_xasprintf("%.*s/%s%s", (int)len, given_url(), name, options ? options : "");
    }
    /* A query without an index is an error there: all of the driver's have one. */
    static const char *const by_index[] = {"--setParameter=notablescan=true", NULL};
    if (!server)
        server = test_server_start_with(TEST_MONGOD, by_index, why);
    return server ? pc_xasprintf("mongodb://127.0.0.1:%d/%s", test_server_port(server), name)
                  : NULL;
}

void mongo_store_drop(const char *url)
{
    mongoc_init();
    mongoc_client_t *client = mongoc_client_new(url);
    mongoc_database_t *db = client ? mongoc_client_get_default_database(client) : NULL;
    if (db)
        (void)!mongoc_database_drop(db, NULL);
    mongoc_database_destroy(db);
    mongoc_client_destroy(client);
}

int mongo_store_teardown(void **state)
{
    (void)state;
    test_server_stop(server);
    server = NULL;
    return 0;
}

char *mongo_store_fresh(void)
{
    const char *why = NULL;
    char *url = mongo_store_url(&why);
    if (!url)
        skip_because(why);
    return url;
}

struct pc_records *mongo_open_at(const char *url)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs;
    assert_ok(pc_records_open(&pc_records_mongo, url, &rs, &err), &err);
    return rs;
}

void mongo_store_remove(char *url)
{
    mongo_store_drop(url);
    free(url);
}

int64_t mongo_insert_url(struct pc_records *rs, const char *url)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    bool created;
    assert_ok(pc_records_insert(rs, &(struct pc_record_new){.url = url}, &r, &created, &err), &err);
    assert_true(created);
    int64_t id = r.id;
    pc_record_finish(&r);
    return id;
}

int64_t mongo_last_seq(struct pc_records *rs)
{
    struct pc_err err = PC_ERR_INIT;
    int64_t counts[PC_STATUS_COUNT], seq;
    assert_ok(pc_records_count(rs, NULL, counts, NULL, &seq, &err), &err);
    return seq;
}

struct direct direct_open(const char *url)
{
    struct direct d;
    mongoc_init();
    d.client = mongoc_client_new(url);
    mongoc_client_set_error_api(d.client, MONGOC_ERROR_API_VERSION_2);
    d.db = mongoc_client_get_default_database(d.client);
    return d;
}

void direct_close(struct direct *d)
{
    mongoc_database_destroy(d->db);
    mongoc_client_destroy(d->client);
}

void direct_insert(struct direct *d, const char *collection, bson_t *doc)
{
    bson_error_t e;
    mongoc_collection_t *c = mongoc_database_get_collection(d->db, collection);
    if (!mongoc_collection_insert_one(c, doc, NULL, NULL, &e))
        fail_msg("%s", e.message);
    mongoc_collection_destroy(c);
    bson_destroy(doc);
}

void direct_update(struct direct *d, const char *collection, bson_t *filter, bson_t *update)
{
    bson_error_t e;
    mongoc_collection_t *c = mongoc_database_get_collection(d->db, collection);
    if (!mongoc_collection_update_one(c, filter, update, NULL, NULL, &e))
        fail_msg("%s", e.message);
    mongoc_collection_destroy(c);
    bson_destroy(filter);
    bson_destroy(update);
}

bson_t *direct_find(struct direct *d, const char *collection, bson_t *filter)
{
    const bson_t *found;
    mongoc_collection_t *c = mongoc_database_get_collection(d->db, collection);
    mongoc_cursor_t *cursor = mongoc_collection_find_with_opts(c, filter, NULL, NULL);
    bson_t *doc = mongoc_cursor_next(cursor, &found) ? bson_copy(found) : NULL;
    mongoc_cursor_destroy(cursor);
    mongoc_collection_destroy(c);
    bson_destroy(filter);
    return doc;
}

int64_t direct_take_seq(struct direct *d, const char *token, int64_t below)
{
    char path[48];
    snprintf(path, sizeof path, "open.%s", token);
    direct_update(d, "store", BCON_NEW("_id", BCON_UTF8("images")),
                  BCON_NEW("$inc", "{", "seq", BCON_INT64(1), "}", "$set", "{", path,
                           BCON_INT64(below), "}"));
    return below + 1;
}
