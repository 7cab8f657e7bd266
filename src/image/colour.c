#include "image/colour.h"

#include "image/icc.h"
#include "image/vips_util.h"

/* Replaces *im by *out, which a vips call gave; when that call failed, *im stays. */
static int step(VipsImage **im, VipsImage **out, int failed)
{
    pc_vips_unref(failed ? *out : *im);
    if (!failed)
        *im = *out;
    *out = NULL;
    return failed;
}

static int flatten_on_white(VipsImage **im)
{
    VipsImage *out = NULL;
    if (!vips_image_hasalpha(*im))
        return 0;
    VipsInterpretation space = (*im)->Type;
    double most = (*im)->BandFmt == VIPS_FORMAT_USHORT ? 65535
                  : space == VIPS_INTERPRETATION_scRGB ? 1
                                                       : 255;
    double white = space == VIPS_INTERPRETATION_CMYK  ? 0
                   : space == VIPS_INTERPRETATION_LAB ? 100
                                                      : most;
    VipsArrayDouble *background = vips_array_double_newv(1, white);
    int failed = vips_flatten(*im, &out, "background", background, "max_alpha", most, NULL);
    vips_area_unref(VIPS_AREA(background));
    return step(im, &out, failed);
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
        (void)step(im, &out,
                   vips_icc_transform(*im, &out, "srgb", "embedded", TRUE, "intent",
                                      (VipsIntent)pc_icc_intent(icc, len), NULL));
    } else if (!step(im, &out, vips_copy(*im, &out, NULL))) {
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

VipsImage *pc_colour_to_srgb(VipsImage *in)
{
    VipsImage *im = in, *out = NULL;
    g_object_ref(im);
    if (flatten_on_white(&im))
        goto fail;
    apply_profile(&im);
    if (im->Type != VIPS_INTERPRETATION_sRGB &&
        step(&im, &out, vips_colourspace(im, &out, VIPS_INTERPRETATION_sRGB, NULL)))
        goto fail;
    if (im->BandFmt != VIPS_FORMAT_UCHAR && step(&im, &out, vips_cast_uchar(im, &out, NULL)))
        goto fail;
    if (im->Bands > 3 && step(&im, &out, vips_extract_band(im, &out, 0, "n", 3, NULL)))
        goto fail;
    if (im->Bands == 3)
        return im;
    vips_error("colour", "%d bands", im->Bands);
fail:
    g_object_unref(im);
    return NULL;
}

/* CMYK that does not say which inks it means: read as the plain complement, which is what browsers
 * show, and what the tools that leave the profile out have computed. */
static void plain_cmyk(struct pc_raster *r)
{
    size_t n = (size_t)r->width * (size_t)r->height;
    const uint8_t *from = r->px;
    uint8_t *to = r->px;
    for (size_t i = 0; i < n; i++, from += 4, to += 3) {
        int light = 255 - from[3], c = from[0], m = from[1], y = from[2];
        to[0] = (uint8_t)(((255 - c) * light + 127) / 255);
        to[1] = (uint8_t)(((255 - m) * light + 127) / 255);
        to[2] = (uint8_t)(((255 - y) * light + 127) / 255);
    }
    r->bands = 3;
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
        (void)step(&raw, &band, vips_extract_band(raw, &band, 0, NULL));
    }
    if (raw && vips_copy(raw, &out, "interpretation", space, NULL) == 0)
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
    if (r->bands == 4 && icc->len == 0) {
        plain_cmyk(r);
        return PC_OK;
    }
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
