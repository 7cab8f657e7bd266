#include "fetching.h"

#include <signal.h>

#include "base/mem.h"
#include "base/str.h"

struct test_server *server, *inner;

struct pc_fetch *create(struct pc_fetch_config cfg)
{
    struct pc_fetch *f;
    struct pc_err err = PC_ERR_INIT;
    assert_ok(pc_fetch_create(&cfg, &f, &err), &err);
    return f;
}

struct pc_fetch_config config(const char *allow)
{
    return (struct pc_fetch_config){.allow = allow,
                                    .proxy = "",
                                    .total_ms = 60000,
                                    .connect_ms = 6000,
                                    .max_bytes = 100000,
                                    .max_redirects = 3};
}

char *local(const char *path)
{
    return pc_xasprintf("http://127.0.0.1:%d%s", test_server_port(server), path);
}

struct result get_url(struct pc_fetch *f, const char *url)
{
    struct result r = {.body = PC_BUF_INIT};
    r.rc = pc_fetch_get(f, url, &r.body, NULL, NULL, &r.info, &r.err);
    return r;
}

struct result get(struct pc_fetch *f, const char *path)
{
    char *url = local(path);
    struct result r = get_url(f, url);
    free(url);
    return r;
}

void expect_url(struct pc_fetch *f, const char *url, enum pc_code wanted)
{
    struct result r = get_url(f, url);
    pc_buf_finish(&r.body);
    if (r.rc != wanted)
        fail_msg("%s: %s (%s) [%s], not %s", url, pc_code_name(r.rc), r.err.message, r.err.detail,
                 pc_code_name(wanted));
    if (wanted) {
        assert_int_equal(r.err.code, wanted);
        assert_true(strlen(r.err.message) > 10);
        assert_null(strstr(r.err.message, "127.0.0.2"));
    }
}

void expect(struct pc_fetch *f, const char *path, enum pc_code wanted)
{
    char *url = local(path);
    expect_url(f, url, wanted);
    free(url);
}

int start_servers(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_IGN); /* the TLS server writes to closed connections */
    setenv("RES_OPTIONS", "timeout:1 attempts:1", 1); /* names without a network fail soon */
    server = test_server_start("127.0.0.1", false);
    inner = test_server_start("127.0.0.2", false);
    return 0;
}

int stop_servers(void **state)
{
    (void)state;
    test_server_stop(server);
    test_server_stop(inner);
    return 0;
}
