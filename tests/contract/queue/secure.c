#include "secure.h"

#include <arpa/inet.h>
#include <assert.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "jobs.h"
#include "queue/drivers.h"

enum { RECOVER_MS = 120 * 1000 }; /* ends a test that hangs */

static const struct pc_queue_options calm = {
    .lease_ms = 60000, .max_attempts = 3, .backoff_ms = 200};

/* --- a queue, and what its errors reveal --- */

static int log_to(const char *path)
{
    int saved_fd = dup(STDERR_FILENO),
        fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(saved_fd >= 0 && fd >= 0);
    dup2(fd, STDERR_FILENO);
    close(fd);
    return saved_fd;
}

static void assert_not_logged(const char *path, const char *secret)
{
    struct pc_buf log = PC_BUF_INIT;
    struct pc_err err = PC_ERR_INIT;
    assert_ok(pc_buf_read_file(&log, path, 1 << 20, &err), &err);
    assert_non_null(strstr(pc_buf_text(&log), "the queue"));
    assert_null(strstr(pc_buf_text(&log), secret));
    pc_buf_finish(&log);
}

enum pc_code secure_open_hiding(const char *url, const char *secret, struct pc_queue **q,
                                struct pc_err *err)
{
    char *dir = test_mkdir(), *path = pc_xasprintf("%s/log", dir);
    int saved_fd = log_to(path);
    *err = (struct pc_err)PC_ERR_INIT;
    enum pc_code rc = pc_queue_open(&pc_queue_bull, url, &calm, q, err);
    pc_log_err(PC_LOG_ERROR, "the queue", err);
    dup2(saved_fd, STDERR_FILENO);
    close(saved_fd);
    assert_not_logged(path, secret);
    assert_null(strstr(err->message, secret));
    assert_null(strstr(err->detail, secret));
    free(path);
    test_rmdir(dir);
    return rc;
}

void secure_assert_rejected(const char *url, int code, const char *says)
{
    struct pc_err err;
    struct pc_queue *q;
    enum pc_code rc = secure_open_hiding(url, "sesame", &q, &err);
    if ((code == SECURE_ANY_CODE ? !rc : (int)rc != code) ||
        (!strstr(err.message, says) && !strstr(err.detail, says)))
        fail_msg("%s: %s: %s [%s]", url, pc_code_name(rc), err.message, err.detail);
    assert_null(q);
    assert_null(strstr(err.message, "127.0.0.1"));
}

struct pc_queue *secure_open(const char *url)
{
    struct pc_err err;
    struct pc_queue *q;
    assert_ok(secure_open_hiding(url, "sesame", &q, &err), &err);
    return q;
}

static void add(struct pc_queue *q, int64_t image)
{
    struct pc_err err = PC_ERR_INIT;
    bool added;
    assert_ok(pc_queue_add(q, image, "u", PC_PRIORITY_BULK, &added, &err), &err);
    assert_true(added);
}

static struct pc_job take(struct pc_queue *q, int64_t wait_ms)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_job job;
    bool got;
    assert_ok(pc_queue_take(q, wait_ms, &job, &got, &err), &err);
    assert_true(got);
    return job;
}

static void end(struct pc_queue *q, struct pc_job *job)
{
    struct pc_err err = PC_ERR_INIT;
    assert_ok(test_complete_job(q, job, &err), &err);
    pc_job_finish(job);
}

void secure_run_jobs(struct pc_queue *q)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_queue_stats stats;
    int64_t in_ms;
    bool has;
    add(q, 1);
    add(q, 2);
    struct pc_job job = take(q, 0);
    assert_ok(pc_queue_renew(q, &job, &err), &err);
    pc_queue_progress(q, &job, 50);
    assert_ok(pc_queue_retry(q, &job, "again", &in_ms, &err), &err);
    pc_job_finish(&job);
    job = take(q, 0);
    assert_ok(pc_queue_release(q, &job, &err), &err);
    pc_job_finish(&job);
    for (int i = 0; i < 2; i++) { /* the second comes through the poller, when its delay is over */
        job = take(q, RECOVER_MS);
        end(q, &job);
    }
    add(q, 3);
    assert_ok(pc_queue_remove(q, 3, &err), &err);
    assert_ok(pc_queue_has(q, 3, &has, &err), &err);
    assert_false(has);
    assert_ok(pc_queue_stats(q, &stats, &err), &err);
    assert_int_equal(stats.waiting + stats.delayed + stats.active, 0);
}

void secure_assert_works(const char *url)
{
    struct pc_queue *q = secure_open(url);
    secure_run_jobs(q);
    pc_queue_close(q);
}

void secure_wait_until_available(struct pc_queue *q)
{
    struct pc_err err = PC_ERR_INIT;
    int64_t until = pc_clock_mono_ms() + RECOVER_MS;
    while (pc_queue_ping(q, &err) && pc_clock_mono_ms() < until)
        pc_clock_sleep_ms(20);
    assert_ok(pc_queue_ping(q, &err), &err);
}

/* --- servers --- */

struct test_server *secure_start_server(const char *const *more)
{
    const char *why;
    struct test_server *s = test_server_start_with(TEST_REDIS, more, &why);
    if (!s)
        skip_because(why);
    return s;
}

void secure_command(const struct test_server *s, const char *text)
{
    redisContext *c = redisConnect("127.0.0.1", test_server_port(s));
    redisReply *r = redisCommand(c, text);
    if (!r || r->type == REDIS_REPLY_ERROR)
        fail_msg("%s: %s", text, r ? r->str : c->errstr);
    freeReplyObject(r);
    redisFree(c);
}

int secure_mute_server(int *port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, len), 0);
    assert_int_equal(listen(fd, 8), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    *port = ntohs(at.sin_port);
    return fd;
}

char *secure_as_worker(const struct test_server *s, const char *password)
{
    return pc_xasprintf("redis://worker:%s@127.0.0.1:%d/0", password, test_server_port(s));
}

/* --- while it runs --- */

static atomic_bool received[8]; /* by image */

static void on_notification(void *ctx, int64_t image_id, bool removed)
{
    (void)ctx, (void)removed;
    assert(image_id >= 0 && image_id < 8);
    atomic_store(&received[image_id], true);
}

static void await_notification(int64_t image_id)
{
    while (!atomic_load(&received[image_id])) /* meson ends a test that hangs */
        pc_clock_sleep_ms(5);
}

/* The poller of taker waits at Redis for the job. */
static void assert_polled(struct pc_queue *adder, struct pc_queue *taker, int64_t image_id)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_job job;
    bool got;
    assert_ok(pc_queue_take(taker, 100, &job, &got, &err), &err);
    assert_false(got);
    add(adder, image_id);
    job = take(taker, RECOVER_MS);
    assert_int_equal(job.image_id, image_id);
    end(taker, &job);
}

void secure_assert_survives_restart(const char *url, struct test_server *server)
{
    struct pc_queue *a = secure_open(url), *b = secure_open(url);
    struct pc_err err = PC_ERR_INIT;
    for (int i = 0; i < 8; i++)
        atomic_store(&received[i], false);
    assert_true(pc_queue_subscribe(b, on_notification, NULL));
    assert_polled(a, b, 1);
    pc_queue_publish(a, 5, false);
    await_notification(5);
    test_server_kill(server);
    assert_code(pc_queue_ping(a, &err), PC_E_QUEUE_UNAVAILABLE);
    test_server_restart(server);
    await_notification(0); /* reconnected; notifications may be lost */
    secure_wait_until_available(a);
    secure_wait_until_available(b);
    assert_polled(a, b, 2);
    pc_queue_publish(a, 7, false);
    await_notification(7);
    pc_queue_close(a);
    pc_queue_close(b);
}

const char *const secure_worker_all_rights[8] = {"--user", "worker", "on",    ">sesame",
                                                 "~*",     "&*",     "+@all", NULL};

void secure_assert_unavailable(struct pc_queue *q)
{
    struct pc_err err = PC_ERR_INIT;
    assert_code(pc_queue_ping(q, &err), PC_E_QUEUE_UNAVAILABLE);
    assert_null(strstr(err.detail, "sesame"));
    assert_string_equal(err.message, pc_code_info(PC_E_QUEUE_UNAVAILABLE)->message);
}
