/* What clients of every make send, and what they are told: requests over real sockets. */
#include "harness.h"

#include "base/mem.h"

#define JSON "Content-Type: application/json"
/* test_tiny_bmp, 96 characters; and the same with every character that encoders escape */
#define TINY                                                                                       \
    "Qk1GAAAAAAAAADYAAAAoAAAAAgAAAAIAAAABABgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

/* The error's message, or "". Borrowed from r. */
static const char *message_of(const struct reply *r)
{
    const char *text =
        json_string_value(json_object_get(json_object_get(r->json, "error"), "message"));
    return text ? text : "";
}

static void expect_message(struct served *s, const char *path, const char *headers,
                           const char *body, const char *code, const char *says)
{
    struct reply r;
    call(s, &r, "POST", path, headers, body, strlen(body));
    assert_string_equal(reply_code(&r), code);
    if (!strstr(message_of(&r), says))
        fail_msg("%s: %s", body, message_of(&r));
    reply_finish(&r);
}

static void json_images_are_taken_as_clients_write_them(void **state)
{
    struct served *s = *state;
    static const char *const bodies[] = {
        "{\"imageData\":\"data:image/bmp;base64," TINY "\",\"imageUrl\":null,\"sku\":null,"
        "\"label\":null,\"batch\":null,\"name\":null}",
        "{\"imageUrl\":\"\",\"imageData\":\"data:image\\/bmp;base64,\\r\\n" TINY "\\n\"}",
        "\xef\xbb\xbf{\"imageData\":\"data:image/bmp;base64," TINY "\"}",
    };
    submit_image(s, 0);
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct reply r;
        call(s, &r, "POST", "/process", JSON, bodies[i], strlen(bodies[i]));
        assert_true(r.status == 202 || r.status == 200);
        reply_finish(&r);
    }
    expect(s, "POST", "/process", JSON,
           "{\"imageUrl\":\" \\u00a0https://shop.example/space.jpg\\t\\n\",\"imageData\":null}",
           202, "");
    expect(s, "POST", "/process", JSON, "{\"imageUrl\":\"https://shop.example/space.jpg\"}", 200,
           "");
}

static void a_data_url_is_sent_to_its_field(void **state)
{
    struct served *s = *state;
    struct reply r;
    static const char batch[] = "{\"imageUrls\":[\"data:image/png;base64,Zm9v\"]}";
    expect_message(s, "/process", JSON, "{\"imageUrl\":\" data:image/png;base64,Zm9v\"}",
                   "url_scheme", "imageData");
    call(s, &r, "POST", "/process-batch", JSON, batch, strlen(batch));
    const json_t *line = json_array_get(json_object_get(r.json, "rejected"), 0);
    assert_string_equal(json_string_value(json_object_get(line, "code")), "url_scheme");
    assert_non_null(strstr(json_string_value(json_object_get(line, "message")), "imageData"));
    reply_finish(&r);
    expect_message(s, "/process", JSON, "{\"imageData\":\"data:;base64,\"}", "body_empty",
                   "imageData is empty");
}

/* Bodies with a member that is null, and without it. ID stands for the id of an image. */
static const struct {
    const char *method, *path, *with_null, *without;
} with_and_without[] = {
    {"POST", "/process", "{\"imageUrl\":null,\"imageData\":null}", "{}"},
    {"POST", "/process-batch",
     "{\"imageUrls\":null,\"urls\":[\"https://shop.example/n.jpg\"],\"batch\":null}",
     "{\"urls\":[\"https://shop.example/n.jpg\"]}"},
    {"POST", "/process-batch", "{\"urls\":null,\"imageUrls\":[\"https://shop.example/n.jpg\"]}",
     "{\"imageUrls\":[\"https://shop.example/n.jpg\"]}"},
    {"POST", "/images/retry", "{\"ids\":[77777],\"filter\":null,\"after\":null}",
     "{\"ids\":[77777]}"},
    {"POST", "/images/retry",
     "{\"ids\":null,\"after\":null,\"filter\":{\"status\":null,\"batch\":\"none\",\"q\":null,"
     "\"attention\":null,\"review\":null}}",
     "{\"filter\":{\"batch\":\"none\"}}"},
    {"POST", "/images/cancel", "{\"ids\":null,\"filter\":null}", "{}"},
    {"POST", "/images/delete", "{\"ids\":[77777],\"filter\":null}", "{\"ids\":[77777]}"},
    {"POST", "/recut", "{\"ids\":[77777],\"batch\":null,\"after\":null,\"dryRun\":null}",
     "{\"ids\":[77777]}"},
    {"POST", "/recut", "{\"ids\":null,\"batch\":\"none\",\"recipes\":null,\"dryRun\":true}",
     "{\"batch\":\"none\",\"dryRun\":true}"},
    {"POST", "/edits/offset",
     "{\"label\":\"neck\",\"offset\":null,\"ids\":null,\"batch\":\"none\",\"after\":null,"
     "\"dryRun\":null}",
     "{\"label\":\"neck\",\"offset\":null,\"batch\":\"none\"}"},
    {"PUT", "/images/ID/edits", "{\"boxes\":null}", "{}"},
    {"POST", "/images/ID/plan", "{\"edits\":null,\"recipes\":null}", "{}"},
    {"POST", "/images/ID/plan", "{\"edits\":{\"boxes\":null}}", "{\"edits\":{}}"},
    {"POST", "/images/ID/review", "{\"verdict\":\"approved\",\"reason\":null,\"shots\":null}",
     "{\"verdict\":\"approved\"}"},
    {"POST", "/images/ID/review", "{\"verdict\":\"rejected\",\"reason\":null}",
     "{\"verdict\":\"rejected\"}"},
};

/* An optional member that is null is answered as one that is absent, on every route. */
static void null_means_absent(void **state)
{
    struct served *s = *state;
    int64_t id = submit_image(s, 9);
    for (size_t i = 0; i < sizeof with_and_without / sizeof *with_and_without; i++) {
        const char *method = with_and_without[i].method, *suffix = with_and_without[i].path;
        const char *with_null = with_and_without[i].with_null,
                   *without = with_and_without[i].without;
        struct reply a, b;
        char *path = strstr(suffix, "ID")
                         ? pc_xasprintf("/images/%lld%s", (long long)id, strrchr(suffix, '/'))
                         : pc_xstrdup(suffix);
        call(s, &b, method, path, JSON, without, strlen(without));
        call(s, &a, method, path, JSON, with_null, strlen(with_null));
        if (a.status != b.status && !(a.status == 200 && b.status == 202))
            fail_msg("%s %s: %ld, %ld without null", path, with_null, a.status, b.status);
        assert_string_equal(message_of(&a), message_of(&b));
        reply_finish(&a);
        reply_finish(&b);
        free(path);
    }
}

/* A variable that was not set must not become all images. */
static void a_filter_of_nothing_but_null_is_refused(void **state)
{
    struct served *s = *state;
    static const char *const paths[] = {"/images/delete", "/images/cancel", "/images/retry"};
    char *path = pc_xasprintf("/images/%lld", (long long)submit_image(s, 11));
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        expect_message(s, paths[i], JSON, "{\"filter\":{\"batch\":null}}", "bad_json", "null");
        expect_message(s, paths[i], JSON, "{\"filter\":{\"review\":null,\"q\":null}}", "bad_json",
                       "null");
    }
    expect(s, "GET", path, NULL, NULL, 200, "");
    free(path);
}

/* Which is wrong, the image or the body? The image is told first: with it the body means nothing. */
static void an_unknown_image_is_told_before_its_body(void **state)
{
    struct served *s = *state;
    static const char *const bodies[] = {
        "{", "[]", "{\"verdict\":7}", "{\"boxes\":7}", "{\"edits\":7}", "{\"unknown\":1}"};
    char *known = pc_xasprintf("/images/%lld/edits", (long long)submit_image(s, 10));
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        expect(s, "PUT", "/images/77777/edits", JSON, bodies[i], 404, "not_found");
        expect(s, "POST", "/images/77777/plan", JSON, bodies[i], 404, "not_found");
        expect(s, "POST", "/images/77777/review", JSON, bodies[i], 404, "not_found");
        expect(s, "PUT", known, JSON, bodies[i], 400, "bad_json");
    }
    free(known);
}

static void the_column_that_was_taken_is_told(void **state)
{
    struct served *s = *state;
    struct reply r;
    static const char csv[] = "sep=;\r\nSKU;Bild-URL\r\nS;https://shop.example/col.jpg\r\n";
    static const char bad[] = "sku\timage\nS\tnonsense\n";
    call(s, &r, "POST", "/process-batch", "Content-Type: text/csv", csv, strlen(csv));
    assert_int_equal(r.status, 202);
    assert_string_equal(json_string_value(json_object_get(r.json, "urlColumn")), "Bild-URL");
    reply_finish(&r);
    call(s, &r, "POST", "/process-batch", "Content-Type: text/plain", "https://shop.example/p.jpg",
         26);
    assert_int_equal(r.status, 202);
    assert_null(json_object_get(r.json, "urlColumn"));
    reply_finish(&r);
    expect_message(s, "/process-batch", "Content-Type: text/tab-separated-values", bad,
                   "batch_all_rejected", "'image'");
    expect_message(s, "/process-batch", "Content-Type: application/vnd.ms-excel", "sku;name\n1;2\n",
                   "bad_csv", "It has: 'sku', 'name'.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_images_are_taken_as_clients_write_them),
        cmocka_unit_test(a_data_url_is_sent_to_its_field),
        cmocka_unit_test(null_means_absent),
        cmocka_unit_test(a_filter_of_nothing_but_null_is_refused),
        cmocka_unit_test(the_column_that_was_taken_is_told),
        cmocka_unit_test(an_unknown_image_is_told_before_its_body),
    };
    return cmocka_run_group_tests_name("http-clients", tests, served_setup, served_teardown);
}
