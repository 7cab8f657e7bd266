/* The queue used by many at once: threads, openings, wake-ups, restarts, kill -9. */
#include <stdatomic.h>
#include <unistd.h>

#include "base/clock.h"
#include "jobs.h"
#include "suite.h"

#include "queue/drivers.h"

enum { THREADS = 8, JOBS = 400 };
enum { HOUR_MS = 3600 * 1000 }; /* a take that waits so long hangs */

struct contest {
    struct pc_queue *a, *b; /* the same queue, or two openings of one store */
    atomic_int taken[JOBS + 1];
    atomic_int failures, got, ended;
};

static void take_all(void *ctx, int i)
{
    struct contest *contest = ctx;
    struct pc_queue *q = i % 2 ? contest->a : contest->b;
    struct pc_err err = PC_ERR_INIT;
    struct pc_job job;
    bool got = true;
    while (got) {
        if (pc_queue_take(q, 0, &job, &got, &err))
            contest->failures++;
        if (!got)
            break;
        contest->taken[job.image_id]++;
        if (pc_queue_renew(q, &job, &err) || test_complete_job(q, &job, &err))
            contest->failures++;
        pc_job_finish(&job);
    }
}

static void each_job_went_to_one(struct contest *contest)
{
    for (int i = 1; i <= JOBS; i++)
        suite_add(contest->a, i, PC_PRIORITY_BULK);
    contract_threads(THREADS, take_all, contest);
    assert_int_equal(contest->failures, 0);
    suite_expect_stats(contest->a, 0, 0, 0);
    for (int i = 1; i <= JOBS; i++)
        assert_int_equal(contest->taken[i], 1);
}

static void two_workers_never_hold_the_same_job(void **state)
{
    struct contest contest = {.a = suite_open(state, &suite_long_leases)};
    contest.b = contest.a;
    each_job_went_to_one(&contest);
    pc_queue_close(contest.a);
}

static void two_openings_never_hold_the_same_job(void **state)
{
    struct contest contest = {.a = suite_open(state, &suite_long_leases),
                              .b = suite_open(state, &suite_long_leases)};
    each_job_went_to_one(&contest);
    pc_queue_close(contest.a);
    pc_queue_close(contest.b);
}

static void add_same(void *ctx, int i)
{
    struct contest *contest = ctx;
    struct pc_err err = PC_ERR_INIT;
    (void)i;
    for (int id = 1; id <= 20; id++) {
        bool added = false;
        if (pc_queue_add(contest->a, id, "u", PC_PRIORITY_BULK, &added, &err))
            contest->failures++;
        contest->got += added;
    }
}

static void eight_threads_add_one_job_of_an_image(void **state)
{
    struct contest contest = {.a = suite_open(state, &suite_long_leases)};
    contract_threads(THREADS, add_same, &contest);
    assert_int_equal(contest.failures, 0);
    assert_int_equal(contest.got, 20);
    suite_expect_stats(contest.a, 20, 0, 0);
    pc_queue_close(contest.a);
}

/* Thread 0 adds a job after a moment; the others wait for it. */
static void wait_or_add(void *ctx, int i)
{
    struct contest *contest = ctx;
    struct pc_err err = PC_ERR_INIT;
    struct pc_job job;
    bool got = false;
    if (i == 0) {
        pc_clock_sleep_ms(30);
        if (pc_queue_add(contest->b, 1, "u", PC_PRIORITY_SINGLE, &got, &err))
            contest->failures++;
        return;
    }
    if (pc_queue_take(contest->a, HOUR_MS, &job, &got, &err))
        contest->failures++;
    contest->got += got;
    pc_job_finish(&job);
}

static void an_add_wakes_a_waiting_take(void **state)
{
    struct contest contest = {.a = suite_open(state, &suite_long_leases)};
    contest.b = contest.a;
    contract_threads(2, wait_or_add, &contest);
    assert_int_equal(contest.failures, 0);
    assert_int_equal(contest.got, 1);
    pc_queue_close(contest.a);
}

static void an_add_of_another_process_is_seen(void **state)
{
    struct contest contest = {.a = suite_open(state, &suite_long_leases),
                              .b = suite_open(state, &suite_long_leases)};
    contract_threads(2, wait_or_add, &contest);
    assert_int_equal(contest.got, 1);
    pc_queue_close(contest.a);
    pc_queue_close(contest.b);
}

static void wait_or_wake(void *ctx, int i)
{
    struct contest *contest = ctx;
    struct pc_err err = PC_ERR_INIT;
    struct pc_job job;
    bool got = false;
    if (i == 0) {
        while (contest->ended < THREADS - 1) { /* a wake does not end a take that begins later */
            pc_clock_sleep_ms(100);
            pc_queue_wake(contest->a);
        }
        return;
    }
    if (pc_queue_take(contest->a, HOUR_MS, &job, &got, &err)) /* the wake ends it */
        contest->failures++;
    contest->got += got;
    contest->ended++;
}

static void wake_ends_every_take_and_then_close_is_clean(void **state)
{
    struct contest contest = {.a = suite_open(state, &suite_long_leases)};
    contract_threads(THREADS, wait_or_wake, &contest);
    assert_int_equal(contest.failures, 0);
    assert_int_equal(contest.got, 0);
    suite_add(contest.a, 1, PC_PRIORITY_SINGLE); /* a wake is no stop: the queue goes on */
    suite_expect(contest.a, 1);
    pc_queue_close(contest.a);
}

static void a_take_waits_for_a_delayed_job_and_ends_without_one(void **state)
{
    struct pc_queue *q = suite_open(state, &suite_short_backoff);
    struct pc_err err = PC_ERR_INIT;
    int64_t in_ms;
    bool got = true;
    suite_add(q, 1, PC_PRIORITY_BULK);
    struct pc_job job = suite_take(q, 0);
    assert_ok(pc_queue_retry(q, &job, "x", &in_ms, &err), &err);
    pc_job_finish(&job);
    job = suite_take(q, HOUR_MS);
    suite_complete(q, &job);
    assert_ok(pc_queue_take(q, 250, &job, &got, &err), &err);
    assert_false(got);
    pc_queue_close(q);
}

static void reopening_finds_the_jobs(void **state)
{
    struct pc_queue *q = suite_open(state, &suite_long_leases);
    suite_add(q, 1, PC_PRIORITY_BULK);
    suite_add(q, 2, PC_PRIORITY_SINGLE);
    struct pc_job held = suite_take(q, 0);
    assert_int_equal(held.image_id, 2);
    pc_queue_close(q);
    q = suite_open(state, &suite_long_leases);
    suite_expect_stats(q, 1, 0, 1);
    suite_expect(q, 1);
    suite_take_nothing(q); /* the lease outlives the process that had it */
    suite_complete(q, &held);
    pc_queue_close(q);
}

static void reopening_frees_the_job_of_a_dead_process(void **state)
{
    struct pc_queue *q = suite_open(state, &suite_short_leases);
    suite_add(q, 1, PC_PRIORITY_SINGLE);
    struct pc_job lost = suite_take(q, 0);
    pc_job_finish(&lost);
    pc_queue_close(q);
    q = suite_open(state, &suite_short_leases);
    struct pc_job job = suite_take(q, HOUR_MS);
    assert_int_equal(job.image_id, 1);
    assert_int_equal(job.attempt, 2);
    suite_complete(q, &job);
    pc_queue_close(q);
}

/* After the clock was set back, old leases seem to last for hours; here the lease itself does. */
static void reopening_frees_leases_out_of_the_future(void **state)
{
    const struct contract *c = *state;
    struct pc_queue_options hours = suite_short_leases;
    if (c->d->driver != &pc_queue_sqlite)
        skip_because("its leases are not kept in wall time");
    hours.lease_ms = 10 * 3600 * 1000;
    struct pc_queue *q = suite_open(state, &hours);
    suite_add(q, 1, PC_PRIORITY_SINGLE);
    struct pc_job lost = suite_take(q, 0);
    pc_job_finish(&lost);
    pc_queue_close(q);
    q = suite_open(state, &hours);
    suite_expect_stats(q, 0, 0, 1); /* it may be alive */
    pc_queue_close(q);
    q = suite_open(state, &suite_short_leases);
    struct pc_job job = suite_take(q, 0);
    assert_int_equal(job.attempt, 2);
    suite_complete(q, &job);
    pc_queue_close(q);
}

struct child {
    const struct contract *c;
    int out;
};

static int take_and_hang(void *ctx)
{
    struct child *child = ctx;
    struct pc_err err = PC_ERR_INIT;
    struct pc_queue *q;
    struct pc_job job;
    bool got = false, added;
    if (pc_queue_open(child->c->d->driver, child->c->url, &suite_short_leases, &q, &err) ||
        pc_queue_add(q, 7, "u7", PC_PRIORITY_SINGLE, &added, &err) ||
        pc_queue_take(q, 0, &job, &got, &err) || !got || write(child->out, "x", 1) != 1)
        return CHILD_FAILED;
    pause();
    return CHILD_FAILED;
}

static void kill_9_of_a_worker_frees_its_job(void **state)
{
    int ends[2];
    char x;
    assert_int_equal(pipe(ends), 0);
    struct child child = {.c = *state, .out = ends[1]};
    pid_t pid = contract_fork(take_and_hang, &child);
    close(ends[1]);
    assert_int_equal(read(ends[0], &x, 1), 1);
    contract_kill(pid);
    close(ends[0]);
    struct pc_queue *q = suite_open(state, &suite_short_leases);
    struct pc_job job = suite_take(q, 2000);
    assert_int_equal(job.image_id, 7);
    assert_int_equal(job.attempt, 2);
    suite_complete(q, &job);
    pc_queue_close(q);
}

const struct contract_case concurrency_cases[] = {
    CASE(two_workers_never_hold_the_same_job),
    CASE(eight_threads_add_one_job_of_an_image),
    CASE(an_add_wakes_a_waiting_take),
    CASE(wake_ends_every_take_and_then_close_is_clean),
    CASE(a_take_waits_for_a_delayed_job_and_ends_without_one),
    CASE_IF(CAN_PERSIST, reopening_finds_the_jobs),
    CASE_IF(CAN_PERSIST, reopening_frees_the_job_of_a_dead_process),
    CASE_IF(CAN_PERSIST, reopening_frees_leases_out_of_the_future),
    CASE_IF(CAN_SHARE, two_openings_never_hold_the_same_job),
    CASE_IF(CAN_SHARE, an_add_of_another_process_is_seen),
    CASE_IF(CAN_PERSIST, kill_9_of_a_worker_frees_its_job),
    {NULL, NULL, 0},
};
