#include "image/colour.h"

#include "image/icc.h"
#include "image/vips_util.h"

/* Takes alpha, as 8 bits, off the colours. *alpha stays NULL when there is none. */
static int split_alpha(VipsImage **im, VipsImage **alpha)
{
    VipsImage *colours = NULL, *last = NULL;
    VipsInterpretation space = (*im)->Type;
    int n = (*im)->Bands - 1;
    if (!vips_image_hasalpha(*im))
        return 0;
    double most = (*im)->BandFmt == VIPS_FORMAT_USHORT ? 65535 : 255;
    int failed = vips_extract_band(*im, &last, n, NULL) ||
                 vips_linear1(last, alpha, 255 / most, 0.5, "uchar", TRUE, NULL) ||
                 vips_extract_band(*im, &colours, 0, "n", n, NULL);
    pc_vips_unref(last);
    return pc_vips_step(im, &colours, failed) ||
           pc_vips_step(im, &colours, vips_copy(*im, &colours, "interpretation", space, NULL));
}

/* As browsers do it: once the colours are sRGB, whatever they were stored as. */
static int lay_on_white(VipsImage **im, VipsImage *alpha)
{
    VipsImage *out = NULL;
    VipsArrayDouble *white = vips_array_double_newv(1, 255.0);
    int failed = pc_vips_step(im, &out, vips_bandjoin2(*im, alpha, &out, NULL)) ||
                 pc_vips_step(im, &out, vips_flatten(*im, &out, "background", white, NULL));
    vips_area_unref(VIPS_AREA(white));
    return failed;
}

/* Applies the embedded profile where it fits, and removes it where it does not: libvips would look
 * at it again. A profile that does not work is not the image's fault, so its numbers are then taken
 * as they are. */
static void apply_profile(VipsImage **im)
{
    VipsImage *out = NULL;
    const void *icc;
    size_t len;
    if (!vips_image_get_typeof(*im, VIPS_META_ICC_NAME) ||
        vips_image_get_blob(*im, VIPS_META_ICC_NAME, &icc, &len))
        return;
    if (pc_colour_profile_fit(*im, icc, len) == PC_ICC_FITS) {
        (void)pc_vips_step(im, &out,
                           vips_icc_transform(*im, &out, "srgb", "embedded", TRUE, "intent",
                                              (VipsIntent)pc_icc_intent(icc, len), NULL));
    } else if (!pc_vips_step(im, &out, vips_copy(*im, &out, NULL))) {
        vips_image_remove(*im, VIPS_META_ICC_NAME);
    }
}

enum pc_icc_fit pc_colour_profile_fit(VipsImage *im, const void *icc, size_t len)
{
    int bands = im->Bands - (vips_image_hasalpha(im) ? 1 : 0);
    bool is_device = bands == 1 || im->Type == VIPS_INTERPRETATION_sRGB ||
                     im->Type == VIPS_INTERPRETATION_RGB || im->Type == VIPS_INTERPRETATION_RGB16 ||
                     im->Type == VIPS_INTERPRETATION_CMYK;
    return is_device && bands <= 4 ? pc_icc_fit(icc, len, bands) : PC_ICC_OTHER_MODEL;
}

/* CMYK that does not say which inks it means: read as the plain complement, which is what browsers
 * show, and what the tools that leave the profile out have computed. */
static int plain_cmyk(VipsImage **im)
{
    VipsImage *light = NULL, *colours = NULL, *black = NULL, *product = NULL, *rgb = NULL;
    int failed = vips_invert(*im, &light, NULL) ||
                 vips_extract_band(light, &colours, 0, "n", 3, NULL) ||
                 vips_extract_band(light, &black, 3, NULL) ||
                 vips_multiply(colours, black, &product, NULL) ||
                 vips_linear1(product, &rgb, 1 / 255.0, 0.5, "uchar", TRUE, NULL);
    pc_vips_unref(light);
    pc_vips_unref(colours);
    pc_vips_unref(black);
    pc_vips_unref(product);
    if (pc_vips_step(im, &rgb, failed))
        return -1;
    return pc_vips_step(im, &rgb,
                        vips_copy(*im, &rgb, "interpretation", VIPS_INTERPRETATION_sRGB, NULL));
}

static int colours_to_srgb(VipsImage **im)
{
    VipsImage *out = NULL;
    apply_profile(im);
    if ((*im)->Type == VIPS_INTERPRETATION_CMYK && plain_cmyk(im))
        return -1;
    /* Files have Lab by the light of D50, as ICC profiles do; vips_colourspace takes it for D65. */
    if ((*im)->Type == VIPS_INTERPRETATION_LAB &&
        pc_vips_step(im, &out,
                     vips_icc_export(*im, &out, "output_profile", "srgb", "intent",
                                     VIPS_INTENT_RELATIVE, "depth", 8, NULL)))
        return -1;
    if ((*im)->Type != VIPS_INTERPRETATION_sRGB &&
        pc_vips_step(im, &out, vips_colourspace(*im, &out, VIPS_INTERPRETATION_sRGB, NULL)))
        return -1;
    if ((*im)->BandFmt != VIPS_FORMAT_UCHAR &&
        pc_vips_step(im, &out, vips_cast_uchar(*im, &out, NULL)))
        return -1;
    if ((*im)->Bands > 3 && pc_vips_step(im, &out, vips_extract_band(*im, &out, 0, "n", 3, NULL)))
        return -1;
    if ((*im)->Bands != 3)
        vips_error("colour", "%d bands", (*im)->Bands);
    return (*im)->Bands == 3 ? 0 : -1;
}

int pc_colour_unpremultiply(VipsImage **im)
{
    VipsImage *out = NULL;
    VipsBandFormat format = (*im)->BandFmt;
    double most = format == VIPS_FORMAT_USHORT ? 65535 : 255;
    return pc_vips_step(im, &out, vips_unpremultiply(*im, &out, "max_alpha", most, NULL)) ||
                   pc_vips_step(im, &out, vips_linear1(*im, &out, 1, 0.5, NULL)) ||
                   pc_vips_step(im, &out, vips_cast(*im, &out, format, NULL))
               ? -1
               : 0;
}

VipsImage *pc_colour_to_srgb(VipsImage *in)
{
    VipsImage *im = in, *alpha = NULL;
    g_object_ref(im);
    int failed =
        split_alpha(&im, &alpha) || colours_to_srgb(&im) || (alpha && lay_on_white(&im, alpha));
    pc_vips_unref(alpha);
    if (!failed)
        return im;
    g_object_unref(im);
    return NULL;
}

/* The raster as vips sees it, with the profile. libjpeg has made three equal bands of a grey
 * image, and a grey profile is about one of them. */
static VipsImage *with_profile(const struct pc_raster *r, const struct pc_buf *icc)
{
    VipsImage *raw = pc_vips_wrap(r), *out = NULL;
    bool grey = icc->len > 20 && memcmp(icc->data + 16, "GRAY", 4) == 0;
    VipsInterpretation space = r->bands == 4 ? VIPS_INTERPRETATION_CMYK
                               : grey        ? VIPS_INTERPRETATION_B_W
                                             : VIPS_INTERPRETATION_sRGB;
    if (raw && grey && r->bands == 3) {
        VipsImage *band = NULL;
        (void)pc_vips_step(&raw, &band, vips_extract_band(raw, &band, 0, NULL));
    }
    if (raw && vips_copy(raw, &out, "interpretation", space, NULL) == 0 && icc->len > 0)
        vips_image_set_blob_copy(out, VIPS_META_ICC_NAME, icc->data, icc->len);
    pc_vips_unref(raw);
    return out;
}

/* The rows are replaced where they lie: a strip is computed before it is written, none is read
 * twice, and 3 bands need no more room than 4. */
enum pc_code pc_colour_convert(struct pc_raster *r, const struct pc_buf *icc,
                               struct pc_deadline deadline, struct pc_err *err)
{
    enum pc_code rc;
    VipsImage *known = with_profile(r, icc);
    VipsImage *srgb = known ? pc_colour_to_srgb(known) : NULL;
    if (srgb) {
        r->bands = 3;
        struct pc_row_sink sink = pc_row_sink_into(r, 1);
        rc = pc_vips_render(srgb, &sink, deadline, PC_E_TIMEOUT_DECODE, PC_E_IMAGE_CORRUPT, err);
    } else {
        rc = pc_vips_fail(err, PC_E_IMAGE_CORRUPT);
    }
    pc_vips_unref(srgb);
    pc_vips_unref(known);
    return rc;
}
