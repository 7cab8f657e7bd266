/* The queue on a Redis that is unavailable, slow or full, that rejects, or that lost the scripts. */
#include <pthread.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"
#include "bull.h"
#include "queue/drivers.h"
#include "server.h"
#include "worker/dispatcher.h"

enum {
    RECOVER_MS = 120 * 1000 /* ends a test that hangs */
};

static enum pc_code open_at(const char *url, struct pc_queue **q, struct pc_err *err)
{
    return pc_queue_open(&pc_queue_bull, url, &suite_long_leases, q, err);
}

/* Starts a server for a case that breaks it; opens a queue there if q is not NULL. */
static struct test_server *own_server(enum test_server_kind kind, struct pc_queue **q)
{
    const char *why;
    struct test_server *s = test_server_start(kind, &why);
    struct pc_err err = PC_ERR_INIT;
    assert_non_null(s);
    if (!q)
        return s;
    char *url = pc_xasprintf("redis://127.0.0.1:%d/1", test_server_port(s));
    assert_ok(open_at(url, q, &err), &err);
    free(url);
    return s;
}

static void command_server(const struct test_server *s, const char *command)
{
    redisContext *c = bull_connect(test_server_port(s));
    redisReply *r = redisCommand(c, command);
    assert_true(r && r->type != REDIS_REPLY_ERROR);
    freeReplyObject(r);
    redisFree(c);
}

static enum pc_code try_add(struct pc_queue *q, int64_t image)
{
    struct pc_err err = PC_ERR_INIT;
    bool added;
    return pc_queue_add(q, image, "u", PC_PRIORITY_BULK, &added, &err);
}

static void wait_until_available(struct pc_queue *q)
{
    struct pc_err err = PC_ERR_INIT;
    int64_t until = pc_clock_mono_ms() + RECOVER_MS;
    while (pc_queue_ping(q, &err) && pc_clock_mono_ms() < until)
        pc_clock_sleep_ms(20);
    assert_ok(pc_queue_ping(q, &err), &err);
}

static void a_url_of_the_wrong_form_is_rejected(void **state)
{
    static const char *const wrong[] = {
        "redis:",
        "redis://",
        "redis:///1",
        "redis://host:0",
        "redis://host:x",
        "redis://host:6379x",
        "redis://host/one",
        "redis://host/-1",
        "redis://host?queue=",
        "redis://host?size=3",
        "redis://host?prefix=%zz",
        "redis://user:%0@host",
        "redis://[::1",
        "redis://[::1]x",
        "redisx://host",
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct pc_err err = PC_ERR_INIT;
        struct pc_queue *q;
        if (open_at(wrong[i], &q, &err) != PC_E_CONFIG)
            fail_msg("%s: %s", wrong[i], pc_code_name(err.code));
        assert_null(q);
    }
}

static void no_server_at_open(void **state)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_queue *q;
    struct test_server *s = own_server(TEST_REDIS, NULL);
    char *url = pc_xasprintf("redis://127.0.0.1:%d", test_server_port(s));
    (void)state;
    test_server_kill(s);
    assert_code(open_at(url, &q, &err), PC_E_QUEUE_UNAVAILABLE);
    assert_non_null(strstr(err.detail, "refused"));
    assert_null(strstr(err.message, "127.0.0.1"));
    free(url);
    test_server_stop(s);
}

static void user_and_password(void **state)
{
    struct test_server *s = own_server(TEST_REDIS_PASSWORD, NULL);
    int port = test_server_port(s);
    const char *const rows[][2] = {{"", "refused"},
                                   {":wrong@", "refused"},
                                   {"nobody:sesame%20pw@", "refused"},
                                   {":sesame%20pw@", ""},
                                   {"default:sesame%20pw@", ""}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pc_err err = PC_ERR_INIT;
        struct pc_queue *q;
        char *url = pc_xasprintf("redis://%s127.0.0.1:%d", rows[i][0], port);
        enum pc_code rc = open_at(url, &q, &err);
        assert_int_equal(rc, *rows[i][1] ? PC_E_CONFIG : PC_OK);
        if (rc)
            assert_non_null(strstr(err.message, "password"));
        assert_null(strstr(err.detail, "sesame"));
        pc_queue_close(q);
        free(url);
    }
    test_server_stop(s);
}

static void killed_in_the_middle_and_back_nothing_is_lost(void **state)
{
    struct pc_queue *q;
    struct test_server *s = own_server(TEST_REDIS, &q);
    struct pc_err err = PC_ERR_INIT;
    struct pc_job none;
    bool got;
    (void)state;
    for (int i = 1; i <= 3; i++)
        suite_add(q, i, PC_PRIORITY_BULK);
    struct pc_job job = suite_take(q, 0);
    test_server_kill(s);
    for (int i = 0; i < 5; i++) {
        assert_code(try_add(q, 4), PC_E_QUEUE_UNAVAILABLE);
    }
    assert_code(pc_queue_take(q, 1000, &none, &got, &err), PC_E_QUEUE_UNAVAILABLE);
    assert_code(pc_queue_renew(q, &job, &err), PC_E_QUEUE_UNAVAILABLE);
    assert_true(pc_code_info(err.code)->retryable);
    test_server_restart(s);
    wait_until_available(q);
    suite_expect_stats(q, 2, 0, 1);
    assert_ok(pc_queue_renew(q, &job, &err), &err);
    suite_complete(q, &job);
    suite_expect(q, 2);
    suite_add(q, 4, PC_PRIORITY_BULK);
    suite_expect(q, 3);
    suite_expect(q, 4);
    pc_queue_close(q);
    test_server_stop(s);
}

/* The worker goes on at once; the dispatcher reports its job when the queue is available again. */
static void jobs_completed_during_an_outage_are_reported_later(void **state)
{
    struct pc_queue *q;
    struct test_server *s = own_server(TEST_REDIS, &q);
    struct pc_err err = PC_ERR_INIT;
    struct pc_dispatcher *dispatcher;
    bool got = false;
    (void)state;
    assert_ok(pc_dispatcher_create(q, 1, suite_long_leases.lease_ms, &dispatcher, &err), &err);
    suite_add(q, 1, PC_PRIORITY_BULK);
    struct pc_job job = suite_take(q, 0);
    test_server_kill(s);
    pc_dispatcher_complete_and_take(dispatcher, &job, &got);
    assert_false(got);
    test_server_restart(s);
    wait_until_available(q);
    for (int64_t until_ms = pc_clock_mono_ms() + RECOVER_MS; pc_clock_mono_ms() < until_ms;
         pc_clock_sleep_ms(20)) {
        bool has = true;
        assert_ok(pc_queue_has(q, 1, &has, &err), &err);
        if (!has)
            break;
    }
    suite_expect_has(q, 1, false);
    pc_dispatcher_destroy(dispatcher);
    pc_queue_close(q);
    test_server_stop(s);
}

static void a_sleeping_taker_survives_a_restart(void **state)
{
    struct pc_queue *q;
    struct test_server *s = own_server(TEST_REDIS, &q);
    (void)state;
    suite_take_nothing(q);
    struct pc_err err = PC_ERR_INIT;
    struct pc_job job;
    bool got;
    assert_ok(pc_queue_take(q, 100, &job, &got, &err), &err); /* now the poller is connected */
    test_server_kill(s);
    test_server_restart(s);
    wait_until_available(q);
    suite_add(q, 1, PC_PRIORITY_BULK);
    job = suite_take(q, RECOVER_MS);
    suite_complete(q, &job);
    pc_queue_close(q);
    test_server_stop(s);
}

static void a_frozen_server_hangs_nobody(void **state)
{
    struct pc_queue *q;
    struct test_server *s = own_server(TEST_REDIS, &q);
    (void)state;
    suite_add(q, 1, PC_PRIORITY_BULK);
    test_server_freeze(s);
    assert_code(try_add(q, 2), PC_E_QUEUE_UNAVAILABLE);
    assert_code(try_add(q, 2), PC_E_QUEUE_UNAVAILABLE);
    test_server_thaw(s);
    wait_until_available(q);
    suite_expect(q, 1);
    pc_queue_close(q);
    test_server_stop(s);
}

static void a_frozen_server_does_not_keep_close(void **state)
{
    struct pc_queue *idle, *blocked, *publishing, *starting;
    struct test_server *s = own_server(TEST_REDIS, &idle);
    char *url = pc_xasprintf("redis://127.0.0.1:%d/1", test_server_port(s));
    struct pc_err err = PC_ERR_INIT;
    struct pc_job job;
    bool got;
    (void)state;
    assert_ok(open_at(url, &blocked, &err), &err);
    assert_ok(open_at(url, &publishing, &err), &err);
    assert_ok(open_at(url, &starting, &err), &err);
    assert_ok(pc_queue_take(blocked, 50, &job, &got, &err), &err); /* its poller waits at Redis */
    command_server(s, "CLIENT KILL TYPE pubsub"); /* their subscribers are about to reconnect */
    test_server_freeze(s);
    pc_queue_close(idle);
    pc_queue_close(blocked);
    for (int i = 1; i <= 300; i++)
        pc_queue_publish(publishing, i, false);
    pc_queue_close(publishing);
    assert_code(pc_queue_ping(starting, &err), PC_E_QUEUE_UNAVAILABLE);
    pc_queue_close(starting);
    free(url);
    test_server_stop(s);
}

static void a_full_server_refuses_what_is_new_and_lets_the_old_end(void **state)
{
    struct pc_queue *q;
    struct test_server *s = own_server(TEST_REDIS, &q);
    struct pc_err err = PC_ERR_INIT;
    int64_t in_ms;
    (void)state;
    for (int i = 1; i <= 4; i++)
        suite_add(q, i, PC_PRIORITY_BULK);
    command_server(s, "CONFIG SET maxmemory 1");
    assert_code(try_add(q, 5), PC_E_STORE_FULL);
    struct pc_job job = suite_take(q, 0);
    assert_ok(pc_queue_renew(q, &job, &err), &err);
    suite_complete(q, &job);
    job = suite_take(q, 0);
    assert_ok(pc_queue_retry(q, &job, "x", &in_ms, &err), &err);
    pc_job_finish(&job);
    job = suite_take(q, 0);
    assert_ok(pc_queue_release(q, &job, &err), &err);
    pc_job_finish(&job);
    suite_expect_stats(q, 2, 1, 0);
    command_server(s, "CONFIG SET maxmemory 0");
    suite_add(q, 5, PC_PRIORITY_BULK);
    const int64_t wanted[] = {3, 4, 5};
    for (int i = 0; i < 3; i++) {
        job = suite_take(q, 0);
        if (job.image_id == 2) { /* its delay is over */
            suite_complete(q, &job);
            job = suite_take(q, 0);
        }
        assert_int_equal(job.image_id, wanted[i]);
        suite_complete(q, &job);
    }
    pc_queue_close(q);
    test_server_stop(s);
}

static void a_server_that_lost_the_scripts_gets_them_again(void **state)
{
    struct pc_queue *q;
    struct test_server *s = own_server(TEST_REDIS, &q);
    struct pc_err err = PC_ERR_INIT;
    (void)state;
    command_server(s, "SCRIPT FLUSH");
    suite_add(q, 1, PC_PRIORITY_BULK);
    command_server(s, "SCRIPT FLUSH");
    struct pc_job job = suite_take(q, 0);
    command_server(s, "SCRIPT FLUSH");
    assert_ok(pc_queue_renew(q, &job, &err), &err);
    command_server(s, "SCRIPT FLUSH");
    suite_complete(q, &job);
    command_server(s, "SCRIPT FLUSH");
    suite_expect_stats(q, 0, 0, 0);
    pc_queue_close(q);
    test_server_stop(s);
}

/* --- notifications --- */

struct received {
    pthread_mutex_t lock;
    int64_t ids[1000];
    int n, removed;
};

static void on_notification(void *ctx, int64_t image_id, bool removed)
{
    struct received *h = ctx;
    pthread_mutex_lock(&h->lock);
    if (h->n < 1000)
        h->ids[h->n++] = image_id;
    h->removed += removed;
    pthread_mutex_unlock(&h->lock);
}

/* Waits for a notification about this image. (A queue is subscribed at Redis when it is open.) */
static void await_notification(struct received *h, int64_t image_id)
{
    for (bool found = false; !found; pc_clock_sleep_ms(5)) { /* meson ends a test that hangs */
        pthread_mutex_lock(&h->lock);
        for (int i = 0; i < h->n; i++)
            found = found || h->ids[i] == image_id;
        pthread_mutex_unlock(&h->lock);
    }
}

static void notifications_reach_the_others_and_not_oneself(void **state)
{
    static struct received a = {.lock = PTHREAD_MUTEX_INITIALIZER};
    static struct received b = {.lock = PTHREAD_MUTEX_INITIALIZER};
    struct pc_queue *qa = suite_open(state, &suite_long_leases),
                    *qb = suite_open(state, &suite_long_leases);
    assert_true(pc_queue_subscribe(qa, on_notification, &a));
    assert_true(pc_queue_subscribe(qb, on_notification, &b));
    pc_queue_publish(qa, 7, false);
    await_notification(&b, 7);
    pc_queue_publish(qa, 8, true);
    await_notification(&b, 8);
    pc_queue_close(qa);
    pc_queue_close(qb);
    assert_int_equal(b.n, 2);
    assert_int_equal(b.removed, 1);
    assert_int_equal(a.n, 0);
}

static void a_notification_just_before_the_close_is_still_sent(void **state)
{
    static struct received h = {.lock = PTHREAD_MUTEX_INITIALIZER};
    struct pc_queue *qa = suite_open(state, &suite_long_leases),
                    *qb = suite_open(state, &suite_long_leases);
    assert_true(pc_queue_subscribe(qb, on_notification, &h));
    pc_queue_publish(qa, 7, false);
    pc_queue_close(qa);
    await_notification(&h, 7);
    pc_queue_close(qb);
}

static void missed_notifications_are_made_up_for(void **state)
{
    static struct received h = {.lock = PTHREAD_MUTEX_INITIALIZER};
    struct pc_queue *q, *publisher;
    struct test_server *s = own_server(TEST_REDIS, &q);
    struct pc_err err = PC_ERR_INIT;
    char *url = pc_xasprintf("redis://127.0.0.1:%d/1", test_server_port(s));
    (void)state;
    assert_ok(open_at(url, &publisher, &err), &err);
    assert_true(pc_queue_subscribe(q, on_notification, &h));
    test_server_kill(s);
    for (int i = 1; i <= 10000; i++)
        pc_queue_publish(publisher, i, false);
    test_server_restart(s);
    await_notification(&h, 0);
    pc_queue_close(q);
    pc_queue_close(publisher);
    free(url);
    test_server_stop(s);
}

const struct contract_case bull_fault_cases[] = {
    CASE(a_url_of_the_wrong_form_is_rejected),
    CASE(no_server_at_open),
    CASE(user_and_password),
    CASE(killed_in_the_middle_and_back_nothing_is_lost),
    CASE(jobs_completed_during_an_outage_are_reported_later),
    CASE(a_sleeping_taker_survives_a_restart),
    CASE(a_frozen_server_hangs_nobody),
    CASE(a_frozen_server_does_not_keep_close),
    CASE(a_full_server_refuses_what_is_new_and_lets_the_old_end),
    CASE(a_server_that_lost_the_scripts_gets_them_again),
    CASE(notifications_reach_the_others_and_not_oneself),
    CASE(a_notification_just_before_the_close_is_still_sent),
    CASE(missed_notifications_are_made_up_for),
    {NULL, NULL, 0},
};
