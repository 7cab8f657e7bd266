/* Work of a request that may have to wait, for a disk, a network or the processor: off the loop, on
 * one of the server's pools of threads (aside.c tells how). A handler's end makes a task and asks:
 *
 *     run    does the work; on a thread of the task's pool, or at once for a look where the
 *            records are not across a network
 *     reply  answers the request when run answered PC_OK; any other code becomes the error answer
 *     free   frees the task, in every case, on the loop thread
 *
 * run touches its task and the service only, never the request: that may be gone by then.
 *
 * Threads: all but run belongs to the loop thread.
 */
#ifndef PC_HTTP_EXECUTOR_H
#define PC_HTTP_EXECUTOR_H

#include <pthread.h>

#include "http/internal.h"

enum pc_executor_pool {
    PC_POOL_OPEN_BLOB, /* opens a blob: at once, unless they are across a network */
    PC_POOL_READ,      /* reads records: at once, unless they are across a network */
    PC_POOL_STORE,  /* writes, or reads what may be slow: in any case among the stores' threads */
    PC_POOL_HEALTH, /* asks every part: has threads of its own, so that it is heard when stores hang
                     */
    PC_POOL_BULK,   /* changes many images: one at a time */
    PC_POOL_RENDER, /* decodes and draws a picture: one at a time */
    PC_POOLS
};

struct pc_task {
    struct pc_loop_watch watch; /* of the socket: only for its end; first */
    enum pc_executor_pool pool;
    enum pc_code (*run)(struct pc_task *task, struct pc_service *svc, struct pc_err *err);
    enum pc_code (*respond)(struct pc_request *r, struct pc_task *task);
    void (*done)(struct pc_task *task); /* of an errand: instead of reply, whatever rc is */
    void (*free)(struct pc_task *task); /* the task and all it owns */
    enum pc_code rc;                    /* of run */
    struct pc_err err;
    /* aside.c */
    struct pc_executor *executor;
    struct pc_request *r;        /* NULL: an errand, or the request is gone */
    struct pc_task *queue_next;  /* in the queue, or among the finished */
    struct pc_task *next, *prev; /* of those whose request waits */
    int64_t submitted_ms;
    bool watched, resumed, finished;
};

/* Has run done, and the request answered, now or later. Takes task. too_many_connections when too
 * many wait already. */
PC_NODISCARD enum pc_code pc_executor_submit(struct pc_request *r, struct pc_task *task);
/* The same for the server's own needs: done is called, perhaps before this returns. False, and
 * nothing was done, when too many wait. Takes task. */
bool pc_executor_submit_background(struct pc_http *http, struct pc_task *task);

/* Starts the threads. */
PC_NODISCARD enum pc_code pc_executors_start(struct pc_http *http, struct pc_err *err);
/* Stops and joins: what runs is waited for; errands that are not over get no done. No request may
 * be parked. */
void pc_executors_finish(struct pc_http *http);
/* Requests that waited too long for a thread are answered store_unavailable. */
void pc_executors_sweep(struct pc_http *http, int64_t now_ms);
/* Resumes all that are parked, done or not: before the daemon stops. */
void pc_executors_resume_all(struct pc_http *http);
/* Tasks that wait for a thread or run. */
int pc_executors_count(const struct pc_http *http);

/* conn.c: the request was resumed: answers it. */
PC_NODISCARD enum pc_code pc_task_respond(struct pc_request *r);
/* conn.c: the request is over: frees the task now, or when its thread is done with it. */
void pc_task_drop(struct pc_task *task);

#endif
