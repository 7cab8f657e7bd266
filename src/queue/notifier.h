/* A place where takers sleep until something is added: for drivers.
 *
 *     struct pc_notifier_mark mark = pc_notifier_get_mark(&w);   // before looking for a job
 *     ... no job there ...
 *     if (pc_notifier_wait(&w, &mark, ms)) return;       // woken to stop
 *     ... look again: something was added since the mark, or the time is over
 *
 * What is added between the look and the sleep is not missed: sleep returns at once then.
 * Threads: all functions but init and finish may be called by any thread.
 */
#ifndef PC_QUEUE_NOTIFIER_H
#define PC_QUEUE_NOTIFIER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct pc_notifier {
    pthread_mutex_t lock; /* guards both counters */
    pthread_cond_t changed;
    uint64_t notified, woken;
};

struct pc_notifier_mark {
    uint64_t notified, woken;
};

void pc_notifier_init(struct pc_notifier *notifier);
void pc_notifier_finish(struct pc_notifier *notifier); /* nobody may sleep in it */

struct pc_notifier_mark pc_notifier_get_mark(struct pc_notifier *notifier);
/* At most ms. True when pc_notifier_wake_all came since the mark; else mark is moved to now. */
bool pc_notifier_wait(struct pc_notifier *notifier, struct pc_notifier_mark *mark, int64_t ms);
/* One sleeper goes and looks. */
void pc_notifier_notify(struct pc_notifier *notifier);
/* All sleepers go home. */
void pc_notifier_wake_all(struct pc_notifier *notifier);

#endif
