/* Work of a request on a side thread (aside.c tells how). A handler embeds a struct pc_task as the
 * first member of its state:
 *
 *     end:   first call: fill the task, pc_aside_park; second call (task->aside is set):
 *            pc_task_result, then answer
 *     drop:  pc_task_drop(r->state)
 *
 * Threads: all but run belongs to the loop thread.
 */
#ifndef PC_HTTP_ASIDE_H
#define PC_HTTP_ASIDE_H

#include <pthread.h>

#include "http/internal.h"

struct pc_task {
    struct pc_watch watch; /* of the socket: only for its end; first */
    /* On the side thread. Touches its own task only, never the request. */
    enum pc_code (*run)(struct pc_task *task, struct pc_service *svc, struct pc_err *err);
    void (*free)(struct pc_task *task); /* the task and all it owns; on the loop thread */
    bool pictures;                      /* run works on pictures */
    enum pc_code rc;                    /* of run */
    struct pc_err err;
    /* aside.c */
    struct pc_aside *aside; /* set once parked */
    struct pc_request *r;   /* NULL when the client left */
    struct pc_task *next, *earlier, *later;
    bool woken, finished;
};

/* Starts the thread; at most max tasks wait. Gives; NULL when no thread can be had. */
struct pc_aside *pc_aside_create(struct pc_http *http, int max);
/* Stops and joins: the task that runs is waited for. No request may be parked. Takes NULL. */
void pc_aside_destroy(struct pc_aside *aside);
/* Suspends the request until the task is over. too_many_connections when too many wait. */
PC_NODISCARD enum pc_code pc_aside_park(struct pc_aside *aside, struct pc_request *r,
                                        struct pc_task *task);
/* What run answered, for the request; shutting_down when it is not over (nobody listens then). */
PC_NODISCARD enum pc_code pc_task_result(struct pc_task *task);
/* The request is over: frees the task now, or when the thread is done with it. */
void pc_task_drop(struct pc_task *task);
/* Resumes all that are parked, done or not: before the daemon stops. Takes NULL. */
void pc_aside_wake_all(struct pc_aside *aside);

#endif
