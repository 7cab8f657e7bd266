/* The drivers that need no server. */
#include "base/mem.h"
#include "queue/drivers.h"
#include "suite.h"

static char *memory_store_url(const char *dir)
{
    (void)dir;
    return pc_xstrdup("memory:");
}

static char *sqlite_store_url(const char *dir)
{
    return pc_xasprintf("sqlite:%s/queue.db", dir);
}

const struct contract_case *const suite_files[] = {job_cases, concurrency_cases, dispatcher_cases,
                                                   NULL};
const struct contract_driver suite_drivers[] = {
    {.name = "memory", .driver = &pc_queue_memory, .url = memory_store_url},
    {.name = "sqlite",
     .driver = &pc_queue_sqlite,
     .url = sqlite_store_url,
     .can = CAN_PERSIST | CAN_SHARE},
};
const size_t suite_n_drivers = sizeof suite_drivers / sizeof *suite_drivers;
