/* The queue in memory: the driver that says in the fewest lines what the contract means.
 *
 * One list of waiting jobs for each priority, ordered by age; one of delayed jobs, ordered by due
 * time; one of active jobs, which are few. A tree (tsearch) finds the job of an image. One lock
 * guards it all; takers sleep in the notifier, outside the lock. */
#include <pthread.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "queue/drivers.h"
#include "queue/notifier.h"

enum state { WAITING, DELAYED, ACTIVE };

struct item {
    TAILQ_ENTRY(item) entries; /* in the list of its state */
    int64_t id, image_id;
    char *url;
    int priority, attempt;
    enum state state;
    int64_t due_ms; /* monotonic: end of the delay or of the lease */
    char token[PC_JOB_TOKEN_HEX + 1];
};
TAILQ_HEAD(item_list, item);

struct memory {
    struct pc_queue base;
    struct pc_notifier notifier;
    pthread_mutex_t lock; /* guards all below */
    struct item_list waiting[PC_PRIORITY_LOWEST + 1], delayed, active;
    int64_t counts[ACTIVE + 1];
    int64_t last_id;
    void *by_image; /* tsearch tree of the same items */
};

static int by_image(const void *va, const void *vb)
{
    const struct item *a = va, *b = vb;
    return (a->image_id > b->image_id) - (a->image_id < b->image_id);
}

/* --- the lists; lock held --- */

static struct item_list *list_of(struct memory *m, const struct item *it)
{
    if (it->state == WAITING)
        return &m->waiting[it->priority];
    return it->state == DELAYED ? &m->delayed : &m->active;
}

static bool goes_before(const struct item *a, const struct item *b)
{
    return a->state == DELAYED ? a->due_ms < b->due_ms : a->id < b->id;
}

/* Searches the place from the tail, because a new job goes last. A job that returns to the waiting
 * ones is older than most, so its place is searched from the head. */
static void put(struct memory *m, struct item *it, enum state state, bool returning)
{
    it->state = state;
    m->counts[state]++;
    struct item_list *list = list_of(m, it);
    struct item *at;
    if (returning && state == WAITING) {
        TAILQ_FOREACH(at, list, entries) if (goes_before(it, at)) break;
        if (at)
            TAILQ_INSERT_BEFORE(at, it, entries);
        else
            TAILQ_INSERT_TAIL(list, it, entries);
        return;
    }
    TAILQ_FOREACH_REVERSE(at, list, item_list, entries) if (!goes_before(it, at)) break;
    if (at)
        TAILQ_INSERT_AFTER(list, at, it, entries);
    else
        TAILQ_INSERT_HEAD(list, it, entries);
}

static void pull(struct memory *m, struct item *it)
{
    TAILQ_REMOVE(list_of(m, it), it, entries);
    m->counts[it->state]--;
}

static void move(struct memory *m, struct item *it, enum state state)
{
    pull(m, it);
    put(m, it, state, true);
}

static void drop(struct memory *m, struct item *it)
{
    pull(m, it);
    tdelete(it, &m->by_image, by_image);
    free(it->url);
    free(it);
}

static struct item *find(struct memory *m, int64_t image_id)
{
    struct item key = {.image_id = image_id};
    struct item **node = tfind(&key, &m->by_image, by_image);
    return node ? *node : NULL;
}

static struct item *held(struct memory *m, const struct pc_job *job)
{
    struct item *it = find(m, job->image_id);
    return it && it->state == ACTIVE && pc_str_eq(it->token, job->token) ? it : NULL;
}

/* Requeues delayed jobs that are due and those whose lease has expired. Returns when the next one
 * will be due; INT64_MAX: none. */
static int64_t requeue_due(struct memory *m, int64_t now_ms)
{
    int64_t next_ms = INT64_MAX;
    struct item *it, *after;
    for (it = TAILQ_FIRST(&m->delayed); it && it->due_ms <= now_ms; it = TAILQ_FIRST(&m->delayed))
        move(m, it, WAITING);
    if (it)
        next_ms = it->due_ms;
    for (it = TAILQ_FIRST(&m->active); it; it = after) {
        after = TAILQ_NEXT(it, entries);
        if (it->due_ms <= now_ms)
            move(m, it, WAITING);
        else if (it->due_ms < next_ms)
            next_ms = it->due_ms;
    }
    return next_ms;
}

/* Leases the first waiting job, if there is one. */
static bool take_first(struct memory *m, int64_t now_ms, struct pc_job *job)
{
    int p = 1;
    while (p <= PC_PRIORITY_LOWEST && TAILQ_EMPTY(&m->waiting[p]))
        p++;
    if (p > PC_PRIORITY_LOWEST)
        return false;
    struct item *it = TAILQ_FIRST(&m->waiting[p]);
    it->due_ms = now_ms + m->base.options.lease_ms;
    it->attempt++;
    pc_random_hex(it->token, PC_JOB_TOKEN_HEX);
    move(m, it, ACTIVE);
    *job = (struct pc_job){
        .id = pc_xasprintf("%lld", (long long)it->id),
        .token = pc_xstrdup(it->token),
        .image_id = it->image_id,
        .url = pc_xstrdup(it->url),
        .attempt = it->attempt,
        .max_attempts = m->base.options.max_attempts,
    };
    return true;
}

/* --- the slots --- */

static enum pc_code memory_open(const char *store_url, const struct pc_queue_options *options,
                                struct pc_queue **out, struct pc_err *err)
{
    (void)options;
    if (!pc_str_eq(store_url, "memory:"))
        return pc_fail(err, PC_E_CONFIG, "The store URL of a queue in memory is \"memory:\".");
    struct memory *m = pc_xzalloc(sizeof *m);
    pc_notifier_init(&m->notifier);
    pthread_mutex_init(&m->lock, NULL);
    for (int p = 0; p <= PC_PRIORITY_LOWEST; p++)
        TAILQ_INIT(&m->waiting[p]);
    TAILQ_INIT(&m->delayed);
    TAILQ_INIT(&m->active);
    *out = &m->base;
    return PC_OK;
}

static void free_item(void *node)
{
    struct item *it = node;
    free(it->url);
    free(it);
}

static void memory_close(struct pc_queue *q)
{
    struct memory *m = PC_QUEUE_SELF(struct memory, q);
    tdestroy(m->by_image, free_item);
    pthread_mutex_destroy(&m->lock);
    pc_notifier_finish(&m->notifier);
    free(m);
}

static enum pc_code memory_add(struct pc_queue *q, int64_t image_id, const char *url, int priority,
                               bool *added, struct pc_err *err)
{
    struct memory *m = PC_QUEUE_SELF(struct memory, q);
    enum pc_code rc = PC_OK;
    int64_t max = q->options.max_waiting;
    pthread_mutex_lock(&m->lock);
    if (find(m, image_id)) {
        *added = false;
    } else if (max > 0 && m->counts[WAITING] + m->counts[DELAYED] >= max) {
        rc = pc_fail(err, PC_E_QUEUE_FULL, NULL);
    } else {
        struct item *it = pc_xzalloc(sizeof *it);
        it->id = ++m->last_id;
        it->image_id = image_id;
        it->url = pc_xstrdup(url);
        it->priority = priority;
        if (!tsearch(it, &m->by_image, by_image))
            abort(); /* out of memory */
        put(m, it, WAITING, false);
        *added = true;
    }
    pthread_mutex_unlock(&m->lock);
    if (*added)
        pc_notifier_notify(&m->notifier);
    return rc;
}

static enum pc_code memory_take(struct pc_queue *q, int64_t wait_ms, struct pc_job *job, bool *got,
                                struct pc_err *err)
{
    (void)err;
    struct memory *m = PC_QUEUE_SELF(struct memory, q);
    struct pc_notifier_mark mark = pc_notifier_get_mark(&m->notifier);
    int64_t end_ms = pc_clock_mono_ms() + wait_ms;
    for (;;) {
        pthread_mutex_lock(&m->lock);
        int64_t now_ms = pc_clock_mono_ms(), next_ms = requeue_due(m, now_ms);
        *got = take_first(m, now_ms, job);
        pthread_mutex_unlock(&m->lock);
        int64_t left_ms = (next_ms < end_ms ? next_ms : end_ms) - now_ms;
        if (*got || now_ms >= end_ms ||
            pc_notifier_wait(&m->notifier, &mark, left_ms < 1 ? 1 : left_ms))
            return PC_OK;
    }
}

static void memory_wake(struct pc_queue *q)
{
    pc_notifier_wake_all(&PC_QUEUE_SELF(struct memory, q)->notifier);
}

static enum pc_code lost_unless(bool ok, struct pc_err *err)
{
    return ok ? PC_OK : pc_fail(err, PC_E_LEASE_LOST, NULL);
}

static enum pc_code memory_renew(struct pc_queue *q, const struct pc_job *job, struct pc_err *err)
{
    struct memory *m = PC_QUEUE_SELF(struct memory, q);
    pthread_mutex_lock(&m->lock);
    struct item *it = held(m, job);
    if (it)
        it->due_ms = pc_clock_mono_ms() + q->options.lease_ms;
    pthread_mutex_unlock(&m->lock);
    return lost_unless(it != NULL, err);
}

static enum pc_code memory_complete_and_take(struct pc_queue *q, const struct pc_job *completed,
                                             int n_completed, struct pc_job *jobs, int *n,
                                             struct pc_err *err)
{
    (void)err;
    struct memory *m = PC_QUEUE_SELF(struct memory, q);
    struct item *it;
    int wanted = *n;
    pthread_mutex_lock(&m->lock);
    for (int i = 0; i < n_completed; i++)
        if ((it = held(m, &completed[i])))
            drop(m, it);
    int64_t now_ms = pc_clock_mono_ms();
    (void)requeue_due(m, now_ms);
    *n = 0;
    while (*n < wanted && take_first(m, now_ms, &jobs[*n]))
        ++*n;
    pthread_mutex_unlock(&m->lock);
    return PC_OK;
}

static enum pc_code memory_fail(struct pc_queue *q, const struct pc_job *job, int64_t delay_ms,
                                const char *reason, struct pc_err *err)
{
    struct memory *m = PC_QUEUE_SELF(struct memory, q);
    (void)reason; /* it is in the record */
    pthread_mutex_lock(&m->lock);
    struct item *it = held(m, job);
    if (it && delay_ms < 0) {
        drop(m, it);
    } else if (it) {
        it->due_ms = pc_clock_mono_ms() + delay_ms;
        move(m, it, DELAYED);
    }
    pthread_mutex_unlock(&m->lock);
    if (it)
        pc_notifier_notify(&m->notifier); /* takers must take note of the new due time */
    return lost_unless(it != NULL, err);
}

static enum pc_code memory_release(struct pc_queue *q, const struct pc_job *job, struct pc_err *err)
{
    struct memory *m = PC_QUEUE_SELF(struct memory, q);
    pthread_mutex_lock(&m->lock);
    struct item *it = held(m, job);
    if (it) {
        it->attempt--;
        move(m, it, WAITING);
    }
    pthread_mutex_unlock(&m->lock);
    if (it)
        pc_notifier_notify(&m->notifier);
    return lost_unless(it != NULL, err);
}

static enum pc_code memory_remove(struct pc_queue *q, int64_t image_id, struct pc_err *err)
{
    (void)err;
    struct memory *m = PC_QUEUE_SELF(struct memory, q);
    pthread_mutex_lock(&m->lock);
    struct item *it = find(m, image_id);
    if (it && it->state != ACTIVE)
        drop(m, it);
    pthread_mutex_unlock(&m->lock);
    return PC_OK;
}

static enum pc_code memory_has(struct pc_queue *q, int64_t image_id, bool *has, struct pc_err *err)
{
    (void)err;
    struct memory *m = PC_QUEUE_SELF(struct memory, q);
    pthread_mutex_lock(&m->lock);
    *has = find(m, image_id) != NULL;
    pthread_mutex_unlock(&m->lock);
    return PC_OK;
}

static enum pc_code memory_stats(struct pc_queue *q, struct pc_queue_stats *out, struct pc_err *err)
{
    (void)err;
    struct memory *m = PC_QUEUE_SELF(struct memory, q);
    pthread_mutex_lock(&m->lock);
    out->waiting = m->counts[WAITING];
    out->delayed = m->counts[DELAYED];
    out->active = m->counts[ACTIVE];
    pthread_mutex_unlock(&m->lock);
    return PC_OK;
}

const struct pc_queue_driver pc_queue_memory = {
    .scheme = "memory:",
    .open = memory_open,
    .close = memory_close,
    .add = memory_add,
    .take = memory_take,
    .wake = memory_wake,
    .renew = memory_renew,
    .complete_and_take = memory_complete_and_take,
    .fail = memory_fail,
    .release = memory_release,
    .remove = memory_remove,
    .has = memory_has,
    .stats = memory_stats,
};
