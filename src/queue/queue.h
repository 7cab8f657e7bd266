/* Queue: which images wait for a worker. Callers' side; drivers implement queue/driver.h.
 *
 * A job is taken with a lease: the taker renews it (heartbeat) while alive; a lease that runs out
 * makes the job free again. So a job may run twice, never zero times. One image has at most one
 * job: adding while one waits or runs changes nothing.
 *
 * Ownership: struct pc_job owns its strings (pc_job_finish).
 * Threads: a struct pc_queue may be used by all threads at once.
 * Errors: queue_full, queue_unavailable (retryable), lease_lost.
 */
#ifndef PC_QUEUE_QUEUE_H
#define PC_QUEUE_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum pc_priority { PC_PRIORITY_SINGLE = 1, PC_PRIORITY_BATCH = 10 }; /* smaller runs first */

struct pc_job {
    char *id;    /* the driver's name of the job */
    char *token; /* proof of the lease */
    int64_t image_id;
    char *url;
    int attempt; /* 1 for the first try */
    int max_attempts;
};
void pc_job_finish(struct pc_job *job);

struct pc_queue_options {
    int64_t lease_ms;
    int max_attempts;
    int64_t backoff_ms;  /* wait before try n+1: (2^n - 1) * backoff, as Bull does */
    int64_t max_waiting; /* adding beyond answers queue_full; 0 = no limit */
};

struct pc_queue_stats {
    int64_t waiting, delayed, active;
    bool paused;
};

struct pc_queue;
struct pc_queue_driver;

PC_NODISCARD enum pc_code pc_queue_open(const struct pc_queue_driver *driver, const char *address,
                                        const struct pc_queue_options *options,
                                        struct pc_queue **out, struct pc_err *err);
void pc_queue_close(struct pc_queue *q);

PC_NODISCARD enum pc_code pc_queue_add(struct pc_queue *q, int64_t image_id, const char *url,
                                       enum pc_priority priority, bool *added, struct pc_err *err);
/* Room for n more? queue_full when not: asked before a batch is accepted. */
PC_NODISCARD enum pc_code pc_queue_room(struct pc_queue *q, int64_t n, struct pc_err *err);
/* Waits up to wait_ms for a job; *got false when none came or the queue was woken. Also frees jobs
 * whose lease ran out. */
PC_NODISCARD enum pc_code pc_queue_take(struct pc_queue *q, int64_t wait_ms, struct pc_job *job,
                                        bool *got, struct pc_err *err);
/* Wakes every take at once: for a graceful stop. */
void pc_queue_wake(struct pc_queue *q);
/* Renews the lease. lease_lost when it is somebody else's by now: stop working on it. */
PC_NODISCARD enum pc_code pc_queue_heartbeat(struct pc_queue *q, const struct pc_job *job,
                                             struct pc_err *err);
PC_NODISCARD enum pc_code pc_queue_done(struct pc_queue *q, const struct pc_job *job,
                                        struct pc_err *err);
/* A try failed. retry: it waits (*retry_in_ms filled) and runs again while tries are left; *final
 * true when the job is gone for good. */
PC_NODISCARD enum pc_code pc_queue_fail(struct pc_queue *q, const struct pc_job *job, bool retry,
                                        const char *reason, bool *final, int64_t *retry_in_ms,
                                        struct pc_err *err);
/* Puts an unfinished job back at the front, try not counted: for a graceful stop. */
PC_NODISCARD enum pc_code pc_queue_give_back(struct pc_queue *q, const struct pc_job *job,
                                             struct pc_err *err);
/* Removes the job of an image if it waits; a running one is left (its finish will find no record).
 */
PC_NODISCARD enum pc_code pc_queue_remove(struct pc_queue *q, int64_t image_id, struct pc_err *err);
/* Is there a job (waiting, delayed or active) for the image? For the sweeper. */
PC_NODISCARD enum pc_code pc_queue_has(struct pc_queue *q, int64_t image_id, bool *has,
                                       struct pc_err *err);
PC_NODISCARD enum pc_code pc_queue_stats(struct pc_queue *q, struct pc_queue_stats *out,
                                         struct pc_err *err);
PC_NODISCARD enum pc_code pc_queue_ping(struct pc_queue *q, struct pc_err *err);

#endif
