/* A MongoDB-wire server for tests and fresh databases on it: FerretDB, started once by the test
 * program, or the server at POSECRAFT_TEST_MONGODB ("mongodb://127.0.0.1:27017/?...", without a
 * database), where the tests use databases "pc_test_*".
 * Threads: the main thread. */
#ifndef PC_TESTS_MONGO_PLACE_H
#define PC_TESTS_MONGO_PLACE_H

#include "server.h"

/* NULL with the reason in *why when there is none. */
char *mongo_place_address(const char **why); /* gives; of a database that was never used */
/* Removes that database: FerretDB keeps many files open for each. */
void mongo_place_drop(const char *address);
bool mongo_place_is_ferretdb(void);
/* Ends the server, if we started it. */
void mongo_place_end(void);

#endif
