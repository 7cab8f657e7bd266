/* Bodies, redirects, limits, times, many at once: against a real server on the loopback. */
#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/str.h"
#include "fetching.h"

static void a_body_arrives_with_its_facts(void **state)
{
    (void)state;
    struct pc_fetch *f = create(config("127.0.0.1"));
    struct result r = get(f, "/ok");
    assert_ok(r.rc, &r.err);
    assert_string_equal(pc_buf_text(&r.body), "picture");
    assert_int_equal(r.info.http_status, 200);
    assert_int_equal(r.info.redirects, 0);
    assert_int_equal(r.info.bytes, 7);
    assert_string_equal(r.info.content_type, "image/jpeg");
    pc_buf_finish(&r.body);
    r = get(f, "/chunked");
    assert_ok(r.rc, &r.err);
    assert_string_equal(pc_buf_text(&r.body), "picture");
    pc_buf_finish(&r.body);
    pc_fetch_destroy(f);
}

static void requests_say_who_and_nothing_else(void **state)
{
    (void)state;
    struct pc_fetch *f = create(config("127.0.0.1"));
    struct result r = get(f, "/redirect/302?/echo");
    assert_ok(r.rc, &r.err);
    const char *text = pc_buf_text(&r.body);
    assert_non_null(strstr(text, "User-Agent: PoseCraft/" PC_VERSION "\r\n"));
    assert_non_null(strcasestr(text, "Accept-Encoding: "));
    assert_non_null(strstr(text, "gzip"));
    static const char *const absent[] = {"Referer:", "Authorization:", "Range:"};
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
        assert_null(strcasestr(text, absent[i]));
    pc_buf_finish(&r.body);
    pc_fetch_destroy(f);
}

static void expect_body(struct pc_fetch *f, const char *path, size_t len)
{
    struct result r = get(f, path);
    if (r.rc)
        fail_msg("%s: %s [%s]", path, r.err.message, r.err.detail);
    assert_int_equal(r.body.len, len);
    assert_memory_equal(r.body.data, "picture", 7);
    assert_int_equal(r.info.bytes, len);
    pc_buf_finish(&r.body);
}

static void compressed_bodies_are_unpacked(void **state)
{
    (void)state;
    struct pc_fetch *f = create(config("127.0.0.1"));
    expect_body(f, "/coded/gzip,50000", 50000);
    expect_body(f, "/coded/x-gzip,50000", 50000);
    expect_body(f, "/coded/deflate,50000", 50000);
    expect_body(f, "/coded/raw-deflate,50000", 50000);
    expect_body(f, "/coded/identity,50000", 50000);
    pc_fetch_destroy(f);
}

/* Skips the test where this libcurl cannot unpack brotli. */
static void need_brotli(void)
{
    if (!(curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_BROTLI))
        skip_because("this libcurl has no brotli");
}

static void bodies_in_brotli_are_unpacked(void **state)
{
    (void)state;
    need_brotli();
    struct pc_fetch *f = create(config("127.0.0.1"));
    struct result r = get(f, "/echo");
    assert_ok(r.rc, &r.err);
    assert_non_null(strstr(pc_buf_text(&r.body), "br"));
    pc_buf_finish(&r.body);
    expect_body(f, "/coded/br,50000", 50000);
    pc_fetch_destroy(f);
}

/* 20 MB of which 30 bytes are sent. */
static void a_bomb_in_brotli_is_refused(void **state)
{
    (void)state;
    need_brotli();
    struct pc_fetch *f = create(config("127.0.0.1"));
    struct result r = get(f, "/coded/br,20000000");
    assert_code(r.rc, PC_E_FETCH_TOO_LARGE);
    assert_non_null(strstr(r.err.message, "limit of 100000 bytes"));
    assert_int_equal(r.body.len, 0);
    assert_in_range(r.info.bytes, 100001, 1000000); /* it stopped soon after the limit */
    pc_buf_finish(&r.body);
    pc_fetch_destroy(f);
}

/* File stores hand out whatever label a file was given when it was stored. */
static void a_label_without_its_coding_does_no_harm(void **state)
{
    (void)state;
    static const char *const labels[] = {"gzip", "deflate", "br", "utf-8", "aws-chunked", "none"};
    struct pc_fetch *f = create(config("127.0.0.1"));
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        char path[64];
        snprintf(path, sizeof path, "/mislabelled/%s", labels[i]);
        expect_body(f, path, 7);
    }
    pc_fetch_destroy(f);
}

/* 20 MB of which about 20 kB are sent. */
static void a_bomb_is_refused_with_its_reason(void **state)
{
    (void)state;
    static const char *const paths[] = {"/coded/gzip,20000000", "/coded/deflate,20000000",
                                        "/layers/1", "/layers/2"};
    struct pc_fetch *f = create(config("127.0.0.1"));
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct result r = get(f, paths[i]);
        assert_code(r.rc, PC_E_FETCH_TOO_LARGE);
        assert_non_null(strstr(r.err.message, i < 2 ? "limit of 100000 bytes" : "times over"));
        assert_int_equal(r.body.len, 0);
        pc_buf_finish(&r.body);
    }
    pc_fetch_destroy(f);
}

static void cookies_live_within_one_fetch(void **state)
{
    (void)state;
    struct pc_fetch *f = create(config("127.0.0.1"));
    expect_body(f, "/cookie", 7);
    struct result r = get(f, "/echo"); /* with the same handle */
    assert_ok(r.rc, &r.err);
    assert_null(strcasestr(pc_buf_text(&r.body), "Cookie:"));
    pc_buf_finish(&r.body);
    char *elsewhere =
        pc_xasprintf("/redirect/302?http://localhost:%d/echo", test_server_port(server));
    r = get(f, elsewhere); /* another host */
    assert_ok(r.rc, &r.err);
    assert_null(strcasestr(pc_buf_text(&r.body), "Cookie:"));
    pc_buf_finish(&r.body);
    free(elsewhere);
    pc_fetch_destroy(f);
}

static void a_server_that_asks_to_come_back_is_asked_again(void **state)
{
    (void)state;
    struct pc_fetch *f = create(config("127.0.0.1"));
    expect_body(f, "/later/202", 7);
    expect_body(f, "/later/202?Retry-After:1", 7);
    expect_body(f, "/later/429?Retry-After:1", 7);
    expect_body(f, "/later/503?Retry-After:1", 7);
    expect_body(f, "/later/503?date", 7);
    /* no word of coming back, or later than a worker waits: left to the queue */
    expect(f, "/later/503", PC_E_FETCH_UNAVAILABLE);
    expect(f, "/later/429?Retry-After:3600", PC_E_FETCH_UNAVAILABLE);
    expect(f, "/later/202?Retry-After:3600", PC_E_FETCH_UNAVAILABLE);
    pc_fetch_destroy(f);
}

/* As soon as a request arrived. */
static bool cancel_when_asked(void *ctx)
{
    return test_server_requests(server) > *(int *)ctx;
}

static void the_wait_for_a_server_ends_when_cancelled(void **state)
{
    (void)state;
    struct pc_fetch *f = create(config("127.0.0.1"));
    struct pc_buf body = PC_BUF_INIT;
    struct pc_err err = PC_ERR_INIT;
    char *url = local("/later/202?Retry-After:7");
    int before = test_server_requests(server);
    assert_code(pc_fetch_get(f, url, &body, cancel_when_asked, &before, NULL, &err),
                PC_E_CANCELLED);
    assert_int_equal(test_server_requests(server), before + 1);
    free(url);
    pc_fetch_destroy(f);
}

static void documents_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        enum pc_code code;
        const char *says;
    } cases[] = {
        {"/document/200/login", PC_E_FETCH_WEB_PAGE, "web page: is a log-in needed?"},
        {"/document/200/s3", PC_E_FETCH_STATUS, "XML document instead of an image: AccessDenied"},
        {"/document/403/s3", PC_E_FETCH_STATUS, "403 (AccessDenied): the link has expired"},
        {"/document/200/json", PC_E_FETCH_STATUS, "JSON instead of an image: NoSuchFile"},
        {"/document/404/json", PC_E_FETCH_STATUS, "404 (NoSuchFile)"},
        {"/document/404/login", PC_E_FETCH_STATUS, "status 404."},
        {"/document/401/login", PC_E_FETCH_STATUS, "status 401: a log-in is needed"},
        {"/document/503/s3", PC_E_FETCH_UNAVAILABLE, "status 503 (AccessDenied)."},
        {"/range/part", PC_E_FETCH_STATUS, "part of the image only"},
        {"/short", PC_E_FETCH_FAILED, "ended before the whole image"},
        {"/loop", PC_E_FETCH_REDIRECTS, "in a loop"},
        {"/hop/4", PC_E_FETCH_REDIRECTS, "more than 3 times"},
    };
    struct pc_fetch *f = create(config("127.0.0.1"));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct result r = get(f, cases[i].path);
        if (r.rc != cases[i].code || !strstr(r.err.message, cases[i].says))
            fail_msg("%s: %s: %s", cases[i].path, pc_code_name(r.rc), r.err.message);
        assert_int_equal(r.body.len, 0);
        pc_buf_finish(&r.body);
    }
    expect_body(f, "/range/whole", 7);
    expect(f, "/status/203", PC_OK);
    pc_fetch_destroy(f);
}

static void long_urls_arrive(void **state)
{
    (void)state;
    struct pc_fetch *f = create(config("127.0.0.1"));
    char *at = local("/ok?"), filler[8000];
    memset(filler, 'x', sizeof filler);
    char *url = pc_xasprintf("%s%.*s", at, (int)sizeof filler, filler);
    struct result r = get_url(f, url);
    assert_ok(r.rc, &r.err);
    pc_buf_finish(&r.body);
    free(url);
    url = pc_xasprintf("%s%.*s%.200s", at, (int)sizeof filler, filler, filler);
    r = get_url(f, url);
    assert_code(r.rc, PC_E_BAD_URL);
    assert_non_null(strstr(r.err.message, "longer than 8192 bytes"));
    free(url);
    free(at);
    pc_fetch_destroy(f);
}

static void answers_other_than_200_have_their_code(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        enum pc_code code;
    } cases[] = {
        {"/status/404", PC_E_FETCH_STATUS},
        {"/status/403", PC_E_FETCH_STATUS},
        {"/status/410", PC_E_FETCH_STATUS},
        {"/status/201", PC_E_FETCH_STATUS},
        {"/status/204", PC_E_FETCH_STATUS},
        {"/status/206", PC_E_FETCH_STATUS},
        {"/status/304", PC_E_FETCH_STATUS},
        {"/status/300", PC_E_FETCH_STATUS},
        {"/bare-redirect", PC_E_FETCH_STATUS},
        {"/status/500", PC_E_FETCH_UNAVAILABLE},
        {"/status/502", PC_E_FETCH_UNAVAILABLE},
        {"/status/503", PC_E_FETCH_UNAVAILABLE},
        {"/status/429", PC_E_FETCH_UNAVAILABLE},
        {"/status/408", PC_E_FETCH_UNAVAILABLE},
        {"/empty", PC_E_FETCH_EMPTY},
        {"/empty-length", PC_E_FETCH_EMPTY},
        {"/short", PC_E_FETCH_FAILED},
        {"/silent", PC_E_FETCH_FAILED},
        {"/garbage", PC_E_FETCH_FAILED},
        {"/endless-header", PC_E_FETCH_FAILED},
    };
    struct pc_fetch *f = create(config("127.0.0.1"));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect(f, cases[i].path, cases[i].code);
    struct result r = get(f, "/status/404");
    assert_non_null(strstr(r.err.message, "404"));
    assert_int_equal(r.info.http_status, 404);
    assert_int_equal(r.body.len, 0); /* an error page is not an image */
    pc_buf_finish(&r.body);
    assert_false(pc_code_info(PC_E_FETCH_STATUS)->retryable);
    assert_true(pc_code_info(PC_E_FETCH_UNAVAILABLE)->retryable);
    pc_fetch_destroy(f);
}

static void redirects_are_followed_up_to_the_limit(void **state)
{
    (void)state;
    struct pc_fetch *f = create(config("127.0.0.1"));
    struct result r = get(f, "/hop/3");
    assert_ok(r.rc, &r.err);
    assert_int_equal(r.info.redirects, 3);
    assert_string_equal(pc_buf_text(&r.body), "picture"); /* and nothing of "moved" */
    pc_buf_finish(&r.body);
    expect(f, "/hop/4", PC_E_FETCH_REDIRECTS);
    expect(f, "/loop", PC_E_FETCH_REDIRECTS);
    static const char *const statuses[] = {"301", "302", "303", "307", "308"};
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        char path[64];
        snprintf(path, sizeof path, "/redirect/%s?/ok", statuses[i]);
        expect(f, path, PC_OK);
    }
    pc_fetch_destroy(f);
    struct pc_fetch_config none = config("127.0.0.1");
    none.max_redirects = 0;
    f = create(none);
    expect(f, "/ok", PC_OK);
    expect(f, "/hop/1", PC_E_FETCH_REDIRECTS);
    pc_fetch_destroy(f);
}

static void sizes_are_counted_while_they_stream(void **state)
{
    (void)state;
    struct pc_fetch *f = create(config("127.0.0.1"));
    struct result r = get(f, "/endless");
    assert_code(r.rc, PC_E_FETCH_TOO_LARGE);
    assert_int_equal(r.body.len, 0);
    pc_buf_finish(&r.body);
    r = get(f, "/declared-large");
    assert_code(r.rc, PC_E_FETCH_TOO_LARGE);
    assert_int_equal(r.body.len, 0);
    pc_buf_finish(&r.body);
    expect(f, "/endless-redirect", PC_E_FETCH_STATUS);
    pc_fetch_destroy(f);
    struct pc_fetch_config exact = config("127.0.0.1");
    exact.max_bytes = 7;
    f = create(exact);
    expect(f, "/ok", PC_OK);
    expect(f, "/chunked", PC_OK);
    pc_fetch_destroy(f);
    exact.max_bytes = 6;
    f = create(exact);
    expect(f, "/ok", PC_E_FETCH_TOO_LARGE);
    expect(f, "/chunked", PC_E_FETCH_TOO_LARGE);
    pc_fetch_destroy(f);
}

static void slow_hosts_are_left(void **state)
{
    (void)state;
    struct pc_fetch_config cfg = config("127.0.0.1");
    cfg.total_ms = 1000;
    cfg.stall_ms = 600 * 1000; /* so that only the limit of the whole transfer can end it */
    struct pc_fetch *f = create(cfg);
    static const char *const paths[] = {"/slow-header", "/slow-body", "/stall"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct result r = get(f, paths[i]);
        pc_buf_finish(&r.body);
        if (r.rc != PC_E_FETCH_TIMEOUT)
            fail_msg("%s: %s", paths[i], pc_code_name(r.rc));
    }
    pc_fetch_destroy(f);
}

/* Well within the whole time, but next to nothing comes: the time for standing still decides. */
static void standing_still_is_noticed(void **state)
{
    (void)state;
    struct pc_fetch_config cfg = config("127.0.0.1");
    cfg.total_ms = 600 * 1000;
    cfg.stall_ms = 1000;
    struct pc_fetch *f = create(cfg);
    struct result r = get(f, "/slow-body");
    pc_buf_finish(&r.body);
    assert_code(r.rc, PC_E_FETCH_TIMEOUT);
    pc_fetch_destroy(f);
}

static void hosts_that_are_not_there(void **state)
{
    (void)state;
    struct test_server *gone = test_server_start("127.0.0.1", false);
    char *url = pc_xasprintf("http://127.0.0.1:%d/ok", test_server_port(gone));
    test_server_stop(gone);
    struct pc_fetch *f = create(config("127.0.0.1"));
    expect_url(f, url, PC_E_FETCH_CONNECT);
    struct result r = get_url(f, "http://name.invalid/a.jpg");
    assert_code(r.rc, PC_E_FETCH_DNS);
    assert_non_null(strstr(r.err.message, "name.invalid"));
    pc_fetch_destroy(f);
    free(url);
}

struct counting {
    int calls, cancel_at;
};

static bool cancel_later(void *ctx)
{
    struct counting *c = ctx;
    return ++c->calls >= c->cancel_at;
}

static void a_transfer_can_be_cancelled(void **state)
{
    (void)state;
    struct pc_fetch *f = create(config("127.0.0.1"));
    static const char *const paths[] = {"/slow-body", "/stall", "/slow-header", "/ok"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct pc_err err = PC_ERR_INIT;
        struct counting c = {.cancel_at = i == 3 ? 1 : 3};
        char *url = local(paths[i]);
        struct pc_buf body = PC_BUF_INIT;
        assert_code(pc_fetch_get(f, url, &body, cancel_later, &c, NULL, &err), PC_E_CANCELLED);
        pc_buf_finish(&body);
        assert_int_equal(err.code, PC_E_CANCELLED);
        free(url);
    }
    pc_fetch_destroy(f);
}

static void connections_are_kept_for_the_same_host(void **state)
{
    (void)state;
    struct test_server *own = test_server_start("127.0.0.1", false);
    char *url = pc_xasprintf("http://127.0.0.1:%d/keep", test_server_port(own));
    struct pc_fetch *f = create(config("127.0.0.1"));
    for (int i = 0; i < 5; i++)
        expect_url(f, url, PC_OK);
    assert_int_equal(test_server_connections(own), 1);
    pc_fetch_destroy(f);
    test_server_stop(own);
    free(url);
}

struct fetcher {
    struct pc_fetch *f;
    pthread_t thread;
    int failed;
};

static void *fetch_many(void *arg)
{
    struct fetcher *self = arg;
    char *url = local("/hop/2");
    for (int i = 0; i < 5; i++) {
        struct result r = get_url(self->f, url);
        self->failed += r.rc != PC_OK || !pc_str_eq(pc_buf_text(&r.body), "picture");
        pc_buf_finish(&r.body);
    }
    free(url);
    return NULL;
}

static void many_threads_share_one_fetch(void **state)
{
    (void)state;
    struct pc_fetch *f = create(config("127.0.0.1"));
    struct fetcher fetchers[4] = {{f, 0, 0}, {f, 0, 0}, {f, 0, 0}, {f, 0, 0}};
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&fetchers[i].thread, NULL, fetch_many, &fetchers[i]), 0);
    for (int i = 0; i < 4; i++) {
        pthread_join(fetchers[i].thread, NULL);
        assert_int_equal(fetchers[i].failed, 0);
    }
    pc_fetch_destroy(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_arrives_with_its_facts),
        cmocka_unit_test(requests_say_who_and_nothing_else),
        cmocka_unit_test(compressed_bodies_are_unpacked),
        cmocka_unit_test(bodies_in_brotli_are_unpacked),
        cmocka_unit_test(a_bomb_in_brotli_is_refused),
        cmocka_unit_test(a_label_without_its_coding_does_no_harm),
        cmocka_unit_test(a_bomb_is_refused_with_its_reason),
        cmocka_unit_test(cookies_live_within_one_fetch),
        cmocka_unit_test(a_server_that_asks_to_come_back_is_asked_again),
        cmocka_unit_test(the_wait_for_a_server_ends_when_cancelled),
        cmocka_unit_test(documents_are_named),
        cmocka_unit_test(long_urls_arrive),
        cmocka_unit_test(answers_other_than_200_have_their_code),
        cmocka_unit_test(redirects_are_followed_up_to_the_limit),
        cmocka_unit_test(sizes_are_counted_while_they_stream),
        cmocka_unit_test(slow_hosts_are_left),
        cmocka_unit_test(standing_still_is_noticed),
        cmocka_unit_test(hosts_that_are_not_there),
        cmocka_unit_test(a_transfer_can_be_cancelled),
        cmocka_unit_test(connections_are_kept_for_the_same_host),
        cmocka_unit_test(many_threads_share_one_fetch),
    };
    return cmocka_run_group_tests_name("fetch", tests, start_servers, stop_servers);
}
