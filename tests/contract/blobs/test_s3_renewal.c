/* Credentials of an S3 account that expire, or that the server rejects: they are renewed, once for
 * all requests, and nobody waits while the old ones are good. The clock stands still unless a test
 * advances it. */
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "../contract.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "clock_in_hand.h"
#include "fake_providers.h"

enum { THREADS = 8, HOUR_MS = 3600 * 1000, WATCHDOG_ROUNDS = 5000 };
#define PING "HEAD /shots"
#define PUT "PUT /shots/p/a"
#define FINE FAKE_RESPONSE("200 OK", "")

static struct pc_blobs *opened(struct fake_providers *p, const char *more, const char *id,
                               int64_t expires_ms)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    providers_enable_container(p);
    fake_server_always_reply(p->server, PING, FINE);
    fake_server_always_reply(p->server, AT_CONTAINER, providers_json(id, expires_ms));
    assert_ok(providers_open_store(p, more, &bs, &err), &err);
    assert_int_equal(fake_server_count(p->server, AT_CONTAINER), 1);
    return bs;
}

static enum pc_code put(struct pc_blobs *bs, struct pc_err *err)
{
    return pc_blobs_put(bs, "a", "hello", 5, err);
}

/* --- before they expire --- */

/* These leave five minutes before they expire. */
enum { NEARLY_EXPIRED_MS = HOUR_MS - 4 * 60 * 1000 };

/* Requests on, with credentials that are good, until the server has seen the new ones. */
static void put_until_signed_by(struct fake_providers *p, struct pc_blobs *bs, const char *id)
{
    struct pc_err err = PC_ERR_INIT;
    for (int i = 0; i < WATCHDOG_ROUNDS; i++) {
        int n = fake_server_count(p->server, PUT);
        assert_ok(put(bs, &err), &err);
        if (strstr(fake_server_request(p->server, PUT, n), id))
            return;
        pc_clock_sleep_ms(20);
    }
    fail_msg("no request is signed by %s", id);
}

static void credentials_are_renewed_before_they_expire(void **state)
{
    struct fake_providers *p = *state;
    struct pc_blobs *bs = opened(p, "", "OLD", HOUR_MS);
    fake_server_always_reply(p->server, PUT, FINE);
    put_until_signed_by(p, bs, "OLD");
    assert_int_equal(fake_server_count(p->server, AT_CONTAINER), 1);
    fake_server_always_reply(p->server, AT_CONTAINER, providers_json("NEW", 2 * HOUR_MS));
    clock_advance_ms(NEARLY_EXPIRED_MS);
    put_until_signed_by(p, bs, "NEW");
    assert_int_equal(fake_server_count(p->server, AT_CONTAINER), 2);
    pc_blobs_close(bs);
}

static void wait_for_requests(struct fake_providers *p, const char *where, int n)
{
    for (int i = 0; i < WATCHDOG_ROUNDS && fake_server_count(p->server, where) < n; i++)
        pc_clock_sleep_ms(20);
    assert_true(fake_server_count(p->server, where) >= n);
}

/* A request is answered while the provider is being asked and says nothing. A machine may be so slow
 * that the cache gives the provider up meanwhile; then it is tried again. */
static void a_silent_provider_delays_nobody_before_expiry(void **state)
{
    enum { RETRY_MS = 31 * 1000, ATTEMPTS = 5 };
    struct fake_providers *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs = opened(p, "", "OLD", HOUR_MS);
    bool overtook = false;
    fake_server_always_reply(p->server, AT_CONTAINER, FAKE_SILENCE);
    clock_advance_ms(NEARLY_EXPIRED_MS);
    for (int i = 0; i < ATTEMPTS && !overtook; i++) {
        wait_for_requests(p, AT_CONTAINER, fake_server_given_up(p->server) + 2);
        int before = fake_server_given_up(p->server);
        assert_ok(pc_blobs_ping(bs, &err), &err);
        overtook = fake_server_given_up(p->server) == before;
        clock_advance_ms(RETRY_MS);
    }
    assert_true(overtook);
    pc_blobs_close(bs);
}

/* --- after they expired --- */

struct putting {
    struct pc_blobs *bs;
    atomic_int failures;
};

static void put_one(void *ctx, int i)
{
    struct putting *putting = ctx;
    struct pc_err err = PC_ERR_INIT;
    (void)i;
    putting->failures += put(putting->bs, &err) != PC_OK;
}

static int log_to(const char *path)
{
    int old = dup(STDERR_FILENO), fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(old >= 0 && fd >= 0);
    dup2(fd, STDERR_FILENO);
    close(fd);
    return old;
}

static void log_back(int old, const char *path, const char *word)
{
    struct pc_buf log = PC_BUF_INIT;
    struct pc_err err = PC_ERR_INIT;
    dup2(old, STDERR_FILENO);
    close(old);
    assert_ok(pc_buf_read_file(&log, path, 1 << 20, &err), &err);
    assert_non_null(strstr(pc_buf_text(&log), word));
    assert_null(strstr(pc_buf_text(&log), "hush"));
    pc_buf_finish(&log);
}

static void expired_credentials_are_an_outage_until_there_are_new_ones(void **state)
{
    struct fake_providers *p = *state;
    struct pc_err err = PC_ERR_INIT;
    char *log = pc_xasprintf("%s/log", p->dir);
    int stderr_fd = log_to(log);
    struct putting putting = {.bs = opened(p, "&links=presigned", "OLD", HOUR_MS)};
    fake_server_always_reply(p->server, PUT, FINE);
    fake_server_always_reply(p->server, AT_CONTAINER, FAKE_RESPONSE("500 Oops", "hush"));
    clock_advance_ms(HOUR_MS);
    assert_code(put(putting.bs, &err), PC_E_STORE_UNAVAILABLE);
    assert_non_null(strstr(err.detail, "from the container"));
    providers_expect_no_secret(&err);
    assert_int_equal(fake_server_count(p->server, PUT), 0);
    assert_null(pc_blobs_link(putting.bs, "a", 60));
    assert_code(put(putting.bs, &err), PC_E_STORE_UNAVAILABLE);
    int asked = fake_server_count(p->server, AT_CONTAINER);
    fake_server_always_reply(p->server, AT_CONTAINER, providers_json("NEW", HOUR_MS));
    clock_advance_ms(1100); /* the provider is asked once a second at most */
    contract_threads(THREADS, put_one, &putting);
    assert_int_equal(putting.failures, 0);
    assert_int_equal(fake_server_count(p->server, AT_CONTAINER), asked + 1);
    char *link = pc_blobs_link(putting.bs, "a", 60);
    assert_non_null(link);
    free(link);
    pc_blobs_close(putting.bs);
    log_back(stderr_fd, log, "credentials of the S3 account not renewed");
    free(log);
}

/* --- when the server rejects them --- */

static void a_token_that_the_server_calls_expired_is_renewed_once_for_all(void **state)
{
    struct fake_providers *p = *state;
    struct putting putting = {.bs = opened(p, "", "OLD", HOUR_MS)};
    for (int i = 0; i < THREADS; i++)
        fake_server_reply(p->server, PUT, FAKE_ERROR("400 Bad Request", "ExpiredToken"));
    for (int i = 0; i < THREADS; i++)
        fake_server_reply(p->server, PUT, FINE);
    fake_server_gather(p->server, PUT, THREADS); /* all are sent before the first is rejected */
    fake_server_always_reply(p->server, AT_CONTAINER, providers_json("NEW", HOUR_MS));
    contract_threads(THREADS, put_one, &putting);
    assert_int_equal(putting.failures, 0);
    assert_int_equal(fake_server_count(p->server, AT_CONTAINER), 2);
    providers_expect_signed_by(p, PUT, THREADS - 1, "OLD", true);
    providers_expect_signed_by(p, PUT, THREADS, "NEW", true);
    pc_blobs_close(putting.bs);
}

static void the_same_credentials_again_are_no_reason_to_retry(void **state)
{
    struct fake_providers *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs = opened(p, "", "OLD", HOUR_MS);
    fake_server_always_reply(p->server, PUT, FAKE_ERROR("400 Bad Request", "ExpiredToken"));
    for (int i = 1; i <= 3; i++) {
        assert_code(put(bs, &err), PC_E_STORE_UNAVAILABLE);
        assert_int_equal(fake_server_count(p->server, PUT), i);
        assert_int_equal(fake_server_count(p->server, AT_CONTAINER), 2); /* once a second at most */
    }
    pc_blobs_close(bs);
}

static void an_unexplained_rejection_renews_once_a_minute(void **state)
{
    struct fake_providers *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs = opened(p, "", "OLD", HOUR_MS);
    fake_server_always_reply(p->server, PUT, FAKE_ERROR("403 Forbidden", "AccessDenied"));
    fake_server_always_reply(p->server, AT_CONTAINER, providers_json("NEW", HOUR_MS));
    assert_code(put(bs, &err), PC_E_STORE_UNAVAILABLE);
    assert_int_equal(fake_server_count(p->server, PUT), 2);
    assert_code(put(bs, &err), PC_E_STORE_UNAVAILABLE);
    assert_int_equal(fake_server_count(p->server, PUT), 3);
    assert_int_equal(fake_server_count(p->server, AT_CONTAINER), 2);
    /* HEAD has no body to say why */
    fake_server_always_reply(p->server, PING, FAKE_RESPONSE("400 Bad Request", ""));
    assert_code(pc_blobs_ping(bs, &err), PC_E_STORE_UNAVAILABLE);
    assert_int_equal(fake_server_count(p->server, AT_CONTAINER), 2);
    pc_blobs_close(bs);
}

static void when_the_provider_fails_the_rejection_stands(void **state)
{
    struct fake_providers *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs = opened(p, "", "OLD", HOUR_MS);
    fake_server_always_reply(p->server, PUT, FAKE_ERROR("400 Bad Request", "ExpiredToken"));
    fake_server_always_reply(p->server, AT_CONTAINER, FAKE_RESPONSE("404 Not Found", "<html>hush"));
    assert_code(put(bs, &err), PC_E_STORE_UNAVAILABLE);
    assert_non_null(strstr(err.detail, "ExpiredToken"));
    providers_expect_no_secret(&err);
    pc_blobs_close(bs);
}

static void credentials_of_the_url_are_not_renewed(void **state)
{
    struct fake_providers *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    providers_enable_container(p);
    char *url = pc_xasprintf("s3://OWN:hush@shots/p?session_token=t&endpoint="
                             "http://127.0.0.1:%d",
                             fake_server_port(p->server));
    fake_server_always_reply(p->server, PUT, FAKE_ERROR("400 Bad Request", "ExpiredToken"));
    assert_ok(pc_blobs_open(&pc_blobs_s3, url, &bs, &err), &err);
    assert_code(put(bs, &err), PC_E_STORE_UNAVAILABLE);
    assert_int_equal(fake_server_count(p->server, PUT), 1);
    assert_int_equal(fake_server_count(p->server, AT_CONTAINER), 0);
    pc_blobs_close(bs);
    free(url);
}

static void a_file_with_another_key_is_read_again(void **state)
{
    struct fake_providers *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    char *path = pc_xstrdup(providers_write_file(
        p, "keys", "[default]\naws_access_key_id = OLD\naws_secret_access_key = hush\n"));
    providers_setenv(p, "AWS_SHARED_CREDENTIALS_FILE", path, false);
    assert_ok(providers_open_store(p, "", &bs, &err), &err);
    (void)providers_write_file(
        p, "keys", "[default]\naws_access_key_id = NEW\naws_secret_access_key = hush\n");
    fake_server_reply(p->server, PUT, FAKE_ERROR("403 Forbidden", "InvalidAccessKeyId"));
    fake_server_reply(p->server, PUT, FINE);
    assert_ok(put(bs, &err), &err);
    providers_expect_signed_by(p, PUT, 0, "OLD", false);
    providers_expect_signed_by(p, PUT, 1, "NEW", false);
    pc_blobs_close(bs);
    free(path);
}

/* --- links --- */

static int64_t number_after(const char *text, const char *name)
{
    const char *at = strstr(text, name);
    return at ? strtoll(at + strlen(name), NULL, 10) : -1;
}

static void a_link_expires_with_the_credentials(void **state)
{
    struct fake_providers *p = *state;
    enum { LIFE_S = 600 };
    int64_t ends_s = pc_clock_wall_ms() / 1000 + LIFE_S;
    struct pc_blobs *bs = opened(p, "&links=presigned", "OLD", (int64_t)LIFE_S * 1000);
    char *link = pc_blobs_link(bs, "a", 3600);
    struct tm utc = {0};
    assert_non_null(strptime(strstr(link, "X-Amz-Date=") + 11, "%Y%m%dT%H%M%SZ", &utc));
    int64_t end_s = (int64_t)timegm(&utc) + number_after(link, "X-Amz-Expires=");
    assert_in_range(end_s, ends_s - 1, ends_s + 1);
    assert_non_null(strstr(link, "X-Amz-Security-Token=hush-token-OLD&"));
    free(link);
    pc_blobs_close(bs);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, providers_setup, providers_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(credentials_are_renewed_before_they_expire),
        TEST(a_silent_provider_delays_nobody_before_expiry),
        TEST(expired_credentials_are_an_outage_until_there_are_new_ones),
        TEST(a_token_that_the_server_calls_expired_is_renewed_once_for_all),
        TEST(the_same_credentials_again_are_no_reason_to_retry),
        TEST(an_unexplained_rejection_renews_once_a_minute),
        TEST(when_the_provider_fails_the_rejection_stands),
        TEST(credentials_of_the_url_are_not_renewed),
        TEST(a_file_with_another_key_is_read_again),
        TEST(a_link_expires_with_the_credentials),
    };
    return cmocka_run_group_tests_name("blobs-s3-renewal", tests, NULL, NULL);
}
