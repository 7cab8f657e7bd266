/* How long to wait before the next attempt at something that fails: the first wait, then twice as
 * long each time, up to a limit.
 *
 *     struct pc_backoff backoff = {.first_ms = 100, .max_ms = 2000};
 *     while (connect_to_server() != PC_OK)
 *         pc_clock_sleep_ms(pc_backoff_next_ms(&backoff));   // 100, 200, 400, ... 2000, 2000
 *     pc_backoff_reset(&backoff);
 *
 * Threads: a back-off belongs to one thread, or is guarded by its owner's lock.
 */
#ifndef PC_BASE_BACKOFF_H
#define PC_BASE_BACKOFF_H

#include <stdint.h>

struct pc_backoff {
    int64_t first_ms, max_ms; /* set by the owner, 0 < first_ms <= max_ms */
    int64_t current_ms;       /* the last wait that was handed out; 0: nothing has failed yet */
};

/* The wait after one more failure. */
int64_t pc_backoff_next_ms(struct pc_backoff *backoff);
/* It worked: the next wait is first_ms again. */
void pc_backoff_reset(struct pc_backoff *backoff);

/* A random wait between half of wait_ms and all of it, so that many processes that failed together
 * do not come back together. */
int64_t pc_backoff_jitter_ms(int64_t wait_ms);

#endif
