/* Orientation and credits: what of a file's metadata is used, and that a broken block does no harm. */
#include "draw.h"
#include "image/image.h"
#include "image/metadata.h"

/* Writes a file of the corpus with that EXIF block, "Exif\0\0" in front of it. */
typedef void store_fn(const void *exif, size_t len, struct pc_buf *out);

static void in_jpeg(const void *exif, size_t len, struct pc_buf *out)
{
    struct pc_buf plain = PC_BUF_INIT;
    read_corpus("plain.jpg", &plain);
    pc_buf_append(out, plain.data, 2);
    pc_buf_append(out, "\xff\xe1", 2);
    pc_buf_putc(out, (char)((len + 2) >> 8));
    pc_buf_putc(out, (char)(len + 2));
    pc_buf_append(out, exif, len);
    pc_buf_append(out, plain.data + 2, plain.len - 2);
    pc_buf_finish(&plain);
}

static uint32_t crc32_of(const char *bytes, size_t len)
{
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < len; i++) {
        crc ^= (uint8_t)bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc;
}

static void put_be32(struct pc_buf *out, uint32_t v)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        pc_buf_putc(out, (char)(v >> shift & 0xff));
}

/* In front of the first chunk of that type. */
static void in_png_before(const char *type, const void *exif, size_t len, struct pc_buf *out)
{
    struct pc_buf plain = PC_BUF_INIT;
    read_corpus("plain.png", &plain);
    const char *chunk = memmem(plain.data, plain.len, type, 4);
    assert_non_null(chunk);
    size_t at = (size_t)(chunk - plain.data) - 4;
    pc_buf_append(out, plain.data, at);
    put_be32(out, (uint32_t)len - 6);
    pc_buf_puts(out, "eXIf");
    pc_buf_append(out, (const char *)exif + 6, len - 6);
    put_be32(out, crc32_of(out->data + at + 4, len - 2));
    pc_buf_append(out, plain.data + at, plain.len - at);
    pc_buf_finish(&plain);
}

static void in_png(const void *exif, size_t len, struct pc_buf *out)
{
    in_png_before("IDAT", exif, len, out);
}

/* In the place of the chunk that lossless.webp ends with. */
static void in_webp(const void *exif, size_t len, struct pc_buf *out)
{
    read_corpus("lossless.webp", out);
    char *chunk = memmem(out->data, out->len, "EXIF", 4);
    assert_non_null(chunk);
    out->len = (size_t)(chunk - out->data) + 4;
    pc_buf_putc(out, (char)(len - 6));
    pc_buf_append(out, "\0\0", 3);
    pc_buf_append(out, (const char *)exif + 6, len - 6);
    if (len % 2) /* chunks of RIFF are even */
        pc_buf_putc(out, 0);
    out->data[4] = (char)((out->len - 8) & 0xff);
    out->data[5] = (char)((out->len - 8) >> 8);
}

/* Where EXIF says the stored pixel (x, y) of a w x h image is seen: written down apart from the
 * code, from the words of the standard ("0th row is the right-hand side", ...). */
static void seen_at(int orientation, int x, int y, int w, int h, int *sx, int *sy)
{
    switch (orientation) {
    case 1: *sx = x, *sy = y; break;
    case 2: *sx = w - 1 - x, *sy = y; break;
    case 3: *sx = w - 1 - x, *sy = h - 1 - y; break;
    case 4: *sx = x, *sy = h - 1 - y; break;
    case 5: *sx = y, *sy = x; break;
    case 6: *sx = h - 1 - y, *sy = x; break;
    case 7: *sx = h - 1 - y, *sy = w - 1 - x; break;
    default: *sx = y, *sy = w - 1 - x; break;
    }
}

static int orientation_of(const struct pc_buf *bytes)
{
    struct pc_image *image = open_bytes(bytes);
    int orientation = pc_image_get_info(image)->orientation;
    pc_image_destroy(image);
    return orientation;
}

/* The length of an EXIF block with an orientation of that type and count. */
static size_t fill_exif(char exif[32], char type, char count, char orientation)
{
    static const char block[] = "Exif\0\0II*\0\10\0\0\0\1\0\x12\1\0\0\0\0\0\0\0\0\0\0\0\0\0";
    memcpy(exif, block, 32);
    exif[18] = type, exif[20] = count, exif[24] = orientation;
    return 32;
}

static void orientation_is_one_short_as_in_browsers(void **state)
{
    static const struct {
        char type, count;
        int want;
    } cases[] = {{3, 1, 6}, {1, 1, 1}, {4, 1, 1}, {6, 1, 1}, {8, 1, 1}, {9, 1, 1}, {3, 2, 1}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pc_buf bytes = PC_BUF_INIT;
        char exif[32];
        in_jpeg(exif, fill_exif(exif, cases[i].type, cases[i].count, 6), &bytes);
        if (orientation_of(&bytes) != cases[i].want)
            fail_msg("type %d, count %d", cases[i].type, cases[i].count);
        pc_buf_finish(&bytes);
    }
}

static void the_first_orientation_counts(void **state)
{
    static const struct {
        char first, second; /* 0: a block without an orientation */
        int want;
    } cases[] = {{6, 1, 6}, {1, 6, 1}, {8, 3, 8}, {0, 6, 6}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pc_buf one = PC_BUF_INIT, two = PC_BUF_INIT;
        char exif[32];
        in_jpeg(exif, fill_exif(exif, 3, 1, cases[i].second), &one);
        size_t len = fill_exif(exif, 3, 1, cases[i].first);
        pc_buf_append(&two, one.data, 2);
        pc_buf_append(&two, "\xff\xe1\0\x22", 4);
        pc_buf_append(&two, exif, len);
        pc_buf_append(&two, one.data + 2, one.len - 2);
        if (orientation_of(&two) != cases[i].want)
            fail_msg("%d, then %d", cases[i].first, cases[i].second);
        pc_buf_finish(&two);
        pc_buf_finish(&one);
    }
}

static struct pc_image *open_turned(store_fn *store, int orientation, bool big_endian)
{
    char exif[] = "Exif\0\0II*\0\10\0\0\0\1\0\x12\1\3\0\1\0\0\0.\0\0\0\0\0\0";
    static const char other[] = "Exif\0\0MM\0*\0\0\0\10\0\1\1\x12\0\3\0\0\0\1\0.\0\0\0\0\0";
    struct pc_buf bytes = PC_BUF_INIT;
    if (big_endian)
        memcpy(exif, other, sizeof other);
    exif[big_endian ? 25 : 24] = (char)orientation;
    store(exif, sizeof exif - 1, &bytes);
    struct pc_image *image = open_bytes(&bytes);
    pc_buf_finish(&bytes);
    return image;
}

struct unturned {
    int width, height;
    uint8_t *px;
};

static void check_turned(store_fn *store, int orientation, bool big_endian,
                         const struct unturned *plain)
{
    struct pc_image *image = open_turned(store, orientation, big_endian);
    const struct pc_image_info *info = pc_image_get_info(image);
    int w = plain->width, h = plain->height;
    assert_int_equal(info->orientation, orientation);
    assert_int_equal(info->width, orientation < 5 ? w : h);
    assert_int_equal(info->height, orientation < 5 ? h : w);
    uint8_t *px = pixels_of(image);
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++) {
            int sx, sy;
            seen_at(orientation, x, y, w, h, &sx, &sy);
            if (memcmp(px + (sy * info->width + sx) * 3, plain->px + (y * w + x) * 3, 3) != 0)
                fail_msg("orientation %d at %d,%d", orientation, x, y);
        }
    free(px);
    pc_image_destroy(image);
}

static void all_orientations_are_exact(void **state)
{
    static store_fn *const stores[] = {in_jpeg, in_png, in_webp};
    (void)state;
    for (size_t i = 0; i < sizeof stores / sizeof *stores; i++) {
        struct pc_image *image = open_turned(stores[i], 1, false);
        const struct pc_image_info *info = pc_image_get_info(image);
        struct unturned plain = {info->width, info->height, pixels_of(image)};
        for (int orientation = 1; orientation <= 8; orientation++) {
            check_turned(stores[i], orientation, false, &plain);
            check_turned(stores[i], orientation, true, &plain);
        }
        free(plain.px);
        pc_image_destroy(image);
    }
}

/* No browser turns a PNG whose eXIf stands behind the pixels. */
static void exif_behind_the_pixels_of_a_png_turns_nothing(void **state)
{
    struct pc_buf late = PC_BUF_INIT;
    char exif[32];
    (void)state;
    in_png_before("IEND", exif, fill_exif(exif, 3, 1, 6), &late);
    assert_int_equal(orientation_of(&late), 1);
    pc_buf_finish(&late);
}

static void broken_exif_does_no_harm(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
    } cases[] = {
        {"Exif\0\0", 6},
        {"Exif\0\0II*\0", 10},
        {"Exif\0\0II*\0\xff\xff\xff\xff", 14},
        {"Exif\0\0II*\0\10\0\0\0\xff\xff\x12\1\3\0\1\0\0\0\6", 25},
        {"Exif\0\0II*\0\10\0\0\0\1\0\x12\1\3\0\1\0\0\0\x63\0\0\0", 28},
        {"Exif\0\0XX*\0\10\0\0\0\1\0\x12\1\3\0\1\0\0\0\6\0\0\0", 28},
        {"Exif\0\0II*\0\10\0\0\0\1\0\x98\x82\2\0\xff\xff\xff\x7f\0\0\0\x7f", 28},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pc_buf bytes = PC_BUF_INIT;
        in_jpeg(cases[i].bytes, cases[i].len, &bytes);
        struct pc_image *image = open_bytes(&bytes);
        if (pc_image_get_info(image)->orientation != 1)
            fail_msg("case %zu: orientation %d", i, pc_image_get_info(image)->orientation);
        pc_image_destroy(image);
        pc_buf_finish(&bytes);
    }
}

static void credits_come_from_exif_iptc_and_xmp(void **state)
{
    static const uint8_t iptc[] = "8BIM\4\4\0\0\0\0\0\x12\x1c\2\x50\0\4Anna\x1c\2\x74\0\4Shop";
    static const char xmp[] = "<x><dc:creator><rdf:Seq><rdf:li>Ben</rdf:li></rdf:Seq></dc:creator>"
                              "<dc:rights><rdf:Alt><rdf:li xml:lang=\"x-default\">(c) Ben</rdf:li>";
    struct pc_credits a = {0}, b = {0}, c = {0};
    struct pc_buf exif = PC_BUF_INIT;
    int orientation = 3;
    (void)state;
    pc_iptc_read(iptc, sizeof iptc - 1, &a);
    assert_string_equal(a.creator, "Anna");
    assert_string_equal(a.rights, "Shop");
    pc_xmp_read((const uint8_t *)xmp, sizeof xmp - 1, &b);
    assert_string_equal(b.creator, "Ben");
    assert_string_equal(b.rights, "(c) Ben");
    pc_exif_write(&b, &exif);
    pc_exif_read((const uint8_t *)exif.data, exif.len, &orientation, &c);
    assert_string_equal(c.creator, "Ben");
    assert_string_equal(c.rights, "(c) Ben");
    assert_int_equal(orientation, 3);
    pc_buf_finish(&exif);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_orientations_are_exact),
        cmocka_unit_test(exif_behind_the_pixels_of_a_png_turns_nothing),
        cmocka_unit_test(orientation_is_one_short_as_in_browsers),
        cmocka_unit_test(the_first_orientation_counts),
        cmocka_unit_test(broken_exif_does_no_harm),
        cmocka_unit_test(credits_come_from_exif_iptc_and_xmp),
    };
    return cmocka_run_group_tests(tests, image_setup, image_teardown);
}
