/* Views for the pose model: a square of the image, scaled to a small square.
 *
 * Down: an output pixel is the mean of the source area under it. A source pixel on the border of that
 * area counts by its part inside, in steps of 1/256. For each output row, the source rows under it
 * are added up first, then the columns of that sum. Rows that count fully are added as bytes to
 * 16-bit sums: the compiler makes vector code of that loop, and the sums stay in the first-level
 * cache. So a 12-megapixel image is read once, from its first row to its last.
 * Up: bilinear.
 * What lies outside the image is black. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "image/decoded.h"

#define ONE 256 /* no enum: it meets doubles */
enum { MOST_ROWS = 256 /* so many bytes add up to less than 16 bits hold */ };

/* The source pixels of one output pixel along one axis: n of them from `first`, none outside the image.
 * The first and the last count by their part inside, those between them ONE. */
struct span {
    int first, n;
    uint32_t weight_first, weight_last;
};

static struct span span_of(double from, double to, int limit)
{
    from = fmax(from, 0);
    to = fmin(to, limit);
    struct span s = {0};
    if (to <= from)
        return s;
    s.first = (int)from;
    s.n = (int)ceil(to) - s.first;
    double head = fmin(s.first + 1, to) - from;
    s.weight_first = (uint32_t)lround(head * ONE);
    s.weight_last = s.n > 1 ? (uint32_t)lround((to - (s.first + s.n - 1)) * ONE) : 0;
    return s;
}

static void add_row(uint16_t *restrict sum, const uint8_t *restrict row, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sum[i] = (uint16_t)(sum[i] + row[i]);
}

static void add_weighted(uint32_t *restrict sum, const uint8_t *restrict row, size_t n, uint32_t w)
{
    for (size_t i = 0; i < n; i++)
        sum[i] += w * row[i];
}

struct shrink {
    const uint8_t *px; /* of row 0, at the first column that is needed */
    size_t stride;     /* bytes of a row of the image */
    size_t n;          /* bytes of the columns that are needed */
    uint16_t *part;    /* n sums of rows that count fully */
    uint32_t *sum;     /* n sums of all rows, in units of 1/256 */
};

/* Fills k->sum from the source rows of one output row. */
static void add_rows(const struct shrink *k, const struct span *rows)
{
    const uint8_t *row = k->px + k->stride * (size_t)rows->first;
    memset(k->sum, 0, k->n * sizeof *k->sum);
    add_weighted(k->sum, row, k->n, rows->weight_first);
    for (int y = 1; y < rows->n - 1; y += MOST_ROWS) {
        int end = y + MOST_ROWS < rows->n - 1 ? y + MOST_ROWS : rows->n - 1;
        memset(k->part, 0, k->n * sizeof *k->part);
        for (int i = y; i < end; i++)
            add_row(k->part, row + k->stride * (size_t)i, k->n);
        for (size_t i = 0; i < k->n; i++)
            k->sum[i] += (uint32_t)k->part[i] * ONE;
    }
    if (rows->n > 1)
        add_weighted(k->sum, row + k->stride * (size_t)(rows->n - 1), k->n, rows->weight_last);
}

/* Fills the three colours of one output pixel; sum is that of its first column. */
static void average_columns(const uint32_t *sum, const struct span *cols, double scale,
                            uint8_t *rgb)
{
    uint64_t in[3] = {0};
    const uint32_t *last = sum + (size_t)(cols->n - 1) * 3;
    for (const uint32_t *p = sum + 3; p < last; p += 3)
        in[0] += p[0], in[1] += p[1], in[2] += p[2];
    for (int i = 0; i < 3; i++) {
        uint64_t edges = (uint64_t)sum[i] * cols->weight_first;
        if (cols->n > 1)
            edges += (uint64_t)last[i] * cols->weight_last;
        double v = (double)(in[i] * ONE + edges) * scale + 0.5;
        rgb[i] = v > 255 ? 255 : (uint8_t)v;
    }
}

static void shrink_view(const struct pc_raster *r, struct pc_box square, int size, uint8_t *rgb)
{
    double s = square.w / size, scale = 1 / (s * s * ONE * ONE);
    struct span *cols = pc_xzalloc((size_t)size * sizeof *cols);
    for (int u = 0; u < size; u++)
        cols[u] = span_of(square.x + u * s, square.x + (u + 1) * s, r->width);
    struct span all = span_of(square.x, square.x + square.w, r->width);
    struct shrink k = {.px = r->px + (size_t)all.first * 3,
                       .stride = (size_t)r->width * 3,
                       .n = (size_t)all.n * 3};
    k.part = pc_xzalloc(k.n * sizeof *k.part);
    k.sum = pc_xzalloc(k.n * sizeof *k.sum);
    for (int v = 0; v < size; v++, rgb += (size_t)size * 3) {
        struct span rows = span_of(square.y + v * s, square.y + (v + 1) * s, r->height);
        if (rows.n == 0)
            continue;
        add_rows(&k, &rows);
        for (int u = 0; u < size; u++)
            if (cols[u].n > 0)
                average_columns(k.sum + (size_t)(cols[u].first - all.first) * 3, &cols[u], scale,
                                rgb + (size_t)u * 3);
    }
    free(k.sum);
    free(k.part);
    free(cols);
}

/* The two source pixels that an output pixel lies between, along one axis. */
struct tap {
    int a, b;
    uint32_t part; /* of b, in units of 1/256 */
    bool inside;   /* the image */
};

static struct tap tap_of(double centre, int limit)
{
    double at = centre - 0.5, low = floor(at);
    int i = (int)low;
    return (struct tap){.a = i < 0 ? 0 : i,
                        .b = i + 1 > limit - 1 ? limit - 1 : i + 1,
                        .part = (uint32_t)((at - low) * ONE),
                        .inside = centre >= 0 && centre < limit};
}

static uint8_t mix(const uint8_t *top, const uint8_t *low, const struct tap *x, uint32_t part,
                   int i)
{
    uint32_t t = top[x->a * 3 + i] * (ONE - x->part) + top[x->b * 3 + i] * x->part;
    uint32_t l = low[x->a * 3 + i] * (ONE - x->part) + low[x->b * 3 + i] * x->part;
    return (uint8_t)((t * (ONE - part) + l * part + ONE * ONE / 2) / (ONE * ONE));
}

static void enlarge_view(const struct pc_raster *r, struct pc_box square, int size, uint8_t *rgb)
{
    double s = square.w / size;
    struct tap *cols = pc_xzalloc((size_t)size * sizeof *cols);
    for (int u = 0; u < size; u++)
        cols[u] = tap_of(square.x + (u + 0.5) * s, r->width);
    for (int v = 0; v < size; v++) {
        struct tap y = tap_of(square.y + (v + 0.5) * s, r->height);
        const uint8_t *top = r->px + (size_t)y.a * (size_t)r->width * 3;
        const uint8_t *low = r->px + (size_t)y.b * (size_t)r->width * 3;
        for (int u = 0; y.inside && u < size; u++)
            for (int i = 0; cols[u].inside && i < 3; i++)
                rgb[((size_t)v * (size_t)size + (size_t)u) * 3 + (size_t)i] =
                    mix(top, low, &cols[u], y.part, i);
    }
    free(cols);
}

enum pc_code pc_image_view(const struct pc_image *image, struct pc_box square, int size,
                           uint8_t *rgb, struct pc_err *err)
{
    const struct pc_raster *r = &image->raster;
    if (!(square.w > 0 && fabs(square.x) < 1e7 && fabs(square.y) < 1e7 && square.w < 1e7) ||
        size <= 0)
        return pc_fail_detail(err, PC_E_INTERNAL, "view of %g,%g %g to %d", square.x, square.y,
                              square.w, size);
    memset(rgb, 0, (size_t)size * (size_t)size * 3);
    if (square.w >= size)
        shrink_view(r, square, size, rgb);
    else
        enlarge_view(r, square, size, rgb);
    return PC_OK;
}
