/* Boxes of HEIC and AVIF files. What the primary image needs must be whole; what it does not need may
 * be missing, damaged or unknown. libheif gets to see a new file only, so this holds for each of its
 * releases. */
#include <stdio.h>

#include "draw.h"
#include "image/decoded.h"
#include "image/heif.h"
#include "make_heif.h"

static void read_corpus(const char *name, struct pc_buf *out)
{
    char path[128];
    snprintf(path, sizeof path, "tests/data/image/corpus/%s", name);
    read_source(path, out);
}

static enum pc_code isolate(const struct pc_buf *bytes, struct pc_buf *out)
{
    struct pc_err err = PC_ERR_INIT;
    uint8_t *exact = malloc(bytes->len ? bytes->len : 1); /* so that ASan sees one byte too far */
    assert_non_null(exact);
    if (bytes->len)
        memcpy(exact, bytes->data, bytes->len);
    enum pc_code rc = pc_heif_isolate(exact, bytes->len, out, &err);
    free(exact);
    return rc;
}

static enum pc_code check(const struct pc_buf *bytes)
{
    struct pc_buf out = PC_BUF_INIT;
    enum pc_code rc = isolate(bytes, &out);
    assert_int_equal(rc == PC_OK, out.len > 0);
    pc_buf_finish(&out);
    return rc;
}

/* Both files show the same image, and it is not all of one colour. */
static void assert_same_image(const struct pc_buf *a, const struct pc_buf *b)
{
    struct pc_image *images[] = {open_bytes(a), open_bytes(b)};
    const struct pc_image_info *info = pc_image_get_info(images[0]);
    size_t len = (size_t)info->width * (size_t)info->height * 3;
    assert_int_equal(info->width, pc_image_get_info(images[1])->width);
    assert_int_equal(info->height, pc_image_get_info(images[1])->height);
    uint8_t *px[] = {pixels_of(images[0]), pixels_of(images[1])};
    assert_memory_not_equal(px[0], px[0] + 3 * info->width / 2, 3);
    assert_memory_equal(px[0], px[1], len);
    for (int i = 0; i < 2; i++) {
        free(px[i]);
        pc_image_destroy(images[i]);
    }
}

static void sound_files_pass(void **state)
{
    static const char *const names[] = {"plain.avif", "plain.heic", "alpha.avif", "alpha.heic",
                                        "beside.avif"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct pc_buf bytes = PC_BUF_INIT;
        read_corpus(names[i], &bytes);
        assert_code(check(&bytes), PC_OK);
        assert_same_image(&bytes, &bytes);
        pc_buf_finish(&bytes);
    }
}

/* On libheif 1.19 this file ends the process. */
static void the_file_that_ended_the_process_is_corrupt(void **state)
{
    struct pc_buf bytes = PC_BUF_INIT;
    struct pc_err err = PC_ERR_INIT;
    struct pc_image *image;
    (void)state;
    read_corpus("damaged_ftyp.avif", &bytes);
    assert_code(pc_image_open(bytes.data, bytes.len, 0, (struct pc_deadline){0}, &image, &err),
                PC_E_IMAGE_CORRUPT);
    assert_null(image);
    pc_buf_finish(&bytes);
}

/* From the end to the first byte; what is cut off first may be Exif, which the image does not need. */
static void every_cut_of_the_image_is_corrupt(void **state)
{
    static const struct {
        const char *name;
        size_t image_ends;
    } files[] = {{"plain.avif", 370}, {"plain.heic", 0x2b2}};
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct pc_buf bytes = PC_BUF_INIT, whole = PC_BUF_INIT;
        read_corpus(files[i].name, &whole);
        for (size_t len = 0; len < files[i].image_ends; len++) {
            pc_buf_clear(&bytes);
            pc_buf_append(&bytes, whole.data, len);
            assert_code(check(&bytes), PC_E_IMAGE_CORRUPT);
        }
        pc_buf_clear(&bytes);
        pc_buf_append(&bytes, whole.data, files[i].image_ends);
        assert_same_image(&bytes, &whole);
        pc_buf_finish(&bytes);
        pc_buf_finish(&whole);
    }
}

static void what_stands_behind_the_last_box_is_passed_over(void **state)
{
    static const struct made_bytes tails[] = {
        MADE_TEXT("\0\0\0\x09zzzz."),
        MADE_TEXT("\0\0\0\0mdat..."), /* to the end of the file */
        MADE_TEXT("\0\0\0\x01mdat\0\0\0\0\0\0\0\x10"),
        MADE_TEXT("\0\0\0\x01mdat\0\0\0\0\0\0\0\x0f"),
        MADE_TEXT("\0\0\0\x01mdat\xff\xff\xff\xff\xff\xff\xff\xff"),
        MADE_TEXT("\0\0\0\x01mdat\0\0\0"),
        MADE_TEXT("\0\0\0\x07mdat"),
        MADE_TEXT("\0\0\0\x09mdat"),
        MADE_TEXT("\0\0\0\x08uuid"),
        MADE_TEXT("\0\0\0\x08ftyp"),
        MADE_TEXT("\0\0\0\x08meta"),
        MADE_TEXT("\0\0\0\x08uncC"),
        MADE_TEXT("\0\0\0\x18mpvd\0\0\0\x10"
                  "ftypisom\0\0\0\0"), /* a film behind the photo */
        MADE_TEXT("</x:xmpmeta>\n<?xpacket end=\"w\"?>"),
        MADE_TEXT("\r\n\0"),
        MADE_TEXT("\0"),
    };
    (void)state;
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        struct pc_buf plain = PC_BUF_INIT, bytes = PC_BUF_INIT;
        read_corpus(i % 2 ? "plain.avif" : "plain.heic", &plain);
        pc_buf_append(&bytes, plain.data, plain.len);
        pc_buf_append(&bytes, tails[i].data, tails[i].len);
        assert_same_image(&bytes, &plain);
        pc_buf_finish(&plain);
        pc_buf_finish(&bytes);
    }
}

/* At that distance from the first such type, these bytes are put. */
struct harm {
    const char *file, *type;
    int from; /* the type's first byte is 0 */
    const char *bytes;
    size_t len;
    bool unsupported; /* sound, and not read */
};

/* Of no importance to the image. */
static const struct harm harmless[] = {
    {"plain.avif", "ipma", 14, "\3", 1},   {"plain.avif", "meta", -4, "\0\0\0\0", 4},
    {"plain.avif", "iloc", 10, "\0\2", 2}, {"plain.avif", "iinf", 8, "\0\2", 2},
    {"plain.avif", "infe", 16, "x", 1}, /* a name without an end */
    {"plain.avif", "colr", 4, "prof", 4},  {"plain.avif", "pixi", 8, "\4", 1},
    {"plain.avif", "pixi", 9, "\0", 1},    {"plain.avif", "pixi", 9, "\x11", 1},
    {"plain.avif", "ipma", 11, "\2", 1},   {"plain.heic", "dimg", -4, "\0\0\0\x0f", 4},
};

static const struct harm harms[] = {
    {"plain.avif", "ftyp", -4, "\0\0\0\x1d", 4},
    {"plain.avif", "ftyp", -4, "\0\0\0\0", 4},
    {"plain.avif", "meta", -4, "\0\0\0\xe9", 4},
    {"plain.avif", "meta", 0, "mete", 4},
    {"plain.avif", "meta", 4, "\1", 1},
    {"plain.avif", "hdlr", 0, "free", 4},
    {"plain.avif", "hdlr", 12, "soun", 4},
    {"plain.avif", "hdlr", -4, "\0\0\0\x20", 4},
    {"plain.avif", "pitm", 8, "\0\2", 2}, /* no such item */
    {"plain.avif", "pitm", 0, "free", 4},
    {"plain.avif", "pitm", 0, "idat", 4},
    {"plain.avif", "iloc", 4, "\3", 1},
    {"plain.avif", "iloc", 8, "\x34", 1},        /* offsets of 3 bytes */
    {"plain.avif", "iloc", 22, "\0\0\1\x73", 4}, /* one byte beyond the end */
    {"plain.avif", "iloc", 22, "\xff\xff\xff\xff", 4},
    {"plain.avif", "iloc", 26, "\xff\xff\xff\xff", 4},
    {"plain.avif", "iinf", 8, "\0\0", 2},
    {"plain.avif", "infe", 0, "free", 4},
    {"plain.avif", "infe", 12, "unci", 4, .unsupported = true},
    {"plain.avif", "infe", 12, "Exif", 4, .unsupported = true}, /* not what is shown */
    {"plain.avif", "iprp", -4, "\0\0\0\x69", 4},
    {"plain.avif", "ipco", 0, "free", 4},
    {"plain.avif", "ipco", 0, "ipma", 4},
    {"plain.avif", "colr", 0, "ipma", 4, .unsupported = true},
    {"plain.avif", "colr", 0, "meta", 4, .unsupported = true}, /* read wherever it stands */
    {"plain.avif", "av1C", 4, "\x01", 1},
    {"plain.avif", "av1C", 0, "hvcC", 4},
    {"plain.avif", "ispe", 8, "\0\0\0\0", 4},
    {"plain.avif", "ispe", 8, "\xff\xff\xff\xff", 4},
    {"plain.avif", "ipma", 8, "\xff\xff\xff\xff", 4},
    {"plain.avif", "ipma", 15, "\5", 1}, /* the fifth of four properties */
    {"plain.heic", "hvcC", 4, "\2", 1},
    {"plain.heic", "hvcC", 26, "\4", 1}, /* one array more than there is */
    {"plain.heic", "hvcC", 26, "\2", 1},
    {"plain.heic", "hvcC", 30, "\xff\xff", 2},
    {"plain.heic", "hvcC", 30, "\0\0", 2},
    {"plain.heic", "idat", -4, "\0\0\0\x0f", 4},
    {"plain.heic", "iref", 4, "\2", 1},
    {"plain.heic", "dimg", 4, "\0\4", 2}, /* no such item */
    {"plain.heic", "dimg", 6, "\0\0", 2},
    {"plain.heic", "dimg", 6, "\0\2", 2},
    {"plain.heic", "dimg", 8, "\0\2", 2}, /* made of itself */
};

static size_t find_type(const struct pc_buf *bytes, const char *type)
{
    for (size_t at = 0; at + 4 <= bytes->len; at++)
        if (!memcmp(bytes->data + at, type, 4))
            return at;
    fail_msg("no %s", type);
    return 0;
}

static void do_harm(const struct harm *harm, struct pc_buf *out)
{
    read_corpus(harm->file, out);
    size_t at = find_type(out, harm->type) + (size_t)harm->from;
    memcpy(out->data + at, harm->bytes, harm->len);
}

static void every_harm_is_seen(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof harms / sizeof *harms; i++) {
        struct pc_buf bytes = PC_BUF_INIT;
        do_harm(&harms[i], &bytes);
        enum pc_code want = harms[i].unsupported ? PC_E_UNSUPPORTED_FORMAT : PC_E_IMAGE_CORRUPT;
        if (check(&bytes) != want)
            fail_msg("%zu: %s, %s at %d", i, harms[i].file, harms[i].type, harms[i].from);
        pc_buf_finish(&bytes);
    }
}

static void what_is_harmless_is_passed_over(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++) {
        struct pc_buf bytes = PC_BUF_INIT, whole = PC_BUF_INIT;
        read_corpus(harmless[i].file, &whole);
        do_harm(&harmless[i], &bytes);
        assert_same_image(&bytes, &whole);
        pc_buf_finish(&bytes);
        pc_buf_finish(&whole);
    }
}

/* --- what cameras and editors put beside the image --- */

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
        assert_code(check(&bytes), PC_E_UNSUPPORTED_FORMAT);
    }
    for (size_t i = 0; i < sizeof without_meta / sizeof *without_meta; i++) {
        pc_buf_clear(&bytes);
        pc_buf_append(&bytes, without_meta[i].data, without_meta[i].len);
        assert_code(check(&bytes), PC_E_UNSUPPORTED_FORMAT);
    }
    pc_buf_finish(&bytes);
    pc_buf_finish(&plain);
}

/* --- what would take for ever --- */

static void circles_and_avalanches_are_corrupt(void **state)
{
    struct pc_buf plain = PC_BUF_INIT, bytes = PC_BUF_INIT;
    (void)state;
    read_corpus("plain.avif", &plain);
    struct made_heif made = made_simple(&plain);
    for (int i = 1; i < 8; i++) { /* each is made of the one before, four times */
        made.items[i] = (struct made_item){
            .id = i + 1, .type = "iovl", .data = MADE_TEXT(any), .properties = {2, 3}};
        made.references[i - 1] = (struct made_reference){"dimg", i + 1, {i, i, i, i}};
    }
    made.primary = 7;
    make_heif(&made, &bytes);
    assert_code(check(&bytes), PC_OK); /* 4,096 times the same */
    made.primary = 8;
    pc_buf_clear(&bytes);
    make_heif(&made, &bytes);
    assert_code(check(&bytes), PC_E_IMAGE_CORRUPT);
    made.primary = 3;
    made.references[0].to[3] = 3;
    pc_buf_clear(&bytes);
    make_heif(&made, &bytes);
    assert_code(check(&bytes), PC_E_IMAGE_CORRUPT);
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
        cmocka_unit_test(sound_files_pass),
        cmocka_unit_test(the_file_that_ended_the_process_is_corrupt),
        cmocka_unit_test(every_cut_of_the_image_is_corrupt),
        cmocka_unit_test(what_stands_behind_the_last_box_is_passed_over),
        cmocka_unit_test(every_harm_is_seen),
        cmocka_unit_test(what_is_harmless_is_passed_over),
        cmocka_unit_test(nothing_beside_the_image_spoils_it),
        cmocka_unit_test(credits_are_read_from_exif_beside),
        cmocka_unit_test(sound_and_not_read_is_unsupported),
        cmocka_unit_test(circles_and_avalanches_are_corrupt),
        cmocka_unit_test(files_of_devices_open),
    };
    return cmocka_run_group_tests(tests, image_setup, image_teardown);
}
