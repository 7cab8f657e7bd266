/* Workers: n threads that take and process, one that keeps their leases alive, one that sweeps.
 *
 * A worker's current job lies in its slot, under the slot's lock: the keeper renews the leases of
 * all slots at a third of the lease time, whatever the worker is busy with. When a renewal says
 * that the lease is lost, or the process stops, the slot's flag makes the pipeline end soon.
 *
 * A store that is away or full is no fault of the image: its job is given back, the try not
 * counted, and all workers of the process pause, longer each time, until a job ends well. */
#include "worker/worker.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "image/image.h"
#include "queue/desk.h"

enum {
    TAKE_WAIT_MS = 1000,
    SWEEP_EVERY_MS = 30 * 1000,
    AWAY_FIRST_MS = 1000,
    AWAY_MOST_MS = 30 * 1000,
    TELL_AGAIN_MS = 1000,
};

struct away { /* something that the work needs: how long nobody tries it again */
    int64_t pause_ms, until_ms;
};

struct slot {
    struct pc_workers *all;
    pthread_t thread;
    pthread_mutex_t lock; /* guards job and busy between worker and keeper */
    struct pc_job job;
    bool busy;
    atomic_bool cancel; /* the job is not ours any more */
};

struct pc_workers {
    struct pc_service *svc;
    struct pc_queue *queue;
    struct pc_desk *desk;
    int64_t lease_ms;
    int n, started;
    struct slot *slots;
    pthread_t keeper, sweeper;
    bool has_keeper, has_sweeper;
    atomic_bool stopping;     /* no new jobs */
    atomic_bool give_up;      /* the grace is over: running jobs end too */
    atomic_int running;       /* worker threads that have not ended */
    pthread_mutex_t nap_lock; /* guards what follows */
    pthread_cond_t nap;       /* wakes whoever naps, and whoever waits for running == 0 */
    bool keeper_stop;
    struct away queue_away, stores_away;
};

/* --- naps --------------------------------------------------------------------------------------
 */

/* With nap_lock held. */
static void nap(struct pc_workers *w, int64_t until_ms)
{
    struct timespec until = {.tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000};
    pthread_cond_timedwait(&w->nap, &w->nap_lock, &until);
}

static void is_away(struct pc_workers *w, struct away *away, const char *what,
                    const struct pc_err *why)
{
    int64_t now_ms = pc_mono_ms();
    pthread_mutex_lock(&w->nap_lock);
    bool news = now_ms >= away->until_ms; /* else a neighbour said it already */
    if (news) {
        int64_t next = away->pause_ms ? away->pause_ms * 2 : AWAY_FIRST_MS;
        away->pause_ms = next < AWAY_MOST_MS ? next : AWAY_MOST_MS;
        away->until_ms = now_ms + away->pause_ms;
    }
    int64_t pause_ms = away->pause_ms;
    pthread_mutex_unlock(&w->nap_lock);
    if (news)
        pc_log_err(PC_LOG_WARN, what, why, PC_LOG_I64("pause_ms", pause_ms));
}

static void is_back(struct pc_workers *w, struct away *away)
{
    pthread_mutex_lock(&w->nap_lock);
    *away = (struct away){0};
    pthread_mutex_unlock(&w->nap_lock);
}

static void wait_while_away(struct pc_workers *w)
{
    pthread_mutex_lock(&w->nap_lock);
    while (!atomic_load(&w->stopping)) {
        int64_t until_ms = w->queue_away.until_ms > w->stores_away.until_ms
                               ? w->queue_away.until_ms
                               : w->stores_away.until_ms;
        if (pc_mono_ms() >= until_ms)
            break;
        nap(w, until_ms);
    }
    pthread_mutex_unlock(&w->nap_lock);
}

/* --- jobs --------------------------------------------------------------------------------------
 */

static bool job_cancelled(void *ctx)
{
    struct slot *slot = ctx;
    return atomic_load(&slot->cancel) || atomic_load(&slot->all->give_up);
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
static void job_failed(struct pc_workers *w, const struct pc_job *job, const struct pc_err *why)
{
    struct pc_err err = PC_ERR_INIT;
    bool retry = pc_code_info(why->code)->retryable && job->attempt < job->max_attempts;
    bool gone = false;
    int64_t retry_in_ms = 0;
    if (!retry && pc_queue_heartbeat(w->queue, job, &err) == PC_E_LEASE_LOST)
        return;
    if (!retry && job->image_id)
        pc_service_try_failed(w->svc, job, why, true);
    enum pc_code rc = pc_queue_fail(w->queue, job, retry, why->message, &gone, &retry_in_ms, &err);
    if (rc) /* the lease runs out and the job comes back by itself */
        pc_log_err(PC_LOG_WARN, "failed try not noted in the queue", &err,
                   PC_LOG_I64("id", job->image_id));
    else if (retry && job->image_id)
        pc_service_try_failed(w->svc, job, why, gone);
}

/* Is it that a store is away or full? One that answers again by now was away for a moment only:
 * then the try counts, so that an image that a store never takes is not tried for ever. */
static bool is_stores_fault(struct pc_workers *w, enum pc_code rc)
{
    return rc == PC_E_STORE_FULL ||
           ((rc == PC_E_STORE_UNAVAILABLE || rc == PC_E_QUEUE_UNAVAILABLE) &&
            !pc_service_reachable(w->svc));
}

/* Puts the job back; while the queue is away, tries again and again, as long as a lease lasts:
 * after that it comes back anyway. */
static void give_back(struct pc_workers *w, const struct pc_job *job)
{
    struct pc_err err = PC_ERR_INIT;
    int64_t until_ms = pc_mono_ms() + w->lease_ms;
    enum pc_code rc = pc_queue_give_back(w->queue, job, &err);
    while (rc == PC_E_QUEUE_UNAVAILABLE && pc_mono_ms() < until_ms && !atomic_load(&w->give_up)) {
        pc_sleep_ms(TELL_AGAIN_MS);
        rc = pc_queue_give_back(w->queue, job, &err);
    }
    if (rc && rc != PC_E_LEASE_LOST)
        pc_log_err(PC_LOG_WARN, "job not given back", &err, PC_LOG_I64("id", job->image_id));
}

/* How a job that did not end well goes on. */
static void settle(struct pc_workers *w, const struct pc_job *job, enum pc_code rc,
                   const struct pc_err *why)
{
    if (rc == PC_E_CANCELLED) {
        give_back(w, job);
    } else if (is_stores_fault(w, rc)) {
        is_away(w, &w->stores_away, "a store is away or full, workers pause", why);
        give_back(w, job);
    } else {
        job_failed(w, job, why);
    }
}

/* Another program's job that knows only a url: the url becomes an image with a job of its own. */
static enum pc_code submit_url(struct slot *slot, struct pc_job *job, struct pc_err *why)
{
    struct pc_submission what = {.url = job->url};
    struct pc_submitted image;
    enum pc_code rc = pc_submit_url(slot->all->svc, &what, PC_PRIORITY_BATCH, &image, why);
    if (!rc)
        job->image_id = image.id; /* the queue tells whoever waits for the job */
    return rc;
}

/* Somebody sent the job of a failed image back: the image is pending again. One that did not fail
 * is left as it is. */
static void reopen(struct slot *slot, const struct pc_job *job)
{
    struct pc_err err = PC_ERR_INIT;
    enum pc_code rc = pc_service_retry(slot->all->svc, job->image_id, NULL, &err);
    if (rc && rc != PC_E_NOT_FAILED && rc != PC_E_NOT_FOUND)
        pc_log_err(PC_LOG_WARN, "image not opened again", &err, PC_LOG_I64("id", job->image_id));
}

static enum pc_code process(struct slot *slot, struct pc_job *job, struct pc_err *why)
{
    if (job->attempt > job->max_attempts) /* its leases kept running out: it kills its workers */
        return pc_fail(why, PC_E_ATTEMPTS_EXHAUSTED, NULL);
    if (!job->image_id)
        return submit_url(slot, job, why);
    return pc_service_process(slot->all->svc, job, job_cancelled, slot, why);
}

/* Runs and settles job, whose lease is kept meanwhile; it becomes the next one, where *got. */
static void run_job(struct slot *slot, struct pc_job *job, bool *got)
{
    struct pc_workers *w = slot->all;
    struct pc_err why = PC_ERR_INIT;
    *got = false;
    if (job->by_hand && job->image_id)
        reopen(slot, job);
    set_busy(slot, job);
    enum pc_code rc = process(slot, job, &why);
    if (rc)
        settle(w, job, rc, &why);
    set_busy(slot, NULL);
    if (rc) {
        pc_job_finish(job);
    } else {
        is_back(w, &w->stores_away);
        pc_desk_next(w->desk, job, got);
    }
}

static void *work(void *ctx)
{
    struct slot *slot = ctx;
    struct pc_workers *w = slot->all;
    struct pc_job job = {0};
    bool got = false;
    while (got || !atomic_load(&w->stopping)) {
        struct pc_err err = PC_ERR_INIT;
        if (got)
            run_job(slot, &job, &got);
        else if (pc_desk_take(w->desk, TAKE_WAIT_MS, &job, &got, &err))
            is_away(w, &w->queue_away, "no job could be taken, workers pause", &err);
        else
            is_back(w, &w->queue_away);
        if (!got)
            wait_while_away(w);
    }
    pc_image_thread_end();
    pthread_mutex_lock(&w->nap_lock);
    atomic_fetch_sub(&w->running, 1);
    pthread_cond_broadcast(&w->nap);
    pthread_mutex_unlock(&w->nap_lock);
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
    if (slot->busy && slot->job.image_id == job->image_id && pc_streq(slot->job.token, job->token))
        atomic_store(&slot->cancel, true);
    pthread_mutex_unlock(&slot->lock);
}

static void renew(struct slot *slot)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_job job;
    if (!copy_job(slot, &job))
        return;
    enum pc_code rc = pc_queue_heartbeat(slot->all->queue, &job, &err);
    if (rc == PC_E_LEASE_LOST)
        cancel_if_still(slot, &job);
    else if (rc)
        pc_log_err(PC_LOG_WARN, "lease not renewed", &err, PC_LOG_I64("id", job.image_id));
    pc_job_finish(&job);
}

/* Sleeps until wake_at or the end; answers whether to go on. */
static bool nap_until(struct pc_workers *w, int64_t wake_at_ms)
{
    pthread_mutex_lock(&w->nap_lock);
    while (!w->keeper_stop && pc_mono_ms() < wake_at_ms)
        nap(w, wake_at_ms);
    bool go_on = !w->keeper_stop;
    pthread_mutex_unlock(&w->nap_lock);
    return go_on;
}

static void *keep(void *ctx)
{
    struct pc_workers *w = ctx;
    do {
        for (int i = 0; i < w->n; i++)
            renew(&w->slots[i]);
    } while (nap_until(w, pc_mono_ms() + w->lease_ms / 3));
    return NULL;
}

/* Apart from the keeper: stores that hang must cost nobody a lease. */
static void *sweep(void *ctx)
{
    struct pc_workers *w = ctx;
    do
        pc_service_sweep(w->svc);
    while (nap_until(w, pc_mono_ms() + SWEEP_EVERY_MS));
    return NULL;
}

static void init_sync(struct pc_workers *w)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&w->nap, &attr);
    pthread_condattr_destroy(&attr);
    pthread_mutex_init(&w->nap_lock, NULL);
}

/* 0, or why not all could be started. */
static int start_threads(struct pc_workers *w)
{
    int failed = pthread_create(&w->keeper, NULL, keep, w);
    w->has_keeper = !failed;
    if (!failed)
        failed = pthread_create(&w->sweeper, NULL, sweep, w);
    w->has_sweeper = !failed;
    while (!failed && w->started < w->n) {
        struct slot *slot = &w->slots[w->started];
        atomic_fetch_add(&w->running, 1);
        failed = pthread_create(&slot->thread, NULL, work, slot);
        if (failed)
            atomic_fetch_sub(&w->running, 1);
        else
            w->started++;
    }
    return failed;
}

enum pc_code pc_workers_start(struct pc_service *svc, struct pc_queue *queue, int n,
                              struct pc_workers **out, struct pc_err *err)
{
    struct pc_workers *w = pc_xmalloc(sizeof *w);
    *w = (struct pc_workers){
        .svc = svc, .queue = queue, .n = n, .lease_ms = pc_service_config(svc)->lease_ms};
    w->slots = pc_xmalloc((size_t)n * sizeof *w->slots);
    init_sync(w);
    for (int i = 0; i < n; i++) {
        w->slots[i].all = w;
        pthread_mutex_init(&w->slots[i].lock, NULL);
    }
    enum pc_code rc = pc_desk_open(queue, n, w->lease_ms, &w->desk, err);
    int failed = rc ? 0 : start_threads(w);
    if (failed)
        rc = pc_fail_detail(err, PC_E_INTERNAL, "pthread_create: %d", failed);
    *out = rc ? NULL : w;
    if (rc)
        pc_workers_stop(w, 0);
    return rc;
}

static void wait_for_workers(struct pc_workers *w, int64_t grace_ms)
{
    int64_t until_ms = pc_mono_ms() + grace_ms;
    pthread_mutex_lock(&w->nap_lock);
    pthread_cond_broadcast(&w->nap); /* those who pause */
    while (atomic_load(&w->running) > 0 && pc_mono_ms() < until_ms)
        nap(w, until_ms);
    pthread_mutex_unlock(&w->nap_lock);
}

static void stop_keeper(struct pc_workers *w)
{
    pthread_mutex_lock(&w->nap_lock);
    w->keeper_stop = true;
    pthread_cond_broadcast(&w->nap);
    pthread_mutex_unlock(&w->nap_lock);
    if (w->has_keeper)
        pthread_join(w->keeper, NULL);
    if (w->has_sweeper)
        pthread_join(w->sweeper, NULL);
}

void pc_workers_stop(struct pc_workers *w, int64_t grace_ms)
{
    if (!w)
        return;
    atomic_store(&w->stopping, true);
    if (w->desk)
        pc_desk_stop(w->desk);
    wait_for_workers(w, grace_ms);
    atomic_store(&w->give_up, true);
    for (int i = 0; i < w->started; i++)
        pthread_join(w->slots[i].thread, NULL);
    pc_desk_close(w->desk);
    stop_keeper(w); /* last: leases live as long as their jobs */
    for (int i = 0; i < w->n; i++)
        pthread_mutex_destroy(&w->slots[i].lock);
    pthread_mutex_destroy(&w->nap_lock);
    pthread_cond_destroy(&w->nap);
    free(w->slots);
    free(w);
}
