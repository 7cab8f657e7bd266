/* One attempt at a job: runs it and decides what becomes of it.
 *
 * The fate of a job is decided here and nowhere else. First pc_attempt_run does the work, then
 * pc_attempt_decide maps its outcome to a fate, then pc_attempt_apply carries the fate out in the
 * record and in the queue:
 *
 *     outcome                                 fate                record          queue
 *     ------------------------------------    ----------------    ------------    ---------
 *     PC_OK                                   COMPLETE            (finished)      completed
 *     the image was finished by another       COMPLETE            unchanged       completed
 *     worker, cancelled or removed
 *     (not_pending)
 *     the process stops, or the lease is      RELEASE             unchanged       waits again,
 *     lost (cancelled)                                                            not counted
 *     a store is full, or still               RELEASE_AND_PAUSE   unchanged       waits again,
 *     unavailable when asked again                                                not counted
 *     a retryable error, attempts left        RETRY               attempt noted   delayed
 *     any other error; no attempts left;      FAIL                failed          failed
 *     more attempts than allowed
 *
 * RELEASE_AND_PAUSE exists because an outage is no fault of the image: the attempt does not count,
 * and the workers pause. If the store answers when it is asked again, it was unavailable for a
 * moment only; then the attempt counts, so that an image that a store never accepts is not tried
 * for ever.
 *
 * Ownership: an attempt borrows the service, the queue and the job.
 * Threads: an attempt belongs to one worker thread; any number of attempts may run at once.
 */
#ifndef PC_WORKER_ATTEMPT_H
#define PC_WORKER_ATTEMPT_H

#include <stdbool.h>

#include "base/err.h"
#include "queue/queue.h"
#include "service/service.h"

enum pc_attempt_fate {
    PC_ATTEMPT_COMPLETE,
    PC_ATTEMPT_RETRY,
    PC_ATTEMPT_FAIL,
    PC_ATTEMPT_RELEASE,
    PC_ATTEMPT_RELEASE_AND_PAUSE,
};

struct pc_attempt {
    struct pc_service *service;
    struct pc_queue *queue;
    struct pc_job *job;
    /* Returns true when the work is of no more use: the process stops, or the lease is lost. May be
     * NULL. */
    bool (*cancelled)(void *ctx);
    /* Returns true when there is no time left even to tell the queue: the grace period of a stop
     * is over. May be NULL. */
    bool (*aborted)(void *ctx);
    void *ctx;
};

/* Does the work of the job. A job of another program that knows only a URL is submitted: that gives
 * job->image_id, and the image gets a job of its own. An image whose failed job somebody sent back
 * (job->manual_retry) is made pending first. A job with more attempts than it may have is not run:
 * attempts_exhausted. Any error is the reason why the attempt did not succeed. */
PC_NODISCARD enum pc_code pc_attempt_run(const struct pc_attempt *attempt, struct pc_err *err);

/* The table above. outcome is what pc_attempt_run returned; stores_available matters only if it
 * says that a store or the queue was unavailable. */
enum pc_attempt_fate pc_attempt_fate(const struct pc_job *job, enum pc_code outcome,
                                     bool stores_available);
/* The same; asks the stores whether they are available, if that matters. */
enum pc_attempt_fate pc_attempt_decide(const struct pc_attempt *attempt, enum pc_code outcome);

/* Carries out any fate but COMPLETE: the dispatcher reports completed jobs to the queue, many at
 * once. why: the error of pc_attempt_run. If the queue cannot be told, that is logged:
 * then the lease expires and the job comes back by itself. */
void pc_attempt_apply(const struct pc_attempt *attempt, enum pc_attempt_fate fate,
                      const struct pc_err *why);

#endif
