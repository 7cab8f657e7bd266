/* Workers: n threads that take and process, one that keeps their leases alive, one that sweeps.
 *
 * A worker's current job lies in its slot, under the slot's lock: the keeper renews the leases of
 * all slots at a third of the lease time, whatever the worker is busy with. When a renewal says
 * that the lease is lost, or the process stops, the slot's flag makes the pipeline end soon.
 *
 * A store that is away or full is no fault of the image: its job is given back, the try not
 * counted, and all workers of the process pause, longer each time, until a job ends well. */
#include "worker/pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/sync.h"
#include "image/image.h"
#include "worker/dispatcher.h"

enum {
    TAKE_WAIT_MS = 1000,
    SWEEP_EVERY_MS = 30 * 1000,
    PAUSE_FIRST_MS = 1000,
    PAUSE_MAX_MS = 30 * 1000,
    RELEASE_RETRY_MS = 1000,
};

struct outage { /* something that the work needs: how long nobody tries it again */
    struct pc_backoff backoff;
    int64_t until_ms;
};

struct slot {
    struct pc_worker_pool *pool;
    pthread_t thread;
    pthread_mutex_t lock; /* guards job and busy between worker and keeper */
    struct pc_job job;
    bool busy;
    atomic_bool cancel; /* the job is not ours any more */
};

struct pc_worker_pool {
    struct pc_service *svc;
    struct pc_queue *queue;
    struct pc_dispatcher *dispatcher;
    int64_t lease_ms;
    int n, started;
    struct slot *slots;
    pthread_t renewer, sweeper;
    bool has_renewer, has_sweeper;
    atomic_bool stopping;   /* no new jobs */
    atomic_bool abort_jobs; /* the grace is over: running jobs end too */
    atomic_int running;     /* worker threads that have not ended */
    pthread_mutex_t lock;   /* guards what follows */
    pthread_cond_t changed; /* wakes whoever naps, and whoever waits for running == 0 */
    bool stop_helpers;
    struct outage queue_outage, stores_outage;
};

/* --- naps --------------------------------------------------------------------------------------
 */

static void note_outage(struct pc_worker_pool *pool, struct outage *outage, const char *what,
                        const struct pc_err *why)
{
    int64_t now_ms = pc_clock_mono_ms();
    pthread_mutex_lock(&pool->lock);
    bool is_news = now_ms >= outage->until_ms; /* else a neighbour said it already */
    if (is_news)
        outage->until_ms = now_ms + pc_backoff_next_ms(&outage->backoff);
    int64_t pause_ms = outage->backoff.current_ms;
    pthread_mutex_unlock(&pool->lock);
    if (is_news)
        pc_log_err(PC_LOG_WARN, what, why, PC_LOG_I64("pause_ms", pause_ms));
}

static void clear_outage(struct pc_worker_pool *pool, struct outage *outage)
{
    pthread_mutex_lock(&pool->lock);
    pc_backoff_reset(&outage->backoff);
    outage->until_ms = 0;
    pthread_mutex_unlock(&pool->lock);
}

static void wait_out_outages(struct pc_worker_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    while (!atomic_load(&pool->stopping)) {
        int64_t until_ms = pool->queue_outage.until_ms > pool->stores_outage.until_ms
                               ? pool->queue_outage.until_ms
                               : pool->stores_outage.until_ms;
        if (pc_clock_mono_ms() >= until_ms)
            break;
        pc_sync_wait_until(&pool->changed, &pool->lock, until_ms);
    }
    pthread_mutex_unlock(&pool->lock);
}

/* --- jobs --------------------------------------------------------------------------------------
 */

static bool job_cancelled(void *ctx)
{
    struct slot *slot = ctx;
    return atomic_load(&slot->cancel) || atomic_load(&slot->pool->abort_jobs);
}

static void set_busy(struct slot *slot, const struct pc_job *job)
{
    pthread_mutex_lock(&slot->lock);
    slot->busy = job != NULL;
    if (job)
        slot->job = *job;
    atomic_store(&slot->cancel, false);
    pthread_mutex_unlock(&slot->lock);
}

/* A final failure stands in the record before the queue forgets the job: whoever dies in between,
 * the job comes back and fails again, and the failure is not lost. A worker that was stopped for
 * long (its machine slept) may fail where the one that holds the job by now does not: so the lease
 * is proved first. */
static void fail_attempt(struct pc_worker_pool *pool, const struct pc_job *job,
                         const struct pc_err *why)
{
    struct pc_err err = PC_ERR_INIT;
    bool retry = pc_code_info(why->code)->retryable && job->attempt < job->max_attempts;
    bool gone = false;
    int64_t retry_in_ms = 0;
    if (!retry && pc_queue_renew(pool->queue, job, &err) == PC_E_LEASE_LOST)
        return;
    if (!retry && job->image_id)
        pc_service_attempt_failed(pool->svc, job, why, true);
    enum pc_code rc =
        pc_queue_fail(pool->queue, job, retry, why->message, &gone, &retry_in_ms, &err);
    if (rc) /* the lease runs out and the job comes back by itself */
        pc_log_err(PC_LOG_WARN, "failed try not noted in the queue", &err,
                   PC_LOG_I64("id", job->image_id));
    else if (retry && job->image_id)
        pc_service_attempt_failed(pool->svc, job, why, gone);
}

/* Is it that a store is away or full? One that answers again by now was away for a moment only:
 * then the try counts, so that an image that a store never takes is not tried for ever. */
static bool is_store_outage(struct pc_worker_pool *pool, enum pc_code rc)
{
    return rc == PC_E_STORE_FULL ||
           ((rc == PC_E_STORE_UNAVAILABLE || rc == PC_E_QUEUE_UNAVAILABLE) &&
            !pc_service_reachable(pool->svc));
}

/* Puts the job back; while the queue is away, tries again and again, as long as a lease lasts:
 * after that it comes back anyway. */
static void release(struct pc_worker_pool *pool, const struct pc_job *job)
{
    struct pc_err err = PC_ERR_INIT;
    int64_t until_ms = pc_clock_mono_ms() + pool->lease_ms;
    enum pc_code rc = pc_queue_release(pool->queue, job, &err);
    while (rc == PC_E_QUEUE_UNAVAILABLE && pc_clock_mono_ms() < until_ms &&
           !atomic_load(&pool->abort_jobs)) {
        pc_clock_sleep_ms(RELEASE_RETRY_MS);
        rc = pc_queue_release(pool->queue, job, &err);
    }
    if (rc && rc != PC_E_LEASE_LOST)
        pc_log_err(PC_LOG_WARN, "job not given back", &err, PC_LOG_I64("id", job->image_id));
}

/* How a job that did not end well goes on. */
static void resolve(struct pc_worker_pool *pool, const struct pc_job *job, enum pc_code rc,
                    const struct pc_err *why)
{
    if (rc == PC_E_CANCELLED) {
        release(pool, job);
    } else if (is_store_outage(pool, rc)) {
        note_outage(pool, &pool->stores_outage, "a store is away or full, workers pause", why);
        release(pool, job);
    } else {
        fail_attempt(pool, job, why);
    }
}

/* Another program's job that knows only a url: the url becomes an image with a job of its own. */
static enum pc_code submit_url(struct slot *slot, struct pc_job *job, struct pc_err *why)
{
    struct pc_submission what = {.url = job->url};
    struct pc_submitted image;
    enum pc_code rc = pc_submit_url(slot->pool->svc, &what, PC_PRIORITY_BATCH, &image, why);
    if (!rc)
        job->image_id = image.id; /* the queue tells whoever waits for the job */
    return rc;
}

/* Somebody sent the job of a failed image back: the image is pending again. One that did not fail
 * is left as it is. */
static void reopen_image(struct slot *slot, const struct pc_job *job)
{
    struct pc_err err = PC_ERR_INIT;
    enum pc_code rc = pc_service_retry(slot->pool->svc, job->image_id, NULL, &err);
    if (rc && rc != PC_E_NOT_FAILED && rc != PC_E_NOT_FOUND)
        pc_log_err(PC_LOG_WARN, "image not opened again", &err, PC_LOG_I64("id", job->image_id));
}

static enum pc_code process(struct slot *slot, struct pc_job *job, struct pc_err *why)
{
    if (job->attempt > job->max_attempts) /* its leases kept running out: it kills its workers */
        return pc_fail(why, PC_E_ATTEMPTS_EXHAUSTED, NULL);
    if (!job->image_id)
        return submit_url(slot, job, why);
    return pc_service_process(slot->pool->svc, job, job_cancelled, slot, why);
}

/* Runs and settles job, whose lease is kept meanwhile; it becomes the next one, where *got. */
static void run_job(struct slot *slot, struct pc_job *job, bool *got)
{
    struct pc_worker_pool *pool = slot->pool;
    struct pc_err why = PC_ERR_INIT;
    *got = false;
    if (job->manual_retry && job->image_id)
        reopen_image(slot, job);
    set_busy(slot, job);
    enum pc_code rc = process(slot, job, &why);
    if (rc)
        resolve(pool, job, rc, &why);
    set_busy(slot, NULL);
    if (rc) {
        pc_job_finish(job);
    } else {
        clear_outage(pool, &pool->stores_outage);
        pc_dispatcher_complete_and_take(pool->dispatcher, job, got);
    }
}

static void *work(void *ctx)
{
    struct slot *slot = ctx;
    struct pc_worker_pool *pool = slot->pool;
    struct pc_job job = {0};
    bool got = false;
    while (got || !atomic_load(&pool->stopping)) {
        struct pc_err err = PC_ERR_INIT;
        if (got)
            run_job(slot, &job, &got);
        else if (pc_dispatcher_take(pool->dispatcher, TAKE_WAIT_MS, &job, &got, &err))
            note_outage(pool, &pool->queue_outage, "no job could be taken, workers pause", &err);
        else
            clear_outage(pool, &pool->queue_outage);
        if (!got)
            wait_out_outages(pool);
    }
    pc_image_thread_shutdown();
    pthread_mutex_lock(&pool->lock);
    atomic_fetch_sub(&pool->running, 1);
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

/* A copy, so that no driver is called with the slot locked. The token names the job. */
static bool copy_job(struct slot *slot, struct pc_job *copy)
{
    pthread_mutex_lock(&slot->lock);
    bool busy = slot->busy;
    if (busy) {
        *copy = slot->job;
        copy->id = pc_xstrdup(slot->job.id);
        copy->token = pc_xstrdup(slot->job.token);
        copy->url = pc_xstrdup(slot->job.url);
    }
    pthread_mutex_unlock(&slot->lock);
    return busy;
}

static void cancel_if_still(struct slot *slot, const struct pc_job *job)
{
    pthread_mutex_lock(&slot->lock);
    if (slot->busy && slot->job.image_id == job->image_id && pc_str_eq(slot->job.token, job->token))
        atomic_store(&slot->cancel, true);
    pthread_mutex_unlock(&slot->lock);
}

static void renew(struct slot *slot)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_job job;
    if (!copy_job(slot, &job))
        return;
    enum pc_code rc = pc_queue_renew(slot->pool->queue, &job, &err);
    if (rc == PC_E_LEASE_LOST)
        cancel_if_still(slot, &job);
    else if (rc)
        pc_log_err(PC_LOG_WARN, "lease not renewed", &err, PC_LOG_I64("id", job.image_id));
    pc_job_finish(&job);
}

/* Sleeps until wake_at or the end; answers whether to go on. */
static bool sleep_until(struct pc_worker_pool *pool, int64_t wake_at_ms)
{
    pthread_mutex_lock(&pool->lock);
    while (!pool->stop_helpers && pc_clock_mono_ms() < wake_at_ms)
        pc_sync_wait_until(&pool->changed, &pool->lock, wake_at_ms);
    bool go_on = !pool->stop_helpers;
    pthread_mutex_unlock(&pool->lock);
    return go_on;
}

static void *renew_leases(void *ctx)
{
    struct pc_worker_pool *pool = ctx;
    do {
        for (int i = 0; i < pool->n; i++)
            renew(&pool->slots[i]);
    } while (sleep_until(pool, pc_clock_mono_ms() + pool->lease_ms / 3));
    return NULL;
}

/* Apart from the keeper: stores that hang must cost nobody a lease. */
static void *sweep(void *ctx)
{
    struct pc_worker_pool *pool = ctx;
    do
        pc_service_sweep(pool->svc);
    while (sleep_until(pool, pc_clock_mono_ms() + SWEEP_EVERY_MS));
    return NULL;
}

static void init_sync(struct pc_worker_pool *pool)
{
    pc_sync_cond_init(&pool->changed);
    pool->queue_outage.backoff = pool->stores_outage.backoff =
        (struct pc_backoff){.first_ms = PAUSE_FIRST_MS, .max_ms = PAUSE_MAX_MS};
    pthread_mutex_init(&pool->lock, NULL);
}

/* 0, or why not all could be started. */
static int start_threads(struct pc_worker_pool *pool)
{
    int failed = pthread_create(&pool->renewer, NULL, renew_leases, pool);
    pool->has_renewer = !failed;
    if (!failed)
        failed = pthread_create(&pool->sweeper, NULL, sweep, pool);
    pool->has_sweeper = !failed;
    while (!failed && pool->started < pool->n) {
        struct slot *slot = &pool->slots[pool->started];
        atomic_fetch_add(&pool->running, 1);
        failed = pthread_create(&slot->thread, NULL, work, slot);
        if (failed)
            atomic_fetch_sub(&pool->running, 1);
        else
            pool->started++;
    }
    return failed;
}

enum pc_code pc_worker_pool_start(struct pc_service *svc, struct pc_queue *queue, int n,
                                  struct pc_worker_pool **out, struct pc_err *err)
{
    struct pc_worker_pool *pool = pc_xzalloc(sizeof *pool);
    *pool = (struct pc_worker_pool){
        .svc = svc, .queue = queue, .n = n, .lease_ms = pc_service_config(svc)->lease_ms};
    pool->slots = pc_xzalloc((size_t)n * sizeof *pool->slots);
    init_sync(pool);
    for (int i = 0; i < n; i++) {
        pool->slots[i].pool = pool;
        pthread_mutex_init(&pool->slots[i].lock, NULL);
    }
    enum pc_code rc = pc_dispatcher_create(queue, n, pool->lease_ms, &pool->dispatcher, err);
    int failed = rc ? 0 : start_threads(pool);
    if (failed)
        rc = pc_fail_detail(err, PC_E_INTERNAL, "pthread_create: %d", failed);
    *out = rc ? NULL : pool;
    if (rc)
        pc_worker_pool_stop(pool, 0);
    return rc;
}

static void wait_for_workers(struct pc_worker_pool *pool, int64_t grace_ms)
{
    int64_t until_ms = pc_clock_mono_ms() + grace_ms;
    pthread_mutex_lock(&pool->lock);
    pthread_cond_broadcast(&pool->changed); /* those who pause */
    while (atomic_load(&pool->running) > 0 && pc_clock_mono_ms() < until_ms)
        pc_sync_wait_until(&pool->changed, &pool->lock, until_ms);
    pthread_mutex_unlock(&pool->lock);
}

static void join_helpers(struct pc_worker_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    pool->stop_helpers = true;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
    if (pool->has_renewer)
        pthread_join(pool->renewer, NULL);
    if (pool->has_sweeper)
        pthread_join(pool->sweeper, NULL);
}

void pc_worker_pool_stop(struct pc_worker_pool *pool, int64_t grace_ms)
{
    if (!pool)
        return;
    atomic_store(&pool->stopping, true);
    if (pool->dispatcher)
        pc_dispatcher_stop(pool->dispatcher);
    wait_for_workers(pool, grace_ms);
    atomic_store(&pool->abort_jobs, true);
    for (int i = 0; i < pool->started; i++)
        pthread_join(pool->slots[i].thread, NULL);
    pc_dispatcher_destroy(pool->dispatcher);
    join_helpers(pool); /* last: leases live as long as their jobs */
    for (int i = 0; i < pool->n; i++)
        pthread_mutex_destroy(&pool->slots[i].lock);
    pthread_mutex_destroy(&pool->lock);
    pthread_cond_destroy(&pool->changed);
    free(pool->slots);
    free(pool);
}
