#include "image/colour.h"

#include "image/icc.h"
#include "image/vips_util.h"

static int flatten_on_white(VipsImage **im)
{
    VipsImage *out = NULL;
    if (!vips_image_hasalpha(*im))
        return 0;
    VipsInterpretation space = (*im)->Type;
    double most = (*im)->BandFmt == VIPS_FORMAT_USHORT ? 65535
                  : space == VIPS_INTERPRETATION_scRGB ? 1
                                                       : 255;
    double lab_white[] = {100, 0, 0}, white = space == VIPS_INTERPRETATION_CMYK ? 0 : most;
    VipsArrayDouble *background = space == VIPS_INTERPRETATION_LAB
                                      ? vips_array_double_new(lab_white, 3)
                                      : vips_array_double_newv(1, white);
    int failed = vips_flatten(*im, &out, "background", background, "max_alpha", most, NULL);
    vips_area_unref(VIPS_AREA(background));
    return pc_vips_step(im, &out, failed);
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

/* Files have Lab by the light of D50, as ICC profiles do; vips_colourspace takes it for D65. */
static int lab_to_srgb(VipsImage **im)
{
    VipsImage *out = NULL;
    return pc_vips_step(im, &out,
                        vips_icc_export(*im, &out, "output_profile", "srgb", "intent",
                                        VIPS_INTENT_RELATIVE, "depth", 8, NULL));
}

VipsImage *pc_colour_to_srgb(VipsImage *in)
{
    VipsImage *im = in, *out = NULL;
    g_object_ref(im);
    if (flatten_on_white(&im))
        goto fail;
    apply_profile(&im);
    if (im->Type == VIPS_INTERPRETATION_CMYK && plain_cmyk(&im))
        goto fail;
    if (im->Type == VIPS_INTERPRETATION_LAB && lab_to_srgb(&im))
        goto fail;
    if (im->Type != VIPS_INTERPRETATION_sRGB &&
        pc_vips_step(&im, &out, vips_colourspace(im, &out, VIPS_INTERPRETATION_sRGB, NULL)))
        goto fail;
    if (im->BandFmt != VIPS_FORMAT_UCHAR &&
        pc_vips_step(&im, &out, vips_cast_uchar(im, &out, NULL)))
        goto fail;
    if (im->Bands > 3 && pc_vips_step(&im, &out, vips_extract_band(im, &out, 0, "n", 3, NULL)))
        goto fail;
    if (im->Bands == 3)
        return im;
    vips_error("colour", "%d bands", im->Bands);
fail:
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
