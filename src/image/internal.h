/* What the files of this folder share. Nobody outside includes it.
 *
 * A raster is a picture's one block of pixels. It is filled by a sink, which turns the rows of a
 * stored picture to where orientation wants them, so that no second block is ever needed.
 */
#ifndef PC_IMAGE_INTERNAL_H
#define PC_IMAGE_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image/image.h"

enum { PC_MIN_SIDE_PX = 16 }; /* a shorter side below this is image_too_small */

/* ---- raster.c ---- */

struct pc_raster {
    int width, height; /* upright */
    int bands;         /* 3; 4 while a CMYK picture waits for its colours */
    uint8_t *px;       /* owns; rows top down without padding */
};

/* Large blocks ask for huge pages: a 36 MB picture costs 9000 page faults less. */
void pc_raster_init(struct pc_raster *r, int width, int height, int bands);
void pc_raster_finish(struct pc_raster *r);
static inline size_t pc_raster_bytes(const struct pc_raster *r)
{
    return (size_t)r->width * (size_t)r->height * (size_t)r->bands;
}

/* Where the pixel (x, y) of the stored picture goes: px + x * dx + y * dy, in bytes. */
struct pc_row_sink {
    uint8_t *px;
    ptrdiff_t dx, dy;
    int width, bands; /* width of a stored row */
};

/* Upright size of a stored picture. */
void pc_upright_size(int orientation, int stored_width, int stored_height, int *width, int *height);
/* A sink into r (already upright in size) for a picture stored with that orientation. */
struct pc_row_sink pc_row_sink_into(struct pc_raster *r, int orientation);
/* Takes n stored rows, the first of which is row y. */
void pc_row_sink_write(const struct pc_row_sink *s, int y, int n, const uint8_t *rows,
                       size_t stride);

/* ---- exif.c ---- */

struct pc_credits {
    char creator[256];
    char rights[256];
};

/* Reads orientation and credits out of an EXIF block ("Exif\0\0" in front or not). A broken block
 * changes nothing: the picture is still good. orientation is set only to 1..8. */
void pc_exif_read(const uint8_t *bytes, size_t len, int *orientation, struct pc_credits *credits);
/* Credits out of XMP and IPTC, for fields that are still empty. */
void pc_xmp_read(const uint8_t *bytes, size_t len, struct pc_credits *credits);
void pc_iptc_read(const uint8_t *bytes, size_t len, struct pc_credits *credits);
/* Appends an EXIF block with the credits, "Exif\0\0" in front; nothing when both are empty. */
void pc_exif_write(const struct pc_credits *credits, struct pc_buf *out);

/* ---- icc.c ---- */

/* Is this profile sRGB itself (primaries and curve within rounding), so that nothing need be done?
 */
bool pc_icc_is_srgb(const uint8_t *icc, size_t len);

/* ---- what a header says ---- */

struct pc_image_header {
    int width, height; /* as stored */
    int bands;         /* of the decoded raster: 3, or 4 for CMYK */
    int orientation;
    bool alpha;
    struct pc_buf icc; /* owns; empty when there is none or it is sRGB */
    struct pc_credits credits;
};
void pc_image_header_finish(struct pc_image_header *header);

/* Readers. head: fills *out, which the caller finishes also on failure. pixels: fills the raster,
 * which is initialised to the upright size. */
PC_NODISCARD enum pc_code pc_jpeg_read_header(const void *bytes, size_t len,
                                              struct pc_image_header *out, struct pc_err *err);
PC_NODISCARD enum pc_code pc_jpeg_read_pixels(const void *bytes, size_t len, int orientation,
                                              struct pc_deadline deadline, struct pc_raster *r,
                                              struct pc_err *err);
PC_NODISCARD enum pc_code pc_bmp_read_header(const void *bytes, size_t len,
                                             struct pc_image_header *out, struct pc_err *err);
PC_NODISCARD enum pc_code pc_bmp_read_pixels(const void *bytes, size_t len, struct pc_raster *r,
                                             struct pc_err *err);
PC_NODISCARD enum pc_code pc_vips_read_header(const void *bytes, size_t len, enum pc_format format,
                                              struct pc_image_header *out, struct pc_err *err);
PC_NODISCARD enum pc_code pc_vips_read_pixels(const void *bytes, size_t len, enum pc_format format,
                                              int orientation, struct pc_deadline deadline,
                                              struct pc_raster *r, struct pc_err *err);

/* ---- heif_boxes.c ---- */

/* Are the boxes of a HEIC or AVIF file sound, so that libheif may have it? PC_OK or
 * PC_E_IMAGE_CORRUPT with what is wrong as the detail. Allocates nothing. */
PC_NODISCARD enum pc_code pc_heif_check(const void *bytes, size_t len, struct pc_err *err);

/* ---- colour.c ---- */

/* Turns the raster to 3 bands of sRGB in its own memory: by the profile when one is given, else
 * CMYK as the plain complement. */
PC_NODISCARD enum pc_code pc_colour_convert(struct pc_raster *r, const struct pc_buf *icc,
                                            struct pc_deadline deadline, struct pc_err *err);

/* ---- writers ---- */

/* A shot as its writer wants it: row after row, so that it never lies in memory as a whole. */
struct pc_row_source {
    int width, height;
    void *ctx; /* borrows */
    /* Row y, width * 3 bytes; asked for from the first to the last. Lends until the next call. */
    const uint8_t *(*row)(void *ctx, int y);
};

PC_NODISCARD enum pc_code pc_jpeg_write(const struct pc_row_source *rows, int quality,
                                        int progressive, const struct pc_credits *credits,
                                        struct pc_deadline deadline, struct pc_buf *out,
                                        struct pc_err *err);

struct pc_image {
    struct pc_image_info info;
    struct pc_raster raster;
    struct pc_credits credits;
};

#endif
