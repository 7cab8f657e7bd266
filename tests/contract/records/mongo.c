/* The contract of records/driver.h, run against the MongoDB driver on a real server. */
#include "base/mem.h"
#include "mongo_place.h"
#include "records/drivers.h"
#include "suite.h"

static char *fresh_database(const char *dir)
{
    const char *why;
    (void)dir;
    return mongo_place_address(&why);
}

int main(void)
{
    /* FerretDB reads the whole collection for each change. */
    const struct contract_driver driver = {
        .name = mongo_place_is_ferretdb() ? "ferretdb" : "mongod",
        .driver = &pc_records_mongo,
        .address = fresh_database,
        .absent = mongo_place_is_ferretdb() ? "there is no ferretdb here "
                                              "(scripts/setup services)"
                                            : "there is no mongod here "
                                              "(scripts/setup services)",
        .cleanup = mongo_place_drop,
        .can = CAN_PERSIST | CAN_SHARE | (mongo_place_is_ferretdb() ? 0 : CAN_MANY)};
    int failed = suite_run(&driver, 1);
    mongo_place_end();
    return failed;
}
