/* What the S3 driver makes of answers that a healthy server never gives: busy, full, broken, lying.
 * They are played: each request gets the next line of a script. */
#include <strings.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "blobs/drivers.h"
#include "s3_play.h"
#include "support.h"

#define UPLOAD(key, id)                                                                            \
    "<Upload><Key>" key "</Key><UploadId>" id "</UploadId><Initiated>2026-01-01T00:00:00Z"         \
    "</Initiated></Upload>"

static int setup(void **state)
{
    setenv("no_proxy", "127.0.0.1,localhost,.localhost", 1);
    *state = play_start();
    return 0;
}

static int teardown(void **state)
{
    play_stop(*state);
    return 0;
}

static void say(struct play *p, const char *line)
{
    play_say(p, "", line);
}

static enum pc_code try_open(struct play *s, const char *more, struct pc_blobs **bs,
                             struct pc_err *err)
{
    char *address = pc_xasprintf("s3://key:secret@shots/p?endpoint=http://localhost:%d&timeout=2%s",
                                 play_port(s), more);
    enum pc_code rc = pc_blobs_open(&pc_blobs_s3, address, bs, err);
    free(address);
    return rc;
}

/* All lines of the script were said. */
static void end(struct play *s, struct pc_blobs *bs)
{
    assert_int_equal(play_left(s, ""), 0);
    pc_blobs_close(bs);
}

static void busy_servers_are_asked_again(void **state)
{
    struct play *s = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    say(s, PLAY_FAULT("503 Slow Down", "SlowDown"));
    say(s, PLAY_HANG_UP);
    say(s, PLAY_EMPTY_LIST);
    say(s, PLAY_FAULT("429 Too Many Requests", "SlowDown"));
    say(s, PLAY_FAULT("500 Internal", "InternalError"));
    say(s, PLAY_FAULT("400 Bad Request", "RequestTimeout"));
    say(s, PLAY_ANSWER("200 OK", ""));
    assert_ok(try_open(s, "", &bs, &err), &err);
    assert_ok(pc_blobs_put(bs, "a", "hello", 5, &err), &err);
    end(s, bs);
}

static void tries_have_an_end(void **state)
{
    struct play *s = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    say(s, PLAY_EMPTY_LIST);
    for (int i = 0; i < 5; i++)
        say(s, PLAY_FAULT("500 Internal", "InternalError"));
    assert_ok(try_open(s, "", &bs, &err), &err);
    int64_t start_ms = pc_clock_mono_ms();
    assert_code(pc_blobs_put(bs, "a", "hello", 5, &err), PC_E_STORE_UNAVAILABLE);
    assert_true(pc_clock_mono_ms() - start_ms < 6000);
    assert_non_null(strstr(err.detail, "InternalError"));
    end(s, bs);
}

static void full_is_full_at_once(void **state)
{
    struct play *s = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    say(s, PLAY_EMPTY_LIST);
    say(s, PLAY_FAULT("507 Insufficient Storage", "XMinioStorageFull"));
    say(s, PLAY_FAULT("403 Forbidden", "QuotaExceeded"));
    assert_ok(try_open(s, "", &bs, &err), &err);
    assert_code(pc_blobs_put(bs, "a", "hello", 5, &err), PC_E_STORE_FULL);
    assert_code(pc_blobs_put(bs, "a", "hello", 5, &err), PC_E_STORE_FULL);
    end(s, bs);
}

static void only_the_store_says_that_a_blob_is_not_there(void **state)
{
    struct play *s = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    struct pc_blob_reader *r;
    say(s, PLAY_EMPTY_LIST);
    say(s, PLAY_FAULT("404 Not Found", "NoSuchKey"));
    say(s, PLAY_ANSWER("404 Not Found", "<html>no such site</html>"));
    say(s, PLAY_FAULT("404 Not Found", "NoSuchBucket"));
    say(s, PLAY_FAULT("403 Forbidden", "AccessDenied"));
    assert_ok(try_open(s, "", &bs, &err), &err);
    assert_code(pc_blobs_read(bs, "a", &r, &err), PC_E_NOT_FOUND);
    for (int i = 0; i < 3; i++)
        assert_code(pc_blobs_read(bs, "a", &r, &err), PC_E_STORE_UNAVAILABLE);
    end(s, bs);
}

static void refused_with(void **state, const char *line, const char *word)
{
    struct play *s = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    say(s, line);
    assert_code(try_open(s, "", &bs, &err), PC_E_CONFIG);
    if (!strstr(err.message, word))
        fail_msg("\"%s\" does not say %s", err.message, word);
    end(s, NULL);
}

static void refusals_name_the_cure(void **state)
{
    refused_with(state, PLAY_FAULT("403 Forbidden", "RequestTimeTooSkewed"), "clocks");
    refused_with(state, PLAY_FAULT("400 Bad Request", "ExpiredToken"), "expired");
    refused_with(state, PLAY_FAULT("403 Forbidden", "AccessDenied"), "rights");
    refused_with(state,
                 PLAY_ANSWER("301 Moved", "<Error><Code>PermanentRedirect</Code><Region>eu-west-1"
                                          "</Region></Error>"),
                 "eu-west-1");
    refused_with(state,
                 "HTTP/1.1 400 Bad\r\nConnection: close\r\nx-amz-bucket-region: eu-west-2\r\n\r\n"
                 "<Error><Code>AuthorizationHeaderMalformed</Code></Error>",
                 "eu-west-2");
    refused_with(state, PLAY_ANSWER("404 Not Found", "nothing here"), "status 404");
}

static void lies_are_not_believed(void **state)
{
    struct play *s = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    struct pc_blob_reader *r;
    int n = 0;
    say(s, PLAY_EMPTY_LIST);
    say(s,
        "HTTP/1.1 206 Partial\r\nConnection: close\r\nContent-Range: bytes 0-4/100\r\n\r\nhello");
    say(s, "HTTP/1.1 206 Partial\r\nConnection: close\r\n\r\nhello");
    say(s, PLAY_ANSWER("200 OK", "<ListBucketResult><Contents>"));
    say(s, PLAY_ANSWER("200 OK", "<!DOCTYPE x [<!ENTITY a 'b'>]><ListMultipartUploadsResult/>"));
    assert_ok(try_open(s, "", &bs, &err), &err);
    assert_code(pc_blobs_read(bs, "a", &r, &err), PC_E_STORE_UNAVAILABLE);
    assert_code(pc_blobs_read(bs, "a", &r, &err), PC_E_STORE_UNAVAILABLE);
    assert_code(pc_blobs_walk(bs, "", NULL, NULL, &err), PC_E_STORE_UNAVAILABLE);
    assert_code(pc_blobs_sweep(bs, 0, &n, &err), PC_E_STORE_UNAVAILABLE);
    end(s, bs);
}

static void a_server_without_ranges_will_do(void **state)
{
    struct play *s = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    struct pc_buf buf = PC_BUF_INIT;
    int n = 0;
    say(s, PLAY_EMPTY_LIST);
    say(s, PLAY_ANSWER("200 OK", "hello"));
    say(s, PLAY_FAULT("501 Not Implemented", "NotImplemented"));
    say(s, PLAY_FAULT("404 Not Found", "NoSuchUpload"));
    assert_ok(try_open(s, "", &bs, &err), &err);
    assert_ok(pc_blobs_get(bs, "a", 100, &buf, &err), &err);
    assert_string_equal(pc_buf_text(&buf), "hello");
    assert_ok(pc_blobs_sweep(bs, 0, &n, &err), &err);
    assert_ok(pc_blobs_sweep(bs, 0, &n, &err), &err);
    pc_buf_finish(&buf);
    end(s, bs);
}

static void uploads_are_looked_for_without_a_prefix_too(void **state)
{
    struct play *s = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    int n = 0;
    say(s, PLAY_EMPTY_LIST);
    say(s, PLAY_ANSWER("200 OK", "<ListMultipartUploadsResult/>"));
    say(s, PLAY_ANSWER("200 OK", "<ListMultipartUploadsResult>" UPLOAD("p/a", "mine")
                                     UPLOAD("q/a", "theirs") UPLOAD("p/not ours", "theirs")
                                         UPLOAD("p/", "theirs") "</ListMultipartUploadsResult>"));
    say(s, PLAY_ANSWER("204 No Content", ""));
    say(s, PLAY_ANSWER("200 OK", "<ListMultipartUploadsResult/>"));
    say(s, PLAY_FAULT("403 Forbidden", "AccessDenied"));
    assert_ok(try_open(s, "", &bs, &err), &err);
    assert_ok(pc_blobs_sweep(bs, 2000000000000, &n, &err), &err);
    assert_int_equal(n, 1);
    assert_non_null(strstr(play_request(s, "", 1), "&prefix=p%2F&"));
    assert_non_null(strstr(play_request(s, "", 2), "&prefix=&"));
    assert_true(pc_str_starts(play_request(s, "", 3), "DELETE /shots/p/a?uploadId=mine HTTP"));
    assert_ok(pc_blobs_sweep(bs, 2000000000000, &n, &err), &err);
    assert_int_equal(n, 0);
    end(s, bs);
}

/* An end of an upload in parts that says 200 and then an error is one; the parts are given up. */
static void an_upload_may_fail_at_its_end(void **state)
{
    struct play *s = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    enum { LEN = 17 << 20 };
    char *bytes = pc_xzalloc(LEN);
    say(s, PLAY_EMPTY_LIST);
    say(s, PLAY_ANSWER("200 OK", "<InitiateMultipartUploadResult><UploadId>u&amp;1</UploadId>"
                                 "</InitiateMultipartUploadResult>"));
    for (int part = 0; part < 3; part++)
        say(s, PLAY_ANSWER("200 OK", ""));
    say(s, PLAY_FAULT("200 OK", "InternalError"));
    say(s, PLAY_ANSWER("404 Not Found", ""));
    say(s, PLAY_ANSWER("204 No Content", ""));
    assert_ok(try_open(s, "", &bs, &err), &err);
    assert_code(pc_blobs_put(bs, "a", bytes, LEN, &err), PC_E_STORE_UNAVAILABLE);
    end(s, bs);
    assert_true(
        pc_str_starts(play_request(s, "", 2), "PUT /shots/p/a?partNumber=1&uploadId=u%261 HTTP"));
    assert_true(pc_str_starts(play_request(s, "", 6), "HEAD /shots/p/a HTTP"));
    assert_true(pc_str_starts(play_request(s, "", 7), "DELETE /shots/p/a?uploadId=u%261 HTTP"));
    free(bytes);
}

/* The answer to the end was lost, but the object is there: that is no failure. */
static void a_lost_answer_to_the_end_is_looked_after(void **state)
{
    struct play *s = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    enum { LEN = 17 << 20 };
    char *bytes = pc_xzalloc(LEN), sha256[PC_SHA256_HEX];
    pc_sha256_of(bytes, LEN, sha256);
    char *there = pc_xasprintf(
        "HTTP/1.1 200 OK\r\nConnection: close\r\nx-amz-meta-sha256: %s\r\n\r\n", sha256);
    say(s, PLAY_EMPTY_LIST);
    say(s, PLAY_ANSWER("200 OK", "<InitiateMultipartUpload><UploadId>u</UploadId>"
                                 "</InitiateMultipartUpload>"));
    for (int part = 0; part < 3; part++)
        say(s, PLAY_ANSWER("200 OK", ""));
    say(s, PLAY_HANG_UP);
    say(s, PLAY_FAULT("404 Not Found", "NoSuchUpload"));
    say(s, there);
    assert_ok(try_open(s, "", &bs, &err), &err);
    assert_ok(pc_blobs_put(bs, "a", bytes, LEN, &err), &err);
    end(s, bs);
    free(there);
    free(bytes);
}

static void the_bucket_may_stand_in_the_host(void **state)
{
    struct play *s = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    char *host = pc_xasprintf("\r\nhost: shots.localhost:%d\r\n", play_port(s));
    say(s, PLAY_EMPTY_LIST);
    say(s, PLAY_ANSWER("200 OK", ""));
    assert_ok(try_open(s, "&style=virtual&session_token=t%2B1", &bs, &err), &err);
    assert_ok(pc_blobs_put(bs, "a/b.jpg", "x", 1, &err), &err);
    end(s, bs);
    assert_true(pc_str_starts(play_request(s, "", 1), "PUT /p/a/b.jpg HTTP/1.1\r\n"));
    assert_non_null(strcasestr(play_request(s, "", 1), host));
    assert_non_null(strstr(play_request(s, "", 1), "x-amz-security-token: t+1\r\n"));
    assert_non_null(strstr(play_request(s, "", 1), "content-type: image/jpeg\r\n"));
    assert_non_null(strstr(play_request(s, "", 1),
                           "SignedHeaders=content-type;host;x-amz-content-sha256;"
                           "x-amz-date;x-amz-meta-sha256;x-amz-security-token,"));
    assert_null(strcasestr(play_request(s, "", 1), "Expect:"));
    free(host);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(busy_servers_are_asked_again),
        TEST(tries_have_an_end),
        TEST(full_is_full_at_once),
        TEST(only_the_store_says_that_a_blob_is_not_there),
        TEST(refusals_name_the_cure),
        TEST(lies_are_not_believed),
        TEST(a_server_without_ranges_will_do),
        TEST(uploads_are_looked_for_without_a_prefix_too),
        TEST(an_upload_may_fail_at_its_end),
        TEST(a_lost_answer_to_the_end_is_looked_after),
        TEST(the_bucket_may_stand_in_the_host),
    };
    return cmocka_run_group_tests_name("blobs-s3-answers", tests, NULL, NULL);
}
