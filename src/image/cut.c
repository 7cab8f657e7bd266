/* Cuts: box out of the picture, scaled to the size wanted, encoded. Only the shot's own pixels are
 * allocated; inside the picture at 1:1 rows are copied. */
#include <math.h>
#include <string.h>

#include "image/resize.h"
#include "image/vips_util.h"

static bool is_copy(const struct pc_raster *r, const struct pc_cut *cut)
{
    const struct pc_ibox *b = &cut->box;
    return b->x >= 0 && b->y >= 0 && b->x + b->w <= r->width && b->y + b->h <= r->height &&
           cut->width == b->w && cut->height == b->h;
}

static void copy_rows(const struct pc_raster *r, struct pc_ibox b, struct pc_raster *out)
{
    size_t stride = (size_t)r->width * 3, n = (size_t)b.w * 3;
    const uint8_t *from = r->px + (size_t)b.y * stride + (size_t)b.x * 3;
    for (int y = 0; y < b.h; y++)
        memcpy(out->px + (size_t)y * n, from + (size_t)y * stride, n);
}

/* Is the centre of output pixel i within the picture? */
static bool within(int i, int from, int length, int out, int limit)
{
    double at = from + (i + 0.5) * length / out;
    return at >= 0 && at < limit;
}

static void paint_outside(const struct pc_raster *r, const struct pc_cut *cut,
                          struct pc_raster *out)
{
    uint8_t *px = out->px;
    for (int y = 0; y < out->height; y++) {
        bool row = within(y, cut->box.y, cut->box.h, out->height, r->height);
        for (int x = 0; x < out->width; x++, px += 3)
            if (!row || !within(x, cut->box.x, cut->box.w, out->width, r->width))
                memcpy(px, cut->colour, 3);
    }
}

static enum pc_code render(const struct pc_raster *r, const struct pc_cut *cut,
                           struct pc_deadline deadline, struct pc_raster *out, struct pc_err *err)
{
    if (is_copy(r, cut)) {
        copy_rows(r, cut->box, out);
        return PC_OK;
    }
    enum pc_code rc = pc_resize(r, cut->box, deadline, out, err);
    if (!rc && cut->fill == PC_FILL_COLOUR)
        paint_outside(r, cut, out);
    return rc;
}

static int save(VipsImage *im, const struct pc_cut *cut, void **bytes, size_t *len)
{
    switch (cut->format) {
    case PC_FORMAT_PNG:
        return vips_pngsave_buffer(im, bytes, len, "compression", 6, "interlace",
                                   cut->progressive != 0, NULL);
    case PC_FORMAT_WEBP: return vips_webpsave_buffer(im, bytes, len, "Q", cut->quality, NULL);
    case PC_FORMAT_AVIF:
        return vips_heifsave_buffer(im, bytes, len, "Q", cut->quality, "compression",
                                    VIPS_FOREIGN_HEIF_COMPRESSION_AV1, "effort", 2, NULL);
    default: vips_error("image", "no writer"); return -1;
    }
}

static enum pc_code vips_write(const struct pc_raster *r, const struct pc_cut *cut,
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
    if (failed || save(im, cut, &bytes, &len))
        rc = pc_vips_fail(err, PC_E_INTERNAL);
    else
        pc_buf_append(out, bytes, len);
    g_free(bytes);
    pc_vips_unref(im);
    pc_vips_unref(raw);
    pc_buf_finish(&exif);
    return rc;
}

/* The box touches the picture, and no size is out of all proportion. */
static bool is_sane(const struct pc_raster *r, const struct pc_cut *cut)
{
    const struct pc_ibox *b = &cut->box;
    enum { MOST_PX = 1 << 17 };
    return b->w > 0 && b->h > 0 && b->w <= MOST_PX && b->h <= MOST_PX && b->x < r->width &&
           b->y < r->height && b->x > -b->w && b->y > -b->h && cut->width > 0 && cut->height > 0 &&
           cut->width <= MOST_PX && cut->height <= MOST_PX;
}

enum pc_code pc_picture_cut(const struct pc_picture *pic, const struct pc_cut *cut,
                            struct pc_deadline deadline, struct pc_buf *out, struct pc_err *err)
{
    if (!is_sane(&pic->raster, cut))
        return pc_fail_detail(err, PC_E_INTERNAL, "cut of %d,%d %d x %d to %d x %d", cut->box.x,
                              cut->box.y, cut->box.w, cut->box.h, cut->width, cut->height);
    struct pc_raster shot;
    pc_raster_init(&shot, cut->width, cut->height, 3);
    enum pc_code rc = render(&pic->raster, cut, deadline, &shot, err);
    if (!rc && pc_deadline_over(deadline))
        rc = pc_fail(err, PC_E_TIMEOUT_CUT, NULL);
    if (!rc && cut->format == PC_FORMAT_JPEG)
        rc = pc_jpeg_write(&shot, cut->quality, cut->progressive, &pic->credits, out, err);
    else if (!rc)
        rc = vips_write(&shot, cut, &pic->credits, out, err);
    pc_raster_finish(&shot);
    return rc;
}
