/* What is done with an open image: views, cuts, scaling, trim, many at once. */
#include <math.h>
#include <pthread.h>
#include <stdio.h>

#include "base/mem.h"
#include "draw.h"
#include "image/decoded.h"
#include "image/decoder.h"
#include "image/resize.h"
#include "image/resize_kernels.h"

static int difference(int a, int b)
{
    return a < b ? b - a : a - b;
}

/* Every pixel of a view of draw_ramps: the ramps tell where in the image it was taken. */
static void check_view(const struct pc_image *image, struct pc_box square, int size)
{
    struct pc_err err = PC_ERR_INIT;
    const struct pc_image_info *info = pc_image_get_info(image);
    uint8_t *rgb = pc_xzalloc((size_t)size * (size_t)size * 3);
    memset(rgb, 0xaa, (size_t)size * (size_t)size * 3);
    assert_ok(pc_image_view(image, square, size, rgb, &err), &err);
    double s = square.w / size;
    for (int v = 0; v < size; v++)
        for (int u = 0; u < size; u++) {
            const uint8_t *p = rgb + (v * size + u) * 3;
            double x = square.x + (u + 0.5) * s, y = square.y + (v + 0.5) * s, edge = s / 2 + 1;
            if (x < -edge || y < -edge || x > info->width + edge || y > info->height + edge) {
                if (p[0] || p[1] || p[2])
                    fail_msg("not black at %d,%d", u, v);
            } else if (x > edge && y > edge && x < info->width - edge && y < info->height - edge) {
                /* half a pixel of the image, and rounding */
                if (fabs(p[0] - (x - 0.5) * 255 / (info->width - 1)) > 1.5 ||
                    fabs(p[1] - (y - 0.5) * 255 / (info->height - 1)) > 1.5 ||
                    difference(p[2], 90) > 1)
                    fail_msg("%d,%d,%d at %d,%d of %d", p[0], p[1], p[2], u, v, size);
            }
        }
    free(rgb);
}

static void views_look_where_they_should(void **state)
{
    static const struct {
        struct pc_box square;
        int size;
    } cases[] = {
        {{0, 0, 300, 300}, 300},          {{0, 0, 300, 300}, 64},
        {{37.3, 20.7, 150, 150}, 64},     {{-40.5, -80.25, 400, 400}, 96},
        {{100.4, 50.6, 33.3, 33.3}, 256}, {{-10, 150, 60, 60}, 192},
        {{0.5, 0.5, 199, 199}, 199},      {{-500, -500, 2000, 2000}, 50},
        {{400, 400, 50, 50}, 16},
    };
    struct pc_image *image = draw_image(draw_ramps, 300, 200);
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_view(image, cases[i].square, cases[i].size);
    pc_image_destroy(image);
}

static void draw_stripes(int x, int y, int width, int height, uint8_t rgb[3])
{
    (void)y, (void)width, (void)height;
    memset(rgb, x % 2 ? 255 : 0, 3);
}

static void a_view_is_the_mean_of_what_lies_under_it(void **state)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_image *image = draw_image(draw_stripes, 512, 512);
    static uint8_t rgb[64 * 64 * 3];
    (void)state;
    assert_ok(pc_image_view(image, (struct pc_box){0, 0, 512, 512}, 64, rgb, &err), &err);
    for (size_t i = 0; i < sizeof rgb; i++)
        assert_in_range(rgb[i], 127, 128);
    pc_image_destroy(image);
}

static void a_tall_image_does_not_overflow(void **state)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_raster *r;
    struct pc_image image = {.info = {.width = 16, .height = 60000}};
    static uint8_t rgb[3];
    (void)state;
    r = &image.raster;
    pc_raster_init(r, 16, 60000, 3);
    memset(r->px, 255, pc_raster_bytes(r));
    assert_ok(pc_image_view(&image, (struct pc_box){-29992, 0, 60000, 60000}, 1, rgb, &err), &err);
    assert_in_range(rgb[0], 0, 1); /* 16 of 60000 columns */
    pc_raster_finish(r);
}

static void a_thin_image_can_be_annotated(void **state)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_buf svg = PC_BUF_INIT, out = PC_BUF_INIT;
    struct pc_image *image = draw_image(draw_ramps, 16, 6000);
    (void)state;
    pc_buf_printf(&svg, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"16\" height=\"6000\">"
                        "<rect width=\"8\" height=\"9\"/></svg>");
    assert_ok(pc_image_annotate(image, &svg, 100, (struct pc_deadline){0}, &out, &err), &err);
    assert_true(out.len > 0);
    pc_buf_finish(&out);
    pc_buf_finish(&svg);
    pc_image_destroy(image);
}

static void a_thin_image_has_an_interesting_part(void **state)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_ibox box;
    struct pc_image *image = draw_image(draw_ramps, 16, 6000);
    (void)state;
    assert_ok(pc_image_interest(image, 6, 6, &box, &err), &err);
    assert_int_equal(box.w, 6);
    assert_ok(pc_image_trim(image, &box, &err), &err);
    pc_image_destroy(image);
}

static struct pc_image *crop_and_open(const struct pc_image *image, const struct pc_crop *crop,
                                      enum pc_format format)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_buf out = PC_BUF_INIT;
    struct pc_crop copy = *crop;
    copy.format = format;
    copy.quality = copy.quality ? copy.quality : 90;
    assert_ok(pc_image_crop(image, &copy, (struct pc_deadline){0}, &out, &err), &err);
    assert_int_equal(pc_format_sniff(out.data, out.len), format);
    struct pc_image *shot = open_bytes(&out);
    assert_int_equal(pc_image_get_info(shot)->width, crop->width);
    assert_int_equal(pc_image_get_info(shot)->height, crop->height);
    pc_buf_finish(&out);
    return shot;
}

static void a_crop_at_its_own_size_is_a_copy(void **state)
{
    struct pc_image *image = draw_image(draw_ramps, 300, 200);
    struct pc_crop crop = {.box = {30, 40, 100, 120}, .width = 100, .height = 120};
    struct pc_image *shot = crop_and_open(image, &crop, PC_FORMAT_PNG);
    uint8_t *all = pixels_of(image), *px = pixels_of(shot);
    (void)state;
    for (int y = 0; y < 120; y++)
        assert_memory_equal(px + y * 300, all + ((y + 40) * 300 + 30) * 3, 300);
    free(px);
    free(all);
    pc_image_destroy(shot);
    pc_image_destroy(image);
}

/* Largest difference from the ramps over the inner pixels of a cut. */
static int ramp_error(const struct pc_image *shot, const struct pc_crop *crop, int width,
                      int height)
{
    uint8_t *px = pixels_of(shot);
    int worst = 0;
    for (int v = 4; v < crop->height - 4; v++)
        for (int u = 4; u < crop->width - 4; u++) {
            double x = crop->box.x + (u + 0.5) * crop->box.w / crop->width - 0.5;
            double y = crop->box.y + (v + 0.5) * crop->box.h / crop->height - 0.5;
            const uint8_t *p = px + (v * crop->width + u) * 3;
            int dx = difference(p[0], (int)lround(x * 255 / (width - 1)));
            int dy = difference(p[1], (int)lround(y * 255 / (height - 1)));
            worst = dx > worst ? dx : worst;
            worst = dy > worst ? dy : worst;
        }
    free(px);
    return worst;
}

static void crops_scale_both_ways_in_every_format(void **state)
{
    static const struct {
        enum pc_format format;
        int tolerance;
    } formats[] = {
        {PC_FORMAT_PNG, 2}, {PC_FORMAT_JPEG, 8}, {PC_FORMAT_WEBP, 14}, {PC_FORMAT_AVIF, 14}};
    static const struct pc_crop cuts[] = {
        {.box = {10, 20, 240, 150}, .width = 96, .height = 60},
        {.box = {100, 50, 80, 100}, .width = 200, .height = 250},
        {.box = {0, 0, 300, 200}, .width = 33, .height = 22},
        {.box = {1, 2, 201, 101}, .width = 200, .height = 100, .progressive = 1},
    };
    struct pc_image *image = draw_image(draw_ramps, 300, 200);
    (void)state;
    for (size_t f = 0; f < sizeof formats / sizeof *formats; f++)
        for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
            struct pc_image *shot = crop_and_open(image, &cuts[i], formats[f].format);
            int worst = ramp_error(shot, &cuts[i], 300, 200);
            if (worst > formats[f].tolerance)
                fail_msg("%s, cut %zu: off by %d", pc_format_name(formats[f].format), i, worst);
            pc_image_destroy(shot);
        }
    pc_image_destroy(image);
}

static void a_crop_reaches_outside_when_told(void **state)
{
    struct pc_image *image = draw_image(draw_ramps, 300, 200);
    struct pc_crop crop = {.box = {-50, -20, 400, 240},
                           .width = 200,
                           .height = 120,
                           .fill = PC_FILL_COLOUR,
                           .colour = {10, 200, 30}};
    (void)state;
    struct pc_image *shot = crop_and_open(image, &crop, PC_FORMAT_PNG);
    uint8_t *px = pixels_of(shot);
    static const uint8_t colour[3] = {10, 200, 30};
    assert_memory_equal(px, colour, 3);
    assert_memory_equal(px + (60 * 200 + 24) * 3, colour, 3);
    assert_in_range(px[(60 * 200 + 26) * 3], 0, 4); /* the image's left edge */
    assert_memory_equal(px + (60 * 200 + 176) * 3, colour, 3);
    free(px);
    pc_image_destroy(shot);
    crop.fill = PC_FILL_EDGE;
    shot = crop_and_open(image, &crop, PC_FORMAT_PNG);
    px = pixels_of(shot);
    assert_in_range(px[0], 0, 2);
    assert_in_range(px[(60 * 200 + 199) * 3], 253, 255);
    assert_in_range(px[(60 * 200 + 5) * 3 + 1], 125, 130);
    free(px);
    pc_image_destroy(shot);
    pc_image_destroy(image);
}

static void crops_out_of_reason_are_rejected(void **state)
{
    static const struct pc_crop cuts[] = {
        {.box = {300, 0, 10, 10}, .width = 10, .height = 10},
        {.box = {-10, 0, 10, 10}, .width = 10, .height = 10},
        {.box = {0, 0, 0, 10}, .width = 10, .height = 10},
        {.box = {0, 0, 10, 10}, .width = 0, .height = 10},
        {.box = {-2000000000, 0, 2000000001, 10}, .width = 10, .height = 10},
    };
    struct pc_err err = PC_ERR_INIT;
    struct pc_buf out = PC_BUF_INIT;
    struct pc_image *image = draw_image(draw_ramps, 300, 200);
    (void)state;
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++)
        assert_code(pc_image_crop(image, &cuts[i], (struct pc_deadline){0}, &out, &err),
                    PC_E_INTERNAL);
    struct pc_crop late = {.box = {0, 0, 300, 200}, .width = 30, .height = 20, .quality = 80};
    late.format = PC_FORMAT_JPEG;
    assert_code(pc_image_crop(image, &late, (struct pc_deadline){1}, &out, &err), PC_E_TIMEOUT_CUT);
    assert_int_equal(out.len, 0);
    pc_image_destroy(image);
}

static void shots_keep_credits_and_nothing_else(void **state)
{
    static const enum pc_format formats[] = {PC_FORMAT_JPEG, PC_FORMAT_WEBP, PC_FORMAT_AVIF};
    struct pc_buf bytes = PC_BUF_INIT;
    struct pc_err err = PC_ERR_INIT;
    (void)state;
    read_corpus("exif6.jpg", &bytes);
    struct pc_image *image = open_bytes(&bytes);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        struct pc_buf out = PC_BUF_INIT;
        struct pc_image_header head = {0};
        struct pc_crop crop = {
            .box = {2, 2, 20, 20}, .width = 20, .height = 20, .quality = 80, .format = formats[i]};
        assert_ok(pc_image_crop(image, &crop, (struct pc_deadline){0}, &out, &err), &err);
        if (formats[i] == PC_FORMAT_JPEG)
            assert_ok(pc_jpeg_read_header(out.data, out.len, &head, &err), &err);
        else
            assert_ok(pc_vips_read_header(out.data, out.len, formats[i], &head, &err), &err);
        assert_string_equal(head.credits.creator, "A. Artist");
        assert_string_equal(head.credits.rights, "(c) Shop");
        assert_int_equal(head.orientation, 1); /* the pixels are upright now */
        assert_int_equal(head.icc.len, 0);
        pc_image_header_finish(&head);
        pc_buf_finish(&out);
    }
    pc_image_destroy(image);
    pc_buf_finish(&bytes);
}

enum { MID = 301, TAPS = 12 };

static void check_kernels(const struct pc_resize_kernels *a, const struct pc_resize_kernels *b)
{
    static uint8_t source[TAPS][MID];
    static int16_t mid_a[MID + PC_MID_PAD], mid_b[MID + PC_MID_PAD], w[TAPS];
    const uint8_t *rows[TAPS];
    unsigned v = 12345;
    for (int k = 0; k < TAPS; k++) {
        rows[k] = source[k];
        w[k] = (int16_t)(k % 3 == 1 ? -900 : 3000);
        for (int i = 0; i < MID; i++)
            source[k][i] = (uint8_t)((v = v * 1103515245u + 12345u) >> 16);
    }
    a->rows(rows, w, TAPS, 0, MID, mid_a);
    b->rows(rows, w, TAPS, 0, MID, mid_b);
    assert_memory_equal(mid_a, mid_b, sizeof mid_a);
    for (int x = 0; x + TAPS * 3 <= MID; x++) {
        uint8_t rgb_a[3], rgb_b[3];
        a->columns(mid_a + x, w, TAPS, rgb_a);
        b->columns(mid_a + x, w, TAPS, rgb_b);
        assert_memory_equal(rgb_a, rgb_b, 3);
    }
}

static void all_kinds_of_kernels_compute_the_same(void **state)
{
    (void)state;
    for (int i = 1; pc_resize_kernels(i); i++)
        check_kernels(pc_resize_kernels(0), pc_resize_kernels(i));
}

static void a_flat_colour_stays_flat(void **state)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_raster from, to;
    (void)state;
    pc_raster_init(&from, 123, 77, 3);
    memset(from.px, 201, pc_raster_bytes(&from));
    for (int size = 1; size < 300; size += 37) {
        pc_raster_init(&to, size, size + 1, 3);
        assert_ok(
            pc_resize(&from, (struct pc_ibox){-20, 5, 130, 90}, (struct pc_deadline){0}, &to, &err),
            &err);
        for (size_t i = 0; i < pc_raster_bytes(&to); i++)
            assert_int_equal(to.px[i], 201);
        pc_raster_finish(&to);
    }
    pc_raster_finish(&from);
}

static void trim_finds_the_object(void **state)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_ibox box;
    struct pc_image *image = draw_image(draw_object, 1200, 800);
    (void)state;
    assert_ok(pc_image_trim(image, &box, &err), &err);
    assert_in_range(box.x, 292, 300); /* a pixel of the small copy is 2.3 of the image */
    assert_in_range(box.y, 192, 200);
    assert_in_range(box.x + box.w, 600, 608);
    assert_in_range(box.y + box.h, 400, 408);
    pc_image_destroy(image);
}

static void draw_flat(int x, int y, int width, int height, uint8_t rgb[3])
{
    (void)x, (void)y, (void)width, (void)height;
    memset(rgb, 240, 3);
}

static void trim_of_nothing_is_the_whole_image(void **state)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_ibox box;
    struct pc_image *image = draw_image(draw_flat, 90, 60);
    (void)state;
    assert_ok(pc_image_trim(image, &box, &err), &err);
    assert_int_equal(box.x, 0);
    assert_int_equal(box.y, 0);
    assert_int_equal(box.w, 90);
    assert_int_equal(box.h, 60);
    pc_image_destroy(image);
}

static void the_interesting_part_is_within_and_of_the_size_asked(void **state)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_ibox box;
    struct pc_image *image = draw_image(draw_object, 1200, 800);
    (void)state;
    assert_ok(pc_image_interest(image, 400, 500, &box, &err), &err);
    assert_int_equal(box.w, 400);
    assert_int_equal(box.h, 500);
    assert_in_range(box.x, 100, 500); /* the object lies within 300..600 */
    assert_true(box.x >= 0 && box.y >= 0 && box.x + box.w <= 1200 && box.y + box.h <= 800);
    assert_ok(pc_image_interest(image, 5000, 5000, &box, &err), &err); /* more than there is */
    assert_int_equal(box.w, 1200);
    assert_int_equal(box.h, 800);
    pc_image_destroy(image);
}

enum { THREADS = 4, ROUNDS = 6 };
static const char *const shared[] = {"plain.jpg", "plain.png",  "lossy.webp", "plain.gif",
                                     "plain.tif", "plain.avif", "cmyk.jpg",   "p3.jpg"};
enum { SHARED = sizeof shared / sizeof *shared };

struct worker {
    pthread_t thread;
    const struct pc_buf *files;
    int first, failures;
};

/* No assert within a thread: cmocka belongs to the main one. */
static int one_round(const struct pc_buf *file, enum pc_format format)
{
    static const struct pc_box whole = {0, 0, 40, 40};
    struct pc_err err = PC_ERR_INIT;
    struct pc_image *image = NULL;
    struct pc_buf out = PC_BUF_INIT;
    struct pc_ibox box;
    uint8_t view[32 * 32 * 3];
    struct pc_crop crop = {.box = {-2, 1, 36, 27}, .width = 48, .height = 36, .quality = 80};
    crop.format = format;
    int failed = pc_image_open(file->data, file->len, 0, (struct pc_deadline){0}, &image, &err) ||
                 pc_image_view(image, whole, 32, view, &err) || pc_image_trim(image, &box, &err) ||
                 pc_image_interest(image, 20, 20, &box, &err) ||
                 pc_image_crop(image, &crop, (struct pc_deadline){0}, &out, &err);
    pc_image_destroy(image);
    pc_buf_finish(&out);
    return failed ? 1 : 0;
}

static void *work(void *arg)
{
    static const enum pc_format formats[] = {PC_FORMAT_JPEG, PC_FORMAT_PNG, PC_FORMAT_WEBP};
    struct worker *w = arg;
    for (int i = 0; i < ROUNDS * SHARED; i++)
        w->failures += one_round(&w->files[(w->first + i) % SHARED], formats[i % 3]);
    pc_image_thread_shutdown();
    return NULL;
}

static void many_threads_work_at_once(void **state)
{
    struct pc_buf files[SHARED] = {0};
    struct worker workers[THREADS];
    (void)state;
    for (int i = 0; i < SHARED; i++)
        read_corpus(shared[i], &files[i]);
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.files = files, .first = i * 2};
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        assert_int_equal(workers[i].failures, 0);
    }
    for (int i = 0; i < SHARED; i++)
        pc_buf_finish(&files[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(views_look_where_they_should),
        cmocka_unit_test(a_view_is_the_mean_of_what_lies_under_it),
        cmocka_unit_test(a_tall_image_does_not_overflow),
        cmocka_unit_test(a_thin_image_can_be_annotated),
        cmocka_unit_test(a_thin_image_has_an_interesting_part),
        cmocka_unit_test(a_crop_at_its_own_size_is_a_copy),
        cmocka_unit_test(crops_scale_both_ways_in_every_format),
        cmocka_unit_test(a_crop_reaches_outside_when_told),
        cmocka_unit_test(crops_out_of_reason_are_rejected),
        cmocka_unit_test(shots_keep_credits_and_nothing_else),
        cmocka_unit_test(all_kinds_of_kernels_compute_the_same),
        cmocka_unit_test(a_flat_colour_stays_flat),
        cmocka_unit_test(trim_finds_the_object),
        cmocka_unit_test(trim_of_nothing_is_the_whole_image),
        cmocka_unit_test(the_interesting_part_is_within_and_of_the_size_asked),
        cmocka_unit_test(many_threads_work_at_once),
    };
    return cmocka_run_group_tests(tests, image_setup, image_teardown);
}
