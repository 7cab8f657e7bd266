/* The driver on Redis: all of the contract, and what is Redis' and Bull's own (bull_faults.c,
 * bull_layout.c). One server serves all; each case has keys of its own. */
#include "base/mem.h"
#include "bull.h"
#include "queue/drivers.h"
#include "server.h"

static struct test_server *server;
static const char *why_absent;

static void stop_server(void)
{
    test_server_stop(server);
}

struct test_server *bull_server(void)
{
    if (!server && !why_absent) {
        server = test_server_start(TEST_REDIS, &why_absent);
        atexit(stop_server);
    }
    return server;
}

static char *redis_store_url(const char *dir)
{
    const struct test_server *s = bull_server();
    return s ? pc_xasprintf("redis://127.0.0.1:%d/1?prefix=%s", test_server_port(s), dir) : NULL;
}

const struct contract_case *const suite_files[] = {
    job_cases, concurrency_cases, dispatcher_cases, bull_layout_cases, bull_fault_cases, NULL};
const struct contract_driver suite_drivers[] = {
    {.name = "redis",
     .driver = &pc_queue_bull,
     .url = redis_store_url,
     .absent = "there is no redis-server here",
     .can = CAN_PERSIST | CAN_SHARE},
};
const size_t suite_n_drivers = sizeof suite_drivers / sizeof *suite_drivers;
