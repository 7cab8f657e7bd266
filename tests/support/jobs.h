/* Jobs of a queue, for tests. */
#ifndef PC_TESTS_JOBS_H
#define PC_TESTS_JOBS_H

#include <stddef.h>

#include "queue/queue.h"

/* Completes a job by the call that workers use. A job whose lease is lost is skipped. */
static inline enum pc_code test_complete_job(struct pc_queue *q, const struct pc_job *job,
                                             struct pc_err *err)
{
    int n = 0;
    return pc_queue_complete_and_take(q, job, 1, NULL, &n, err);
}

#endif
