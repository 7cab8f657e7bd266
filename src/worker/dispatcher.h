/* Dispatcher: where the workers of a process report completed jobs and get the next ones.
 *
 * A few threads of the dispatcher talk to the queue for all workers. Whatever is reported while a
 * request is under way goes with the next request. So a lone worker on slow jobs costs one step a
 * job, while many workers on quick jobs share a step; batches are what Redis and SQLite are quickest
 * at.
 *
 * While jobs are quick, the dispatcher also prefetches: as many jobs as the workers can do within
 * PC_DISPATCHER_PREFETCH_MS, judged by the slowest of the latest jobs. So quick jobs do not wait for
 * a reply, and slow jobs, which another process could start sooner, are never prefetched. When jobs
 * turn slow, those that were prefetched are released, as are those that nobody takes soon; their
 * attempts are not counted. So a job that is more urgent than all others waits for the running jobs
 * only. If the process dies, prefetched jobs come back when their leases expire.
 *
 * Once a job is reported, its worker is done with it. While the queue is unavailable, the dispatcher
 * tries again for as long as a lease lasts; after that another worker has the job anyway.
 *
 * Ownership: the dispatcher takes the jobs that are reported and gives those that it hands out.
 * Threads: any number of workers at once; create, and destroy after the workers have left, from one
 * thread.
 */
#ifndef PC_WORKER_DISPATCHER_H
#define PC_WORKER_DISPATCHER_H

#include "queue/queue.h"

enum { PC_DISPATCHER_PREFETCH_MS = 5 };

struct pc_dispatcher;

/* For n workers. Gives *out; borrows q, whose leases last lease_ms. Errors: internal (a thread
 * cannot be started). */
PC_NODISCARD enum pc_code pc_dispatcher_create(struct pc_queue *q, int workers, int64_t lease_ms,
                                               struct pc_dispatcher **out, struct pc_err *err);
/* Reports what is left, once, and releases the prefetched jobs. Takes NULL. */
void pc_dispatcher_destroy(struct pc_dispatcher *d);

/* As pc_queue_take. */
PC_NODISCARD enum pc_code pc_dispatcher_take(struct pc_dispatcher *d, int64_t wait_ms,
                                             struct pc_job *job, bool *got, struct pc_err *err);
/* Reports job, which this dispatcher handed out, as complete, and takes it. (A job that failed or is
 * released is reported to the queue itself.) If *got, job becomes the next one, else zeroed memory;
 * that does not mean that the queue is empty: go on with pc_dispatcher_take. */
void pc_dispatcher_complete_and_take(struct pc_dispatcher *d, struct pc_job *job, bool *got);
/* From now on no job is handed out, and takes that wait end at once: for a graceful stop. */
void pc_dispatcher_stop(struct pc_dispatcher *d);

#endif
