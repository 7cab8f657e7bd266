#include "worker/dispatcher.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/sync.h"

enum { THREADS = 2, PREFETCH_MAX = THREADS * PC_QUEUE_BATCH_MAX };
enum { RETRY_MS = 1000, UNUSED_MAX_MS = 100 };

struct pc_dispatcher {
    struct pc_queue *q;
    int workers;
    int64_t lease_ms;
    pthread_t threads[THREADS]; /* while one asks, the other reads the last answer */
    int n_threads;
    pthread_mutex_t lock;         /* guards all below */
    pthread_cond_t work_arrived;  /* for the desk's thread */
    pthread_cond_t reply_arrived; /* for workers */
    pthread_cond_t outage_cond;   /* for a thread that sits out an outage */
    struct pc_job completed[PC_QUEUE_BATCH_MAX], prefetched[PREFETCH_MAX];
    int n_completed, first_prefetched, n_prefetched;
    int expected;       /* at most so many more: asked for, not here yet */
    int waiting;        /* workers that wait for the next job */
    int pending_demand; /* of these: those whose wish is in no question yet */
    uint64_t last_request, last_reply,
        last_short;                /* questions: begun, answered, answered with too few */
    int64_t slowest_us;            /* of the latest jobs, fading */
    int64_t prefetched_changed_us; /* when ahead changed last */
    int idle_threads;              /* threads of the desk that have nothing to do */
    bool releasing;                /* one of them puts back what nobody fetches */
    bool stopping, closing_down;
};

/* --- what is taken ahead; with the lock held ----------------------------------------------------
 */

static struct pc_job pop_prefetched(struct pc_dispatcher *dispatcher)
{
    struct pc_job job = dispatcher->prefetched[dispatcher->first_prefetched];
    dispatcher->first_prefetched = (dispatcher->first_prefetched + 1) % PREFETCH_MAX;
    dispatcher->n_prefetched--;
    dispatcher->prefetched_changed_us = pc_clock_mono_us();
    return job;
}

static void push_prefetched(struct pc_dispatcher *dispatcher, const struct pc_job jobs[], int n)
{
    if (n)
        dispatcher->prefetched_changed_us = pc_clock_mono_us();
    for (int i = 0; i < n; i++)
        dispatcher->prefetched[(dispatcher->first_prefetched + dispatcher->n_prefetched++) %
                               PREFETCH_MAX] = jobs[i];
}

/* How many the workers do within PC_DISPATCHER_PREFETCH_MS. */
static int64_t prefetch_target(const struct pc_dispatcher *dispatcher)
{
    int64_t slowest_us = dispatcher->slowest_us > 0 ? dispatcher->slowest_us : 1;
    return dispatcher->workers * (int64_t)PC_DISPATCHER_PREFETCH_MS * 1000 / slowest_us;
}

static int jobs_to_request(const struct pc_dispatcher *dispatcher)
{
    int64_t there = dispatcher->n_prefetched + dispatcher->expected,
            n = dispatcher->waiting + prefetch_target(dispatcher);
    if (n > PREFETCH_MAX)
        n = PREFETCH_MAX;
    n -= there;
    if (dispatcher->stopping || n < 0)
        return 0;
    return n < PC_QUEUE_BATCH_MAX ? (int)n : PC_QUEUE_BATCH_MAX;
}

/* --- the desk's thread --------------------------------------------------------------------------
 */

/* The youngest first, as each goes before all that wait; by one thread, which keeps that order.
 * Lock held; let go meanwhile. */
static void release_prefetched(struct pc_dispatcher *dispatcher)
{
    dispatcher->releasing = true;
    while (dispatcher->n_prefetched) {
        struct pc_err err = PC_ERR_INIT;
        struct pc_job job =
            dispatcher->prefetched[(dispatcher->first_prefetched + --dispatcher->n_prefetched) %
                                   PREFETCH_MAX];
        pthread_mutex_unlock(&dispatcher->lock);
        enum pc_code rc = pc_queue_release(dispatcher->q, &job, &err);
        if (rc && rc != PC_E_LEASE_LOST) /* its lease runs out */
            pc_log_err(PC_LOG_WARN, "job not given back", &err, PC_LOG_I64("id", job.image_id));
        pc_job_finish(&job);
        pthread_mutex_lock(&dispatcher->lock);
    }
    dispatcher->releasing = false;
}

static bool has_request(const struct pc_dispatcher *dispatcher)
{
    return dispatcher->n_completed || dispatcher->pending_demand;
}

/* Sleeps until there is something to ask, or the end; answers which. Lock held. */
static bool wait_for_request(struct pc_dispatcher *dispatcher)
{
    while (!has_request(dispatcher) && !dispatcher->closing_down) {
        int64_t release_at_ms = dispatcher->prefetched_changed_us / 1000 + UNUSED_MAX_MS;
        bool has_unused = dispatcher->n_prefetched && !dispatcher->releasing;
        if (has_unused && (dispatcher->stopping || pc_clock_mono_ms() >= release_at_ms)) {
            release_prefetched(dispatcher);
            continue;
        }
        dispatcher->idle_threads++;
        if (has_unused)
            pc_sync_wait_until(&dispatcher->work_arrived, &dispatcher->lock, release_at_ms);
        else
            pthread_cond_wait(&dispatcher->work_arrived, &dispatcher->lock);
        dispatcher->idle_threads--;
    }
    return has_request(dispatcher);
}

/* Sleeps until it is time to ask again; answers whether it is still of use. Lock held. */
static bool wait_out_outage(struct pc_dispatcher *dispatcher, int64_t started_ms)
{
    int64_t until_ms = pc_clock_mono_ms() + RETRY_MS;
    while (!dispatcher->closing_down && pc_clock_mono_ms() < until_ms)
        pc_sync_wait_until(&dispatcher->outage_cond, &dispatcher->lock, until_ms);
    return !dispatcher->closing_down && pc_clock_mono_ms() < started_ms + dispatcher->lease_ms;
}

static uint64_t later(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static void finish_jobs(struct pc_job jobs[], int n)
{
    for (int i = 0; i < n; i++)
        pc_job_finish(&jobs[i]);
}

/* Lock held; let go while asking. */
static void exchange(struct pc_dispatcher *dispatcher)
{
    struct pc_job completed[PC_QUEUE_BATCH_MAX], jobs[PC_QUEUE_BATCH_MAX];
    struct pc_err err = PC_ERR_INIT;
    int64_t started_ms = pc_clock_mono_ms();
    int n_completed = dispatcher->n_completed;
    enum pc_code rc;
    for (int i = 0; i < n_completed; i++)
        completed[i] = dispatcher->completed[i];
    dispatcher->n_completed = dispatcher->pending_demand = 0;
    uint64_t request = ++dispatcher->last_request;
    do {
        int requested = jobs_to_request(dispatcher), n = requested;
        dispatcher->expected += requested;
        pthread_mutex_unlock(&dispatcher->lock);
        rc = pc_queue_complete_and_take(dispatcher->q, completed, n_completed, jobs, &n, &err);
        pthread_mutex_lock(&dispatcher->lock);
        dispatcher->expected -= requested;
        push_prefetched(dispatcher, jobs, n);
        dispatcher->last_reply = later(dispatcher->last_reply, request);
        if (n < requested) /* also when the queue is away: nobody waits for it here */
            dispatcher->last_short = later(dispatcher->last_short, request);
        pthread_cond_broadcast(&dispatcher->reply_arrived);
    } while (rc == PC_E_QUEUE_UNAVAILABLE && wait_out_outage(dispatcher, started_ms));
    pthread_mutex_unlock(&dispatcher->lock);
    if (rc)
        pc_log_err(PC_LOG_WARN, "queue not told of jobs that are over", &err,
                   PC_LOG_I64("jobs", n_completed));
    finish_jobs(completed, n_completed);
    pthread_mutex_lock(&dispatcher->lock);
}

static void *dispatch(void *ctx)
{
    struct pc_dispatcher *dispatcher = ctx;
    pthread_mutex_lock(&dispatcher->lock);
    while (wait_for_request(dispatcher))
        exchange(dispatcher);
    if (!dispatcher->releasing)
        release_prefetched(dispatcher);
    pthread_mutex_unlock(&dispatcher->lock);
    return NULL;
}

/* --- workers ------------------------------------------------------------------------------------
 */

/* Lock held. */
static bool take_prefetched(struct pc_dispatcher *dispatcher, struct pc_job *job)
{
    bool got = dispatcher->n_prefetched && !dispatcher->stopping;
    if (got) {
        *job = pop_prefetched(dispatcher);
        job->started_us = dispatcher->prefetched_changed_us;
    }
    return got;
}

/* Lock held. */
static void wake_thread(struct pc_dispatcher *dispatcher)
{
    if (dispatcher->idle_threads > 0)
        pthread_cond_signal(&dispatcher->work_arrived);
}

/* Lock held. False: there is no room for it, and the process stops. */
static bool put_completed(struct pc_dispatcher *dispatcher, const struct pc_job *job)
{
    int64_t duration_us = pc_clock_mono_us() - job->started_us,
            faded_us = dispatcher->slowest_us - dispatcher->slowest_us / 8;
    dispatcher->slowest_us = duration_us > faded_us ? duration_us : faded_us;
    while (dispatcher->n_completed == PC_QUEUE_BATCH_MAX && !dispatcher->stopping)
        pthread_cond_wait(&dispatcher->reply_arrived, &dispatcher->lock);
    bool fits = dispatcher->n_completed < PC_QUEUE_BATCH_MAX;
    if (fits)
        dispatcher->completed[dispatcher->n_completed++] = *job;
    wake_thread(dispatcher);
    return fits;
}

/* Lock held. Waits for a job that another worker does not snatch, or an answer that came short. */
static bool wait_for_next(struct pc_dispatcher *dispatcher, struct pc_job *job)
{
    uint64_t own_request = 0; /* the question that asks for it */
    while (!take_prefetched(dispatcher, job)) {
        if (dispatcher->stopping || (own_request && dispatcher->last_short >= own_request))
            return false;
        if (dispatcher->last_reply >= own_request) {
            own_request = dispatcher->last_request + 1;
            dispatcher->pending_demand++;
            wake_thread(dispatcher);
        }
        pthread_cond_wait(&dispatcher->reply_arrived, &dispatcher->lock);
    }
    return true;
}

void pc_dispatcher_complete_and_take(struct pc_dispatcher *dispatcher, struct pc_job *job,
                                     bool *got)
{
    pthread_mutex_lock(&dispatcher->lock);
    if (!put_completed(dispatcher, job))
        pc_job_finish(job); /* its lease runs out */
    *job = (struct pc_job){.id = NULL};
    dispatcher->waiting++;
    *got = wait_for_next(dispatcher, job);
    dispatcher->waiting--;
    pthread_mutex_unlock(&dispatcher->lock);
}

enum pc_code pc_dispatcher_take(struct pc_dispatcher *dispatcher, int64_t wait_ms,
                                struct pc_job *job, bool *got, struct pc_err *err)
{
    pthread_mutex_lock(&dispatcher->lock);
    *got = take_prefetched(dispatcher, job);
    bool stop = dispatcher->stopping;
    pthread_mutex_unlock(&dispatcher->lock);
    if (*got || stop)
        return PC_OK;
    enum pc_code rc = pc_queue_take(dispatcher->q, wait_ms, job, got, err);
    job->started_us = pc_clock_mono_us();
    return rc;
}

void pc_dispatcher_stop(struct pc_dispatcher *dispatcher)
{
    pthread_mutex_lock(&dispatcher->lock);
    dispatcher->stopping = true;
    pthread_cond_broadcast(&dispatcher->reply_arrived);
    pthread_cond_signal(&dispatcher->work_arrived);
    pthread_mutex_unlock(&dispatcher->lock);
    pc_queue_wake(dispatcher->q);
}

static void free_dispatcher(struct pc_dispatcher *dispatcher)
{
    pthread_cond_destroy(&dispatcher->work_arrived);
    pthread_cond_destroy(&dispatcher->reply_arrived);
    pthread_cond_destroy(&dispatcher->outage_cond);
    pthread_mutex_destroy(&dispatcher->lock);
    free(dispatcher);
}

void pc_dispatcher_destroy(struct pc_dispatcher *dispatcher)
{
    if (!dispatcher)
        return;
    pthread_mutex_lock(&dispatcher->lock);
    dispatcher->stopping = dispatcher->closing_down = true;
    pthread_cond_broadcast(&dispatcher->work_arrived);
    pthread_cond_broadcast(&dispatcher->outage_cond);
    pthread_mutex_unlock(&dispatcher->lock);
    for (int i = 0; i < dispatcher->n_threads; i++)
        pthread_join(dispatcher->threads[i], NULL);
    free_dispatcher(dispatcher);
}

enum pc_code pc_dispatcher_create(struct pc_queue *q, int workers, int64_t lease_ms,
                                  struct pc_dispatcher **out, struct pc_err *err)
{
    struct pc_dispatcher *dispatcher = pc_xzalloc(sizeof *dispatcher);
    *dispatcher = (struct pc_dispatcher){.q = q, .workers = workers, .lease_ms = lease_ms};
    pthread_mutex_init(&dispatcher->lock, NULL);
    pc_sync_cond_init(&dispatcher->work_arrived);
    pc_sync_cond_init(&dispatcher->reply_arrived);
    pc_sync_cond_init(&dispatcher->outage_cond);
    *out = dispatcher;
    int failed = 0;
    while (!failed && dispatcher->n_threads < THREADS) {
        failed =
            pthread_create(&dispatcher->threads[dispatcher->n_threads], NULL, dispatch, dispatcher);
        dispatcher->n_threads += !failed;
    }
    if (!failed)
        return PC_OK;
    pc_dispatcher_destroy(dispatcher);
    *out = NULL;
    return pc_fail_detail(err, PC_E_INTERNAL, "pthread_create: %d", failed);
}
