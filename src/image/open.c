/* From bytes to an image: which decoder, which limits, in which order. */
#include <stdlib.h>

#include "base/mem.h"
#include "image/colour.h"
#include "image/decoded.h"
#include "image/decoder.h"
#include "image/heif.h"
#include "image/unread.h"

enum { MIN_SIDE_PX = 16 }; /* a shorter side is image_too_small */

void pc_image_header_finish(struct pc_image_header *header)
{
    pc_buf_finish(&header->icc);
    pc_buf_finish(&header->isolated);
}

enum pc_code pc_image_fail_unread(const void *bytes, size_t len, struct pc_err *err)
{
    const char *words = pc_unread_format(bytes, len);
    return words ? pc_fail(err, PC_E_UNSUPPORTED_FORMAT, "%s", words)
                 : pc_fail(err, PC_E_UNSUPPORTED_FORMAT, NULL);
}

static enum pc_code read_header(const void *bytes, size_t len, enum pc_format format,
                                struct pc_image_header *out, struct pc_err *err)
{
    if (len == 0)
        return pc_fail(err, PC_E_IMAGE_EMPTY, NULL);
    switch (format) {
    case PC_FORMAT_UNKNOWN: return pc_image_fail_unread(bytes, len, err);
    case PC_FORMAT_JPEG: return pc_jpeg_read_header(bytes, len, out, err);
    case PC_FORMAT_BMP: return pc_bmp_read_header(bytes, len, out, err);
    case PC_FORMAT_AVIF:
    case PC_FORMAT_HEIC: {
        struct pc_buf *alone = &out->isolated;
        enum pc_code rc = pc_heif_isolate(bytes, len, alone, &out->premultiplied, err);
        return rc ? rc : pc_vips_read_header(alone->data, alone->len, format, out, err);
    }
    default: return pc_vips_read_header(bytes, len, format, out, err);
    }
}

static enum pc_code read_pixels(const void *bytes, size_t len, const struct pc_image_header *header,
                                struct pc_deadline deadline, struct pc_image *image,
                                struct pc_err *err)
{
    struct pc_raster *r = &image->raster;
    enum pc_format format = image->info.format;
    pc_raster_init(r, image->info.width, image->info.height, header->bands);
    if (format == PC_FORMAT_BMP)
        return pc_bmp_read_pixels(bytes, len, r, err);
    if (header->isolated.len > 0) {
        bytes = header->isolated.data;
        len = header->isolated.len;
    }
    if (format != PC_FORMAT_JPEG)
        return pc_vips_read_pixels(bytes, len, format, header, deadline, r, err);
    enum pc_code rc = pc_jpeg_read_pixels(bytes, len, header->orientation, deadline, r, err);
    bool is_srgb = r->bands == 3 && header->icc.len == 0;
    return rc || is_srgb ? rc : pc_colour_convert(r, &header->icc, deadline, err);
}

enum pc_code pc_image_open(const void *bytes, size_t len, int64_t max_pixels,
                           struct pc_deadline deadline, struct pc_image **out, struct pc_err *err)
{
    struct pc_image_header header = {0};
    struct pc_image *image = pc_xzalloc(sizeof *image);
    enum pc_format format = pc_format_sniff(bytes, len);
    enum pc_code rc = read_header(bytes, len, format, &header, err);
    int w = header.width, h = header.height;
    if (!rc && max_pixels > 0 && (int64_t)w * h > max_pixels)
        rc = pc_fail(err, PC_E_IMAGE_TOO_LARGE,
                     "The image has %d x %d pixels; the limit is %lld pixels.", w, h,
                     (long long)max_pixels);
    else if (!rc && (w < MIN_SIDE_PX || h < MIN_SIDE_PX))
        rc = pc_fail(err, PC_E_IMAGE_TOO_SMALL,
                     "The image has %d x %d pixels; each side needs at least %d.", w, h,
                     MIN_SIDE_PX);
    if (!rc) {
        image->info = (struct pc_image_info){.format = format,
                                             .orientation = header.orientation,
                                             .has_alpha = header.alpha,
                                             .note = header.note};
        pc_raster_upright_size(header.orientation, w, h, &image->info.width, &image->info.height);
        rc = read_pixels(bytes, len, &header, deadline, image, err);
    }
    image->credits = header.credits;
    pc_image_header_finish(&header);
    if (rc) {
        pc_image_destroy(image);
        image = NULL;
    }
    *out = image;
    return rc;
}

void pc_image_destroy(struct pc_image *image)
{
    if (!image)
        return;
    pc_raster_finish(&image->raster);
    free(image);
}

const struct pc_image_info *pc_image_get_info(const struct pc_image *image)
{
    return &image->info;
}
