/* From bytes to a picture: which reader, which limits, in which order. */
#include <stdlib.h>

#include "base/mem.h"
#include "image/internal.h"

void pc_head_finish(struct pc_head *head)
{
    pc_buf_finish(&head->icc);
}

static enum pc_code read_head(const void *bytes, size_t len, enum pc_format format,
                              struct pc_head *out, struct pc_err *err)
{
    if (len == 0)
        return pc_fail(err, PC_E_IMAGE_EMPTY, NULL);
    switch (format) {
    case PC_FORMAT_UNKNOWN: return pc_fail(err, PC_E_UNSUPPORTED_FORMAT, NULL);
    case PC_FORMAT_JPEG: return pc_jpeg_head(bytes, len, out, err);
    case PC_FORMAT_BMP: return pc_bmp_head(bytes, len, out, err);
    case PC_FORMAT_AVIF:
    case PC_FORMAT_HEIC: {
        enum pc_code rc = pc_heif_check(bytes, len, err);
        return rc ? rc : pc_vips_head(bytes, len, format, out, err);
    }
    default: return pc_vips_head(bytes, len, format, out, err);
    }
}

static enum pc_code check_size(const struct pc_head *head, int64_t max_pixels, struct pc_err *err)
{
    int64_t pixels = (int64_t)head->width * head->height;
    int shorter = head->width < head->height ? head->width : head->height;
    if (max_pixels > 0 && pixels > max_pixels)
        return pc_fail(err, PC_E_IMAGE_TOO_LARGE,
                       "The picture has %d x %d pixels; the limit is %lld pixels.", head->width,
                       head->height, (long long)max_pixels);
    if (shorter < PC_MIN_SIDE_PX)
        return pc_fail(err, PC_E_IMAGE_TOO_SMALL,
                       "The picture has %d x %d pixels; each side needs %d at least.", head->width,
                       head->height, PC_MIN_SIDE_PX);
    return PC_OK;
}

/* Head and checks, for probe and open. */
static enum pc_code look(const void *bytes, size_t len, int64_t max_pixels, struct pc_head *head,
                         struct pc_image_info *info, struct pc_err *err)
{
    enum pc_format format = pc_format_sniff(bytes, len);
    enum pc_code rc = read_head(bytes, len, format, head, err);
    if (!rc)
        rc = check_size(head, max_pixels, err);
    if (rc)
        return rc;
    *info = (struct pc_image_info){
        .format = format, .orientation = head->orientation, .has_alpha = head->alpha};
    pc_upright_size(head->orientation, head->width, head->height, &info->width, &info->height);
    return PC_OK;
}

enum pc_code pc_image_probe(const void *bytes, size_t len, int64_t max_pixels,
                            struct pc_image_info *out, struct pc_err *err)
{
    struct pc_head head = {0};
    enum pc_code rc = look(bytes, len, max_pixels, &head, out, err);
    pc_head_finish(&head);
    return rc;
}

static enum pc_code read_pixels(const void *bytes, size_t len, const struct pc_head *head,
                                struct pc_deadline deadline, struct pc_picture *pic,
                                struct pc_err *err)
{
    struct pc_raster *r = &pic->raster;
    pc_raster_init(r, pic->info.width, pic->info.height, head->bands);
    switch (pic->info.format) {
    case PC_FORMAT_JPEG: {
        enum pc_code rc = pc_jpeg_pixels(bytes, len, head->orientation, deadline, r, err);
        bool plain = r->bands == 3 && head->icc.len == 0;
        return rc || plain ? rc : pc_colour_raster(r, &head->icc, deadline, err);
    }
    case PC_FORMAT_BMP: return pc_bmp_pixels(bytes, len, r, err);
    default:
        return pc_vips_pixels(bytes, len, pic->info.format, head->orientation, deadline, r, err);
    }
}

enum pc_code pc_picture_open(const void *bytes, size_t len, int64_t max_pixels,
                             struct pc_deadline deadline, struct pc_picture **out,
                             struct pc_err *err)
{
    struct pc_head head = {0};
    struct pc_picture *pic = pc_xmalloc(sizeof *pic);
    enum pc_code rc = look(bytes, len, max_pixels, &head, &pic->info, err);
    if (!rc)
        rc = read_pixels(bytes, len, &head, deadline, pic, err);
    pic->credits = head.credits;
    pc_head_finish(&head);
    if (rc) {
        pc_picture_destroy(pic);
        pic = NULL;
    }
    *out = pic;
    return rc;
}

void pc_picture_destroy(struct pc_picture *pic)
{
    if (!pic)
        return;
    pc_raster_finish(&pic->raster);
    free(pic);
}

const struct pc_image_info *pc_picture_info(const struct pc_picture *pic)
{
    return &pic->info;
}
