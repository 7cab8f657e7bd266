/* The pure functions on requests: routes, callers, ranges, entity tags, file names, the
 * handshake. */
#include "support.h"

#include "http/body/metadata.h"
#include "http/guard.h"
#include "http/headers.h"
#include "http/live/websocket.h"
#include "http/router.h"

static void routes_are_found(void **state)
{
    static const struct {
        const char *method, *path;
        enum pc_router_result found;
        enum pc_router_operation op;
        const char *param;
    } cases[] = {
        {"GET", "/healthz", PC_ROUTE_FOUND, PC_OP_healthz, NULL},
        {"HEAD", "/api/healthz", PC_ROUTE_FOUND, PC_OP_healthz, NULL},
        {"POST", "/process", PC_ROUTE_FOUND, PC_OP_process, NULL},
        {"POST", "/api/process-batch", PC_ROUTE_FOUND, PC_OP_processBatch, NULL},
        {"GET", "/images/17", PC_ROUTE_FOUND, PC_OP_getImage, "17"},
        {"DELETE", "/images/17", PC_ROUTE_FOUND, PC_OP_deleteImage, "17"},
        {"POST", "/images/17/retry", PC_ROUTE_FOUND, PC_OP_retryImage, "17"},
        {"GET", "/files/shots/ab/c.jpg", PC_ROUTE_FOUND, PC_OP_getFile, "shots/ab/c.jpg"},
        {"GET", "/api/files/a", PC_ROUTE_FOUND, PC_OP_getFile, "a"},
        {"POST", "/healthz", PC_ROUTE_NO_METHOD, PC_OP_COUNT, NULL},
        {"BREW", "/images", PC_ROUTE_NO_METHOD, PC_OP_COUNT, NULL},
        {"GET", "/process", PC_ROUTE_NO_METHOD, PC_OP_COUNT, NULL},
        {"GET", "/", PC_ROUTE_NO_PATH, PC_OP_COUNT, NULL},
        {"GET", "", PC_ROUTE_NO_PATH, PC_OP_COUNT, NULL},
        {"GET", "*", PC_ROUTE_NO_PATH, PC_OP_COUNT, NULL},
        {"GET", "/api", PC_ROUTE_NO_PATH, PC_OP_COUNT, NULL},
        {"GET", "/api/api/images", PC_ROUTE_NO_PATH, PC_OP_COUNT, NULL},
        {"GET", "/images/", PC_ROUTE_NO_PATH, PC_OP_COUNT, NULL},
        {"GET", "/images/1/2", PC_ROUTE_NO_PATH, PC_OP_COUNT, NULL},
        {"GET", "/imagesX", PC_ROUTE_NO_PATH, PC_OP_COUNT, NULL},
        {"GET", "/files/", PC_ROUTE_NO_PATH, PC_OP_COUNT, NULL},
        {"POST", "/images//retry", PC_ROUTE_NO_PATH, PC_OP_COUNT, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pc_router_match m;
        assert_int_equal(pc_router_find(pc_http_method_by_name(cases[i].method), cases[i].path, &m),
                         cases[i].found);
        assert_int_equal(m.op, cases[i].op);
        if (cases[i].param) {
            assert_int_equal(m.param_len, strlen(cases[i].param));
            assert_memory_equal(m.param, cases[i].param, m.param_len);
        }
    }
}

static void allowed_methods_are_listed(void **state)
{
    struct pc_router_match m;
    char list[64];
    (void)state;
    assert_int_equal(pc_router_find(PC_METHOD_PUT, "/images/9", &m), PC_ROUTE_NO_METHOD);
    assert_string_equal(pc_http_method_list(m.allow, list), "GET, HEAD, DELETE, OPTIONS");
    assert_int_equal(pc_router_find(PC_METHOD_PUT, "/api/x", &m), PC_ROUTE_NO_PATH);
    assert_int_equal(m.allow, 0);
    assert_true(m.api);
    assert_string_equal(pc_http_method_list(63, list),
                        "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
}

static void origins_are_checked(void **state)
{
    static const struct {
        const char *origin, *host, *public_url;
        bool allowed;
    } cases[] = {
        {NULL, "127.0.0.1:8080", "", true},
        {"http://127.0.0.1:8080", "127.0.0.1:8080", "", true},
        {"http://LOCALHOST:8080", "localhost:8080", "", true},
        {"https://shots.example", "127.0.0.1:8080", "https://shots.example/app", true},
        {"https://shots.example.evil", "127.0.0.1:8080", "https://shots.example", false},
        {"http://127.0.0.1:9090", "127.0.0.1:8080", "", false},
        {"http://evil.example", "127.0.0.1:8080", "", false},
        {"http://evil.example/127.0.0.1:8080", "127.0.0.1:8080", "", false},
        {"null", "127.0.0.1:8080", "", false},
        {"", "127.0.0.1:8080", "", false},
        {"http://", "", "", false},
        {"http://a", NULL, "", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(pc_guard_origin(cases[i].origin, cases[i].host, cases[i].public_url),
                         cases[i].allowed);
}

static void hosts_are_checked(void **state)
{
    static const struct {
        const char *host, *public_url;
        bool allowed;
    } cases[] = {
        {NULL, "", true},
        {"localhost", "", true},
        {"LocalHost:8080", "", true},
        {"a.localhost:1", "", true},
        {"127.0.0.1:8080", "", true},
        {"[::1]:8080", "", true},
        {"192.168.1.7", "", true}, /* a literal cannot be rebound */
        {"shots.example", "https://shots.example/", true},
        {"shots.example:443", "https://shots.example/", true},
        {"evil.example:8080", "", false},
        {"localhost.evil.example", "", false},
        {"127.0.0.1.evil.example", "", false},
        {"127.1", "", false},
        {"[::1", "", false},
        {"", "", false},
        {":80", "", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(pc_guard_host(cases[i].host, cases[i].public_url), cases[i].allowed);
    assert_true(pc_guard_is_loopback("127.0.0.1") && pc_guard_is_loopback("127.9.9.9"));
    assert_true(pc_guard_is_loopback("::1") && pc_guard_is_loopback("localhost"));
    assert_false(pc_guard_is_loopback("0.0.0.0") || pc_guard_is_loopback("::"));
}

static void ranges_are_read(void **state)
{
    static const struct {
        const char *header;
        int64_t size;
        enum pc_header_range what;
        int64_t from, len;
    } cases[] = {
        {NULL, 100, PC_RANGE_WHOLE, 0, 0},
        {"bytes=0-9", 100, PC_RANGE_PART, 0, 10},
        {"Bytes=90-", 100, PC_RANGE_PART, 90, 10},
        {"bytes=90-500", 100, PC_RANGE_PART, 90, 10},
        {"bytes=-1", 100, PC_RANGE_PART, 99, 1},
        {"bytes=-500", 100, PC_RANGE_PART, 0, 100},
        {"bytes=99-99", 100, PC_RANGE_PART, 99, 1},
        {"bytes=100-", 100, PC_RANGE_NONE, 0, 0},
        {"bytes=-0", 100, PC_RANGE_NONE, 0, 0},
        {"bytes=0-", 0, PC_RANGE_NONE, 0, 0},
        {"bytes=-5", 0, PC_RANGE_NONE, 0, 0},
        {"bytes=9-0", 100, PC_RANGE_WHOLE, 0, 0},
        {"bytes=0-1,4-5", 100, PC_RANGE_WHOLE, 0, 0},
        {"bytes=a-b", 100, PC_RANGE_WHOLE, 0, 0},
        {"bytes=5", 100, PC_RANGE_WHOLE, 0, 0},
        {"bytes=", 100, PC_RANGE_WHOLE, 0, 0},
        {"bytes=-", 100, PC_RANGE_WHOLE, 0, 0},
        {"bytes=0-9x", 100, PC_RANGE_WHOLE, 0, 0},
        {"lines=0-9", 100, PC_RANGE_WHOLE, 0, 0},
        {"bytes=99999999999999999999-", 100, PC_RANGE_WHOLE, 0, 0},
        {"bytes=0-9223372036854775807", 100, PC_RANGE_WHOLE, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t from = 0, len = 0;
        assert_int_equal(pc_header_parse_range(cases[i].header, cases[i].size, &from, &len),
                         cases[i].what);
        if (cases[i].what == PC_RANGE_PART) {
            assert_int_equal(from, cases[i].from);
            assert_int_equal(len, cases[i].len);
        }
    }
}

static void tags_and_codings_are_read(void **state)
{
    (void)state;
    assert_true(pc_header_etag_matches("\"a\", W/\"b\" , \"c\"", "\"b\""));
    assert_true(pc_header_etag_matches("*", "\"b\""));
    assert_false(pc_header_etag_matches("\"bb\"", "\"b\""));
    assert_false(pc_header_etag_matches("", "\"b\""));
    assert_false(pc_header_etag_matches(NULL, "\"b\""));
    assert_true(pc_header_accepts_coding("gzip, deflate, br;q=0.5", "br"));
    assert_true(pc_header_accepts_coding("GZIP", "gzip"));
    assert_false(pc_header_accepts_coding("br;q=0, gzip", "br"));
    assert_false(pc_header_accepts_coding("br ; q=0.000", "br"));
    assert_false(pc_header_accepts_coding("brotli", "br"));
    assert_false(pc_header_accepts_coding(NULL, "br"));
}

static void assert_disposition(const char *name, const char *wanted)
{
    char *value = pc_header_disposition(name);
    assert_string_equal(value, wanted);
    free(value);
}

static void download_names_are_safe(void **state)
{
    (void)state;
    assert_disposition("neck 1.jpg", "attachment; filename=\"neck 1.jpg\"");
    assert_disposition("gr\xc3\xbcn.jpg", "attachment; filename=\"gr__n.jpg\"; "
                                          "filename*=UTF-8''gr%C3%BCn.jpg");
    assert_disposition("a\"b\r\nX: y/../c", "attachment; filename=\"a_b__X: y_.._c\"; "
                                            "filename*=UTF-8''a%22b__X%3A%20y_.._c");
    assert_disposition("\xff", "attachment; filename=\"_\"");
}

static void handshake_is_that_of_rfc_6455(void **state)
{
    char accept[PC_WEBSOCKET_ACCEPT_BYTES];
    struct pc_websocket_handshake good = {"websocket", "keep-alive, Upgrade", "13",
                                          "dGhlIHNhbXBsZSBub25jZQ=="};
    (void)state;
    assert_true(pc_websocket_accept(&good, accept)); /* RFC 6455, 1.3 */
    assert_string_equal(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    struct pc_websocket_handshake bad[] = {good, good, good, good, good, good};
    bad[0].upgrade = "h2c";
    bad[1].connection = "keep-alive";
    bad[2].version = "8";
    bad[3].key = "c2hvcnQ=";
    bad[4].key = NULL;
    bad[5].connection = NULL;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(pc_websocket_accept(&bad[i], accept));
}

static void frame_headers_grow_with_the_length(void **state)
{
    unsigned char head[PC_WEBSOCKET_HEADER_MAX];
    (void)state;
    assert_int_equal(pc_websocket_frame_header(PC_WEBSOCKET_PING, 0, head), 2);
    assert_memory_equal(head, "\x89\x00", 2);
    assert_int_equal(pc_websocket_frame_header(PC_WEBSOCKET_TEXT, 125, head), 2);
    assert_int_equal(pc_websocket_frame_header(PC_WEBSOCKET_TEXT, 126, head), 4);
    assert_memory_equal(head, "\x81\x7e\x00\x7e", 4);
    assert_int_equal(pc_websocket_frame_header(PC_WEBSOCKET_TEXT, 65535, head), 4);
    assert_int_equal(pc_websocket_frame_header(PC_WEBSOCKET_TEXT, 65536, head), 10);
    assert_memory_equal(head, "\x81\x7f\0\0\0\0\0\1\0\0", 10);
}

static void fields_are_bounded_in_characters(void **state)
{
    struct pc_metadata m = {0};
    struct pc_err err = PC_ERR_INIT;
    char text[1024];
    (void)state;
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = i % 2 ? '\xa4' : '\xc3';
    assert_ok(pc_metadata_set(&m, "sku", text, 256, &err), &err);
    assert_code(pc_metadata_set(&m, "sku", text, 258, &err), PC_E_BAD_REQUEST);
    assert_ok(pc_metadata_set(&m, "name", text, 512, &err), &err);
    assert_int_equal(strlen(m.name), 510);
    assert_code(pc_metadata_set(&m, "label", "\xff", 1, &err), PC_E_BAD_REQUEST);
    assert_code(pc_metadata_set(&m, "label", "a\0b", 3, &err), PC_E_BAD_REQUEST);
    assert_ok(pc_metadata_set(&m, "other", "\xff", 1, &err), &err);
    pc_metadata_finish(&m);
}

static void a_low_priority_puts_an_image_among_the_mass(void **state)
{
    struct pc_metadata m = {0};
    struct pc_err err = PC_ERR_INIT;
    (void)state;
    assert_int_equal(pc_metadata_submission(&m).priority, PC_PRIORITY_SINGLE);
    assert_ok(pc_metadata_set(&m, "priority", "low", 3, &err), &err);
    assert_int_equal(pc_metadata_submission(&m).priority, PC_PRIORITY_BULK);
    assert_ok(pc_metadata_set(&m, "priority", "high", 4, &err), &err);
    assert_int_equal(pc_metadata_submission(&m).priority, PC_PRIORITY_SINGLE);
    assert_ok(pc_metadata_set(&m, "priority", "", 0, &err), &err);
    assert_int_equal(pc_metadata_submission(&m).priority, PC_PRIORITY_SINGLE);
    assert_code(pc_metadata_set(&m, "priority", "urgent", 6, &err), PC_E_BAD_REQUEST);
    assert_code(pc_metadata_set(&m, "priority", "lo", 2, &err), PC_E_BAD_REQUEST);
    pc_metadata_finish(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_low_priority_puts_an_image_among_the_mass),
        cmocka_unit_test(routes_are_found),
        cmocka_unit_test(allowed_methods_are_listed),
        cmocka_unit_test(origins_are_checked),
        cmocka_unit_test(hosts_are_checked),
        cmocka_unit_test(ranges_are_read),
        cmocka_unit_test(tags_and_codings_are_read),
        cmocka_unit_test(download_names_are_safe),
        cmocka_unit_test(handshake_is_that_of_rfc_6455),
        cmocka_unit_test(frame_headers_grow_with_the_length),
        cmocka_unit_test(fields_are_bounded_in_characters),
    };
    return cmocka_run_group_tests_name("http", tests, NULL, NULL);
}
