/* A thread touches a task only between taking it from the queue and putting it among those that are
 * done; the loop touches it before and after. So if a request ends before its task, the task
 * is freed when its thread is done with it.
 *
 * A store that hangs keeps each thread until the driver gives up. A request that waits longer than
 * MAX_WAIT_MS for a thread gets a 503, so that its client need not wait for that.
 */
#include "http/executor.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "http/list.h"
#include "image/image.h"

enum { MAX_WAIT_MS = 5000, MAX_THREADS = 8 };

static const struct {
    int threads, max_waiting;
    bool times_out; /* after MAX_WAIT_MS */
} sizes[PC_POOLS] = {
    [PC_POOL_READ] = {MAX_THREADS, 256, true}, [PC_POOL_STORE] = {MAX_THREADS, 256, true},
    [PC_POOL_HEALTH] = {2, 16, true},          [PC_POOL_BULK] = {1, 16, false},
    [PC_POOL_RENDER] = {1, 16, false},
};

struct pool {
    struct pc_loop_watch watch; /* of done_fd; first */
    struct pc_service *svc;
    enum pc_executor_pool kind;
    int done_fd, n_threads;
    pthread_t threads[MAX_THREADS];
    struct pc_task *suspended; /* the loop's: all whose request is suspended */
    int n_tasks;               /* the loop's: waiting, running, or done but not answered */
    pthread_mutex_t lock;      /* guards what follows */
    pthread_cond_t not_empty;
    struct pc_task *first, **last; /* waiting */
    int n_waiting;
    struct pc_task *done;
    bool stop;
};

struct pc_executor {
    struct pool *pools[PC_POOLS];
};

/* --- on the threads --- */

static struct pc_task *take_task(struct pool *p)
{
    struct pc_task *task = NULL;
    pthread_mutex_lock(&p->lock);
    while (!p->first && !p->stop)
        pthread_cond_wait(&p->not_empty, &p->lock);
    if (!p->stop) {
        task = p->first;
        p->first = task->queue_next;
        if (!p->first)
            p->last = &p->first;
        p->n_waiting--;
    }
    pthread_mutex_unlock(&p->lock);
    return task;
}

static void *run_tasks(void *ctx)
{
    struct pool *p = ctx;
    struct pc_task *task;
    bool rendered = false; /* else the image library may not have been started at all */
    while ((task = take_task(p))) {
        rendered = p->kind == PC_POOL_RENDER;
        task->rc = task->run(task, p->svc, &task->err);
        pthread_mutex_lock(&p->lock);
        task->queue_next = p->done;
        p->done = task;
        pthread_mutex_unlock(&p->lock);
        eventfd_write(p->done_fd, 1);
    }
    if (rendered)
        pc_image_thread_shutdown();
    return NULL;
}

/* --- on the loop --- */

static void resume(struct pc_task *task)
{
    if (!task->resumed)
        pc_connection_resume(task->r->connection);
    task->resumed = true;
}

/* Takes the task out of the queue. False: it is not there, a thread has it or had it. */
static bool dequeue(struct pc_task *task)
{
    struct pool *p = task->owner;
    bool found = false;
    pthread_mutex_lock(&p->lock);
    for (struct pc_task **at = &p->first; *at && !found; at = &(*at)->queue_next) {
        if (*at != task)
            continue;
        found = true;
        *at = task->queue_next;
        if (!*at)
            p->last = at;
        p->n_waiting--;
        break;
    }
    pthread_mutex_unlock(&p->lock);
    return found;
}

/* A task that no longer waits for a thread, and will not run. */
static void cancel(struct pc_task *task, enum pc_code why)
{
    task->rc = pc_fail(&task->err, why, NULL);
    task->finished = true;
    resume(task);
}

static void on_client_left(struct pc_loop_watch *watch, uint32_t events)
{
    struct pc_task *task =
        (struct pc_task *)((char *)watch - offsetof(struct pc_task, client_left));
    (void)events;
    pc_connection_unwatch(task->r->connection);
    if (dequeue(task))
        cancel(task, PC_E_SHUTTING_DOWN); /* nobody reads the response */
}

static void on_tasks_done(struct pc_loop_watch *watch, uint32_t events)
{
    struct pool *p = (struct pool *)watch;
    eventfd_t count;
    (void)events;
    (void)eventfd_read(p->done_fd, &count);
    pthread_mutex_lock(&p->lock);
    struct pc_task *task = p->done, *next;
    p->done = NULL;
    pthread_mutex_unlock(&p->lock);
    for (; task; task = next) {
        next = task->queue_next;
        task->finished = true;
        if (task->r) {
            resume(task);
            continue;
        }
        p->n_tasks--;
        if (task->done)
            task->done(task);
        task->free(task);
    }
}

static bool enqueue(struct pc_executor *executor, struct pc_task *task)
{
    struct pool *p = executor->pools[task->pool];
    task->owner = p;
    task->submitted_ms = pc_clock_mono_ms();
    pthread_mutex_lock(&p->lock);
    bool has_capacity = p->n_waiting < sizes[p->kind].max_waiting;
    if (has_capacity) {
        *p->last = task;
        p->last = &task->queue_next;
        p->n_waiting++;
        pthread_cond_signal(&p->not_empty);
    }
    pthread_mutex_unlock(&p->lock);
    p->n_tasks += has_capacity;
    return has_capacity;
}

enum pc_code pc_executor_submit(struct pc_request *r, struct pc_task *task)
{
    task->r = r;
    if (!enqueue(r->http->executor, task)) {
        task->free(task);
        return pc_fail(&r->err, PC_E_TOO_MANY_CONNECTIONS,
                       "Too many requests of this kind are waiting.");
    }
    PC_LIST_ADD(task->owner->suspended, task);
    r->task = task;
    task->client_left.ready = on_client_left;
    pc_connection_suspend(r->connection, &task->client_left);
    return PC_OK;
}

bool pc_executor_submit_background(struct pc_executor *executor, struct pc_task *task)
{
    if (enqueue(executor, task))
        return true;
    task->free(task);
    return false;
}

void pc_task_drop(struct pc_task *task)
{
    PC_LIST_REMOVE(task->owner->suspended, task);
    if (!task->resumed) /* else the connection may be watched by the next task already */
        pc_connection_unwatch(task->r->connection);
    task->r = NULL;
    if (!task->finished && !dequeue(task))
        return; /* its thread has it: on_tasks_done frees it */
    task->owner->n_tasks--;
    task->free(task);
}

enum pc_code pc_task_respond(struct pc_request *r)
{
    struct pc_task *task = r->task;
    enum pc_code rc;
    r->task = NULL;        /* respond may submit again */
    if (!task->finished) { /* the server stops */
        rc = pc_fail(&r->err, PC_E_SHUTTING_DOWN, NULL);
    } else {
        r->err = task->err;
        rc = task->rc ? task->rc : task->respond(r, task);
    }
    pc_task_drop(task);
    return rc;
}

void pc_executor_sweep(struct pc_executor *executor, int64_t now_ms)
{
    for (int i = 0; i < PC_POOLS; i++)
        for (struct pc_task *task = sizes[i].times_out ? executor->pools[i]->suspended : NULL; task;
             task = task->next)
            if (!task->finished && now_ms - task->submitted_ms > MAX_WAIT_MS && dequeue(task))
                cancel(task, PC_E_STORE_UNAVAILABLE);
}

void pc_executor_resume_all(struct pc_executor *executor)
{
    for (int i = 0; i < PC_POOLS; i++)
        for (struct pc_task *task = executor->pools[i]->suspended; task; task = task->next)
            resume(task);
}

int pc_executor_count(const struct pc_executor *executor)
{
    int n = 0;
    for (int i = 0; i < PC_POOLS; i++)
        n += executor->pools[i]->n_tasks;
    return n;
}

/* --- life --- */

static void free_tasks(struct pc_task *task)
{
    for (struct pc_task *next; task; task = next) {
        next = task->queue_next;
        task->free(task);
    }
}

static void pool_destroy(struct pool *p)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->stop = true;
    pthread_cond_broadcast(&p->not_empty);
    pthread_mutex_unlock(&p->lock);
    for (int i = 0; i < p->n_threads; i++)
        pthread_join(p->threads[i], NULL);
    free_tasks(p->first);
    free_tasks(p->done);
    if (p->done_fd >= 0)
        close(p->done_fd);
    pthread_mutex_destroy(&p->lock);
    pthread_cond_destroy(&p->not_empty);
    free(p);
}

static struct pool *pool_create(struct pc_loop *loop, struct pc_service *svc,
                                enum pc_executor_pool kind, struct pc_err *err)
{
    struct pool *p = pc_xzalloc(sizeof *p);
    *p = (struct pool){.watch.ready = on_tasks_done, .svc = svc, .kind = kind};
    p->last = &p->first;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->not_empty, NULL);
    p->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    int failed = p->done_fd < 0 ? errno : 0;
    while (!failed && p->n_threads < sizes[kind].threads) {
        failed = pthread_create(&p->threads[p->n_threads], NULL, run_tasks, p);
        p->n_threads += !failed;
    }
    if (!failed) {
        pc_loop_add(loop, p->done_fd, EPOLLIN, &p->watch);
        return p;
    }
    pool_destroy(p);
    (void)pc_fail_detail(err, PC_E_INTERNAL, "threads of the executor: %s", strerror(failed));
    return NULL;
}

enum pc_code pc_executor_create(struct pc_loop *loop, struct pc_service *svc,
                                struct pc_executor **out, struct pc_err *err)
{
    struct pc_executor *executor = pc_xzalloc(sizeof *executor);
    for (int i = 0; i < PC_POOLS; i++) {
        executor->pools[i] = pool_create(loop, svc, (enum pc_executor_pool)i, err);
        if (!executor->pools[i]) {
            pc_executor_destroy(executor);
            return err->code;
        }
    }
    *out = executor;
    return PC_OK;
}

void pc_executor_destroy(struct pc_executor *executor)
{
    if (!executor)
        return;
    for (int i = 0; i < PC_POOLS; i++)
        pool_destroy(executor->pools[i]);
    free(executor);
}
