#include "base/clock.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

static int64_t read_us(clockid_t clock)
{
    struct timespec ts;
    clock_gettime(clock, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t pc_clock_wall_ms(void)
{
    return read_us(CLOCK_REALTIME) / 1000;
}

int64_t pc_clock_mono_ms(void)
{
    return read_us(CLOCK_MONOTONIC) / 1000;
}

int64_t pc_clock_mono_us(void)
{
    return read_us(CLOCK_MONOTONIC);
}

char *pc_clock_iso(int64_t wall_ms, char out[25])
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm tm;
    gmtime_r(&seconds, &tm);
    size_t n = strftime(out, 25, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(out + n, 25 - n, ".%03dZ", (int)(wall_ms % 1000));
    return out;
}

void pc_clock_sleep_ms(int64_t ms)
{
    struct timespec ts = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    while (nanosleep(&ts, &ts) == -1 && errno == EINTR)
        ;
}

struct pc_deadline pc_deadline_in(int64_t ms)
{
    return (struct pc_deadline){.at_ms = ms > 0 ? pc_clock_mono_ms() + ms : 0};
}

int64_t pc_deadline_left_ms(struct pc_deadline d)
{
    if (!d.at_ms)
        return INT64_MAX;
    int64_t left = d.at_ms - pc_clock_mono_ms();
    return left > 0 ? left : 0;
}

bool pc_deadline_expired(struct pc_deadline d)
{
    return pc_deadline_left_ms(d) == 0;
}
