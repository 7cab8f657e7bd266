#include "main/ending.h"

#include <pthread.h>
#include <stdbool.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "main/commands.h"

/* As the signals', its state is the process's. */
static struct {
    pthread_t thread;
    bool started;
    int64_t until_ms;     /* set before the thread starts */
    pthread_mutex_t lock; /* guards done */
    pthread_cond_t wake;
    bool done;
} ending = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *watch(void *ctx)
{
    (void)ctx;
    struct timespec until = {.tv_sec = ending.until_ms / 1000,
                             .tv_nsec = ending.until_ms % 1000 * 1000000};
    pthread_mutex_lock(&ending.lock);
    while (!ending.done && pc_mono_ms() < ending.until_ms)
        pthread_cond_timedwait(&ending.wake, &ending.lock, &until);
    bool done = ending.done;
    pthread_mutex_unlock(&ending.lock);
    if (done)
        return NULL;
    pc_log(PC_LOG_WARN, "a store does not answer; ending without it, what runs is cut off");
    _exit(PC_EXIT_OK);
}

int64_t pc_ending_begin(int64_t grace_ms)
{
    int64_t since_ms = pc_signals_since_ms();
    int64_t left_ms = grace_ms > since_ms ? grace_ms - since_ms : 0;
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&ending.wake, &attr);
    pthread_condattr_destroy(&attr);
    ending.until_ms = pc_mono_ms() + left_ms + PC_ENDING_MORE_MS;
    ending.started = pthread_create(&ending.thread, NULL, watch, NULL) == 0;
    return left_ms;
}

void pc_ending_done(void)
{
    if (!ending.started)
        return;
    pthread_mutex_lock(&ending.lock);
    ending.done = true;
    pthread_cond_signal(&ending.wake);
    pthread_mutex_unlock(&ending.lock);
    pthread_join(ending.thread, NULL);
}
