/* URLs of S3 stores, and the documents and times that servers write. */
#include "base/buf.h"
#include "blobs/s3/internal.h"
#include "blobs/s3/xml.h"
#include "support.h"

static void expect_url(const char *text, const char *origin, const char *root, const char *prefix)
{
    struct pc_s3_url a;
    struct pc_err err = PC_ERR_INIT;
    print_message("# %s\n", text);
    assert_ok(pc_s3_url_parse(text, &a, &err), &err);
    assert_string_equal(a.origin, origin);
    assert_string_equal(a.root, root);
    assert_string_equal(a.prefix, prefix);
    assert_string_equal(a.host, strstr(a.origin, "://") + 3);
    pc_s3_url_finish(&a);
}

static void urls_are_parsed(void **state)
{
    (void)state;
    const struct {
        const char *text, *origin, *root, *prefix;
    } good[] = {
        {"s3://k:s@shots", "https://shots.s3.us-east-1.amazonaws.com", "/", ""},
        {"s3://shots", "https://shots.s3.us-east-1.amazonaws.com", "/", ""},
        {"s3://k:s@shots/", "https://shots.s3.us-east-1.amazonaws.com", "/", ""},
        {"s3://k:s@shots/a/b?region=eu-central-1", "https://shots.s3.eu-central-1.amazonaws.com",
         "/", "a/b/"},
        {"s3://k:s@shots?region=cn-north-1", "https://shots.s3.cn-north-1.amazonaws.com.cn", "/",
         ""},
        {"s3://k:s@my.shots", "https://s3.us-east-1.amazonaws.com", "/my.shots/", ""},
        {"s3://k:s@shots?style=path", "https://s3.us-east-1.amazonaws.com", "/shots/", ""},
        {"s3://k:s@shots?endpoint=http://127.0.0.1:9000", "http://127.0.0.1:9000", "/shots/", ""},
        {"s3://k:s@shots?endpoint=https%3A%2F%2Fs3.example.com%3A443%2F", "https://s3.example.com",
         "/shots/", ""},
        {"s3://k:s@shots?endpoint=https://x.example/storage/s3&style=path", "https://x.example",
         "/storage/s3/shots/", ""},
        {"s3://k:s@shots?endpoint=http://s3.example:80&style=virtual", "http://shots.s3.example",
         "/", ""},
        {"s3://k:s@shots?endpoint=http://[::1]:9000", "http://[::1]:9000", "/shots/", ""},
        {"s3://k:a/b+c@d@shots/x%20y/", "https://shots.s3.us-east-1.amazonaws.com", "/", "x y/"},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        expect_url(good[i].text, good[i].origin, good[i].root, good[i].prefix);
}

static void wrong_urls_are_refused(void **state)
{
    (void)state;
    const char *bad[] = {"s3://",
                         "s3://:s@shots",
                         "s3://k@shots",
                         "s3://k:@shots",
                         "s3://k:s@",
                         "s3://k:s@ab",
                         "s3://k:s@sh ots",
                         "s3://k:s@../x",
                         "s3://k:%zz@shots",
                         "s3://k:s@shots/%0",
                         "s3://k:s@shots/%00",
                         "s3://k:s@shots?endpoint=ftp://x",
                         "s3://k:s@shots?endpoint=http://",
                         "s3://k:s@shots?endpoint=http://u@x",
                         "s3://k:s@shots?style=both",
                         "s3://k:s@shots?links=public:",
                         "s3://k:s@shots?links=public:javascript:x",
                         "s3://k:s@shots?timeout=0",
                         "s3://k:s@shots?colour=red",
                         "s3://k:s@shots?region",
                         "s3://shots?session_token=t",
                         "s3://k:s@shots?profile=p"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct pc_s3_url a;
        struct pc_err err = PC_ERR_INIT;
        print_message("# %s\n", bad[i]);
        assert_code(pc_s3_url_parse(bad[i], &a, &err), PC_E_CONFIG);
        assert_true(*err.message);
        pc_s3_url_finish(&a);
    }
}

static void all_parts_of_a_url(void **state)
{
    (void)state;
    struct pc_s3_url a;
    struct pc_err err = PC_ERR_INIT;
    assert_ok(pc_s3_url_parse("s3://key%3A:se%2Fc%40r%3Fet@shots?session_token=a%2Bb&timeout=3&"
                              "links=public:https://cdn.example/x&spool=/var/tmp&ca=/c.pem",
                              &a, &err),
              &err);
    assert_string_equal(a.key_id, "key:");
    assert_string_equal(a.secret, "se/c@r?et");
    assert_string_equal(a.session_token, "a+b");
    assert_int_equal(a.timeout_ms, 3000);
    assert_int_equal(a.links, PC_S3_PUBLIC);
    assert_string_equal(a.public_base, "https://cdn.example/x/");
    assert_string_equal(a.spool_dir, "/var/tmp");
    assert_string_equal(a.ca, "/c.pem");
    assert_null(a.proxy);
    pc_s3_url_finish(&a);
    assert_ok(pc_s3_url_parse("s3://shots?profile=old%20one", &a, &err), &err);
    assert_string_equal(a.profile, "old one");
    assert_null(a.key_id);
    pc_s3_url_finish(&a);
}

struct seen {
    struct pc_buf text;
};

static void see_leaf(void *ctx, const char *parent, const char *name, const char *text)
{
    struct seen *seen = ctx;
    pc_buf_printf(&seen->text, "%s.%s=%s;", parent, name, text);
}

static void see_end(void *ctx, const char *name)
{
    struct seen *seen = ctx;
    pc_buf_printf(&seen->text, "/%s;", name);
}

static bool read_xml(const char *text, struct seen *seen)
{
    struct pc_s3_xml_handler to = {.leaf = see_leaf, .end = see_end, .ctx = seen};
    pc_buf_clear(&seen->text);
    return pc_s3_xml_parse(text, strlen(text), &to);
}

static void documents(void **state)
{
    (void)state;
    struct seen seen = {.text = PC_BUF_INIT};
    assert_true(read_xml("<?xml version=\"1.0\"?><L xmlns=\"http://s3\"><C><Key>a&amp;b&lt;&#x41;"
                         "</Key><Size>1</Size></C><C/><N> x </N></L>",
                         &seen));
    assert_string_equal(pc_buf_text(&seen.text), "C.Key=a&b<A;C.Size=1;/C;L.C=;L.N= x ;/L;");
    assert_false(read_xml("<a><b></a>", &seen));
    assert_false(read_xml("", &seen));
    assert_false(read_xml("<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", &seen));
    assert_false(
        read_xml("<a><a><a><a><a><a><a><a><a></a></a></a></a></a></a></a></a></a>", &seen));
    pc_buf_finish(&seen.text);
}

static void times(void **state)
{
    (void)state;
    assert_int_equal(pc_s3_parse_time_ms("2013-05-24T00:00:00.000Z"), 1369353600000);
    assert_int_equal(pc_s3_parse_time_ms("2013-05-24T00:00:00Z"), 1369353600000);
    assert_int_equal(pc_s3_parse_time_ms("2013-05-24T00:00:01.250Z"), 1369353601250);
    assert_int_equal(pc_s3_parse_time_ms("yesterday"), -1);
    assert_int_equal(pc_s3_parse_time_ms(""), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urls_are_parsed),
        cmocka_unit_test(wrong_urls_are_refused),
        cmocka_unit_test(all_parts_of_a_url),
        cmocka_unit_test(documents),
        cmocka_unit_test(times),
    };
    return cmocka_run_group_tests_name("blobs-s3-url", tests, NULL, NULL);
}
