/* Notifier: where takers sleep until a job is added. For drivers.
 *
 *     struct pc_notifier_mark mark = pc_notifier_get_mark(&n);   // before looking for a job
 *     ... there is none ...
 *     if (pc_notifier_wait(&n, &mark, ms))
 *         return;                                                // woken to stop
 *     ... look again: a job was added since the mark, or the time is over
 *
 * A job that is added between the look and the wait is not missed: the wait returns at once.
 * Threads: any thread, except for init and finish.
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
void pc_notifier_finish(struct pc_notifier *notifier); /* nobody may wait */

struct pc_notifier_mark pc_notifier_get_mark(struct pc_notifier *notifier);
/* Waits up to ms. True if pc_notifier_wake_all was called since the mark; otherwise sets *mark to
 * the present. */
bool pc_notifier_wait(struct pc_notifier *notifier, struct pc_notifier_mark *mark, int64_t ms);
/* A job was added, or its due time changed: one taker looks again. */
void pc_notifier_notify(struct pc_notifier *notifier);
/* All waits end. */
void pc_notifier_wake_all(struct pc_notifier *notifier);

#endif
