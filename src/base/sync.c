#include "base/sync.h"

#include <errno.h>
#include <time.h>

void pc_sync_cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &attr);
    pthread_condattr_destroy(&attr);
}

bool pc_sync_wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t until_ms)
{
    if (until_ms == INT64_MAX)
        return pthread_cond_wait(cond, lock) == 0;
    if (until_ms < 0)
        until_ms = 0;
    const struct timespec until = {.tv_sec = (time_t)(until_ms / 1000),
                                   .tv_nsec = (long)(until_ms % 1000) * 1000000};
    return pthread_cond_timedwait(cond, lock, &until) != ETIMEDOUT;
}
