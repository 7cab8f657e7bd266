#include "main/signals.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"

/* Set before the handler is installed. */
static atomic_int signals_received;
static _Atomic int64_t first_signal_ms;
static int wake_fd = -1;
static void (*stop_hook)(void *ctx);
static void *stop_ctx;

static void on_signal(int number)
{
    int interrupted = errno;
    if (atomic_fetch_add(&signals_received, 1) > 0)
        _exit(128 + number);
    atomic_store(&first_signal_ms, pc_clock_mono_ms());
    eventfd_write(wake_fd, 1);
    if (stop_hook)
        stop_hook(stop_ctx);
    errno = interrupted;
}

void pc_signals_catch(void (*hook)(void *ctx), void *ctx)
{
    wake_fd = eventfd(0, EFD_CLOEXEC);
    if (wake_fd < 0)
        abort();
    stop_hook = hook;
    stop_ctx = ctx;
    struct sigaction act = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigaction(SIGINT, &act, NULL);
    sigaction(SIGTERM, &act, NULL);
    signal(SIGPIPE, SIG_IGN);
}

int64_t pc_signals_since_ms(void)
{
    int64_t first = atomic_load(&first_signal_ms);
    return first ? pc_clock_mono_ms() - first : 0;
}

bool pc_signals_stop_requested(void)
{
    return atomic_load(&signals_received) > 0;
}

void pc_signals_wait(void)
{
    eventfd_t value;
    while (!pc_signals_stop_requested())
        (void)eventfd_read(wake_fd, &value);
}
