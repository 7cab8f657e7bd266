#include "base/str.h"
#include "cases.h"
#include "fetch/url.h"

enum { CAP = 2049 };

static void one_form(const char *given, const char *wanted, void *ctx)
{
    (void)ctx;
    char out[CAP], again[CAP];
    struct pc_err err = PC_ERR_INIT;
    enum pc_code rc = pc_fetch_normalise_url(given, out, sizeof out, &err);
    if (strcmp(wanted, "=") == 0)
        wanted = given;
    if (strcmp(rc ? pc_code_name(rc) : out, wanted) != 0)
        fail_msg("%s: %s, not %s", given, rc ? pc_code_name(rc) : out, wanted);
    if (rc) {
        assert_true(strlen(err.message) > 10);
        return;
    }
    assert_ok(pc_fetch_normalise_url(out, again, sizeof again, &err), &err);
    assert_string_equal(out, again);
}

static void forms(void **state)
{
    (void)state;
    assert_in_range(for_each_case("normalise.txt", '\t', one_form, NULL), 50, 1000);
}

static void control_characters_are_refused_everywhere(void **state)
{
    (void)state;
    struct pc_err err = PC_ERR_INIT;
    char out[CAP];
    static const char form[] = "http://example.com/path?query#fragment";
    for (int c = 1; c <= 0x20; c++)
        for (size_t at = 0; at <= strlen(form); at++) {
            char url[64];
            snprintf(url, sizeof url, "%.*s%c%s", (int)at, form, c, form + at);
            assert_code(pc_fetch_normalise_url(url, out, sizeof out, &err), PC_E_BAD_URL);
        }
    assert_code(pc_fetch_normalise_url("http://example.com/\x7f", out, sizeof out, &err),
                PC_E_BAD_URL);
    assert_code(pc_fetch_normalise_url("http://example.com/\xff", out, sizeof out, &err),
                PC_E_BAD_URL);
    assert_code(pc_fetch_normalise_url("", out, sizeof out, &err), PC_E_BAD_URL);
}

static void length_is_limited_before_and_after(void **state)
{
    (void)state;
    struct pc_err err = PC_ERR_INIT;
    static char url[2 * PC_FETCH_URL_MAX], out[2 * PC_FETCH_URL_MAX];
    enum { MAX = PC_FETCH_URL_MAX };
    memset(url, 'a', sizeof url);
    memcpy(url, "http://e/", 9);
    url[MAX] = 0;
    assert_ok(pc_fetch_normalise_url(url, out, sizeof out, &err), &err);
    assert_int_equal(strlen(out), MAX);
    assert_code(pc_fetch_normalise_url(url, out, MAX, &err), PC_E_BAD_URL); /* no room */
    url[MAX] = 'a';
    url[MAX + 1] = 0;
    assert_code(pc_fetch_normalise_url(url, out, sizeof out, &err), PC_E_BAD_URL);
    for (size_t i = 9; i < MAX - 39; i += 2)
        memcpy(url + i, "\xc3\xa9", 2);
    url[MAX - 39] = 0; /* fits as given, not percent-encoded */
    assert_code(pc_fetch_normalise_url(url, out, sizeof out, &err), PC_E_BAD_URL);
}

static void one_name(const char *url, const char *wanted, void *ctx)
{
    (void)ctx;
    char out[64];
    pc_fetch_url_file_name(url, out, sizeof out);
    if (strcmp(out, wanted) != 0)
        fail_msg("%s: \"%s\", not \"%s\"", url, out, wanted);
}

static void names(void **state)
{
    (void)state;
    assert_in_range(for_each_case("names.txt", '\t', one_name, NULL), 15, 1000);
}

static void long_names_end_on_a_character(void **state)
{
    (void)state;
    char out[16];
    for (size_t cap = 1; cap <= sizeof out; cap++) {
        pc_fetch_url_file_name("https://example.com/%E4%BE%8B%E3%81%88\xe2\x82\xac%F0%9F%91%97",
                               out, cap);
        assert_true(strlen(out) < cap);
        assert_true(pc_str_is_utf8(out, strlen(out)));
        assert_null(strchr(out, '_'));
    }
    out[0] = 'x';
    pc_fetch_url_file_name("https://example.com/a", out, 0);
    assert_int_equal(out[0], 'x');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms),
        cmocka_unit_test(control_characters_are_refused_everywhere),
        cmocka_unit_test(length_is_limited_before_and_after),
        cmocka_unit_test(names),
        cmocka_unit_test(long_names_end_on_a_character),
    };
    return cmocka_run_group_tests_name("fetch-url", tests, NULL, NULL);
}
