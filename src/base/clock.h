/* Time. Wall time is for records and people, monotonic time for deadlines and durations. In
 * milliseconds, unless the name says otherwise.
 * Threads: safe. */
#ifndef PC_BASE_CLOCK_H
#define PC_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

int64_t pc_clock_wall_ms(void); /* since 1970-01-01T00:00:00Z */
int64_t pc_clock_mono_ms(void);
int64_t pc_clock_mono_us(void);
/* Writes "2026-11-22T10:15:30.123Z" and returns out. */
char *pc_clock_iso(int64_t wall_ms, char out[25]);
void pc_clock_sleep_ms(int64_t ms);

/* A deadline in monotonic time; at_ms 0 means no limit. */
struct pc_deadline {
    int64_t at_ms;
};
struct pc_deadline pc_deadline_in(int64_t ms);     /* ms <= 0: no limit */
int64_t pc_deadline_left_ms(struct pc_deadline d); /* never below 0; INT64_MAX without a limit */
bool pc_deadline_expired(struct pc_deadline d);

#endif
