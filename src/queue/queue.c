/* The wrapper: checks arguments, supplies defaults, and computes how long a failed job is delayed.
 * Drivers rely on it; see driver.h. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "queue/driver.h"
#include "queue/queue.h"

static const int64_t day_ms = 24 * 60 * 60 * 1000;

void pc_job_finish(struct pc_job *job)
{
    free(job->id);
    free(job->token);
    free(job->url);
    *job = (struct pc_job){.id = NULL};
}

bool pc_queue_driver_accepts(const struct pc_queue_driver *driver, const char *store_url)
{
    return store_url && pc_str_starts(store_url, driver->scheme);
}

static struct pc_queue_options with_defaults(const struct pc_queue_options *given)
{
    struct pc_queue_options o = given ? *given : (struct pc_queue_options){.backoff_ms = 1000};
    if (o.lease_ms <= 0)
        o.lease_ms = 30000;
    if (o.max_attempts <= 0)
        o.max_attempts = 3;
    if (o.backoff_ms < 0)
        o.backoff_ms = 0;
    if (o.max_waiting < 0)
        o.max_waiting = 0;
    return o;
}

enum pc_code pc_queue_open(const struct pc_queue_driver *driver, const char *store_url,
                           const struct pc_queue_options *options, struct pc_queue **out,
                           struct pc_err *err)
{
    *out = NULL;
    if (!pc_queue_driver_accepts(driver, store_url))
        return pc_fail(err, PC_E_CONFIG, "The store URL of the queue must begin with \"%s\".",
                       driver->scheme);
    struct pc_queue_options whole = with_defaults(options);
    enum pc_code rc = driver->open(store_url, &whole, out, err);
    if (rc)
        return pc_err_wrap(err, "opening the queue");
    (*out)->driver = driver;
    (*out)->options = whole;
    return PC_OK;
}

void pc_queue_close(struct pc_queue *q)
{
    if (q)
        q->driver->close(q);
}

enum pc_code pc_queue_add(struct pc_queue *q, int64_t image_id, const char *url,
                          enum pc_priority priority, bool *added, struct pc_err *err)
{
    *added = false;
    int rank = (int)priority;
    if (image_id < 1 || !url || !*url || rank < 1 || rank > PC_PRIORITY_LOWEST)
        return pc_fail_detail(err, PC_E_BAD_REQUEST, "a job of image %lld, priority %d",
                              (long long)image_id, rank);
    enum pc_code rc = q->driver->add(q, image_id, url, rank, added, err);
    return rc ? pc_err_wrap(err, "adding a job of image %lld", (long long)image_id) : PC_OK;
}

enum pc_code pc_queue_check_capacity(struct pc_queue *q, int64_t n, struct pc_err *err)
{
    if (q->options.max_waiting == 0)
        return PC_OK;
    struct pc_queue_stats now;
    enum pc_code rc = pc_queue_stats(q, &now, err);
    if (rc)
        return rc;
    int64_t left = q->options.max_waiting - now.waiting - now.delayed;
    return n <= left ? PC_OK
                     : pc_fail_detail(err, PC_E_QUEUE_FULL, "%lld wanted, %lld would fit",
                                      (long long)n, (long long)left);
}

enum pc_code pc_queue_take(struct pc_queue *q, int64_t wait_ms, struct pc_job *job, bool *got,
                           struct pc_err *err)
{
    *job = (struct pc_job){.id = NULL};
    *got = false;
    enum pc_code rc = q->driver->take(q, wait_ms < 0 ? 0 : wait_ms, job, got, err);
    if (!rc)
        return PC_OK;
    pc_job_finish(job);
    *got = false;
    return pc_err_wrap(err, "taking a job");
}

void pc_queue_wake(struct pc_queue *q)
{
    q->driver->wake(q);
}

static enum pc_code with_context(enum pc_code rc, const struct pc_job *job, const char *doing,
                                 struct pc_err *err)
{
    return rc ? pc_err_wrap(err, "%s job %s of image %lld", doing, job->id,
                            (long long)job->image_id)
              : PC_OK;
}

enum pc_code pc_queue_renew(struct pc_queue *q, const struct pc_job *job, struct pc_err *err)
{
    return with_context(q->driver->renew(q, job, err), job, "renewing", err);
}

void pc_queue_progress(struct pc_queue *q, const struct pc_job *job, int percent)
{
    if (q->driver->progress)
        q->driver->progress(q, job, percent);
}

enum pc_code pc_queue_complete_and_take(struct pc_queue *q, const struct pc_job *completed,
                                        int n_completed, struct pc_job *jobs, int *n,
                                        struct pc_err *err)
{
    int wanted = *n;
    for (int i = 0; i < wanted; i++)
        jobs[i] = (struct pc_job){.id = NULL};
    enum pc_code rc = q->driver->complete_and_take(q, completed, n_completed, jobs, n, err);
    if (!rc)
        return PC_OK;
    for (int i = 0; i < wanted; i++)
        pc_job_finish(&jobs[i]);
    *n = 0;
    return pc_err_wrap(err, "completing %d and taking %d jobs", n_completed, wanted);
}

enum pc_code pc_queue_retry(struct pc_queue *q, const struct pc_job *job, const char *reason,
                            int64_t *delay_ms, struct pc_err *err)
{
    /* After attempt n: (2^n - 1) * backoff, the formula of Bull's exponential back-off. */
    int64_t backoff_ms = job->has_backoff ? job->backoff_ms : q->options.backoff_ms, factor = 1;
    if (!job->has_backoff || !job->backoff_fixed)
        factor = job->attempt < 30 ? (INT64_C(1) << job->attempt) - 1 : (INT64_C(1) << 30);
    *delay_ms = backoff_ms > day_ms / factor ? day_ms : factor * backoff_ms;
    enum pc_code rc = q->driver->fail(q, job, *delay_ms, reason ? reason : "", err);
    return with_context(rc, job, "retrying", err);
}

enum pc_code pc_queue_fail(struct pc_queue *q, const struct pc_job *job, const char *reason,
                           struct pc_err *err)
{
    enum pc_code rc = q->driver->fail(q, job, -1, reason ? reason : "", err);
    return with_context(rc, job, "failing", err);
}

enum pc_code pc_queue_release(struct pc_queue *q, const struct pc_job *job, struct pc_err *err)
{
    return with_context(q->driver->release(q, job, err), job, "releasing", err);
}

enum pc_code pc_queue_remove(struct pc_queue *q, int64_t image_id, struct pc_err *err)
{
    enum pc_code rc = q->driver->remove(q, image_id, err);
    return rc ? pc_err_wrap(err, "removing the job of image %lld", (long long)image_id) : PC_OK;
}

enum pc_code pc_queue_has(struct pc_queue *q, int64_t image_id, bool *has, struct pc_err *err)
{
    *has = false;
    enum pc_code rc = q->driver->has(q, image_id, has, err);
    return rc ? pc_err_wrap(err, "looking for the job of image %lld", (long long)image_id) : PC_OK;
}

enum pc_code pc_queue_stats(struct pc_queue *q, struct pc_queue_stats *out, struct pc_err *err)
{
    *out = (struct pc_queue_stats){.waiting = 0};
    enum pc_code rc = q->driver->stats(q, out, err);
    return rc ? pc_err_wrap(err, "counting jobs") : PC_OK;
}

enum pc_code pc_queue_ping(struct pc_queue *q, struct pc_err *err)
{
    enum pc_code rc = q->driver->ping ? q->driver->ping(q, err) : PC_OK;
    return rc ? pc_err_wrap(err, "queue") : PC_OK;
}

void pc_queue_publish(struct pc_queue *q, int64_t image_id, bool removed)
{
    if (q->driver->publish)
        q->driver->publish(q, image_id, removed);
}

bool pc_queue_subscribe(struct pc_queue *q,
                        void (*on_notification)(void *ctx, int64_t image_id, bool removed),
                        void *ctx)
{
    if (!q->driver->subscribe)
        return false;
    q->driver->subscribe(q, on_notification, ctx);
    return true;
}
