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
    const struct contract_driver driver = {.name = "mongod",
                                           .driver = &pc_records_mongo,
                                           .url = fresh_database,
                                           .absent =
                                               "there is no mongod here (scripts/setup services)",
                                           .cleanup = mongo_store_drop,
                                           .can = CAN_PERSIST | CAN_SHARE | CAN_MANY};
    int failed = suite_run(&driver, 1);
    mongo_store_teardown(NULL);
    return failed;
}
