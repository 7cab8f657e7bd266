/* From bytes to a picture: which reader, which limits, in which order. */
#include <stdlib.h>

#include "base/mem.h"
#include "image/internal.h"

void pc_image_header_finish(struct pc_image_header *header)
{
    pc_buf_finish(&header->icc);
}

static enum pc_code read_header(const void *bytes, size_t len, enum pc_format format,
                                struct pc_image_header *out, struct pc_err *err)
{
    if (len == 0)
        return pc_fail(err, PC_E_IMAGE_EMPTY, NULL);
    switch (format) {
    case PC_FORMAT_UNKNOWN: return pc_fail(err, PC_E_UNSUPPORTED_FORMAT, NULL);
    case PC_FORMAT_JPEG: return pc_jpeg_read_header(bytes, len, out, err);
    case PC_FORMAT_BMP: return pc_bmp_read_header(bytes, len, out, err);
    case PC_FORMAT_AVIF:
    case PC_FORMAT_HEIC: {
        enum pc_code rc = pc_heif_check(bytes, len, err);
        return rc ? rc : pc_vips_read_header(bytes, len, format, out, err);
    }
    default: return pc_vips_read_header(bytes, len, format, out, err);
    }
}

static enum pc_code check_size(const struct pc_image_header *header, int64_t max_pixels,
                               struct pc_err *err)
{
    int64_t pixels = (int64_t)header->width * header->height;
    int shorter = header->width < header->height ? header->width : header->height;
    if (max_pixels > 0 && pixels > max_pixels)
        return pc_fail(err, PC_E_IMAGE_TOO_LARGE,
                       "The picture has %d x %d pixels; the limit is %lld pixels.", header->width,
                       header->height, (long long)max_pixels);
    if (shorter < PC_MIN_SIDE_PX)
        return pc_fail(err, PC_E_IMAGE_TOO_SMALL,
                       "The picture has %d x %d pixels; each side needs %d at least.",
                       header->width, header->height, PC_MIN_SIDE_PX);
    return PC_OK;
}

/* Head and checks, for probe and open. */
static enum pc_code inspect_header(const void *bytes, size_t len, int64_t max_pixels,
                                   struct pc_image_header *header, struct pc_image_info *info,
                                   struct pc_err *err)
{
    enum pc_format format = pc_format_sniff(bytes, len);
    enum pc_code rc = read_header(bytes, len, format, header, err);
    if (!rc)
        rc = check_size(header, max_pixels, err);
    if (rc)
        return rc;
    *info = (struct pc_image_info){
        .format = format, .orientation = header->orientation, .has_alpha = header->alpha};
    pc_upright_size(header->orientation, header->width, header->height, &info->width,
                    &info->height);
    return PC_OK;
}

enum pc_code pc_image_probe(const void *bytes, size_t len, int64_t max_pixels,
                            struct pc_image_info *out, struct pc_err *err)
{
    struct pc_image_header header = {0};
    enum pc_code rc = inspect_header(bytes, len, max_pixels, &header, out, err);
    pc_image_header_finish(&header);
    return rc;
}

static enum pc_code read_pixels(const void *bytes, size_t len, const struct pc_image_header *header,
                                struct pc_deadline deadline, struct pc_image *image,
                                struct pc_err *err)
{
    struct pc_raster *r = &image->raster;
    pc_raster_init(r, image->info.width, image->info.height, header->bands);
    switch (image->info.format) {
    case PC_FORMAT_JPEG: {
        enum pc_code rc = pc_jpeg_read_pixels(bytes, len, header->orientation, deadline, r, err);
        bool plain = r->bands == 3 && header->icc.len == 0;
        return rc || plain ? rc : pc_colour_convert(r, &header->icc, deadline, err);
    }
    case PC_FORMAT_BMP: return pc_bmp_read_pixels(bytes, len, r, err);
    default:
        return pc_vips_read_pixels(bytes, len, image->info.format, header->orientation, deadline, r,
                                   err);
    }
}

enum pc_code pc_image_open(const void *bytes, size_t len, int64_t max_pixels,
                           struct pc_deadline deadline, struct pc_image **out, struct pc_err *err)
{
    struct pc_image_header header = {0};
    struct pc_image *image = pc_xzalloc(sizeof *image);
    enum pc_code rc = inspect_header(bytes, len, max_pixels, &header, &image->info, err);
    if (!rc)
        rc = read_pixels(bytes, len, &header, deadline, image, err);
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
