/* The fate of a job: every outcome of an attempt, and what it does to the record and the queue. */
#include "worker/attempt.h"

#include "base/clock.h"
#include "faults.h"
#include "fixture.h"
#include "service/change.h"
#include "support.h"

enum { MAX_ATTEMPTS = 3 };

static void every_outcome_has_its_fate(void **state)
{
    static const struct {
        const char *name;
        enum pc_code outcome;
        int attempt;
        bool stores_available;
        enum pc_attempt_fate fate;
    } rows[] = {
        {"success", PC_OK, 1, true, PC_ATTEMPT_COMPLETE},
        {"success of the last attempt", PC_OK, 3, true, PC_ATTEMPT_COMPLETE},
        {"finished by another, cancelled, or removed", PC_E_NOT_PENDING, 1, true,
         PC_ATTEMPT_COMPLETE},
        {"the same at the last attempt", PC_E_NOT_PENDING, 3, true, PC_ATTEMPT_COMPLETE},
        {"stop, or lost lease", PC_E_CANCELLED, 1, true, PC_ATTEMPT_RELEASE},
        {"stop at the last attempt", PC_E_CANCELLED, 3, true, PC_ATTEMPT_RELEASE},
        {"full store", PC_E_STORE_FULL, 1, true, PC_ATTEMPT_RELEASE_AND_PAUSE},
        {"full store at the last attempt", PC_E_STORE_FULL, 3, true, PC_ATTEMPT_RELEASE_AND_PAUSE},
        {"store down", PC_E_STORE_UNAVAILABLE, 1, false, PC_ATTEMPT_RELEASE_AND_PAUSE},
        {"store down at the last attempt", PC_E_STORE_UNAVAILABLE, 3, false,
         PC_ATTEMPT_RELEASE_AND_PAUSE},
        {"store back", PC_E_STORE_UNAVAILABLE, 1, true, PC_ATTEMPT_RETRY},
        {"store back after the last attempt", PC_E_STORE_UNAVAILABLE, 3, true, PC_ATTEMPT_FAIL},
        {"queue down", PC_E_QUEUE_UNAVAILABLE, 1, false, PC_ATTEMPT_RELEASE_AND_PAUSE},
        {"queue back", PC_E_QUEUE_UNAVAILABLE, 1, true, PC_ATTEMPT_RETRY},
        {"retryable", PC_E_FETCH_CONNECT, 1, true, PC_ATTEMPT_RETRY},
        {"retryable before the last attempt", PC_E_FETCH_CONNECT, 2, true, PC_ATTEMPT_RETRY},
        {"retryable at the last attempt", PC_E_FETCH_CONNECT, 3, true, PC_ATTEMPT_FAIL},
        {"retryable, stores down", PC_E_FETCH_CONNECT, 1, false, PC_ATTEMPT_RETRY},
        {"not retryable", PC_E_IMAGE_CORRUPT, 1, true, PC_ATTEMPT_FAIL},
        {"killed its workers", PC_E_ATTEMPTS_EXHAUSTED, 4, true, PC_ATTEMPT_FAIL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pc_job job = {.attempt = rows[i].attempt, .max_attempts = MAX_ATTEMPTS};
        if (pc_attempt_fate(&job, rows[i].outcome, rows[i].stores_available) != rows[i].fate)
            fail_msg("%s", rows[i].name);
    }
}

/* Whatever code an error may have: it is retried only if its code says so, and never for ever. */
static void every_code_ends_in_a_failure_at_last(void **state)
{
    (void)state;
    for (int code = 1; code < PC_CODE_COUNT; code++) {
        struct pc_job first = {.attempt = 1, .max_attempts = MAX_ATTEMPTS};
        struct pc_job last = {.attempt = MAX_ATTEMPTS, .max_attempts = MAX_ATTEMPTS};
        enum pc_attempt_fate fate = pc_attempt_fate(&first, (enum pc_code)code, true);
        if (fate == PC_ATTEMPT_RELEASE || fate == PC_ATTEMPT_RELEASE_AND_PAUSE)
            continue; /* no fault of the image */
        if (code == PC_E_NOT_PENDING)
            continue; /* nothing is left to do */
        bool retryable = pc_code_info((enum pc_code)code)->retryable;
        assert_int_equal(fate, retryable ? PC_ATTEMPT_RETRY : PC_ATTEMPT_FAIL);
        assert_int_equal(pc_attempt_fate(&last, (enum pc_code)code, true), PC_ATTEMPT_FAIL);
    }
}

/* The job of a fresh upload, taken. */
static struct pc_job take_upload(struct test_fixture *p, struct pc_submitted *s)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_job job;
    bool got = false;
    test_upload(p, test_tiny_bmp, sizeof test_tiny_bmp, s);
    assert_ok(pc_queue_take(p->queue, 1000, &job, &got, &err), &err);
    assert_true(got);
    return job;
}

static void assert_stats(struct test_fixture *p, int64_t waiting, int64_t delayed, int64_t active)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_queue_stats stats;
    assert_ok(pc_queue_stats(p->queue, &stats, &err), &err);
    assert_int_equal(stats.waiting, waiting);
    assert_int_equal(stats.delayed, delayed);
    assert_int_equal(stats.active, active);
}

static void assert_record(struct test_fixture *p, int64_t id, enum pc_record_status status,
                          const char *error_code)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r = {0};
    assert_ok(pc_records_get(p->records, id, &r, &err), &err);
    assert_int_equal(r.status, status);
    assert_string_equal(r.error_code, error_code);
    pc_record_finish(&r);
}

/* Takes the job of a fresh upload, and lets its attempt end with this outcome. */
static void end_attempt(struct test_fixture *p, enum pc_code outcome, enum pc_attempt_fate fate,
                        struct pc_submitted *s)
{
    struct pc_job job = take_upload(p, s);
    struct pc_attempt attempt = {.service = p->service, .queue = p->queue, .job = &job};
    struct pc_err why = PC_ERR_INIT;
    (void)pc_fail(&why, outcome, NULL);
    assert_int_equal(pc_attempt_decide(&attempt, outcome), fate);
    pc_attempt_apply(&attempt, fate, &why);
    pc_job_finish(&job);
}

static void a_retry_delays_the_job_and_notes_the_attempt(void **state)
{
    struct test_fixture *p = *state;
    struct pc_submitted s;
    end_attempt(p, PC_E_FETCH_CONNECT, PC_ATTEMPT_RETRY, &s);
    assert_stats(p, 0, 1, 0);
    assert_record(p, s.id, PC_PENDING, "fetch_connect");
}

static void a_failure_is_final_in_record_and_queue(void **state)
{
    struct test_fixture *p = *state;
    struct pc_submitted s;
    end_attempt(p, PC_E_IMAGE_CORRUPT, PC_ATTEMPT_FAIL, &s);
    assert_stats(p, 0, 0, 0);
    assert_record(p, s.id, PC_FAILED, "image_corrupt");
}

static void a_release_leaves_the_record_and_counts_no_attempt(void **state)
{
    static const enum pc_code outcomes[] = {PC_E_CANCELLED, PC_E_STORE_FULL};
    static const enum pc_attempt_fate fates[] = {PC_ATTEMPT_RELEASE, PC_ATTEMPT_RELEASE_AND_PAUSE};
    struct test_fixture *p = *state;
    for (int i = 0; i < 2; i++) {
        struct pc_submitted s;
        struct pc_err err = PC_ERR_INIT;
        struct pc_job again;
        bool got = false;
        end_attempt(p, outcomes[i], fates[i], &s);
        assert_stats(p, 1, 0, 0);
        assert_record(p, s.id, PC_PENDING, "");
        assert_ok(pc_queue_take(p->queue, 0, &again, &got, &err), &err);
        assert_int_equal(again.attempt, 1);
        pc_job_finish(&again);
        assert_ok(pc_service_remove(p->service, s.id, &err), &err);
        test_fixture_stop(p);
        test_fixture_init(p);
        test_fixture_start(p, false);
    }
}

/* A worker that was suspended while another one took the job over. */
static void without_the_lease_nothing_changes(void **state)
{
    static const enum pc_attempt_fate fates[] = {PC_ATTEMPT_RETRY, PC_ATTEMPT_FAIL,
                                                 PC_ATTEMPT_RELEASE};
    struct test_fixture *p = *state;
    struct pc_submitted s;
    struct pc_job job = take_upload(p, &s);
    struct pc_attempt attempt = {.service = p->service, .queue = p->queue, .job = &job};
    struct pc_err why = PC_ERR_INIT;
    (void)pc_fail(&why, PC_E_IMAGE_CORRUPT, NULL);
    memset(job.token, 'x', strlen(job.token));
    for (size_t i = 0; i < sizeof fates / sizeof *fates; i++) {
        pc_attempt_apply(&attempt, fates[i], &why);
        assert_stats(p, 0, 0, 1);
        assert_record(p, s.id, PC_PENDING, "");
    }
    pc_job_finish(&job);
}

static void stores_are_asked_whether_the_outage_goes_on(void **state)
{
    struct test_fixture p;
    struct pc_submitted s;
    (void)state;
    test_fixture_init(&p);
    p.faulty = true;
    test_fixture_start(&p, false);
    struct pc_job job = take_upload(&p, &s);
    struct pc_attempt attempt = {.service = p.service, .queue = p.queue, .job = &job};
    assert_int_equal(pc_attempt_decide(&attempt, PC_E_STORE_UNAVAILABLE), PC_ATTEMPT_RETRY);
    atomic_store(&test_blobs_faults.code, PC_E_STORE_UNAVAILABLE);
    assert_int_equal(pc_attempt_decide(&attempt, PC_E_STORE_UNAVAILABLE),
                     PC_ATTEMPT_RELEASE_AND_PAUSE);
    atomic_store(&test_blobs_faults.code, 0);
    pc_job_finish(&job);
    test_fixture_stop(&p);
}

static void a_job_with_too_many_attempts_is_not_run(void **state)
{
    struct test_fixture *p = *state;
    struct pc_submitted s;
    struct pc_err err = PC_ERR_INIT;
    struct pc_job job = take_upload(p, &s);
    struct pc_attempt attempt = {.service = p->service, .queue = p->queue, .job = &job};
    job.attempt = job.max_attempts + 1;
    assert_code(pc_attempt_run(&attempt, &err), PC_E_ATTEMPTS_EXHAUSTED);
    pc_job_finish(&job);
}

static void a_job_with_only_a_url_becomes_an_image(void **state)
{
    struct test_fixture *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_job job = {.url = "http://127.0.0.1:1/a.jpg", .attempt = 1, .max_attempts = 1};
    struct pc_attempt attempt = {.service = p->service, .queue = p->queue, .job = &job};
    assert_ok(pc_attempt_run(&attempt, &err), &err);
    assert_true(job.image_id > 0);
    assert_record(p, job.image_id, PC_PENDING, "");
    assert_stats(p, 1, 0, 0);
}

static void a_manual_retry_reopens_a_failed_image(void **state)
{
    struct test_fixture *p = *state;
    struct pc_submitted s;
    struct pc_err err = PC_ERR_INIT;
    end_attempt(p, PC_E_IMAGE_CORRUPT, PC_ATTEMPT_FAIL, &s);
    struct pc_job job = {.image_id = s.id, .url = s.url, .attempt = 2, .max_attempts = 1};
    struct pc_attempt attempt = {.service = p->service, .queue = p->queue, .job = &job};
    job.manual_retry = true; /* and then it is not run, as the network is not there */
    assert_code(pc_attempt_run(&attempt, &err), PC_E_ATTEMPTS_EXHAUSTED);
    assert_record(p, s.id, PC_PENDING, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_outcome_has_its_fate),
        cmocka_unit_test(every_code_ends_in_a_failure_at_last),
        WITH_FIXTURE(a_retry_delays_the_job_and_notes_the_attempt),
        WITH_FIXTURE(a_failure_is_final_in_record_and_queue),
        WITH_FIXTURE(a_release_leaves_the_record_and_counts_no_attempt),
        WITH_FIXTURE(without_the_lease_nothing_changes),
        cmocka_unit_test(stores_are_asked_whether_the_outage_goes_on),
        WITH_FIXTURE(a_job_with_too_many_attempts_is_not_run),
        WITH_FIXTURE(a_job_with_only_a_url_becomes_an_image),
        WITH_FIXTURE(a_manual_retry_reopens_a_failed_image),
    };
    return cmocka_run_group_tests_name("attempt", tests, NULL, NULL);
}
