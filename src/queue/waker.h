/* A place where takers sleep until something is added: for drivers.
 *
 *     struct pc_waker_mark mark = pc_waker_look(&w);   // before looking for a job
 *     ... no job there ...
 *     if (pc_waker_sleep(&w, &mark, ms)) return;       // woken to stop
 *     ... look again: something was added since the mark, or the time is over
 *
 * What is added between the look and the sleep is not missed: sleep returns at once then.
 * Threads: all functions but init and finish may be called by any thread.
 */
#ifndef PC_QUEUE_WAKER_H
#define PC_QUEUE_WAKER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct pc_waker {
    pthread_mutex_t lock; /* guards both counters */
    pthread_cond_t changed;
    uint64_t added, woken;
};

struct pc_waker_mark {
    uint64_t added, woken;
};

void pc_waker_init(struct pc_waker *w);
void pc_waker_finish(struct pc_waker *w); /* nobody may sleep in it */

struct pc_waker_mark pc_waker_look(struct pc_waker *w);
/* At most ms. True when pc_waker_wake came since the mark; else mark is moved to now. */
bool pc_waker_sleep(struct pc_waker *w, struct pc_waker_mark *mark, int64_t ms);
/* One sleeper goes and looks. */
void pc_waker_added(struct pc_waker *w);
/* All sleepers go home. */
void pc_waker_wake(struct pc_waker *w);

#endif
