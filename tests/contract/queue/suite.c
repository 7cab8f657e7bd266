/* The contract of queue/driver.h, run against every driver of the program's table: embedded.c has
 * those that need no server, redis.c the one that does. */
#include "suite.h"

#include "base/clock.h"
#include "jobs.h"

#include <assert.h>

#include <stdio.h>

const struct pc_queue_options suite_long_leases = {
    .lease_ms = 60000, .max_attempts = 3, .backoff_ms = 200};
const struct pc_queue_options suite_short_leases = {
    .lease_ms = 300, .max_attempts = 2, .backoff_ms = 1};
const struct pc_queue_options suite_short_backoff = {
    .lease_ms = 60000, .max_attempts = 3, .backoff_ms = 20};

struct pc_queue *suite_open(void **state, const struct pc_queue_options *options)
{
    struct contract *c = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_queue *q;
    assert_ok(pc_queue_open(c->d->driver, c->url, options, &q, &err), &err);
    return q;
}

void suite_add(struct pc_queue *q, int64_t image, enum pc_priority priority)
{
    struct pc_err err = PC_ERR_INIT;
    bool added = false;
    char url[32];
    snprintf(url, sizeof url, "u%lld", (long long)image);
    assert_ok(pc_queue_add(q, image, url, priority, &added, &err), &err);
    assert_true(added);
}

struct pc_job suite_take(struct pc_queue *q, int64_t wait_ms)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_job job;
    bool got = false;
    assert_ok(pc_queue_take(q, wait_ms, &job, &got, &err), &err);
    assert_true(got);
    return job;
}

void suite_take_nothing(struct pc_queue *q)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_job job;
    bool got = true;
    assert_ok(pc_queue_take(q, 0, &job, &got, &err), &err);
    assert_false(got);
}

void suite_complete(struct pc_queue *q, struct pc_job *job)
{
    struct pc_err err = PC_ERR_INIT;
    assert_ok(pc_queue_renew(q, job, &err), &err);
    assert_ok(test_complete_job(q, job, &err), &err);
    pc_job_finish(job);
}

void suite_expect(struct pc_queue *q, int64_t image)
{
    struct pc_job job = suite_take(q, 0);
    assert_int_equal(job.image_id, image);
    suite_complete(q, &job);
}

void suite_expect_when_due(struct pc_queue *q, int64_t image)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_job job = suite_take(q, 0);
    while (job.image_id != image) { /* meson ends a test that hangs */
        assert_ok(pc_queue_release(q, &job, &err), &err);
        pc_job_finish(&job);
        pc_clock_sleep_ms(1);
        job = suite_take(q, 0);
    }
    suite_complete(q, &job);
}

void suite_expect_stats(struct pc_queue *q, int64_t waiting, int64_t delayed, int64_t active)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_queue_stats s;
    assert_ok(pc_queue_stats(q, &s, &err), &err);
    assert_int_equal(s.waiting, waiting);
    assert_int_equal(s.delayed, delayed);
    assert_int_equal(s.active, active);
    assert_false(s.paused);
}

void suite_expect_has(struct pc_queue *q, int64_t image, bool wanted)
{
    struct pc_err err = PC_ERR_INIT;
    bool has = !wanted;
    assert_ok(pc_queue_has(q, image, &has, &err), &err);
    assert_int_equal(has, wanted);
}

int main(void)
{
    struct contract_case cases[64];
    size_t n = 0;
    for (size_t i = 0; suite_files[i]; i++)
        for (const struct contract_case *c = suite_files[i]; c->name; c++) {
            assert(n < sizeof cases / sizeof *cases);
            cases[n++] = *c;
        }
    return contract_run("queue", suite_drivers, suite_n_drivers, cases, n);
}
