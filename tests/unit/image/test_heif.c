/* Boxes of HEIC and AVIF files: what libheif gets to see, and what not. The files of the corpus
 * are changed in one place each; the file says image_corrupt then, whatever libheif is here. */
#include <stdio.h>

#include "draw.h"
#include "image/heif_check.h"

static void read_corpus(const char *name, struct pc_buf *out)
{
    char path[128];
    snprintf(path, sizeof path, "tests/data/image/corpus/%s", name);
    read_source(path, out);
}

static enum pc_code check(const struct pc_buf *bytes)
{
    struct pc_err err = PC_ERR_INIT;
    uint8_t *exact = malloc(bytes->len ? bytes->len : 1); /* so that ASan sees one byte too far */
    assert_non_null(exact);
    if (bytes->len)
        memcpy(exact, bytes->data, bytes->len);
    enum pc_code rc = pc_heif_check(exact, bytes->len, &err);
    free(exact);
    return rc;
}

static void sound_files_pass(void **state)
{
    static const char *const names[] = {"plain.avif", "plain.heic", "alpha.avif", "alpha.heic"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct pc_buf bytes = PC_BUF_INIT;
        read_corpus(names[i], &bytes);
        assert_code(check(&bytes), PC_OK);
        pc_buf_finish(&bytes);
    }
}

/* On libheif 1.19 this file ends the process. */
static void the_file_that_ended_the_process_is_corrupt(void **state)
{
    struct pc_buf bytes = PC_BUF_INIT;
    struct pc_err err = PC_ERR_INIT;
    struct pc_image *image;
    struct pc_image_info info;
    (void)state;
    read_corpus("damaged_ftyp.avif", &bytes);
    assert_code(pc_image_probe(bytes.data, bytes.len, 0, &info, &err), PC_E_IMAGE_CORRUPT);
    assert_code(pc_image_open(bytes.data, bytes.len, 0, (struct pc_deadline){0}, &image, &err),
                PC_E_IMAGE_CORRUPT);
    assert_null(image);
    pc_buf_finish(&bytes);
}

static void every_cut_is_corrupt(void **state)
{
    static const char *const names[] = {"plain.avif", "plain.heic"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct pc_buf bytes = PC_BUF_INIT;
        read_corpus(names[i], &bytes);
        while (bytes.len-- > 0)
            assert_code(check(&bytes), PC_E_IMAGE_CORRUPT);
        bytes.len = 0;
        pc_buf_finish(&bytes);
    }
}

static void boxes_that_may_follow(void **state)
{
    static const struct {
        const char *tail;
        size_t len;
        enum pc_code want;
    } cases[] = {
        {"\0\0\0\x09zzzz.", 9, PC_OK},
        {"\0\0\0\0mdat...", 11, PC_OK}, /* to the end of the file */
        {"\0\0\0\x01mdat\0\0\0\0\0\0\0\x10", 16, PC_OK},
        {"\0\0\0\x01mdat\0\0\0\0\0\0\0\x0f", 16, PC_E_IMAGE_CORRUPT},
        {"\0\0\0\x01mdat\xff\xff\xff\xff\xff\xff\xff\xff", 16, PC_E_IMAGE_CORRUPT},
        {"\0\0\0\x01mdat\0\0\0", 11, PC_E_IMAGE_CORRUPT},
        {"\0\0\0\x07mdat", 8, PC_E_IMAGE_CORRUPT},
        {"\0\0\0\x09mdat", 8, PC_E_IMAGE_CORRUPT},
        {"\0\0\0\x08uuid", 8, PC_E_IMAGE_CORRUPT},
        {"\0\0\0\x08ftyp", 8, PC_E_IMAGE_CORRUPT},
        {"\0\0\0\x08meta", 8, PC_E_IMAGE_CORRUPT},
        {"\0\0\0\x08uncC", 8, PC_E_IMAGE_CORRUPT},
        {"\0", 1, PC_E_IMAGE_CORRUPT},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pc_buf bytes = PC_BUF_INIT;
        read_corpus("plain.avif", &bytes);
        pc_buf_append(&bytes, cases[i].tail, cases[i].len);
        if (check(&bytes) != cases[i].want)
            fail_msg("tail %zu", i);
        pc_buf_finish(&bytes);
    }
}

/* Each: at that distance from the first such type, these bytes are put. */
static const struct {
    const char *file, *type;
    int from; /* the type's first byte is 0 */
    const char *bytes;
    size_t len;
} harms[] = {
    {"plain.avif", "ftyp", -4, "\0\0\0\x1d", 4},
    {"plain.avif", "ftyp", -4, "\0\0\0\0", 4},
    {"plain.avif", "meta", -4, "\0\0\0\0", 4},
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
    {"plain.avif", "iloc", 8, "\x34", 1}, /* offsets of 3 bytes */
    {"plain.avif", "iloc", 10, "\0\2", 2},
    {"plain.avif", "iloc", 22, "\0\0\1\x73", 4}, /* one byte beyond the end */
    {"plain.avif", "iloc", 22, "\xff\xff\xff\xff", 4},
    {"plain.avif", "iloc", 26, "\xff\xff\xff\xff", 4},
    {"plain.avif", "iinf", 8, "\0\2", 2},
    {"plain.avif", "iinf", 8, "\0\0", 2},
    {"plain.avif", "infe", 0, "free", 4},
    {"plain.avif", "infe", 12, "unci", 4},
    {"plain.avif", "infe", 12, "Exif", 4}, /* not what is shown */
    {"plain.avif", "infe", 16, "x", 1},    /* a name without an end */
    {"plain.avif", "iprp", -4, "\0\0\0\x69", 4},
    {"plain.avif", "ipco", 0, "free", 4},
    {"plain.avif", "ipco", 0, "ipma", 4},
    {"plain.avif", "colr", 0, "ipma", 4},
    {"plain.avif", "colr", 0, "meta", 4}, /* read wherever it stands */
    {"plain.avif", "colr", 4, "prof", 4},
    {"plain.avif", "av1C", 4, "\x01", 1},
    {"plain.avif", "av1C", 0, "hvcC", 4},
    {"plain.avif", "ispe", 8, "\0\0\0\0", 4},
    {"plain.avif", "ispe", 8, "\xff\xff\xff\xff", 4},
    {"plain.avif", "pixi", 8, "\4", 1},
    {"plain.avif", "pixi", 9, "\0", 1},
    {"plain.avif", "pixi", 9, "\x11", 1},
    {"plain.avif", "ipma", 11, "\2", 1},
    {"plain.avif", "ipma", 8, "\xff\xff\xff\xff", 4},
    {"plain.avif", "ipma", 14, "\3", 1},
    {"plain.avif", "ipma", 15, "\5", 1}, /* the fifth of four properties */
    {"plain.heic", "hvcC", 4, "\2", 1},
    {"plain.heic", "hvcC", 26, "\4", 1}, /* one array more than there is */
    {"plain.heic", "hvcC", 26, "\2", 1},
    {"plain.heic", "hvcC", 30, "\xff\xff", 2},
    {"plain.heic", "hvcC", 30, "\0\0", 2},
    {"plain.heic", "idat", -4, "\0\0\0\x0f", 4},
    {"plain.heic", "iref", 4, "\2", 1},
    {"plain.heic", "dimg", -4, "\0\0\0\x0f", 4},
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

static void every_harm_is_seen(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof harms / sizeof *harms; i++) {
        struct pc_buf bytes = PC_BUF_INIT;
        read_corpus(harms[i].file, &bytes);
        size_t at = find_type(&bytes, harms[i].type) + (size_t)harms[i].from;
        memcpy(bytes.data + at, harms[i].bytes, harms[i].len);
        if (check(&bytes) != PC_E_IMAGE_CORRUPT)
            fail_msg("%zu: %s, %s at %d", i, harms[i].file, harms[i].type, harms[i].from);
        pc_buf_finish(&bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sound_files_pass),
        cmocka_unit_test(the_file_that_ended_the_process_is_corrupt),
        cmocka_unit_test(every_cut_is_corrupt),
        cmocka_unit_test(boxes_that_may_follow),
        cmocka_unit_test(every_harm_is_seen),
    };
    return cmocka_run_group_tests(tests, image_setup, image_teardown);
}
