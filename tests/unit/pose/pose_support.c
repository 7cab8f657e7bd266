#include "pose_support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "figure.h"

char *test_share(const char *relative)
{
    const char *share = getenv("POSECRAFT_SHARE");
    return pc_xasprintf("%s/%s", share ? share : "share", relative);
}

static int readable(const char *relative)
{
    char *path = test_share(relative);
    int yes = access(path, R_OK) == 0;
    free(path);
    return yes;
}

int test_has_model(void)
{
    return readable("lib/libonnxruntime.so.1") && readable("models/movenet-multipose.onnx") &&
           readable("models/movenet-thunder.onnx");
}

void assert_near(double value, double wanted, double tolerance)
{
    if (!(fabs(value - wanted) <= tolerance))
        fail_msg("%g is not %g within %g", value, wanted, tolerance);
}

struct pc_pose *test_pose_open(int max_people)
{
    if (!test_has_model())
        return NULL;
    struct pc_err err = PC_ERR_INIT;
    struct pc_pose *pose;
    char *library = test_share("lib/libonnxruntime.so.1"), *models = test_share("models");
    struct pc_pose_config cfg = {library, models, max_people, .25, .max_runs = 2};
    assert_ok(pc_pose_create(&cfg, &pose, &err), &err);
    free(library);
    free(models);
    return pose;
}

struct test_pixels test_pixels_grey(int w, int h)
{
    size_t bytes = (size_t)w * (size_t)h * 3;
    struct test_pixels p = {w, h, pc_xzalloc(bytes)};
    memset(p.rgb, 205, bytes);
    return p;
}

struct test_pixels test_pixels_figure(int w, int h)
{
    struct test_pixels p = {w, h, pc_xzalloc((size_t)w * (size_t)h * 3)};
    test_figure_draw(w, h, p.rgb);
    return p;
}

void test_pixels_paste(struct test_pixels *a, const struct test_pixels *b, int x, int y)
{
    assert_true(x >= 0 && y >= 0 && x + b->w <= a->w && y + b->h <= a->h);
    for (int row = 0; row < b->h; row++)
        memcpy(a->rgb + ((size_t)(y + row) * (size_t)a->w + (size_t)x) * 3,
               b->rgb + (size_t)row * (size_t)b->w * 3, (size_t)b->w * 3);
}

/* The mean of n x n samples of one pixel of the view. */
static void sample(const struct test_pixels *p, double x, double y, double step, int n,
                   uint8_t out[3])
{
    int sum[3] = {0};
    for (int i = 0; i < n * n; i++) {
        int column = i % n, row = i / n;
        int sx = (int)floor(x + (column + .5) * step / n);
        int sy = (int)floor(y + (row + .5) * step / n);
        if (sx < 0 || sy < 0 || sx >= p->w || sy >= p->h)
            continue;
        const uint8_t *px = p->rgb + ((size_t)sy * (size_t)p->w + (size_t)sx) * 3;
        for (int c = 0; c < 3; c++)
            sum[c] += px[c];
    }
    for (int c = 0; c < 3; c++)
        out[c] = (uint8_t)((sum[c] + n * n / 2) / (n * n));
}

static enum pc_code view(void *ctx, struct pc_box square, int size, uint8_t *rgb,
                         struct pc_err *err)
{
    (void)err;
    const struct test_pixels *p = ctx;
    double step = square.w / size;
    int n = (int)fmin(fmax(ceil(step), 1), 8);
    for (int v = 0; v < size; v++)
        for (int u = 0; u < size; u++)
            sample(p, square.x + u * step, square.y + v * step, step, n,
                   rgb + ((size_t)v * (size_t)size + (size_t)u) * 3);
    return PC_OK;
}

struct pc_pose_source test_source_of(struct test_pixels *pixels)
{
    return (struct pc_pose_source){pixels->w, pixels->h, pixels, view};
}
