/* A raster is one block of pixels, upright. A decoder fills it through a row sink, which puts the
 * rows of a stored image where its orientation wants them, so that no second block is ever needed.
 * Private to src/image. Threads: one raster belongs to one thread.
 */
#ifndef PC_IMAGE_RASTER_H
#define PC_IMAGE_RASTER_H

#include <stddef.h>
#include <stdint.h>

struct pc_raster {
    int width, height; /* upright */
    int bands;         /* 3; 4 while a CMYK image waits for its colours */
    uint8_t *px;       /* owns; rows top down without padding */
};

/* Large blocks ask for huge pages: an image of 36 MB then costs 9000 page faults less. */
void pc_raster_init(struct pc_raster *r, int width, int height, int bands);
void pc_raster_finish(struct pc_raster *r);

static inline size_t pc_raster_bytes(const struct pc_raster *r)
{
    return (size_t)r->width * (size_t)r->height * (size_t)r->bands;
}

/* Fills the upright size of a stored image. orientation: 1..8, as in EXIF. */
void pc_raster_upright_size(int orientation, int stored_width, int stored_height, int *width,
                            int *height);

/* Where the pixel (x, y) of the stored image goes: px + x * dx + y * dy, in bytes. */
struct pc_row_sink {
    uint8_t *px;
    ptrdiff_t dx, dy;
    int width, bands; /* width of a stored row */
};

/* A sink into r, which has the upright size, for an image stored with that orientation. */
struct pc_row_sink pc_row_sink_into(struct pc_raster *r, int orientation);
/* Writes n stored rows, the first of which is row y. */
void pc_row_sink_write(const struct pc_row_sink *s, int y, int n, const uint8_t *rows,
                       size_t stride);

#endif
