/* A store of the SQLite driver in a folder of its own, and ways around the driver. */
#ifndef PC_TESTS_RECORDS_SQLITE_PLACE_H
#define PC_TESTS_RECORDS_SQLITE_PLACE_H

#include <sqlite3.h>

#include "../contract.h"
#include "records/records.h"

struct test_store {
    char *dir, *file, *url;
};

int sqlite_setup(void **state); /* *state is struct place, nothing is there yet */
int sqlite_teardown(void **state);
#define WITH_SQLITE_STORE(fn) cmocka_unit_test_setup_teardown(fn, sqlite_setup, sqlite_teardown)

enum pc_code try_open(const struct test_store *p, struct pc_records **rs, struct pc_err *err);
struct pc_records *open_store(const struct test_store *p); /* or fails the test */
enum pc_code insert(struct pc_records *rs, const char *url, struct pc_err *err);
/* The file, past the driver. */
sqlite3 *raw(const struct test_store *p);

#endif
