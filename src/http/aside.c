/* Pools of threads with bounded queues. The request is suspended while its task waits and runs, and
 * answered when it is resumed.
 *
 * A task belongs to its request. When the client leaves, a waiting task is dropped; one that runs
 * is let run, and its answer goes nowhere (a client that closed only its half still gets it). A
 * request that ends before its task, as all do when the server stops, leaves the task to be freed
 * when it comes back. A thread touches a task only between taking it from the queue and putting it
 * among the finished ones.
 *
 * The stores' pool: a store that hangs holds each thread until the driver's own time is over. What
 * waits longer than WAIT_MS for a thread meanwhile is answered 503, so callers hear it soon.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "http/aside.h"
#include "http/list.h"
#include "image/image.h"

enum { WAIT_MS = 5000, MAX_THREADS = 8 };

static const struct {
    int threads, waiting;
    bool sweeps; /* WAIT_MS holds */
} sizes[PC_POOLS] = {
    [PC_POOL_STORE] = {MAX_THREADS, 256, true}, /* looks go here too */
    [PC_POOL_HEALTH] = {2, 16, true},
    [PC_POOL_CHANGE] = {1, 16, false},
    [PC_POOL_DRAW] = {1, 16, false},
};

struct pc_aside {
    struct pc_watch watch; /* of done_fd; first */
    struct pc_http *http;
    enum pc_pool pool;
    int done_fd, max, n_threads;
    pthread_t threads[MAX_THREADS];
    struct pc_task *parked; /* of the loop: all whose request waits */
    int n_tasks;            /* of the loop: waiting, running, or coming back */
    pthread_mutex_t lock;   /* guards what follows */
    pthread_cond_t more;
    struct pc_task *first, **last; /* waiting */
    int waiting;
    struct pc_task *done;
    bool stop;
};

/* --- the threads -------------------------------------------------------------------------------
 */

static struct pc_task *take(struct pc_aside *a)
{
    struct pc_task *task = NULL;
    pthread_mutex_lock(&a->lock);
    while (!a->first && !a->stop)
        pthread_cond_wait(&a->more, &a->lock);
    if (!a->stop) {
        task = a->first;
        a->first = task->behind;
        if (!a->first)
            a->last = &a->first;
        a->waiting--;
    }
    pthread_mutex_unlock(&a->lock);
    return task;
}

static void put_done(struct pc_aside *a, struct pc_task *task)
{
    pthread_mutex_lock(&a->lock);
    task->behind = a->done;
    a->done = task;
    pthread_mutex_unlock(&a->lock);
    eventfd_write(a->done_fd, 1);
}

static void *work(void *ctx)
{
    struct pc_aside *a = ctx;
    struct pc_task *task;
    bool drew = false; /* else the image library may not even be there */
    while ((task = take(a))) {
        drew = a->pool == PC_POOL_DRAW;
        task->rc = task->run(task, a->http->svc, &task->err);
        put_done(a, task);
    }
    if (drew)
        pc_image_thread_end();
    return NULL;
}

/* --- the loop ----------------------------------------------------------------------------------
 */

static void unwatch(struct pc_task *task)
{
    if (task->watched)
        pc_http_unwatch(task->aside->http, task->r->conn->fd);
    task->watched = false;
}

static void wake(struct pc_task *task)
{
    if (task->woken)
        return;
    task->woken = true;
    unwatch(task);
    MHD_resume_connection(task->r->mhd);
    task->aside->http->daemon_ready = true;
}

/* Answers whether the task was still in the queue; else a thread has it, or had it. */
static bool dequeue(struct pc_aside *a, struct pc_task *task)
{
    bool found = false;
    pthread_mutex_lock(&a->lock);
    for (struct pc_task **at = &a->first; *at && !found; at = &(*at)->behind) {
        if (*at != task)
            continue;
        found = true;
        *at = task->behind;
        if (!*at)
            a->last = at;
        a->waiting--;
        break;
    }
    pthread_mutex_unlock(&a->lock);
    return found;
}

/* It will not run any more: the request is answered with why. */
static void give_up(struct pc_task *task, enum pc_code why)
{
    task->rc = pc_fail(&task->err, why, NULL);
    task->finished = true;
    wake(task);
}

static void client_left(struct pc_watch *watch, uint32_t events)
{
    struct pc_task *task = (struct pc_task *)watch;
    (void)events;
    unwatch(task);
    if (dequeue(task->aside, task))
        give_up(task, PC_E_SHUTTING_DOWN); /* nobody listens */
}

static void task_over(struct pc_task *task)
{
    task->finished = true;
    if (task->r) {
        wake(task);
        return;
    }
    task->aside->n_tasks--;
    if (task->done)
        task->done(task);
    task->free(task);
}

static void tasks_done(struct pc_watch *watch, uint32_t events)
{
    struct pc_aside *a = (struct pc_aside *)watch;
    eventfd_t count;
    (void)events;
    (void)eventfd_read(a->done_fd, &count);
    pthread_mutex_lock(&a->lock);
    struct pc_task *task = a->done, *next;
    a->done = NULL;
    pthread_mutex_unlock(&a->lock);
    for (; task; task = next) {
        next = task->behind;
        task_over(task);
    }
}

/* --- asking ------------------------------------------------------------------------------------
 */

/* NULL: at once. */
static struct pc_aside *aside_of(const struct pc_http *http, enum pc_pool pool)
{
    switch (pool) {
    case PC_POOL_LOOK: return http->records_remote ? http->asides[PC_POOL_STORE] : NULL;
    case PC_POOL_OPEN: return http->blobs_remote ? http->asides[PC_POOL_STORE] : NULL;
    default: return http->asides[pool];
    }
}

static bool enqueue(struct pc_aside *a, struct pc_task *task)
{
    task->aside = a;
    task->asked_ms = pc_mono_ms();
    pthread_mutex_lock(&a->lock);
    bool room = a->waiting < a->max;
    if (room) {
        *a->last = task;
        a->last = &task->behind;
        a->waiting++;
        pthread_cond_signal(&a->more);
    }
    pthread_mutex_unlock(&a->lock);
    a->n_tasks += room;
    return room;
}

static void park(struct pc_aside *a, struct pc_request *r, struct pc_task *task)
{
    task->watch.ready = client_left;
    task->watched = true;
    PC_LIST_ADD(a->parked, task);
    r->task = task;
    MHD_suspend_connection(r->mhd);
    pc_conn_set_phase(r->conn, PC_PHASE_PARKED, 0);
    pc_http_watch(r->http, r->conn->fd, EPOLLRDHUP, &task->watch);
}

enum pc_code pc_ask(struct pc_request *r, struct pc_task *task)
{
    struct pc_aside *a = aside_of(r->http, task->pool);
    enum pc_code rc;
    task->r = r;
    if (a && enqueue(a, task)) {
        park(a, r, task);
        return PC_OK;
    }
    if (a)
        rc = pc_fail(&r->err, PC_E_TOO_MANY_CONNECTIONS,
                     "Too many requests of this kind are waiting.");
    else
        rc = task->run(task, r->http->svc, &r->err);
    if (!rc)
        rc = task->reply(r, task);
    task->free(task);
    return rc;
}

bool pc_errand(struct pc_http *http, struct pc_task *task)
{
    struct pc_aside *a = aside_of(http, task->pool);
    if (a && enqueue(a, task))
        return true;
    if (!a) {
        task->rc = task->run(task, http->svc, &task->err);
        task->done(task);
    }
    task->free(task);
    return !a;
}

void pc_task_drop(struct pc_task *task)
{
    struct pc_aside *a = task->aside;
    PC_LIST_REMOVE(task->aside->parked, task);
    unwatch(task);
    task->r = NULL;
    if (!task->finished && !dequeue(a, task))
        return; /* its thread has it: task_over frees it */
    a->n_tasks--;
    task->free(task);
}

enum pc_code pc_task_reply(struct pc_request *r)
{
    struct pc_task *task = r->task;
    enum pc_code rc;
    r->task = NULL;        /* reply may ask again */
    if (!task->finished) { /* the server stops */
        rc = pc_fail(&r->err, PC_E_SHUTTING_DOWN, NULL);
    } else {
        r->err = task->err;
        rc = task->rc ? task->rc : task->reply(r, task);
    }
    pc_task_drop(task);
    return rc;
}

void pc_asides_sweep(struct pc_http *http, int64_t now_ms)
{
    for (int pool = 0; pool < PC_POOLS; pool++) {
        struct pc_aside *a = http->asides[pool];
        for (struct pc_task *task = a && sizes[pool].sweeps ? a->parked : NULL; task;
             task = task->next)
            if (!task->finished && now_ms - task->asked_ms > WAIT_MS && dequeue(a, task))
                give_up(task, PC_E_STORE_UNAVAILABLE);
    }
}

void pc_asides_wake_all(struct pc_http *http)
{
    for (int pool = 0; pool < PC_POOLS; pool++)
        for (struct pc_task *task = http->asides[pool] ? http->asides[pool]->parked : NULL; task;
             task = task->next)
            wake(task);
}

int pc_asides_count(const struct pc_http *http)
{
    int n = 0;
    for (int pool = 0; pool < PC_POOLS; pool++)
        n += http->asides[pool] ? http->asides[pool]->n_tasks : 0;
    return n;
}

/* --- life --------------------------------------------------------------------------------------
 */

static void free_all(struct pc_task *task)
{
    for (struct pc_task *next; task; task = next) {
        next = task->behind;
        task->free(task);
    }
}

static void aside_destroy(struct pc_aside *a)
{
    if (!a)
        return;
    pthread_mutex_lock(&a->lock);
    a->stop = true;
    pthread_cond_broadcast(&a->more);
    pthread_mutex_unlock(&a->lock);
    for (int i = 0; i < a->n_threads; i++)
        pthread_join(a->threads[i], NULL);
    free_all(a->first);
    free_all(a->done);
    if (a->done_fd >= 0)
        close(a->done_fd);
    pthread_mutex_destroy(&a->lock);
    pthread_cond_destroy(&a->more);
    free(a);
}

static struct pc_aside *aside_create(struct pc_http *http, enum pc_pool pool)
{
    struct pc_aside *a = pc_xmalloc(sizeof *a);
    *a = (struct pc_aside){
        .watch.ready = tasks_done, .http = http, .pool = pool, .max = sizes[pool].waiting};
    a->last = &a->first;
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->more, NULL);
    a->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    int failed = a->done_fd < 0 ? errno : 0;
    while (!failed && a->n_threads < sizes[pool].threads) {
        failed = pthread_create(&a->threads[a->n_threads], NULL, work, a);
        a->n_threads += !failed;
    }
    if (!failed) {
        pc_http_watch(http, a->done_fd, EPOLLIN, &a->watch);
        return a;
    }
    pc_log(PC_LOG_ERROR, "no side thread", PC_LOG_I64("errno", failed));
    aside_destroy(a);
    return NULL;
}

enum pc_code pc_asides_start(struct pc_http *http, struct pc_err *err)
{
    for (int pool = 0; pool < PC_POOLS; pool++) {
        if (sizes[pool].threads)
            http->asides[pool] = aside_create(http, (enum pc_pool)pool);
        if (sizes[pool].threads && !http->asides[pool])
            return pc_fail_detail(err, PC_E_INTERNAL, "side threads not started");
    }
    return PC_OK;
}

void pc_asides_finish(struct pc_http *http)
{
    for (int pool = 0; pool < PC_POOLS; pool++)
        aside_destroy(http->asides[pool]);
}
