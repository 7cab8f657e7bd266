/* A server whose HTTP/2 fails is asked again in HTTP/1.1. A fetch trusts the system's certificates
 * only, so this program is linked with --wrap=pc_curl_set and adds that of the test server. */
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "curl/handle.h"
#include "fetching.h"

static char certificate[] = "/tmp/fetch-http2-XXXXXX";

/* names of the linker's; NOLINTBEGIN(bugprone-reserved-identifier) */
CURLcode __real_pc_curl_set(CURL *h, const struct pc_curl_options *o);
CURLcode __wrap_pc_curl_set(CURL *h, const struct pc_curl_options *o);

CURLcode __wrap_pc_curl_set(CURL *h, const struct pc_curl_options *o)
{
    CURLcode cc = __real_pc_curl_set(h, o);
    return cc ? cc : curl_easy_setopt(h, CURLOPT_CAINFO, certificate);
}
/* NOLINTEND(bugprone-reserved-identifier) */

static void expect_http1_after_http2(enum test_http2 how)
{
    if (!(curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_HTTP2))
        skip_because("this libcurl has no HTTP/2");
    struct test_server *s = test_server_start_http2("127.0.0.1", how);
    char *url = pc_xasprintf("https://localhost:%d/ok", test_server_port(s));
    struct pc_fetch *f = create(config("127.0.0.1"));
    test_server_save_certificate(s, certificate);
    struct result r = get_url(f, url);
    assert_ok(r.rc, &r.err);
    assert_string_equal(pc_buf_text(&r.body), "picture");
    assert_int_equal(test_server_http2_connections(s), 1);
    assert_int_equal(test_server_requests(s), 1);
    pc_buf_finish(&r.body);
    pc_fetch_destroy(f);
    test_server_stop(s);
    free(url);
}

static void a_reset_stream_is_tried_again_in_http1(void **state)
{
    (void)state;
    expect_http1_after_http2(TEST_HTTP2_RESETS);
}

static void a_broken_connection_is_tried_again_in_http1(void **state)
{
    (void)state;
    expect_http1_after_http2(TEST_HTTP2_INVALID);
}

static int start_all(void **state)
{
    int fd = mkstemp(certificate);
    if (fd < 0)
        return -1;
    close(fd);
    return start_servers(state);
}

static int stop_all(void **state)
{
    unlink(certificate);
    return stop_servers(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reset_stream_is_tried_again_in_http1),
        cmocka_unit_test(a_broken_connection_is_tried_again_in_http1),
    };
    return cmocka_run_group_tests_name("fetch-http2", tests, start_all, stop_all);
}
