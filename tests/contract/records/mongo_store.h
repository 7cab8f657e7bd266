/* A server for tests and fresh databases on it: a mongod that refuses queries without an index,
 * started once by the test program; or the server at POSECRAFT_TEST_MONGODB
 * ("mongodb://127.0.0.1:27017/?...", without a database), where the tests use databases "pc_test_*".
 * Threads: the main thread. */
#ifndef PC_TESTS_MONGO_STORE_H
#define PC_TESTS_MONGO_STORE_H

#include <mongoc/mongoc.h>

#include "records/records.h"
#include "server.h"

/* NULL with the reason in *why when there is none. */
char *mongo_store_url(const char **why); /* gives; of a database that was never used */
/* Removes that database. */
void mongo_store_drop(const char *url);
bool mongo_store_refuses_scans(void);
/* Ends the server, if we started it. A teardown of cmocka's; state may be NULL. */
int mongo_store_teardown(void **state);

/* For tests of this driver alone. The URL of a fresh database; skips the test when there is no
 * server. Gives: mongo_store_remove removes the database and frees. */
char *mongo_store_fresh(void);
void mongo_store_remove(char *url);
struct pc_records *mongo_open_at(const char *url);
int64_t mongo_insert_url(struct pc_records *rs, const char *url); /* a new one; answers its id */
int64_t mongo_last_seq(struct pc_records *rs);

/* The database without the driver, as another program uses it. Documents that are given are taken. */
struct direct {
    mongoc_client_t *client;
    mongoc_database_t *db;
};
struct direct direct_open(const char *url);
void direct_close(struct direct *d);
void direct_insert(struct direct *d, const char *collection, bson_t *doc);
void direct_update(struct direct *d, const char *collection, bson_t *filter, bson_t *update);
bson_t *direct_find(struct direct *d, const char *collection, bson_t *filter); /* gives, or NULL */
/* What another process does that has taken the seq after below and has not written yet. */
int64_t direct_take_seq(struct direct *d, const char *token, int64_t below);

#endif
