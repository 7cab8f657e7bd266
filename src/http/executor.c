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
#include "http/executor.h"
#include "http/list.h"
#include "image/image.h"

enum { MAX_WAIT_MS = 5000, MAX_THREADS = 8 };

static const struct {
    int threads, waiting;
    bool times_out; /* WAIT_MS holds */
} sizes[PC_POOLS] = {
    [PC_POOL_STORE] = {MAX_THREADS, 256, true}, /* looks go here too */
    [PC_POOL_HEALTH] = {2, 16, true},
    [PC_POOL_BULK] = {1, 16, false},
    [PC_POOL_RENDER] = {1, 16, false},
};

struct pc_executor {
    struct pc_loop_watch watch; /* of done_fd; first */
    struct pc_http *http;
    enum pc_executor_pool pool;
    int done_fd, max, n_threads;
    pthread_t threads[MAX_THREADS];
    struct pc_task *suspended; /* of the loop: all whose request waits */
    int n_tasks;               /* of the loop: waiting, running, or coming back */
    pthread_mutex_t lock;      /* guards what follows */
    pthread_cond_t not_empty;
    struct pc_task *first, **last; /* waiting */
    int waiting;
    struct pc_task *done;
    bool stop;
};

/* --- the threads -------------------------------------------------------------------------------
 */

static struct pc_task *pop(struct pc_executor *a)
{
    struct pc_task *task = NULL;
    pthread_mutex_lock(&a->lock);
    while (!a->first && !a->stop)
        pthread_cond_wait(&a->not_empty, &a->lock);
    if (!a->stop) {
        task = a->first;
        a->first = task->queue_next;
        if (!a->first)
            a->last = &a->first;
        a->waiting--;
    }
    pthread_mutex_unlock(&a->lock);
    return task;
}

static void push_done(struct pc_executor *a, struct pc_task *task)
{
    pthread_mutex_lock(&a->lock);
    task->queue_next = a->done;
    a->done = task;
    pthread_mutex_unlock(&a->lock);
    eventfd_write(a->done_fd, 1);
}

static void *run_tasks(void *ctx)
{
    struct pc_executor *a = ctx;
    struct pc_task *task;
    bool rendered = false; /* else the image library may not even be there */
    while ((task = pop(a))) {
        rendered = a->pool == PC_POOL_RENDER;
        task->rc = task->run(task, a->http->svc, &task->err);
        push_done(a, task);
    }
    if (rendered)
        pc_image_thread_shutdown();
    return NULL;
}

/* --- the loop ----------------------------------------------------------------------------------
 */

static void unwatch(struct pc_task *task)
{
    if (task->watched)
        pc_loop_remove(task->executor->http, task->r->connection->fd);
    task->watched = false;
}

static void resume(struct pc_task *task)
{
    if (task->resumed)
        return;
    task->resumed = true;
    unwatch(task);
    MHD_resume_connection(task->r->mhd);
    task->executor->http->daemon_ready = true;
}

/* Answers whether the task was still in the queue; else a thread has it, or had it. */
static bool dequeue(struct pc_executor *a, struct pc_task *task)
{
    bool found = false;
    pthread_mutex_lock(&a->lock);
    for (struct pc_task **at = &a->first; *at && !found; at = &(*at)->queue_next) {
        if (*at != task)
            continue;
        found = true;
        *at = task->queue_next;
        if (!*at)
            a->last = at;
        a->waiting--;
        break;
    }
    pthread_mutex_unlock(&a->lock);
    return found;
}

/* It will not run any more: the request is answered with why. */
static void cancel_task(struct pc_task *task, enum pc_code why)
{
    task->rc = pc_fail(&task->err, why, NULL);
    task->finished = true;
    resume(task);
}

static void on_client_left(struct pc_loop_watch *watch, uint32_t events)
{
    struct pc_task *task = (struct pc_task *)watch;
    (void)events;
    unwatch(task);
    if (dequeue(task->executor, task))
        cancel_task(task, PC_E_SHUTTING_DOWN); /* nobody listens */
}

static void on_task_done(struct pc_task *task)
{
    task->finished = true;
    if (task->r) {
        resume(task);
        return;
    }
    task->executor->n_tasks--;
    if (task->done)
        task->done(task);
    task->free(task);
}

static void on_tasks_done(struct pc_loop_watch *watch, uint32_t events)
{
    struct pc_executor *a = (struct pc_executor *)watch;
    eventfd_t count;
    (void)events;
    (void)eventfd_read(a->done_fd, &count);
    pthread_mutex_lock(&a->lock);
    struct pc_task *task = a->done, *next;
    a->done = NULL;
    pthread_mutex_unlock(&a->lock);
    for (; task; task = next) {
        next = task->queue_next;
        on_task_done(task);
    }
}

/* --- asking ------------------------------------------------------------------------------------
 */

/* NULL: at once. */
static struct pc_executor *executor_of(const struct pc_http *http, enum pc_executor_pool pool)
{
    switch (pool) {
    case PC_POOL_READ: return http->records_remote ? http->executors[PC_POOL_STORE] : NULL;
    case PC_POOL_OPEN_BLOB: return http->blobs_remote ? http->executors[PC_POOL_STORE] : NULL;
    default: return http->executors[pool];
    }
}

static bool enqueue(struct pc_executor *a, struct pc_task *task)
{
    task->executor = a;
    task->submitted_ms = pc_clock_mono_ms();
    pthread_mutex_lock(&a->lock);
    bool has_capacity = a->waiting < a->max;
    if (has_capacity) {
        *a->last = task;
        a->last = &task->queue_next;
        a->waiting++;
        pthread_cond_signal(&a->not_empty);
    }
    pthread_mutex_unlock(&a->lock);
    a->n_tasks += has_capacity;
    return has_capacity;
}

static void suspend(struct pc_executor *a, struct pc_request *r, struct pc_task *task)
{
    task->watch.ready = on_client_left;
    task->watched = true;
    PC_LIST_ADD(a->suspended, task);
    r->task = task;
    MHD_suspend_connection(r->mhd);
    pc_connection_set_phase(r->connection, PC_PHASE_SUSPENDED, 0);
    pc_loop_add(r->http, r->connection->fd, EPOLLRDHUP, &task->watch);
}

enum pc_code pc_executor_submit(struct pc_request *r, struct pc_task *task)
{
    struct pc_executor *a = executor_of(r->http, task->pool);
    enum pc_code rc;
    task->r = r;
    if (a && enqueue(a, task)) {
        suspend(a, r, task);
        return PC_OK;
    }
    if (a)
        rc = pc_fail(&r->err, PC_E_TOO_MANY_CONNECTIONS,
                     "Too many requests of this kind are waiting.");
    else
        rc = task->run(task, r->http->svc, &r->err);
    if (!rc)
        rc = task->respond(r, task);
    task->free(task);
    return rc;
}

bool pc_executor_submit_background(struct pc_http *http, struct pc_task *task)
{
    struct pc_executor *a = executor_of(http, task->pool);
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
    struct pc_executor *a = task->executor;
    PC_LIST_REMOVE(task->executor->suspended, task);
    unwatch(task);
    task->r = NULL;
    if (!task->finished && !dequeue(a, task))
        return; /* its thread has it: task_over frees it */
    a->n_tasks--;
    task->free(task);
}

enum pc_code pc_task_respond(struct pc_request *r)
{
    struct pc_task *task = r->task;
    enum pc_code rc;
    r->task = NULL;        /* reply may ask again */
    if (!task->finished) { /* the server stops */
        rc = pc_fail(&r->err, PC_E_SHUTTING_DOWN, NULL);
    } else {
        r->err = task->err;
        rc = task->rc ? task->rc : task->respond(r, task);
    }
    pc_task_drop(task);
    return rc;
}

void pc_executors_sweep(struct pc_http *http, int64_t now_ms)
{
    for (int pool = 0; pool < PC_POOLS; pool++) {
        struct pc_executor *a = http->executors[pool];
        for (struct pc_task *task = a && sizes[pool].times_out ? a->suspended : NULL; task;
             task = task->next)
            if (!task->finished && now_ms - task->submitted_ms > MAX_WAIT_MS && dequeue(a, task))
                cancel_task(task, PC_E_STORE_UNAVAILABLE);
    }
}

void pc_executors_resume_all(struct pc_http *http)
{
    for (int pool = 0; pool < PC_POOLS; pool++)
        for (struct pc_task *task = http->executors[pool] ? http->executors[pool]->suspended : NULL;
             task; task = task->next)
            resume(task);
}

int pc_executors_count(const struct pc_http *http)
{
    int n = 0;
    for (int pool = 0; pool < PC_POOLS; pool++)
        n += http->executors[pool] ? http->executors[pool]->n_tasks : 0;
    return n;
}

/* --- life --------------------------------------------------------------------------------------
 */

static void free_tasks(struct pc_task *task)
{
    for (struct pc_task *next; task; task = next) {
        next = task->queue_next;
        task->free(task);
    }
}

static void executor_destroy(struct pc_executor *a)
{
    if (!a)
        return;
    pthread_mutex_lock(&a->lock);
    a->stop = true;
    pthread_cond_broadcast(&a->not_empty);
    pthread_mutex_unlock(&a->lock);
    for (int i = 0; i < a->n_threads; i++)
        pthread_join(a->threads[i], NULL);
    free_tasks(a->first);
    free_tasks(a->done);
    if (a->done_fd >= 0)
        close(a->done_fd);
    pthread_mutex_destroy(&a->lock);
    pthread_cond_destroy(&a->not_empty);
    free(a);
}

static struct pc_executor *executor_create(struct pc_http *http, enum pc_executor_pool pool)
{
    struct pc_executor *a = pc_xzalloc(sizeof *a);
    *a = (struct pc_executor){
        .watch.ready = on_tasks_done, .http = http, .pool = pool, .max = sizes[pool].waiting};
    a->last = &a->first;
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->not_empty, NULL);
    a->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    int failed = a->done_fd < 0 ? errno : 0;
    while (!failed && a->n_threads < sizes[pool].threads) {
        failed = pthread_create(&a->threads[a->n_threads], NULL, run_tasks, a);
        a->n_threads += !failed;
    }
    if (!failed) {
        pc_loop_add(http, a->done_fd, EPOLLIN, &a->watch);
        return a;
    }
    pc_log(PC_LOG_ERROR, "no side thread", PC_LOG_I64("errno", failed));
    executor_destroy(a);
    return NULL;
}

enum pc_code pc_executors_start(struct pc_http *http, struct pc_err *err)
{
    for (int pool = 0; pool < PC_POOLS; pool++) {
        if (sizes[pool].threads)
            http->executors[pool] = executor_create(http, (enum pc_executor_pool)pool);
        if (sizes[pool].threads && !http->executors[pool])
            return pc_fail_detail(err, PC_E_INTERNAL, "side threads not started");
    }
    return PC_OK;
}

void pc_executors_finish(struct pc_http *http)
{
    for (int pool = 0; pool < PC_POOLS; pool++)
        executor_destroy(http->executors[pool]);
}
