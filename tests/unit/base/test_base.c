#include "support.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/geometry.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"

static void err_keeps_code_message_and_context(void **state)
{
    (void)state;
    struct pc_err err = PC_ERR_INIT;
    assert_int_equal(pc_fail(&err, PC_E_BAD_URL, "Line %d is no URL.", 3), PC_E_BAD_URL);
    assert_string_equal(err.message, "Line 3 is no URL.");
    pc_fail_detail(&err, PC_E_STORE_FULL, "errno %d", 28);
    assert_string_equal(err.message, pc_code_info(PC_E_STORE_FULL)->message);
    assert_int_equal(pc_err_wrap(&err, "writing %s", "a"), PC_E_STORE_FULL);
    assert_string_equal(err.detail, "writing a: errno 28");
}

static void codes_have_names_and_texts(void **state)
{
    (void)state;
    for (int i = PC_OK + 1; i < PC_CODE_COUNT; i++) {
        const struct pc_code_info *info = pc_code_info((enum pc_code)i);
        assert_int_equal(pc_code_by_name(info->name), i);
        assert_in_range(info->http_status, 400, 599);
        assert_true(strlen(info->message) > 10);
    }
    assert_ptr_equal(pc_code_info((enum pc_code)9999), pc_code_info(PC_E_INTERNAL));
}

static void buf_grows_and_detaches(void **state)
{
    (void)state;
    struct pc_buf buf = PC_BUF_INIT;
    assert_string_equal(pc_buf_text(&buf), "");
    for (int i = 0; i < 1000; i++)
        pc_buf_printf(&buf, "%d,", i);
    assert_int_equal(buf.len, 3890);
    size_t len;
    char *text = pc_buf_detach(&buf, &len);
    assert_int_equal(strlen(text), len);
    assert_null(buf.data);
    free(text);
    pc_buf_finish(&buf);
}

static void buf_refuses_too_large_files_and_folders(void **state)
{
    (void)state;
    struct pc_buf buf = PC_BUF_INIT;
    struct pc_err err = PC_ERR_INIT;
    char *path = test_source("meson.build");
    assert_ok(pc_buf_read_file(&buf, path, 1 << 20, &err), &err);
    assert_true(buf.len > 100);
    pc_buf_clear(&buf);
    assert_code(pc_buf_read_file(&buf, path, 10, &err), PC_E_FILE_TOO_LARGE);
    assert_code(pc_buf_read_file(&buf, "/tmp", 10, &err), PC_E_FILE_UNREADABLE);
    assert_code(pc_buf_read_file(&buf, "/nowhere", 10, &err), PC_E_FILE_UNREADABLE);
    pc_buf_finish(&buf);
    free(path);
}

static void arena_gives_zeroed_aligned_memory(void **state)
{
    (void)state;
    struct pc_arena arena = PC_ARENA_INIT;
    for (size_t size = 1; size < 50000; size = size * 3 + 1) {
        unsigned char *at = pc_arena_alloc(&arena, size);
        assert_int_equal((uintptr_t)at % 16, 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(at[i], 0);
        memset(at, 0xff, size);
    }
    assert_string_equal(pc_arena_printf(&arena, "%s-%d", "neck", 4), "neck-4");
    pc_arena_finish(&arena);
}

static void numbers_are_whole_or_refused(void **state)
{
    (void)state;
    int64_t v;
    double d;
    assert_true(pc_str_to_i64("-12", -20, 20, &v) && v == -12);
    static const char *const bad[] = {"", " 1", "1 ", "12x", "+3", "99", "9999999999999999999999",
                                      "-"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(pc_str_to_i64(bad[i], -20, 20, &v));
    assert_true(pc_str_to_double("0.25", 0, 1, &d) && d == 0.25);
    assert_false(pc_str_to_double("nan", 0, 1, &d));
    assert_true(pc_str_to_bytes("50m", 0, INT64_MAX, &v) && v == 50 << 20);
    assert_false(pc_str_to_bytes("9223372036854775807k", 0, INT64_MAX, &v));
}

static void utf8_is_validated(void **state)
{
    (void)state;
    assert_true(pc_str_is_utf8("g\xc3\xbc\xe2\x98\x85\xf0\x9f\x91\x97", 10));
    assert_false(pc_str_is_utf8("\xc0\xaf", 2));         /* overlong */
    assert_false(pc_str_is_utf8("\xed\xa0\x80", 3));     /* surrogate */
    assert_false(pc_str_is_utf8("\xe2\x98", 2));         /* cut off */
    assert_false(pc_str_is_utf8("a\0b", 3));             /* NUL */
    assert_false(pc_str_is_utf8("\xf5\x80\x80\x80", 4)); /* beyond U+10FFFF */
}

static void sha256_of_abc(void **state)
{
    (void)state;
    char hex[PC_SHA256_HEX];
    pc_sha256_of("abc", 3, hex); /* FIPS 180-2, appendix B.1 */
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void times_print_as_iso(void **state)
{
    (void)state;
    char out[25];
    assert_string_equal(pc_clock_iso(1000000000123, out), "2001-09-09T01:46:40.123Z");
    assert_int_equal(pc_deadline_left_ms(pc_deadline_in(0)), INT64_MAX);
    assert_false(pc_deadline_expired(pc_deadline_in(10000)));
}

static void boxes_share_and_overlap(void **state)
{
    (void)state;
    struct pc_box a = {0, 0, 10, 10}, b = {5, 0, 10, 10}, apart = {20, 20, 1, 1};
    assert_true(pc_box_iou(a, a) == 1.0);
    assert_true(pc_box_iou(a, b) > .3333 && pc_box_iou(a, b) < .3334);
    assert_true(pc_box_iou(a, apart) == 0.0);
    assert_int_equal(pc_keypoint_by_name("right_ankle"), PC_RIGHT_ANKLE);
    assert_int_equal(pc_keypoint_by_name("tail"), -1);
}

static void message_that_is_too_long_ends_on_a_character(void **state)
{
    (void)state;
    struct pc_err err = PC_ERR_INIT;
    char name[301] = "x";
    for (size_t i = 1; i < 299; i += 2)
        memcpy(name + i, "\xc3\xa9", 2);
    assert_code(pc_fail(&err, PC_E_BAD_REQUEST, "%s", name), PC_E_BAD_REQUEST);
    assert_int_equal(strlen(err.message), sizeof err.message - 1);
    assert_code(pc_fail(&err, PC_E_BAD_REQUEST, "%s", name + 1), PC_E_BAD_REQUEST);
    assert_int_equal(strlen(err.message), sizeof err.message - 2);
    assert_true(pc_str_is_utf8(err.message, strlen(err.message)));
}

static void cut_texts_end_on_a_character(void **state)
{
    (void)state;
    static const struct {
        const char *cut, *left;
    } cases[] = {
        {"a\xc3\xa9", "a\xc3\xa9"},
        {"a\xc3", "a"},
        {"a\xf0\x9f\x91", "a"},
        {"", ""},
        {"\xff\xff\xff\xff\xff", "\xff\xff\xff\xff\xff"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[8];
        pc_str_copy(text, sizeof text, cases[i].cut);
        pc_str_drop_partial_utf8(text);
        assert_string_equal(text, cases[i].left);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(err_keeps_code_message_and_context),
        cmocka_unit_test(codes_have_names_and_texts),
        cmocka_unit_test(message_that_is_too_long_ends_on_a_character),
        cmocka_unit_test(cut_texts_end_on_a_character),
        cmocka_unit_test(buf_grows_and_detaches),
        cmocka_unit_test(buf_refuses_too_large_files_and_folders),
        cmocka_unit_test(arena_gives_zeroed_aligned_memory),
        cmocka_unit_test(numbers_are_whole_or_refused),
        cmocka_unit_test(utf8_is_validated),
        cmocka_unit_test(sha256_of_abc),
        cmocka_unit_test(times_print_as_iso),
        cmocka_unit_test(boxes_share_and_overlap),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
