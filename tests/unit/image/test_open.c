/* From bytes to pixels: formats, limits, damage, colours. */
#include <stdio.h>

#include "draw.h"
#include "image/decoder.h"
#include "image/image.h"

static void sniffs_by_magic_bytes(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        enum pc_format want;
    } cases[] = {
        {"\xff\xd8\xff\xe0", 4, PC_FORMAT_JPEG},
        {"\x89PNG\r\n\x1a\n", 8, PC_FORMAT_PNG},
        {"RIFF\0\0\0\0WEBPVP8 ", 16, PC_FORMAT_WEBP},
        {"RIFF\0\0\0\0WAVEfmt ", 16, PC_FORMAT_UNKNOWN},
        {"GIF89a", 6, PC_FORMAT_GIF},
        {"GIF88a", 6, PC_FORMAT_UNKNOWN},
        {"II*\0", 4, PC_FORMAT_TIFF},
        {"MM\0*", 4, PC_FORMAT_TIFF},
        {"\0\0\0\x1c"
         "ftypavif\0\0\0\0",
         16, PC_FORMAT_AVIF},
        {"\0\0\0\x1c"
         "ftypmif1\0\0\0\0mif1avif",
         24, PC_FORMAT_AVIF},
        {"\0\0\0\x10"
         "ftypmif3avif\0\0\0\x08mini",
         24, PC_FORMAT_AVIF},
        {"\0\0\0\x18"
         "ftypmif1avif\0\0\0\0",
         20, PC_FORMAT_HEIC},
        {"\0\0\0\x1c"
         "ftypheic\0\0\0\0mif1",
         20, PC_FORMAT_HEIC},
        {"\0\0\0\x1c"
         "ftypisom\0\0\0\0mp42",
         20, PC_FORMAT_UNKNOWN},
        {"BM\0\0\0\0\0\0\0\0\x36\0\0\0", 14, PC_FORMAT_BMP},
        {"BMW is a car", 12, PC_FORMAT_UNKNOWN},
        {"8BPS\0\1", 6, PC_FORMAT_UNKNOWN},
        {"\0\0\1\0\1\0", 6, PC_FORMAT_UNKNOWN},
        {"<svg xmlns=", 11, PC_FORMAT_UNKNOWN},
        {"%PDF-1.7", 8, PC_FORMAT_UNKNOWN},
        {"%!PS-Adobe", 10, PC_FORMAT_UNKNOWN},
        {"\xff", 1, PC_FORMAT_UNKNOWN},
        {"", 0, PC_FORMAT_UNKNOWN},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (pc_format_sniff(cases[i].bytes, cases[i].len) != cases[i].want)
            fail_msg("case %zu", i);
}

/* Files name dozens of brands; the one that tells the coding may be the last. */
static void long_lists_of_brands_are_read_to_their_end(void **state)
{
    static const struct {
        const char *major, *last;
        enum pc_format want;
    } cases[] = {
        {"mif1", "avif", PC_FORMAT_AVIF}, {"msf1", "avis", PC_FORMAT_AVIF},
        {"MiHE", "avif", PC_FORMAT_AVIF}, {"MiHE", "heic", PC_FORMAT_HEIC},
        {"mif1", "heic", PC_FORMAT_HEIC}, {"heic", "avif", PC_FORMAT_HEIC},
        {"avif", "heic", PC_FORMAT_AVIF}, {"isom", "mp42", PC_FORMAT_UNKNOWN},
    };
    (void)state;
    for (int others = 0; others < 240; others += 3) {
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            struct pc_buf file = PC_BUF_INIT;
            unsigned len = 20 + 4 * (unsigned)others;
            char size[4] = {0, 0, (char)(len >> 8), (char)(len & 0xff)};
            pc_buf_append(&file, size, 4);
            pc_buf_printf(&file, "ftyp%s1234", cases[i].major);
            for (int n = 0; n < others; n++)
                pc_buf_puts(&file, "zzzz");
            pc_buf_printf(&file, "%savifheic", cases[i].last); /* two behind the end of the box */
            if (pc_format_sniff(file.data, file.len) != cases[i].want)
                fail_msg("case %zu behind %d brands", i, others);
            pc_buf_finish(&file);
        }
    }
}

static void what_cannot_become_an_image_is_known_early(void **state)
{
    char brands[PC_FORMAT_HEAD_BYTES] = "\0\0\4\0ftypisom";
    (void)state;
    assert_true(pc_format_is_hopeless("just some text, of 32 characters", 32));
    assert_false(pc_format_is_hopeless("just some text, of 31 character", 31));
    assert_false(pc_format_is_hopeless("GIF89a..........................", 32));
    assert_false(pc_format_is_hopeless(brands, sizeof brands - 1));
    assert_true(pc_format_is_hopeless(brands, sizeof brands));
}

static void formats_have_names(void **state)
{
    (void)state;
    assert_string_equal(pc_format_name(PC_FORMAT_JPEG), "jpeg");
    assert_string_equal(pc_format_ext(PC_FORMAT_JPEG), "jpg");
    assert_string_equal(pc_format_mime(PC_FORMAT_WEBP), "image/webp");
    assert_int_equal(pc_format_by_name("JPG"), PC_FORMAT_JPEG);
    assert_int_equal(pc_format_by_name("heif"), PC_FORMAT_HEIC);
    assert_int_equal(pc_format_by_name("psd"), PC_FORMAT_UNKNOWN);
}

static const struct corpus_case formats[] = {
    {"rgb24.bmp", 0, 1, false},
    {"rgb24_top.bmp", 0, 1, false},
    {"rgb32.bmp", 0, 1, false},
    {"fields32.bmp", 0, 1, false},
    {"v4_alpha.bmp", 0, 1, false},
    {"rgb555.bmp", 3, 1, false},
    {"rgb565.bmp", 3, 1, false},
    {"grey8.bmp", 1, 1, true},
    {"grey4.bmp", 8, 1, true},
    {"plain.png", 0, 1, false},
    {"rgb16.png", 1, 1, false},
    {"palette.png", 4, 1, false},
    {"alpha.png", 1, 0.502, false},
    {"lossless.webp", 0, 1, false},
    {"lossy.webp", 9, 1, false},
    {"plain.gif", 5, 1, false},
    {"plain.tif", 0, 1, false},
    {"plain.avif", 9, 1, false},
    {"avif_12_bits.avif", 2, 1, false},
    {"avif_half_12_bits.avif", 2, .502, false},
    {"plain.jpg", 6, 1, false},
    {"progressive.jpg", 6, 1, false},
    {"srgb.jpg", 9, 1, false},
    {"arithmetic.jpg", 6, 1, false},
    {"cmyk.jpg", 6, 1, false},
    {"cmyk_black.jpg", 1, 1, false},
    /* colours stored as blue, green, red, with a profile that says so */
    {"bgr_matrix.jpg", 1, 1, false},
    {"bgr_perceptual.jpg", 1, 1, false},
    {"bgr_relative.jpg", 1, 1, false},
    {"bgr_saturation.jpg", 1, 1, false},
    {"bgr_perceptual.png", 1, 1, false},
    {"bgr_perceptual.webp", 1, 1, false},
    /* profiles that are not for these pixels, or for none */
    {"profile_grey.jpg", 1, 1, false},
    {"profile_grey.png", 0, 1, false},
    {"profile_grey.webp", 0, 1, false},
    {"profile_grey.avif", 2, 1, false},
    {"profile_cmyk.jpg", 1, 1, false},
    {"profile_broken.jpg", 1, 1, false},
    {"profile_cut.jpg", 1, 1, false},
    {"profile_empty.jpg", 1, 1, false},
    {"grey_profile_rgb.jpg", 1, 1, true},
    {"cmyk_inverted_no_marker.jpg", 1, 1, false},
    {"cmyk_plain_no_marker.jpg", 1, 1, false},
    {"ycck.jpg", 1, 1, false},
    {"ycck_420.jpg", 5, 1, false},
    {"half_v5_top.bmp", 1, .502, false},
    {"png_rgb8_interlaced.png", 0, 1, false},
    {"png_rgb16_interlaced.png", 0, 1, false},
    {"png_half_rgba8_interlaced.png", 1, .502, false},
    {"png_half_rgba16.png", 1, .502, false},
    {"png_half_grey16.png", 1, .502, true},
    {"png_half_grey8_interlaced.png", 1, .502, true},
    /* alpha mixes with white as sRGB, whatever the colours are stored as */
    {"png_half_gama1_rgba16.png", 1, .502, false},
    {"png_half_gama1_grey16.png", 1, .502, true},
    {"png_half_cicp_p3.png", 1, .502, false},
};

static void every_format_shows_the_same_image(void **state)
{
    (void)state;
    check_corpus(formats, sizeof formats / sizeof *formats);
}

/* p3.jpg holds the numbers of the other files and says that they are Display P3: in sRGB its dull
 * red is more red than they say. */
static void a_wider_profile_changes_the_colours(void **state)
{
    struct pc_buf bytes = PC_BUF_INIT;
    (void)state;
    read_corpus("p3.jpg", &bytes);
    struct pc_image *image = open_bytes(&bytes);
    uint8_t *px = pixels_of(image);
    const uint8_t *red = px + (5 * 40 + 30) * 3;
    assert_in_range(red[0], 190, 202);
    assert_in_range(red[1], 14, 26);
    free(px);
    pc_image_destroy(image);
    pc_buf_finish(&bytes);
}

static void the_profile_of_srgb_itself_is_known(void **state)
{
    static const struct {
        const char *name;
        size_t left; /* length of a profile that needs a transform */
    } cases[] = {{"srgb.jpg", 0}, {"p3.jpg", 480}};
    struct pc_err err = PC_ERR_INIT;
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct pc_buf bytes = PC_BUF_INIT;
        struct pc_image_header head = {0};
        read_corpus(cases[i].name, &bytes);
        assert_ok(pc_jpeg_read_header(bytes.data, bytes.len, &head, &err), &err);
        assert_int_equal(head.icc.len > 0, cases[i].left > 0);
        pc_image_header_finish(&head);
        pc_buf_finish(&bytes);
    }
}

/* Without Adobe's marker nothing tells YCCK from CMYK, and every decoder takes it for CMYK. */
static void four_channels_without_a_marker_are_cmyk(void **state)
{
    struct pc_buf bytes = PC_BUF_INIT;
    (void)state;
    read_corpus("ycck_no_marker.jpg", &bytes);
    struct pc_image *image = open_bytes(&bytes);
    uint8_t *px = pixels_of(image);
    const uint8_t *at = px + (2 * 40 + 2) * 3;
    assert_in_range(at[0], 200, 205);
    assert_in_range(at[1], 12, 18);
    assert_in_range(at[2], 139, 145);
    free(px);
    pc_image_destroy(image);
    pc_buf_finish(&bytes);
}

static void heic_opens_where_the_library_reads_it(void **state)
{
    struct pc_buf bytes = PC_BUF_INIT;
    struct pc_err err = PC_ERR_INIT;
    struct pc_image *image = NULL;
    (void)state;
    read_corpus("plain.heic", &bytes);
    enum pc_code rc =
        pc_image_open(bytes.data, bytes.len, 0, (struct pc_deadline){0}, &image, &err);
    pc_image_destroy(image);
    pc_buf_finish(&bytes);
    if (rc == PC_E_IMAGE_CORRUPT)
        skip_because("libheif has no decoder for HEVC here");
    assert_ok(rc, &err);
}

static enum pc_code open_code(const void *bytes, size_t len, int64_t max_pixels,
                              struct pc_deadline deadline)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_image *image;
    enum pc_code rc = pc_image_open(bytes, len, max_pixels, deadline, &image, &err);
    assert_int_equal(rc, err.code);
    assert_int_equal(image == NULL, rc != PC_OK);
    pc_image_destroy(image);
    return rc;
}

static void half_a_file_is_corrupt(void **state)
{
    static const char *const names[] = {
        "plain.jpg", "progressive.jpg", "arithmetic.jpg", "cmyk.jpg",      "plain.png",
        "rgb16.png", "lossy.webp",      "lossless.webp",  "plain.gif",     "plain.tif",
        "rgb24.bmp", "grey8.bmp",       "two1.bmp",       "rgb24_top.bmp", "plain.avif"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct pc_buf bytes = PC_BUF_INIT;
        read_corpus(names[i], &bytes);
        enum pc_code rc = open_code(bytes.data, bytes.len / 2, 0, (struct pc_deadline){0});
        if (rc != PC_E_IMAGE_CORRUPT)
            fail_msg("%s: %s", names[i], pc_code_name(rc));
        pc_buf_finish(&bytes);
    }
}

static void a_missing_end_marker_is_forgiven(void **state)
{
    static const char *const names[] = {"plain.jpg", "progressive.jpg", "grey.jpg", "cmyk.jpg"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct pc_buf bytes = PC_BUF_INIT;
        read_corpus(names[i], &bytes);
        for (size_t left_out = 1; left_out <= 2; left_out++)
            if (open_code(bytes.data, bytes.len - left_out, 0, (struct pc_deadline){0}))
                fail_msg("%s without %zu bytes", names[i], left_out);
        enum pc_code rc = open_code(bytes.data, bytes.len - 8, 0, (struct pc_deadline){0});
        if (rc != PC_E_IMAGE_CORRUPT)
            fail_msg("%s without pixels: %s", names[i], pc_code_name(rc));
        pc_buf_finish(&bytes);
    }
}

/* A progressive file that ends behind any but its last scan lacks what that one refines. */
static void a_missing_scan_is_damage(void **state)
{
    struct pc_buf bytes = PC_BUF_INIT;
    int scans = 0;
    (void)state;
    read_corpus("progressive.jpg", &bytes);
    for (size_t at = 2; at + 1 < bytes.len; at++) {
        if (memcmp(bytes.data + at, "\xff\xda", 2) != 0)
            continue;
        if (scans++ > 0)
            assert_code(open_code(bytes.data, at, 0, (struct pc_deadline){0}), PC_E_IMAGE_CORRUPT);
    }
    assert_true(scans > 3);
    pc_buf_finish(&bytes);
}

/* plain.jpg says in its frame header that it is of a kind that is not read. */
static void unread_kinds_of_jpeg_are_told_as_such(void **state)
{
    static const struct {
        size_t at; /* behind the frame's marker */
        uint8_t byte;
        const char *word;
    } cases[] = {{2, 12, "12 bits"},
                 {(size_t)-1, 0xc3, "lossless"},
                 {(size_t)-1, 0xc5, "hierarchical"},
                 {(size_t)-1, 0xf7, "JPEG-LS"},
                 {(size_t)-1, 0xcb, "lossless"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pc_buf bytes = PC_BUF_INIT;
        struct pc_err err = PC_ERR_INIT;
        struct pc_image *image;
        read_corpus("plain.jpg", &bytes);
        char *frame = memmem(bytes.data, bytes.len, "\xff\xc0\0\x11", 4);
        assert_non_null(frame);
        frame[2 + cases[i].at] = (char)cases[i].byte;
        enum pc_code rc =
            pc_image_open(bytes.data, bytes.len, 0, (struct pc_deadline){0}, &image, &err);
        if (rc != PC_E_UNSUPPORTED_FORMAT || !strstr(err.message, cases[i].word))
            fail_msg("case %zu: %s, %s", i, pc_code_name(rc), err.message);
        pc_buf_finish(&bytes);
    }
}

static void limits_answer_their_codes(void **state)
{
    struct pc_buf bytes = PC_BUF_INIT, small = PC_BUF_INIT;
    struct pc_deadline none = {0}, over = {1};
    (void)state;
    read_corpus("plain.jpg", &bytes);
    assert_code(open_code(bytes.data, bytes.len, 40 * 28, none), PC_OK);
    assert_code(open_code(bytes.data, bytes.len, 40 * 28 - 1, none), PC_E_IMAGE_TOO_LARGE);
    assert_code(open_code(bytes.data, bytes.len, 0, over), PC_E_TIMEOUT_DECODE);
    assert_code(open_code("", 0, 0, none), PC_E_IMAGE_EMPTY);
    assert_code(open_code("hello", 5, 0, none), PC_E_UNSUPPORTED_FORMAT);
    draw_bmp(draw_ramps, 100, 15, &small);
    assert_code(open_code(small.data, small.len, 0, none), PC_E_IMAGE_TOO_SMALL);
    pc_buf_clear(&bytes);
    read_corpus("plain.png", &bytes);
    assert_code(open_code(bytes.data, bytes.len, 0, over), PC_E_TIMEOUT_DECODE);
    pc_buf_finish(&small);
    pc_buf_finish(&bytes);
}

static void bmp_that_lies_is_rejected(void **state)
{
    static const struct {
        size_t at;
        const char bytes[5];
        enum pc_code want;
    } cases[] = {
        {18, "\xff\xff\xff\x7f", PC_E_IMAGE_CORRUPT}, /* width */
        {18, "\0\0\0\0", PC_E_IMAGE_CORRUPT},         {18, "\xff\xff\xff\xff", PC_E_IMAGE_CORRUPT},
        {22, "\0\0\0\x80", PC_E_IMAGE_CORRUPT}, /* height INT_MIN */
        {22, "\0\1\0\0", PC_E_IMAGE_CORRUPT},         {10, "\xff\xff\xff\xff", PC_E_IMAGE_CORRUPT},
        {10, "\0\0\0\0", PC_E_IMAGE_CORRUPT},         {14, "\x0d\0\0\0", PC_E_IMAGE_CORRUPT},
        {28, "\7\0\0\0", PC_E_IMAGE_CORRUPT},         {30, "\1\0\0\0", PC_E_UNSUPPORTED_FORMAT},
        {28, "\x40\0\0\0", PC_E_UNSUPPORTED_FORMAT},  {14, "\x10\0\0\0", PC_E_UNSUPPORTED_FORMAT},
        {14, "\x40\0\0\0", PC_E_UNSUPPORTED_FORMAT},  {30, "\4\0\0\0", PC_E_UNSUPPORTED_FORMAT},
        {30, "\5\0\0\0", PC_E_UNSUPPORTED_FORMAT},    {30, "\x0b\0\0\0", PC_E_UNSUPPORTED_FORMAT},
        {30, "\3\0\0\0", PC_E_IMAGE_CORRUPT}, /* bit fields with 24 bits */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pc_buf bmp = PC_BUF_INIT;
        draw_bmp(draw_ramps, 20, 20, &bmp);
        memcpy(bmp.data + cases[i].at, cases[i].bytes, 4);
        enum pc_code rc = open_code(bmp.data, bmp.len, 0, (struct pc_deadline){0});
        if (rc != cases[i].want)
            fail_msg("case %zu: %s", i, pc_code_name(rc));
        pc_buf_finish(&bmp);
    }
}

static void put_le(struct pc_buf *out, uint32_t v, int n)
{
    for (int i = 0; i < n; i++)
        pc_buf_putc(out, (char)(v >> 8 * i & 0xff));
}

/* Four colours in columns of five pixels, 20 x 20, two bits a pixel. */
static void bmp_of_two_bits_is_read(void **state)
{
    struct pc_buf bmp = PC_BUF_INIT;
    (void)state;
    pc_buf_puts(&bmp, "BM");
    put_le(&bmp, 54 + 16 + 8 * 20, 4), put_le(&bmp, 0, 4), put_le(&bmp, 70, 4), put_le(&bmp, 40, 4);
    put_le(&bmp, 20, 4), put_le(&bmp, 20, 4), put_le(&bmp, 1, 2), put_le(&bmp, 2, 2);
    for (int i = 0; i < 6; i++)
        put_le(&bmp, 0, 4);
    put_le(&bmp, 0x000000, 4), put_le(&bmp, 0xff0000, 4);
    put_le(&bmp, 0x00ff00, 4), put_le(&bmp, 0x0000ff, 4);
    for (int y = 0; y < 20; y++)
        pc_buf_append(&bmp, "\x00\x15\x5a\xab\xff\0\0\0", 8);
    struct pc_image *image = open_bytes(&bmp);
    uint8_t *px = pixels_of(image);
    assert_memory_equal(px + 3 * 4, "\0\0\0\xff\0\0", 6);
    assert_memory_equal(px + 3 * 9, "\xff\0\0\0\xff\0", 6);
    assert_memory_equal(px + 3 * 14, "\0\xff\0\0\0\xff", 6);
    free(px);
    pc_image_destroy(image);
    pc_buf_finish(&bmp);
}

static void bmp_without_its_last_padding_is_whole(void **state)
{
    struct pc_buf bmp = PC_BUF_INIT;
    struct pc_deadline none = {0};
    (void)state;
    draw_bmp(draw_ramps, 21, 20, &bmp);
    assert_code(open_code(bmp.data, bmp.len - 1, 0, none), PC_OK);
    assert_code(open_code(bmp.data, bmp.len - 2, 0, none), PC_E_IMAGE_CORRUPT);
    pc_buf_finish(&bmp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sniffs_by_magic_bytes),
        cmocka_unit_test(what_cannot_become_an_image_is_known_early),
        cmocka_unit_test(long_lists_of_brands_are_read_to_their_end),
        cmocka_unit_test(formats_have_names),
        cmocka_unit_test(every_format_shows_the_same_image),
        cmocka_unit_test(a_wider_profile_changes_the_colours),
        cmocka_unit_test(the_profile_of_srgb_itself_is_known),
        cmocka_unit_test(four_channels_without_a_marker_are_cmyk),
        cmocka_unit_test(heic_opens_where_the_library_reads_it),
        cmocka_unit_test(half_a_file_is_corrupt),
        cmocka_unit_test(a_missing_end_marker_is_forgiven),
        cmocka_unit_test(limits_answer_their_codes),
        cmocka_unit_test(a_missing_scan_is_damage),
        cmocka_unit_test(unread_kinds_of_jpeg_are_told_as_such),
        cmocka_unit_test(bmp_that_lies_is_rejected),
        cmocka_unit_test(bmp_of_two_bits_is_read),
        cmocka_unit_test(bmp_without_its_last_padding_is_whole),
    };
    return cmocka_run_group_tests(tests, image_setup, image_teardown);
}
