/* Work that may have to wait for a disk, a network or the processor runs here, off the loop: pools
 * of threads with bounded queues.
 *
 * A handler's end makes a task, fills pool and the functions, and submits it. The request is
 * suspended while its task waits and runs:
 *
 *     run      does the work, on a thread of the pool
 *     respond  answers the request if run returned PC_OK; any other code becomes the error response
 *     free     frees the task, in every case, on the loop's thread
 *
 * run uses only its task and the service, never the request, which may no longer exist. When the
 * client leaves, a task that waits is dropped; one that runs goes on, and its response is dropped.
 *
 * Threads: run on a thread of its pool; all else on the loop's thread.
 */
#ifndef PC_HTTP_EXECUTOR_H
#define PC_HTTP_EXECUTOR_H

#include "http/request.h"

enum pc_executor_pool {
    PC_POOL_READ,   /* reads records or opens a blob: many at a time, expected to be quick */
    PC_POOL_STORE,  /* writes to stores, or reads what may be slow */
    PC_POOL_HEALTH, /* asks every part: a pool of its own, so that it works while the stores hang */
    PC_POOL_BULK,   /* changes many images: one task at a time */
    PC_POOL_RENDER, /* decodes and draws an image: one task at a time */
    PC_POOLS
};

struct pc_executor;

struct pc_task { /* embedded as the first member of what the work needs */
    enum pc_executor_pool pool;
    enum pc_code (*run)(struct pc_task *task, struct pc_service *svc, struct pc_err *err);
    enum pc_code (*respond)(struct pc_request *r, struct pc_task *task);
    void (*done)(struct pc_task *task); /* of a background task: instead of respond, for any rc */
    void (*free)(struct pc_task *task); /* the task and all it owns */
    enum pc_code rc;                    /* of run */
    struct pc_err err;
    /* executor.c: */
    struct pc_loop_watch client_left;
    struct pool *owner;
    struct pc_request *r;        /* NULL: a background task, or the request has ended */
    struct pc_task *queue_next;  /* among those that wait for a thread, or that are done */
    struct pc_task *next, *prev; /* among those whose request is suspended */
    int64_t submitted_ms;
    bool resumed, finished;
};

/* Gives *out, whose threads run. internal when one cannot be started. */
PC_NODISCARD enum pc_code pc_executor_create(struct pc_loop *loop, struct pc_service *svc,
                                             struct pc_executor **out, struct pc_err *err);
/* Stops and joins: what runs is waited for; background tasks that are not over get no done. No
 * request may be suspended any more. Takes NULL. */
void pc_executor_destroy(struct pc_executor *executor);

/* Suspends the request and sends its response when task has run. Takes task. too_many_connections
 * when too many tasks wait. */
PC_NODISCARD enum pc_code pc_executor_submit(struct pc_request *r, struct pc_task *task);
/* A task of the server's own, without a request: done is called when it has run. Takes task. False:
 * too many wait, and nothing was done. */
bool pc_executor_submit_background(struct pc_executor *executor, struct pc_task *task);

/* Requests that waited too long for a thread are answered store_unavailable. */
void pc_executor_sweep(struct pc_executor *executor, int64_t now_ms);
/* Resumes all requests, whether their task is done or not: before the library stops. */
void pc_executor_resume_all(struct pc_executor *executor);
/* Tasks that wait for a thread, run, or are to be answered. */
int pc_executor_count(const struct pc_executor *executor);

/* For lifecycle.c. respond: the request was resumed; sends its response. drop: the request has
 * ended; frees its task, at once or when its thread is done with it. */
PC_NODISCARD enum pc_code pc_task_respond(struct pc_request *r);
void pc_task_drop(struct pc_task *task);

#endif
