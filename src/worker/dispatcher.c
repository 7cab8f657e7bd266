#include "worker/dispatcher.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/sync.h"

enum {
    THREADS = 2, /* while one waits for a reply, the other handles the last one */
    PREFETCH_MAX = THREADS * PC_QUEUE_BATCH_MAX,
    RETRY_MS = 1000,
    UNUSED_MAX_MS = 100 /* how long a prefetched job is kept that no worker takes */
};

/* Requests to the queue are numbered from 1; last_* are such numbers. */
struct pc_dispatcher {
    struct pc_queue *q;
    int workers;
    int64_t lease_ms;
    pthread_t threads[THREADS];
    int n_threads;
    pthread_mutex_t lock;         /* guards all below */
    pthread_cond_t work_arrived;  /* for the dispatcher's threads */
    pthread_cond_t reply_arrived; /* for workers */
    pthread_cond_t outage_cond;   /* for a thread that waits for the end of an outage */
    struct pc_job completed[PC_QUEUE_BATCH_MAX];
    int n_completed;
    struct pc_job prefetched[PREFETCH_MAX]; /* a ring; started_us: when they arrived */
    int first_prefetched, n_prefetched;
    int expected;       /* jobs that are requested and not here yet, at most */
    int waiting;        /* workers that wait for their next job */
    int pending_demand; /* of these: those for which no request was made yet */
    uint64_t last_request, last_reply;
    uint64_t last_short; /* the last one that brought fewer jobs than were requested */
    int64_t slowest_us;  /* of the latest jobs; fades by an eighth a job */
    int idle_threads;
    bool releasing; /* a thread releases prefetched jobs */
    bool too_many;  /* jobs have become slow, and more are prefetched than would be now */
    bool stopping, closing_down;
};

/* How many jobs may be here: one for each waiting worker, and what all workers do within
 * PC_DISPATCHER_PREFETCH_MS. Lock held. */
static int most_prefetched(const struct pc_dispatcher *d)
{
    int64_t slowest_us = d->slowest_us > 0 ? d->slowest_us : 1;
    int64_t n = d->waiting + d->workers * (int64_t)PC_DISPATCHER_PREFETCH_MS * 1000 / slowest_us;
    return n < PREFETCH_MAX ? (int)n : PREFETCH_MAX;
}

/* Lock held. */
static int64_t oldest_expires_ms(const struct pc_dispatcher *d)
{
    return d->prefetched[d->first_prefetched].started_us / 1000 + UNUSED_MAX_MS;
}

/* Should the prefetched jobs go back? If jobs have become slow, or no worker takes these, the queue
 * may have more urgent ones by now. Lock held. */
static bool must_release(const struct pc_dispatcher *d)
{
    return d->n_prefetched &&
           (d->stopping || d->too_many || pc_clock_mono_ms() >= oldest_expires_ms(d));
}

/* How many jobs the next request asks for. Lock held. */
static int jobs_to_request(const struct pc_dispatcher *d)
{
    int n = most_prefetched(d) - d->n_prefetched - d->expected;
    if (d->stopping || d->releasing || n < 0)
        return 0;
    return n < PC_QUEUE_BATCH_MAX ? n : PC_QUEUE_BATCH_MAX;
}

/* --- the threads of the dispatcher --- */

/* The youngest first, because a released job goes before all that wait; by one thread at a time,
 * which keeps that order. Lock held; released while the queue is asked. */
static void release_prefetched(struct pc_dispatcher *d)
{
    d->releasing = true;
    while (must_release(d)) {
        struct pc_err err = PC_ERR_INIT;
        struct pc_job job = d->prefetched[(d->first_prefetched + --d->n_prefetched) % PREFETCH_MAX];
        pthread_mutex_unlock(&d->lock);
        enum pc_code rc = pc_queue_release(d->q, &job, &err);
        if (rc && rc != PC_E_LEASE_LOST) /* then its lease expires */
            pc_log_err(PC_LOG_WARN, "job not released", &err, PC_LOG_I64("id", job.image_id));
        pc_job_finish(&job);
        pthread_mutex_lock(&d->lock);
    }
    d->releasing = d->too_many = false;
    pthread_cond_broadcast(&d->reply_arrived); /* workers may request again */
}

static bool has_request(const struct pc_dispatcher *d)
{
    return d->n_completed || d->pending_demand;
}

/* Sleeps until there is something to request (true) or the dispatcher is destroyed. Releases
 * prefetched jobs first, so that the request can bring more urgent ones. Lock held. */
static bool wait_for_request(struct pc_dispatcher *d)
{
    for (;;) {
        if (!d->releasing && must_release(d)) {
            release_prefetched(d);
            continue;
        }
        if (has_request(d) || d->closing_down)
            return has_request(d);
        d->idle_threads++;
        if (d->n_prefetched && !d->releasing)
            pc_sync_wait_until(&d->work_arrived, &d->lock, oldest_expires_ms(d));
        else
            pthread_cond_wait(&d->work_arrived, &d->lock);
        d->idle_threads--;
    }
}

/* Sleeps before the next attempt; returns whether to make it. Lock held. */
static bool wait_out_outage(struct pc_dispatcher *d, int64_t give_up_ms)
{
    int64_t until_ms = pc_clock_mono_ms() + RETRY_MS;
    while (!d->closing_down && pc_clock_mono_ms() < until_ms)
        pc_sync_wait_until(&d->outage_cond, &d->lock, until_ms);
    return !d->closing_down && pc_clock_mono_ms() < give_up_ms;
}

static uint64_t max_of(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* Makes one request: reports the completed jobs and prefetches others. Lock held; released while
 * the queue is asked. */
static void exchange(struct pc_dispatcher *d)
{
    struct pc_job completed[PC_QUEUE_BATCH_MAX], jobs[PC_QUEUE_BATCH_MAX];
    struct pc_err err = PC_ERR_INIT;
    int64_t give_up_ms = pc_clock_mono_ms() + d->lease_ms;
    int n_completed = d->n_completed;
    enum pc_code rc;
    for (int i = 0; i < n_completed; i++)
        completed[i] = d->completed[i];
    d->n_completed = d->pending_demand = 0;
    uint64_t request = ++d->last_request;
    do {
        int requested = jobs_to_request(d), n = requested;
        d->expected += requested;
        pthread_mutex_unlock(&d->lock);
        rc = pc_queue_complete_and_take(d->q, completed, n_completed, jobs, &n, &err);
        pthread_mutex_lock(&d->lock);
        d->expected -= requested;
        for (int i = 0; i < n; i++) {
            jobs[i].started_us = pc_clock_mono_us();
            d->prefetched[(d->first_prefetched + d->n_prefetched++) % PREFETCH_MAX] = jobs[i];
        }
        d->last_reply = max_of(d->last_reply, request);
        if (n < requested) /* also during an outage, so that no worker waits for its end here */
            d->last_short = max_of(d->last_short, request);
        pthread_cond_broadcast(&d->reply_arrived);
    } while (rc == PC_E_QUEUE_UNAVAILABLE && wait_out_outage(d, give_up_ms));
    pthread_mutex_unlock(&d->lock);
    if (rc)
        pc_log_err(PC_LOG_WARN, "completed jobs not reported to the queue", &err,
                   PC_LOG_I64("jobs", n_completed));
    for (int i = 0; i < n_completed; i++)
        pc_job_finish(&completed[i]);
    pthread_mutex_lock(&d->lock);
}

static void *dispatch(void *ctx)
{
    struct pc_dispatcher *d = ctx;
    pthread_mutex_lock(&d->lock);
    while (wait_for_request(d))
        exchange(d);
    if (!d->releasing)
        release_prefetched(d);
    pthread_mutex_unlock(&d->lock);
    return NULL;
}

/* --- workers --- */

/* Lock held. */
static bool take_prefetched(struct pc_dispatcher *d, struct pc_job *job)
{
    if (!d->n_prefetched || must_release(d))
        return false;
    *job = d->prefetched[d->first_prefetched];
    d->first_prefetched = (d->first_prefetched + 1) % PREFETCH_MAX;
    d->n_prefetched--;
    job->started_us = pc_clock_mono_us();
    return true;
}

/* Lock held. */
static void wake_thread(struct pc_dispatcher *d)
{
    if (d->idle_threads > 0)
        pthread_cond_signal(&d->work_arrived);
}

/* Adds job to the completed ones. False: there is no room for it, and the process stops. Lock
 * held. */
static bool put_completed(struct pc_dispatcher *d, const struct pc_job *job)
{
    int64_t duration_us = pc_clock_mono_us() - job->started_us;
    int64_t faded_us = d->slowest_us - d->slowest_us / 8;
    d->slowest_us = duration_us > faded_us ? duration_us : faded_us;
    d->too_many = d->n_prefetched > most_prefetched(d);
    while (d->n_completed == PC_QUEUE_BATCH_MAX && !d->stopping)
        pthread_cond_wait(&d->reply_arrived, &d->lock);
    bool fits = d->n_completed < PC_QUEUE_BATCH_MAX;
    if (fits)
        d->completed[d->n_completed++] = *job;
    wake_thread(d);
    return fits;
}

void pc_dispatcher_complete_and_take(struct pc_dispatcher *d, struct pc_job *job, bool *got)
{
    uint64_t own_request = 0; /* the one that asks for this worker's next job; 0: none yet */
    pthread_mutex_lock(&d->lock);
    if (!put_completed(d, job))
        pc_job_finish(job); /* its lease expires */
    *job = (struct pc_job){.id = NULL};
    d->waiting++;
    /* A job that arrives may go to another worker; then this one makes a new request. It gives up
     * when its request brought too few jobs. */
    while (!(*got = take_prefetched(d, job)) && !d->stopping &&
           !(own_request && d->last_short >= own_request)) {
        if (d->last_reply >= own_request && !d->releasing) {
            own_request = d->last_request + 1;
            d->pending_demand++;
            wake_thread(d);
        }
        pthread_cond_wait(&d->reply_arrived, &d->lock);
    }
    d->waiting--;
    pthread_mutex_unlock(&d->lock);
}

enum pc_code pc_dispatcher_take(struct pc_dispatcher *d, int64_t wait_ms, struct pc_job *job,
                                bool *got, struct pc_err *err)
{
    pthread_mutex_lock(&d->lock);
    *got = take_prefetched(d, job);
    bool stop = d->stopping;
    pthread_mutex_unlock(&d->lock);
    if (*got || stop)
        return PC_OK;
    enum pc_code rc = pc_queue_take(d->q, wait_ms, job, got, err);
    job->started_us = pc_clock_mono_us();
    return rc;
}

void pc_dispatcher_stop(struct pc_dispatcher *d)
{
    pthread_mutex_lock(&d->lock);
    d->stopping = true;
    pthread_cond_broadcast(&d->reply_arrived);
    pthread_cond_signal(&d->work_arrived);
    pthread_mutex_unlock(&d->lock);
    pc_queue_wake(d->q);
}

void pc_dispatcher_destroy(struct pc_dispatcher *d)
{
    if (!d)
        return;
    pthread_mutex_lock(&d->lock);
    d->stopping = d->closing_down = true;
    pthread_cond_broadcast(&d->work_arrived);
    pthread_cond_broadcast(&d->outage_cond);
    pthread_mutex_unlock(&d->lock);
    for (int i = 0; i < d->n_threads; i++)
        pthread_join(d->threads[i], NULL);
    pthread_cond_destroy(&d->work_arrived);
    pthread_cond_destroy(&d->reply_arrived);
    pthread_cond_destroy(&d->outage_cond);
    pthread_mutex_destroy(&d->lock);
    free(d);
}

enum pc_code pc_dispatcher_create(struct pc_queue *q, int workers, int64_t lease_ms,
                                  struct pc_dispatcher **out, struct pc_err *err)
{
    struct pc_dispatcher *d = pc_xzalloc(sizeof *d);
    *d = (struct pc_dispatcher){.q = q, .workers = workers, .lease_ms = lease_ms};
    pthread_mutex_init(&d->lock, NULL);
    pc_sync_cond_init(&d->work_arrived);
    pc_sync_cond_init(&d->reply_arrived);
    pc_sync_cond_init(&d->outage_cond);
    *out = d;
    int failed = 0;
    while (!failed && d->n_threads < THREADS) {
        failed = pthread_create(&d->threads[d->n_threads], NULL, dispatch, d);
        d->n_threads += !failed;
    }
    if (!failed)
        return PC_OK;
    pc_dispatcher_destroy(d);
    *out = NULL;
    return pc_fail_detail(err, PC_E_INTERNAL, "pthread_create: %d", failed);
}
