/* Queue: what a driver implements. Callers use queue.h; this is for drivers and the wrapper
 * (queue.c), which checks arguments and supplies defaults: pointers are not NULL, ids are 1 or
 * more, options are whole (no zero that means a default), jobs to be filled are zeroed.
 *
 * A driver embeds struct pc_queue as `base` in its own struct and finds itself by PC_QUEUE_SELF.
 * Slots may be called by any number of threads at once, on a queue that is open. No slot may be
 * NULL unless it says so. queue/notifier.h is there to build take upon.
 */
#ifndef PC_QUEUE_DRIVER_H
#define PC_QUEUE_DRIVER_H

#include "queue/queue.h"

struct pc_queue {
    const struct pc_queue_driver *driver; /* these two are set by the wrapper after open */
    struct pc_queue_options options;
};
#define PC_QUEUE_SELF(type, q) ((type *)(void *)((char *)(q) - __builtin_offsetof(type, base)))

struct pc_queue_driver {
    const char *scheme; /* how its addresses begin: "sqlite:" */

    /* Before: address begins with the scheme; options is for drivers that need it this early. After
     * PC_OK *out is open, empty or with what an earlier opening left. Errors: config for an address
     * of the wrong form, queue_unavailable. */
    enum pc_code (*open)(const char *store_url, const struct pc_queue_options *options,
                         struct pc_queue **out, struct pc_err *err);
    /* Before: no call is under way. After: everything is freed; jobs that were leased run out. */
    void (*close)(struct pc_queue *q);

    /* One atomic step: when the image has no job and there is room, a waiting job is there after,
     * *added true, and one take of this process that waits is woken. Room: waiting + delayed below
     * options.max_waiting, or max_waiting 0. A job that is there already: *added false, PC_OK,
     * whether there is room or not. */
    enum pc_code (*add)(struct pc_queue *q, int64_t image_id, const char *url, int priority,
                        bool *added, struct pc_err *err);

    /* First frees jobs whose lease ran out and delayed ones that are due. Then hands out the first
     * waiting one by (priority, age) in one atomic step: no other taker, of any process, may get it
     * while the lease lasts. job gets a fresh token, attempt one higher than before, max_attempts.
     * Nothing there: waits up to wait_ms (0 = not at all) for what add, fail and give_back of this
     * process or of another bring, and for leases and delays that end meanwhile. */
    enum pc_code (*take)(struct pc_queue *q, int64_t wait_ms, struct pc_job *job, bool *got,
                         struct pc_err *err);
    /* Every take that waits now returns soon, *got false. Never blocks. */
    void (*wake)(struct pc_queue *q);

    /* The four below check the token in the same atomic step and answer lease_lost, without a
     * change, when the job is not active under that token. A lease whose time is over but that no
     * take has freed yet still counts as held. */
    enum pc_code (*renew)(struct pc_queue *q, const struct pc_job *job, struct pc_err *err);
    enum pc_code (*complete)(struct pc_queue *q, const struct pc_job *job, struct pc_err *err);
    /* done for each, lease_lost passed over, then take without waiting, up to *n times, in one
     * atomic step; *n becomes how many. An error: nothing is taken. May be NULL: then the wrapper
     * calls done and take. */
    enum pc_code (*complete_and_take)(struct pc_queue *q, const struct pc_job *completed,
                                      int n_completed, struct pc_job *jobs, int *n,
                                      struct pc_err *err);
    /* delay_ms >= 0: the job is delayed so long, then waits again. delay_ms < 0: it is gone, or put
     * among the failed ones where the driver keeps such. */
    enum pc_code (*fail)(struct pc_queue *q, const struct pc_job *job, int64_t delay_ms,
                         const char *reason, struct pc_err *err);
    /* Waits again, attempt one lower. */
    enum pc_code (*release)(struct pc_queue *q, const struct pc_job *job, struct pc_err *err);

    /* Waiting or delayed: gone. Active or absent: nothing happens. */
    enum pc_code (*remove)(struct pc_queue *q, int64_t image_id, struct pc_err *err);
    enum pc_code (*has)(struct pc_queue *q, int64_t image_id, bool *has, struct pc_err *err);
    /* Quick at any length: it is asked with each batch. */
    enum pc_code (*stats)(struct pc_queue *q, struct pc_queue_stats *out, struct pc_err *err);
    /* May be NULL: then there is nothing that could be away. */
    enum pc_code (*ping)(struct pc_queue *q, struct pc_err *err);

    /* May be NULL: nobody looks at jobs there. */
    void (*progress)(struct pc_queue *q, const struct pc_job *job, int percent);

    /* Both NULL where there is no channel between processes. tell never waits for the network. */
    void (*publish)(struct pc_queue *q, int64_t image_id, bool removed);
    void (*subscribe)(struct pc_queue *q,
                      void (*on_notification)(void *ctx, int64_t image_id, bool removed),
                      void *ctx);
};

enum { PC_JOB_TOKEN_HEX = 32 }; /* digits of a token made by pc_random_hex */

#endif
