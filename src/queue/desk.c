#include "queue/desk.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

enum { THREADS = 2, MOST_AHEAD = THREADS * PC_QUEUE_TURN };
enum { AGAIN_MS = 1000, LIES_MOST_MS = 100 };

struct pc_desk {
    struct pc_queue *q;
    int workers;
    int64_t lease_ms;
    pthread_t threads[THREADS]; /* while one asks, the other reads the last answer */
    int n_threads;
    pthread_mutex_t lock;     /* guards all below */
    pthread_cond_t handed_in; /* for the desk's thread */
    pthread_cond_t answered;  /* for workers */
    pthread_cond_t closing;   /* for a thread that sits out an outage */
    struct pc_job done[PC_QUEUE_TURN], ahead[MOST_AHEAD];
    int n_done, first_ahead, n_ahead;
    int coming;                        /* at most so many more: asked for, not here yet */
    int waiting;                       /* workers that wait for the next job */
    int hungry;                        /* of these: those whose wish is in no question yet */
    uint64_t asked, heard, came_short; /* questions: begun, answered, answered with too few */
    int64_t slowest_us;                /* of the latest jobs, fading */
    int64_t moved_us;                  /* when ahead changed last */
    int sleeping;                      /* threads of the desk that have nothing to do */
    bool giving_back;                  /* one of them puts back what nobody fetches */
    bool stop, close;
};

/* --- what is taken ahead; with the lock held ----------------------------------------------------
 */

static struct pc_job pop_ahead(struct pc_desk *d)
{
    struct pc_job job = d->ahead[d->first_ahead];
    d->first_ahead = (d->first_ahead + 1) % MOST_AHEAD;
    d->n_ahead--;
    d->moved_us = pc_mono_us();
    return job;
}

static void push_ahead(struct pc_desk *d, const struct pc_job jobs[], int n)
{
    if (n)
        d->moved_us = pc_mono_us();
    for (int i = 0; i < n; i++)
        d->ahead[(d->first_ahead + d->n_ahead++) % MOST_AHEAD] = jobs[i];
}

/* How many the workers do within PC_DESK_AHEAD_MS. */
static int64_t worth_ahead(const struct pc_desk *d)
{
    int64_t slowest_us = d->slowest_us > 0 ? d->slowest_us : 1;
    return d->workers * (int64_t)PC_DESK_AHEAD_MS * 1000 / slowest_us;
}

static int wanted(const struct pc_desk *d)
{
    int64_t there = d->n_ahead + d->coming, n = d->waiting + worth_ahead(d);
    if (n > MOST_AHEAD)
        n = MOST_AHEAD;
    n -= there;
    if (d->stop || n < 0)
        return 0;
    return n < PC_QUEUE_TURN ? (int)n : PC_QUEUE_TURN;
}

/* --- the desk's thread --------------------------------------------------------------------------
 */

static void cond_wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t until_ms)
{
    struct timespec until = {.tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000};
    pthread_cond_timedwait(cond, lock, &until);
}

/* The youngest first, as each goes before all that wait; by one thread, which keeps that order.
 * Lock held; let go meanwhile. */
static void give_back_ahead(struct pc_desk *d)
{
    d->giving_back = true;
    while (d->n_ahead) {
        struct pc_err err = PC_ERR_INIT;
        struct pc_job job = d->ahead[(d->first_ahead + --d->n_ahead) % MOST_AHEAD];
        pthread_mutex_unlock(&d->lock);
        enum pc_code rc = pc_queue_give_back(d->q, &job, &err);
        if (rc && rc != PC_E_LEASE_LOST) /* its lease runs out */
            pc_log_err(PC_LOG_WARN, "job not given back", &err, PC_LOG_I64("id", job.image_id));
        pc_job_finish(&job);
        pthread_mutex_lock(&d->lock);
    }
    d->giving_back = false;
}

static bool has_to_ask(const struct pc_desk *d)
{
    return d->n_done || d->hungry;
}

/* Sleeps until there is something to ask, or the end; answers which. Lock held. */
static bool wait_for_workers(struct pc_desk *d)
{
    while (!has_to_ask(d) && !d->close) {
        int64_t go_back_ms = d->moved_us / 1000 + LIES_MOST_MS;
        bool lies = d->n_ahead && !d->giving_back;
        if (lies && (d->stop || pc_mono_ms() >= go_back_ms)) {
            give_back_ahead(d);
            continue;
        }
        d->sleeping++;
        if (lies)
            cond_wait_until(&d->handed_in, &d->lock, go_back_ms);
        else
            pthread_cond_wait(&d->handed_in, &d->lock);
        d->sleeping--;
    }
    return has_to_ask(d);
}

/* Sleeps until it is time to ask again; answers whether it is still of use. Lock held. */
static bool wait_while_away(struct pc_desk *d, int64_t since_ms)
{
    int64_t until_ms = pc_mono_ms() + AGAIN_MS;
    while (!d->close && pc_mono_ms() < until_ms)
        cond_wait_until(&d->closing, &d->lock, until_ms);
    return !d->close && pc_mono_ms() < since_ms + d->lease_ms;
}

static uint64_t later(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static void forget_all(struct pc_job jobs[], int n)
{
    for (int i = 0; i < n; i++)
        pc_job_finish(&jobs[i]);
}

/* Lock held; let go while asking. */
static void hand_in(struct pc_desk *d)
{
    struct pc_job done[PC_QUEUE_TURN], jobs[PC_QUEUE_TURN];
    struct pc_err err = PC_ERR_INIT;
    int64_t since_ms = pc_mono_ms();
    int n_done = d->n_done;
    enum pc_code rc;
    for (int i = 0; i < n_done; i++)
        done[i] = d->done[i];
    d->n_done = d->hungry = 0;
    uint64_t question = ++d->asked;
    do {
        int asked_for = wanted(d), n = asked_for;
        d->coming += asked_for;
        pthread_mutex_unlock(&d->lock);
        rc = pc_queue_turn(d->q, done, n_done, jobs, &n, &err);
        pthread_mutex_lock(&d->lock);
        d->coming -= asked_for;
        push_ahead(d, jobs, n);
        d->heard = later(d->heard, question);
        if (n < asked_for) /* also when the queue is away: nobody waits for it here */
            d->came_short = later(d->came_short, question);
        pthread_cond_broadcast(&d->answered);
    } while (rc == PC_E_QUEUE_UNAVAILABLE && wait_while_away(d, since_ms));
    pthread_mutex_unlock(&d->lock);
    if (rc)
        pc_log_err(PC_LOG_WARN, "queue not told of jobs that are over", &err,
                   PC_LOG_I64("jobs", n_done));
    forget_all(done, n_done);
    pthread_mutex_lock(&d->lock);
}

static void *serve(void *ctx)
{
    struct pc_desk *d = ctx;
    pthread_mutex_lock(&d->lock);
    while (wait_for_workers(d))
        hand_in(d);
    if (!d->giving_back)
        give_back_ahead(d);
    pthread_mutex_unlock(&d->lock);
    return NULL;
}

/* --- workers ------------------------------------------------------------------------------------
 */

/* Lock held. */
static bool get_ahead(struct pc_desk *d, struct pc_job *job)
{
    bool got = d->n_ahead && !d->stop;
    if (got) {
        *job = pop_ahead(d);
        job->begun_us = d->moved_us;
    }
    return got;
}

/* Lock held. */
static void rouse(struct pc_desk *d)
{
    if (d->sleeping > 0)
        pthread_cond_signal(&d->handed_in);
}

/* Lock held. False: there is no room for it, and the process stops. */
static bool put_done(struct pc_desk *d, const struct pc_job *job)
{
    int64_t took_us = pc_mono_us() - job->begun_us, faded_us = d->slowest_us - d->slowest_us / 8;
    d->slowest_us = took_us > faded_us ? took_us : faded_us;
    while (d->n_done == PC_QUEUE_TURN && !d->stop)
        pthread_cond_wait(&d->answered, &d->lock);
    bool room = d->n_done < PC_QUEUE_TURN;
    if (room)
        d->done[d->n_done++] = *job;
    rouse(d);
    return room;
}

/* Lock held. Waits for a job that another worker does not snatch, or an answer that came short. */
static bool wait_for_next(struct pc_desk *d, struct pc_job *job)
{
    uint64_t mine = 0; /* the question that asks for it */
    while (!get_ahead(d, job)) {
        if (d->stop || (mine && d->came_short >= mine))
            return false;
        if (d->heard >= mine) {
            mine = d->asked + 1;
            d->hungry++;
            rouse(d);
        }
        pthread_cond_wait(&d->answered, &d->lock);
    }
    return true;
}

void pc_desk_next(struct pc_desk *d, struct pc_job *job, bool *got)
{
    pthread_mutex_lock(&d->lock);
    if (!put_done(d, job))
        pc_job_finish(job); /* its lease runs out */
    *job = (struct pc_job){.id = NULL};
    d->waiting++;
    *got = wait_for_next(d, job);
    d->waiting--;
    pthread_mutex_unlock(&d->lock);
}

enum pc_code pc_desk_take(struct pc_desk *d, int64_t wait_ms, struct pc_job *job, bool *got,
                          struct pc_err *err)
{
    pthread_mutex_lock(&d->lock);
    *got = get_ahead(d, job);
    bool stop = d->stop;
    pthread_mutex_unlock(&d->lock);
    if (*got || stop)
        return PC_OK;
    enum pc_code rc = pc_queue_take(d->q, wait_ms, job, got, err);
    job->begun_us = pc_mono_us();
    return rc;
}

void pc_desk_stop(struct pc_desk *d)
{
    pthread_mutex_lock(&d->lock);
    d->stop = true;
    pthread_cond_broadcast(&d->answered);
    pthread_cond_signal(&d->handed_in);
    pthread_mutex_unlock(&d->lock);
    pc_queue_wake(d->q);
}

static void init_cond(pthread_cond_t *cond)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &attr);
    pthread_condattr_destroy(&attr);
}

static void free_desk(struct pc_desk *d)
{
    pthread_cond_destroy(&d->handed_in);
    pthread_cond_destroy(&d->answered);
    pthread_cond_destroy(&d->closing);
    pthread_mutex_destroy(&d->lock);
    free(d);
}

void pc_desk_close(struct pc_desk *d)
{
    if (!d)
        return;
    pthread_mutex_lock(&d->lock);
    d->stop = d->close = true;
    pthread_cond_broadcast(&d->handed_in);
    pthread_cond_broadcast(&d->closing);
    pthread_mutex_unlock(&d->lock);
    for (int i = 0; i < d->n_threads; i++)
        pthread_join(d->threads[i], NULL);
    free_desk(d);
}

enum pc_code pc_desk_open(struct pc_queue *q, int workers, int64_t lease_ms, struct pc_desk **out,
                          struct pc_err *err)
{
    struct pc_desk *d = pc_xmalloc(sizeof *d);
    *d = (struct pc_desk){.q = q, .workers = workers, .lease_ms = lease_ms};
    pthread_mutex_init(&d->lock, NULL);
    init_cond(&d->handed_in);
    init_cond(&d->answered);
    init_cond(&d->closing);
    *out = d;
    int failed = 0;
    while (!failed && d->n_threads < THREADS) {
        failed = pthread_create(&d->threads[d->n_threads], NULL, serve, d);
        d->n_threads += !failed;
    }
    if (!failed)
        return PC_OK;
    pc_desk_close(d);
    *out = NULL;
    return pc_fail_detail(err, PC_E_INTERNAL, "pthread_create: %d", failed);
}
