/* Scales with a Lanczos kernel of three lobes, in two passes for each output row: the first mixes the
 * source rows under it to one middle row, the second mixes that row's pixels to the output's.
 *
 * A tap is a source pixel that goes into an output pixel, with its weight. Weights are integers with
 * 14 bits of fraction, and those of an output pixel add up to exactly 1. When an image is made
 * smaller, the kernel gets wider by the same factor: otherwise fine weave would turn into stripes. A
 * tap outside the image takes the nearest pixel inside. Values of the middle row have 16 bits, 6 of
 * them fraction. They may be below 0 or above 255, because the kernel overshoots at hard edges.
 *
 * Why not vips_resize: five large cuts of a 12-megapixel image took 190 ms of CPU with the
 * libvips of Debian 12, and take 75 ms here, encoding included (docs/adr/0002-jpeg-decode.md).
 * The inner loops are in resize_kernels.c.
 */
#include "image/resize.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "image/resize_kernels.h"

#define LOBES 3 /* no enum: it meets doubles */
enum { CHECK_ROWS = 16 };

/* The taps of all output pixels along one axis. Output i has n taps, a multiple of what the kernel
 * wants. Tap k is the source pixel first[i] + k, which may be outside the image, with the weight
 * w[i * n + k]. */
struct taps {
    int n;
    int *first; /* owns */
    int16_t *w; /* owns */
};

static double lanczos(double x)
{
    if (fabs(x) < 1e-9)
        return 1;
    if (fabs(x) >= LOBES)
        return 0;
    double a = M_PI * x;
    return LOBES * sin(a) * sin(a / LOBES) / (a * a);
}

/* Rounds the weights v, whose sum is given, to integers that add up to exactly 1: the largest takes
 * what rounding has left over. */
static void quantise(const double *v, int n, double sum, int16_t *w)
{
    int rest = 1 << PC_WEIGHT_BITS, largest = 0;
    for (int k = 0; k < n; k++) {
        w[k] = (int16_t)lround(v[k] / sum * (1 << PC_WEIGHT_BITS));
        rest -= w[k];
        if (w[k] > w[largest])
            largest = k;
    }
    w[largest] = (int16_t)(w[largest] + rest);
}

static void taps_init(struct taps *t, double from, double length, int out, int multiple)
{
    double scale = length / out, wide = scale > 1 ? scale : 1;
    int most = (int)ceil(2 * LOBES * wide) + 1;
    t->n = (most + multiple - 1) / multiple * multiple;
    t->first = pc_xzalloc((size_t)out * sizeof *t->first);
    t->w = pc_xzalloc((size_t)out * (size_t)t->n * sizeof *t->w);
    double *v = pc_xzalloc((size_t)t->n * sizeof *v);
    for (int i = 0; i < out; i++) {
        double centre = from + (i + 0.5) * scale - 0.5, sum = 0;
        t->first[i] = (int)ceil(centre - LOBES * wide);
        for (int k = 0; k < t->n; k++)
            sum += v[k] = lanczos((t->first[i] + k - centre) / wide);
        quantise(v, t->n, sum, t->w + (size_t)i * (size_t)t->n);
    }
    free(v);
}

static void taps_finish(struct taps *t)
{
    free(t->first);
    free(t->w);
}

static int clamp(int v, int low, int high)
{
    return v < low ? low : v > high ? high : v;
}

/* The columns that the taps need: n of them from `from`. Those from have_from up to, but not
 * including, have_to are inside the image. */
struct columns {
    int from, n, have_from, have_to;
};

struct pc_scaler_parts {
    const struct pc_resize_kernels *kernels;
    struct taps x, y;
    struct columns columns;
    const uint8_t **rows; /* owns; the source row of each tap */
    int16_t *mid;         /* owns; the middle row, one value a colour of each column needed */
};

void pc_scaler_init(struct pc_scaler *s, const struct pc_raster *r, struct pc_ibox box, int width,
                    int height)
{
    struct pc_scaler_parts *k = pc_xzalloc(sizeof *k);
    *s = (struct pc_scaler){.from = r, .width = width, .height = height, .parts = k};
    k->kernels = pc_resize_kernels(0);
    taps_init(&k->x, box.x, box.w, width, PC_COLUMN_TAPS);
    taps_init(&k->y, box.y, box.h, height, PC_ROW_TAPS);
    int from = k->x.first[0], to = k->x.first[width - 1] + k->x.n;
    k->columns = (struct columns){.from = from,
                                  .n = to - from,
                                  .have_from = clamp(from, 0, r->width - 1),
                                  .have_to = clamp(to, 1, r->width)};
    k->rows = pc_xzalloc((size_t)k->y.n * sizeof *k->rows);
    k->mid = pc_xzalloc(((size_t)k->columns.n * 3 + PC_MID_PAD) * sizeof *k->mid);
}

void pc_scaler_finish(struct pc_scaler *s)
{
    free(s->parts->mid);
    free(s->parts->rows);
    taps_finish(&s->parts->y);
    taps_finish(&s->parts->x);
    free(s->parts);
}

void pc_scaler_row(const struct pc_scaler *s, int row, uint8_t *rgb)
{
    struct pc_scaler_parts *k = s->parts;
    const struct columns *c = &k->columns;
    int head = c->have_from - c->from, tail = c->have_to - c->from;
    for (int i = 0; i < k->y.n; i++) {
        size_t y = (size_t)clamp(k->y.first[row] + i, 0, s->from->height - 1);
        k->rows[i] = s->from->px + (y * (size_t)s->from->width + (size_t)c->have_from) * 3;
    }
    k->kernels->rows(k->rows, k->y.w + (size_t)row * (size_t)k->y.n, k->y.n, 0,
                     (size_t)(c->have_to - c->have_from) * 3, k->mid + 3 * head);
    for (int i = head - 1; i >= 0; i--) /* outside the image, its first and last column repeat */
        memcpy(k->mid + 3 * i, k->mid + 3 * head, 3 * sizeof *k->mid);
    for (int i = tail; i < c->n; i++)
        memcpy(k->mid + 3 * i, k->mid + 3 * (tail - 1), 3 * sizeof *k->mid);
    for (int u = 0; u < s->width; u++)
        k->kernels->columns(k->mid + 3 * (k->x.first[u] - c->from),
                            k->x.w + (size_t)u * (size_t)k->x.n, k->x.n, rgb + 3 * u);
}

enum pc_code pc_resize(const struct pc_raster *r, struct pc_ibox box, struct pc_deadline deadline,
                       struct pc_raster *out, struct pc_err *err)
{
    struct pc_scaler s;
    enum pc_code rc = PC_OK;
    pc_scaler_init(&s, r, box, out->width, out->height);
    for (int v = 0; v < out->height && !rc; v++) {
        if (v % CHECK_ROWS == 0 && pc_deadline_expired(deadline))
            rc = pc_fail(err, PC_E_TIMEOUT_CUT, NULL);
        else
            pc_scaler_row(&s, v, out->px + (size_t)v * (size_t)out->width * 3);
    }
    pc_scaler_finish(&s);
    return rc;
}
