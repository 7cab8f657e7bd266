/* Every format but JPEG and BMP, through the libvips loader of that name. */
#include "image/colour.h"
#include "image/decoder.h"
#include "image/frame.h"
#include "image/png_colour.h"
#include "image/tiff_read.h"
#include "image/vips_util.h"

/* Gives the image the profile that the PNG's chunks mean. */
static int set_png_profile(const void *bytes, size_t len, VipsImage **im)
{
    VipsImage *out = NULL;
    struct pc_buf icc = PC_BUF_INIT;
    enum pc_png_colour colour = pc_png_colour(bytes, len, (*im)->Bands < 3, &icc);
    int failed = 0;
    if (colour != PC_PNG_AS_EMBEDDED) {
        failed = pc_vips_step(im, &out, vips_copy(*im, &out, NULL));
        if (!failed && colour == PC_PNG_BY_PROFILE)
            vips_image_set_blob_copy(*im, VIPS_META_ICC_NAME, icc.data, icc.len);
        else if (!failed)
            vips_image_remove(*im, VIPS_META_ICC_NAME);
    }
    pc_buf_finish(&icc);
    return failed;
}

/* Makes white what the first frame of an animation leaves uncovered: nothing is there, which is
 * transparent, but without an alpha channel the loaders make it black. */
static int whiten_uncovered(const void *bytes, size_t len, enum pc_format format, VipsImage **im)
{
    VipsImage *out = NULL;
    struct pc_ibox frame;
    bool has_frame = format == PC_FORMAT_GIF    ? pc_gif_first_frame(bytes, len, &frame)
                     : format == PC_FORMAT_WEBP ? pc_webp_first_frame(bytes, len, &frame)
                                                : false;
    if (!has_frame)
        return 0;
    int canvas_w = (*im)->Xsize, canvas_h = (*im)->Ysize;
    int left = VIPS_MIN(frame.x, canvas_w), top = VIPS_MIN(frame.y, canvas_h);
    int w = VIPS_MIN(frame.w, canvas_w - left), h = VIPS_MIN(frame.h, canvas_h - top);
    if ((w == canvas_w && h == canvas_h) || w <= 0 || h <= 0)
        return 0;
    return pc_vips_step(im, &out, vips_extract_area(*im, &out, left, top, w, h, NULL)) ||
           pc_vips_step(im, &out,
                        vips_embed(*im, &out, left, top, canvas_w, canvas_h, "extend",
                                   VIPS_EXTEND_WHITE, NULL));
}

/* Gives; on failure NULL. */
static enum pc_code open_image(const void *bytes, size_t len, enum pc_format format,
                               VipsImage **out, struct pc_err *err)
{
    VipsImage *im = *out = NULL;
    void *b = (void *)(uintptr_t)bytes; /* vips only reads it */
    int failed = -1;
    if (format == PC_FORMAT_TIFF)
        return pc_tiff_open(bytes, len, out, err);
    if (format == PC_FORMAT_PNG && pc_png_is_of_app(bytes, len))
        return pc_fail(err, PC_E_UNSUPPORTED_FORMAT,
                       "This PNG is packed for an iPhone app (CgBI) and is not read. Send the PNG "
                       "that it was made from.");
#define HOW "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_ERROR, NULL
    switch (format) {
    case PC_FORMAT_PNG: failed = vips_pngload_buffer(b, len, &im, HOW); break;
    case PC_FORMAT_WEBP: failed = vips_webpload_buffer(b, len, &im, HOW); break;
    case PC_FORMAT_GIF: failed = vips_gifload_buffer(b, len, &im, HOW); break;
    case PC_FORMAT_AVIF:
    case PC_FORMAT_HEIC: failed = vips_heifload_buffer(b, len, &im, HOW); break;
    default: vips_error("image", "no loader"); break;
    }
#undef HOW
    if (!failed)
        failed = format == PC_FORMAT_PNG ? set_png_profile(bytes, len, &im)
                                         : whiten_uncovered(bytes, len, format, &im);
    if (failed) {
        pc_vips_unref(im);
        return pc_vips_fail(err, PC_E_IMAGE_CORRUPT);
    }
    *out = im;
    return PC_OK;
}

struct blob {
    const void *data;
    size_t len; /* 0 when the image has none of that name */
};

static struct blob find_blob(VipsImage *im, const char *name)
{
    struct blob b = {"", 0};
    if (vips_image_get_typeof(im, name) && vips_image_get_blob(im, name, &b.data, &b.len))
        b.len = 0;
    return b;
}

enum pc_code pc_vips_read_header(const void *bytes, size_t len, enum pc_format format,
                                 struct pc_image_header *out, struct pc_err *err)
{
    int exif_orientation = 0;
    out->bands = 3;
    out->orientation = 1;
    if (format == PC_FORMAT_GIF && len >= 10) {
        const uint8_t *b = bytes;
        out->width = b[6] | b[7] << 8;
        out->height = b[8] | b[9] << 8;
        if ((int64_t)out->width * out->height > 1 << 28) /* too large for the loader, which does */
            return PC_OK;                                /* not say so; our limit rejects it */
    }
    VipsImage *im;
    enum pc_code rc = open_image(bytes, len, format, &im, err);
    if (rc || !im) /* there is none after an error */
        return rc;
    out->width = im->Xsize;
    out->height = im->Ysize;
    out->alpha = vips_image_hasalpha(im);
    struct blob exif = find_blob(im, VIPS_META_EXIF_NAME), xmp = find_blob(im, VIPS_META_XMP_NAME),
                iptc = find_blob(im, VIPS_META_IPTC_NAME), icc = find_blob(im, VIPS_META_ICC_NAME);
    pc_exif_read(exif.data, exif.len, &exif_orientation, &out->credits);
    pc_xmp_read(xmp.data, xmp.len, &out->credits);
    pc_iptc_read(iptc.data, iptc.len, &out->credits);
    if (icc.len > 0)
        out->note = pc_icc_note(pc_colour_profile_fit(im, icc.data, icc.len));
    /* A TIFF has the tag beside its pixels. AVIF and HEIC were turned by libheif. */
    if (format == PC_FORMAT_TIFF)
        out->orientation = pc_tiff_orientation(bytes, len);
    else if ((format == PC_FORMAT_PNG || format == PC_FORMAT_WEBP) && exif_orientation > 0)
        out->orientation = exif_orientation;
    g_object_unref(im);
    return PC_OK;
}

enum pc_code pc_vips_read_pixels(const void *bytes, size_t len, enum pc_format format,
                                 const struct pc_image_header *header, struct pc_deadline deadline,
                                 struct pc_raster *r, struct pc_err *err)
{
    VipsImage *im;
    enum pc_code rc = open_image(bytes, len, format, &im, err);
    if (rc)
        return rc;
    VipsImage *srgb =
        header->premultiplied && pc_colour_unpremultiply(&im) ? NULL : pc_colour_to_srgb(im);
    struct pc_row_sink sink = pc_row_sink_into(r, header->orientation);
    if (srgb)
        rc = pc_vips_render(srgb, &sink, deadline, PC_E_TIMEOUT_DECODE, PC_E_IMAGE_CORRUPT, err);
    else
        rc = pc_vips_fail(err, PC_E_IMAGE_CORRUPT);
    pc_vips_unref(srgb);
    g_object_unref(im);
    return rc;
}
