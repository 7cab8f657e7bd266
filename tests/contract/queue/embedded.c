/* The drivers that need no server. */
#include "base/mem.h"
#include "queue/drivers.h"
#include "suite.h"

static char *memory_address(const char *dir)
{
    (void)dir;
    return pc_xstrdup("memory:");
}

static char *sqlite_address(const char *dir)
{
    return pc_xasprintf("sqlite:%s/queue.db", dir);
}

const struct contract_case *const suite_files[] = {job_cases, crowd_cases, desk_cases, NULL};
const struct contract_driver suite_drivers[] = {
    {.name = "memory", .driver = &pc_queue_memory, .address = memory_address},
    {.name = "sqlite",
     .driver = &pc_queue_sqlite,
     .address = sqlite_address,
     .can = CAN_PERSIST | CAN_SHARE},
};
const size_t suite_n_drivers = sizeof suite_drivers / sizeof *suite_drivers;
