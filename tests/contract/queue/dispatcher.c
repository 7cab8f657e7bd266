/* The dispatcher of worker/dispatcher.h on every driver of the queue. */
#include "worker/dispatcher.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "suite.h"

enum { LEASE_MS = 60000, SLOW_MS = 30, SETTLE_MS = 5000 };

static struct pc_dispatcher *create_dispatcher(struct pc_queue *q, int workers)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_dispatcher *dispatcher;
    assert_ok(pc_dispatcher_create(q, workers, LEASE_MS, &dispatcher, &err), &err);
    return dispatcher;
}

static struct pc_job take(struct pc_dispatcher *dispatcher)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_job job;
    bool got = false;
    assert_ok(pc_dispatcher_take(dispatcher, 0, &job, &got, &err), &err);
    assert_true(got);
    return job;
}

static struct pc_queue_stats stats_of(struct pc_queue *q)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_queue_stats s;
    assert_ok(pc_queue_stats(q, &s, &err), &err);
    return s;
}

/* Completed jobs are reported to the queue a moment later. */
static void wait_for_active(struct pc_queue *q, int64_t wanted)
{
    int64_t until_ms = pc_clock_mono_ms() + SETTLE_MS;
    while (stats_of(q).active != wanted && pc_clock_mono_ms() < until_ms)
        pc_clock_sleep_ms(5);
    assert_int_equal(stats_of(q).active, wanted);
}

static void slow_jobs_are_not_prefetched(void **state)
{
    struct pc_queue *q = suite_open(state, &suite_long_leases);
    struct pc_dispatcher *dispatcher = create_dispatcher(q, 2);
    bool got = true;
    for (int i = 1; i <= 5; i++)
        suite_add(q, i, PC_PRIORITY_BULK);
    struct pc_job job = take(dispatcher);
    for (int i = 1; i <= 5; i++) {
        assert_true(got);
        assert_int_equal(job.image_id, i);
        suite_expect_stats(q, 5 - i, 0, 1);
        pc_clock_sleep_ms(SLOW_MS);
        pc_dispatcher_complete_and_take(dispatcher, &job, &got);
    }
    assert_false(got);
    suite_expect_stats(q, 0, 0, 0);
    pc_dispatcher_destroy(dispatcher);
    pc_queue_close(q);
}

static void quick_jobs_are_prefetched_and_released_when_unused(void **state)
{
    struct pc_queue *q = suite_open(state, &suite_long_leases);
    struct pc_dispatcher *dispatcher = create_dispatcher(q, 1);
    bool got = true;
    for (int i = 1; i <= 30; i++)
        suite_add(q, i, PC_PRIORITY_BULK);
    struct pc_job job = take(dispatcher);
    for (int i = 1; i < 10; i++) {
        pc_dispatcher_complete_and_take(dispatcher, &job, &got);
        assert_true(got);
        assert_int_equal(job.image_id, i + 1);
    }
    /* This worker is busy with the tenth job; the prefetched ones are there for other workers. */
    wait_for_active(q, 1);
    struct pc_job other = suite_take(q, 0);
    assert_int_equal(other.image_id, 11);
    assert_int_equal(other.attempt, 1);
    suite_complete(q, &other);
    pc_clock_sleep_ms(SLOW_MS);
    pc_dispatcher_complete_and_take(dispatcher, &job, &got);
    assert_true(got);
    assert_int_equal(job.image_id, 12);
    pc_dispatcher_complete_and_take(dispatcher, &job, &got);
    pc_job_finish(&job);
    pc_dispatcher_destroy(dispatcher);
    pc_queue_close(q);
}

/* Quick jobs, such as those of removed images, stood before slow ones, some of which were
 * prefetched. */
static void an_urgent_job_goes_before_prefetched_ones(void **state)
{
    struct pc_queue *q = suite_open(state, &suite_long_leases);
    struct pc_dispatcher *dispatcher = create_dispatcher(q, 1);
    bool got = true;
    for (int i = 1; i <= 60; i++)
        suite_add(q, i, PC_PRIORITY_BULK);
    struct pc_job job = take(dispatcher);
    for (int i = 1; i < 10; i++)
        pc_dispatcher_complete_and_take(dispatcher, &job, &got);
    assert_int_equal(job.image_id, 10);
    suite_add(q, 100, PC_PRIORITY_SINGLE);
    suite_add(q, 101, PC_PRIORITY_EDIT);
    pc_clock_sleep_ms(SLOW_MS); /* the tenth job is slow */
    const int64_t wanted[] = {101, 100, 11};
    for (int i = 0; i < 3; i++) {
        pc_dispatcher_complete_and_take(dispatcher, &job, &got);
        assert_true(got);
        assert_int_equal(job.image_id, wanted[i]);
        assert_int_equal(job.attempt, 1);
    }
    pc_job_finish(&job);
    pc_dispatcher_destroy(dispatcher);
    pc_queue_close(q);
}

static void a_stopped_dispatcher_gives_no_job_and_holds_none(void **state)
{
    struct pc_queue *q = suite_open(state, &suite_long_leases);
    struct pc_err err = PC_ERR_INIT;
    struct pc_dispatcher *dispatcher = create_dispatcher(q, 1);
    bool got = true;
    for (int i = 1; i <= 30; i++)
        suite_add(q, i, PC_PRIORITY_BULK);
    struct pc_job job = take(dispatcher);
    pc_dispatcher_complete_and_take(dispatcher, &job, &got);
    assert_true(got);
    pc_dispatcher_stop(dispatcher);
    pc_dispatcher_complete_and_take(dispatcher, &job, &got);
    assert_false(got);
    assert_ok(pc_dispatcher_take(dispatcher, 1000, &job, &got, &err), &err);
    assert_false(got);
    pc_dispatcher_destroy(dispatcher);
    suite_expect_stats(q, 28, 0, 0);
    struct pc_job first = suite_take(q, 0);
    assert_int_equal(first.image_id, 3);
    assert_int_equal(first.attempt, 1);
    pc_job_finish(&first);
    pc_queue_close(q);
}

static void a_job_that_another_worker_holds_is_left_to_it(void **state)
{
    struct pc_queue *q = suite_open(state, &suite_long_leases);
    struct pc_err err = PC_ERR_INIT;
    struct pc_dispatcher *dispatcher = create_dispatcher(q, 1);
    bool got = true;
    suite_add(q, 1, PC_PRIORITY_BULK);
    struct pc_job job = take(dispatcher);
    assert_ok(pc_queue_release(q, &job, &err), &err);
    struct pc_job other = suite_take(q, 0);
    pc_dispatcher_complete_and_take(dispatcher, &job, &got);
    assert_false(got);
    pc_dispatcher_destroy(dispatcher);
    assert_ok(pc_queue_renew(q, &other, &err), &err);
    suite_complete(q, &other);
    pc_queue_close(q);
}

enum { WORKERS = 8, JOBS = 2000 };

struct contest {
    struct pc_dispatcher *dispatcher;
    atomic_int done, runs[JOBS + 1];
};

static void work(void *ctx, int i)
{
    struct contest *c = ctx;
    struct pc_job job;
    bool got = false;
    while (got || atomic_load(&c->done) < JOBS) {
        struct pc_err err = PC_ERR_INIT;
        if (!got && pc_dispatcher_take(c->dispatcher, 50, &job, &got, &err))
            return;
        if (!got)
            continue;
        atomic_fetch_add(&c->runs[job.image_id], 1);
        if (i == 0 && job.image_id % 50 == 0)
            pc_clock_sleep_ms(2); /* some jobs take longer */
        atomic_fetch_add(&c->done, 1);
        pc_dispatcher_complete_and_take(c->dispatcher, &job, &got);
    }
}

static void many_workers_run_each_job_once(void **state)
{
    static struct contest c; /* of the case alone */
    struct pc_queue *q = suite_open(state, &suite_long_leases);
    c = (struct contest){.dispatcher = create_dispatcher(q, WORKERS)};
    for (int i = 1; i <= JOBS; i++)
        suite_add(q, i, i % 3 ? PC_PRIORITY_BULK : PC_PRIORITY_SINGLE);
    contract_threads(WORKERS, work, &c);
    pc_dispatcher_destroy(c.dispatcher);
    for (int i = 1; i <= JOBS; i++)
        assert_int_equal(atomic_load(&c.runs[i]), 1);
    suite_expect_stats(q, 0, 0, 0);
    pc_queue_close(q);
}

const struct contract_case dispatcher_cases[] = {
    CASE(slow_jobs_are_not_prefetched),
    CASE(quick_jobs_are_prefetched_and_released_when_unused),
    CASE(an_urgent_job_goes_before_prefetched_ones),
    CASE(a_stopped_dispatcher_gives_no_job_and_holds_none),
    CASE(a_job_that_another_worker_holds_is_left_to_it),
    CASE(many_workers_run_each_job_once),
    {.name = NULL},
};
