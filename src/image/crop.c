/* Cuts: box out of the picture, scaled to the size wanted, encoded. A JPEG takes the rows as they
 * are made; at 1:1 inside the picture they are the picture's own. The other writers want the shot
 * as a whole. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "image/resize.h"
#include "image/vips_util.h"

enum { CHECK_ROWS = 16 };

static bool is_copy(const struct pc_raster *r, const struct pc_crop *crop)
{
    const struct pc_ibox *b = &crop->box;
    return b->x >= 0 && b->y >= 0 && b->x + b->w <= r->width && b->y + b->h <= r->height &&
           crop->width == b->w && crop->height == b->h;
}

/* Is the centre of output pixel i within the picture? */
static bool within(int i, int from, int length, int out, int limit)
{
    double at = from + (i + 0.5) * length / out;
    return at >= 0 && at < limit;
}

struct shot {
    const struct pc_raster *from;
    const struct pc_crop *crop;
    bool copy;
    struct pc_scaler scaler; /* unless copy */
    uint8_t *row;            /* owns; unless copy */
};

static void shot_init(struct shot *s, const struct pc_raster *r, const struct pc_crop *crop)
{
    *s = (struct shot){.from = r, .crop = crop, .copy = is_copy(r, crop)};
    if (s->copy)
        return;
    pc_scaler_init(&s->scaler, r, crop->box, crop->width, crop->height);
    s->row = pc_xzalloc((size_t)crop->width * 3);
}

static void shot_finish(struct shot *s)
{
    if (!s->copy)
        pc_scaler_finish(&s->scaler);
    free(s->row);
}

static void paint_outside(const struct shot *s, int y)
{
    const struct pc_crop *crop = s->crop;
    bool inside = within(y, crop->box.y, crop->box.h, crop->height, s->from->height);
    for (int x = 0; x < crop->width; x++)
        if (!inside || !within(x, crop->box.x, crop->box.w, crop->width, s->from->width))
            memcpy(s->row + 3 * x, crop->colour, 3);
}

/* The row of pc_row_source. */
static const uint8_t *shot_row(void *ctx, int y)
{
    struct shot *s = ctx;
    const struct pc_ibox *b = &s->crop->box;
    if (s->copy)
        return s->from->px + ((size_t)(b->y + y) * (size_t)s->from->width + (size_t)b->x) * 3;
    pc_scaler_row(&s->scaler, y, s->row);
    if (s->crop->fill == PC_FILL_COLOUR)
        paint_outside(s, y);
    return s->row;
}

static enum pc_code fill(const struct pc_row_source *rows, struct pc_deadline deadline,
                         struct pc_raster *out, struct pc_err *err)
{
    size_t stride = (size_t)rows->width * 3;
    for (int y = 0; y < rows->height; y++) {
        if (y % CHECK_ROWS == 0 && pc_deadline_expired(deadline))
            return pc_fail(err, PC_E_TIMEOUT_CUT, NULL);
        memcpy(out->px + (size_t)y * stride, rows->row(rows->ctx, y), stride);
    }
    return PC_OK;
}

static int save(VipsImage *im, const struct pc_crop *crop, void **bytes, size_t *len)
{
    switch (crop->format) {
    case PC_FORMAT_PNG:
        return vips_pngsave_buffer(im, bytes, len, "compression", 6, "interlace",
                                   crop->progressive != 0, NULL);
    case PC_FORMAT_WEBP: return vips_webpsave_buffer(im, bytes, len, "Q", crop->quality, NULL);
    case PC_FORMAT_AVIF:
        return vips_heifsave_buffer(im, bytes, len, "Q", crop->quality, "compression",
                                    VIPS_FOREIGN_HEIF_COMPRESSION_AV1, "effort", 2, NULL);
    default: vips_error("image", "no writer"); return -1;
    }
}

static enum pc_code vips_encode(const struct pc_raster *r, const struct pc_crop *crop,
                                const struct pc_credits *credits, struct pc_buf *out,
                                struct pc_err *err)
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

static enum pc_code vips_write(const struct pc_row_source *rows, const struct pc_crop *crop,
                               const struct pc_credits *credits, struct pc_deadline deadline,
                               struct pc_buf *out, struct pc_err *err)
{
    struct pc_raster whole;
    pc_raster_init(&whole, rows->width, rows->height, 3);
    enum pc_code rc = fill(rows, deadline, &whole, err);
    if (!rc)
        rc = vips_encode(&whole, crop, credits, out, err);
    pc_raster_finish(&whole);
    return rc;
}

/* The box touches the picture, and no size is out of all proportion. */
static bool is_sane(const struct pc_raster *r, const struct pc_crop *crop)
{
    const struct pc_ibox *b = &crop->box;
    enum { MOST_PX = 1 << 17 };
    return b->w > 0 && b->h > 0 && b->w <= MOST_PX && b->h <= MOST_PX && b->x < r->width &&
           b->y < r->height && b->x > -b->w && b->y > -b->h && crop->width > 0 &&
           crop->height > 0 && crop->width <= MOST_PX && crop->height <= MOST_PX;
}

enum pc_code pc_image_crop(const struct pc_image *image, const struct pc_crop *crop,
                           struct pc_deadline deadline, struct pc_buf *out, struct pc_err *err)
{
    if (!is_sane(&image->raster, crop))
        return pc_fail_detail(err, PC_E_INTERNAL, "cut of %d,%d %d x %d to %d x %d", crop->box.x,
                              crop->box.y, crop->box.w, crop->box.h, crop->width, crop->height);
    struct shot shot;
    shot_init(&shot, &image->raster, crop);
    struct pc_row_source rows = {crop->width, crop->height, &shot, shot_row};
    enum pc_code rc = crop->format == PC_FORMAT_JPEG
                          ? pc_jpeg_write(&rows, crop->quality, crop->progressive, &image->credits,
                                          deadline, out, err)
                          : vips_write(&rows, crop, &image->credits, deadline, out, err);
    shot_finish(&shot);
    return rc;
}
