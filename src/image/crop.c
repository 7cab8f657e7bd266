/* Crops: a box of the image, scaled to the size wanted, encoded. A JPEG takes the rows as they are
 * made; at 1:1 inside the image they are the image's own. The other writers want the crop as a
 * whole. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "image/decoded.h"
#include "image/jpeg_write.h"
#include "image/resize.h"
#include "image/vips_util.h"

enum { CHECK_ROWS = 16, MAX_PX = 1 << 17 /* a side; larger is out of all proportion */ };

/* --- rows of a crop --- */

struct cropper {
    const struct pc_raster *from;
    const struct pc_crop *crop;
    bool copy;               /* 1:1 inside the image */
    struct pc_scaler scaler; /* unless copy */
    uint8_t *row;            /* owns; unless copy */
};

/* Is the centre of output pixel i within the image? */
static bool within(int i, int from, int length, int out, int limit)
{
    double at = from + (i + 0.5) * length / out;
    return at >= 0 && at < limit;
}

/* The row of pc_row_source. */
static const uint8_t *cropper_row(void *ctx, int y)
{
    struct cropper *c = ctx;
    const struct pc_crop *crop = c->crop;
    const struct pc_ibox *b = &crop->box;
    if (c->copy)
        return c->from->px + ((size_t)(b->y + y) * (size_t)c->from->width + (size_t)b->x) * 3;
    pc_scaler_row(&c->scaler, y, c->row);
    bool inside = within(y, b->y, b->h, crop->height, c->from->height);
    for (int x = 0; crop->fill == PC_FILL_COLOUR && x < crop->width; x++)
        if (!inside || !within(x, b->x, b->w, crop->width, c->from->width))
            memcpy(c->row + 3 * x, crop->colour, 3);
    return c->row;
}

/* --- writers --- */

static int save(VipsImage *im, const struct pc_crop *crop, void **bytes, size_t *len)
{
    switch (crop->format) {
    case PC_FORMAT_PNG:
        return vips_pngsave_buffer(im, bytes, len, "compression", 6, "interlace",
                                   (gboolean)crop->progressive, NULL);
    case PC_FORMAT_WEBP: return vips_webpsave_buffer(im, bytes, len, "Q", crop->quality, NULL);
    case PC_FORMAT_AVIF:
        return vips_heifsave_buffer(im, bytes, len, "Q", crop->quality, "compression",
                                    VIPS_FOREIGN_HEIF_COMPRESSION_AV1, "effort", 2, NULL);
    default: vips_error("image", "no writer"); return -1;
    }
}

static enum pc_code encode(const struct pc_raster *r, const struct pc_crop *crop,
                           const struct pc_credits *credits, struct pc_buf *out, struct pc_err *err)
{
    void *bytes = NULL;
    size_t len = 0;
    struct pc_buf exif = PC_BUF_INIT;
    enum pc_code rc = PC_OK;
    VipsImage *raw = pc_vips_wrap(r), *im = NULL;
    pc_exif_write(credits, &exif);
    int failed = !raw || vips_copy(raw, &im, "interpretation", VIPS_INTERPRETATION_sRGB, NULL);
    if (!failed && exif.len > 0)
        vips_image_set_blob_copy(im, VIPS_META_EXIF_NAME, exif.data, exif.len);
    if (failed || save(im, crop, &bytes, &len))
        rc = pc_vips_fail(err, PC_E_INTERNAL);
    else
        pc_buf_append(out, bytes, len);
    g_free(bytes);
    pc_vips_unref(im);
    pc_vips_unref(raw);
    pc_buf_finish(&exif);
    return rc;
}

/* For the formats that want the crop as a whole. */
static enum pc_code write_whole(const struct pc_row_source *rows, const struct pc_crop *crop,
                                const struct pc_credits *credits, struct pc_deadline deadline,
                                struct pc_buf *out, struct pc_err *err)
{
    struct pc_raster whole;
    size_t stride = (size_t)rows->width * 3;
    enum pc_code rc = PC_OK;
    pc_raster_init(&whole, rows->width, rows->height, 3);
    for (int y = 0; y < rows->height && !rc; y++) {
        if (y % CHECK_ROWS == 0 && pc_deadline_expired(deadline))
            rc = pc_fail(err, PC_E_TIMEOUT_CUT, NULL);
        else
            memcpy(whole.px + (size_t)y * stride, rows->row(rows->ctx, y), stride);
    }
    if (!rc)
        rc = encode(&whole, crop, credits, out, err);
    pc_raster_finish(&whole);
    return rc;
}

enum pc_code pc_image_crop(const struct pc_image *image, const struct pc_crop *crop,
                           struct pc_deadline deadline, struct pc_buf *out, struct pc_err *err)
{
    const struct pc_raster *r = &image->raster;
    const struct pc_ibox b = crop->box;
    bool touches = b.x < r->width && b.y < r->height && b.x > -b.w && b.y > -b.h;
    bool sane = b.w > 0 && b.h > 0 && b.w <= MAX_PX && b.h <= MAX_PX && crop->width > 0 &&
                crop->height > 0 && crop->width <= MAX_PX && crop->height <= MAX_PX;
    if (!touches || !sane)
        return pc_fail_detail(err, PC_E_INTERNAL, "crop of %d,%d %d x %d to %d x %d", b.x, b.y, b.w,
                              b.h, crop->width, crop->height);
    struct cropper c = {.from = r, .crop = crop};
    c.copy = b.x >= 0 && b.y >= 0 && b.x + b.w <= r->width && b.y + b.h <= r->height &&
             crop->width == b.w && crop->height == b.h;
    if (!c.copy) {
        pc_scaler_init(&c.scaler, r, b, crop->width, crop->height);
        c.row = pc_xzalloc((size_t)crop->width * 3);
    }
    struct pc_row_source rows = {crop->width, crop->height, &c, cropper_row};
    enum pc_code rc = crop->format == PC_FORMAT_JPEG
                          ? pc_jpeg_write(&rows, crop->quality, crop->progressive, &image->credits,
                                          deadline, out, err)
                          : write_whole(&rows, crop, &image->credits, deadline, out, err);
    if (!c.copy)
        pc_scaler_finish(&c.scaler);
    free(c.row);
    return rc;
}
