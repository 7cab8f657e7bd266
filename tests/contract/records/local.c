/* The contract of records/driver.h, run against every driver that needs no server. */
#include "base/mem.h"
#include "records/drivers.h"
#include "suite.h"

static char *memory_url(const char *dir)
{
    (void)dir;
    return pc_xstrdup("memory:");
}

static char *sqlite_url(const char *dir)
{
    return pc_xasprintf("sqlite:%s/records.db", dir);
}

static const struct contract_driver drivers[] = {
    {.name = "memory", .driver = &pc_records_memory, .url = memory_url, .can = CAN_MANY},
    {.name = "sqlite",
     .driver = &pc_records_sqlite,
     .url = sqlite_url,
     .can = CAN_PERSIST | CAN_SHARE | CAN_MANY},
};

int main(void)
{
    return suite_run(drivers, sizeof drivers / sizeof *drivers);
}
