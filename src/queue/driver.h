/* Queue: what a driver implements. Callers use queue.h. Between them is the wrapper (queue.c), which
 * checks arguments and supplies defaults: pointers are not NULL, ids are 1 or more, options are
 * complete (no 0 that means a default), jobs to be filled are zeroed.
 *
 * A driver embeds struct pc_queue as `base` in its own struct and finds itself by PC_QUEUE_SELF. Any
 * number of threads may call slots at once, on a queue that is open. No slot may be NULL unless it
 * says so. queue/notifier.h helps to implement take.
 */
#ifndef PC_QUEUE_DRIVER_H
#define PC_QUEUE_DRIVER_H

#include "base/err.h"
#include "queue/job.h"

struct pc_queue {
    const struct pc_queue_driver *driver; /* the wrapper sets both after open */
    struct pc_queue_options options;
};
#define PC_QUEUE_SELF(type, q) ((type *)(void *)((char *)(q) - __builtin_offsetof(type, base)))

struct pc_queue_driver {
    const char *scheme; /* what its store URLs begin with: "sqlite:" */

    /* Before: store_url begins with the scheme; options is for drivers that need it this early.
     * After PC_OK: *out is open, with the jobs of an earlier opening if there were any. Errors:
     * config (a malformed store URL), queue_unavailable. */
    enum pc_code (*open)(const char *store_url, const struct pc_queue_options *options,
                         struct pc_queue **out, struct pc_err *err);
    /* Before: no call is under way. After: everything is freed; leases that are held expire. */
    void (*close)(struct pc_queue *q);

    /* One atomic step. If the image has no job and the queue is not full: a waiting job exists after
     * that, *added is true, and one take of this process that waits looks again. If it has one:
     * *added is false, PC_OK, even if the queue is full. Full: waiting + delayed jobs have reached
     * options.max_waiting, if that is not 0; queue_full. */
    enum pc_code (*add)(struct pc_queue *q, int64_t image_id, const char *url, int priority,
                        bool *added, struct pc_err *err);

    /* First requeues jobs whose lease has expired and delayed ones that are due. Then hands out the
     * first waiting job by (priority, age) in one atomic step: no other taker, in any process, may
     * get it while the lease lasts. job gets a fresh token, an attempt one higher than before, and
     * max_attempts. If no job waits: waits up to wait_ms (0: not at all) for what add, fail and
     * release of this process or of another bring, and for leases and delays that end meanwhile. */
    enum pc_code (*take)(struct pc_queue *q, int64_t wait_ms, struct pc_job *job, bool *got,
                         struct pc_err *err);
    /* Every take that waits now returns soon, *got false. Never blocks. */
    void (*wake)(struct pc_queue *q);

    /* The slots from here to release check the token in the same atomic step. If the job is not
     * active under that token they change nothing and return lease_lost. A lease that has expired,
     * but whose job was not requeued yet, still counts as held. */
    enum pc_code (*renew)(struct pc_queue *q, const struct pc_job *job, struct pc_err *err);
    /* In one atomic step: removes the completed jobs, skipping those whose lease is lost, then takes
     * without waiting, up to *n times; *n becomes how many. After an error nothing is taken. */
    enum pc_code (*complete_and_take)(struct pc_queue *q, const struct pc_job *completed,
                                      int n_completed, struct pc_job *jobs, int *n,
                                      struct pc_err *err);
    /* delay_ms >= 0: the job is delayed, then waits again. delay_ms < 0: it is removed, or kept as
     * failed if the driver keeps such jobs. */
    enum pc_code (*fail)(struct pc_queue *q, const struct pc_job *job, int64_t delay_ms,
                         const char *reason, struct pc_err *err);
    /* The job waits again, its attempt one lower. */
    enum pc_code (*release)(struct pc_queue *q, const struct pc_job *job, struct pc_err *err);

    /* Removes a waiting or delayed job. An active or absent one: does nothing. */
    enum pc_code (*remove)(struct pc_queue *q, int64_t image_id, struct pc_err *err);
    enum pc_code (*has)(struct pc_queue *q, int64_t image_id, bool *has, struct pc_err *err);
    /* Must be quick at any length of the queue: it is called for each batch. */
    enum pc_code (*stats)(struct pc_queue *q, struct pc_queue_stats *out, struct pc_err *err);
    /* May be NULL: then the queue is always available. */
    enum pc_code (*ping)(struct pc_queue *q, struct pc_err *err);

    /* May be NULL: then nobody can look at jobs there. */
    void (*progress)(struct pc_queue *q, const struct pc_job *job, int percent);

    /* Both NULL if there is no channel between processes. publish never waits for the network. */
    void (*publish)(struct pc_queue *q, int64_t image_id, bool removed);
    void (*subscribe)(struct pc_queue *q,
                      void (*on_notification)(void *ctx, int64_t image_id, bool removed),
                      void *ctx);
};

enum { PC_JOB_TOKEN_HEX = 32 }; /* digits of a token that pc_random_hex makes */

#endif
