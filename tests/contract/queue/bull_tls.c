/* The queue on a Redis that is reached by TLS. Where the build has none, the cases say SKIP, and
 * the refusal is tested instead. */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "certs.h"
#include "secure.h"

static int free_port(void)
{
    int port;
    close(secure_mute_server(&port));
    return port;
}

struct tls_redis { /* a Redis with TLS, and a plain port for the test's own commands */
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
    return secure_open_hiding("rediss://127.0.0.1:1", "sesame", &q, &err) != PC_E_CONFIG;
}

static void start_tls(struct tls_redis *p, const char *names, bool expired)
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
    p->server = secure_start_server(p->more);
}

static void stop_tls(struct tls_redis *p)
{
    test_server_stop(p->server);
    test_authority_destroy(p->authority);
    test_rmdir(p->dir);
    free(p->ca);
    free(p->cert);
}

/* Gives. */
static char *tls_url(const struct tls_redis *p, const char *host, const char *query)
{
    return pc_xasprintf("rediss://%s:%s%s", host, p->port, query);
}

static char *with_ca(const struct tls_redis *p)
{
    return pc_xasprintf("rediss://127.0.0.1:%s?ca=%s", p->port, p->ca);
}

static void a_build_without_tls_says_so(void **state)
{
    (void)state;
    if (has_tls())
        skip_because("this build has TLS");
    secure_assert_rejected("rediss://:sesame@127.0.0.1:1", PC_E_CONFIG, "has no TLS");
}

static void an_authority_of_ones_own(void **state)
{
    struct tls_redis p;
    (void)state;
    start_tls(&p, "IP:127.0.0.1,DNS:localhost", false);
    char *by_number = with_ca(&p), *query = pc_xasprintf("?prefix=a&ca=%s", p.ca);
    char *by_name = tls_url(&p, "localhost", query), *bare = tls_url(&p, "localhost", "");
    secure_assert_works(by_number);
    secure_assert_works(by_name);
    secure_assert_rejected(bare, PC_E_CONFIG, "not signed by a trusted authority");
    setenv("SSL_CERT_FILE", p.ca, 1);
    secure_assert_works(bare);
    unsetenv("SSL_CERT_FILE");
    free(by_number);
    free(query);
    free(by_name);
    free(bare);
    stop_tls(&p);
}

static void an_unknown_authority(void **state)
{
    struct tls_redis p;
    (void)state;
    start_tls(&p, "IP:127.0.0.1", false);
    char *other = pc_xasprintf("%s/other.pem", p.dir);
    char *url = pc_xasprintf("rediss://:sesame@127.0.0.1:%s?ca=%s", p.port, other);
    test_authority_destroy(test_authority_create(other));
    secure_assert_rejected(url, PC_E_CONFIG, "not signed by a trusted authority");
    free(other);
    free(url);
    stop_tls(&p);
}

static void another_host_s_certificate(void **state)
{
    struct tls_redis p;
    (void)state;
    start_tls(&p, "DNS:redis.example,IP:127.0.0.2", false);
    char *query = pc_xasprintf("?ca=%s", p.ca), *by_number = with_ca(&p);
    char *by_name = tls_url(&p, "localhost", query);
    secure_assert_rejected(by_number, PC_E_CONFIG, "not for the host");
    secure_assert_rejected(by_name, PC_E_CONFIG, "not for the host");
    free(query);
    free(by_number);
    free(by_name);
    stop_tls(&p);
}

static void an_expired_certificate(void **state)
{
    struct tls_redis p;
    (void)state;
    start_tls(&p, "IP:127.0.0.1", true);
    char *url = with_ca(&p);
    secure_assert_rejected(url, PC_E_CONFIG, "has expired");
    free(url);
    stop_tls(&p);
}

static void a_certificate_of_ours_where_the_server_asks_for_one(void **state)
{
    struct tls_redis p;
    (void)state;
    start_tls(&p, "IP:127.0.0.1", false);
    char *own = pc_xasprintf("%s/own.pem", p.dir), *foreign = pc_xasprintf("%s/foreign.pem", p.dir);
    char *foreign_ca = pc_xasprintf("%s/foreign-ca.pem", p.dir);
    struct test_authority *other = test_authority_create(foreign_ca);
    test_authority_issue(p.authority, "DNS:posecraft", false, own);
    test_authority_issue(other, "DNS:posecraft", false, foreign);
    test_authority_destroy(other);
    secure_command(p.server, "CONFIG SET tls-auth-clients yes");
    /* In TLS 1.3 the client finishes before the server checks its certificate: a busy server may
     * close the connection without an alert. */
    static const char *const asked = "it may ask for a client certificate";
    const struct {
        const char *cert, *key, *says; /* says NULL: the queue works */
    } rows[] = {{NULL, NULL, asked},
                {foreign, NULL, asked},
                {own, foreign, "key= names"},
                {own, "/nowhere", "key= names"},
                {"/nowhere", NULL, "cert= names"},
                {p.ca, NULL, "cert= names"}, /* it contains no key */
                {own, NULL, NULL},
                {own, own, NULL}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *url = pc_xasprintf("rediss://127.0.0.1:%s?ca=%s%s%s%s%s", p.port, p.ca,
                                 rows[i].cert ? "&cert=" : "", rows[i].cert ? rows[i].cert : "",
                                 rows[i].key ? "&key=" : "", rows[i].key ? rows[i].key : "");
        if (rows[i].says == asked)
            secure_assert_rejected(url, SECURE_ANY_CODE, asked);
        else if (rows[i].says)
            secure_assert_rejected(url, PC_E_CONFIG, rows[i].says);
        else
            secure_assert_works(url);
        free(url);
    }
    free(own);
    free(foreign);
    free(foreign_ca);
    stop_tls(&p);
}

static void files_that_are_of_no_use(void **state)
{
    struct tls_redis p;
    (void)state;
    start_tls(&p, "IP:127.0.0.1", false);
    const char *const queries[][2] = {{"?ca=/nowhere/ca.pem", "No such file"},
                                      {"?ca=/dev/null", "ca= names"},
                                      {"?ca=", "must not be empty"},
                                      {"?key=/a", "a key needs its cert"}};
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        char *url = tls_url(&p, "127.0.0.1", queries[i][0]);
        secure_assert_rejected(url, PC_E_CONFIG, queries[i][1]);
        free(url);
    }
    secure_assert_rejected("redis://127.0.0.1?ca=/a", PC_E_CONFIG, "are for rediss://");
    stop_tls(&p);
}

static void tls_meets_plain(void **state)
{
    struct tls_redis p;
    (void)state;
    start_tls(&p, "IP:127.0.0.1", false);
    char *plain = pc_xasprintf("redis://:sesame@127.0.0.1:%s", p.port);
    char *tls = pc_xasprintf("rediss://:sesame@127.0.0.1:%d", test_server_port(p.server));
    secure_assert_rejected(plain, PC_E_QUEUE_UNAVAILABLE, "may expect TLS (rediss://)");
    secure_assert_rejected(tls, SECURE_ANY_CODE,
                           "no TLS"); /* it answers if it takes our bytes for a line */
    free(plain);
    free(tls);
    stop_tls(&p);
}

static void a_server_that_says_nothing(void **state)
{
    int port, fd = secure_mute_server(&port);
    char *plain = pc_xasprintf("redis://127.0.0.1:%d", port);
    char *tls = pc_xasprintf("rediss://127.0.0.1:%d", port);
    (void)state;
    secure_assert_rejected(plain, PC_E_QUEUE_UNAVAILABLE, "no answer in time");
    if (has_tls())
        secure_assert_rejected(tls, PC_E_QUEUE_UNAVAILABLE, "no answer to the TLS handshake");
    free(plain);
    free(tls);
    close(fd);
}

/* --- while it runs --- */

static void restarted_with_a_password_over_tls(void **state)
{
    struct tls_redis p;
    (void)state;
    start_tls(&p, "IP:127.0.0.1", false);
    size_t n = 0;
    while (p.more[n])
        n++;
    memcpy(p.more + n, secure_worker_all_rights, sizeof secure_worker_all_rights);
    test_server_restart(p.server);
    char *url = pc_xasprintf("rediss://worker:sesame@127.0.0.1:%s?ca=%s", p.port, p.ca);
    secure_assert_survives_restart(url, p.server);
    free(url);
    stop_tls(&p);
}

static void a_certificate_that_changes_meanwhile(void **state)
{
    struct tls_redis p;
    (void)state;
    start_tls(&p, "IP:127.0.0.1", false);
    char *url = with_ca(&p);
    struct pc_queue *q = secure_open(url);
    test_authority_issue(p.authority, "IP:127.0.0.2", false, p.cert);
    test_server_restart(p.server);
    secure_assert_unavailable(q);
    test_authority_destroy(p.authority); /* a new authority: the file of ca= is read again */
    p.authority = test_authority_create(p.ca);
    test_authority_issue(p.authority, "IP:127.0.0.1", false, p.cert);
    test_server_restart(p.server);
    secure_wait_until_available(q);
    secure_run_jobs(q);
    pc_queue_close(q);
    free(url);
    stop_tls(&p);
}

static void a_frozen_server_over_tls(void **state)
{
    struct tls_redis p;
    struct pc_err err = PC_ERR_INIT;
    struct pc_job job;
    bool got;
    (void)state;
    start_tls(&p, "IP:127.0.0.1", false);
    char *url = with_ca(&p);
    struct pc_queue *q = secure_open(url);
    assert_ok(pc_queue_take(q, 50, &job, &got, &err), &err);
    test_server_freeze(p.server);
    assert_code(pc_queue_ping(q, &err), PC_E_QUEUE_UNAVAILABLE);
    pc_queue_close(q);
    free(url);
    stop_tls(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_build_without_tls_says_so),
        cmocka_unit_test(an_authority_of_ones_own),
        cmocka_unit_test(an_unknown_authority),
        cmocka_unit_test(another_host_s_certificate),
        cmocka_unit_test(an_expired_certificate),
        cmocka_unit_test(a_certificate_of_ours_where_the_server_asks_for_one),
        cmocka_unit_test(files_that_are_of_no_use),
        cmocka_unit_test(tls_meets_plain),
        cmocka_unit_test(a_server_that_says_nothing),
        cmocka_unit_test(restarted_with_a_password_over_tls),
        cmocka_unit_test(a_certificate_that_changes_meanwhile),
        cmocka_unit_test(a_frozen_server_over_tls),
    };
    signal(SIGPIPE, SIG_IGN); /* as the program does */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
