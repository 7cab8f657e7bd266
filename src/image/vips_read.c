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
static int whiten_outside(const struct pc_ibox *frame, VipsImage **im)
{
    VipsImage *out = NULL;
    int left = VIPS_MIN(frame->x, (*im)->Xsize), top = VIPS_MIN(frame->y, (*im)->Ysize);
    int w = VIPS_MIN(frame->w, (*im)->Xsize - left), h = VIPS_MIN(frame->h, (*im)->Ysize - top);
    int canvas_w = (*im)->Xsize, canvas_h = (*im)->Ysize;
    if ((w == canvas_w && h == canvas_h) || w <= 0 || h <= 0)
        return 0;
    return pc_vips_step(im, &out, vips_extract_area(*im, &out, left, top, w, h, NULL)) ||
           pc_vips_step(im, &out,
                        vips_embed(*im, &out, left, top, canvas_w, canvas_h, "extend",
                                   VIPS_EXTEND_WHITE, NULL));
}

static int finish_image(const void *bytes, size_t len, enum pc_format format, VipsImage **im)
{
    struct pc_ibox frame;
    if (format == PC_FORMAT_PNG)
        return set_png_profile(bytes, len, im);
    bool has_frame = format == PC_FORMAT_GIF    ? pc_gif_first_frame(bytes, len, &frame)
                     : format == PC_FORMAT_WEBP ? pc_webp_first_frame(bytes, len, &frame)
                                                : false;
    return has_frame ? whiten_outside(&frame, im) : 0;
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
    if (failed || finish_image(bytes, len, format, &im)) {
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

static void read_metadata(VipsImage *im, int *orientation, struct pc_credits *credits)
{
    struct blob exif = find_blob(im, VIPS_META_EXIF_NAME), xmp = find_blob(im, VIPS_META_XMP_NAME),
                iptc = find_blob(im, VIPS_META_IPTC_NAME);
    pc_exif_read(exif.data, exif.len, orientation, credits);
    pc_xmp_read(xmp.data, xmp.len, credits);
    pc_iptc_read(iptc.data, iptc.len, credits);
}

static void note_profile(VipsImage *im, struct pc_image_header *out)
{
    struct blob icc = find_blob(im, VIPS_META_ICC_NAME);
    if (icc.len > 0)
        out->note = pc_icc_note(pc_colour_profile_fit(im, icc.data, icc.len));
}

/* Fills the size from the first bytes of a GIF; true when it is so large that the loader would reject
 * it without saying why. */
static bool gif_canvas(const uint8_t *b, size_t len, struct pc_image_header *out)
{
    if (len < 10)
        return false;
    out->width = b[6] | b[7] << 8;
    out->height = b[8] | b[9] << 8;
    return (int64_t)out->width * out->height > 1 << 28;
}

enum pc_code pc_vips_read_header(const void *bytes, size_t len, enum pc_format format,
                                 struct pc_image_header *out, struct pc_err *err)
{
    int exif_orientation = 0;
    out->bands = 3;
    out->orientation = 1;
    if (format == PC_FORMAT_GIF && gif_canvas(bytes, len, out))
        return PC_OK;
    VipsImage *im;
    enum pc_code rc = open_image(bytes, len, format, &im, err);
    if (rc || !im) /* there is none after an error */
        return rc;
    out->width = im->Xsize;
    out->height = im->Ysize;
    out->alpha = vips_image_hasalpha(im);
    read_metadata(im, &exif_orientation, &out->credits);
    if (format == PC_FORMAT_TIFF) /* which has the tag beside its pixels */
        out->orientation = pc_tiff_orientation(bytes, len);
    else if (format == PC_FORMAT_PNG && exif_orientation > 0) /* no browser turns WebP by Exif, and
                                                                 libheif has turned AVIF and HEIC */
        out->orientation = exif_orientation;
    note_profile(im, out);
    g_object_unref(im);
    return PC_OK;
}

enum pc_code pc_vips_read_pixels(const void *bytes, size_t len, enum pc_format format,
                                 int orientation, struct pc_deadline deadline, struct pc_raster *r,
                                 struct pc_err *err)
{
    VipsImage *im;
    enum pc_code rc = open_image(bytes, len, format, &im, err);
    if (rc)
        return rc;
    VipsImage *srgb = pc_colour_to_srgb(im);
    struct pc_row_sink sink = pc_row_sink_into(r, orientation);
    if (srgb)
        rc = pc_vips_render(srgb, &sink, deadline, PC_E_TIMEOUT_DECODE, PC_E_IMAGE_CORRUPT, err);
    else
        rc = pc_vips_fail(err, PC_E_IMAGE_CORRUPT);
    pc_vips_unref(srgb);
    g_object_unref(im);
    return rc;
}
