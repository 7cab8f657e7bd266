/* Queue: which images wait for a worker. Callers' side; drivers implement queue/driver.h.
 *
 * A job is taken with a lease: the taker renews it (heartbeat) while alive; a lease that runs out
 * makes the job free again, and that try stays counted. So a job may run twice, never zero times.
 * One image has at most one job: adding while one waits or runs changes nothing.
 *
 * A job whose tries are used up because its workers died (nobody called fail) is handed out once
 * more, with attempt > max_attempts: the taker must not run it, but write the failure
 * (attempts_exhausted) into the record and call done. So the failure is never lost either.
 *
 * Order: by priority, then by age. A job that comes back (retried, given back, lease ran out) keeps
 * its age, so it goes before younger ones.
 *
 * Durability: a job outlives the program (kill -9), but power loss may undo the last moments; the
 * records are the truth, and the sweeper adds jobs for pending records that have none.
 *
 * Ownership: struct pc_job owns its strings (pc_job_finish).
 * Threads: a struct pc_queue may be used by all threads at once.
 * Errors: queue_full, queue_unavailable (retryable), store_full, lease_lost, bad_request (an image
 * id below 1, an empty url), config (address).
 */
#ifndef PC_QUEUE_QUEUE_H
#define PC_QUEUE_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum pc_priority { /* smaller runs first; any whole number from 1 to PC_PRIORITY_MAX will do */
                   PC_PRIORITY_SINGLE = 1,
                   PC_PRIORITY_BATCH = 10,
                   PC_PRIORITY_MAX = 10
};

struct pc_job {
    char *id;         /* the driver's name of the job */
    char *token;      /* proof of the lease */
    int64_t image_id; /* 0: another program made the job and knows only the url: submit that */
    char *url;        /* may be "" where another program made the job: the record knows it */
    int attempt;      /* 1 for the first try; above max_attempts: do not run, see above */
    int max_attempts;
    int64_t started_us; /* when its worker got it, monotonic: the desk's (worker/dispatcher.h) */
    /* Only jobs that other programs made, or people sent back: */
    bool manual_retry; /* it had failed for good, and somebody sent it back all the same */
    bool has_backoff;  /* a wait of its own before the next try, fixed or growing as below */
    bool backoff_fixed;
    int64_t backoff_ms;
};
/* Frees what it owns; zeroed memory is fine. */
void pc_job_finish(struct pc_job *job);

struct pc_queue_options {
    int64_t lease_ms;   /* 0 = 30,000 */
    int max_attempts;   /* 0 = 3 */
    int64_t backoff_ms; /* wait before try n+1: (2^n - 1) * backoff, as Bull does; at most a day */
    int64_t
        max_waiting; /* jobs waiting or delayed; adding beyond answers queue_full; 0 = no limit */
};

struct pc_queue_stats {
    int64_t waiting; /* ready to be taken */
    int64_t delayed; /* wait for their next try */
    int64_t active;  /* leased; one whose lease ran out counts here until the next take frees it */
    bool paused;     /* by an operator, where the driver knows such a thing */
};

struct pc_queue;
struct pc_queue_driver;

/* Does the driver read this address? By its scheme alone. */
bool pc_queue_driver_accepts(const struct pc_queue_driver *driver, const char *store_url);

/* Opens by address ("memory:", "sqlite:PATH", "redis://..."). options NULL = the defaults. Gives
 * *out. */
PC_NODISCARD enum pc_code pc_queue_open(const struct pc_queue_driver *driver, const char *store_url,
                                        const struct pc_queue_options *options,
                                        struct pc_queue **out, struct pc_err *err);
/* No call may be under way: wake the takers and join them first. Takes NULL. */
void pc_queue_close(struct pc_queue *q);

/* *added false: the image has a job already (also when the queue is full). */
PC_NODISCARD enum pc_code pc_queue_add(struct pc_queue *q, int64_t image_id, const char *url,
                                       enum pc_priority priority, bool *added, struct pc_err *err);
/* Room for n more? queue_full when not: asked before a batch is accepted. */
PC_NODISCARD enum pc_code pc_queue_check_capacity(struct pc_queue *q, int64_t n,
                                                  struct pc_err *err);
/* Waits up to wait_ms for a job; *got false when none came or the queue was woken. Also frees jobs
 * whose lease ran out. A job added by this process is handed out at once; one added by another
 * process, after some 200 ms at most. Fills job when *got. */
PC_NODISCARD enum pc_code pc_queue_take(struct pc_queue *q, int64_t wait_ms, struct pc_job *job,
                                        bool *got, struct pc_err *err);
/* Wakes every take that is waiting, at once: for a graceful stop. A take that begins later waits as
 * usual, so set your stop flag before, and keep wait_ms at a second or so. */
void pc_queue_wake(struct pc_queue *q);
/* Renews the lease: lease_ms from now. lease_lost when it is somebody else's by now: stop working
 * on it. */
PC_NODISCARD enum pc_code pc_queue_renew(struct pc_queue *q, const struct pc_job *job,
                                         struct pc_err *err);
/* How far it is, for people who look at the queue itself; a failure is not told. Waits for the
 * queue's server where there is one: for a worker's thread, now and then. */
void pc_queue_progress(struct pc_queue *q, const struct pc_job *job, int percent);
/* The job is over and forgotten. lease_lost as above. */
PC_NODISCARD enum pc_code pc_queue_complete(struct pc_queue *q, const struct pc_job *job,
                                            struct pc_err *err);
/* Ends jobs and takes others, of many workers in one step where the driver can: for worker/dispatcher.h.
 * Each of done that is still held is over and forgotten; one whose lease is lost is passed over.
 * Then up to *n of those that wait are taken, without waiting, in their order: *n says how many;
 * fewer say nothing of the queue. n_done and *n: at most PC_QUEUE_BATCH_MAX. After an error nothing is
 * taken, and the same may be asked again. */
enum { PC_QUEUE_BATCH_MAX = 64 };
PC_NODISCARD enum pc_code pc_queue_complete_and_take(struct pc_queue *q,
                                                     const struct pc_job *completed,
                                                     int n_completed, struct pc_job *jobs, int *n,
                                                     struct pc_err *err);
/* An attempt failed and another one follows: the job is delayed, for *delay_ms (filled) from now,
 * then waits again. reason is for people. lease_lost as above. */
PC_NODISCARD enum pc_code pc_queue_retry(struct pc_queue *q, const struct pc_job *job,
                                         const char *reason, int64_t *delay_ms, struct pc_err *err);
/* The job failed for good: it is forgotten, or kept for people to look at. lease_lost as above. */
PC_NODISCARD enum pc_code pc_queue_fail(struct pc_queue *q, const struct pc_job *job,
                                        const char *reason, struct pc_err *err);
/* Puts an unfinished job back, try not counted: for a graceful stop. lease_lost as above. */
PC_NODISCARD enum pc_code pc_queue_release(struct pc_queue *q, const struct pc_job *job,
                                           struct pc_err *err);
/* Removes the job of an image if it waits; a running one is left (its finish will find no record).
 */
PC_NODISCARD enum pc_code pc_queue_remove(struct pc_queue *q, int64_t image_id, struct pc_err *err);
/* Is there a job (waiting, delayed or active) for the image? For the sweeper. */
PC_NODISCARD enum pc_code pc_queue_has(struct pc_queue *q, int64_t image_id, bool *has,
                                       struct pc_err *err);
PC_NODISCARD enum pc_code pc_queue_stats(struct pc_queue *q, struct pc_queue_stats *out,
                                         struct pc_err *err);
PC_NODISCARD enum pc_code pc_queue_ping(struct pc_queue *q, struct pc_err *err);

/* --- word between processes --------------------------------------------------------------------
 */

/* Tells the other processes at this queue that an image changed or was removed. Best effort and
 * quick: what cannot be told at once is dropped, for listeners also look by themselves now and
 * then. Nothing happens where the driver has no such channel. */
void pc_queue_publish(struct pc_queue *q, int64_t image_id, bool removed);
/* From now on calls heard, on a thread of the driver, for what other processes tell; image_id 0:
 * something may have been missed, look at all. False: this driver has no such channel. Once per
 * queue, before its other calls. */
PC_NODISCARD bool
pc_queue_subscribe(struct pc_queue *q,
                   void (*on_notification)(void *ctx, int64_t image_id, bool removed), void *ctx);

#endif
