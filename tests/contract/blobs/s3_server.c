#include "s3_server.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "support.h"

static struct test_server *server; /* NULL: it was given, or there is none */
static struct {
    char *account; /* "KEY:SECRET@" */
    char *key_id, *bucket;
    char *base;  /* of the prefixes: "pc-test-1-2/" */
    char *query; /* "endpoint=..." */
} target;

/* --- start and stop --- */

static void stop_own(void)
{
    test_server_stop(server);
    server = NULL;
}

static void take_own(void)
{
    const char *why;
    server = test_server_start(TEST_S3, &why);
    if (!server)
        return;
    target.account = pc_xstrdup("tester:tester%2Fsecret%2Bkey@");
    target.key_id = pc_xstrdup("tester");
    target.bucket = pc_xstrdup("shots");
    target.base = pc_xstrdup("");
    target.query = pc_xasprintf("endpoint=http://127.0.0.1:%d", test_server_port(server));
    atexit(stop_own);
}

static bool remove_it(void *ctx, const char *key, int64_t size, int64_t modified_ms)
{
    struct pc_err err = PC_ERR_INIT;
    (void)size, (void)modified_ms;
    return pc_blobs_remove(ctx, key, &err) == PC_OK;
}

/* Not at exit: libcrypto has cleaned up before. */
void s3_clear(const char *url)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    if (server || pc_blobs_open(&pc_blobs_s3, url, &bs, &err))
        return;
    (void)!pc_blobs_walk(bs, "", remove_it, bs, &err);
    pc_blobs_close(bs);
}

int s3_leave(void **state)
{
    char *url = s3_below("", "");
    (void)state;
    s3_clear(url);
    free(url);
    return 0;
}

static void take_given(const char *url)
{
    const char *at = strrchr(url, '@'), *query = strchr(url, '?');
    const char *account = url + strlen("s3://");
    if (!pc_str_starts(url, "s3://") || !at || !query || query < at)
        fail_msg("POSECRAFT_TEST_S3 is not s3://KEY:SECRET@BUCKET?endpoint=...");
    size_t bucket_len = strcspn(at + 1, "/?");
    target.account = pc_xstrndup(account, (size_t)(at + 1 - account));
    target.key_id = pc_xstrndup(account, strcspn(account, ":"));
    target.bucket = pc_xstrndup(at + 1, bucket_len);
    target.base = pc_xasprintf("pc-test-%lld-%d/", (long long)pc_clock_wall_ms(), (int)getpid());
    target.query = pc_xstrdup(query + 1);
}

bool s3_there(void)
{
    static bool looked;
    const char *given = getenv("POSECRAFT_TEST_S3");
    if (!looked) {
        looked = true;
        setenv("no_proxy", "127.0.0.1", 1);
        if (given && *given)
            take_given(given);
        else
            take_own();
    }
    return target.account != NULL;
}

struct test_server *s3_own_server(void)
{
    if (!server)
        skip_because("it needs a server that it may stop, not the one in POSECRAFT_TEST_S3");
    return server;
}

/* --- URLs --- */

static char *url_of(const char *account, const char *bucket, const char *prefix, const char *more)
{
    return pc_xasprintf("s3://%s%s/%s%s?%s%s", account ? account : target.account,
                        bucket ? bucket : target.bucket, target.base, prefix, target.query, more);
}

char *s3_below(const char *prefix, const char *more)
{
    return url_of(NULL, NULL, prefix, more);
}

char *s3_stranger(const char *account, const char *bucket)
{
    return url_of(account, bucket, "", "");
}

char *s3_fresh(const char *more)
{
    static int n;
    char prefix[32];
    if (!s3_there())
        return NULL;
    snprintf(prefix, sizeof prefix, "store-%d", ++n);
    return s3_below(prefix, more);
}

const char *s3_key_id(void)
{
    return target.key_id;
}

/* --- stores --- */

struct pc_blobs *s3_open(const char *url)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    assert_ok(pc_blobs_open(&pc_blobs_s3, url, &bs, &err), &err);
    return bs;
}

struct pc_blobs *s3_open_fresh(const char *more)
{
    char *url = s3_fresh(more);
    struct pc_blobs *bs = s3_open(url);
    free(url);
    return bs;
}

void s3_put(struct pc_blobs *bs, const char *key, const void *data, size_t len)
{
    struct pc_err err = PC_ERR_INIT;
    assert_ok(pc_blobs_put(bs, key, data, len, &err), &err);
}

void s3_expect(struct pc_blobs *bs, const char *key, const char *text)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_buf buf = PC_BUF_INIT;
    assert_ok(pc_blobs_get(bs, key, MIB, &buf, &err), &err);
    assert_string_equal(pc_buf_text(&buf), text);
    pc_buf_finish(&buf);
}

static bool count_one(void *ctx, const char *key, int64_t size, int64_t modified_ms)
{
    (void)key, (void)size, (void)modified_ms;
    ++*(int *)ctx;
    return true;
}

int s3_count(struct pc_blobs *bs)
{
    struct pc_err err = PC_ERR_INIT;
    int n = 0;
    assert_ok(pc_blobs_walk(bs, "", count_one, &n, &err), &err);
    return n;
}

char *s3_noise(size_t len)
{
    char *bytes = pc_xzalloc(len);
    uint32_t x = 12345;
    for (size_t i = 0; i < len; i++) {
        x = x * 1664525U + 1013904223U;
        bytes[i] = (char)(x >> 24);
    }
    return bytes;
}
