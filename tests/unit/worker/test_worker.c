/* The worker pool with the real network on memory drivers: jobs complete, fail, are released, are exhausted. */
#include "support.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "blobs/drivers.h"
#include "faults.h"
#include "figure.h"
#include "fixture.h"
#include "image/image.h"
#include "queue/drivers.h"
#include "service/change.h"
#include "service/query.h"
#include "worker/pool.h"

enum { WIDTH = 480, HEIGHT = 720, WAIT_MS = 60000 };

static struct pc_buf figure; /* BMP */

static int start(void **state)
{
    static struct test_fixture parts;
    test_fixture_init(&parts);
    parts.config.lease_ms = 2000;
    parts.config.backoff_ms = 20;
    test_fixture_start(&parts, true);
    *state = &parts;
    return 0;
}

static int stop(void **state)
{
    test_fixture_stop(*state);
    return 0;
}

static struct pc_worker_pool *work(struct test_fixture *p, int n)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_worker_pool *pool = NULL;
    assert_ok(pc_worker_pool_start(p->service, p->queue, n, &pool, &err), &err);
    return pool;
}

static enum pc_record_status final_status(struct test_fixture *p, int64_t id)
{
    struct pc_err err = PC_ERR_INIT;
    enum pc_record_status status = PC_PENDING;
    for (int64_t end = pc_clock_mono_ms() + WAIT_MS;
         status == PC_PENDING && pc_clock_mono_ms() < end; pc_clock_sleep_ms(10))
        assert_ok(pc_service_status(p->service, id, &status, &err), &err);
    return status;
}

static char *error_code_of(struct test_fixture *p, int64_t id)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r = {0};
    assert_ok(pc_records_get(p->records, id, &r, &err), &err);
    char *code = strdup(r.error_code);
    pc_record_finish(&r);
    return code;
}

static void figure_gets_five_shots(void **state)
{
    struct test_fixture *p = *state;
    struct pc_submitted s;
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    struct pc_worker_pool *pool = work(p, 2);
    test_upload(p, figure.data, figure.len, &s);
    assert_int_equal(final_status(p, s.id), PC_PROCESSED);
    pc_worker_pool_stop(pool, WAIT_MS);
    assert_ok(pc_service_record(p->service, s.id, &r, &err), &err);
    assert_int_equal(r.result.n_shots, 5);
    for (int i = 0; i < r.result.n_shots; i++)
        assert_string_equal(r.result.shots[i].state, "ok");
    assert_int_equal(r.result.people->n, 1);
    pc_record_finish(&r);
}

static void damaged_image_fails_for_good_at_once(void **state)
{
    struct test_fixture *p = *state;
    struct pc_submitted s;
    struct pc_worker_pool *pool = work(p, 1);
    test_upload(p, figure.data, figure.len / 3, &s);
    assert_int_equal(final_status(p, s.id), PC_FAILED);
    pc_worker_pool_stop(pool, WAIT_MS);
    char *code = error_code_of(p, s.id);
    assert_string_equal(code, "image_corrupt");
    free(code);
}

static void host_that_is_unreachable_is_retried_then_fails(void **state)
{
    struct test_fixture *p = *state;
    struct pc_submitted s;
    struct pc_err err = PC_ERR_INIT;
    struct pc_submission what = {.url = "http://127.0.0.1:1/a.jpg"};
    assert_ok(pc_submit_url(p->service, &what, &s, &err), &err);
    struct pc_worker_pool *pool = work(p, 1);
    assert_int_equal(final_status(p, s.id), PC_FAILED);
    pc_worker_pool_stop(pool, WAIT_MS);
    char *code = error_code_of(p, s.id);
    assert_string_equal(code, "fetch_connect");
    free(code);
}

static void job_that_kills_its_workers_fails(void **state)
{
    struct test_fixture *p = *state;
    struct pc_submitted s;
    struct pc_err err = PC_ERR_INIT;
    test_upload(p, figure.data, figure.len, &s);
    for (int64_t i = 0; i < p->config.attempts; i++) { /* takers that die: their leases expire */
        struct pc_job job = {0};
        bool got = false;
        while (!got)
            assert_ok(pc_queue_take(p->queue, 1000, &job, &got, &err), &err);
        pc_job_finish(&job);
    }
    struct pc_worker_pool *pool = work(p, 1);
    assert_int_equal(final_status(p, s.id), PC_FAILED);
    pc_worker_pool_stop(pool, WAIT_MS);
    char *code = error_code_of(p, s.id);
    assert_string_equal(code, "attempts_exhausted");
    free(code);
}

/* Takes like the memory driver, but loses the lease as soon as the job is handed out. */
static enum pc_code take_and_lose(struct pc_queue *q, int64_t wait_ms, struct pc_job *job,
                                  bool *got, struct pc_err *err)
{
    enum pc_code rc = pc_queue_memory.take(q, wait_ms, job, got, err);
    if (!rc && *got)
        memset(job->token, 'x', strlen(job->token));
    return rc;
}

static void failure_of_a_lost_lease_is_not_final(void **state)
{
    struct test_fixture *p = *state;
    struct pc_submitted s;
    struct pc_err err = PC_ERR_INIT;
    struct pc_queue_driver losing = pc_queue_memory;
    struct pc_queue_stats jobs = {.active = 0};
    enum pc_record_status status;
    losing.take = take_and_lose;
    p->queue->driver = &losing;
    test_upload(p, figure.data, figure.len / 3, &s);
    struct pc_worker_pool *pool = work(p, 1);
    while (jobs.active == 0)
        assert_ok(pc_queue_stats(p->queue, &jobs, &err), &err);
    pc_worker_pool_stop(pool, WAIT_MS);
    assert_ok(pc_service_status(p->service, s.id, &status, &err), &err);
    assert_int_equal(status, PC_PENDING); /* the worker that holds the lease decides */
    p->queue->driver = &pc_queue_memory;
}

static void stop_without_grace_releases_jobs(void **state)
{
    struct test_fixture *p = *state;
    struct pc_submitted s;
    struct pc_err err = PC_ERR_INIT;
    struct pc_queue_stats jobs;
    test_upload(p, figure.data, figure.len, &s);
    struct pc_worker_pool *pool = work(p, 1);
    pc_worker_pool_stop(pool, 0);
    assert_ok(pc_queue_stats(p->queue, &jobs, &err), &err);
    enum pc_record_status status;
    assert_ok(pc_service_status(p->service, s.id, &status, &err), &err);
    assert_int_equal(jobs.active, 0);
    assert_int_equal(jobs.waiting, status == PC_PENDING ? 1 : 0);
}

static void deleted_image_leaves_nothing(void **state)
{
    struct test_fixture *p = *state;
    struct pc_submitted s;
    struct pc_err err = PC_ERR_INIT;
    struct pc_queue_stats jobs;
    test_upload(p, figure.data, figure.len, &s);
    assert_ok(pc_service_remove(p->service, s.id, &err), &err);
    assert_ok(pc_queue_stats(p->queue, &jobs, &err), &err);
    assert_int_equal(jobs.waiting, 0);
    struct pc_job left_over = {.image_id = s.id, .url = s.url, .attempt = 1, .max_attempts = 3};
    assert_code(pc_service_process(p->service, &left_over, NULL, NULL, &err), PC_E_NOT_PENDING);
}

/* A host that answers every request with the first len bytes of the figure, `times` times. */
struct host {
    pthread_t thread;
    int listener, times;
    size_t len;
    char url[64];
};

static void answer(int line, size_t len)
{
    char head[4096];
    size_t have = 0;
    for (ssize_t n; have < sizeof head - 1 && (n = read(line, head + have, 1)) == 1;) {
        head[++have] = 0;
        if (have >= 4 && strcmp(head + have - 4, "\r\n\r\n") == 0)
            break;
    }
    dprintf(line, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n", len);
    for (size_t at = 0; at < len;) {
        ssize_t n = write(line, figure.data + at, len - at);
        if (n <= 0)
            break;
        at += (size_t)n;
    }
    close(line);
}

static void *host_run(void *ctx)
{
    struct host *h = ctx;
    for (int i = 0; i < h->times; i++)
        answer(accept(h->listener, NULL, NULL), h->len);
    return NULL;
}

static void host_start(struct host *h, int times, size_t body)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    h->times = times;
    h->len = body;
    h->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(h->listener, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(h->listener, 4), 0);
    assert_int_equal(getsockname(h->listener, (struct sockaddr *)&at, &len), 0);
    snprintf(h->url, sizeof h->url, "http://127.0.0.1:%d/figure.bmp", ntohs(at.sin_port));
    assert_int_equal(pthread_create(&h->thread, NULL, host_run, h), 0);
}

static void host_stop(struct host *h)
{
    pthread_join(h->thread, NULL);
    close(h->listener);
}

static bool drop_blob(void *ctx, const char *key, int64_t size, int64_t modified_ms)
{
    struct test_fixture *p = ctx;
    struct pc_err err = PC_ERR_INIT;
    (void)size, (void)modified_ms;
    assert_ok(pc_blobs_remove(p->blobs, key, &err), &err);
    return true;
}

static void drop_originals(struct test_fixture *p)
{
    struct pc_err err = PC_ERR_INIT;
    assert_ok(pc_blobs_walk(p->blobs, "originals/", drop_blob, p, &err), &err);
}

/* Called at every stage, so also between the fetch and the finish. */
static bool originals_vanish(void *ctx)
{
    drop_originals(ctx);
    return false;
}

static void job_of(struct test_fixture *p, const char *url, struct pc_submitted *s,
                   struct pc_job *job)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_submission what = {.url = url};
    bool got = false;
    assert_ok(pc_submit_url(p->service, &what, s, &err), &err);
    assert_ok(pc_queue_take(p->queue, 1000, job, &got, &err), &err);
    assert_true(got);
}

/* The same bytes may belong to another image, which is deleted while this one is processed. */
static void fetched_original_that_vanishes_is_fetched_again(void **state)
{
    struct test_fixture *p = *state;
    struct host host;
    struct pc_submitted s;
    struct pc_job job;
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r = {0};
    struct pc_buf bytes = PC_BUF_INIT;
    host_start(&host, 2, figure.len);
    job_of(p, host.url, &s, &job);
    enum pc_code rc = pc_service_process(p->service, &job, originals_vanish, p, &err);
    assert_true(rc && pc_code_info(rc)->retryable);
    assert_ok(pc_service_process(p->service, &job, NULL, NULL, &err), &err);
    assert_ok(pc_records_get(p->records, s.id, &r, &err), &err);
    assert_ok(pc_blobs_get(p->blobs, r.original_key, 1 << 24, &bytes, &err), &err);
    pc_buf_finish(&bytes);
    pc_record_finish(&r);
    pc_job_finish(&job);
    host_stop(&host);
}

static bool count_blob(void *ctx, const char *key, int64_t size, int64_t modified_ms)
{
    (void)key, (void)size, (void)modified_ms;
    ++*(int *)ctx;
    return true;
}

static int blobs_left(struct test_fixture *p)
{
    int n = 0;
    struct pc_err err = PC_ERR_INIT;
    assert_ok(pc_blobs_walk(p->blobs, "", count_blob, &n, &err), &err);
    return n;
}

static void attempt_that_fails_leaves_no_fetched_original(void **state)
{
    struct test_fixture *p = *state;
    struct host host;
    struct pc_submitted s;
    struct pc_job job;
    struct pc_err err = PC_ERR_INIT;
    host_start(&host, 1, figure.len / 3);
    job_of(p, host.url, &s, &job);
    assert_code(pc_service_process(p->service, &job, NULL, NULL, &err), PC_E_IMAGE_CORRUPT);
    assert_int_equal(blobs_left(p), 0);
    pc_job_finish(&job);
    host_stop(&host);
}

static int commits_left;

static enum pc_code commit_until_full(struct pc_blob_writer *pool, const char *key,
                                      struct pc_err *err)
{
    if (commits_left-- > 0)
        return pc_blobs_memory.commit(pool, key, err);
    pc_blobs_memory.abort(pool);
    return pc_fail(err, PC_E_STORE_FULL, NULL);
}

static void full_store_leaves_no_half_of_the_shots(void **state)
{
    struct test_fixture *p = *state;
    struct pc_submitted s;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs_driver filling = pc_blobs_memory;
    test_upload(p, figure.data, figure.len, &s);
    struct pc_job job = {.image_id = s.id, .url = s.url, .attempt = 1, .max_attempts = 3};
    filling.commit = commit_until_full;
    p->blobs->driver = &filling;
    commits_left = 3;
    assert_code(pc_service_process(p->service, &job, NULL, NULL, &err), PC_E_STORE_FULL);
    assert_int_equal(blobs_left(p), 1); /* the original */
    p->blobs->driver = &pc_blobs_memory;
    assert_ok(pc_service_process(p->service, &job, NULL, NULL, &err), &err);
    assert_int_equal(blobs_left(p), 7);
}

struct removal {
    struct test_fixture *parts;
    int64_t id;
    bool done;
};

static bool image_vanishes(void *ctx)
{
    struct removal *r = ctx;
    struct pc_err err = PC_ERR_INIT;
    if (!r->done && blobs_left(r->parts) > 0) /* fetched */
        r->done = pc_service_remove(r->parts->service, r->id, &err) == PC_OK;
    return false;
}

static void image_deleted_while_it_is_cut_leaves_nothing(void **state)
{
    struct test_fixture *p = *state;
    struct host host;
    struct pc_submitted s;
    struct pc_job job;
    struct pc_err err = PC_ERR_INIT;
    host_start(&host, 1, figure.len);
    job_of(p, host.url, &s, &job);
    struct removal removal = {.parts = p, .id = s.id};
    assert_code(pc_service_process(p->service, &job, image_vanishes, &removal, &err),
                PC_E_NOT_PENDING);
    assert_true(removal.done);
    assert_int_equal(blobs_left(p), 0);
    pc_job_finish(&job);
    host_stop(&host);
}

static int set_up_group(void **state)
{
    (void)state;
    test_figure_bmp(WIDTH, HEIGHT, &figure);
    return 0;
}

static int tear_down_group(void **state)
{
    (void)state;
    pc_buf_finish(&figure);
    pc_image_shutdown();
    return 0;
}

/* During the outage the job is tried more often than it has attempts. */
static void outage_of_a_store_fails_no_image(void **state)
{
    static const enum pc_code outages[] = {PC_E_STORE_UNAVAILABLE, PC_E_STORE_FULL};
    (void)state;
    for (size_t i = 0; i < sizeof outages / sizeof *outages; i++) {
        struct test_fixture p;
        struct pc_submitted s;
        struct pc_err err = PC_ERR_INIT;
        enum pc_record_status status;
        test_fixture_init(&p);
        p.faulty = true;
        p.config.attempts = 2; /* one counts if the outage ends before the store is asked again */
        test_fixture_start(&p, true);
        test_upload(&p, figure.data, figure.len, &s);
        atomic_store(&test_blobs_faults.calls, 0);
        atomic_store(&test_blobs_faults.code, (int)outages[i]);
        struct pc_worker_pool *pool = work(&p, 2);
        while (atomic_load(&test_blobs_faults.calls) < 3) /* meson ends a test that hangs */
            pc_clock_sleep_ms(10);
        assert_in_range(atomic_load(&test_blobs_faults.calls), 3, 20); /* no hot loop */
        assert_ok(pc_service_status(p.service, s.id, &status, &err), &err);
        assert_int_equal(status, PC_PENDING);
        atomic_store(&test_blobs_faults.code, 0);
        assert_int_equal(final_status(&p, s.id), PC_PROCESSED);
        pc_worker_pool_stop(pool, WAIT_MS);
        test_fixture_stop(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(figure_gets_five_shots, start, stop),
        cmocka_unit_test_setup_teardown(damaged_image_fails_for_good_at_once, start, stop),
        cmocka_unit_test_setup_teardown(host_that_is_unreachable_is_retried_then_fails, start,
                                        stop),
        cmocka_unit_test_setup_teardown(job_that_kills_its_workers_fails, start, stop),
        cmocka_unit_test_setup_teardown(failure_of_a_lost_lease_is_not_final, start, stop),
        cmocka_unit_test_setup_teardown(stop_without_grace_releases_jobs, start, stop),
        cmocka_unit_test_setup_teardown(deleted_image_leaves_nothing, start, stop),
        cmocka_unit_test_setup_teardown(fetched_original_that_vanishes_is_fetched_again, start,
                                        stop),
        cmocka_unit_test_setup_teardown(attempt_that_fails_leaves_no_fetched_original, start, stop),
        cmocka_unit_test_setup_teardown(full_store_leaves_no_half_of_the_shots, start, stop),
        cmocka_unit_test_setup_teardown(image_deleted_while_it_is_cut_leaves_nothing, start, stop),
        cmocka_unit_test(outage_of_a_store_fails_no_image),
    };
    return cmocka_run_group_tests_name("worker", tests, set_up_group, tear_down_group);
}
