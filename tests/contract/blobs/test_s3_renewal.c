/* Keys of an S3 account that end, or that the server takes no more: they are renewed, once for all
 * who call, and nobody waits while the old ones are good. */
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "../contract.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "s3_places.h"

enum { THREADS = 8, HOUR_MS = 3600 * 1000 };
#define PING "HEAD /shots"
#define PUT "PUT /shots/p/a"
#define FINE PLAY_ANSWER("200 OK", "")

static struct pc_blobs *opened(struct places *p, const char *more, const char *id, int64_t ends_ms)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    places_want_container(p);
    play_always(p->play, PING, FINE);
    play_always(p->play, PLACES_CONTAINER, places_json(id, ends_ms));
    assert_ok(places_open(p, more, &bs, &err), &err);
    assert_int_equal(play_asked(p->play, PLACES_CONTAINER), 1);
    return bs;
}

static enum pc_code put(struct pc_blobs *bs, struct pc_err *err)
{
    return pc_blobs_put(bs, "a", "hello", 5, err);
}

/* Before the end */

struct pinging {
    struct pc_blobs *bs;
    int64_t until_ms;
    atomic_int failures, slow, n;
};

static void ping_on(void *ctx, int i)
{
    struct pinging *pinging = ctx;
    struct pc_err err = PC_ERR_INIT;
    (void)i;
    for (int64_t at_ms = pc_clock_mono_ms(); at_ms < pinging->until_ms;
         at_ms = pc_clock_mono_ms()) {
        pinging->failures += pc_blobs_ping(pinging->bs, &err) != PC_OK;
        pinging->slow += pc_clock_mono_ms() - at_ms > 400;
        pinging->n++;
        pc_clock_sleep_ms(50);
    }
}

static void keys_are_renewed_before_they_end_and_nobody_waits(void **state)
{
    struct places *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pinging pinging = {.bs = opened(p, "", "OLD", 3000),
                              .until_ms = pc_clock_mono_ms() + 3500};
    play_always(p->play, PLACES_CONTAINER, places_json("NEW", HOUR_MS));
    play_late(p->play, PLACES_CONTAINER, 500);
    play_always(p->play, PUT, FINE);
    contract_threads(THREADS, ping_on, &pinging);
    assert_ok(put(pinging.bs, &err), &err);
    pc_blobs_close(pinging.bs);
    assert_int_equal(pinging.failures, 0);
    assert_int_equal(pinging.slow, 0);
    assert_int_equal(play_asked(p->play, PLACES_CONTAINER), 2);
    places_expect_key(p, PING, 0, "OLD", true);
    places_expect_key(p, PUT, 0, "NEW", true);
}

/* A place that says nothing holds up neither a call nor the end. */
static void a_silent_place_holds_up_nobody_yet(void **state)
{
    struct places *p = *state;
    struct pinging pinging = {.bs = opened(p, "", "OLD", 4000),
                              .until_ms = pc_clock_mono_ms() + 3600};
    play_always(p->play, PLACES_CONTAINER, PLAY_SILENCE);
    contract_threads(2, ping_on, &pinging);
    assert_int_equal(pinging.failures, 0);
    assert_int_equal(pinging.slow, 0);
    assert_int_equal(play_asked(p->play, PLACES_CONTAINER), 2);
    int64_t start_ms = pc_clock_mono_ms();
    pc_blobs_close(pinging.bs);
    assert_true(pc_clock_mono_ms() - start_ms < 3000);
}

/* After it */

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

static void keys_that_ended_are_an_outage_until_there_are_others(void **state)
{
    struct places *p = *state;
    struct pc_err err = PC_ERR_INIT;
    char *log = pc_xasprintf("%s/log", p->dir);
    int stderr_fd = log_to(log);
    struct putting putting = {.bs = opened(p, "&links=presigned", "OLD", 1000)};
    play_always(p->play, PUT, FINE);
    play_always(p->play, PLACES_CONTAINER, PLAY_ANSWER("500 Oops", "hush"));
    pc_clock_sleep_ms(2000);
    assert_code(put(putting.bs, &err), PC_E_STORE_UNAVAILABLE);
    assert_non_null(strstr(err.detail, "from the container"));
    places_expect_hushed(&err);
    assert_int_equal(play_asked(p->play, PUT), 0);
    assert_null(pc_blobs_link(putting.bs, "a", 60));
    pc_clock_sleep_ms(1100); /* it is asked once a second at most */
    int asked = play_asked(p->play, PLACES_CONTAINER);
    play_always(p->play, PLACES_CONTAINER, places_json("NEW", HOUR_MS));
    play_late(p->play, PLACES_CONTAINER, 300);
    contract_threads(THREADS, put_one, &putting);
    assert_int_equal(putting.failures, 0);
    assert_int_equal(play_asked(p->play, PLACES_CONTAINER), asked + 1);
    char *link = pc_blobs_link(putting.bs, "a", 60);
    assert_non_null(link);
    free(link);
    pc_blobs_close(putting.bs);
    log_back(stderr_fd, log, "credentials of the S3 account not renewed");
    free(log);
}

/* When the server takes them no more */

static void a_token_that_the_server_calls_expired_is_renewed_once_for_all(void **state)
{
    struct places *p = *state;
    struct putting putting = {.bs = opened(p, "", "OLD", HOUR_MS)};
    for (int i = 0; i < THREADS; i++)
        play_say(p->play, PUT, PLAY_FAULT("400 Bad Request", "ExpiredToken"));
    for (int i = 0; i < THREADS; i++)
        play_say(p->play, PUT, FINE);
    play_late(p->play, PUT, 500); /* so all have asked before the first is refused */
    play_always(p->play, PLACES_CONTAINER, places_json("NEW", HOUR_MS));
    contract_threads(THREADS, put_one, &putting);
    assert_int_equal(putting.failures, 0);
    assert_int_equal(play_asked(p->play, PLACES_CONTAINER), 2);
    places_expect_key(p, PUT, THREADS - 1, "OLD", true);
    places_expect_key(p, PUT, THREADS, "NEW", true);
    pc_blobs_close(putting.bs);
}

static void the_same_keys_again_are_no_reason_to_try_again(void **state)
{
    struct places *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs = opened(p, "", "OLD", HOUR_MS);
    play_always(p->play, PUT, PLAY_FAULT("400 Bad Request", "ExpiredToken"));
    for (int i = 1; i <= 3; i++) {
        assert_code(put(bs, &err), PC_E_STORE_UNAVAILABLE);
        assert_int_equal(play_asked(p->play, PUT), i);
        assert_int_equal(play_asked(p->play, PLACES_CONTAINER), 2); /* once a second at most */
    }
    pc_blobs_close(bs);
}

static void a_refusal_without_a_word_is_looked_into_once_a_minute(void **state)
{
    struct places *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs = opened(p, "", "OLD", HOUR_MS);
    play_always(p->play, PUT, PLAY_FAULT("403 Forbidden", "AccessDenied"));
    play_always(p->play, PLACES_CONTAINER, places_json("NEW", HOUR_MS));
    assert_code(put(bs, &err), PC_E_STORE_UNAVAILABLE);
    assert_int_equal(play_asked(p->play, PUT), 2);
    assert_code(put(bs, &err), PC_E_STORE_UNAVAILABLE);
    assert_int_equal(play_asked(p->play, PUT), 3);
    assert_int_equal(play_asked(p->play, PLACES_CONTAINER), 2);
    /* HEAD has no body to say why */
    play_always(p->play, PING, PLAY_ANSWER("400 Bad Request", ""));
    assert_code(pc_blobs_ping(bs, &err), PC_E_STORE_UNAVAILABLE);
    assert_int_equal(play_asked(p->play, PLACES_CONTAINER), 2);
    pc_blobs_close(bs);
}

static void a_place_that_fails_then_leaves_the_refusal(void **state)
{
    struct places *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs = opened(p, "", "OLD", HOUR_MS);
    play_always(p->play, PUT, PLAY_FAULT("400 Bad Request", "ExpiredToken"));
    play_always(p->play, PLACES_CONTAINER, PLAY_ANSWER("404 Not Found", "<html>hush"));
    assert_code(put(bs, &err), PC_E_STORE_UNAVAILABLE);
    assert_non_null(strstr(err.detail, "ExpiredToken"));
    places_expect_hushed(&err);
    pc_blobs_close(bs);
}

static void keys_of_the_address_are_nobodys_to_renew(void **state)
{
    struct places *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    places_want_container(p);
    char *address = pc_xasprintf("s3://OWN:hush@shots/p?session_token=t&endpoint="
                                 "http://127.0.0.1:%d",
                                 play_port(p->play));
    play_always(p->play, PUT, PLAY_FAULT("400 Bad Request", "ExpiredToken"));
    assert_ok(pc_blobs_open(&pc_blobs_s3, address, &bs, &err), &err);
    assert_code(put(bs, &err), PC_E_STORE_UNAVAILABLE);
    assert_int_equal(play_asked(p->play, PUT), 1);
    assert_int_equal(play_asked(p->play, PLACES_CONTAINER), 0);
    pc_blobs_close(bs);
    free(address);
}

static void a_file_with_another_key_is_read_again(void **state)
{
    struct places *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    char *path = pc_xstrdup(places_file(
        p, "keys", "[default]\naws_access_key_id = OLD\naws_secret_access_key = hush\n"));
    places_env(p, "AWS_SHARED_CREDENTIALS_FILE", path, false);
    assert_ok(places_open(p, "", &bs, &err), &err);
    (void)places_file(p, "keys",
                      "[default]\naws_access_key_id = NEW\naws_secret_access_key = hush\n");
    play_say(p->play, PUT, PLAY_FAULT("403 Forbidden", "InvalidAccessKeyId"));
    play_say(p->play, PUT, FINE);
    assert_ok(put(bs, &err), &err);
    places_expect_key(p, PUT, 0, "OLD", false);
    places_expect_key(p, PUT, 1, "NEW", false);
    pc_blobs_close(bs);
    free(path);
}

/* Links */

static int64_t number_after(const char *text, const char *name)
{
    const char *at = strstr(text, name);
    return at ? strtoll(at + strlen(name), NULL, 10) : -1;
}

static void a_link_ends_with_the_keys(void **state)
{
    struct places *p = *state;
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

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, places_setup, places_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keys_are_renewed_before_they_end_and_nobody_waits),
        TEST(a_silent_place_holds_up_nobody_yet),
        TEST(keys_that_ended_are_an_outage_until_there_are_others),
        TEST(a_token_that_the_server_calls_expired_is_renewed_once_for_all),
        TEST(the_same_keys_again_are_no_reason_to_try_again),
        TEST(a_refusal_without_a_word_is_looked_into_once_a_minute),
        TEST(a_place_that_fails_then_leaves_the_refusal),
        TEST(keys_of_the_address_are_nobodys_to_renew),
        TEST(a_file_with_another_key_is_read_again),
        TEST(a_link_ends_with_the_keys),
    };
    return cmocka_run_group_tests_name("blobs-s3-renewal", tests, NULL, NULL);
}
