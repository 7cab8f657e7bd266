/* Queue: the images that wait for a worker. This is the callers' side; drivers implement
 * queue/driver.h.
 *
 * A job is taken on a lease, which its worker renews while it lives. When a lease expires, the job
 * waits again, and the attempt stays counted. So a job may run twice, but is
 * never lost. An image has at most one job: adding one while another waits or runs changes nothing.
 *
 * A job whose attempts are used up because its workers died (nobody called fail) is handed out once
 * more, with attempt > max_attempts. Its taker must not run it, but write the failure
 * (attempts_exhausted) to the record and then call fail. So not even this failure is lost.
 *
 * Order: by priority, then by age. A job that comes back (retried, released, lease expired) keeps
 * its age, so it goes before younger ones.
 *
 * Durability: a job survives the program (kill -9), but power loss may undo the last moments. The
 * records are the truth, and the sweeper adds jobs for pending records that have none.
 *
 * Ownership: struct pc_job owns its strings (pc_job_finish).
 * Threads: all threads may use a struct pc_queue at once.
 * Errors: queue_full, queue_unavailable (retryable), store_full, lease_lost, bad_request (an image
 * id below 1, an empty url), config (the store URL).
 */
#ifndef PC_QUEUE_QUEUE_H
#define PC_QUEUE_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "queue/job.h"

struct pc_queue;
struct pc_queue_driver;

/* Is the store URL one of this driver? Looks at the scheme only. */
bool pc_queue_driver_accepts(const struct pc_queue_driver *driver, const char *store_url);

/* Opens the queue at a store URL ("memory:", "sqlite:PATH", "redis://..."). options NULL: the
 * defaults. Gives *out. */
PC_NODISCARD enum pc_code pc_queue_open(const struct pc_queue_driver *driver, const char *store_url,
                                        const struct pc_queue_options *options,
                                        struct pc_queue **out, struct pc_err *err);
/* No call may be under way: wake and join the takers first. Takes NULL. */
void pc_queue_close(struct pc_queue *q);

/* *added false: the image has a job already (also when the queue is full). */
PC_NODISCARD enum pc_code pc_queue_add(struct pc_queue *q, int64_t image_id, const char *url,
                                       enum pc_priority priority, bool *added, struct pc_err *err);
/* queue_full if n more jobs do not fit; asked before a batch is accepted. */
PC_NODISCARD enum pc_code pc_queue_check_capacity(struct pc_queue *q, int64_t n,
                                                  struct pc_err *err);
/* Waits up to wait_ms for a job. *got false: none came, or the queue was woken. Also requeues jobs
 * whose lease has expired. A job that this process adds is handed out at once; one that another
 * process adds, after some 200 ms at most. Fills job if *got. */
PC_NODISCARD enum pc_code pc_queue_take(struct pc_queue *q, int64_t wait_ms, struct pc_job *job,
                                        bool *got, struct pc_err *err);
/* Ends every take that waits, at once: for a graceful stop. A take that begins later waits as usual,
 * so set your stop flag before, and keep wait_ms to a second or so. */
void pc_queue_wake(struct pc_queue *q);
/* Renews the lease: it lasts lease_ms from now. lease_lost: another worker has the job; stop. */
PC_NODISCARD enum pc_code pc_queue_renew(struct pc_queue *q, const struct pc_job *job,
                                         struct pc_err *err);
/* How far the job is, for people who look at the queue itself. Best effort. May wait for the server
 * of the queue, so call it from a worker's thread, and not often. */
void pc_queue_progress(struct pc_queue *q, const struct pc_job *job, int percent);
/* Completes jobs and takes others, for many workers in one step; used by worker/dispatcher.h.
 * Completed jobs are forgotten; those whose lease is lost are skipped. Then takes up to *n waiting
 * jobs in their order, without waiting for any; *n becomes how many, and fewer do not mean that the
 * queue is empty. n_completed and *n: PC_QUEUE_BATCH_MAX at most. jobs may be NULL if *n is 0. After
 * an error nothing is taken, and the call may be repeated. */
PC_NODISCARD enum pc_code pc_queue_complete_and_take(struct pc_queue *q,
                                                     const struct pc_job *completed,
                                                     int n_completed, struct pc_job *jobs, int *n,
                                                     struct pc_err *err);
/* An attempt failed and another one follows: the job is delayed, for *delay_ms (filled) from now,
 * then waits again. reason is for people. lease_lost as above. */
PC_NODISCARD enum pc_code pc_queue_retry(struct pc_queue *q, const struct pc_job *job,
                                         const char *reason, int64_t *delay_ms, struct pc_err *err);
/* The job failed for good: it is forgotten, or kept for people to look at. lease_lost as above. */
PC_NODISCARD enum pc_code pc_queue_fail(struct pc_queue *q, const struct pc_job *job,
                                        const char *reason, struct pc_err *err);
/* Puts an unfinished job back; the attempt is not counted. lease_lost as above. */
PC_NODISCARD enum pc_code pc_queue_release(struct pc_queue *q, const struct pc_job *job,
                                           struct pc_err *err);
/* Removes the job of an image if it waits. A running one is left: it will find no record. */
PC_NODISCARD enum pc_code pc_queue_remove(struct pc_queue *q, int64_t image_id, struct pc_err *err);
/* Does the image have a job: waiting, delayed or active? */
PC_NODISCARD enum pc_code pc_queue_has(struct pc_queue *q, int64_t image_id, bool *has,
                                       struct pc_err *err);
PC_NODISCARD enum pc_code pc_queue_stats(struct pc_queue *q, struct pc_queue_stats *out,
                                         struct pc_err *err);
PC_NODISCARD enum pc_code pc_queue_ping(struct pc_queue *q, struct pc_err *err);

/* --- notifications between processes --- */

/* Tells the other processes at this queue that an image changed or was removed. Best effort, and
 * never waits: what cannot be sent is dropped, because subscribers also look by themselves now and
 * then. Does nothing if the driver has no such channel. */
void pc_queue_publish(struct pc_queue *q, int64_t image_id, bool removed);
/* From now on calls on_notification, on a thread of the driver, for what other processes publish.
 * image_id 0: some notifications may be lost, look at all images. False: this driver has no such
 * channel. Once for each queue, before its other calls. */
PC_NODISCARD bool
pc_queue_subscribe(struct pc_queue *q,
                   void (*on_notification)(void *ctx, int64_t image_id, bool removed), void *ctx);

#endif
