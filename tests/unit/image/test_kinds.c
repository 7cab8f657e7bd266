/* TIFF, PNG and other kinds of file: which image of it is the picture, what its samples mean, and what is
 * told of kinds that are not read. All images of the corpus show one drawing. */
#include <stdio.h>

#include "draw.h"
#include "image/image.h"

static void samples_are_what_the_directory_says(void **state)
{
    static const struct corpus_case cases[] = {
        /* extra samples: 0 is a saved selection, 1 and 2 are alpha */
        {"tiff_rgb_x0_16be.tif", 1, 1, false},
        {"tiff_rgb_none_8.tif", 0, 1, false},
        {"tiff_half_rgb_x02_8.tif", 1, .502, false},
        {"tiff_half_rgb_x10_8.tif", 1.5, .502, false},
        {"tiff_half_rgb_x1_16.tif", 1, .502, false},
        {"tiff_half_rgb_x01_8be.tif", 1.5, .502, false},
        {"tiff_grey_x00_8.tif", 1, 1, true},
        {"tiff_half_grey_x2_8.tif", 1, .502, true},
        {"tiff_half_grey_x1_16be.tif", 1, .502, true},
        {"tiff_grey_white_x0_8.tif", 1, 1, true},
        {"tiff_grey_pal8.tif", 1, 1, true},
        {"tiff_cmyk_x0_8.tif", 1, 1, false},
        {"tiff_cmyk_16be.tif", 1, 1, false},
        {"tiff_half_cmyk_x02_8.tif", 8, .502, false},
        {"tiff_planar_x0_8.tif", 0, 1, false},
        {"tiff_tiled_x0_8.tif", 0, 1, false},
        {"tiff_big_16be.tif", 1, 1, false},
        /* Lab: a and b signed, or with their zero in the middle */
        {"tiff_lab8_le.tif", 2.5, 1, false},
        {"tiff_lab16_be.tif", 2.5, 1, false},
        {"tiff_lab16s_le.tif", 2.5, 1, false},
        {"tiff_lab8_x0_le.tif", 2.5, 1, false},
        {"tiff_half_lab8_x2_le.tif", 6, .502, false},
        {"tiff_planar_lab8_le.tif", 2.5, 1, false},
        {"tiff_icclab8_le.tif", 2.5, 1, false},
        {"tiff_icclab16_be.tif", 2.5, 1, false},
        /* profiles: stored as blue, green, red; or for another kind of colours */
        {"tiff_bgr_perceptual.tif", 1, 1, false},
        {"tiff_bgr_perc_x0.tif", 1, 1, false},
        {"tiff_profile_grey.tif", 0, 1, false},
        {"tiff_lab8_profile_rgb.tif", 2.5, 1, false},
    };
    (void)state;
    check_corpus(cases, sizeof cases / sizeof *cases);
}

/* The other images in these files are white and smaller, or masks. */
static void the_first_image_at_full_resolution_is_the_picture(void **state)
{
    static const struct corpus_case cases[] = {
        {"tiff_page_thumb_first.tif", 0, 1, false}, {"tiff_page_thumb_first_old.tif", 0, 1, false},
        {"tiff_page_mask_first.tif", 0, 1, false},  {"tiff_page_third.tif", 0, 1, false},
        {"tiff_page_sub.tif", 0, 1, false},         {"tiff_page_sub2.tif", 0, 1, false},
        {"tiff_page_with_sub.tif", 0, 1, false},    {"tiff_page_marked_wrongly.tif", 0, 1, false},
    };
    (void)state;
    check_corpus(cases, sizeof cases / sizeof *cases);
}

static void a_picture_below_a_page_is_turned_as_its_page_says(void **state)
{
    struct pc_buf bytes = PC_BUF_INIT;
    (void)state;
    read_corpus("tiff_o6_sub.tif", &bytes);
    struct pc_image *image = open_bytes(&bytes);
    assert_int_equal(pc_image_get_info(image)->orientation, 6);
    assert_int_equal(pc_image_get_info(image)->width, 28);
    pc_image_destroy(image);
    pc_buf_finish(&bytes);
}

/* Chunks in the order in which they count: cICP, iCCP, sRGB, gAMA and cHRM. */
static void png_has_the_colours_of_its_chunks(void **state)
{
    static const struct corpus_case cases[] = {
        {"png_gama1_16.png", 1.5, 1, false},
        {"png_gama1_8.png", 1.5, 1, false},
        {"png_gama_mac.png", 1.5, 1, false},
        {"png_grey_gama1_16.png", 1.5, 1, true},
        {"png_gama45455.png", 1.5, 1, false},
        {"png_gama45455_only.png", 1.5, 1, false},
        {"png_gama0.png", 1.5, 1, false},
        {"png_chrm_bgr.png", 1.5, 1, false},
        {"png_chrm_only.png", 1.5, 1, false},
        {"png_srgb_beats_gama.png", 1.5, 1, false},
        {"png_iccp_beats_gama.png", 1.5, 1, false},
        {"png_cicp_srgb_beats_iccp.png", 1.5, 1, false},
        {"png_cicp_p3.png", 1.5, 1, false},
        {"png_cicp_narrow.png", 1.5, 1, false}, /* void, and so is the next */
        {"png_cicp_matrix.png", 1.5, 1, false},
        {"png_apng.png", 1.5, 1, false},
    };
    (void)state;
    check_corpus(cases, sizeof cases / sizeof *cases);
}

static void expect_pixel(const char *name, const uint8_t *px, int x, int y, const int want[3])
{
    for (int i = 0; i < 3; i++)
        if (abs(px[(y * 40 + x) * 3 + i] - want[i]) > 1)
            fail_msg("%s at %d,%d: band %d is %d, not %d", name, x, y, i, px[(y * 40 + x) * 3 + i],
                     want[i]);
}

/* Blocks of 10 x 14 pixels, of one colour after the other; the first is transparent, the second half
 * so, and the fourth has no entry in tRNS. */
static void png_palettes_have_alpha(void **state)
{
    static const int on_white[4][3] = {
        {255, 255, 255}, {132, 252, 142}, {20, 30, 250}, {200, 200, 10}};
    (void)state;
    for (int bits = 1; bits <= 8; bits *= 2)
        for (int interlaced = 0; interlaced < 2; interlaced++) {
            struct pc_buf bytes = PC_BUF_INIT;
            char name[64];
            snprintf(name, sizeof name, "png_palette%d_trns%s.png", bits,
                     interlaced ? "_interlaced" : "");
            read_corpus(name, &bytes);
            struct pc_image *image = open_bytes(&bytes);
            uint8_t *px = pixels_of(image);
            assert_true(pc_image_get_info(image)->has_alpha);
            for (int y = 0; y < 28; y++)
                for (int x = 0; x < 40; x++)
                    expect_pixel(name, px, x, y, on_white[(x / 10 + y / 14) % (bits > 1 ? 4 : 2)]);
            free(px);
            pc_image_destroy(image);
            pc_buf_finish(&bytes);
        }
}

/* The left half has the colour that tRNS names; the right one differs by 1 in all bits that there are. */
static void a_png_may_name_one_transparent_colour(void **state)
{
    static const struct {
        const char *name;
        int right[3];
    } cases[] = {{"png_rgb8_key.png", {4, 8, 13}},
                 {"png_rgb16_key.png", {4, 8, 12}},
                 {"png_grey16_key.png", {4, 4, 4}}};
    static const int white[3] = {255, 255, 255};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pc_buf bytes = PC_BUF_INIT;
        read_corpus(cases[i].name, &bytes);
        struct pc_image *image = open_bytes(&bytes);
        uint8_t *px = pixels_of(image);
        expect_pixel(cases[i].name, px, 19, 27, white);
        expect_pixel(cases[i].name, px, 20, 0, cases[i].right);
        free(px);
        pc_image_destroy(image);
        pc_buf_finish(&bytes);
    }
}

/* --- a TIFF of RGB and associated alpha, by hand --- */

enum { ALPHAS = 256, ROWS = 20 };

static void put_entry(struct pc_buf *out, int tag, int type, uint32_t count, uint32_t value)
{
    const uint32_t fields[] = {(uint32_t)(tag | type << 16), count, value};
    for (int i = 0; i < 3; i++)
        for (int shift = 0; shift < 32; shift += 8)
            pc_buf_putc(out, (char)(fields[i] >> shift & 0xff));
}

/* Column x has alpha x. Of the colours there, red is all of that, green none and blue a third. */
static void put_premultiplied_tiff(struct pc_buf *out)
{
    enum { SHORT = 3, LONG = 4, ENTRIES = 10, BITS_AT = 8 + 2 + 12 * ENTRIES + 4 };
    pc_buf_append(out, "II*\0\10\0\0\0\x0a\0", 10);
    put_entry(out, 256, SHORT, 1, ALPHAS);
    put_entry(out, 257, SHORT, 1, ROWS);
    put_entry(out, 258, SHORT, 4, BITS_AT);
    put_entry(out, 259, SHORT, 1, 1); /* no compression */
    put_entry(out, 262, SHORT, 1, 2); /* RGB */
    put_entry(out, 273, LONG, 1, BITS_AT + 8);
    put_entry(out, 277, SHORT, 1, 4);
    put_entry(out, 278, SHORT, 1, ROWS);
    put_entry(out, 279, LONG, 1, ALPHAS * ROWS * 4);
    put_entry(out, 338, SHORT, 1, 1); /* associated */
    pc_buf_append(out, "\0\0\0\0\10\0\10\0\10\0\10", 12);
    for (int i = 0; i < ALPHAS * ROWS; i++) {
        char a = (char)(i % ALPHAS), pixel[4] = {a, 0, (char)(i % ALPHAS / 3), a};
        pc_buf_append(out, pixel, 4);
    }
}

/* What is stored is colour times alpha; on white it shows as that and the rest of white. */
static void premultiplied_colours_are_laid_on_white(void **state)
{
    struct pc_buf bytes = PC_BUF_INIT;
    (void)state;
    put_premultiplied_tiff(&bytes);
    struct pc_image *image = open_bytes(&bytes);
    uint8_t *px = pixels_of(image);
    for (int a = 0; a < ALPHAS; a++) {
        const int want[3] = {255, 255 - a, 255 - a + a / 3};
        for (int i = 0; i < 3; i++)
            if (abs(px[a * 3 + i] - want[i]) > 1)
                fail_msg("alpha %d, band %d: %d, not %d", a, i, px[a * 3 + i], want[i]);
    }
    free(px);
    pc_image_destroy(image);
    pc_buf_finish(&bytes);
}

/* A frame of 20 x 20 dark or red pixels at (10, 5) or (10, 6) of 40 x 30. */
static void what_the_first_frame_leaves_uncovered_is_white(void **state)
{
    static const char *const names[] = {"frame_off.gif", "frame_off_transp.gif", "frame_disp3.gif",
                                        "frame_off.webp", "frame_off_alpha.webp"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct pc_buf bytes = PC_BUF_INIT;
        read_corpus(names[i], &bytes);
        struct pc_image *image = open_bytes(&bytes);
        uint8_t *px = pixels_of(image);
        for (int y = 0; y < 30; y++)
            for (int x = 0; x < 40; x++) {
                bool covered = x >= 12 && x < 28 && y >= 8 && y < 24;
                bool outside = x < 10 || x >= 30 || y < 5 || y >= 26;
                const uint8_t *p = px + 3 * (y * 40 + x);
                if ((outside && p[1] != 255) ||
                    (covered && p[1] > 80 && !strstr(names[i], "transp")))
                    fail_msg("%s at %d,%d: %d %d %d", names[i], x, y, p[0], p[1], p[2]);
            }
        free(px);
        pc_image_destroy(image);
        pc_buf_finish(&bytes);
    }
}

static void expect_unread(const char *name, const void *bytes, size_t len, const char *word)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_image *image;
    enum pc_code rc = pc_image_open(bytes, len, 0, (struct pc_deadline){0}, &image, &err);
    pc_image_destroy(image);
    if (rc != PC_E_UNSUPPORTED_FORMAT || !strstr(err.message, word))
        fail_msg("%s: %s, %s", name, pc_code_name(rc), err.message);
}

static void unread_kinds_of_tiff_are_told_as_such(void **state)
{
    static const struct {
        const char *name, *word;
    } cases[] = {
        {"no_raw_cfa_sub", "camera raw"},
        {"no_raw_linear_sub", "camera raw"},
        {"no_raw_nef_sub", "camera raw"},
        {"no_raw_arw_sub", "camera raw"},
        {"no_raw_pef", "camera raw"},
        {"no_raw_unmarked_preview", "camera raw"},
        {"no_raw_dng_only_version", "camera raw"},
        {"no_preview_only", "preview"},
        {"no_mask_only", "mask"},
        {"no_float", "floating-point"},
        {"no_f16", "floating-point"},
        {"no_complex", "floating-point"},
        {"no_int16", "signed"},
        {"no_uint32", "bits a channel"},
        {"no_12", "bits a channel"},
        {"no_565", "bits a channel"},
        {"no_oldjpeg", "old kind"},
        {"no_j2k", "compression"},
        {"no_logluv", "compression"},
        {"no_inks", "inks"},
        {"no_ycbcr", "kind of colours"},
        {"no_palx", "kind of colours"},
        {"no_tiledplanar", "tiles"},
        {"no_lab_x1_le", "transparency"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pc_buf bytes = PC_BUF_INIT;
        char name[64];
        snprintf(name, sizeof name, "tiff_%s.tif", cases[i].name);
        read_corpus(name, &bytes);
        expect_unread(cases[i].name, bytes.data, bytes.len, cases[i].word);
        pc_buf_finish(&bytes);
    }
}

static void a_png_of_an_app_is_told_as_such(void **state)
{
    struct pc_buf bytes = PC_BUF_INIT;
    (void)state;
    read_corpus("png_no_cgbi.png", &bytes);
    expect_unread("png_no_cgbi.png", bytes.data, bytes.len, "CgBI");
    pc_buf_finish(&bytes);
}

static void unread_formats_are_named(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        const char *word;
    } cases[] = {
        {"FUJIFILMCCD-RAW 0201", 20, "camera raw"},
        {"IIU\0\x18\0\0\0\x88\xe7\x74\xd8\xf8\x25\x1d\x4d", 16, "camera raw"},
        {"IIRO\10\0\0\0\0\0\0\0\0\0\0\0", 16, "camera raw"},
        {"MMOR\0\0\0\10\0\0\0\0\0\0\0\0", 16, "camera raw"},
        {"\0\0\0\x18"
         "ftypcrx \0\0\0\1crx isom",
         24, "camera raw"},
        {"II*\0\x10\0\0\0CR\2\0\0\0\0\0", 16, "camera raw"},
        {"II\x1a\0\0\0HEAPCCDR\2\0", 16, "camera raw"},
        {"FOVb\0\0\3\0\0\0\0\0\0\0\0\0", 16, "camera raw"},
        {"8BPS\0\1\0\0\0\0\0\0\0\3\0\0", 16, "Photoshop"},
        {"\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x14", 16, "JPEG XL"},
        {"\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14", 16, "JPEG 2000"},
        {"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1", 16, "PDF"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_unread(cases[i].word, cases[i].bytes, cases[i].len, cases[i].word);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_are_what_the_directory_says),
        cmocka_unit_test(the_first_image_at_full_resolution_is_the_picture),
        cmocka_unit_test(a_picture_below_a_page_is_turned_as_its_page_says),
        cmocka_unit_test(unread_kinds_of_tiff_are_told_as_such),
        cmocka_unit_test(png_has_the_colours_of_its_chunks),
        cmocka_unit_test(png_palettes_have_alpha),
        cmocka_unit_test(a_png_may_name_one_transparent_colour),
        cmocka_unit_test(premultiplied_colours_are_laid_on_white),
        cmocka_unit_test(what_the_first_frame_leaves_uncovered_is_white),
        cmocka_unit_test(a_png_of_an_app_is_told_as_such),
        cmocka_unit_test(unread_formats_are_named),
    };
    return cmocka_run_group_tests(tests, image_setup, image_teardown);
}
