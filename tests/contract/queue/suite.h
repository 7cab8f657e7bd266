/* The contract of queue/driver.h: what its files of cases share. */
#ifndef PC_TESTS_QUEUE_SUITE_H
#define PC_TESTS_QUEUE_SUITE_H

#include "../contract.h"
#include "queue/queue.h"

/* Each ends with a row without a name. */
extern const struct contract_case job_cases[], concurrency_cases[], dispatcher_cases[];

/* What the program runs, on which drivers. */
extern const struct contract_case *const suite_files[]; /* NULL ends it */
extern const struct contract_driver suite_drivers[];
extern const size_t suite_n_drivers;

/* Leases that do not run out during a test, and ones that do; long ones and a short back-off. */
extern const struct pc_queue_options suite_long_leases, suite_short_leases, suite_short_backoff;

/* Opens the queue of the case. */
struct pc_queue *suite_open(void **state, const struct pc_queue_options *options);
/* Adds a job that must be new; its url is "u" and the image's id. */
void suite_add(struct pc_queue *q, int64_t image, enum pc_priority priority);
/* Takes a job; one must come. */
struct pc_job suite_take(struct pc_queue *q, int64_t wait_ms);
/* Takes without waiting; no job may come. */
void suite_take_nothing(struct pc_queue *q);
/* Completes a job, whose lease must be held, and frees it. */
void suite_complete(struct pc_queue *q, struct pc_job *job);
/* Takes the next job, which must be that of this image, and completes it. */
void suite_expect(struct pc_queue *q, int64_t image);
/* The same for a job that is delayed for a moment; others that come before it are released. */
void suite_expect_when_due(struct pc_queue *q, int64_t image);
void suite_expect_stats(struct pc_queue *q, int64_t waiting, int64_t delayed, int64_t active);
void suite_expect_has(struct pc_queue *q, int64_t image, bool wanted);

#endif
