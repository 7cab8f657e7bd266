#include "image/raster.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/mem.h"

enum { HUGE_PAGE = 2 << 20 };

void pc_raster_init(struct pc_raster *r, int width, int height, int bands)
{
    *r = (struct pc_raster){.width = width, .height = height, .bands = bands};
    size_t size = pc_raster_bytes(r);
    if (size < 2 * HUGE_PAGE) {
        r->px = pc_xzalloc(size);
        return;
    }
    size = (size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    r->px = aligned_alloc(HUGE_PAGE, size);
    if (!r->px)
        abort();                               /* as pc_xzalloc does */
    (void)madvise(r->px, size, MADV_HUGEPAGE); /* a kernel without them only makes it slower */
}

void pc_raster_finish(struct pc_raster *r)
{
    free(r->px);
    r->px = NULL;
}

void pc_raster_upright_size(int orientation, int stored_width, int stored_height, int *width,
                            int *height)
{
    bool transposed = orientation >= 5;
    *width = transposed ? stored_height : stored_width;
    *height = transposed ? stored_width : stored_height;
}

/* Orientation, as EXIF 2.3 table 6 has it: 2 and 4 mirror, 3 turns by half, 5 and 7 are the
 * diagonals, 6 has to be turned clockwise and 8 anti-clockwise. */
struct pc_row_sink pc_row_sink_into(struct pc_raster *r, int orientation)
{
    static const struct {
        bool transposed, right, bottom; /* columns become rows; row 0 or column 0 starts there */
    } ways[9] = {[2] = {.right = true},
                 [3] = {.right = true, .bottom = true},
                 [4] = {.bottom = true},
                 [5] = {.transposed = true},
                 [6] = {.transposed = true, .right = true},
                 [7] = {.transposed = true, .right = true, .bottom = true},
                 [8] = {.transposed = true, .bottom = true}};
    ptrdiff_t bands = r->bands, row = bands * r->width;
    ptrdiff_t across = ways[orientation].right ? -bands : bands;
    ptrdiff_t down = ways[orientation].bottom ? -row : row;
    uint8_t *px = r->px + (ways[orientation].right ? row - bands : 0) +
                  (ways[orientation].bottom ? row * (r->height - 1) : 0);
    bool transposed = ways[orientation].transposed;
    return (struct pc_row_sink){.px = px,
                                .dx = transposed ? down : across,
                                .dy = transposed ? across : down,
                                .width = transposed ? r->height : r->width,
                                .bands = r->bands};
}

/* One stored column of n pixels, which becomes a run in one row (or, mirrored, stays a column). */
static void transpose_column(const struct pc_row_sink *s, uint8_t *to, const uint8_t *from,
                             size_t stride, int n)
{
    ptrdiff_t dy = s->dy;
    int bands = s->bands;
    if (bands == 3) {
        for (; n > 0; n--, to += dy, from += stride) {
            uint16_t two; /* two stores instead of three: this loop is all that turning costs */
            memcpy(&two, from, 2);
            memcpy(to, &two, 2);
            to[2] = from[2];
        }
        return;
    }
    for (; n > 0; n--, to += dy, from += stride)
        memcpy(to, from, (size_t)bands);
}

void pc_row_sink_write(const struct pc_row_sink *s, int y, int n, const uint8_t *rows,
                       size_t stride)
{
    uint8_t *to = s->px + y * s->dy;
    if (s->dx == s->bands) {
        for (int j = 0; j < n; j++)
            memcpy(to + j * s->dy, rows + (size_t)j * stride, (size_t)(s->width * s->bands));
        return;
    }
    for (int x = 0; x < s->width; x++)
        transpose_column(s, to + x * s->dx, rows + (size_t)(x * s->bands), stride, n);
}
