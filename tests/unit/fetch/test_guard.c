/* What a fetch refuses: forbidden addresses in all their forms, proxies, bad certificates. */
#include <stdio.h>

#include "base/mem.h"
#include "cases.h"
#include "fetching.h"

static void redirects_lead_to_no_forbidden_place(void **state)
{
    (void)state;
    static const struct {
        const char *to;
        enum pc_code code;
    } cases[] = {
        {"http://127.0.0.2:%d/ok", PC_E_URL_BLOCKED},
        {"//127.0.0.2:%d/ok", PC_E_URL_BLOCKED},
        {"http://[::ffff:127.0.0.2]:%d/ok", PC_E_URL_BLOCKED},
        {"http://0x7f.2:%d/ok", PC_E_URL_BLOCKED},
        {"http://2130706434:%d/ok", PC_E_URL_BLOCKED},
        {"http://[64:ff9b::127.0.0.2]:%d/ok", PC_E_URL_BLOCKED},
        {"http://[::1]:%d/ok", PC_E_URL_BLOCKED},
        {"http://169.254.169.254/latest", PC_E_URL_BLOCKED},
        {"http://user:pw@127.0.0.1:%d/ok", PC_E_BAD_URL},
        {"file:///etc/passwd", PC_E_URL_SCHEME},
        {"FILE:///etc/passwd", PC_E_URL_SCHEME},
        {"gopher://127.0.0.2:%d/_x", PC_E_URL_SCHEME},
        {"dict://127.0.0.2:%d/x", PC_E_URL_SCHEME},
        {"ftp://127.0.0.2:%d/x", PC_E_URL_SCHEME},
        {"scp://127.0.0.2:%d/x", PC_E_URL_SCHEME},
    };
    struct pc_fetch *f = create(config("127.0.0.1"));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char to[128], path[256];
        const char *mark = strstr(cases[i].to, "%d");
        snprintf(to, sizeof to, "%.*s", mark ? (int)(mark - cases[i].to) : 100, cases[i].to);
        snprintf(path, sizeof path, "/redirect/302?%s", to);
        if (mark)
            snprintf(path + strlen(path), sizeof path - strlen(path), "%d%s",
                     test_server_port(inner), mark + 2);
        expect(f, path, cases[i].code);
    }
    assert_int_equal(test_server_connections(inner), 0);
    pc_fetch_destroy(f);
}

struct hostile {
    struct pc_fetch *f;
    char port[16];
};

static void one_hostile(const char *form, const char *wanted, void *ctx)
{
    struct hostile *h = ctx;
    char url[512];
    const char *mark = strstr(form, "PORT");
    snprintf(url, sizeof url, "%.*s%s%s", mark ? (int)(mark - form) : 400, form,
             mark ? h->port : "", mark ? mark + 4 : "");
    struct result r = get_url(h->f, url);
    pc_buf_finish(&r.body);
    if (strcmp(pc_code_name(r.rc), wanted) != 0)
        fail_msg("%s: %s (%s), not %s", url, pc_code_name(r.rc), r.err.detail, wanted);
}

static void hostile_addresses_reach_no_socket(void **state)
{
    (void)state;
    struct test_server *victim = test_server_start("0.0.0.0", false);
    struct hostile h = {.f = create(config(""))};
    snprintf(h.port, sizeof h.port, "%d", test_server_port(victim));
    assert_in_range(for_each_case("hostile.txt", '\t', one_hostile, &h), 40, 1000);
    assert_int_equal(test_server_connections(victim), 0);
    pc_fetch_destroy(h.f);
    test_server_stop(victim);
}

/* A name is checked by the address that it resolves to, each time anew. */
static void names_are_checked_by_their_address(void **state)
{
    (void)state;
    struct pc_fetch *f = create(config("127.0.0.1"));
    char *url = pc_xasprintf("http://localhost:%d/ok", test_server_port(server));
    expect_url(f, url, PC_OK);
    pc_fetch_destroy(f);
    f = create(config("127.0.0.9,10.0.0.0/8"));
    int before = test_server_connections(server);
    struct result r = get_url(f, url);
    pc_buf_finish(&r.body);
    assert_code(r.rc, PC_E_URL_BLOCKED);
    assert_non_null(strstr(r.err.message, "localhost"));
    assert_null(strstr(r.err.message, "127."));
    assert_int_equal(test_server_connections(server), before);
    free(url);
    pc_fetch_destroy(f);
}

static void proxies_of_the_environment_are_ignored(void **state)
{
    (void)state;
    static const char *const names[] = {"http_proxy",  "HTTP_PROXY", "https_proxy",
                                        "HTTPS_PROXY", "all_proxy",  "ALL_PROXY"};
    struct test_server *proxy = test_server_start("127.0.0.1", false);
    char *address = pc_xasprintf("http://127.0.0.1:%d", test_server_port(proxy));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        setenv(names[i], address, 1);
    struct pc_fetch *f = create(config("127.0.0.1"));
    struct result r = get_url(f, "http://name.invalid/ok");
    pc_buf_finish(&r.body);
    assert_true(r.rc == PC_E_FETCH_DNS || r.rc == PC_E_FETCH_CONNECT); /* so no proxy answered */
    expect(f, "/ok", PC_OK);
    pc_fetch_destroy(f);
    f = create(config(""));
    expect(f, "/ok", PC_E_URL_BLOCKED);
    pc_fetch_destroy(f);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unsetenv(names[i]);
    assert_int_equal(test_server_connections(proxy), 0);
    free(address);
    test_server_stop(proxy);
}

static void our_own_proxy_is_used(void **state)
{
    (void)state;
    struct pc_fetch_config cfg = config("");
    char *address = pc_xasprintf("http://127.0.0.1:%d", test_server_port(server));
    cfg.proxy = address;
    setenv("no_proxy", "*", 1);
    struct pc_fetch *f = create(cfg);
    struct result r = get_url(f, "http://name.invalid/ok");
    assert_ok(r.rc, &r.err);
    assert_string_equal(pc_buf_text(&r.body), "picture");
    pc_buf_finish(&r.body);
    int before = test_server_requests(server);
    /* a literal address is checked although the proxy would go there */
    expect_url(f, "http://169.254.169.254/ok", PC_E_URL_BLOCKED);
    assert_int_equal(test_server_requests(server), before);
    unsetenv("no_proxy");
    pc_fetch_destroy(f);
    free(address);
}

static void certificates_are_checked(void **state)
{
    (void)state;
    struct test_server *tls = test_server_start("127.0.0.1", true);
    struct pc_fetch *f = create(config("127.0.0.1"));
    char *url = pc_xasprintf("https://localhost:%d/ok", test_server_port(tls));
    expect_url(f, url, PC_E_FETCH_TLS);
    assert_int_equal(test_server_requests(tls), 0);
    free(url);
    url = pc_xasprintf("https://127.0.0.1:%d/ok", test_server_port(server)); /* speaks no TLS */
    expect_url(f, url, PC_E_FETCH_TLS);
    free(url);
    pc_fetch_destroy(f);
    test_server_stop(tls);
}

static void literal_addresses_are_checked_without_a_lookup(void **state)
{
    (void)state;
    struct pc_fetch *f = create(config("10.0.0.0/8"));
    struct pc_err err = PC_ERR_INIT;
    static const char *const open[] = {"http://10.1.2.3:80/", "http://8.8.8.8/a?b",
                                       "https://[2606:4700::1]:8443/x", "http://localhost/",
                                       "http://name.invalid"};
    static const char *const closed[] = {"http://127.0.0.1:80/", "http://192.168.1.1",
                                         "http://169.254.169.254?x", "http://[::1]:80/",
                                         "http://[::ffff:127.0.0.1]/"};
    for (size_t i = 0; i < 5; i++) {
        assert_ok(pc_fetch_check_url(f, open[i], &err), &err);
        assert_code(pc_fetch_check_url(f, closed[i], &err), PC_E_URL_BLOCKED);
    }
    assert_code(pc_fetch_check_url(f, "nonsense", &err), PC_E_BAD_URL);
    pc_fetch_destroy(f);
}

static void a_bad_allow_list_is_refused(void **state)
{
    (void)state;
    struct pc_fetch_config cfg = config("127.0.0.1,nonsense");
    struct pc_fetch *f;
    struct pc_err err = PC_ERR_INIT;
    assert_code(pc_fetch_create(&cfg, &f, &err), PC_E_CONFIG);
    assert_non_null(strstr(err.message, "nonsense"));
    pc_fetch_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(redirects_lead_to_no_forbidden_place),
        cmocka_unit_test(hostile_addresses_reach_no_socket),
        cmocka_unit_test(names_are_checked_by_their_address),
        cmocka_unit_test(proxies_of_the_environment_are_ignored),
        cmocka_unit_test(our_own_proxy_is_used),
        cmocka_unit_test(certificates_are_checked),
        cmocka_unit_test(literal_addresses_are_checked_without_a_lookup),
        cmocka_unit_test(a_bad_allow_list_is_refused),
    };
    return cmocka_run_group_tests_name("fetch-guard", tests, start_servers, stop_servers);
}
