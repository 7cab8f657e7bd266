/* What the S3 driver makes of responses that a healthy server never sends: busy, full, broken,
 * lying. A fake server sends them: each request gets the next line of a script. */
#include <strings.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "blobs/drivers.h"
#include "fake_server.h"
#include "support.h"

#define UPLOAD(key, id)                                                                            \
    "<Upload><Key>" key "</Key><UploadId>" id "</UploadId><Initiated>2026-01-01T00:00:00Z"         \
    "</Initiated></Upload>"

static int setup(void **state)
{
    setenv("no_proxy", "127.0.0.1,localhost,.localhost", 1);
    *state = fake_server_start();
    return 0;
}

static int teardown(void **state)
{
    fake_server_stop(*state);
    return 0;
}

static void script(struct fake_server *p, const char *line)
{
    fake_server_reply(p, "", line);
}

static enum pc_code try_open(struct fake_server *s, const char *more, struct pc_blobs **bs,
                             struct pc_err *err)
{
    char *url = pc_xasprintf("s3://key:secret@shots/p?endpoint=http://localhost:%d&timeout=2%s",
                             fake_server_port(s), more);
    enum pc_code rc = pc_blobs_open(&pc_blobs_s3, url, bs, err);
    free(url);
    return rc;
}

/* All lines of the script were sent. */
static void end(struct fake_server *s, struct pc_blobs *bs)
{
    assert_int_equal(fake_server_unsent(s, ""), 0);
    pc_blobs_close(bs);
}

static void busy_servers_are_retried(void **state)
{
    struct fake_server *s = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    script(s, FAKE_ERROR("503 Slow Down", "SlowDown"));
    script(s, FAKE_HANG_UP);
    script(s, FAKE_EMPTY_LIST);
    script(s, FAKE_ERROR("429 Too Many Requests", "SlowDown"));
    script(s, FAKE_ERROR("500 Internal", "InternalError"));
    script(s, FAKE_ERROR("400 Bad Request", "RequestTimeout"));
    script(s, FAKE_RESPONSE("200 OK", ""));
    assert_ok(try_open(s, "", &bs, &err), &err);
    assert_ok(pc_blobs_put(bs, "a", "hello", 5, &err), &err);
    end(s, bs);
}

static void attempts_are_limited(void **state)
{
    struct fake_server *s = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    script(s, FAKE_EMPTY_LIST);
    for (int i = 0; i < 5; i++)
        script(s, FAKE_ERROR("500 Internal", "InternalError"));
    assert_ok(try_open(s, "", &bs, &err), &err);
    assert_code(pc_blobs_put(bs, "a", "hello", 5, &err), PC_E_STORE_UNAVAILABLE);
    assert_non_null(strstr(err.detail, "InternalError"));
    end(s, bs);
}

static void a_full_store_is_not_retried(void **state)
{
    struct fake_server *s = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    script(s, FAKE_EMPTY_LIST);
    script(s, FAKE_ERROR("507 Insufficient Storage", "XMinioStorageFull"));
    script(s, FAKE_ERROR("403 Forbidden", "QuotaExceeded"));
    assert_ok(try_open(s, "", &bs, &err), &err);
    assert_code(pc_blobs_put(bs, "a", "hello", 5, &err), PC_E_STORE_FULL);
    assert_code(pc_blobs_put(bs, "a", "hello", 5, &err), PC_E_STORE_FULL);
    end(s, bs);
}

static void only_the_store_can_say_that_a_blob_is_missing(void **state)
{
    struct fake_server *s = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    struct pc_blob_reader *r;
    script(s, FAKE_EMPTY_LIST);
    script(s, FAKE_ERROR("404 Not Found", "NoSuchKey"));
    script(s, FAKE_RESPONSE("404 Not Found", "<html>no such site</html>"));
    script(s, FAKE_ERROR("404 Not Found", "NoSuchBucket"));
    script(s, FAKE_ERROR("403 Forbidden", "AccessDenied"));
    assert_ok(try_open(s, "", &bs, &err), &err);
    assert_code(pc_blobs_read(bs, "a", &r, &err), PC_E_NOT_FOUND);
    for (int i = 0; i < 3; i++)
        assert_code(pc_blobs_read(bs, "a", &r, &err), PC_E_STORE_UNAVAILABLE);
    end(s, bs);
}

static void refused_with(void **state, const char *line, const char *word)
{
    struct fake_server *s = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    script(s, line);
    assert_code(try_open(s, "", &bs, &err), PC_E_CONFIG);
    if (!strstr(err.message, word))
        fail_msg("\"%s\" does not say %s", err.message, word);
    end(s, NULL);
}

static void errors_at_start_say_what_to_do(void **state)
{
    refused_with(state, FAKE_ERROR("403 Forbidden", "RequestTimeTooSkewed"), "clocks");
    refused_with(state, FAKE_ERROR("400 Bad Request", "ExpiredToken"), "expired");
    refused_with(state, FAKE_ERROR("403 Forbidden", "AccessDenied"), "rights");
    refused_with(state,
                 FAKE_RESPONSE("301 Moved", "<Error><Code>PermanentRedirect</Code><Region>eu-west-1"
                                            "</Region></Error>"),
                 "eu-west-1");
    refused_with(state,
                 "HTTP/1.1 400 Bad\r\nConnection: close\r\nx-amz-bucket-region: eu-west-2\r\n\r\n"
                 "<Error><Code>AuthorizationHeaderMalformed</Code></Error>",
                 "eu-west-2");
    refused_with(state, FAKE_RESPONSE("404 Not Found", "nothing here"), "status 404");
}

static void inconsistent_responses_are_refused(void **state)
{
    struct fake_server *s = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    struct pc_blob_reader *r;
    int n = 0;
    script(s, FAKE_EMPTY_LIST);
    script(
        s,
        "HTTP/1.1 206 Partial\r\nConnection: close\r\nContent-Range: bytes 0-4/100\r\n\r\nhello");
    script(s, "HTTP/1.1 206 Partial\r\nConnection: close\r\n\r\nhello");
    script(s, FAKE_RESPONSE("200 OK", "<ListBucketResult><Contents>"));
    script(s,
           FAKE_RESPONSE("200 OK", "<!DOCTYPE x [<!ENTITY a 'b'>]><ListMultipartUploadsResult/>"));
    assert_ok(try_open(s, "", &bs, &err), &err);
    assert_code(pc_blobs_read(bs, "a", &r, &err), PC_E_STORE_UNAVAILABLE);
    assert_code(pc_blobs_read(bs, "a", &r, &err), PC_E_STORE_UNAVAILABLE);
    assert_code(pc_blobs_walk(bs, "", NULL, NULL, &err), PC_E_STORE_UNAVAILABLE);
    assert_code(pc_blobs_sweep(bs, 0, &n, &err), PC_E_STORE_UNAVAILABLE);
    end(s, bs);
}

static void a_server_without_ranges_works(void **state)
{
    struct fake_server *s = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    struct pc_buf buf = PC_BUF_INIT;
    int n = 0;
    script(s, FAKE_EMPTY_LIST);
    script(s, FAKE_RESPONSE("200 OK", "hello"));
    script(s, FAKE_ERROR("501 Not Implemented", "NotImplemented"));
    script(s, FAKE_ERROR("404 Not Found", "NoSuchUpload"));
    assert_ok(try_open(s, "", &bs, &err), &err);
    assert_ok(pc_blobs_get(bs, "a", 100, &buf, &err), &err);
    assert_string_equal(pc_buf_text(&buf), "hello");
    assert_ok(pc_blobs_sweep(bs, 0, &n, &err), &err);
    assert_ok(pc_blobs_sweep(bs, 0, &n, &err), &err);
    pc_buf_finish(&buf);
    end(s, bs);
}

static void pending_uploads_are_listed_without_a_prefix_too(void **state)
{
    struct fake_server *s = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    int n = 0;
    script(s, FAKE_EMPTY_LIST);
    script(s, FAKE_RESPONSE("200 OK", "<ListMultipartUploadsResult/>"));
    script(s, FAKE_RESPONSE("200 OK", "<ListMultipartUploadsResult>" UPLOAD("p/a", "mine") UPLOAD(
                                          "q/a", "theirs") UPLOAD("p/not ours", "theirs")
                                          UPLOAD("p/", "theirs") "</ListMultipartUploadsResult>"));
    script(s, FAKE_RESPONSE("204 No Content", ""));
    script(s, FAKE_RESPONSE("200 OK", "<ListMultipartUploadsResult/>"));
    script(s, FAKE_ERROR("403 Forbidden", "AccessDenied"));
    assert_ok(try_open(s, "", &bs, &err), &err);
    assert_ok(pc_blobs_sweep(bs, 2000000000000, &n, &err), &err);
    assert_int_equal(n, 1);
    assert_non_null(strstr(fake_server_request(s, "", 1), "&prefix=p%2F&"));
    assert_non_null(strstr(fake_server_request(s, "", 2), "&prefix=&"));
    assert_true(
        pc_str_starts(fake_server_request(s, "", 3), "DELETE /shots/p/a?uploadId=mine HTTP"));
    assert_ok(pc_blobs_sweep(bs, 2000000000000, &n, &err), &err);
    assert_int_equal(n, 0);
    end(s, bs);
}

/* A completion that says 200 and then an error has failed; the parts are aborted. */
static void an_upload_may_fail_at_completion(void **state)
{
    struct fake_server *s = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    enum { LEN = 17 << 20 };
    char *bytes = pc_xzalloc(LEN);
    script(s, FAKE_EMPTY_LIST);
    script(s, FAKE_RESPONSE("200 OK", "<InitiateMultipartUploadResult><UploadId>u&amp;1</UploadId>"
                                      "</InitiateMultipartUploadResult>"));
    for (int part = 0; part < 3; part++)
        script(s, FAKE_RESPONSE("200 OK", ""));
    script(s, FAKE_ERROR("200 OK", "InternalError"));
    script(s, FAKE_RESPONSE("404 Not Found", ""));
    script(s, FAKE_RESPONSE("204 No Content", ""));
    assert_ok(try_open(s, "", &bs, &err), &err);
    assert_code(pc_blobs_put(bs, "a", bytes, LEN, &err), PC_E_STORE_UNAVAILABLE);
    end(s, bs);
    assert_true(pc_str_starts(fake_server_request(s, "", 2),
                              "PUT /shots/p/a?partNumber=1&uploadId=u%261 HTTP"));
    assert_true(pc_str_starts(fake_server_request(s, "", 6), "HEAD /shots/p/a HTTP"));
    assert_true(
        pc_str_starts(fake_server_request(s, "", 7), "DELETE /shots/p/a?uploadId=u%261 HTTP"));
    free(bytes);
}

/* The response to the completion was lost but the object is stored: that is no failure. */
static void a_lost_response_to_the_completion_is_checked(void **state)
{
    struct fake_server *s = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    enum { LEN = 17 << 20 };
    char *bytes = pc_xzalloc(LEN), sha256[PC_SHA256_HEX];
    pc_sha256_of(bytes, LEN, sha256);
    char *stored = pc_xasprintf(
        "HTTP/1.1 200 OK\r\nConnection: close\r\nx-amz-meta-sha256: %s\r\n\r\n", sha256);
    script(s, FAKE_EMPTY_LIST);
    script(s, FAKE_RESPONSE("200 OK", "<InitiateMultipartUpload><UploadId>u</UploadId>"
                                      "</InitiateMultipartUpload>"));
    for (int part = 0; part < 3; part++)
        script(s, FAKE_RESPONSE("200 OK", ""));
    script(s, FAKE_HANG_UP);
    script(s, FAKE_ERROR("404 Not Found", "NoSuchUpload"));
    script(s, stored);
    assert_ok(try_open(s, "", &bs, &err), &err);
    assert_ok(pc_blobs_put(bs, "a", bytes, LEN, &err), &err);
    end(s, bs);
    free(stored);
    free(bytes);
}

static void the_bucket_may_be_in_the_host_name(void **state)
{
    struct fake_server *s = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    char *host = pc_xasprintf("\r\nhost: shots.localhost:%d\r\n", fake_server_port(s));
    script(s, FAKE_EMPTY_LIST);
    script(s, FAKE_RESPONSE("200 OK", ""));
    assert_ok(try_open(s, "&style=virtual&session_token=t%2B1", &bs, &err), &err);
    assert_ok(pc_blobs_put(bs, "a/b.jpg", "x", 1, &err), &err);
    end(s, bs);
    assert_true(pc_str_starts(fake_server_request(s, "", 1), "PUT /p/a/b.jpg HTTP/1.1\r\n"));
    assert_non_null(strcasestr(fake_server_request(s, "", 1), host));
    assert_non_null(strstr(fake_server_request(s, "", 1), "x-amz-security-token: t+1\r\n"));
    assert_non_null(strstr(fake_server_request(s, "", 1), "content-type: image/jpeg\r\n"));
    assert_non_null(strstr(fake_server_request(s, "", 1),
                           "SignedHeaders=content-type;host;x-amz-content-sha256;"
                           "x-amz-date;x-amz-meta-sha256;x-amz-security-token,"));
    assert_null(strcasestr(fake_server_request(s, "", 1), "Expect:"));
    free(host);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(busy_servers_are_retried),
        TEST(attempts_are_limited),
        TEST(a_full_store_is_not_retried),
        TEST(only_the_store_can_say_that_a_blob_is_missing),
        TEST(errors_at_start_say_what_to_do),
        TEST(inconsistent_responses_are_refused),
        TEST(a_server_without_ranges_works),
        TEST(pending_uploads_are_listed_without_a_prefix_too),
        TEST(an_upload_may_fail_at_completion),
        TEST(a_lost_response_to_the_completion_is_checked),
        TEST(the_bucket_may_be_in_the_host_name),
    };
    return cmocka_run_group_tests_name("blobs-s3-responses", tests, NULL, NULL);
}
