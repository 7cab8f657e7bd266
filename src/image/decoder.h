/* Decoders: JPEG by libjpeg, BMP by hand, everything else by libvips. Private to src/image.
 *
 * Each has two steps. read_header fills *out, which the caller finishes also on failure. read_pixels
 * fills a raster that is initialised to the upright size of that header.
 * A valid file of a kind that is not supported fails with unsupported_format, and the message names
 * the kind. Only a file that breaks the rules of its own format is image_corrupt.
 * Threads: safe.
 * Errors: unsupported_format, image_corrupt, timeout_decode.
 */
#ifndef PC_IMAGE_DECODER_H
#define PC_IMAGE_DECODER_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "image/format.h"
#include "image/metadata.h"
#include "image/raster.h"

struct pc_image_header {
    int width, height; /* as stored */
    int bands;         /* of the decoded raster: 3, or 4 for CMYK */
    int orientation;   /* 1..8 */
    bool alpha;
    bool premultiplied; /* HEIC and AVIF: the colours are multiplied by alpha */
    struct pc_buf icc;  /* owns; empty when there is no profile, it is sRGB or it is passed over */
    const char *note;   /* as in struct pc_image_info */
    struct pc_credits credits;
    struct pc_buf isolated; /* owns; HEIC and AVIF: the file that is decoded instead (heif.h) */
};

void pc_image_header_finish(struct pc_image_header *header);

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
                                              const struct pc_image_header *header,
                                              struct pc_deadline deadline, struct pc_raster *r,
                                              struct pc_err *err);

#endif
