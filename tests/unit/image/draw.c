#include "draw.h"

#include <stdio.h>

#include "base/mem.h"

int image_setup(void **state)
{
    struct pc_err err = PC_ERR_INIT;
    (void)state;
    assert_ok(pc_image_startup(&err), &err);
    return 0;
}

int image_teardown(void **state)
{
    (void)state;
    pc_image_shutdown();
    return 0;
}

void draw_ramps(int x, int y, int width, int height, uint8_t rgb[3])
{
    rgb[0] = (uint8_t)(x * 255 / (width - 1));
    rgb[1] = (uint8_t)(y * 255 / (height - 1));
    rgb[2] = 90;
}

void draw_object(int x, int y, int width, int height, uint8_t rgb[3])
{
    bool in = x >= width / 4 && x < width / 2 && y >= height / 4 && y < height / 2;
    rgb[0] = in ? 200 : 235;
    rgb[1] = in ? 20 : 235;
    rgb[2] = in ? 30 : 235;
}

static void put(struct pc_buf *out, uint32_t v, int n)
{
    for (int i = 0; i < n; i++)
        pc_buf_putc(out, (char)(v >> 8 * i & 0xff));
}

void draw_bmp(draw_fn *draw, int width, int height, struct pc_buf *out)
{
    uint32_t stride = ((uint32_t)width * 3 + 3) / 4 * 4;
    pc_buf_puts(out, "BM");
    put(out, 54 + stride * (uint32_t)height, 4), put(out, 0, 4), put(out, 54, 4), put(out, 40, 4);
    put(out, (uint32_t)width, 4), put(out, (uint32_t)height, 4), put(out, 1, 2), put(out, 24, 2);
    for (int i = 0; i < 6; i++)
        put(out, 0, 4);
    for (int y = height - 1; y >= 0; y--) {
        for (int x = 0; x < width; x++) {
            uint8_t rgb[3];
            draw(x, y, width, height, rgb);
            put(out, (uint32_t)rgb[0] << 16 | (uint32_t)rgb[1] << 8 | rgb[2], 3);
        }
        put(out, 0, (int)(stride - (uint32_t)width * 3));
    }
}

struct pc_image *open_bytes(const struct pc_buf *bytes)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_image *image;
    assert_ok(pc_image_open(bytes->data, bytes->len, 0, (struct pc_deadline){0}, &image, &err),
              &err);
    return image;
}

struct pc_image *draw_image(draw_fn *draw, int width, int height)
{
    struct pc_buf bmp = PC_BUF_INIT;
    draw_bmp(draw, width, height, &bmp);
    struct pc_image *image = open_bytes(&bmp);
    pc_buf_finish(&bmp);
    return image;
}

uint8_t *pixels_of(const struct pc_image *image)
{
    struct pc_err err = PC_ERR_INIT;
    const struct pc_image_info *info = pc_image_get_info(image);
    size_t w = (size_t)info->width, h = (size_t)info->height, m = w > h ? w : h;
    uint8_t *square = pc_xzalloc(m * m * 3), *out = pc_xzalloc(w * h * 3);
    assert_ok(
        pc_image_view(image, (struct pc_box){0, 0, (double)m, (double)m}, (int)m, square, &err),
        &err);
    for (size_t y = 0; y < h; y++)
        memcpy(out + y * w * 3, square + y * m * 3, w * 3);
    free(square);
    return out;
}

void read_source(const char *relative, struct pc_buf *out)
{
    struct pc_err err = PC_ERR_INIT;
    char *path = test_source(relative);
    assert_non_null(path);
    assert_ok(pc_buf_read_file(out, path, 64 << 20, &err), &err);
    free(path);
}

void read_corpus(const char *name, struct pc_buf *out)
{
    char path[128];
    snprintf(path, sizeof path, "tests/data/image/corpus/%s", name);
    read_source(path, out);
}

void assert_same_image(const struct pc_buf *a, const struct pc_buf *b)
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

/* What every image in tests/data/image/corpus shows. */
static void corpus_pixel(int x, int y, double rgb[3])
{
    rgb[0] = x * 6, rgb[1] = y * 9, rgb[2] = x < 12 && y < 10 ? 230 : 40;
}

static double difference(const struct corpus_case *c)
{
    struct pc_buf bytes = PC_BUF_INIT;
    read_corpus(c->name, &bytes);
    struct pc_image *image = open_bytes(&bytes);
    assert_int_equal(pc_image_get_info(image)->width, 40);
    assert_int_equal(pc_image_get_info(image)->height, 28);
    uint8_t *px = pixels_of(image);
    double sum = 0;
    for (int i = 0; i < 40 * 28 * 3; i++) {
        double want[3];
        corpus_pixel(i / 3 % 40, i / 120, want);
        double v = c->grey ? (want[0] + want[1] + want[2]) / 3 : want[i % 3];
        double d = px[i] - (v * c->alpha + 255 * (1 - c->alpha));
        sum += d < 0 ? -d : d;
    }
    free(px);
    pc_image_destroy(image);
    pc_buf_finish(&bytes);
    return sum / (40 * 28 * 3);
}

void check_corpus(const struct corpus_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double d = difference(&cases[i]);
        if (d > cases[i].tolerance)
            fail_msg("%s differs by %.2f", cases[i].name, d);
    }
}
