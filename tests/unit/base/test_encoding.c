/* Base64 and percent-encoding. */
#include "base/base64.h"
#include "base/percent.h"
#include "support.h"

static void base64_of_the_rfc(void **state)
{
    (void)state;
    static const struct { /* RFC 4648, section 10 */
        const char *bytes, *text;
    } rows[] = {{"", ""},
                {"f", "Zg=="},
                {"fo", "Zm8="},
                {"foo", "Zm9v"},
                {"foob", "Zm9vYg=="},
                {"fooba", "Zm9vYmE="},
                {"foobar", "Zm9vYmFy"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pc_buf buf = PC_BUF_INIT;
        pc_base64_encode(&buf, rows[i].bytes, strlen(rows[i].bytes));
        assert_string_equal(pc_buf_text(&buf), rows[i].text);
        pc_buf_finish(&buf);
    }
}

/* Decodes text in pieces of step characters; "-" when it is refused. */
static void decode(const char *text, size_t step, char out[64])
{
    struct pc_base64_decoder d = {0};
    unsigned char piece[64];
    size_t n = 0, got, len = strlen(text);
    bool ok = true;
    for (size_t at = 0; ok && at < len; at += step) {
        ok = pc_base64_decode(&d, text + at, len - at < step ? len - at : step, piece, &got);
        memcpy(out + n, piece, got);
        n += got;
    }
    ok = ok && pc_base64_decode_end(&d, piece, &got);
    if (ok) {
        memcpy(out + n, piece, got);
        n += got;
    }
    out[n] = 0;
    if (!ok)
        strcpy(out, "-");
}

static void base64_is_decoded_in_pieces_of_any_size(void **state)
{
    (void)state;
    static const struct {
        const char *text, *bytes;
    } rows[] = {
        {"", ""},
        {"Zm9vYmFy", "foobar"},
        {"Zm9vYg==", "foob"},
        {"Zm9vYmE=", "fooba"},
        {"Zm9vYg", "foob"} /* without padding */,
        {"Zm9vY", "-"},
        {"Zm9v=", "-"},
        {"Zm9vYg=", "-"},
        {"Zg==Zg==", "-"},
        {"Zg===", "-"},
        {" Zm\r\n9v\n YmE\t=\f\n", "fooba"},
        {"____", "\xff\xff\xff"},
        {"-_+/", "\xfb\xff\xbf"},
        {"Zm\v9v", "-"},
        {"Zm9%", "-"},
        {"Zg==\nZg==", "-"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (size_t step = 1; step < 9; step++) {
            char out[64];
            decode(rows[i].text, step, out);
            assert_string_equal(out, rows[i].bytes);
        }
    }
}

static void what_is_not_unreserved_or_kept_is_percent_encoded(void **state)
{
    (void)state;
    struct pc_buf buf = PC_BUF_INIT;
    pc_percent_encode(&buf, "aZ09-._~/:\xc3\xa9 %", "");
    assert_string_equal(pc_buf_text(&buf), "aZ09-._~%2F%3A%C3%A9%20%25");
    pc_buf_clear(&buf);
    pc_percent_encode(&buf, "a/b:c d", ":/");
    assert_string_equal(pc_buf_text(&buf), "a/b:c%20d");
    pc_buf_finish(&buf);
}

static void percent_codes_are_decoded_or_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *wanted; /* NULL: refused */
    } rows[] = {{"", ""},
                {"plain", "plain"},
                {"a%2fb%2FC", "a/b/C"},
                {"%25%32%35", "%25"},
                {"%c3%A9", "\xc3\xa9"},
                {"%", NULL},
                {"%2", NULL},
                {"%zz", NULL},
                {"a%0", NULL},
                {"%00", NULL},
                {"%%41", NULL}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[32];
        strcpy(text, rows[i].text);
        assert_int_equal(pc_percent_decode(text), rows[i].wanted != NULL);
        if (rows[i].wanted)
            assert_string_equal(text, rows[i].wanted);
    }
    assert_int_equal(pc_percent_byte("%41rest"), 'A');
    assert_int_equal(pc_percent_byte("%00"), 0);
    assert_int_equal(pc_percent_byte("41"), -1);
    assert_int_equal(pc_percent_byte("%4"), -1);
}

static void stray_percent_signs_can_be_left_as_they_are(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t len;
        const char *wanted;
    } rows[] = {{"", 0, ""},           {"a%2fb%2C", 8, "a/b,"}, {"100%", 4, "100%"},
                {"100%2", 5, "100%2"}, {"%zz%41", 6, "%zzA"},   {"%%41", 4, "%A"},
                {"%41", 2, "%4"}};
    struct pc_buf buf = PC_BUF_INIT;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        pc_buf_clear(&buf);
        pc_percent_decode_lenient(&buf, rows[i].text, rows[i].len);
        assert_string_equal(pc_buf_text(&buf), rows[i].wanted);
    }
    pc_buf_clear(&buf);
    pc_percent_decode_lenient(&buf, "a%00b", 5);
    assert_int_equal(buf.len, 3);
    assert_memory_equal(buf.data, "a\0b", 3);
    pc_buf_finish(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64_of_the_rfc),
        cmocka_unit_test(base64_is_decoded_in_pieces_of_any_size),
        cmocka_unit_test(what_is_not_unreserved_or_kept_is_percent_encoded),
        cmocka_unit_test(percent_codes_are_decoded_or_refused),
        cmocka_unit_test(stray_percent_signs_can_be_left_as_they_are),
    };
    return cmocka_run_group_tests_name("base-encoding", tests, NULL, NULL);
}
