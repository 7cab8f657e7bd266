/* Odd, broken and hostile files, where that folder is: each answers what
 * tests/data/image/robust.txt says, and what is turned or stored in another way shows the same
 * image as its plain twin. */
#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "draw.h"

enum { MOST_PIXELS = 50000000, VIEW_PX = 192, LINE_MS = 5000 };

struct line { /* of robust.txt; borrows from the line's text */
    char *file, *code, *format, *width, *height;
};

static char *field(char **rest)
{
    char *text = strsep(rest, "|");
    return text ? pc_str_trim(text) : NULL;
}

static bool parse_line(char *text, struct line *out)
{
    if (text[0] == '#' || !text[0])
        return false;
    out->file = field(&text);
    out->code = field(&text);
    out->format = field(&text);
    out->width = field(&text);
    out->height = field(&text);
    return true;
}

static char *robust_path(const char *file)
{
    char relative[256];
    snprintf(relative, sizeof relative, "robust/%s", file);
    return test_photo(relative);
}

static void check_good(const struct pc_image *image, const struct line *want)
{
    const struct pc_image_info *info = pc_image_get_info(image);
    struct pc_err err = PC_ERR_INIT;
    struct pc_buf out = PC_BUF_INIT;
    struct pc_crop cut = {.box = {0, 0, info->width, info->height},
                          .width = 50,
                          .height = 50,
                          .quality = 80,
                          .format = PC_FORMAT_JPEG};
    assert_string_equal(pc_format_name(info->format), want->format);
    assert_int_equal(info->width, atoi(want->width));
    assert_int_equal(info->height, atoi(want->height));
    assert_ok(pc_image_crop(image, &cut, (struct pc_deadline){0}, &out, &err), &err);
    pc_buf_finish(&out);
}

static void check_line(const struct line *want)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_buf bytes = PC_BUF_INIT;
    struct pc_image *image;
    char *path = robust_path(want->file);
    if (!path)
        fail_msg("%s is not there", want->file);
    assert_ok(pc_buf_read_file(&bytes, path, 64 << 20, &err), &err);
    int64_t started = pc_clock_mono_ms();
    enum pc_code rc =
        pc_image_open(bytes.data, bytes.len, MOST_PIXELS, pc_deadline_in(LINE_MS), &image, &err);
    if (strcmp(pc_code_name(rc), want->code) != 0)
        fail_msg("%s: %s (%s), not %s", want->file, pc_code_name(rc), err.detail, want->code);
    if (pc_clock_mono_ms() - started > LINE_MS)
        fail_msg("%s takes too long", want->file);
    if (image)
        check_good(image, want);
    pc_image_destroy(image);
    pc_buf_finish(&bytes);
    free(path);
}

static void every_file_answers_as_the_table_says(void **state)
{
    struct pc_buf table = PC_BUF_INIT;
    struct line line;
    int n = 0;
    (void)state;
    char *there = robust_path("manifest.json");
    if (!there)
        skip_because("no folder of robust files");
    free(there);
    read_source("tests/data/image/robust.txt", &table);
    for (char *rest = table.data, *text; (text = strsep(&rest, "\n"));)
        if (parse_line(text, &line)) {
            check_line(&line);
            n++;
        }
    assert_true(n > 80);
    pc_buf_finish(&table);
}

/* A small view of the whole image, NULL when the file is absent. Gives. */
static uint8_t *view_of(const char *file)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_buf bytes = PC_BUF_INIT;
    char *path = robust_path(file);
    if (!path)
        return NULL;
    assert_ok(pc_buf_read_file(&bytes, path, 64 << 20, &err), &err);
    struct pc_image *image = open_bytes(&bytes);
    const struct pc_image_info *info = pc_image_get_info(image);
    double m = info->width > info->height ? info->width : info->height;
    uint8_t *rgb = pc_xzalloc(VIEW_PX * VIEW_PX * 3);
    assert_ok(pc_image_view(image, (struct pc_box){0, 0, m, m}, VIEW_PX, rgb, &err), &err);
    pc_image_destroy(image);
    pc_buf_finish(&bytes);
    free(path);
    return rgb;
}

static void files_of_one_picture_look_the_same(void **state)
{
    static const struct {
        const char *plain, *other;
        double tolerance; /* mean difference a value, of 255 */
    } pairs[] = {
        {"derived/dog_human_exif1.jpg", "derived/dog_human_exif2.jpg", 1},
        {"derived/dog_human_exif1.jpg", "derived/dog_human_exif3.jpg", 1},
        {"derived/dog_human_exif1.jpg", "derived/dog_human_exif4.jpg", 1},
        {"derived/dog_human_exif1.jpg", "derived/dog_human_exif5.jpg", 1},
        {"derived/dog_human_exif1.jpg", "derived/dog_human_exif6.jpg", 1},
        {"derived/dog_human_exif1.jpg", "derived/dog_human_exif7.jpg", 1},
        {"derived/dog_human_exif1.jpg", "derived/dog_human_exif8.jpg", 1},
        {"derived/dog_human_exif1.jpg", "derived/dog_human_progressive.jpg", 1.5},
        {"derived/dog_human_exif1.jpg", "derived/dog_human.webp", 2},
        {"derived/dog_human_exif1.jpg", "derived/dog_human.avif", 2},
        {"derived/dog_human_exif1.jpg", "derived/dog_human.gif", 4},
        {"derived/dog_human_exif1.jpg", "derived/dog_human_animated.gif", 5},
        {"derived/dog_human_exif1.jpg", "derived/dog_human_palette.png", 5},
        {"derived/dog_human_exif1.jpg", "derived/dog_human_cmyk.jpg", 1.5},
        {"derived/astronaut_lossless.webp", "derived/astronaut_rgb16.png", 1},
        {"derived/astronaut_lossless.webp", "derived/png_named.jpg", 0.1},
        {"derived/astronaut_lossless.webp", "derived/astronaut_10bit.avif", 2},
        {"formats/hopper.bmp", "formats/hopper.tif", 0.1},
        {"formats/hopper.bmp", "formats/hopper.webp", 5},
        {"formats/hopper.bmp", "exif/hopper_6.jpg", 5},
        {"formats/hopper.bmp", "exif/hopper_7.jpg", 5},
        {"exif/Portrait_1.jpg", "exif/Portrait_0.jpg", 2},
        {"exif/Portrait_1.jpg", "exif/Portrait_5.jpg", 2},
        {"exif/Portrait_1.jpg", "exif/Portrait_6.jpg", 2},
        {"exif/Portrait_1.jpg", "exif/Portrait_8.jpg", 2},
    };
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        uint8_t *a = view_of(pairs[i].plain), *b = view_of(pairs[i].other);
        double sum = 0;
        if (!a || !b) {
            free(a);
            free(b);
            skip_because("no folder of robust files");
        }
        for (int k = 0; k < VIEW_PX * VIEW_PX * 3; k++)
            sum += a[k] < b[k] ? b[k] - a[k] : a[k] - b[k];
        free(a);
        free(b);
        if (sum / (VIEW_PX * VIEW_PX * 3) > pairs[i].tolerance)
            fail_msg("%s differs by %.2f", pairs[i].other, sum / (VIEW_PX * VIEW_PX * 3));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_file_answers_as_the_table_says),
        cmocka_unit_test(files_of_one_picture_look_the_same),
    };
    return cmocka_run_group_tests(tests, image_setup, image_teardown);
}
