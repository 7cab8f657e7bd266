/* Queue, one job at a time: its life, its leases, its tries. */
#include "jobs.h"
#include "base/clock.h"
#include "suite.h"

static void a_job_is_added_taken_and_completed(void **state)
{
    struct pc_queue *q = suite_open(state, &suite_long_leases);
    struct pc_err err = PC_ERR_INIT;
    suite_take_nothing(q);
    suite_add(q, 9007199254740991,
              PC_PRIORITY_SINGLE); /* the largest that JavaScript holds exactly */
    suite_expect_stats(q, 1, 0, 0);
    struct pc_job job = suite_take(q, 0);
    assert_int_equal(job.image_id, 9007199254740991);
    assert_string_equal(job.url, "u9007199254740991");
    assert_int_equal(job.attempt, 1);
    assert_int_equal(job.max_attempts, 3);
    assert_true(*job.id && *job.token);
    suite_expect_stats(q, 0, 0, 1);
    assert_ok(pc_queue_renew(q, &job, &err), &err);
    assert_ok(test_complete_job(q, &job, &err), &err);
    suite_expect_stats(q, 0, 0, 0);
    assert_ok(test_complete_job(q, &job, &err), &err); /* once more: nothing is left of it */
    suite_expect_stats(q, 0, 0, 0);
    pc_job_finish(&job);
    assert_ok(pc_queue_ping(q, &err), &err);
    pc_queue_close(q);
}

/* Ends `job` and takes up to n others; returns how many. */
static int complete_and_take(struct pc_queue *q, struct pc_job *job, struct pc_job *next, int n)
{
    struct pc_err err = PC_ERR_INIT;
    assert_ok(pc_queue_complete_and_take(q, job, job ? 1 : 0, next, &n, &err), &err);
    if (job)
        pc_job_finish(job);
    return n;
}

static void complete_and_take_ends_jobs_and_takes_others(void **state)
{
    struct pc_queue *q = suite_open(state, &suite_long_leases);
    struct pc_err err = PC_ERR_INIT;
    struct pc_job first[PC_QUEUE_BATCH_MAX], second[PC_QUEUE_BATCH_MAX];
    for (int i = 1; i <= PC_QUEUE_BATCH_MAX; i++)
        suite_add(q, i, i % 2 ? PC_PRIORITY_BULK : PC_PRIORITY_SINGLE);
    for (int i = 1; i <= 3; i++)
        suite_add(q, 100 + i, PC_PRIORITY_BULK);
    assert_int_equal(complete_and_take(q, NULL, first, PC_QUEUE_BATCH_MAX), PC_QUEUE_BATCH_MAX);
    for (int i = 0; i < PC_QUEUE_BATCH_MAX; i++) { /* by priority, then by age */
        assert_int_equal(first[i].image_id, i < PC_QUEUE_BATCH_MAX / 2
                                                ? 2 * (i + 1)
                                                : 2 * (i - PC_QUEUE_BATCH_MAX / 2) + 1);
        assert_int_equal(first[i].attempt, 1);
        assert_int_equal(first[i].max_attempts, 3);
        assert_ok(pc_queue_renew(q, &first[i], &err), &err);
    }
    suite_expect_stats(q, 3, 0, PC_QUEUE_BATCH_MAX);
    int n = 5;
    assert_ok(pc_queue_complete_and_take(q, first, PC_QUEUE_BATCH_MAX, second, &n, &err), &err);
    assert_int_equal(n, 3);
    suite_expect_stats(q, 0, 0, 3);
    for (int i = 0; i < PC_QUEUE_BATCH_MAX; i++) {
        suite_expect_has(q, first[i].image_id, false);
        pc_job_finish(&first[i]);
    }
    for (int i = 0; i < 3; i++) {
        assert_int_equal(second[i].image_id, 101 + i);
        suite_complete(q, &second[i]);
    }
    suite_take_nothing(q);
    pc_queue_close(q);
}

/* Who lost a lease must not end the job of another, nor hinder its neighbours. */
static void complete_and_take_skips_lost_leases(void **state)
{
    struct pc_queue *q = suite_open(state, &suite_long_leases);
    struct pc_err err = PC_ERR_INIT;
    struct pc_job done[3], next;
    for (int i = 1; i <= 4; i++)
        suite_add(q, i, PC_PRIORITY_BULK);
    for (int i = 0; i < 3; i++)
        done[i] = suite_take(q, 0);
    assert_ok(pc_queue_release(q, &done[1], &err), &err);
    struct pc_job again = suite_take(q, 0);
    assert_int_equal(again.image_id, 2);
    int n = 1;
    assert_ok(pc_queue_complete_and_take(q, done, 3, &next, &n, &err), &err);
    assert_int_equal(n, 1);
    assert_int_equal(next.image_id, 4);
    suite_expect_stats(q, 0, 0, 2);
    suite_expect_has(q, 1, false);
    suite_expect_has(q, 3, false);
    assert_ok(pc_queue_renew(q, &again, &err), &err);
    n = 0; /* what was asked may be asked again */
    assert_ok(pc_queue_complete_and_take(q, done, 3, NULL, &n, &err), &err);
    assert_int_equal(n, 0);
    suite_expect_stats(q, 0, 0, 2);
    suite_complete(q, &again);
    suite_complete(q, &next);
    for (int i = 0; i < 3; i++)
        pc_job_finish(&done[i]);
    pc_queue_close(q);
}

/* Workers that are never idle come by no take: what became due must not wait for that. */
static void complete_and_take_gives_what_became_due(void **state)
{
    struct pc_queue *q = suite_open(state, &suite_short_leases);
    suite_add(q, 1, PC_PRIORITY_SINGLE);
    struct pc_job lost = suite_take(q, 0), job, next;
    pc_job_finish(&lost);
    for (int i = 2; i <= 9; i++)
        suite_add(q, i, PC_PRIORITY_BULK);
    job = suite_take(q, 0);
    for (int i = 0; i < 7 && job.image_id != 1; i++) {
        pc_clock_sleep_ms(150);
        job = complete_and_take(q, &job, &next, 1) ? next : suite_take(q, 0);
    }
    assert_int_equal(job.image_id, 1);
    suite_complete(q, &job);
    pc_queue_close(q);
}

static void an_image_has_one_job(void **state)
{
    struct pc_queue *q = suite_open(state, &suite_long_leases);
    struct pc_err err = PC_ERR_INIT;
    bool added = true;
    suite_add(q, 1, PC_PRIORITY_BULK);
    assert_ok(pc_queue_add(q, 1, "u1", PC_PRIORITY_SINGLE, &added, &err), &err);
    assert_false(added);
    struct pc_job job = suite_take(q, 0);
    added = true;
    assert_ok(pc_queue_add(q, 1, "u1", PC_PRIORITY_SINGLE, &added, &err), &err);
    assert_false(added);
    suite_expect_has(q, 1, true);
    suite_complete(q, &job);
    suite_expect_has(q, 1, false);
    suite_add(q, 1, PC_PRIORITY_BULK);
    pc_queue_close(q);
}

static void order_is_by_priority_then_age(void **state)
{
    struct pc_queue *q = suite_open(state, &suite_long_leases);
    suite_add(q, 5, PC_PRIORITY_BULK);
    suite_add(q, 4, PC_PRIORITY_BULK);
    suite_add(q, 3, PC_PRIORITY_SINGLE);
    suite_add(q, 2, (enum pc_priority)5);
    suite_add(q, 1, PC_PRIORITY_SINGLE);
    const int64_t wanted[] = {3, 1, 2, 5, 4};
    for (int i = 0; i < 5; i++)
        suite_expect(q, wanted[i]);
    suite_take_nothing(q);
    pc_queue_close(q);
}

/* A correction is heard at once, however many images wait, and when it is tried again too. */
static void an_edit_goes_before_singles_and_the_mass(void **state)
{
    static const struct pc_queue_options quick_retries = {
        .lease_ms = 60000, .max_attempts = 3, .backoff_ms = 1};
    struct pc_queue *q = suite_open(state, &quick_retries);
    struct pc_err err = PC_ERR_INIT;
    enum { MASS = 300 };
    int64_t delay_ms;
    for (int i = 1; i <= MASS; i++)
        suite_add(q, i, PC_PRIORITY_BULK);
    suite_add(q, 400, PC_PRIORITY_SINGLE);
    suite_add(q, 401, PC_PRIORITY_SINGLE);
    suite_add(q, 500, PC_PRIORITY_EDIT);
    suite_add(q, 501, PC_PRIORITY_EDIT);
    struct pc_job job = suite_take(q, 0);
    assert_int_equal(job.image_id, 500);
    assert_ok(pc_queue_release(q, &job, &err), &err);
    pc_job_finish(&job);
    job = suite_take(q, 0);
    assert_int_equal(job.image_id, 500);
    suite_expect(q, 501);
    assert_ok(pc_queue_retry(q, &job, "try again", &delay_ms, &err), &err);
    pc_job_finish(&job);
    suite_expect_when_due(q, 500);
    suite_expect(q, 400);
    struct pc_job single = suite_take(q, 0);
    assert_int_equal(single.image_id, 401);
    suite_expect(q, 1);
    assert_ok(pc_queue_retry(q, &single, "try again", &delay_ms, &err), &err);
    pc_job_finish(&single);
    suite_expect_when_due(q, 401);
    suite_expect(q, 2);
    suite_expect_stats(q, MASS - 2, 0, 0);
    pc_queue_close(q);
}

static void bad_arguments_are_rejected(void **state)
{
    struct contract *c = *state;
    struct pc_queue *q = suite_open(state, NULL), *other;
    struct pc_err err = PC_ERR_INIT;
    bool added;
    assert_code(pc_queue_add(q, 0, "u", PC_PRIORITY_SINGLE, &added, &err), PC_E_BAD_REQUEST);
    assert_code(pc_queue_add(q, 1, "", PC_PRIORITY_SINGLE, &added, &err), PC_E_BAD_REQUEST);
    assert_code(pc_queue_add(q, 1, NULL, PC_PRIORITY_SINGLE, &added, &err), PC_E_BAD_REQUEST);
    assert_code(pc_queue_add(q, 1, "u", (enum pc_priority)0, &added, &err), PC_E_BAD_REQUEST);
    assert_code(pc_queue_add(q, 1, "u", (enum pc_priority)11, &added, &err), PC_E_BAD_REQUEST);
    suite_take_nothing(q);
    assert_code(pc_queue_open(c->d->driver, "gopher:x", NULL, &other, &err), PC_E_CONFIG);
    assert_code(pc_queue_open(c->d->driver, NULL, NULL, &other, &err), PC_E_CONFIG);
    assert_null(other);
    assert_true(pc_queue_driver_accepts(c->d->driver, c->url));
    pc_queue_close(NULL);
    pc_queue_close(q);
}

static void a_full_queue_says_so(void **state)
{
    struct pc_queue_options small = suite_long_leases;
    small.max_waiting = 3;
    struct pc_queue *q = suite_open(state, &small);
    struct pc_err err = PC_ERR_INIT;
    bool added = true;
    assert_ok(pc_queue_check_capacity(q, 3, &err), &err);
    assert_code(pc_queue_check_capacity(q, 4, &err), PC_E_QUEUE_FULL);
    for (int i = 1; i <= 3; i++)
        suite_add(q, i, PC_PRIORITY_BULK);
    assert_code(pc_queue_add(q, 4, "u4", PC_PRIORITY_SINGLE, &added, &err), PC_E_QUEUE_FULL);
    assert_false(added);
    assert_ok(pc_queue_add(q, 2, "u2", PC_PRIORITY_SINGLE, &added, &err), &err); /* a double */
    assert_false(added);
    assert_code(pc_queue_check_capacity(q, 1, &err), PC_E_QUEUE_FULL);
    struct pc_job job = suite_take(q, 0); /* an active one takes no room, a delayed one does */
    suite_add(q, 4, PC_PRIORITY_SINGLE);
    suite_complete(q, &job);
    job = suite_take(q, 0);
    assert_ok(pc_queue_check_capacity(q, 1, &err), &err);
    int64_t in_ms;
    assert_ok(pc_queue_retry(q, &job, "x", &in_ms, &err), &err);
    assert_code(pc_queue_check_capacity(q, 1, &err), PC_E_QUEUE_FULL);
    pc_job_finish(&job);
    pc_queue_close(q);
}

static void a_lease_that_runs_out_frees_the_job(void **state)
{
    struct pc_queue *q = suite_open(state, &suite_short_leases);
    struct pc_err err = PC_ERR_INIT;
    int64_t in_ms;
    suite_add(q, 1, PC_PRIORITY_SINGLE);
    struct pc_job first = suite_take(q, 0);
    struct pc_job second = suite_take(q, 60 * 1000); /* waits for the end of the lease */
    assert_int_equal(second.image_id, 1);
    assert_int_equal(second.attempt, 2);
    assert_string_not_equal(first.token, second.token);
    assert_code(pc_queue_renew(q, &first, &err), PC_E_LEASE_LOST);
    assert_ok(test_complete_job(q, &first, &err), &err); /* is skipped */
    assert_code(pc_queue_release(q, &first, &err), PC_E_LEASE_LOST);
    assert_code(pc_queue_retry(q, &first, "x", &in_ms, &err), PC_E_LEASE_LOST);
    assert_code(pc_queue_fail(q, &first, "x", &err), PC_E_LEASE_LOST);
    assert_ok(pc_queue_renew(q, &second, &err), &err);
    pc_job_finish(&first);
    suite_complete(q, &second);
    pc_queue_close(q);
}

/* Renews a lease for twice as long as it is given, and takes nothing else meanwhile. False when this
 * machine was too slow to renew it in time. */
static bool keep_renewing(struct pc_queue *q, struct pc_job *job, int64_t lease_ms,
                          int64_t since_ms)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_job other = {0};
    int64_t begun_ms = since_ms;
    while (pc_clock_mono_ms() - begun_ms < 2 * lease_ms) {
        bool got = false;
        pc_clock_sleep_ms(lease_ms / 6);
        int64_t renewing_ms = pc_clock_mono_ms();
        enum pc_code rc = pc_queue_renew(q, job, &err);
        if (!rc)
            rc = pc_queue_take(q, 0, &other, &got, &err);
        pc_job_finish(&other);
        if (pc_clock_mono_ms() - since_ms >= lease_ms)
            return false;
        assert_ok(rc, &err);
        assert_false(got);
        since_ms = renewing_ms;
    }
    return true;
}

static void renewing_keeps_the_lease(void **state)
{
    enum { ROUNDS = 10 };
    bool kept = false;
    struct pc_queue_options options = suite_short_leases;
    options.max_attempts = ROUNDS;
    options.lease_ms = 2000;
    struct pc_queue *q = suite_open(state, &options);
    suite_add(q, 1, PC_PRIORITY_SINGLE);
    for (int i = 0; i < ROUNDS && !kept; i++) {
        int64_t start_ms = pc_clock_mono_ms();
        struct pc_job job = suite_take(q, 60 * 1000);
        kept = keep_renewing(q, &job, options.lease_ms, start_ms);
        if (kept)
            suite_complete(q, &job);
        else
            pc_job_finish(&job);
    }
    assert_true(kept);
    pc_queue_close(q);
}

static void a_job_whose_workers_die_is_handed_out_to_be_failed(void **state)
{
    struct pc_queue *q = suite_open(state, &suite_short_leases);
    struct pc_err err = PC_ERR_INIT;
    suite_add(q, 1, PC_PRIORITY_SINGLE);
    for (int attempt = 1; attempt <= 4; attempt++) {
        struct pc_job job = suite_take(q, 60 * 1000);
        assert_int_equal(job.attempt, attempt);
        assert_int_equal(job.max_attempts, 2);
        if (attempt == 4)
            assert_ok(pc_queue_fail(q, &job, "dead", &err), &err);
        pc_job_finish(&job);
    }
    suite_expect_has(q, 1, false);
    pc_queue_close(q);
}

static void failed_attempts_wait_longer_each_time(void **state)
{
    struct pc_queue *q = suite_open(state, &suite_short_backoff);
    struct pc_err err = PC_ERR_INIT;
    const int64_t waits[] = {20, 60}; /* (2^n - 1) * 20 */
    int64_t in_ms;
    suite_add(q, 1, PC_PRIORITY_SINGLE);
    struct pc_job job = suite_take(q, 0);
    for (int n = 0; n < 2; n++) {
        assert_ok(pc_queue_retry(q, &job, "no \"luck\"", &in_ms, &err), &err);
        assert_int_equal(in_ms, waits[n]);
        pc_job_finish(&job);
        suite_expect_has(q, 1, true);
        job = suite_take(q, 60 * 1000);
        assert_int_equal(job.attempt, n + 2);
    }
    assert_ok(pc_queue_fail(q, &job, "x", &err), &err);
    pc_job_finish(&job);
    suite_expect_stats(q, 0, 0, 0);
    pc_queue_close(q);
}

static void a_failed_attempt_is_not_repeated_before_its_time(void **state)
{
    struct pc_queue_options patient = suite_long_leases;
    patient.backoff_ms = 3600 * 1000;
    struct pc_queue *q = suite_open(state, &patient);
    struct pc_err err = PC_ERR_INIT;
    int64_t in_ms;
    suite_add(q, 1, PC_PRIORITY_SINGLE);
    struct pc_job job = suite_take(q, 0);
    assert_ok(pc_queue_retry(q, &job, "x", &in_ms, &err), &err);
    assert_int_equal(in_ms, patient.backoff_ms);
    pc_job_finish(&job);
    suite_expect_stats(q, 0, 1, 0);
    suite_expect_has(q, 1, true);
    suite_take_nothing(q);
    pc_queue_close(q);
}

static void failing_a_job_is_final(void **state)
{
    struct pc_queue *q = suite_open(state, &suite_long_leases);
    struct pc_err err = PC_ERR_INIT;
    suite_add(q, 1, PC_PRIORITY_SINGLE);
    struct pc_job job = suite_take(q, 0);
    assert_ok(pc_queue_fail(q, &job, NULL, &err), &err);
    assert_code(pc_queue_renew(q, &job, &err), PC_E_LEASE_LOST);
    suite_expect_has(q, 1, false);
    pc_job_finish(&job);
    pc_queue_close(q);
}

static void backoff_is_bounded(void **state)
{
    struct pc_queue_options patient = {
        .lease_ms = 60000, .max_attempts = 100, .backoff_ms = INT64_MAX / 2};
    struct pc_queue *q = suite_open(state, &patient);
    struct pc_err err = PC_ERR_INIT;
    int64_t in_ms;
    suite_add(q, 1, PC_PRIORITY_SINGLE);
    struct pc_job job = suite_take(q, 0);
    assert_ok(pc_queue_retry(q, &job, "x", &in_ms, &err), &err);
    assert_int_equal(in_ms, 24 * 60 * 60 * 1000);
    pc_job_finish(&job);
    pc_queue_close(q);
}

static void a_released_job_goes_first_and_counts_no_attempt(void **state)
{
    struct pc_queue *q = suite_open(state, &suite_long_leases);
    struct pc_err err = PC_ERR_INIT;
    for (int i = 1; i <= 3; i++)
        suite_add(q, i, PC_PRIORITY_BULK);
    struct pc_job job = suite_take(q, 0);
    assert_ok(pc_queue_release(q, &job, &err), &err);
    assert_ok(test_complete_job(q, &job, &err), &err); /* is skipped */
    pc_job_finish(&job);
    job = suite_take(q, 0);
    assert_int_equal(job.image_id, 1);
    assert_int_equal(job.attempt, 1);
    suite_complete(q, &job);
    suite_expect(q, 2);
    suite_expect(q, 3);
    pc_queue_close(q);
}

static void remove_takes_what_waits_and_leaves_what_runs(void **state)
{
    struct pc_queue *q = suite_open(state, &suite_long_leases);
    struct pc_err err = PC_ERR_INIT;
    int64_t in_ms;
    for (int i = 1; i <= 3; i++)
        suite_add(q, i, PC_PRIORITY_BULK);
    struct pc_job running = suite_take(q, 0), failed = suite_take(q, 0);
    assert_ok(pc_queue_retry(q, &failed, "x", &in_ms, &err), &err);
    for (int i = 1; i <= 4; i++)
        assert_ok(pc_queue_remove(q, i, &err), &err);
    suite_expect_stats(q, 0, 0, 1);
    suite_expect_has(q, 2, false);
    pc_job_finish(&failed);
    suite_complete(q, &running);
    pc_queue_close(q);
}

const struct contract_case job_cases[] = {
    CASE(a_job_is_added_taken_and_completed),
    CASE(complete_and_take_ends_jobs_and_takes_others),
    CASE(complete_and_take_skips_lost_leases),
    CASE(complete_and_take_gives_what_became_due),
    CASE(an_image_has_one_job),
    CASE(order_is_by_priority_then_age),
    CASE(an_edit_goes_before_singles_and_the_mass),
    CASE(bad_arguments_are_rejected),
    CASE(a_full_queue_says_so),
    CASE(a_lease_that_runs_out_frees_the_job),
    CASE(renewing_keeps_the_lease),
    CASE(a_job_whose_workers_die_is_handed_out_to_be_failed),
    CASE(failed_attempts_wait_longer_each_time),
    CASE(a_failed_attempt_is_not_repeated_before_its_time),
    CASE(failing_a_job_is_final),
    CASE(backoff_is_bounded),
    CASE(a_released_job_goes_first_and_counts_no_attempt),
    CASE(remove_takes_what_waits_and_leaves_what_runs),
    {NULL, NULL, 0},
};
