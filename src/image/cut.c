/* Cuts: box out of the picture, scaled to the size wanted, encoded.
 *
 * The vips chain is built on the picture's own memory: it reads only what lies under the box, makes
 * no copy, and is computed in strips on this thread. Inside the picture at 1:1 there is no chain:
 * rows are copied. */
#include <string.h>

#include "image/vips_util.h"

static struct pc_ibox inside_of(const struct pc_raster *r, struct pc_ibox b)
{
    int x0 = VIPS_CLIP(0, b.x, r->width - 1), y0 = VIPS_CLIP(0, b.y, r->height - 1);
    int x1 = VIPS_CLIP(x0 + 1, b.x + b.w, r->width), y1 = VIPS_CLIP(y0 + 1, b.y + b.h, r->height);
    return (struct pc_ibox){x0, y0, x1 - x0, y1 - y0};
}

static bool same_box(struct pc_ibox a, struct pc_ibox b)
{
    return a.x == b.x && a.y == b.y && a.w == b.w && a.h == b.h;
}

static void copy_rows(const struct pc_raster *r, struct pc_ibox b, struct pc_raster *out)
{
    size_t stride = (size_t)r->width * 3, n = (size_t)b.w * 3;
    const uint8_t *from = r->px + (size_t)b.y * stride + (size_t)b.x * 3;
    for (int y = 0; y < b.h; y++)
        memcpy(out->px + (size_t)y * n, from + (size_t)y * stride, n);
}

static int extend(VipsImage *in, VipsImage **out, const struct pc_cut *cut, struct pc_ibox have)
{
    int x = have.x - cut->box.x, y = have.y - cut->box.y;
    if (cut->fill == PC_FILL_EDGE)
        return vips_embed(in, out, x, y, cut->box.w, cut->box.h, "extend", VIPS_EXTEND_COPY, NULL);
    VipsArrayDouble *colour = vips_array_double_newv(
        3, (double)cut->colour[0], (double)cut->colour[1], (double)cut->colour[2]);
    int failed = vips_embed(in, out, x, y, cut->box.w, cut->box.h, "extend", VIPS_EXTEND_BACKGROUND,
                            "background", colour, NULL);
    vips_area_unref(VIPS_AREA(colour));
    return failed;
}

/* Picture -> piece -> extended -> scaled. Gives. */
static VipsImage *chain(VipsImage *picture, const struct pc_cut *cut, struct pc_ibox have)
{
    VipsImage *piece = NULL, *whole = NULL, *scaled = NULL;
    int failed = vips_extract_area(picture, &piece, have.x, have.y, have.w, have.h, NULL);
    if (!failed)
        failed = same_box(have, cut->box) ? vips_copy(piece, &whole, NULL)
                                          : extend(piece, &whole, cut, have);
    if (!failed)
        failed =
            vips_resize(whole, &scaled, (double)cut->width / cut->box.w, "vscale",
                        (double)cut->height / cut->box.h, "kernel", VIPS_KERNEL_LANCZOS3, NULL);
    pc_vips_unref(piece);
    pc_vips_unref(whole);
    return failed ? NULL : scaled;
}

static enum pc_code render(const struct pc_raster *r, const struct pc_cut *cut,
                           struct pc_deadline deadline, struct pc_raster *out, struct pc_err *err)
{
    struct pc_ibox have = inside_of(r, cut->box);
    if (same_box(have, cut->box) && cut->width == cut->box.w && cut->height == cut->box.h) {
        copy_rows(r, have, out);
        return PC_OK;
    }
    enum pc_code rc;
    VipsImage *picture = pc_vips_wrap(r);
    VipsImage *scaled = picture ? chain(picture, cut, have) : NULL;
    struct pc_sink sink = pc_sink_into(out, 1);
    if (!scaled)
        rc = pc_vips_fail(err, PC_E_INTERNAL);
    else if (scaled->Xsize != out->width || scaled->Ysize != out->height)
        rc = pc_fail_detail(err, PC_E_INTERNAL, "cut came out as %d x %d, not %d x %d",
                            scaled->Xsize, scaled->Ysize, out->width, out->height);
    else
        rc = pc_vips_pull(scaled, &sink, deadline, PC_E_TIMEOUT_CUT, PC_E_INTERNAL, err);
    pc_vips_unref(scaled);
    pc_vips_unref(picture);
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

enum pc_code pc_picture_cut(const struct pc_picture *pic, const struct pc_cut *cut,
                            struct pc_deadline deadline, struct pc_buf *out, struct pc_err *err)
{
    if (cut->box.w <= 0 || cut->box.h <= 0 || cut->width <= 0 || cut->height <= 0)
        return pc_fail_detail(err, PC_E_INTERNAL, "cut of %d x %d to %d x %d", cut->box.w,
                              cut->box.h, cut->width, cut->height);
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
