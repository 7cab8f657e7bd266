/* A clock that stands still until the test moves it, for the code under test: the test program is
 * linked with --wrap, so that calls of pc_clock_wall_ms, pc_clock_mono_ms and pc_sync_wait_until come
 * here. Waits end as soon as their time has come by this clock.
 * Threads: safe. */
#ifndef PC_TESTS_CLOCK_IN_HAND_H
#define PC_TESTS_CLOCK_IN_HAND_H

#include <stdint.h>

void clock_advance_ms(int64_t ms);

#endif
