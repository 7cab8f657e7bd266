/* Workers: threads that take jobs, keep their leases alive, and process them.
 *
 * One thread a worker; one more renews the leases of all running jobs, so that a long job never
 * loses its lease while its process lives; one runs the sweeper. While a store is away or full the
 * workers pause, and no image fails for it.
 *
 * Ownership: start gives; stop ends and frees, takes NULL.
 * Threads: start and stop from one thread.
 */
#ifndef PC_WORKER_POOL_H
#define PC_WORKER_POOL_H

#include "base/err.h"
#include "service/service.h"

struct pc_worker_pool;

PC_NODISCARD enum pc_code pc_worker_pool_start(struct pc_service *svc, struct pc_queue *queue,
                                               int n, struct pc_worker_pool **out,
                                               struct pc_err *err);
/* Takes no new jobs; running ones may finish within grace_ms, then they are given back. Joins all.
 */
void pc_worker_pool_stop(struct pc_worker_pool *pool, int64_t grace_ms);

#endif
