/* Readers of JSON with an image, and of lists of URLs. Every streaming reader is fed the whole body, and
 * pieces of it down to single bytes: the result must not differ. */
#include "support.h"

#include "base/buf.h"
#include "form_text.h"
#include "http/body/json_body.h"
#include "http/body/url_list.h"

/* --- JSON --- */

static enum pc_code read_json(const char *text, size_t step, struct pc_buf *image, json_t **out)
{
    struct pc_json_body j;
    struct pc_err err = PC_ERR_INIT;
    enum pc_code rc = PC_OK;
    size_t len = strlen(text);
    pc_json_body_init(&j, form_text_events.data, image);
    for (size_t at = 0; at < len && !rc; at += step)
        rc = pc_json_body_feed(&j, text + at, at + step < len ? step : len - at, &err);
    if (!rc)
        rc = pc_json_body_end(&j, out, &err);
    pc_json_body_finish(&j);
    return rc;
}

static const struct {
    const char *text, *image, *rest; /* rest NULL: bad_json */
} image_bodies[] = {
    {"{\"imageData\":\"data:image/png;base64,Zm9v\",\"sku\":\"1\"}", "foo", "{\"sku\":\"1\"}"},
    {" { \"sku\" : \"a\\\"b\" , \"imageData\" : \"data:image/jpeg;base64,Zm8=\" } ", "fo",
     "{\"sku\":\"a\\\"b\"}"},
    {"{\"imageData\":\"data:;base64,\\/\\/\\/\\/\"}", "\xff\xff\xff", "{}"},
    {"{\"a\":{\"imageData\":\"x\"},\"b\":[\"imageData\",\"y\"],\"c\":\"imageData\"}", "",
     "{\"a\":{\"imageData\":\"x\"},\"b\":[\"imageData\",\"y\"],\"c\":\"imageData\"}"},
    {"{\"imageUrl\":\"http://a/?imageData\"}", "", "{\"imageUrl\":\"http://a/?imageData\"}"},
    {"{}", "", "{}"},
    /* escapes and white space, as encoders write them */
    {"{\"imageData\":\"data:image\\/png;base64,\\u002B\\u002b\\u002f\\u002FZg\\u003d\\u003D\"}",
     "\xfb\xef\xff\x66", "{}"},
    {"{\"imageData\":\" data:image/png; base64,\\r\\nZm\\n9v\\t "
     "\\u000aYmFy\\n\",\"a\":\"\\\"\"}",
     "foobar", "{\"a\":\"\\\"\"}"},
    {"{\"imageData\":\"data:;base64,Zm9vYg\",\"b\":1}", "foob", "{\"b\":1}"},
    {"{\"imageData\":\"data:;base64,____\"}", "\xff\xff\xff", "{}"},
    {"{\"\\u0069mage\\u0044ata\":\"data:;base64,Zm9v\"}", "foo", "{}"},
    {"\xef\xbb\xbf{\"imageData\":\"data:;base64,Zm9v\"}", "foo", "{}"},
    /* null and blank are absent */
    {"{\"imageData\":null,\"sku\":null}", "", "{\"sku\":null}"},
    {"{\"imageData\":\" \\n\"}", "", "{}"},
    {"{\"imageData\":\"data:image/png;base64,Zm9\\x\"}", NULL, NULL},
    {"{\"imageData\":\"data:image/png;base64,Zm9\\u00\"}", NULL, NULL},
    {"{\"imageData\":\"data:image/png;base64,Zm9v\n\"}", NULL, NULL},
    {"{\"imageData\":\"data:image/png;base64,Zm9v\\u0000\"}", NULL, NULL},
    {"{\"imageData\":\"data:image/\\ud800png;base64,Zm9v\"}", NULL, NULL},
    {"{\"imageData\":\"data:image/\\u0000png;base64,Zm9v\"}", NULL, NULL},
    {"{\"imageData\":[\"data:;base64,Zm9v\"]}", NULL, NULL},
    {"{\"imageData\":\"Zm9v\"}", "foo", "{}"},
    {"{\"imageData\":\" \\n\\u005am9v\\r\\nYg\\u003d=\",\"b\":1}", "foob", "{\"b\":1}"},
    {"{\"imageData\":\"data\"}", "u\xabZ", "{}"},
    {"{\"imageData\":\"dat\"}", "u\xab", "{}"},
    {"{\"imageData\":\"/9j/\"}", "\xff\xd8\xff", "{}"},
    {"{\"imageData\":\"d\"}", NULL, NULL},
    {"{\"imageData\":\"data:\"}", NULL, NULL},
    {"{\"imageData\":\"Zm9v,Zm9v\"}", NULL, NULL},
    {"{\"imageData\":\"http://a/b.jpg\"}", NULL, NULL},
    {"{\"imageData\":\"data:image/png,Zm9v\"}", NULL, NULL},
    {"{\"imageData\":\"data:image/png;base64,Zm9v", NULL, NULL},
    {"{\"imageData\":\"data:image/png;base64,Z\"}", NULL, NULL},
    {"{\"imageData\":7}", NULL, NULL},
    {"{\"imageData\":\"data:;base64,Zm9v\",\"imageData\":\"data:;base64,Zm9v\"}", NULL, NULL},
    {"[\"imageData\",\"data:;base64,Zm9v\"]", NULL, NULL},
    {"{\"imageData\":\"data:;base64,Zm9v\"}}", NULL, NULL},
    {"{\"a\":1,\"a\":2}", NULL, NULL},
    {"{\"a\":\"\xff\"}", NULL, NULL},
    {"", NULL, NULL},
    {"]]]]]{\"imageData\":\"data:;base64,Zm9v\"}", NULL, NULL},
};

static void images_in_json_are_streamed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof image_bodies / sizeof *image_bodies; i++)
        for (size_t step = 1; step < 200; step = step * 2 + 1) {
            struct pc_buf image = PC_BUF_INIT;
            json_t *root = NULL;
            enum pc_code rc = read_json(image_bodies[i].text, step, &image, &root);
            assert_int_equal(rc, image_bodies[i].rest ? PC_OK : PC_E_BAD_JSON);
            if (image_bodies[i].rest) {
                char *rest = json_dumps(root, JSON_COMPACT);
                assert_string_equal(rest, image_bodies[i].rest);
                assert_string_equal(pc_buf_text(&image), image_bodies[i].image);
                free(rest);
            }
            json_decref(root);
            pc_buf_finish(&image);
        }
}

static void json_errors_say_what_is_wrong(void **state)
{
    static const struct {
        const char *text;
        size_t len; /* 0: up to its NUL */
        const char *says;
    } cases[] = {
        {"{\0\"\0a\0", 6, "UTF-16"},
        {"\0{\0\"\0a", 6, "UTF-16"},
        {"\xff\xfe{\0}\0", 6, "UTF-16"},
        {"\xfe\xff\0{\0}", 6, "UTF-16"},
        {"{\0\0\0}\0\0\0", 8, "UTF-32"},
        {"{\"a\":\"\xe4\"}", 0, "UTF-8"},
        {"{\"a\":1,\"a\":2}", 0, "occurs twice"},
        {"{\"a\":1", 0, "ends too early"},
        {"{\"a\":1}}", 0, "follows its end"},
        {"{\"imageData\":\"data:image/png;Zm9v\"}", 0, "begins with data:image/"},
        {"{\"imageData\":\"data:;base64,Zm9*\"}", 0, "foreign character"},
        {"{\"imageData\":\"data:;base64,Zm9vY\"}", 0, "cut short"},
        {"{\"imageData\":\"data:;base64,Zm9v\nZm9v\"}", 0, "bare line break"},
        {"{\"imageData\":\"data:;base64,Zm9v\\q\"}", 0, "unknown escape"},
        {"{\"imageData\":\"data:;base64,Zm9v\",\"imageData\":\"x\"}", 0, "given twice"},
        {"{\"imageData\":7}", 0, "must be a string"},
        {"[]", 0, "must be a JSON object"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pc_buf image = PC_BUF_INIT;
        struct pc_err err = PC_ERR_INIT;
        struct pc_json_body j;
        json_t *root = NULL;
        size_t len = cases[i].len ? cases[i].len : strlen(cases[i].text);
        pc_json_body_init(&j, form_text_events.data, &image);
        enum pc_code rc = pc_json_body_feed(&j, cases[i].text, len, &err);
        if (!rc)
            rc = pc_json_body_end(&j, &root, &err);
        assert_int_equal(rc, PC_E_BAD_JSON);
        if (!strstr(err.message, cases[i].says))
            fail_msg("%s: %s", cases[i].text, err.message);
        pc_json_body_finish(&j);
        pc_buf_finish(&image);
    }
}

static void feed_long_member(const char *key, const char *value, struct pc_err *err)
{
    struct pc_buf text = PC_BUF_INIT, image = PC_BUF_INIT;
    struct pc_json_body j;
    pc_buf_printf(&text, "{\"sku\":\"1\", \"%s\": \"%s", key, value);
    for (int i = 0; i < 70000; i++)
        pc_buf_putc(&text, 'a');
    pc_json_body_init(&j, form_text_events.data, &image);
    assert_int_not_equal(pc_json_body_feed(&j, text.data, text.len, err), PC_OK);
    pc_json_body_finish(&j);
    pc_buf_finish(&text);
}

static void an_image_in_the_wrong_member_is_told(void **state)
{
    struct pc_err err = PC_ERR_INIT;
    (void)state;
    feed_long_member("imageUrl", "data:image/jpeg;base64,", &err);
    assert_int_equal(err.code, PC_E_URL_SCHEME);
    assert_non_null(strstr(err.message, "imageData"));
    err = (struct pc_err)PC_ERR_INIT;
    feed_long_member("Image", "data:image/jpeg;base64,", &err);
    assert_int_equal(err.code, PC_E_BODY_TOO_LARGE);
    assert_non_null(strstr(err.message, "'Image'"));
}

static void json_beside_the_image_is_bounded(void **state)
{
    struct pc_buf text = PC_BUF_INIT, image = PC_BUF_INIT;
    json_t *root = NULL;
    (void)state;
    pc_buf_puts(&text, "{\"sku\":\"");
    for (int i = 0; i < 70000; i++)
        pc_buf_putc(&text, 'a');
    pc_buf_puts(&text, "\"}");
    assert_code(read_json(text.data, 4096, &image, &root), PC_E_BODY_TOO_LARGE);
    pc_buf_finish(&text);
    pc_buf_finish(&image);
}

/* --- lists --- */

typedef enum pc_code (*reader)(struct pc_http_url_list *, const char *, size_t, struct pc_err *);

/* "line:url/sku/label;" for each. */
static enum pc_code read_list(reader read, const char *text, int max, struct pc_buf *out)
{
    struct pc_http_url_list list;
    struct pc_err err = PC_ERR_INIT;
    pc_http_url_list_init(&list, max);
    enum pc_code rc = read(&list, text, strlen(text), &err);
    for (int i = 0; i < list.n; i++)
        pc_buf_printf(out, "%d:%s/%s/%s;", list.items[i].line, list.items[i].url, list.items[i].sku,
                      list.items[i].label);
    pc_http_url_list_finish(&list);
    return rc;
}

static void lists_are_read(void **state)
{
    static const struct {
        reader read;
        const char *text;
        enum pc_code rc;
        const char *wanted;
    } cases[] = {
        {pc_http_url_list_read_text, "\xef\xbb\xbfhttp://a/\r\n\r\n  http://b/ \nx", PC_OK,
         "1:http://a///;3:http://b///;4:x//;"},
        {pc_http_url_list_read_text, "", PC_OK, ""},
        {pc_http_url_list_read_text, "\n\n\r\n", PC_OK, ""},
        {pc_http_url_list_read_text, "http://\xff/", PC_E_BAD_REQUEST, ""},
        {pc_http_url_list_read_text, "1\n2\n3\n4\n5", PC_E_BATCH_TOO_LARGE,
         "1:1//;2:2//;3:3//;4:4//;"},
        {pc_http_url_list_read_csv, "url\nhttp://a/\n", PC_OK, "2:http://a///;"},
        {pc_http_url_list_read_csv,
         "\xef\xbb\xbf\"SKU\",Url , LABEL\r\n1,http://a/,x\r\n\r\n2,http://b/\r\n", PC_OK,
         "2:http://a//1/x;4:http://b//2/;"},
        {pc_http_url_list_read_csv, "label;url\n\"a;\"\"b\"\"\nc\";http://a/?x=1,2\n;y", PC_OK,
         "2:http://a/?x=1,2//a;\"b\"\nc;4:y//;"},
        {pc_http_url_list_read_csv, "url\tsku\nhttp://a/\t7", PC_OK, "2:http://a//7/;"},
        {pc_http_url_list_read_csv, "sku,url\n7\n,\n8,", PC_OK, "2:/7/;4:/8/;"},
        {pc_http_url_list_read_csv, "sku,label\n1,2\n", PC_E_BAD_CSV, ""},
        {pc_http_url_list_read_csv, "", PC_E_BAD_CSV, ""},
        {pc_http_url_list_read_csv, "url\n\"http://a/\n", PC_E_BAD_CSV, ""},
        {pc_http_url_list_read_csv, "url\n\"http://a/\"x\n", PC_E_BAD_CSV, ""},
        {pc_http_url_list_read_csv, "url\na\rb\n", PC_OK, "2:a//;3:b//;"},
        {pc_http_url_list_read_text, "sku\tBild-URL\n7\ta\n", PC_OK, "2:a/7/;"},
        {pc_http_url_list_read_csv, "url\n\xe4\n", PC_E_BAD_REQUEST, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pc_buf out = PC_BUF_INIT;
        assert_int_equal(read_list(cases[i].read, cases[i].text, 4, &out), cases[i].rc);
        assert_string_equal(pc_buf_text(&out), cases[i].wanted);
        pc_buf_finish(&out);
    }
}

/* The cases that the page's own reader is held to as well. */
static void lists_are_read_as_on_the_page(void **state)
{
    char *path = test_source("tests/data/url_lists.json");
    json_t *cases = json_load_file(path, 0, NULL), *one;
    size_t at;
    (void)state;
    assert_true(json_array_size(cases) > 50);
    json_array_foreach(cases, at, one)
    {
        const char *text = json_string_value(json_object_get(one, "text"));
        const json_t *column = json_object_get(one, "column"), *row;
        const char *name = json_string_value(json_object_get(one, "name"));
        for (int as_csv = 0; as_csv < 2; as_csv++) {
            struct pc_http_url_list list;
            struct pc_err err = PC_ERR_INIT;
            size_t i;
            pc_http_url_list_init(&list, 100);
            enum pc_code rc = as_csv ? pc_http_url_list_read_csv(&list, text, strlen(text), &err)
                                     : pc_http_url_list_read_text(&list, text, strlen(text), &err);
            if (as_csv && json_is_null(column)) {
                assert_int_equal(rc, PC_E_BAD_CSV);
                pc_http_url_list_finish(&list);
                continue;
            }
            if (rc || list.n != (int)json_array_size(json_object_get(one, "rows")))
                fail_msg("%s: %s, %d rows", name, err.message, list.n);
            if (json_is_string(column))
                assert_string_equal(list.url_column, json_string_value(column));
            else
                assert_null(list.url_column);
            json_array_foreach(json_object_get(one, "rows"), i, row)
            {
                const struct pc_submit_line *line = &list.items[i];
                const char *const texts[] = {line->url, line->sku, line->label};
                if (line->line != json_integer_value(json_array_get(row, 0)))
                    fail_msg("%s: line %d", name, line->line);
                for (size_t k = 0; k < 3; k++)
                    assert_string_equal(texts[k], json_string_value(json_array_get(row, k + 1)));
            }
            pc_http_url_list_finish(&list);
        }
    }
    json_decref(cases);
    free(path);
}

static void lists_are_read_in_every_unicode(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        enum pc_code rc;
        const char *wanted; /* the list, or a part of the error's message */
    } cases[] = {
        {"\xff\xfeu\0r\0l\0\t\0s\0k\0u\0\r\0\n\0a\0\t\0\xfc\0=\xd8\x57\xdc\r\0\n\0", 34, PC_OK,
         "2:a/\xc3\xbc\xf0\x9f\x91\x97/;"},
        {"\xfe\xff\0u\0r\0l\0\n\0a", 12, PC_OK, "2:a//;"},
        {"u\0r\0l\0\n\0a\0", 10, PC_OK, "2:a//;"},
        {"\xff\xfeu\0r\0l\0\n\0=\xd8", 12, PC_E_BAD_REQUEST, "not UTF-8"},
        {"\xff\xfe\0\0u\0\0\0", 8, PC_E_BAD_REQUEST, "not UTF-8"},
        {"url\n\xe4", 5, PC_E_BAD_REQUEST, "not UTF-8"},
        {"PK\3\4xlsx", 8, PC_E_BAD_REQUEST, "workbook"},
        {"name,image_alt\n1,2", 18, PC_E_BAD_CSV, "It has: 'name', 'image_alt'."},
        {"https://a.test/1.jpg;S\n", 23, PC_E_BAD_CSV, "must name the columns"},
        {" \n\n", 3, PC_E_BAD_CSV, "is empty"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pc_http_url_list list;
        struct pc_err err = PC_ERR_INIT;
        struct pc_buf out = PC_BUF_INIT;
        pc_http_url_list_init(&list, 10);
        assert_int_equal(pc_http_url_list_read_csv(&list, cases[i].bytes, cases[i].len, &err),
                         cases[i].rc);
        for (int k = 0; k < list.n; k++)
            pc_buf_printf(&out, "%d:%s/%s/%s;", list.items[k].line, list.items[k].url,
                          list.items[k].sku, list.items[k].label);
        if (!strstr(cases[i].rc ? err.message : pc_buf_text(&out), cases[i].wanted))
            fail_msg("%zu: %s %s", i, err.message, pc_buf_text(&out));
        pc_http_url_list_finish(&list);
        pc_buf_finish(&out);
    }
}

static enum pc_code json_list(struct pc_http_url_list *list, const char *text, size_t len,
                              struct pc_err *err)
{
    json_t *root = json_loadb(text, len, JSON_DECODE_ANY, NULL);
    assert_non_null(root);
    enum pc_code rc = pc_http_url_list_read_json(list, root, err);
    json_decref(root);
    return rc;
}

static void json_lists_are_read(void **state)
{
    static const struct {
        const char *text;
        enum pc_code rc;
        const char *wanted;
    } cases[] = {
        {"{\"imageUrls\":[\"a\",7,\"b\"]}", PC_OK, "1:a//;2://;3:b//;"},
        {"{\"urls\":[\"a\"],\"batch\":\"x\"}", PC_OK, "1:a//;"},
        {"{\"urls\":[\"a\"],\"imageUrls\":[\"b\"]}", PC_E_BAD_JSON, ""},
        {"{\"imageUrls\":\"a\"}", PC_E_BAD_JSON, ""},
        {"{\"imageUrls\":[]}", PC_OK, ""},
        {"[\"a\"]", PC_E_BAD_JSON, ""},
        {"7", PC_E_BAD_JSON, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pc_buf out = PC_BUF_INIT;
        assert_int_equal(read_list(json_list, cases[i].text, 4, &out), cases[i].rc);
        assert_string_equal(pc_buf_text(&out), cases[i].wanted);
        pc_buf_finish(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(images_in_json_are_streamed),
        cmocka_unit_test(json_errors_say_what_is_wrong),
        cmocka_unit_test(an_image_in_the_wrong_member_is_told),
        cmocka_unit_test(json_beside_the_image_is_bounded),
        cmocka_unit_test(lists_are_read),
        cmocka_unit_test(lists_are_read_as_on_the_page),
        cmocka_unit_test(lists_are_read_in_every_unicode),
        cmocka_unit_test(json_lists_are_read),
    };
    return cmocka_run_group_tests_name("http-bodies", tests, NULL, NULL);
}
