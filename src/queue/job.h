/* A job, and the figures that describe a queue: what callers (queue.h) and drivers (driver.h) share.
 *
 * Ownership: struct pc_job owns its strings (pc_job_finish). Threads: plain data. */
#ifndef PC_QUEUE_JOB_H
#define PC_QUEUE_JOB_H

#include <stdbool.h>
#include <stdint.h>

/* The smaller goes first. Any number from 1 to PC_PRIORITY_LOWEST is allowed. Only requests for a
 * single image go before images sent in bulk, so bulk work is delayed by no more jobs than people ask
 * for one by one. */
enum pc_priority {
    PC_PRIORITY_EDIT = 1,   /* a correction of one image */
    PC_PRIORITY_SINGLE = 2, /* an image that was submitted or retried alone */
    PC_PRIORITY_BULK = 10,  /* one of many */
    PC_PRIORITY_LOWEST = 10
};

struct pc_job {
    char *id;         /* the driver's name of the job */
    char *token;      /* proves the lease */
    int64_t image_id; /* 0: another program made the job and knows only the url: submit that */
    char *url;        /* "" if another program made the job and left it out: the record knows it */
    int attempt;      /* from 1; above max_attempts: do not run it, see queue.h */
    int max_attempts;
    int64_t started_us; /* when its worker got it, monotonic; used by worker/dispatcher.h */
    /* Only of jobs that other programs made, or that people sent back: */
    bool manual_retry; /* it had failed for good, and somebody sent it back */
    bool has_backoff;  /* it has a back-off of its own: fixed, or growing as backoff_ms below */
    bool backoff_fixed;
    int64_t backoff_ms;
};
/* Frees what it owns; zeroed memory is fine. */
void pc_job_finish(struct pc_job *job);

struct pc_queue_options {
    int64_t lease_ms;    /* 0: 30,000 */
    int max_attempts;    /* 0: 3 */
    int64_t backoff_ms;  /* delay after attempt n: (2^n - 1) * backoff, as in Bull; a day at most */
    int64_t max_waiting; /* waiting and delayed jobs; beyond that add fails; 0: no limit */
};

struct pc_queue_stats {
    int64_t waiting; /* ready to be taken */
    int64_t delayed; /* wait for their next attempt */
    int64_t active;  /* leased; expired leases count until the next take requeues their jobs */
    bool paused;     /* by an operator, if the driver knows such a thing */
};

/* Jobs that one complete-and-take batch may end, and take. */
enum { PC_QUEUE_BATCH_MAX = 64 };

#endif
