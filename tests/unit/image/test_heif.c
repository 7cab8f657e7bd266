/* Damaged HEIC and AVIF files. What the primary image needs must be whole; what it does not need may be
 * damaged, cut off or missing. libheif gets to see a new file only, so this holds for each of its
 * releases. What stands beside the image is the subject of test_heif_beside.c. */
#include "draw.h"
#include "image/image.h"
#include "make_heif.h"

static void sound_files_pass(void **state)
{
    static const char *const names[] = {"plain.avif", "plain.heic", "alpha.avif", "alpha.heic",
                                        "beside.avif"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct pc_buf bytes = PC_BUF_INIT;
        read_corpus(names[i], &bytes);
        assert_code(isolate_code(&bytes), PC_OK);
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
            assert_code(isolate_code(&bytes), PC_E_IMAGE_CORRUPT);
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
        if (isolate_code(&bytes) != want)
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

/* What would take for ever. */
static void circles_and_avalanches_are_corrupt(void **state)
{
    struct pc_buf plain = PC_BUF_INIT, bytes = PC_BUF_INIT;
    (void)state;
    read_corpus("plain.avif", &plain);
    struct made_heif made = made_simple(&plain);
    for (int i = 1; i < 8; i++) { /* each is made of the one before, four times */
        made.items[i] = (struct made_item){
            .id = i + 1, .type = "iovl", .data = MADE_TEXT("anything"), .properties = {2, 3}};
        made.references[i - 1] = (struct made_reference){"dimg", i + 1, {i, i, i, i}};
    }
    made.primary = 7;
    make_heif(&made, &bytes);
    assert_code(isolate_code(&bytes), PC_OK); /* 4,096 times the same */
    made.primary = 8;
    pc_buf_clear(&bytes);
    make_heif(&made, &bytes);
    assert_code(isolate_code(&bytes), PC_E_IMAGE_CORRUPT);
    made.primary = 3;
    made.references[0].to[3] = 3;
    pc_buf_clear(&bytes);
    make_heif(&made, &bytes);
    assert_code(isolate_code(&bytes), PC_E_IMAGE_CORRUPT);
    pc_buf_finish(&bytes);
    pc_buf_finish(&plain);
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
        cmocka_unit_test(circles_and_avalanches_are_corrupt),
    };
    return cmocka_run_group_tests(tests, image_setup, image_teardown);
}
