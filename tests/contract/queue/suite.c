/* The contract of queue/driver.h, run against every driver. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "../contract.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "queue/drivers.h"

static char *memory_address(const char *dir)
{
    (void)dir;
    return pc_xstrdup("memory:");
}

static char *sqlite_address(const char *dir)
{
    return pc_xasprintf("sqlite:%s/queue.db", dir);
}

static const struct contract_driver drivers[] = {
    {.name = "memory", .driver = &pc_queue_memory, .address = memory_address},
    {.name = "sqlite",
     .driver = &pc_queue_sqlite,
     .address = sqlite_address,
     .can = CAN_PERSIST | CAN_SHARE},
};

/* Leases that do not run out during a test, unless the test wants that. */
static const struct pc_queue_options calm = {
    .lease_ms = 60000, .max_attempts = 3, .backoff_ms = 100};
static const struct pc_queue_options hasty = {.lease_ms = 150, .max_attempts = 2, .backoff_ms = 1};

static struct pc_queue *open_queue(void **state, const struct pc_queue_options *options)
{
    struct contract *c = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_queue *q;
    assert_ok(pc_queue_open(c->d->driver, c->address, options, &q, &err), &err);
    return q;
}

static void add(struct pc_queue *q, int64_t image, enum pc_priority priority)
{
    struct pc_err err = PC_ERR_INIT;
    bool added = false;
    char url[32];
    snprintf(url, sizeof url, "u%lld", (long long)image);
    assert_ok(pc_queue_add(q, image, url, priority, &added, &err), &err);
    assert_true(added);
}

static struct pc_job take(struct pc_queue *q, int64_t wait_ms)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_job job;
    bool got = false;
    assert_ok(pc_queue_take(q, wait_ms, &job, &got, &err), &err);
    assert_true(got);
    return job;
}

static void take_nothing(struct pc_queue *q)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_job job;
    bool got = true;
    assert_ok(pc_queue_take(q, 0, &job, &got, &err), &err);
    assert_false(got);
}

static void done(struct pc_queue *q, struct pc_job *job)
{
    struct pc_err err = PC_ERR_INIT;
    assert_ok(pc_queue_done(q, job, &err), &err);
    pc_job_finish(job);
}

/* Takes the next job, which must be of this image, and ends it. */
static void expect(struct pc_queue *q, int64_t image)
{
    struct pc_job job = take(q, 0);
    assert_int_equal(job.image_id, image);
    done(q, &job);
}

static void expect_stats(struct pc_queue *q, int64_t waiting, int64_t delayed, int64_t active)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_queue_stats s;
    assert_ok(pc_queue_stats(q, &s, &err), &err);
    assert_int_equal(s.waiting, waiting);
    assert_int_equal(s.delayed, delayed);
    assert_int_equal(s.active, active);
    assert_false(s.paused);
}

static void expect_has(struct pc_queue *q, int64_t image, bool wanted)
{
    struct pc_err err = PC_ERR_INIT;
    bool has = !wanted;
    assert_ok(pc_queue_has(q, image, &has, &err), &err);
    assert_int_equal(has, wanted);
}

static void a_job_is_added_taken_and_done(void **state)
{
    struct pc_queue *q = open_queue(state, &calm);
    struct pc_err err = PC_ERR_INIT;
    take_nothing(q);
    add(q, 9007199254740991, PC_PRIORITY_SINGLE); /* the largest that JavaScript holds exactly */
    expect_stats(q, 1, 0, 0);
    struct pc_job job = take(q, 0);
    assert_int_equal(job.image_id, 9007199254740991);
    assert_string_equal(job.url, "u9007199254740991");
    assert_int_equal(job.attempt, 1);
    assert_int_equal(job.max_attempts, 3);
    assert_true(*job.id && *job.token);
    expect_stats(q, 0, 0, 1);
    assert_ok(pc_queue_heartbeat(q, &job, &err), &err);
    assert_ok(pc_queue_done(q, &job, &err), &err);
    expect_stats(q, 0, 0, 0);
    assert_code(pc_queue_done(q, &job, &err), PC_E_LEASE_LOST);
    pc_job_finish(&job);
    assert_ok(pc_queue_ping(q, &err), &err);
    pc_queue_close(q);
}

static void an_image_has_one_job(void **state)
{
    struct pc_queue *q = open_queue(state, &calm);
    struct pc_err err = PC_ERR_INIT;
    bool added = true;
    add(q, 1, PC_PRIORITY_BATCH);
    assert_ok(pc_queue_add(q, 1, "u1", PC_PRIORITY_SINGLE, &added, &err), &err);
    assert_false(added);
    struct pc_job job = take(q, 0);
    added = true;
    assert_ok(pc_queue_add(q, 1, "u1", PC_PRIORITY_SINGLE, &added, &err), &err);
    assert_false(added);
    expect_has(q, 1, true);
    done(q, &job);
    expect_has(q, 1, false);
    add(q, 1, PC_PRIORITY_BATCH);
    pc_queue_close(q);
}

static void order_is_by_priority_then_age(void **state)
{
    struct pc_queue *q = open_queue(state, &calm);
    add(q, 5, PC_PRIORITY_BATCH);
    add(q, 4, PC_PRIORITY_BATCH);
    add(q, 3, PC_PRIORITY_SINGLE);
    add(q, 2, (enum pc_priority)5);
    add(q, 1, PC_PRIORITY_SINGLE);
    const int64_t wanted[] = {3, 1, 2, 5, 4};
    for (int i = 0; i < 5; i++)
        expect(q, wanted[i]);
    take_nothing(q);
    pc_queue_close(q);
}

static void bad_arguments_are_refused(void **state)
{
    struct contract *c = *state;
    struct pc_queue *q = open_queue(state, NULL), *other;
    struct pc_err err = PC_ERR_INIT;
    bool added;
    assert_code(pc_queue_add(q, 0, "u", PC_PRIORITY_SINGLE, &added, &err), PC_E_BAD_REQUEST);
    assert_code(pc_queue_add(q, 1, "", PC_PRIORITY_SINGLE, &added, &err), PC_E_BAD_REQUEST);
    assert_code(pc_queue_add(q, 1, NULL, PC_PRIORITY_SINGLE, &added, &err), PC_E_BAD_REQUEST);
    assert_code(pc_queue_add(q, 1, "u", (enum pc_priority)0, &added, &err), PC_E_BAD_REQUEST);
    assert_code(pc_queue_add(q, 1, "u", (enum pc_priority)11, &added, &err), PC_E_BAD_REQUEST);
    take_nothing(q);
    assert_code(pc_queue_open(c->d->driver, "gopher:x", NULL, &other, &err), PC_E_CONFIG);
    assert_code(pc_queue_open(c->d->driver, NULL, NULL, &other, &err), PC_E_CONFIG);
    assert_null(other);
    assert_true(pc_queue_driver_takes(c->d->driver, c->address));
    pc_queue_close(NULL);
    pc_queue_close(q);
}

static void a_full_queue_says_so(void **state)
{
    struct pc_queue_options small = calm;
    small.max_waiting = 3;
    struct pc_queue *q = open_queue(state, &small);
    struct pc_err err = PC_ERR_INIT;
    bool added = true;
    assert_ok(pc_queue_room(q, 3, &err), &err);
    assert_code(pc_queue_room(q, 4, &err), PC_E_QUEUE_FULL);
    for (int i = 1; i <= 3; i++)
        add(q, i, PC_PRIORITY_BATCH);
    assert_code(pc_queue_add(q, 4, "u4", PC_PRIORITY_SINGLE, &added, &err), PC_E_QUEUE_FULL);
    assert_false(added);
    assert_ok(pc_queue_add(q, 2, "u2", PC_PRIORITY_SINGLE, &added, &err), &err); /* a double */
    assert_false(added);
    assert_code(pc_queue_room(q, 1, &err), PC_E_QUEUE_FULL);
    struct pc_job job = take(q, 0); /* an active one takes no room, a delayed one does */
    add(q, 4, PC_PRIORITY_SINGLE);
    done(q, &job);
    job = take(q, 0);
    assert_ok(pc_queue_room(q, 1, &err), &err);
    bool final;
    int64_t in_ms;
    assert_ok(pc_queue_fail(q, &job, true, "x", &final, &in_ms, &err), &err);
    assert_code(pc_queue_room(q, 1, &err), PC_E_QUEUE_FULL);
    pc_job_finish(&job);
    pc_queue_close(q);
}

static void a_lease_that_runs_out_frees_the_job(void **state)
{
    struct pc_queue *q = open_queue(state, &hasty);
    struct pc_err err = PC_ERR_INIT;
    bool final;
    int64_t in_ms;
    add(q, 1, PC_PRIORITY_SINGLE);
    struct pc_job first = take(q, 0);
    take_nothing(q);
    int64_t begun = pc_mono_ms();
    struct pc_job second = take(q, 2000); /* waits for the end of the lease, not much longer */
    assert_in_range(pc_mono_ms() - begun, 50, 1000);
    assert_int_equal(second.image_id, 1);
    assert_int_equal(second.attempt, 2);
    assert_string_not_equal(first.token, second.token);
    assert_code(pc_queue_heartbeat(q, &first, &err), PC_E_LEASE_LOST);
    assert_code(pc_queue_done(q, &first, &err), PC_E_LEASE_LOST);
    assert_code(pc_queue_give_back(q, &first, &err), PC_E_LEASE_LOST);
    assert_code(pc_queue_fail(q, &first, true, "x", &final, &in_ms, &err), PC_E_LEASE_LOST);
    assert_code(pc_queue_fail(q, &first, false, "x", &final, &in_ms, &err), PC_E_LEASE_LOST);
    assert_ok(pc_queue_heartbeat(q, &second, &err), &err);
    pc_job_finish(&first);
    done(q, &second);
    pc_queue_close(q);
}

static void a_heartbeat_keeps_the_lease(void **state)
{
    struct pc_queue *q = open_queue(state, &hasty);
    struct pc_err err = PC_ERR_INIT;
    add(q, 1, PC_PRIORITY_SINGLE);
    struct pc_job job = take(q, 0);
    for (int i = 0; i < 6; i++) {
        pc_sleep_ms(50);
        assert_ok(pc_queue_heartbeat(q, &job, &err), &err);
        take_nothing(q);
    }
    done(q, &job);
    pc_queue_close(q);
}

static void a_job_whose_workers_die_is_handed_out_to_be_failed(void **state)
{
    struct pc_queue *q = open_queue(state, &hasty);
    struct pc_err err = PC_ERR_INIT;
    bool final = false;
    int64_t in_ms;
    add(q, 1, PC_PRIORITY_SINGLE);
    for (int attempt = 1; attempt <= 4; attempt++) {
        struct pc_job job = take(q, 2000);
        assert_int_equal(job.attempt, attempt);
        assert_int_equal(job.max_attempts, 2);
        if (attempt == 4) {
            assert_ok(pc_queue_fail(q, &job, true, "dead", &final, &in_ms, &err), &err);
            assert_true(final);
        }
        pc_job_finish(&job);
    }
    expect_has(q, 1, false);
    pc_queue_close(q);
}

static void failed_tries_wait_longer_each_time(void **state)
{
    struct pc_queue *q = open_queue(state, &calm);
    struct pc_err err = PC_ERR_INIT;
    const int64_t waits[] = {100, 300}; /* (2^n - 1) * 100 */
    bool final;
    int64_t in_ms;
    add(q, 1, PC_PRIORITY_SINGLE);
    struct pc_job job = take(q, 0);
    for (int n = 0; n < 2; n++) {
        int64_t begun = pc_mono_ms();
        assert_ok(pc_queue_fail(q, &job, true, "no \"luck\"", &final, &in_ms, &err), &err);
        assert_false(final);
        assert_int_equal(in_ms, waits[n]);
        pc_job_finish(&job);
        expect_stats(q, 0, 1, 0);
        expect_has(q, 1, true);
        take_nothing(q);
        job = take(q, 3000);
        assert_in_range(pc_mono_ms() - begun, waits[n] - 5, waits[n] + 500);
        assert_int_equal(job.attempt, n + 2);
    }
    assert_ok(pc_queue_fail(q, &job, true, "x", &final, &in_ms, &err), &err);
    assert_true(final);
    pc_job_finish(&job);
    expect_stats(q, 0, 0, 0);
    pc_queue_close(q);
}

static void a_hopeless_try_is_final(void **state)
{
    struct pc_queue *q = open_queue(state, &calm);
    struct pc_err err = PC_ERR_INIT;
    bool final = false;
    int64_t in_ms;
    add(q, 1, PC_PRIORITY_SINGLE);
    struct pc_job job = take(q, 0);
    assert_ok(pc_queue_fail(q, &job, false, NULL, &final, &in_ms, &err), &err);
    assert_true(final);
    assert_code(pc_queue_heartbeat(q, &job, &err), PC_E_LEASE_LOST);
    expect_has(q, 1, false);
    pc_job_finish(&job);
    pc_queue_close(q);
}

static void backoff_is_bounded(void **state)
{
    struct pc_queue_options patient = {
        .lease_ms = 60000, .max_attempts = 100, .backoff_ms = INT64_MAX / 2};
    struct pc_queue *q = open_queue(state, &patient);
    struct pc_err err = PC_ERR_INIT;
    bool final;
    int64_t in_ms;
    add(q, 1, PC_PRIORITY_SINGLE);
    struct pc_job job = take(q, 0);
    assert_ok(pc_queue_fail(q, &job, true, "x", &final, &in_ms, &err), &err);
    assert_int_equal(in_ms, 24 * 60 * 60 * 1000);
    pc_job_finish(&job);
    pc_queue_close(q);
}

static void what_is_given_back_goes_first_and_counts_no_try(void **state)
{
    struct pc_queue *q = open_queue(state, &calm);
    struct pc_err err = PC_ERR_INIT;
    for (int i = 1; i <= 3; i++)
        add(q, i, PC_PRIORITY_BATCH);
    struct pc_job job = take(q, 0);
    assert_ok(pc_queue_give_back(q, &job, &err), &err);
    assert_code(pc_queue_done(q, &job, &err), PC_E_LEASE_LOST);
    pc_job_finish(&job);
    job = take(q, 0);
    assert_int_equal(job.image_id, 1);
    assert_int_equal(job.attempt, 1);
    done(q, &job);
    expect(q, 2);
    expect(q, 3);
    pc_queue_close(q);
}

static void remove_takes_what_waits_and_leaves_what_runs(void **state)
{
    struct pc_queue *q = open_queue(state, &calm);
    struct pc_err err = PC_ERR_INIT;
    bool final;
    int64_t in_ms;
    for (int i = 1; i <= 3; i++)
        add(q, i, PC_PRIORITY_BATCH);
    struct pc_job running = take(q, 0), failed = take(q, 0);
    assert_ok(pc_queue_fail(q, &failed, true, "x", &final, &in_ms, &err), &err);
    for (int i = 1; i <= 4; i++)
        assert_ok(pc_queue_remove(q, i, &err), &err);
    expect_stats(q, 0, 0, 1);
    expect_has(q, 2, false);
    pc_job_finish(&failed);
    done(q, &running);
    pc_queue_close(q);
}

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
        add(crowd->a, i, PC_PRIORITY_BATCH);
    contract_threads(THREADS, take_all, crowd);
    assert_int_equal(crowd->failures, 0);
    for (int i = 1; i <= JOBS; i++)
        assert_int_equal(crowd->taken[i], 1);
}

static void two_workers_never_hold_the_same_job(void **state)
{
    struct crowd crowd = {.a = open_queue(state, &calm)};
    crowd.b = crowd.a;
    each_job_went_to_one(&crowd);
    pc_queue_close(crowd.a);
}

static void two_openings_never_hold_the_same_job(void **state)
{
    struct crowd crowd = {.a = open_queue(state, &calm), .b = open_queue(state, &calm)};
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
    struct crowd crowd = {.a = open_queue(state, &calm)};
    contract_threads(THREADS, add_same, &crowd);
    assert_int_equal(crowd.failures, 0);
    assert_int_equal(crowd.got, 20);
    expect_stats(crowd.a, 20, 0, 0);
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
        pc_sleep_ms(100);
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
    struct crowd crowd = {.a = open_queue(state, &calm)};
    crowd.b = crowd.a;
    contract_threads(2, wait_or_add, &crowd);
    assert_int_equal(crowd.failures, 0);
    assert_int_equal(crowd.got, 1);
    assert_in_range(crowd.wait_ms, 50, 190); /* sooner than any polling */
    pc_queue_close(crowd.a);
}

static void an_add_of_another_process_is_seen_soon(void **state)
{
    struct crowd crowd = {.a = open_queue(state, &calm), .b = open_queue(state, &calm)};
    contract_threads(2, wait_or_add, &crowd);
    assert_int_equal(crowd.got, 1);
    assert_in_range(crowd.wait_ms, 50, 1000);
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
    struct crowd crowd = {.a = open_queue(state, &calm)};
    contract_threads(THREADS, wait_or_wake, &crowd);
    assert_int_equal(crowd.failures, 0);
    assert_int_equal(crowd.got, 0);
    assert_int_equal(crowd.expired, 0);
    add(crowd.a, 1, PC_PRIORITY_SINGLE); /* a wake is no stop: the queue goes on */
    expect(crowd.a, 1);
    pc_queue_close(crowd.a);
}

static void a_take_waits_no_longer_than_told(void **state)
{
    struct pc_queue *q = open_queue(state, &calm);
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
    struct pc_queue *q = open_queue(state, &hasty);
    add(q, 1, PC_PRIORITY_BATCH);
    add(q, 2, PC_PRIORITY_SINGLE);
    struct pc_job lost = take(q, 0);
    assert_int_equal(lost.image_id, 2);
    pc_job_finish(&lost);
    pc_queue_close(q);
    q = open_queue(state, &hasty);
    expect_stats(q, 1, 0, 1);
    expect(q, 1);
    struct pc_job job = take(q, 2000);
    assert_int_equal(job.image_id, 2);
    assert_int_equal(job.attempt, 2);
    done(q, &job);
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
    if (pc_queue_open(child->c->d->driver, child->c->address, &hasty, &q, &err) ||
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
    struct pc_queue *q = open_queue(state, &hasty);
    struct pc_job job = take(q, 2000);
    assert_int_equal(job.image_id, 7);
    assert_int_equal(job.attempt, 2);
    done(q, &job);
    pc_queue_close(q);
}

static const struct contract_case cases[] = {
    CASE(a_job_is_added_taken_and_done),
    CASE(an_image_has_one_job),
    CASE(order_is_by_priority_then_age),
    CASE(bad_arguments_are_refused),
    CASE(a_full_queue_says_so),
    CASE(a_lease_that_runs_out_frees_the_job),
    CASE(a_heartbeat_keeps_the_lease),
    CASE(a_job_whose_workers_die_is_handed_out_to_be_failed),
    CASE(failed_tries_wait_longer_each_time),
    CASE(a_hopeless_try_is_final),
    CASE(backoff_is_bounded),
    CASE(what_is_given_back_goes_first_and_counts_no_try),
    CASE(remove_takes_what_waits_and_leaves_what_runs),
    CASE(two_workers_never_hold_the_same_job),
    CASE(eight_threads_add_one_job_of_an_image),
    CASE(an_add_wakes_a_waiting_take_at_once),
    CASE(wake_ends_every_take_and_then_close_is_clean),
    CASE(a_take_waits_no_longer_than_told),
    CASE_IF(CAN_PERSIST, reopening_finds_the_jobs),
    CASE_IF(CAN_SHARE, two_openings_never_hold_the_same_job),
    CASE_IF(CAN_SHARE, an_add_of_another_process_is_seen_soon),
    CASE_IF(CAN_PERSIST, kill_9_of_a_worker_frees_its_job),
};

int main(void)
{
    return contract_run("queue", drivers, sizeof drivers / sizeof *drivers, cases,
                        sizeof cases / sizeof *cases);
}
