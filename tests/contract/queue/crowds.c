/* Queue under many hands: threads, openings, waking, restarts, kill -9. */
#include <stdatomic.h>
#include <unistd.h>

#include "base/clock.h"
#include "suite.h"

#include "queue/drivers.h"

enum { THREADS = 8, JOBS = 400 };
struct crowd {
    struct pc_queue *a, *b; /* the same, or two openings of one store */
    atomic_int taken[JOBS + 1];
    atomic_int failures, got, expired;
    int64_t wait_ms;
};

static void take_all(void *ctx, int i)
{
    struct crowd *crowd = ctx;
    struct pc_queue *q = i % 2 ? crowd->a : crowd->b;
    struct pc_err err = PC_ERR_INIT;
    struct pc_job job;
    bool got = true;
    while (got) {
        if (pc_queue_take(q, 0, &job, &got, &err))
            crowd->failures++;
        if (!got)
            break;
        crowd->taken[job.image_id]++;
        if (pc_queue_heartbeat(q, &job, &err) || pc_queue_done(q, &job, &err))
            crowd->failures++;
        pc_job_finish(&job);
    }
}

static void each_job_went_to_one(struct crowd *crowd)
{
    for (int i = 1; i <= JOBS; i++)
        suite_add(crowd->a, i, PC_PRIORITY_BATCH);
    contract_threads(THREADS, take_all, crowd);
    assert_int_equal(crowd->failures, 0);
    for (int i = 1; i <= JOBS; i++)
        assert_int_equal(crowd->taken[i], 1);
}

static void two_workers_never_hold_the_same_job(void **state)
{
    struct crowd crowd = {.a = suite_open(state, &suite_calm)};
    crowd.b = crowd.a;
    each_job_went_to_one(&crowd);
    pc_queue_close(crowd.a);
}

static void two_openings_never_hold_the_same_job(void **state)
{
    struct crowd crowd = {.a = suite_open(state, &suite_calm), .b = suite_open(state, &suite_calm)};
    each_job_went_to_one(&crowd);
    pc_queue_close(crowd.a);
    pc_queue_close(crowd.b);
}

static void add_same(void *ctx, int i)
{
    struct crowd *crowd = ctx;
    struct pc_err err = PC_ERR_INIT;
    (void)i;
    for (int id = 1; id <= 20; id++) {
        bool added = false;
        if (pc_queue_add(crowd->a, id, "u", PC_PRIORITY_BATCH, &added, &err))
            crowd->failures++;
        crowd->got += added;
    }
}

static void eight_threads_add_one_job_of_an_image(void **state)
{
    struct crowd crowd = {.a = suite_open(state, &suite_calm)};
    contract_threads(THREADS, add_same, &crowd);
    assert_int_equal(crowd.failures, 0);
    assert_int_equal(crowd.got, 20);
    suite_expect_stats(crowd.a, 20, 0, 0);
    pc_queue_close(crowd.a);
}

/* Thread 0 adds a job, or wakes, a little later; the others wait for it. */
static void wait_or_add(void *ctx, int i)
{
    struct crowd *crowd = ctx;
    struct pc_err err = PC_ERR_INIT;
    struct pc_job job;
    bool got = false;
    if (i == 0) {
        pc_sleep_ms(30);
        if (pc_queue_add(crowd->b, 1, "u", PC_PRIORITY_SINGLE, &got, &err))
            crowd->failures++;
        return;
    }
    int64_t begun = pc_mono_ms();
    if (pc_queue_take(crowd->a, 5000, &job, &got, &err))
        crowd->failures++;
    crowd->wait_ms = pc_mono_ms() - begun;
    crowd->got += got;
    pc_job_finish(&job);
}

static void an_add_wakes_a_waiting_take_at_once(void **state)
{
    struct crowd crowd = {.a = suite_open(state, &suite_calm)};
    crowd.b = crowd.a;
    contract_threads(2, wait_or_add, &crowd);
    assert_int_equal(crowd.failures, 0);
    assert_int_equal(crowd.got, 1);
    assert_in_range(crowd.wait_ms, 20, 190); /* sooner than any polling */
    pc_queue_close(crowd.a);
}

static void an_add_of_another_process_is_seen_soon(void **state)
{
    struct crowd crowd = {.a = suite_open(state, &suite_calm), .b = suite_open(state, &suite_calm)};
    contract_threads(2, wait_or_add, &crowd);
    assert_int_equal(crowd.got, 1);
    assert_in_range(crowd.wait_ms, 20, 1000);
    pc_queue_close(crowd.a);
    pc_queue_close(crowd.b);
}

static void wait_or_wake(void *ctx, int i)
{
    struct crowd *crowd = ctx;
    struct pc_err err = PC_ERR_INIT;
    struct pc_job job;
    bool got = false;
    if (i == 0) {
        pc_sleep_ms(100);
        pc_queue_wake(crowd->a);
        return;
    }
    int64_t begun = pc_mono_ms();
    if (pc_queue_take(crowd->a, 30000, &job, &got, &err))
        crowd->failures++;
    crowd->got += got;
    crowd->expired += pc_mono_ms() - begun > 5000;
}

static void wake_ends_every_take_and_then_close_is_clean(void **state)
{
    struct crowd crowd = {.a = suite_open(state, &suite_calm)};
    contract_threads(THREADS, wait_or_wake, &crowd);
    assert_int_equal(crowd.failures, 0);
    assert_int_equal(crowd.got, 0);
    assert_int_equal(crowd.expired, 0);
    suite_add(crowd.a, 1, PC_PRIORITY_SINGLE); /* a wake is no stop: the queue goes on */
    suite_expect(crowd.a, 1);
    pc_queue_close(crowd.a);
}

static void a_take_waits_no_longer_than_told(void **state)
{
    struct pc_queue *q = suite_open(state, &suite_calm);
    struct pc_err err = PC_ERR_INIT;
    struct pc_job job;
    bool got = true;
    int64_t begun = pc_mono_ms();
    assert_ok(pc_queue_take(q, 250, &job, &got, &err), &err);
    assert_false(got);
    assert_in_range(pc_mono_ms() - begun, 240, 1000);
    pc_queue_close(q);
}

static void reopening_finds_the_jobs(void **state)
{
    struct pc_queue *q = suite_open(state, &suite_hasty);
    suite_add(q, 1, PC_PRIORITY_BATCH);
    suite_add(q, 2, PC_PRIORITY_SINGLE);
    struct pc_job lost = suite_take(q, 0);
    assert_int_equal(lost.image_id, 2);
    pc_job_finish(&lost);
    pc_queue_close(q);
    q = suite_open(state, &suite_hasty);
    suite_expect_stats(q, 1, 0, 1);
    suite_expect(q, 1);
    struct pc_job job = suite_take(q, 2000);
    assert_int_equal(job.image_id, 2);
    assert_int_equal(job.attempt, 2);
    suite_done(q, &job);
    pc_queue_close(q);
}

/* A clock that was set back makes old leases seem to last for hours; here the lease itself does. */
static void reopening_frees_leases_out_of_the_future(void **state)
{
    const struct contract *c = *state;
    struct pc_queue_options hours = suite_hasty;
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
    q = suite_open(state, &suite_hasty);
    struct pc_job job = suite_take(q, 0);
    assert_int_equal(job.attempt, 2);
    suite_done(q, &job);
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
    if (pc_queue_open(child->c->d->driver, child->c->address, &suite_hasty, &q, &err) ||
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
    struct pc_queue *q = suite_open(state, &suite_hasty);
    struct pc_job job = suite_take(q, 2000);
    assert_int_equal(job.image_id, 7);
    assert_int_equal(job.attempt, 2);
    suite_done(q, &job);
    pc_queue_close(q);
}

const struct contract_case crowd_cases[] = {
    CASE(two_workers_never_hold_the_same_job),
    CASE(eight_threads_add_one_job_of_an_image),
    CASE(an_add_wakes_a_waiting_take_at_once),
    CASE(wake_ends_every_take_and_then_close_is_clean),
    CASE(a_take_waits_no_longer_than_told),
    CASE_IF(CAN_PERSIST, reopening_finds_the_jobs),
    CASE_IF(CAN_PERSIST, reopening_frees_leases_out_of_the_future),
    CASE_IF(CAN_SHARE, two_openings_never_hold_the_same_job),
    CASE_IF(CAN_SHARE, an_add_of_another_process_is_seen_soon),
    CASE_IF(CAN_PERSIST, kill_9_of_a_worker_frees_its_job),
    {NULL, NULL, 0},
};
