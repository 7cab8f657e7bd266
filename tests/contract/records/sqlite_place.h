/* A store of the SQLite driver in a folder of its own, and ways around the driver. */
#ifndef PC_TESTS_RECORDS_SQLITE_PLACE_H
#define PC_TESTS_RECORDS_SQLITE_PLACE_H

#include <sqlite3.h>

#include "../contract.h"
#include "records/records.h"

struct place {
    char *dir, *file, *address;
};

int sqlite_setup(void **state); /* *state is struct place, nothing is there yet */
int sqlite_teardown(void **state);
#define AT_A_PLACE(fn) cmocka_unit_test_setup_teardown(fn, sqlite_setup, sqlite_teardown)

enum pc_code try_open(const struct place *p, struct pc_records **rs, struct pc_err *err);
struct pc_records *open_store(const struct place *p); /* or fails the test */
enum pc_code insert(struct pc_records *rs, const char *url, struct pc_err *err);
/* The file, past the driver. */
sqlite3 *raw(const struct place *p);

#endif
