/* Work that takes longer than the loop may stand still: one thread with a bounded queue. The
 * request is suspended meanwhile and its end is called again when the task is over.
 *
 * A task belongs to its request. When the client leaves, a waiting task is dropped; a running one
 * loses its request and is freed when it comes back. The thread touches a task only between taking
 * it from the queue and putting it among the finished ones.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "http/aside.h"
#include "image/image.h"

struct pc_aside {
    struct pc_watch watch; /* of done_fd; first */
    struct pc_http *http;
    int done_fd, max;
    pthread_t thread;
    struct pc_task *parked; /* of the loop: all whose request waits */
    pthread_mutex_t lock;   /* guards what follows */
    pthread_cond_t more;
    struct pc_task *first, **last; /* waiting */
    int waiting;
    struct pc_task *done;
    bool stop;
};

/* --- the thread --------------------------------------------------------------------------------
 */

static struct pc_task *take(struct pc_aside *a)
{
    struct pc_task *task = NULL;
    pthread_mutex_lock(&a->lock);
    while (!a->first && !a->stop)
        pthread_cond_wait(&a->more, &a->lock);
    if (!a->stop) {
        task = a->first;
        a->first = task->next;
        if (!a->first)
            a->last = &a->first;
        a->waiting--;
    }
    pthread_mutex_unlock(&a->lock);
    return task;
}

static void put_done(struct pc_aside *a, struct pc_task *task)
{
    uint64_t one = 1;
    pthread_mutex_lock(&a->lock);
    task->next = a->done;
    a->done = task;
    pthread_mutex_unlock(&a->lock);
    ssize_t written = write(a->done_fd, &one, sizeof one); /* a full counter is readable anyway */
    (void)written;
}

static void *work(void *ctx)
{
    struct pc_aside *a = ctx;
    struct pc_task *task;
    bool pictures = false;
    while ((task = take(a))) {
        pictures = pictures || task->pictures;
        task->rc = task->run(task, a->http->svc, &task->err);
        put_done(a, task);
    }
    if (pictures)
        pc_image_thread_end();
    return NULL;
}

/* --- the loop ----------------------------------------------------------------------------------
 */

static void wake(struct pc_task *task)
{
    if (task->woken)
        return;
    task->woken = true;
    pc_http_unwatch(task->aside->http, task->r->conn->fd);
    MHD_resume_connection(task->r->mhd);
    task->aside->http->daemon_ready = true;
}

static void client_left(struct pc_watch *watch, uint32_t events)
{
    (void)events;
    wake((struct pc_task *)watch);
}

static void tasks_done(struct pc_watch *watch, uint32_t events)
{
    struct pc_aside *a = (struct pc_aside *)watch;
    uint64_t count;
    ssize_t got = read(a->done_fd, &count, sizeof count);
    (void)events, (void)got;
    pthread_mutex_lock(&a->lock);
    struct pc_task *task = a->done, *next;
    a->done = NULL;
    pthread_mutex_unlock(&a->lock);
    for (; task; task = next) {
        next = task->next;
        task->finished = true;
        if (task->r)
            wake(task);
        else
            task->free(task);
    }
}

struct pc_aside *pc_aside_create(struct pc_http *http, int max)
{
    struct pc_aside *a = pc_xmalloc(sizeof *a);
    *a = (struct pc_aside){.watch.ready = tasks_done, .http = http, .max = max};
    a->last = &a->first;
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->more, NULL);
    a->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    int failed = a->done_fd < 0 ? errno : pthread_create(&a->thread, NULL, work, a);
    if (!failed) {
        pc_http_watch(http, a->done_fd, EPOLLIN, &a->watch);
        return a;
    }
    pc_log(PC_LOG_ERROR, "no side thread", PC_LOG_I64("errno", failed));
    if (a->done_fd >= 0)
        close(a->done_fd);
    pthread_mutex_destroy(&a->lock);
    pthread_cond_destroy(&a->more);
    free(a);
    return NULL;
}

static void free_all(struct pc_task *task)
{
    for (struct pc_task *next; task; task = next) {
        next = task->next;
        task->free(task);
    }
}

void pc_aside_destroy(struct pc_aside *a)
{
    if (!a)
        return;
    pthread_mutex_lock(&a->lock);
    a->stop = true;
    pthread_cond_signal(&a->more);
    pthread_mutex_unlock(&a->lock);
    pthread_join(a->thread, NULL);
    free_all(a->first);
    free_all(a->done);
    close(a->done_fd);
    pthread_mutex_destroy(&a->lock);
    pthread_cond_destroy(&a->more);
    free(a);
}

static bool enqueue(struct pc_aside *a, struct pc_task *task)
{
    pthread_mutex_lock(&a->lock);
    bool room = a->waiting < a->max;
    if (room) {
        *a->last = task;
        a->last = &task->next;
        a->waiting++;
        pthread_cond_signal(&a->more);
    }
    pthread_mutex_unlock(&a->lock);
    return room;
}

enum pc_code pc_aside_park(struct pc_aside *a, struct pc_request *r, struct pc_task *task)
{
    task->watch.ready = client_left;
    task->aside = a;
    task->r = r;
    if (!enqueue(a, task)) {
        task->aside = NULL;
        return pc_fail(&r->err, PC_E_TOO_MANY_CONNECTIONS,
                       "Too many requests of this kind are waiting.");
    }
    task->later = a->parked;
    if (task->later)
        task->later->earlier = task;
    a->parked = task;
    MHD_suspend_connection(r->mhd);
    pc_conn_set_phase(r->conn, PC_PHASE_PARKED, 0);
    pc_http_watch(r->http, r->conn->fd, EPOLLRDHUP, &task->watch);
    return PC_OK;
}

enum pc_code pc_task_result(struct pc_task *task)
{
    struct pc_request *r = task->r;
    if (!task->finished) /* the client left, or the server stops */
        return pc_fail(&r->err, PC_E_SHUTTING_DOWN, NULL);
    r->err = task->err;
    return task->rc;
}

/* Answers whether the task was still in the queue; else the thread has it, or had it. */
static bool dequeue(struct pc_aside *a, struct pc_task *task)
{
    bool found = false;
    pthread_mutex_lock(&a->lock);
    for (struct pc_task **at = &a->first; *at && !found; at = &(*at)->next) {
        if (*at != task)
            continue;
        found = true;
        *at = task->next;
        if (!*at)
            a->last = at;
        a->waiting--;
        break;
    }
    pthread_mutex_unlock(&a->lock);
    return found;
}

static void unlink_parked(struct pc_task *task)
{
    if (task->earlier)
        task->earlier->later = task->later;
    else
        task->aside->parked = task->later;
    if (task->later)
        task->later->earlier = task->earlier;
}

void pc_task_drop(struct pc_task *task)
{
    struct pc_aside *a = task->aside;
    if (!a) {
        task->free(task);
        return;
    }
    unlink_parked(task);
    if (!task->woken)
        pc_http_unwatch(a->http, task->r->conn->fd);
    task->r = NULL;
    if (task->finished || dequeue(a, task))
        task->free(task);
}

void pc_aside_wake_all(struct pc_aside *a)
{
    for (struct pc_task *task = a ? a->parked : NULL; task; task = task->later)
        wake(task);
}
