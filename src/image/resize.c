/* Scaling a box of the image to a shot: Lanczos with three lobes, rows first, then columns.
 *
 * Why not vips_resize: five large cuts of a 12-megapixel image took 190 ms of CPU with the
 * libvips of Debian 12, and take 75 ms here, encoding included (docs/adr/0002-jpeg-decode.md).
 *
 * Each output pixel has its own taps: weights of the source pixels round its centre, normalised to
 * 1 in 14 bits. Down-scaling widens the kernel by the scale, which is what keeps fine weave from
 * turning into stripes. A tap outside the image counts for the nearest pixel inside. Between the
 * passes values keep 6 bits of fraction and their overshoot, in 16 bits.
 * The two inner loops are in resize_kernels.c.
 */
#include "image/resize.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "image/resize_kernels.h"

#define LOBES 3 /* no enum: it meets doubles */
enum { CHECK_ROWS = 16 };

/* Of one axis. n is a multiple of what the kernel wants; weights of output i: w[i * n ...]; the
 * source pixel of tap k is first[i] + k, to be clamped to the image. */
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

/* Weights as integers whose sum is exactly one: the rest of rounding goes to the largest. */
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

/* The columns that any tap wants, [from, from + n), of which [have_from, have_to) are inside. */
struct columns {
    int from, n, have_from, have_to;
};

/* Repeats the first and the last pixel that the image has over the columns outside it. */
static void repeat_ends(int16_t *mid, const struct columns *c)
{
    int head = c->have_from - c->from, tail = c->have_to - c->from;
    for (int i = head - 1; i >= 0; i--)
        memcpy(mid + 3 * i, mid + 3 * head, 3 * sizeof *mid);
    for (int i = tail; i < c->n; i++)
        memcpy(mid + 3 * i, mid + 3 * (tail - 1), 3 * sizeof *mid);
}

struct pc_scaler_parts {
    const struct pc_resize_kernels *kernels;
    struct taps x, y;
    struct columns columns;
    const uint8_t **rows; /* owns; one per tap */
    int16_t *mid;         /* owns; a middle row with its padding */
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
    for (int i = 0; i < k->y.n; i++) {
        size_t y = (size_t)clamp(k->y.first[row] + i, 0, s->from->height - 1);
        k->rows[i] = s->from->px + (y * (size_t)s->from->width + (size_t)c->have_from) * 3;
    }
    k->kernels->rows(k->rows, k->y.w + (size_t)row * (size_t)k->y.n, k->y.n, 0,
                     (size_t)(c->have_to - c->have_from) * 3,
                     k->mid + 3 * (c->have_from - c->from));
    repeat_ends(k->mid, c);
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
