/* Worker pool: the threads of a process that take jobs, keep their leases alive and process them.
 *
 * Each worker is a thread that runs one job at a time (attempt.h). One more thread renews the
 * leases of all running jobs, so that a long job never loses its lease while its process lives.
 * Another one runs the sweeper. While a store is unavailable or full, the workers pause, and no
 * image fails because of it.
 *
 * Ownership: start gives the pool; it borrows the service and the queue. stop frees it, and takes
 * NULL.
 * Threads: call start and stop from one thread.
 */
#ifndef PC_WORKER_POOL_H
#define PC_WORKER_POOL_H

#include "base/err.h"
#include "service/service.h"

struct pc_worker_pool;

/* Starts n workers. Errors: internal (a thread cannot be started). */
PC_NODISCARD enum pc_code pc_worker_pool_start(struct pc_service *svc, struct pc_queue *queue,
                                               int n, struct pc_worker_pool **out,
                                               struct pc_err *err);
/* Takes no more jobs. Running ones may finish within grace_ms; after that they are released. Joins
 * all threads. */
void pc_worker_pool_stop(struct pc_worker_pool *pool, int64_t grace_ms);

#endif
