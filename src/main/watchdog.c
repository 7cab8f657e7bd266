#include "main/watchdog.h"

#include <pthread.h>
#include <stdbool.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/sync.h"
#include "main/cli.h"
#include "main/signals.h"

/* There is one watchdog in a process. */
static struct {
    pthread_t thread;
    bool started;
    int64_t deadline_ms;  /* set before the thread starts */
    pthread_mutex_t lock; /* guards done */
    pthread_cond_t wake;
    bool done;
} watchdog = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *watch(void *ctx)
{
    (void)ctx;
    pthread_mutex_lock(&watchdog.lock);
    while (!watchdog.done &&
           pc_sync_wait_until(&watchdog.wake, &watchdog.lock, watchdog.deadline_ms))
        ;
    bool done = watchdog.done;
    pthread_mutex_unlock(&watchdog.lock);
    if (done)
        return NULL;
    pc_log(PC_LOG_WARN, "a store does not answer: ending without it, running work is aborted");
    _exit(PC_CLI_OK);
}

int64_t pc_watchdog_start(int64_t grace_ms)
{
    int64_t since_ms = pc_signals_since_ms();
    int64_t remaining_ms = grace_ms > since_ms ? grace_ms - since_ms : 0;
    pc_sync_cond_init(&watchdog.wake);
    watchdog.deadline_ms = pc_clock_mono_ms() + remaining_ms + PC_WATCHDOG_EXTRA_MS;
    watchdog.started = pthread_create(&watchdog.thread, NULL, watch, NULL) == 0;
    return remaining_ms;
}

void pc_watchdog_stop(void)
{
    if (!watchdog.started)
        return;
    pthread_mutex_lock(&watchdog.lock);
    watchdog.done = true;
    pthread_cond_signal(&watchdog.wake);
    pthread_mutex_unlock(&watchdog.lock);
    pthread_join(watchdog.thread, NULL);
}
