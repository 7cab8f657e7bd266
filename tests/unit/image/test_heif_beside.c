/* What cameras and editors write into HEIC and AVIF files beside the primary image, and how they write
 * the image itself: none of it may spoil the image. Damage is the subject of test_heif.c. */
#include <math.h>
#include <stdio.h>

#include "draw.h"
#include "image/decoded.h"
#include "make_heif.h"

static const char tmap_metadata[] = "\0\0\0\0\0\0\0\0";
static const char exif[] = "\0\0\0\6Exif\0\0MM\0*\0\0\0\x08\0\1\x01\x3b\0\2\0\0\0\4Ann\0\0\0\0\0";
static const char xmp[] = "<x/>";
static const char any[] = "anything at all, which is no image";

static void gain_map_of_new_phones(struct made_heif *m)
{
    m->brands = "avifMiHEmif1miaftmapavif";
    m->items[1] = (struct made_item){
        .id = 7, .type = "av01", .data = m->items[0].data, .properties = {-1, 2, 3, 5}};
    m->items[2] = (struct made_item){
        .id = 9, .type = "tmap", .data = MADE_TEXT(tmap_metadata), .properties = {2, 3, -6}};
    m->items[3] = (struct made_item){.id = 8, .type = "Exif", .data = MADE_TEXT(exif)};
    m->properties[4] = MADE_TEXT("\0\0\0\x34"
                                 "auxC\0\0\0\0urn:com:apple:photo:2020:aux:hdrgainmap\0");
    m->properties[5] = MADE_TEXT("\0\0\0\x08new!");
    m->references[0] = (struct made_reference){"dimg", 9, {1, 7}};
    m->references[1] = (struct made_reference){"auxl", 7, {1, 9}};
    m->references[2] = (struct made_reference){"cdsc", 8, {1, 9}};
    m->in_meta = MADE_TEXT("\0\0\0\x24grpl\0\0\0\x1c"
                           "altr\0\0\0\0\0\0\3\xe8\0\0\0\2\0\0\0\x09\0\0\0\1");
}

static void primary_is_the_tone_mapped_one(struct made_heif *m)
{
    gain_map_of_new_phones(m);
    m->primary = 9;
}

static void thumbnails_of_any_coding(struct made_heif *m)
{
    static const char *const types[] = {"jpeg", "hvc1", "j2k1", "unci", "zzzz", "av01", "uri "};
    for (int i = 0; i < 7; i++) {
        m->items[i + 1] = (struct made_item){
            .id = i + 2, .type = types[i], .data = MADE_TEXT(any), .properties = {-5, -6}};
        m->references[i] = (struct made_reference){"thmb", i + 2, {1}};
    }
    m->properties[4] = MADE_TEXT("\0\0\0\x09hvcC\2");
    m->properties[5] = MADE_TEXT("\0\0\0\x0cuncC\0\0\0\0");
}

static void aux_images_that_are_not_alpha(struct made_heif *m)
{
    static const char *const types[] = {"av01", "iovl", "hvc1", "av01"};
    for (int i = 0; i < 4; i++) {
        m->items[i + 1] = (struct made_item){
            .id = i + 2, .type = types[i], .data = MADE_TEXT(any), .properties = {2, 5 + i}};
        m->references[i] = (struct made_reference){"auxl", i + 2, {1, 77}};
    }
    m->properties[4] = MADE_TEXT("\0\0\0\x27"
                                 "auxC\0\0\0\0urn:mpeg:hevc:2015:auxid:2\0");
    m->properties[5] = MADE_TEXT("\0\0\0\x0d"
                                 "auxC\0\0\0\0x");
    m->properties[6] = MADE_TEXT("\0\0\0\x08"
                                 "auxC");
    m->properties[7] = MADE_TEXT("\0\0\0\x08"
                                 "auxX");
}

static void metadata_of_every_kind(struct made_heif *m)
{
    static const char *const texts[] = {"\0application/rdf+xml", "\0application/x", "\0",
                                        "\0text/plain"};
    for (int i = 0; i < 4; i++) {
        m->items[i + 1] = (struct made_item){
            .id = i + 2, .type = "mime", .name_and_more = texts[i], .data = MADE_TEXT(xmp)};
        m->references[i] = (struct made_reference){"cdsc", i + 2, {1, 55}};
    }
    m->items[5] = (struct made_item){
        .id = 6, .type = "Exif", .data = MADE_TEXT(exif), .beyond_the_end = true};
    m->items[6] = (struct made_item){.id = 8, .type = "Exif", .data = MADE_TEXT(any)};
    m->references[4] = (struct made_reference){"cdsc", 6, {1}};
    m->references[5] = (struct made_reference){"cdsc", 8, {1}};
}

static void references_to_nothing(struct made_heif *m)
{
    static const char *const types[] = {"thmb", "cdsc", "auxl", "dimg", "prem", "base", "zzzz"};
    for (int i = 0; i < 7; i++)
        m->references[i] = (struct made_reference){types[i], i % 2 ? 1 : 40, {41, 42}};
    m->references[7] = (struct made_reference){"thmb", 1, {0}};
}

static void odd_colours_beside_the_good_one(struct made_heif *m)
{
    m->properties[4] = MADE_TEXT("\0\0\0\x0c"
                                 "colrprof");
    m->properties[5] = MADE_TEXT("\0\0\0\x0c"
                                 "colrrICC");
    m->properties[6] = MADE_TEXT("\0\0\0\x12"
                                 "colrnclc\0\1\0\1\0\1");
    m->properties[7] = MADE_TEXT("\0\0\0\x08"
                                 "colr");
    m->properties[8] = MADE_TEXT("\0\0\0\x0e"
                                 "colrnclx\0\x09");
    memcpy(m->items[0].properties, (int[]){-1, 2, 3, 5, 6, 7, -8, 4},
           sizeof m->items[0].properties);
}

static void properties_that_say_nothing_of_the_pixels(struct made_heif *m)
{
    m->properties[4] = MADE_TEXT("\0\0\0\x0c"
                                 "clli\0\0\0\0");
    m->properties[5] = MADE_TEXT("\0\0\0\x08"
                                 "pasp"); /* damaged, too */
    m->properties[6] = MADE_TEXT("\0\0\0\x08zzzz");
    m->properties[7] = MADE_TEXT("\0\0\0\x20uuid0123456789abcdef\0\0\0\1\0\0\0\2");
    memcpy(m->items[0].properties, (int[]){-1, 2, 3, 5, 6, 7, 8, 4}, sizeof m->items[0].properties);
}

static void boxes_of_all_kinds_around(struct made_heif *m)
{
    m->brands = "mif1avifmsf1MiHEtmapzzzzmiaf";
    m->before_meta = MADE_TEXT("\0\0\0\x08"
                               "free\0\0\0\x0cskip....\0\0\0\x18uuid0123456789abcdef"
                               "\0\0\0\1wide\0\0\0\0\0\0\0\x10\0\0\0\x10moov\0\0\0\x08trak");
    m->in_meta = MADE_TEXT("\0\0\0\x08"
                           "free\0\0\0\x08zzzz\0\0\0\x08pitm\0\0\0\x08mini");
    m->behind = MADE_TEXT("\0\0\0\x08meta\0\0\0\x08moov\0\0\0\x10mpvd\0\0\0\x63zzzz");
}

static void wide_numbers(struct made_heif *m)
{
    gain_map_of_new_phones(m);
    m->wide = true;
}

static void data_in_idat(struct made_heif *m)
{
    m->items[0].method = 1;
}

static void data_in_another_item(struct made_heif *m)
{
    m->items[1] = (struct made_item){.id = 5, .type = "zzzz", .data = m->items[0].data};
    m->items[0].method = 2;
    m->items[0].source = 5;
}

static void media_to_the_end_of_the_file(struct made_heif *m)
{
    m->open_mdat = true;
    m->behind = MADE_TEXT("rest");
}

static void media_of_a_long_size(struct made_heif *m)
{
    m->long_mdat = true;
}

static void grid_whose_tiles_have_exif(struct made_heif *m)
{
    m->primary = 2;
    m->items[1] = (struct made_item){.id = 2,
                                     .type = "grid",
                                     .method = 1,
                                     .data = MADE_TEXT("\0\0\0\0\0\x28\0\x1c"),
                                     .properties = {2, 3}};
    m->items[2] = (struct made_item){.id = 3, .type = "Exif", .data = MADE_TEXT(exif)};
    m->references[0] = (struct made_reference){"dimg", 2, {1}};
    m->references[1] = (struct made_reference){"cdsc", 3, {1, 2}};
    m->references[2] =
        (struct made_reference){"dimg", 1, {2}}; /* of a coded image: of no concern */
}

static void nothing_beside_the_image_spoils_it(void **state)
{
    static void (*const changes[])(struct made_heif *) = {
        gain_map_of_new_phones,
        primary_is_the_tone_mapped_one,
        thumbnails_of_any_coding,
        aux_images_that_are_not_alpha,
        metadata_of_every_kind,
        references_to_nothing,
        odd_colours_beside_the_good_one,
        properties_that_say_nothing_of_the_pixels,
        boxes_of_all_kinds_around,
        wide_numbers,
        data_in_idat,
        data_in_another_item,
        media_to_the_end_of_the_file,
        media_of_a_long_size,
        grid_whose_tiles_have_exif,
    };
    struct pc_buf plain = PC_BUF_INIT;
    (void)state;
    read_corpus("plain.avif", &plain);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct pc_buf bytes = PC_BUF_INIT;
        struct made_heif made = made_simple(&plain);
        changes[i](&made);
        make_heif(&made, &bytes);
        assert_same_image(&bytes, &plain);
        pc_buf_finish(&bytes);
    }
    pc_buf_finish(&plain);
}

/* The image, with its own brightness as alpha. Gives the pixels; refer: with the reference which says
 * that its colours are multiplied by alpha. */
static uint8_t *pixels_with_alpha(const struct pc_buf *plain, bool refer)
{
    static const char kind[] = "\0\0\0\0urn:mpeg:mpegB:cicp:systems:auxiliary:alpha";
    struct pc_buf aux = PC_BUF_INIT, bytes = PC_BUF_INIT;
    struct made_heif made = made_simple(plain);
    make_box("auxC", kind, sizeof kind, &aux);
    made.properties[4] = (struct made_bytes){aux.data, aux.len};
    made.items[1] = (struct made_item){
        .id = 2, .type = "av01", .data = made.items[0].data, .properties = {-1, 2, 3, 5}};
    made.references[0] = (struct made_reference){"auxl", 2, {1}};
    if (refer)
        made.references[1] = (struct made_reference){"prem", 1, {2}};
    make_heif(&made, &bytes);
    struct pc_image *image = open_bytes(&bytes);
    uint8_t *px = pixels_of(image);
    assert_true(pc_image_get_info(image)->has_alpha);
    pc_image_destroy(image);
    pc_buf_finish(&bytes);
    pc_buf_finish(&aux);
    return px;
}

/* Straight colours c show as c * alpha + white * (1 - alpha): that gives alpha. Multiplied ones show as
 * they are stored, and the rest of white. */
static void premultiplied_colours_are_not_multiplied_again(void **state)
{
    struct pc_buf plain = PC_BUF_INIT;
    int compared = 0;
    (void)state;
    read_corpus("plain.avif", &plain);
    struct pc_image *image = open_bytes(&plain);
    uint8_t *colours = pixels_of(image), *straight = pixels_with_alpha(&plain, false),
            *multiplied = pixels_with_alpha(&plain, true);
    for (int i = 0; i < 40 * 28 * 3; i++) {
        const uint8_t *c = colours + i / 3 * 3, *s = straight + i / 3 * 3;
        int darkest = c[0] < c[1] ? 0 : 1;
        double alpha = (255.0 - s[darkest]) / (255 - c[darkest]);
        double want = fmin(colours[i] + 255 * (1 - alpha), 255);
        if (c[darkest] > 100 || alpha < .2) /* too few levels to tell alpha by */
            continue;
        compared++;
        if (fabs(multiplied[i] - want) > 4)
            fail_msg("byte %d is %d, not %.0f", i, multiplied[i], want);
    }
    assert_true(compared > 1000);
    free(multiplied);
    free(straight);
    free(colours);
    pc_image_destroy(image);
    pc_buf_finish(&plain);
}

static void credits_are_read_from_exif_beside(void **state)
{
    static void (*const changes[])(struct made_heif *) = {gain_map_of_new_phones,
                                                          primary_is_the_tone_mapped_one,
                                                          wide_numbers, grid_whose_tiles_have_exif};
    struct pc_buf plain = PC_BUF_INIT;
    (void)state;
    read_corpus("plain.avif", &plain);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct pc_buf bytes = PC_BUF_INIT;
        struct made_heif made = made_simple(&plain);
        changes[i](&made);
        make_heif(&made, &bytes);
        struct pc_image *image = open_bytes(&bytes);
        assert_string_equal(image->credits.creator, "Ann");
        pc_image_destroy(image);
        pc_buf_finish(&bytes);
    }
    pc_buf_finish(&plain);
}

/* --- what the image needs and is not read --- */

static void unknown_essential_property(struct made_heif *m)
{
    m->properties[4] = MADE_TEXT("\0\0\0\x08zzzz");
    m->items[0].properties[4] = -5;
}

static void coded_as_jpeg(struct made_heif *m)
{
    m->items[0].type = "jpeg";
}

static void tile_coded_as_jpeg(struct made_heif *m)
{
    grid_whose_tiles_have_exif(m);
    m->items[0].type = "jpeg";
}

static void sound_and_not_read_is_unsupported(void **state)
{
    static void (*const changes[])(struct made_heif *) = {unknown_essential_property, coded_as_jpeg,
                                                          tile_coded_as_jpeg};
    static const struct made_bytes without_meta[] = {
        MADE_TEXT("\0\0\0\x10"
                  "ftypavis\0\0\0\0\0\0\0\x08moov"),
        MADE_TEXT("\0\0\0\x10"
                  "ftypmif3avif\0\0\0\x08mini"),
    };
    struct pc_buf plain = PC_BUF_INIT, bytes = PC_BUF_INIT;
    (void)state;
    read_corpus("plain.avif", &plain);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct made_heif made = made_simple(&plain);
        changes[i](&made);
        pc_buf_clear(&bytes);
        make_heif(&made, &bytes);
        assert_code(isolate_code(&bytes), PC_E_UNSUPPORTED_FORMAT);
    }
    for (size_t i = 0; i < sizeof without_meta / sizeof *without_meta; i++) {
        pc_buf_clear(&bytes);
        pc_buf_append(&bytes, without_meta[i].data, without_meta[i].len);
        assert_code(isolate_code(&bytes), PC_E_UNSUPPORTED_FORMAT);
    }
    pc_buf_finish(&bytes);
    pc_buf_finish(&plain);
}

/* --- files of real devices --- */

static void files_of_devices_open(void **state)
{
    static const char *const names[] = {
        "heic_ios18_gainmap_with_tmap.heic",     "heic_ios18_exif_of_tmap.heic",
        "heic_sony_hif_jpeg_thumbnail_item.hif", "heic_empty_icc_colr.heic",
        "heic_samsung_trailing_bytes.heic",      "heic_3_bytes_behind.heic"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct pc_buf bytes = PC_BUF_INIT;
        struct pc_err err = PC_ERR_INIT;
        char relative[96];
        snprintf(relative, sizeof relative, "reports/%s", names[i]);
        char *path = test_photo(relative);
        if (!path)
            skip_because("no folder of reported files");
        assert_ok(pc_buf_read_file(&bytes, path, 1 << 20, &err), &err);
        struct pc_image *image = open_bytes(&bytes);
        assert_int_equal(pc_image_get_info(image)->width, 294);
        assert_int_equal(pc_image_get_info(image)->height, 512);
        assert_int_equal(pc_image_get_info(image)->format, PC_FORMAT_HEIC);
        pc_image_destroy(image);
        pc_buf_finish(&bytes);
        free(path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_beside_the_image_spoils_it),
        cmocka_unit_test(premultiplied_colours_are_not_multiplied_again),
        cmocka_unit_test(credits_are_read_from_exif_beside),
        cmocka_unit_test(sound_and_not_read_is_unsupported),
        cmocka_unit_test(files_of_devices_open),
    };
    return cmocka_run_group_tests(tests, image_setup, image_teardown);
}
