/* Desk: where the workers of one process hand in jobs that are over and get the next ones.
 *
 * One thread asks the queue for all of them: what is handed in while it waits for an answer goes
 * with its next question. So a lone worker on slow jobs costs one step a job, and many workers on
 * quick jobs share one step, which is what Redis and SQLite are quickest at.
 *
 * While jobs are quick, the desk also takes some ahead: what its workers do within
 * PC_DISPATCHER_PREFETCH_MS, by the slowest of the latest jobs. So quick jobs do not wait for answers, and
 * slow ones, which another process could begin sooner, are never taken ahead. A job that lies here
 * too long all the same goes back, its try not counted. A process that dies leaves such jobs to
 * their leases.
 *
 * A job that is handed in is over for its worker; while the queue is away the desk keeps trying, as
 * long as a lease lasts. After that another has the job anyway.
 *
 * Ownership: jobs that are handed in are the desk's, jobs that it gives are the worker's.
 * Threads: any number of workers; open, and close after they have left, by one.
 */
#ifndef PC_WORKER_DISPATCHER_H
#define PC_WORKER_DISPATCHER_H

#include "queue/queue.h"

enum { PC_DISPATCHER_PREFETCH_MS = 5 };

struct pc_dispatcher;

/* For so many workers. Gives *out; borrows q, whose leases last lease_ms. Errors: internal (no
 * thread). */
PC_NODISCARD enum pc_code pc_dispatcher_create(struct pc_queue *q, int workers, int64_t lease_ms,
                                               struct pc_dispatcher **out, struct pc_err *err);
/* Hands in what is left, once, and gives back what was taken ahead. Takes NULL. */
void pc_dispatcher_destroy(struct pc_dispatcher *dispatcher);

/* As pc_queue_take. */
PC_NODISCARD enum pc_code pc_dispatcher_take(struct pc_dispatcher *dispatcher, int64_t wait_ms,
                                             struct pc_job *job, bool *got, struct pc_err *err);
/* job, from this desk, is over: takes it. (One that failed or goes back is told to the queue.) It
 * becomes the next one, or zeroed memory where !*got; that says nothing of the queue: take as
 * usual. */
void pc_dispatcher_complete_and_take(struct pc_dispatcher *dispatcher, struct pc_job *job,
                                     bool *got);
/* From now on next and take give none: for a graceful stop. Takes that wait end at once. */
void pc_dispatcher_stop(struct pc_dispatcher *dispatcher);

#endif
