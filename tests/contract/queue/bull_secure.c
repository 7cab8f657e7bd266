/* The queue on a Redis that asks who we are (AUTH, rights of users) and that is reached by TLS.
 * Where the build has no TLS, the cases of it say SKIP, and the refusal is tested instead. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "certs.h"
#include "queue/drivers.h"
#include "server.h"
#include "support.h"

enum { LIMIT_MS = 6000, BACK_MS = 6000, CLOSE_MS = 2000 };
enum { ANY_CODE = PC_CODE_COUNT }; /* that is not PC_OK */

static const struct pc_queue_options calm = {
    .lease_ms = 60000, .max_attempts = 3, .backoff_ms = 200};

/* --- a queue, and what its errors give away --- */

static int log_to(const char *path)
{
    int kept = dup(STDERR_FILENO), fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(kept >= 0 && fd >= 0);
    dup2(fd, STDERR_FILENO);
    close(fd);
    return kept;
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

/* Opens, and logs an error as the program would. Nothing of it may hold the word. */
static enum pc_code open_hiding(const char *address, const char *secret, struct pc_queue **q,
                                struct pc_err *err)
{
    char *dir = test_mkdir(), *path = pc_xasprintf("%s/log", dir);
    int kept = log_to(path);
    *err = (struct pc_err)PC_ERR_INIT;
    enum pc_code rc = pc_queue_open(&pc_queue_bull, address, &calm, q, err);
    pc_log_err(PC_LOG_ERROR, "the queue", err);
    dup2(kept, STDERR_FILENO);
    close(kept);
    assert_not_logged(path, secret);
    assert_null(strstr(err->message, secret));
    assert_null(strstr(err->detail, secret));
    free(path);
    test_rmdir(dir);
    return rc;
}

/* The open must fail in time with this code, and say this in its sentence or in its detail. */
static void assert_refused(const char *address, int code, const char *says)
{
    struct pc_err err;
    struct pc_queue *q;
    int64_t begun = pc_mono_ms();
    enum pc_code rc = open_hiding(address, "sesame", &q, &err);
    if ((code == ANY_CODE ? !rc : (int)rc != code) ||
        (!strstr(err.message, says) && !strstr(err.detail, says)))
        fail_msg("%s: %s: %s [%s]", address, pc_code_name(rc), err.message, err.detail);
    assert_null(q);
    assert_null(strstr(err.message, "127.0.0.1"));
    assert_in_range(pc_mono_ms() - begun, 0, LIMIT_MS);
}

static struct pc_queue *open_ok(const char *address)
{
    struct pc_err err;
    struct pc_queue *q;
    assert_ok(open_hiding(address, "sesame", &q, &err), &err);
    return q;
}

static void add(struct pc_queue *q, int64_t image)
{
    struct pc_err err = PC_ERR_INIT;
    bool added;
    assert_ok(pc_queue_add(q, image, "u", PC_PRIORITY_BATCH, &added, &err), &err);
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
    assert_ok(pc_queue_done(q, job, &err), &err);
    pc_job_finish(job);
}

/* All that a job may live through. */
static void work_through_it(struct pc_queue *q)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_queue_stats stats;
    int64_t in_ms;
    bool final, has;
    add(q, 1);
    add(q, 2);
    struct pc_job job = take(q, 0);
    assert_ok(pc_queue_heartbeat(q, &job, &err), &err);
    pc_queue_progress(q, &job, 50);
    assert_ok(pc_queue_fail(q, &job, true, "again", &final, &in_ms, &err), &err);
    pc_job_finish(&job);
    job = take(q, 0);
    assert_ok(pc_queue_give_back(q, &job, &err), &err);
    pc_job_finish(&job);
    for (int i = 0; i < 2; i++) { /* the second is brought by the feeder, when its delay is over */
        job = take(q, 3000);
        end(q, &job);
    }
    add(q, 3);
    assert_ok(pc_queue_remove(q, 3, &err), &err);
    assert_ok(pc_queue_has(q, 3, &has, &err), &err);
    assert_false(has);
    assert_ok(pc_queue_stats(q, &stats, &err), &err);
    assert_int_equal(stats.waiting + stats.delayed + stats.active, 0);
}

static void assert_works(const char *address)
{
    struct pc_queue *q = open_ok(address);
    work_through_it(q);
    pc_queue_close(q);
}

static void wait_until_back(struct pc_queue *q)
{
    struct pc_err err = PC_ERR_INIT;
    int64_t until = pc_mono_ms() + BACK_MS;
    while (pc_queue_ping(q, &err) && pc_mono_ms() < until)
        pc_sleep_ms(20);
    assert_ok(pc_queue_ping(q, &err), &err);
}

/* --- servers --- */

static struct test_server *serve(const char *const *more)
{
    const char *why;
    struct test_server *s = test_server_start_with(TEST_REDIS, more, &why);
    if (!s)
        skip_because(why);
    return s;
}

/* An administrator's command, with spaces between its words. */
static void command(const struct test_server *s, const char *text)
{
    redisContext *c = redisConnect("127.0.0.1", test_server_port(s));
    redisReply *r = redisCommand(c, text);
    if (!r || r->type == REDIS_REPLY_ERROR)
        fail_msg("%s: %s", text, r ? r->str : c->errstr);
    freeReplyObject(r);
    redisFree(c);
}

/* One that accepts connections and says nothing, as its backlog does. */
static int mute_server(int *port)
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

static int free_port(void)
{
    int port;
    close(mute_server(&port));
    return port;
}

/* --- AUTH --- */

#define SIGNS "sesame p@ss:w/rd?#&=%+"
#define SIGNS_CODED "sesame%20p%40ss%3Aw%2Frd%3F%23%26%3D%25%2B"

static void password_alone(void **state)
{
    struct test_server *s = serve(NULL);
    int port = test_server_port(s);
    const char *const wrong[] = {"", ":sesame@", ":sesame%20street@", "default:sesame@",
                                 "nobody:sesame@"};
    (void)state;
    char *address = pc_xasprintf("redis://:sesame@127.0.0.1:%d", port);
    assert_refused(address, PC_E_CONFIG, "password"); /* there is none yet */
    free(address);
    redisContext *c = redisConnect("127.0.0.1", port);
    freeReplyObject(redisCommand(c, "CONFIG SET requirepass %s", SIGNS));
    redisFree(c);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        address = pc_xasprintf("redis://%s127.0.0.1:%d", wrong[i], port);
        assert_refused(address, PC_E_CONFIG, "refuses the user or the password");
        free(address);
    }
    address = pc_xasprintf("redis://:%s@127.0.0.1:%d", SIGNS_CODED, port);
    assert_works(address);
    free(address);
    test_server_stop(s);
}

/* The rights that docs/queue.md names, and one less. */
#define KEYS_AND_CHANNELS "~bull:image-processing:* &bull:image-processing:*"
#define COMMANDS                                                                                   \
    "+@read +@write +@scripting +@pubsub +@connection +client|setname +client|id +client|unblock " \
    "+time"

static char *as_worker(const struct test_server *s, const char *password)
{
    return pc_xasprintf("redis://worker:%s@127.0.0.1:%d/0", password, test_server_port(s));
}

static void no_password_where_none_is_asked_for(void **state)
{
    struct test_server *s = serve(NULL);
    const char *const right[] = {"", ":@", "default@", "open@", "open:any@"};
    (void)state;
    command(s, "ACL SETUSER open on nopass ~* &* +@all");
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        char *address = pc_xasprintf("redis://%s127.0.0.1:%d", right[i], test_server_port(s));
        pc_queue_close(open_ok(address));
        free(address);
    }
    char *address = pc_xasprintf("redis://nobody@127.0.0.1:%d", test_server_port(s));
    assert_refused(address, PC_E_CONFIG, "refuses the user or the password");
    free(address);
    test_server_stop(s);
}

static void user_with_the_rights_that_the_manual_names(void **state)
{
    struct test_server *s = serve(NULL);
    (void)state;
    command(s, "ACL SETUSER worker on >sesame,open " KEYS_AND_CHANNELS " " COMMANDS);
    char *right = as_worker(s, "sesame%2Copen"), *wrong = as_worker(s, "sesame");
    assert_works(right);
    assert_refused(wrong, PC_E_CONFIG, "refuses the user or the password");
    command(s, "ACL SETUSER worker off");
    assert_refused(right, PC_E_CONFIG, "refuses the user or the password");
    free(right);
    free(wrong);
    test_server_stop(s);
}

static void user_with_too_few_rights_is_refused_at_the_start(void **state)
{
    static const char *const lacks[] = {
        "-evalsha",        "-script",         "-subscribe",      "-publish", "-brpoplpush",
        "-client|unblock", "-client|setname", "-client|id",      "-select",  "-hget",
        "resetchannels",   "resetkeys",       "resetkeys ~cat:*"};
    struct test_server *s = serve(NULL);
    char *address = as_worker(s, "sesame");
    (void)state;
    for (size_t i = 0; i < sizeof lacks / sizeof *lacks; i++) {
        char *text = pc_xasprintf(
            "ACL SETUSER worker reset on >sesame " KEYS_AND_CHANNELS " " COMMANDS " %s", lacks[i]);
        command(s, text);
        print_message("# %s\n", lacks[i]);
        assert_refused(address, PC_E_CONFIG, "does not allow this user");
        free(text);
    }
    free(address);
    test_server_stop(s);
}

/* --- TLS --- */

struct place { /* a Redis with TLS, and a plain port for the test's own commands */
    char *dir, *ca, *cert;
    struct test_authority *authority;
    struct test_server *server;
    char port[12];
    const char *more[24];
};

static bool has_tls(void)
{
    struct pc_err err;
    struct pc_queue *q;
    return open_hiding("rediss://127.0.0.1:1", "sesame", &q, &err) != PC_E_CONFIG;
}

static void start_tls(struct place *p, const char *names, bool expired)
{
    if (!has_tls())
        skip_because("this build's hiredis has no TLS");
    p->dir = test_mkdir();
    p->ca = pc_xasprintf("%s/ca.pem", p->dir);
    p->cert = pc_xasprintf("%s/redis.pem", p->dir);
    p->authority = test_authority_create(p->ca);
    test_authority_issue(p->authority, names, expired, p->cert);
    snprintf(p->port, sizeof p->port, "%d", free_port());
    const char *const more[] = {"--tls-port",
                                p->port,
                                "--tls-cert-file",
                                p->cert,
                                "--tls-key-file",
                                p->cert,
                                "--tls-ca-cert-file",
                                p->ca,
                                "--tls-auth-clients",
                                "no",
                                NULL};
    memcpy(p->more, more, sizeof more);
    p->server = serve(p->more);
}

static void stop_tls(struct place *p)
{
    test_server_stop(p->server);
    test_authority_destroy(p->authority);
    test_rmdir(p->dir);
    free(p->ca);
    free(p->cert);
}

/* Gives. */
static char *tls_address(const struct place *p, const char *host, const char *query)
{
    return pc_xasprintf("rediss://%s:%s%s", host, p->port, query);
}

static char *with_ca(const struct place *p)
{
    return pc_xasprintf("rediss://127.0.0.1:%s?ca=%s", p->port, p->ca);
}

static void a_build_without_tls_says_so(void **state)
{
    (void)state;
    if (has_tls())
        skip_because("this build has TLS");
    assert_refused("rediss://:sesame@127.0.0.1:1", PC_E_CONFIG, "has no TLS");
}

static void an_authority_of_ones_own(void **state)
{
    struct place p;
    (void)state;
    start_tls(&p, "IP:127.0.0.1,DNS:localhost", false);
    char *by_number = with_ca(&p), *query = pc_xasprintf("?prefix=a&ca=%s", p.ca);
    char *by_name = tls_address(&p, "localhost", query), *bare = tls_address(&p, "localhost", "");
    assert_works(by_number);
    assert_works(by_name);
    assert_refused(bare, PC_E_CONFIG, "not from an authority that is known");
    setenv("SSL_CERT_FILE", p.ca, 1);
    assert_works(bare);
    unsetenv("SSL_CERT_FILE");
    free(by_number);
    free(query);
    free(by_name);
    free(bare);
    stop_tls(&p);
}

static void an_unknown_authority(void **state)
{
    struct place p;
    (void)state;
    start_tls(&p, "IP:127.0.0.1", false);
    char *other = pc_xasprintf("%s/other.pem", p.dir);
    char *address = pc_xasprintf("rediss://:sesame@127.0.0.1:%s?ca=%s", p.port, other);
    test_authority_destroy(test_authority_create(other));
    assert_refused(address, PC_E_CONFIG, "not from an authority that is known");
    free(other);
    free(address);
    stop_tls(&p);
}

static void another_host_s_certificate(void **state)
{
    struct place p;
    (void)state;
    start_tls(&p, "DNS:redis.example,IP:127.0.0.2", false);
    char *query = pc_xasprintf("?ca=%s", p.ca), *by_number = with_ca(&p);
    char *by_name = tls_address(&p, "localhost", query);
    assert_refused(by_number, PC_E_CONFIG, "not for the host");
    assert_refused(by_name, PC_E_CONFIG, "not for the host");
    free(query);
    free(by_number);
    free(by_name);
    stop_tls(&p);
}

static void an_expired_certificate(void **state)
{
    struct place p;
    (void)state;
    start_tls(&p, "IP:127.0.0.1", true);
    char *address = with_ca(&p);
    assert_refused(address, PC_E_CONFIG, "has expired");
    free(address);
    stop_tls(&p);
}

static void a_certificate_of_ours_where_the_server_asks_for_one(void **state)
{
    struct place p;
    (void)state;
    start_tls(&p, "IP:127.0.0.1", false);
    char *own = pc_xasprintf("%s/own.pem", p.dir), *foreign = pc_xasprintf("%s/foreign.pem", p.dir);
    char *foreign_ca = pc_xasprintf("%s/foreign-ca.pem", p.dir);
    struct test_authority *other = test_authority_create(foreign_ca);
    test_authority_issue(p.authority, "DNS:posecraft", false, own);
    test_authority_issue(other, "DNS:posecraft", false, foreign);
    test_authority_destroy(other);
    command(p.server, "CONFIG SET tls-auth-clients yes");
    /* Of TLS 1.3 the client is done before the server looks: a busy one may drop us without a
     * word. */
    static const char *const asked = "it may ask for a certificate of ours";
    const struct {
        const char *cert, *key, *says; /* says NULL: it works */
    } rows[] = {{NULL, NULL, asked},
                {foreign, NULL, asked},
                {own, foreign, "key= names"},
                {own, "/nowhere", "key= names"},
                {"/nowhere", NULL, "cert= names"},
                {p.ca, NULL, "cert= names"}, /* there is no key in it */
                {own, NULL, NULL},
                {own, own, NULL}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *address = pc_xasprintf("rediss://127.0.0.1:%s?ca=%s%s%s%s%s", p.port, p.ca,
                                     rows[i].cert ? "&cert=" : "", rows[i].cert ? rows[i].cert : "",
                                     rows[i].key ? "&key=" : "", rows[i].key ? rows[i].key : "");
        if (rows[i].says == asked)
            assert_refused(address, ANY_CODE, asked);
        else if (rows[i].says)
            assert_refused(address, PC_E_CONFIG, rows[i].says);
        else
            assert_works(address);
        free(address);
    }
    free(own);
    free(foreign);
    free(foreign_ca);
    stop_tls(&p);
}

static void files_that_are_of_no_use(void **state)
{
    struct place p;
    (void)state;
    start_tls(&p, "IP:127.0.0.1", false);
    const char *const queries[][2] = {{"?ca=/nowhere/ca.pem", "No such file"},
                                      {"?ca=/dev/null", "ca= names"},
                                      {"?ca=", "must not be empty"},
                                      {"?key=/a", "a key needs its cert"}};
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        char *address = tls_address(&p, "127.0.0.1", queries[i][0]);
        assert_refused(address, PC_E_CONFIG, queries[i][1]);
        free(address);
    }
    assert_refused("redis://127.0.0.1?ca=/a", PC_E_CONFIG, "are for rediss://");
    stop_tls(&p);
}

static void tls_meets_plain(void **state)
{
    struct place p;
    (void)state;
    start_tls(&p, "IP:127.0.0.1", false);
    char *plain = pc_xasprintf("redis://:sesame@127.0.0.1:%s", p.port);
    char *tls = pc_xasprintf("rediss://:sesame@127.0.0.1:%d", test_server_port(p.server));
    assert_refused(plain, PC_E_QUEUE_UNAVAILABLE, "with TLS (rediss://)");
    assert_refused(tls, ANY_CODE,
                   "one without TLS"); /* it answers when it takes our bytes for a line */
    free(plain);
    free(tls);
    stop_tls(&p);
}

static void a_server_that_says_nothing(void **state)
{
    int port, fd = mute_server(&port);
    char *plain = pc_xasprintf("redis://127.0.0.1:%d", port);
    char *tls = pc_xasprintf("rediss://127.0.0.1:%d", port);
    (void)state;
    assert_refused(plain, PC_E_QUEUE_UNAVAILABLE, "no answer in time");
    if (has_tls())
        assert_refused(tls, PC_E_QUEUE_UNAVAILABLE, "no answer to the beginning of TLS");
    free(plain);
    free(tls);
    close(fd);
}

/* --- while it runs --- */

static void hear(void *ctx, int64_t image_id, bool removed)
{
    (void)removed;
    atomic_store((_Atomic int64_t *)ctx, image_id);
}

static void assert_heard(_Atomic int64_t *heard, int64_t image_id)
{
    int64_t until = pc_mono_ms() + BACK_MS;
    while (atomic_load(heard) != image_id && pc_mono_ms() < until)
        pc_sleep_ms(5);
    assert_int_equal(atomic_load(heard), image_id);
}

/* The feeder waits at Redis for it. */
static void assert_brought(struct pc_queue *adder, struct pc_queue *taker, int64_t image_id)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_job job;
    bool got;
    assert_ok(pc_queue_take(taker, 100, &job, &got, &err), &err);
    assert_false(got);
    add(adder, image_id);
    job = take(taker, BACK_MS);
    assert_int_equal(job.image_id, image_id);
    end(taker, &job);
}

static void restarted_with_all_connections_in_use(const char *address, struct test_server *server)
{
    static _Atomic int64_t heard;
    struct pc_queue *a = open_ok(address), *b = open_ok(address);
    struct pc_err err = PC_ERR_INIT;
    atomic_store(&heard, -1);
    assert_true(pc_queue_listen(b, hear, &heard));
    assert_brought(a, b, 1);
    pc_queue_tell(a, 5, false);
    assert_heard(&heard, 5);
    test_server_kill(server);
    assert_code(pc_queue_ping(a, &err), PC_E_QUEUE_UNAVAILABLE);
    test_server_again(server);
    assert_heard(&heard, 0); /* connected again; something may have been missed */
    wait_until_back(a);
    wait_until_back(b);
    assert_brought(a, b, 2);
    pc_queue_tell(a, 7, false);
    assert_heard(&heard, 7);
    int64_t begun = pc_mono_ms();
    pc_queue_close(a);
    pc_queue_close(b);
    assert_in_range(pc_mono_ms() - begun, 0, CLOSE_MS);
}

static const char *const worker_may_all[] = {"--user", "worker", "on",    ">sesame",
                                             "~*",     "&*",     "+@all", NULL};

static void restarted_with_a_password(void **state)
{
    struct test_server *s = serve(worker_may_all);
    char *address = as_worker(s, "sesame");
    (void)state;
    restarted_with_all_connections_in_use(address, s);
    free(address);
    test_server_stop(s);
}

static void restarted_with_a_password_over_tls(void **state)
{
    struct place p;
    (void)state;
    start_tls(&p, "IP:127.0.0.1", false);
    size_t n = 0;
    while (p.more[n])
        n++;
    memcpy(p.more + n, worker_may_all, sizeof worker_may_all);
    test_server_again(p.server);
    char *address = pc_xasprintf("rediss://worker:sesame@127.0.0.1:%s?ca=%s", p.port, p.ca);
    restarted_with_all_connections_in_use(address, p.server);
    free(address);
    stop_tls(&p);
}

/* No reason to end the program: it was let in before, and somebody may be about to put it right. */
static void assert_away_until_put_right(struct pc_queue *q)
{
    struct pc_err err = PC_ERR_INIT;
    assert_code(pc_queue_ping(q, &err), PC_E_QUEUE_UNAVAILABLE);
    assert_null(strstr(err.detail, "sesame"));
    assert_string_equal(err.message, pc_code_info(PC_E_QUEUE_UNAVAILABLE)->message);
}

static void a_password_that_changes_meanwhile(void **state)
{
    const char *more[sizeof worker_may_all / sizeof *worker_may_all];
    memcpy(more, worker_may_all, sizeof more);
    struct test_server *s = serve(more);
    char *address = as_worker(s, "sesame");
    struct pc_queue *q = open_ok(address);
    (void)state;
    more[3] = ">another";
    test_server_again(s);
    assert_away_until_put_right(q);
    command(s, "ACL SETUSER worker >sesame");
    wait_until_back(q);
    work_through_it(q);
    pc_queue_close(q);
    free(address);
    test_server_stop(s);
}

static void a_certificate_that_changes_meanwhile(void **state)
{
    struct place p;
    (void)state;
    start_tls(&p, "IP:127.0.0.1", false);
    char *address = with_ca(&p);
    struct pc_queue *q = open_ok(address);
    test_authority_issue(p.authority, "IP:127.0.0.2", false, p.cert);
    test_server_again(p.server);
    assert_away_until_put_right(q);
    test_authority_destroy(p.authority); /* all anew: the file of ca= is read again */
    p.authority = test_authority_create(p.ca);
    test_authority_issue(p.authority, "IP:127.0.0.1", false, p.cert);
    test_server_again(p.server);
    wait_until_back(q);
    work_through_it(q);
    pc_queue_close(q);
    free(address);
    stop_tls(&p);
}

static void a_frozen_server_over_tls(void **state)
{
    struct place p;
    struct pc_err err = PC_ERR_INIT;
    struct pc_job job;
    bool got;
    (void)state;
    start_tls(&p, "IP:127.0.0.1", false);
    char *address = with_ca(&p);
    struct pc_queue *q = open_ok(address);
    assert_ok(pc_queue_take(q, 50, &job, &got, &err), &err);
    test_server_freeze(p.server);
    int64_t begun = pc_mono_ms();
    assert_code(pc_queue_ping(q, &err), PC_E_QUEUE_UNAVAILABLE);
    assert_in_range(pc_mono_ms() - begun, 0, LIMIT_MS);
    begun = pc_mono_ms();
    pc_queue_close(q);
    assert_in_range(pc_mono_ms() - begun, 0, CLOSE_MS);
    free(address);
    stop_tls(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(password_alone),
        cmocka_unit_test(no_password_where_none_is_asked_for),
        cmocka_unit_test(user_with_the_rights_that_the_manual_names),
        cmocka_unit_test(user_with_too_few_rights_is_refused_at_the_start),
        cmocka_unit_test(restarted_with_a_password),
        cmocka_unit_test(a_password_that_changes_meanwhile),
        cmocka_unit_test(a_server_that_says_nothing),
        cmocka_unit_test(a_build_without_tls_says_so),
        cmocka_unit_test(an_authority_of_ones_own),
        cmocka_unit_test(an_unknown_authority),
        cmocka_unit_test(another_host_s_certificate),
        cmocka_unit_test(an_expired_certificate),
        cmocka_unit_test(a_certificate_of_ours_where_the_server_asks_for_one),
        cmocka_unit_test(files_that_are_of_no_use),
        cmocka_unit_test(tls_meets_plain),
        cmocka_unit_test(restarted_with_a_password_over_tls),
        cmocka_unit_test(a_certificate_that_changes_meanwhile),
        cmocka_unit_test(a_frozen_server_over_tls),
    };
    signal(SIGPIPE, SIG_IGN); /* as the program does */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
