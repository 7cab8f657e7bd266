/* The desk between the workers of a process and any driver of the queue. */
#include "queue/desk.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "suite.h"

enum { LEASE_MS = 60000, SLOW_MS = 30, SETTLE_MS = 5000 };

static struct pc_desk *open_desk(struct pc_queue *q, int workers)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_desk *d;
    assert_ok(pc_desk_open(q, workers, LEASE_MS, &d, &err), &err);
    return d;
}

static struct pc_job take(struct pc_desk *d)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_job job;
    bool got = false;
    assert_ok(pc_desk_take(d, 0, &job, &got, &err), &err);
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

/* What is handed in reaches the queue a moment later. */
static void wait_for_active(struct pc_queue *q, int64_t wanted)
{
    int64_t until_ms = pc_mono_ms() + SETTLE_MS;
    while (stats_of(q).active != wanted && pc_mono_ms() < until_ms)
        pc_sleep_ms(5);
    assert_int_equal(stats_of(q).active, wanted);
}

static void slow_jobs_are_not_taken_ahead(void **state)
{
    struct pc_queue *q = suite_open(state, &suite_calm);
    struct pc_desk *d = open_desk(q, 2);
    bool got = true;
    for (int i = 1; i <= 5; i++)
        suite_add(q, i, PC_PRIORITY_BATCH);
    struct pc_job job = take(d);
    for (int i = 1; i <= 5; i++) {
        assert_true(got);
        assert_int_equal(job.image_id, i);
        suite_expect_stats(q, 5 - i, 0, 1);
        pc_sleep_ms(SLOW_MS);
        pc_desk_next(d, &job, &got);
    }
    assert_false(got);
    suite_expect_stats(q, 0, 0, 0);
    pc_desk_close(d);
    pc_queue_close(q);
}

static void quick_jobs_are_taken_ahead_and_go_back_when_nobody_comes(void **state)
{
    struct pc_queue *q = suite_open(state, &suite_calm);
    struct pc_desk *d = open_desk(q, 1);
    bool got = true;
    for (int i = 1; i <= 30; i++)
        suite_add(q, i, PC_PRIORITY_BATCH);
    struct pc_job job = take(d);
    for (int i = 1; i < 10; i++) {
        pc_desk_next(d, &job, &got);
        assert_true(got);
        assert_int_equal(job.image_id, i + 1);
    }
    wait_for_active(q,
                    1); /* this worker is busy with the tenth: the others are for whoever comes */
    struct pc_job other = suite_take(q, 0);
    assert_int_equal(other.image_id, 11);
    assert_int_equal(other.attempt, 1);
    suite_done(q, &other);
    pc_sleep_ms(SLOW_MS);
    pc_desk_next(d, &job, &got);
    assert_true(got);
    assert_int_equal(job.image_id, 12);
    pc_desk_next(d, &job, &got);
    pc_job_finish(&job);
    pc_desk_close(d);
    pc_queue_close(q);
}

static void a_stopped_desk_gives_none_and_keeps_none(void **state)
{
    struct pc_queue *q = suite_open(state, &suite_calm);
    struct pc_err err = PC_ERR_INIT;
    struct pc_desk *d = open_desk(q, 1);
    bool got = true;
    for (int i = 1; i <= 30; i++)
        suite_add(q, i, PC_PRIORITY_BATCH);
    struct pc_job job = take(d);
    pc_desk_next(d, &job, &got);
    assert_true(got);
    pc_desk_stop(d);
    pc_desk_next(d, &job, &got);
    assert_false(got);
    assert_ok(pc_desk_take(d, 1000, &job, &got, &err), &err);
    assert_false(got);
    pc_desk_close(d);
    suite_expect_stats(q, 28, 0, 0);
    struct pc_job first = suite_take(q, 0);
    assert_int_equal(first.image_id, 3);
    assert_int_equal(first.attempt, 1);
    pc_job_finish(&first);
    pc_queue_close(q);
}

static void a_job_that_another_has_by_now_is_left_to_it(void **state)
{
    struct pc_queue *q = suite_open(state, &suite_calm);
    struct pc_err err = PC_ERR_INIT;
    struct pc_desk *d = open_desk(q, 1);
    bool got = true;
    suite_add(q, 1, PC_PRIORITY_BATCH);
    struct pc_job job = take(d);
    assert_ok(pc_queue_give_back(q, &job, &err), &err);
    struct pc_job other = suite_take(q, 0);
    pc_desk_next(d, &job, &got);
    assert_false(got);
    pc_desk_close(d);
    assert_ok(pc_queue_heartbeat(q, &other, &err), &err);
    suite_done(q, &other);
    pc_queue_close(q);
}

enum { WORKERS = 8, JOBS = 2000 };

struct crowd {
    struct pc_desk *d;
    atomic_int done, runs[JOBS + 1];
};

static void work(void *ctx, int i)
{
    struct crowd *c = ctx;
    struct pc_job job;
    bool got = false;
    while (got || atomic_load(&c->done) < JOBS) {
        struct pc_err err = PC_ERR_INIT;
        if (!got && pc_desk_take(c->d, 50, &job, &got, &err))
            return;
        if (!got)
            continue;
        atomic_fetch_add(&c->runs[job.image_id], 1);
        if (i == 0 && job.image_id % 50 == 0)
            pc_sleep_ms(2); /* now and then one takes longer */
        atomic_fetch_add(&c->done, 1);
        pc_desk_next(c->d, &job, &got);
    }
}

static void a_crowd_does_each_job_once(void **state)
{
    static struct crowd c; /* of the case alone */
    struct pc_queue *q = suite_open(state, &suite_calm);
    c = (struct crowd){.d = open_desk(q, WORKERS)};
    for (int i = 1; i <= JOBS; i++)
        suite_add(q, i, i % 3 ? PC_PRIORITY_BATCH : PC_PRIORITY_SINGLE);
    contract_threads(WORKERS, work, &c);
    pc_desk_close(c.d);
    for (int i = 1; i <= JOBS; i++)
        assert_int_equal(atomic_load(&c.runs[i]), 1);
    suite_expect_stats(q, 0, 0, 0);
    pc_queue_close(q);
}

const struct contract_case desk_cases[] = {
    CASE(slow_jobs_are_not_taken_ahead),
    CASE(quick_jobs_are_taken_ahead_and_go_back_when_nobody_comes),
    CASE(a_stopped_desk_gives_none_and_keeps_none),
    CASE(a_job_that_another_has_by_now_is_left_to_it),
    CASE(a_crowd_does_each_job_once),
    {.name = NULL},
};
