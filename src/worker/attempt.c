#include "worker/attempt.h"

#include "base/clock.h"
#include "base/log.h"
#include "service/change.h"
#include "service/query.h"
#include "service/submit.h"

enum { RELEASE_RETRY_MS = 1000 };

enum pc_code pc_attempt_run(const struct pc_attempt *attempt, struct pc_err *err)
{
    struct pc_job *job = attempt->job;
    if (job->manual_retry && job->image_id) { /* an image that did not fail is left as it is */
        struct pc_err why = PC_ERR_INIT;
        enum pc_code rc = pc_service_retry(attempt->service, job->image_id, 0, NULL, &why);
        if (rc && rc != PC_E_NOT_FAILED && rc != PC_E_NOT_FOUND)
            pc_log_err(PC_LOG_WARN, "failed image not reopened", &why,
                       PC_LOG_I64("id", job->image_id));
    }
    if (job->attempt > job->max_attempts) /* its leases kept expiring: it kills its workers */
        return pc_fail(err, PC_E_ATTEMPTS_EXHAUSTED, NULL);
    if (job->image_id)
        return pc_service_process(attempt->service, job, attempt->cancelled, attempt->ctx, err);
    /* A job of another program that knows only a URL. */
    struct pc_submission what = {.url = job->url, .priority = PC_PRIORITY_BULK};
    struct pc_submitted image;
    enum pc_code rc = pc_submit_url(attempt->service, &what, &image, err);
    if (!rc)
        job->image_id = image.id; /* the job's return value, for whoever waits for it */
    return rc;
}

static bool says_unavailable(enum pc_code outcome)
{
    return outcome == PC_E_STORE_UNAVAILABLE || outcome == PC_E_QUEUE_UNAVAILABLE;
}

enum pc_attempt_fate pc_attempt_fate(const struct pc_job *job, enum pc_code outcome,
                                     bool stores_available)
{
    if (outcome == PC_OK || outcome == PC_E_NOT_PENDING)
        return PC_ATTEMPT_COMPLETE;
    if (outcome == PC_E_CANCELLED)
        return PC_ATTEMPT_RELEASE;
    if (outcome == PC_E_STORE_FULL || (says_unavailable(outcome) && !stores_available))
        return PC_ATTEMPT_RELEASE_AND_PAUSE;
    bool retry = pc_code_info(outcome)->retryable && job->attempt < job->max_attempts;
    return retry ? PC_ATTEMPT_RETRY : PC_ATTEMPT_FAIL;
}

enum pc_attempt_fate pc_attempt_decide(const struct pc_attempt *attempt, enum pc_code outcome)
{
    bool available = !says_unavailable(outcome) || pc_service_reachable(attempt->service);
    return pc_attempt_fate(attempt->job, outcome, available);
}

/* While the queue is unavailable, tries again for as long as a lease lasts: after that the job
 * comes back by itself. */
static void release(const struct pc_attempt *attempt)
{
    const struct pc_job *job = attempt->job;
    struct pc_err err = PC_ERR_INIT;
    int64_t until_ms = pc_clock_mono_ms() + pc_service_config(attempt->service)->lease_ms;
    enum pc_code rc = pc_queue_release(attempt->queue, job, &err);
    while (rc == PC_E_QUEUE_UNAVAILABLE && pc_clock_mono_ms() < until_ms &&
           !(attempt->aborted && attempt->aborted(attempt->ctx))) {
        pc_clock_sleep_ms(RELEASE_RETRY_MS);
        rc = pc_queue_release(attempt->queue, job, &err);
    }
    if (rc && rc != PC_E_LEASE_LOST)
        pc_log_err(PC_LOG_WARN, "job not released", &err, PC_LOG_I64("id", job->image_id));
}

/* The queue first: the record says "tried again" only of a job that will be. */
static void retry(const struct pc_attempt *attempt, const struct pc_err *why)
{
    const struct pc_job *job = attempt->job;
    struct pc_err err = PC_ERR_INIT;
    int64_t delay_ms;
    if (pc_queue_retry(attempt->queue, job, why->message, &delay_ms, &err))
        pc_log_err(PC_LOG_WARN, "failed attempt not reported to the queue", &err,
                   PC_LOG_I64("id", job->image_id));
    else if (job->image_id)
        pc_service_attempt_failed(attempt->service, job, why, false);
}

/* The record first: a worker that dies in between leaves the job to the next one, which fails it
 * again, so the failure is never lost. But a worker that was suspended for long (its machine slept)
 * may fail where the worker that holds the job by now does not: so the lease is checked before. */
static void fail(const struct pc_attempt *attempt, const struct pc_err *why)
{
    const struct pc_job *job = attempt->job;
    struct pc_err err = PC_ERR_INIT;
    if (pc_queue_renew(attempt->queue, job, &err) == PC_E_LEASE_LOST)
        return;
    if (job->image_id)
        pc_service_attempt_failed(attempt->service, job, why, true);
    if (pc_queue_fail(attempt->queue, job, why->message, &err))
        pc_log_err(PC_LOG_WARN, "failed job not reported to the queue", &err,
                   PC_LOG_I64("id", job->image_id));
}

void pc_attempt_apply(const struct pc_attempt *attempt, enum pc_attempt_fate fate,
                      const struct pc_err *why)
{
    switch (fate) {
    case PC_ATTEMPT_COMPLETE: break;
    case PC_ATTEMPT_RETRY: retry(attempt, why); break;
    case PC_ATTEMPT_FAIL: fail(attempt, why); break;
    case PC_ATTEMPT_RELEASE:
    case PC_ATTEMPT_RELEASE_AND_PAUSE: release(attempt); break;
    }
}
