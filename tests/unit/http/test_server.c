/* The server over real sockets. Files, slow clients and /live are in files of their own. */
#include "harness.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

#define FORM "Content-Type: multipart/form-data; boundary=xx"
#define JSON "Content-Type: application/json"

static void health_and_documents_are_served(void **state)
{
    struct served *s = *state;
    struct reply r;
    call(s, &r, "GET", "/healthz", "X-Request-Id: abc-1", NULL, 0);
    assert_int_equal(r.status, 200);
    assert_string_equal(pc_buf_text(&r.body), "{\"status\":\"ok\"}");
    assert_true(reply_has(&r, "X-Request-Id: abc-1"));
    assert_true(reply_has(&r, "X-Content-Type-Options: nosniff"));
    reply_finish(&r);
    call(s, &r, "GET", "/api/openapi.yaml", NULL, NULL, 0);
    assert_int_equal(r.status, 200);
    assert_memory_equal(r.body.data, "openapi: 3", 10);
    reply_finish(&r);
    call(s, &r, "GET", "/docs", NULL, NULL, 0);
    assert_int_equal(r.status, 200);
    assert_non_null(strstr(pc_buf_text(&r.body), "too_many_connections"));
    reply_finish(&r);
    call(s, &r, "GET", "/limits", NULL, NULL, 0);
    assert_int_equal(json_integer_value(json_object_get(r.json, "maxUploadBytes")), 1 << 20);
    reply_finish(&r);
    call(s, &r, "GET", "/readyz", NULL, NULL, 0);
    assert_true(json_is_object(json_object_get(r.json, "parts")));
    assert_int_equal(r.status == 200,
                     strcmp(json_string_value(json_object_get(r.json, "status")), "ready") == 0);
    reply_finish(&r);
    assert_true(read_metric(s, "posecraft_http_connections") >= 1);
}

static void process_takes_every_kind_of_body(void **state)
{
    struct served *s = *state;
    struct reply r;
    struct pc_buf form = PC_BUF_INIT;
    int64_t id;
    pc_buf_puts(&form,
                "--xx\r\nContent-Disposition: form-data; name=\"sku\"\r\n\r\n4711\r\n--xx\r\n"
                "Content-Disposition: form-data; name=\"any\"; filename=\"a b.bmp\"\r\n\r\n");
    pc_buf_append(&form, test_tiny_bmp, sizeof test_tiny_bmp);
    pc_buf_puts(&form, "\r\n--xx--\r\n");
    call(s, &r, "POST", "/process?batch=spring", FORM, form.data, form.len);
    assert_int_equal(r.status, 202);
    id = json_integer_value(json_object_get(r.json, "imageId"));
    assert_true(id > 0);
    reply_finish(&r);
    pc_buf_finish(&form);

    char *path = pc_xasprintf("/images/%lld", (long long)id);
    call(s, &r, "GET", path, NULL, NULL, 0);
    assert_string_equal(json_string_value(json_object_get(r.json, "name")), "a b.bmp");
    assert_string_equal(json_string_value(json_object_get(r.json, "sku")), "4711");
    assert_string_equal(json_string_value(json_object_get(r.json, "batch")), "spring");
    reply_finish(&r);
    free(path);

    call(s, &r, "POST", "/process", "Content-Type: application/octet-stream", test_tiny_bmp,
         sizeof test_tiny_bmp);
    assert_int_equal(r.status, 200); /* the same bytes */
    assert_int_equal(json_integer_value(json_object_get(r.json, "id")), id);
    reply_finish(&r);
    call(s, &r, "POST", "/api/process", "Content-Type: image/bmp\nTransfer-Encoding: chunked",
         test_tiny_bmp, sizeof test_tiny_bmp);
    assert_int_equal(r.status, 200);
    reply_finish(&r);

    expect(
        s, "POST", "/process", JSON "; charset=utf-8",
        "{\"imageData\":\"data:image/bmp;base64,"
        "Qk1GAAAAAAAAADYAAAAoAAAAAgAAAAIAAAABABgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "\",\"name\":\"x\"}",
        202, "");
    expect(s, "POST", "/process", JSON, "{\"imageUrl\":\"https://shop.example/a.jpg\"}", 202, "");
    expect(s, "POST", "/process", JSON, "{\"imageUrl\":\"https://shop.example/a.jpg\"}", 200, "");
}

static void bad_submissions_are_reported(void **state)
{
    struct served *s = *state;
    expect(s, "POST", "/process", "Content-Type: text/html", "x", 415, "unsupported_media_type");
    expect(s, "POST", "/process", "Content-Type:", "x", 415, "unsupported_media_type");
    expect(s, "POST", "/process", "Content-Type: image/jpeg", "", 400, "body_empty");
    expect(s, "POST", "/process", "Content-Type: image/jpeg", "this is no picture, it is a text",
           415, "unsupported_format");
    expect(s, "POST", "/process", JSON, "{", 400, "bad_json");
    expect(s, "POST", "/process", JSON, "{}", 400, "bad_json");
    expect(s, "POST", "/process", JSON, "{\"imageUrl\":7}", 400, "bad_json");
    expect(s, "POST", "/process", JSON, "{\"imageUrl\":\"ftp://a/\"}", 400, "url_scheme");
    expect(s, "POST", "/process", JSON, "{\"imageUrl\":\"http://10.0.0.1/\"}", 400, "url_blocked");
    expect(s, "POST", "/process", JSON, "{\"imageUrl\":\"http://a.example/\",\"sku\":7}", 400,
           "bad_json");
    expect(s, "POST", "/process", JSON, "{\"imageData\":\"data:image/png;base64,????\"}", 400,
           "bad_json");
    expect(s, "POST", "/process", FORM, "--xx\r\n", 400, "bad_request");
    expect(s, "POST", "/process", FORM,
           "--xx\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--xx--", 400, "body_empty");
    expect(s, "POST", "/process", "Content-Type: multipart/form-data", "--xx--", 400,
           "bad_request");
    expect(s, "POST", "/process", FORM,
           "--xx\r\nContent-Disposition: form-data; name=a; filename=a\r\n\r\nBMxxxxxxxxxxxxxxxxxx"
           "\r\n--xx\r\nContent-Disposition: form-data; name=b; filename=b\r\n\r\nBM\r\n--xx--",
           400, "bad_request");
}

static void batches_are_accepted_and_validated(void **state)
{
    struct served *s = *state;
    struct reply r;
    static const char csv[] = "sku,url\r\n1,https://shop.example/b.jpg\r\n2,nonsense\r\n";
    call(s, &r, "POST", "/process-batch?batch=b1", "Content-Type: text/csv", csv, sizeof csv - 1);
    assert_int_equal(r.status, 202);
    assert_int_equal(json_array_size(json_object_get(r.json, "imageIds")), 1);
    const json_t *bad = json_array_get(json_object_get(r.json, "rejected"), 0);
    assert_int_equal(json_integer_value(json_object_get(bad, "line")), 3);
    assert_string_equal(json_string_value(json_object_get(bad, "code")), "bad_url");
    reply_finish(&r);
    call(s, &r, "POST", "/process-batch", "Content-Type: text/plain", "nonsense\n", 9);
    assert_int_equal(r.status, 400);
    assert_string_equal(reply_code(&r), "batch_all_rejected");
    assert_int_equal(json_array_size(json_object_get(r.json, "rejected")), 1);
    reply_finish(&r);
    expect(s, "POST", "/process-batch", JSON, "{\"urls\":[\"https://shop.example/c.jpg\"]}", 202,
           "");
    expect(s, "POST", "/process-batch", JSON, "{\"urls\":[]}", 400, "body_empty");
    expect(s, "POST", "/process-batch", JSON, "{\"urls\":7}", 400, "bad_json");
    expect(s, "POST", "/process-batch", JSON, "7", 400, "bad_json");
    expect(s, "POST", "/process-batch", "Content-Type: text/csv", "a,b\n1,2\n", 400, "bad_csv");
    expect(s, "POST", "/process-batch", "Content-Type: image/png", "x", 415,
           "unsupported_media_type");
    struct pc_buf many = PC_BUF_INIT;
    for (int i = 0; i < 301; i++)
        pc_buf_printf(&many, "https://shop.example/many/%d.jpg\n", i);
    expect(s, "POST", "/process-batch", "Content-Type: text/plain", many.data, 413,
           "batch_too_large");
    pc_buf_finish(&many);
}

static void methods_and_paths_are_checked(void **state)
{
    struct served *s = *state;
    struct reply r;
    call(s, &r, "PUT", "/images/1", NULL, "x", 1);
    assert_int_equal(r.status, 405);
    assert_true(reply_has(&r, "Allow: GET, HEAD, DELETE, OPTIONS"));
    reply_finish(&r);
    call(s, &r, "OPTIONS", "/process", NULL, NULL, 0);
    assert_int_equal(r.status, 204);
    assert_true(reply_has(&r, "Allow: POST, OPTIONS"));
    assert_null(strcasestr(pc_buf_text(&r.headers), "Access-Control"));
    reply_finish(&r);
    call(s, &r, "HEAD", "/healthz", NULL, NULL, 0);
    assert_int_equal(r.status, 200);
    assert_true(reply_has(&r, "Content-Length: 15"));
    assert_int_equal(r.body.len, 0);
    reply_finish(&r);
    expect(s, "GET", "/api/nothing", NULL, NULL, 404, "not_found");
    expect(s, "GET", "/images/0", NULL, NULL, 404, "not_found");
    expect(s, "GET", "/images/x", NULL, NULL, 404, "not_found");
    expect(s, "GET", "/images/99999999999999999999999999", NULL, NULL, 404, "not_found");
    expect(s, "GET", "/images/123456", NULL, NULL, 404, "not_found");
    expect(s, "DELETE", "/images/123456", NULL, NULL, 404, "not_found");
    expect(s, "POST", "/images/123456/retry", NULL, NULL, 404, "not_found");
    expect(s, "GET", "/image-status/123456?wait=5", NULL, NULL, 404, "not_found");
    expect(s, "POST", "/", NULL, "", 405, "method_not_allowed");
}

static void lists_are_filtered(void **state)
{
    struct served *s = *state;
    static const char *const bad[] = {
        "limit=0",     "limit=1001", "limit=x",  "offset=-1", "since=-1",  "status=done",
        "attention=1", "sort=color", "order=up", "q=%ff",     "batch=%c3",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char *path = pc_xasprintf("/images?%s", bad[i]);
        expect(s, "GET", path, NULL, NULL, 400, "bad_request");
        free(path);
    }
    struct reply r;
    call(s, &r, "GET",
         "/images?limit=1&offset=1&q=example&status=pending&attention=false&sort=updated&order=asc",
         NULL, NULL, 0);
    assert_int_equal(r.status, 200);
    assert_int_equal(json_array_size(json_object_get(r.json, "images")), 1);
    reply_finish(&r);
    call(s, &r, "GET", "/images?q=none+such+%26", NULL, NULL, 0);
    assert_int_equal(json_integer_value(json_object_get(r.json, "total")), 0);
    reply_finish(&r);
}

static void too_large_bodies_get_their_answer(void **state)
{
    struct served *s = *state;
    size_t len = 3 << 20;
    char *big = pc_xzalloc(len + 1);
    memset(big, 'x', len);
    memcpy(big, test_tiny_bmp, sizeof test_tiny_bmp);
    struct reply r;
    static const char *const ways[] = {
        "Content-Type: image/bmp\nExpect:", "Content-Type: image/bmp\nExpect: 100-continue",
        "Content-Type: image/bmp\nExpect:\nTransfer-Encoding: chunked"};
    for (size_t i = 0; i < 3; i++) {
        call(s, &r, "POST", "/process", ways[i], big, len);
        assert_int_equal(r.status, 413);
        assert_true(reply_has(&r, "Connection: close"));
        assert_true(strcmp(reply_code(&r), "body_too_large") == 0 ||
                    strcmp(reply_code(&r), "file_too_large") == 0);
        reply_finish(&r);
    }
    memset(big, 'x',
           sizeof test_tiny_bmp); /* rejected at its first bytes, in the middle of the body */
    call(s, &r, "POST", "/process", "Content-Type: image/bmp\nExpect:", big, 1 << 20);
    assert_int_equal(r.status, 415);
    assert_string_equal(reply_code(&r), "unsupported_format");
    reply_finish(&r);
    call(s, &r, "POST", "/healthz", "Expect:", big, 1 << 20);
    assert_int_equal(r.status, 405);
    reply_finish(&r);
    free(big);
}

static void long_headers_are_accepted_or_rejected(void **state)
{
    struct served *s = *state;
    char header[12000] = "Cookie: ";
    memset(header + 8, 'a', 7000); /* such as cookies of other programs on localhost */
    header[7008] = 0;
    expect(s, "GET", "/healthz", header, NULL, 200, "");
    memset(header + 8, 'a', sizeof header - 9);
    expect(s, "GET", "/healthz", header, NULL, 431, "");
}

static void requests_in_one_packet_are_answered_in_turn(void **state)
{
    struct served *s = *state;
    struct pc_buf in = PC_BUF_INIT;
    int fd = dial(s);
    send_text(fd, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
                  "POST /process HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/x\r\n"
                  "Content-Length: 3\r\n\r\nabc"
                  "GET /api/none HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: last\r\n"
                  "Connection: close\r\n\r\n");
    assert_true(receive_end(fd, &in));
    const char *first = strstr(pc_buf_text(&in), "{\"status\":\"ok\"}");
    const char *second = strstr(pc_buf_text(&in), "unsupported_media_type");
    const char *third = strstr(pc_buf_text(&in), "\"requestId\":\"last\"");
    assert_true(first && second && third && first < second && second < third);
    close(fd);
    pc_buf_finish(&in);
}

static void nonsense_is_answered_or_closed(void **state)
{
    struct served *s = *state;
    static const char *const texts[] = {
        "\x16\x03\x01\x02\r\n\r\n",
        "GET\r\n\r\n",
        "GET /healthz HTTP/9.9\r\nHost: a\r\n\r\n",
        "POST /process HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        "POST /process HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct pc_buf in = PC_BUF_INIT;
        int fd = dial(s);
        send_text(fd, texts[i]);
        (void)receive_within(fd, &in, "\r\n\r\n", 300);
        close(fd);
        pc_buf_finish(&in);
    }
    expect(s, "GET", "/healthz", NULL, NULL, 200, "");
}

static void other_sites_are_rejected(void **state)
{
    struct served *s = *state;
    char *ours = pc_xasprintf("Origin: http://127.0.0.1:%d\n" JSON, pc_http_port(s->http));
    static const char body[] = "{\"imageUrl\":\"https://shop.example/o.jpg\"}";
    expect(s, "POST", "/process", "Origin: https://evil.example\n" JSON, body, 403,
           "origin_refused");
    expect(s, "POST", "/process", "Origin: null\n" JSON, body, 403, "origin_refused");
    expect(s, "DELETE", "/images/1", "Origin: https://evil.example", NULL, 403, "origin_refused");
    expect(s, "GET", "/live", "Origin: https://evil.example", NULL, 403, "origin_refused");
    expect(s, "GET", "/images", "Host: evil.example", NULL, 403, "origin_refused");
    expect(s, "GET", "/limits", "Origin: https://evil.example", NULL, 200, "");
    expect(s, "GET", "/limits", "Host: localhost:1", NULL, 200, "");
    expect(s, "POST", "/process", ours, body, 202, "");
    free(ours);
}

static void wait_ends_with_the_deadline(void **state)
{
    struct served *s = *state;
    char *path = pc_xasprintf("/image-status/%lld?wait=1", (long long)submit_image(s, 2));
    expect(s, "GET", path, NULL, NULL, 200, "");
    free(path);
}

static void wait_ends_with_the_image(void **state)
{
    struct served *s = *state;
    struct pc_buf in = PC_BUF_INIT;
    int64_t id = submit_image(s, 3);
    int fd = send_get(s, "/image-status/%lld?wait=60", (long long)id);
    await_metric(s, "posecraft_http_waiting", 1);
    fail_image(s, id);
    assert_true(receive_until(fd, &in, "\"status\":\"failed\""));
    pc_buf_clear(&in);
    send_text(fd, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"); /* the connection lives on */
    assert_true(receive_until(fd, &in, "{\"status\":\"ok\"}"));
    close(fd);
    pc_buf_finish(&in);
}

static void wait_ends_when_the_client_leaves(void **state)
{
    struct served *s = *state;
    int fd = send_get(s, "/image-status/%lld?wait=60", (long long)submit_image(s, 4));
    await_metric(s, "posecraft_http_waiting", 1);
    close(fd);
    await_metric(s, "posecraft_http_waiting", 0);
}

static void taken_ports_are_config_errors(void **state)
{
    struct served *s = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_http *http = NULL;
    struct pc_http_options options = {
        .host = "127.0.0.1", .port = pc_http_port(s->http), .page_dir = ""};
    assert_code(pc_http_create(s->parts.service, &options, &http, &err), PC_E_CONFIG);
    options.host = "not an address";
    assert_code(pc_http_create(s->parts.service, &options, &http, &err), PC_E_CONFIG);
    options.host = "203.0.113.7"; /* for documentation: no address of this machine */
    assert_code(pc_http_create(s->parts.service, &options, &http, &err), PC_E_CONFIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(health_and_documents_are_served),
        cmocka_unit_test(process_takes_every_kind_of_body),
        cmocka_unit_test(bad_submissions_are_reported),
        cmocka_unit_test(batches_are_accepted_and_validated),
        cmocka_unit_test(methods_and_paths_are_checked),
        cmocka_unit_test(lists_are_filtered),
        cmocka_unit_test(too_large_bodies_get_their_answer),
        cmocka_unit_test(long_headers_are_accepted_or_rejected),
        cmocka_unit_test(requests_in_one_packet_are_answered_in_turn),
        cmocka_unit_test(nonsense_is_answered_or_closed),
        cmocka_unit_test(other_sites_are_rejected),
        cmocka_unit_test(wait_ends_with_the_deadline),
        cmocka_unit_test(wait_ends_with_the_image),
        cmocka_unit_test(wait_ends_when_the_client_leaves),
        cmocka_unit_test(handshake_needs_websocket),
        cmocka_unit_test(live_says_hello_and_what_changed),
        cmocka_unit_test(live_answers_pings_and_closes),
        cmocka_unit_test(live_takes_data_behind_the_handshake),
        cmocka_unit_test(live_drops_who_breaks_the_protocol),
        cmocka_unit_test(live_drops_who_does_not_read),
        cmocka_unit_test(taken_ports_are_config_errors),
    };
    return cmocka_run_group_tests_name("http-server", tests, served_setup, served_teardown);
}
