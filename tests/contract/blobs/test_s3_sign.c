/* Signatures of the S3 driver, against Amazon's own examples; presigned addresses. */
#include "base/mem.h"
#include "base/percent.h"
#include "base/str.h"
#include "blobs/s3/internal.h"
#include "blobs/s3/sign.h"
#include "support.h"

#define EMPTY_SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define EXAMPLE_KEY "AKIAIOSFODNN7EXAMPLE"
#define EXAMPLE_SECRET "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

enum { MAY_24_2013 = 1369353600, AUG_30_2015 = 1440938160 }; /* 00:00:00, 12:36:00 */

/* Amazon S3 API Reference, "Signature Calculations for the Authorization Header: Transferring
 * Payload in a Single Chunk", the four examples there. */
static const struct pc_s3_signer s3 = {EXAMPLE_KEY, EXAMPLE_SECRET, "us-east-1", "s3", ""};
/* AWS Signature Version 4 Test Suite (aws-sig-v4-test-suite). */
static const struct pc_s3_signer suite = {"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                                          "us-east-1", "service", ""};

static void expect_signature(const struct pc_s3_signer *who, const struct pc_s3_sign_request *call,
                             const char *headers, const char *signature)
{
    struct pc_buf buf = PC_BUF_INIT;
    char *end = pc_xasprintf(",SignedHeaders=%s,Signature=%s", headers, signature);
    pc_s3_sign_header(who, call, &buf);
    const char *found = strstr(pc_buf_text(&buf), ",SignedHeaders=");
    assert_non_null(found);
    assert_string_equal(found, end);
    pc_buf_finish(&buf);
    free(end);
}

static void amazons_examples_of_objects(void **state)
{
    (void)state;
    const struct pc_s3_pair get[] = {{"host", "examplebucket.s3.amazonaws.com"},
                                     {"range", "bytes=0-9"},
                                     {"x-amz-content-sha256", EMPTY_SHA256},
                                     {"x-amz-date", "20130524T000000Z"}};
    struct pc_s3_sign_request get_object = {.method = "GET",
                                            .path = "/test.txt",
                                            .headers = get,
                                            .n_headers = 4,
                                            .payload_sha256 = EMPTY_SHA256,
                                            .at_s = MAY_24_2013};
    expect_signature(&s3, &get_object, "host;range;x-amz-content-sha256;x-amz-date",
                     "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");

    static const char sha[] = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072";
    const struct pc_s3_pair put[] = {{"x-amz-storage-class", "REDUCED_REDUNDANCY"},
                                     {"date", "Fri, 24 May 2013 00:00:00 GMT"},
                                     {"host", "examplebucket.s3.amazonaws.com"},
                                     {"x-amz-date", "20130524T000000Z"},
                                     {"x-amz-content-sha256", sha}};
    struct pc_s3_sign_request put_object = {.method = "PUT",
                                            .path = "/test$file.text",
                                            .headers = put,
                                            .n_headers = 5,
                                            .payload_sha256 = sha,
                                            .at_s = MAY_24_2013};
    expect_signature(&s3, &put_object,
                     "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
                     "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
}

static void amazons_examples_of_buckets(void **state)
{
    (void)state;
    const struct pc_s3_pair plain[] = {{"host", "examplebucket.s3.amazonaws.com"},
                                       {"x-amz-content-sha256", EMPTY_SHA256},
                                       {"x-amz-date", "20130524T000000Z"}};
    const struct pc_s3_pair lifecycle[] = {{"lifecycle", ""}};
    const struct pc_s3_pair list[] = {{"prefix", "J"}, {"max-keys", "2"}};
    struct pc_s3_sign_request ask = {.method = "GET",
                                     .path = "/",
                                     .query = lifecycle,
                                     .n_query = 1,
                                     .headers = plain,
                                     .n_headers = 3,
                                     .payload_sha256 = EMPTY_SHA256,
                                     .at_s = MAY_24_2013};
    expect_signature(&s3, &ask, "host;x-amz-content-sha256;x-amz-date",
                     "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
    ask.query = list;
    ask.n_query = 2;
    expect_signature(&s3, &ask, "host;x-amz-content-sha256;x-amz-date",
                     "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

static void amazons_test_suite(void **state)
{
    (void)state;
    const struct pc_s3_pair headers[] = {{"x-amz-date", "20150830T123600Z"},
                                         {"host", "example.amazonaws.com"}};
    const struct pc_s3_pair order[] = {{"Param2", "value2"}, {"Param1", "value1"}};
    const struct pc_s3_pair utf8[] = {{"\xe1\x88\xb4", "bar"}};
    const struct {
        const char *name, *method, *path;
        const struct pc_s3_pair *query;
        size_t n_query;
        const char *signature;
    } rows[] = {
        {"get-vanilla", "GET", "/", NULL, 0,
         "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
        {"get-vanilla-query-order-key-case", "GET", "/", order, 2,
         "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
        {"get-vanilla-utf8-query", "GET", "/", utf8, 1,
         "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"},
        {"get-utf8", "GET", "/\xe1\x88\xb4", NULL, 0,
         "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
        {"post-vanilla", "POST", "/", NULL, 0,
         "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pc_s3_sign_request call = {.method = rows[i].method,
                                          .path = rows[i].path,
                                          .query = rows[i].query,
                                          .n_query = rows[i].n_query,
                                          .headers = headers,
                                          .n_headers = 2,
                                          .payload_sha256 = EMPTY_SHA256,
                                          .at_s = AUG_30_2015};
        print_message("# %s\n", rows[i].name);
        expect_signature(&suite, &call, "host;x-amz-date", rows[i].signature);
    }
}

/* "Authenticating Requests: Using Query Parameters", the example there. */
static void amazons_example_of_a_presigned_url(void **state)
{
    (void)state;
    const struct pc_s3_pair host[] = {{"host", "examplebucket.s3.amazonaws.com"}};
    struct pc_s3_sign_request call = {.method = "GET",
                                      .path = "/test.txt",
                                      .headers = host,
                                      .n_headers = 1,
                                      .payload_sha256 = PC_S3_UNSIGNED,
                                      .at_s = MAY_24_2013};
    struct pc_buf buf = PC_BUF_INIT;
    pc_s3_sign_query(&s3, &call, 86400, &buf);
    assert_string_equal(
        pc_buf_text(&buf),
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=" EXAMPLE_KEY
        "%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires="
        "86400&X-Amz-SignedHeaders=host&X-Amz-Signature="
        "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
    pc_buf_finish(&buf);
}

static void what_is_encoded_and_in_which_order(void **state)
{
    (void)state;
    struct pc_buf buf = PC_BUF_INIT;
    pc_percent_encode(&buf, "/a b+k=v/\xc3\xa9!*'(),:@$&%20?#~-._", "/");
    assert_string_equal(pc_buf_text(&buf), "/a%20b%2Bk%3Dv/%C3%A9%21%2A%27%28%29%2C%3A%40%24%26"
                                           "%2520%3F%23~-._");
    pc_buf_clear(&buf);
    const struct pc_s3_pair pairs[] = {
        {"a", "2"}, {"a-b", ""}, {"a", "1/"}, {"A", "z"}, {"a1", ""}};
    pc_s3_canonical_query(&buf, pairs, 5);
    assert_string_equal(pc_buf_text(&buf), "A=z&a=1%2F&a=2&a-b=&a1=");
    pc_buf_finish(&buf);
}

static char *presign(int64_t ends_s, int64_t lifetime_s, int64_t now_s)
{
    struct pc_s3_url a;
    struct pc_err err = PC_ERR_INIT;
    struct pc_s3_credentials keys = {"K", "S", "T+", ends_s ? ends_s * 1000 : PC_S3_NEVER_EXPIRES};
    assert_ok(pc_s3_url_parse("s3://shots", &a, &err), &err);
    char *link = pc_s3_presign_url(&a, &keys, "a/b.jpg", lifetime_s, now_s);
    pc_s3_url_finish(&a);
    return link;
}

static void presigned_urls_stay_the_same_for_a_while(void **state)
{
    (void)state;
    char *first = presign(0, 3600, 1800000000);
    char *second = presign(0, 3600, 1800000000 + 899);
    char *third = presign(0, 3600, 1800000000 + 900);
    assert_string_equal(first, second);
    assert_string_not_equal(first, third);
    assert_non_null(strstr(first, "https://shots.s3.us-east-1.amazonaws.com/a/b.jpg?X-Amz-"));
    assert_non_null(strstr(first, "&X-Amz-Expires=4500&"));
    assert_non_null(strstr(first, "&X-Amz-Security-Token=T%2B&"));
    free(first);
    free(second);
    free(third);
}

static void presigned_urls_expire_with_the_credentials(void **state)
{
    (void)state;
    const struct {
        int64_t ends_s, lifetime_s, now_s; /* of ends and now: after a full hour */
        const char *expires;
    } rows[] = {
        {4501, 3600, 10, "=4500&"}, {4500, 3600, 10, "=4500&"},    {4499, 3600, 10, "=4499&"},
        {1000, 3600, 950, "=100&"}, /* from 900 on */
        {951, 3600, 950, "=51&"},   {0, 7 * 86400, 0, "=604800&"}, {3600, 7 * 86400, 0, "=3600&"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t hour_s = 1800000000;
        char *link = presign(rows[i].ends_s ? hour_s + rows[i].ends_s : 0, rows[i].lifetime_s,
                             hour_s + rows[i].now_s);
        const char *expires = strstr(link, "X-Amz-Expires");
        assert_non_null(expires);
        if (!pc_str_starts(expires + strlen("X-Amz-Expires"), rows[i].expires))
            fail_msg("row %zu: %.24s", i, expires);
        free(link);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(amazons_examples_of_objects),
        cmocka_unit_test(amazons_examples_of_buckets),
        cmocka_unit_test(amazons_test_suite),
        cmocka_unit_test(amazons_example_of_a_presigned_url),
        cmocka_unit_test(what_is_encoded_and_in_which_order),
        cmocka_unit_test(presigned_urls_stay_the_same_for_a_while),
        cmocka_unit_test(presigned_urls_expire_with_the_credentials),
    };
    return cmocka_run_group_tests_name("blobs-s3-sign", tests, NULL, NULL);
}
