/* Worker pool: n threads that take and process jobs, one that renews leases, one that sweeps.
 *
 * The current job of a worker is in its slot, under the slot's lock. The renewer renews the leases
 * of all slots three times in a lease, whatever the workers are busy with. When a lease turns out
 * to be lost, or when the process stops, a flag makes the pipeline end early.
 *
 * During an outage of the queue or of a store all workers of the process pause, longer each time,
 * until a job succeeds again. */
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
#include "worker/attempt.h"
#include "worker/dispatcher.h"

enum {
    TAKE_WAIT_MS = 1000,
    SWEEP_EVERY_MS = 30 * 1000,
    PAUSE_FIRST_MS = 1000,
    PAUSE_MAX_MS = 30 * 1000,
};

/* Something that the workers need is unavailable: they all pause until until_ms. */
struct outage {
    struct pc_backoff backoff;
    int64_t until_ms;
};

struct slot {
    struct pc_worker_pool *pool;
    pthread_t thread;
    pthread_mutex_t lock; /* guards job and busy, which worker and renewer share */
    struct pc_job job;
    bool busy;
    atomic_bool lease_lost;
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
    atomic_bool abort_jobs; /* the grace period is over: running jobs end too */
    pthread_mutex_t lock;   /* guards what follows */
    pthread_cond_t changed; /* wakes all that sleep; stop waits for running to become 0 */
    int running;            /* worker threads that have not ended */
    bool stop_helpers;
    struct outage queue_outage, store_outage;
};

/* --- outages --- */

static void note_outage(struct pc_worker_pool *pool, struct outage *outage, const char *what,
                        const struct pc_err *why)
{
    int64_t now_ms = pc_clock_mono_ms();
    pthread_mutex_lock(&pool->lock);
    bool is_news = now_ms >= outage->until_ms; /* else another worker has noted it already */
    int64_t pause_ms = is_news ? pc_backoff_next_ms(&outage->backoff) : 0;
    if (is_news)
        outage->until_ms = now_ms + pause_ms;
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
        int64_t queue_ms = pool->queue_outage.until_ms, store_ms = pool->store_outage.until_ms;
        int64_t until_ms = queue_ms > store_ms ? queue_ms : store_ms;
        if (pc_clock_mono_ms() >= until_ms)
            break;
        pc_sync_wait_until(&pool->changed, &pool->lock, until_ms);
    }
    pthread_mutex_unlock(&pool->lock);
}

/* --- workers --- */

static bool is_cancelled(void *ctx)
{
    const struct slot *slot = ctx;
    return atomic_load(&slot->lease_lost) || atomic_load(&slot->pool->abort_jobs);
}

static bool is_aborted(void *ctx)
{
    const struct slot *slot = ctx;
    return atomic_load(&slot->pool->abort_jobs);
}

/* From now on the renewer renews the lease of this job; of none: NULL. */
static void set_job(struct slot *slot, const struct pc_job *job)
{
    pthread_mutex_lock(&slot->lock);
    slot->busy = job != NULL;
    if (job)
        slot->job = *job;
    atomic_store(&slot->lease_lost, false);
    pthread_mutex_unlock(&slot->lock);
}

/* Runs the job and settles its fate. If it is complete, *job becomes the next one where *got. */
static void run_job(struct slot *slot, struct pc_job *job, bool *got)
{
    struct pc_worker_pool *pool = slot->pool;
    struct pc_attempt attempt = {.service = pool->svc,
                                 .queue = pool->queue,
                                 .job = job,
                                 .cancelled = is_cancelled,
                                 .aborted = is_aborted,
                                 .ctx = slot};
    struct pc_err why = PC_ERR_INIT;
    set_job(slot, job);
    enum pc_attempt_fate fate = pc_attempt_decide(&attempt, pc_attempt_run(&attempt, &why));
    if (fate == PC_ATTEMPT_RELEASE_AND_PAUSE) /* before the release, which may take long */
        note_outage(pool, &pool->store_outage, "a store is unavailable or full, workers pause",
                    &why);
    pc_attempt_apply(&attempt, fate, &why);
    set_job(slot, NULL);
    *got = false;
    if (fate == PC_ATTEMPT_COMPLETE) {
        clear_outage(pool, &pool->store_outage);
        pc_dispatcher_complete_and_take(pool->dispatcher, job, got);
    } else {
        pc_job_finish(job);
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
    pool->running--;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

/* --- leases and sweeps --- */

/* Works on a copy of the job, so that no driver is called with the slot locked. When the queue
 * returns, the worker may have another job, which has another token. */
static void renew_lease(struct slot *slot)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_job job = {0};
    pthread_mutex_lock(&slot->lock);
    bool busy = slot->busy;
    if (busy)
        job = (struct pc_job){.id = pc_xstrdup(slot->job.id),
                              .token = pc_xstrdup(slot->job.token),
                              .image_id = slot->job.image_id};
    pthread_mutex_unlock(&slot->lock);
    if (!busy)
        return;
    enum pc_code rc = pc_queue_renew(slot->pool->queue, &job, &err);
    if (rc == PC_E_LEASE_LOST) {
        pthread_mutex_lock(&slot->lock);
        if (slot->busy && pc_str_eq(slot->job.token, job.token) && pc_str_eq(slot->job.id, job.id))
            atomic_store(&slot->lease_lost, true);
        pthread_mutex_unlock(&slot->lock);
    } else if (rc) {
        pc_log_err(PC_LOG_WARN, "lease not renewed", &err, PC_LOG_I64("id", job.image_id));
    }
    pc_job_finish(&job);
}

/* Returns whether to go on. */
static bool sleep_until(struct pc_worker_pool *pool, int64_t until_ms)
{
    pthread_mutex_lock(&pool->lock);
    while (!pool->stop_helpers && pc_clock_mono_ms() < until_ms)
        pc_sync_wait_until(&pool->changed, &pool->lock, until_ms);
    bool go_on = !pool->stop_helpers;
    pthread_mutex_unlock(&pool->lock);
    return go_on;
}

static void *renew_leases(void *ctx)
{
    struct pc_worker_pool *pool = ctx;
    do {
        for (int i = 0; i < pool->n; i++)
            renew_lease(&pool->slots[i]);
    } while (sleep_until(pool, pc_clock_mono_ms() + pool->lease_ms / 3));
    return NULL;
}

/* A thread of its own: a store that hangs must cost nobody a lease. */
static void *sweep(void *ctx)
{
    struct pc_worker_pool *pool = ctx;
    do
        pc_service_sweep(pool->svc);
    while (sleep_until(pool, pc_clock_mono_ms() + SWEEP_EVERY_MS));
    return NULL;
}

/* --- start and stop --- */

/* 0, or why not all threads could be started. */
static int start_threads(struct pc_worker_pool *pool)
{
    int failed = pthread_create(&pool->renewer, NULL, renew_leases, pool);
    pool->has_renewer = !failed;
    if (!failed)
        failed = pthread_create(&pool->sweeper, NULL, sweep, pool);
    pool->has_sweeper = !failed;
    pthread_mutex_lock(&pool->lock); /* a worker that ends at once waits with its running-- */
    while (!failed && pool->started < pool->n) {
        struct slot *slot = &pool->slots[pool->started];
        failed = pthread_create(&slot->thread, NULL, work, slot);
        pool->started += !failed;
    }
    pool->running = pool->started;
    pthread_mutex_unlock(&pool->lock);
    return failed;
}

enum pc_code pc_worker_pool_start(struct pc_service *svc, struct pc_queue *queue, int n,
                                  struct pc_worker_pool **out, struct pc_err *err)
{
    struct pc_worker_pool *pool = pc_xzalloc(sizeof *pool);
    *pool = (struct pc_worker_pool){
        .svc = svc,
        .queue = queue,
        .n = n,
        .lease_ms = pc_service_config(svc)->lease_ms,
        .queue_outage.backoff = {.first_ms = PAUSE_FIRST_MS, .max_ms = PAUSE_MAX_MS},
        .store_outage.backoff = {.first_ms = PAUSE_FIRST_MS, .max_ms = PAUSE_MAX_MS},
    };
    pool->slots = pc_xzalloc((size_t)n * sizeof *pool->slots);
    pthread_mutex_init(&pool->lock, NULL);
    pc_sync_cond_init(&pool->changed);
    for (int i = 0; i < n; i++) {
        pool->slots[i].pool = pool;
        pthread_mutex_init(&pool->slots[i].lock, NULL);
    }
    *out = NULL;
    enum pc_code rc = pc_dispatcher_create(queue, n, pool->lease_ms, &pool->dispatcher, err);
    int failed = rc ? 0 : start_threads(pool);
    if (failed)
        rc = pc_fail_detail(err, PC_E_INTERNAL, "pthread_create: %d", failed);
    if (rc)
        pc_worker_pool_stop(pool, 0);
    else
        *out = pool;
    return rc;
}

void pc_worker_pool_stop(struct pc_worker_pool *pool, int64_t grace_ms)
{
    if (!pool)
        return;
    int64_t until_ms = pc_clock_mono_ms() + grace_ms;
    atomic_store(&pool->stopping, true);
    if (pool->dispatcher)
        pc_dispatcher_stop(pool->dispatcher);
    pthread_mutex_lock(&pool->lock);
    pthread_cond_broadcast(&pool->changed); /* wakes the workers that pause */
    while (pool->running > 0 && pc_clock_mono_ms() < until_ms)
        pc_sync_wait_until(&pool->changed, &pool->lock, until_ms);
    pthread_mutex_unlock(&pool->lock);
    atomic_store(&pool->abort_jobs, true);
    for (int i = 0; i < pool->started; i++)
        pthread_join(pool->slots[i].thread, NULL);
    pc_dispatcher_destroy(pool->dispatcher);

    pthread_mutex_lock(&pool->lock); /* the renewer ends last: leases live as long as their jobs */
    pool->stop_helpers = true;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
    if (pool->has_renewer)
        pthread_join(pool->renewer, NULL);
    if (pool->has_sweeper)
        pthread_join(pool->sweeper, NULL);
    for (int i = 0; i < pool->n; i++)
        pthread_mutex_destroy(&pool->slots[i].lock);
    pthread_mutex_destroy(&pool->lock);
    pthread_cond_destroy(&pool->changed);
    free(pool->slots);
    free(pool);
}
