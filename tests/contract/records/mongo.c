/* The contract of records/driver.h, run against the MongoDB driver on a real server. */
#include "base/mem.h"
#include "mongo_store.h"
#include "records/drivers.h"
#include "suite.h"

static char *fresh_database(const char *dir)
{
    const char *why;
    (void)dir;
    return mongo_store_url(&why);
}

int main(void)
{
    /* FerretDB reads the whole collection for each change. */
    const struct contract_driver driver = {
        .name = mongo_store_is_ferretdb() ? "ferretdb" : "mongod",
        .driver = &pc_records_mongo,
        .url = fresh_database,
        .absent = mongo_store_is_ferretdb() ? "there is no ferretdb here "
                                              "(scripts/setup services)"
                                            : "there is no mongod here "
                                              "(scripts/setup services)",
        .cleanup = mongo_store_drop,
        .can = CAN_PERSIST | CAN_SHARE | (mongo_store_is_ferretdb() ? 0 : CAN_MANY)};
    int failed = suite_run(&driver, 1);
    mongo_store_end_server();
    return failed;
}
