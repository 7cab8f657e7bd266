/* TIFF through libvips.
 *
 * libvips gives the samples of a TIFF as they are stored, with two exceptions. It converts Lab to a
 * coding of its own, wrongly when there are further samples or planes. And it divides colours by
 * associated alpha as if all samples had 8 bits. So for these kinds it gets a copy of the file with
 * one tag changed, and both are done here. */
#include "image/tiff_read.h"

#include "image/colour.h"
#include "image/tiff_layout.h"
#include "image/vips_util.h"

/* Leaves the colours and, behind them, alpha. */
static int drop_other_bands(const struct pc_tiff_layout *layout, VipsImage **im)
{
    VipsImage *colours = NULL, *alpha = NULL, *both = NULL;
    int n = layout->n_colours;
    if ((*im)->Bands <= n)
        return 0;
    int failed = vips_extract_band(*im, &colours, 0, "n", n, NULL);
    if (!failed && layout->alpha >= n && layout->alpha < (*im)->Bands) {
        failed = vips_extract_band(*im, &alpha, layout->alpha, NULL) ||
                 vips_bandjoin2(colours, alpha, &both, NULL);
        pc_vips_unref(alpha);
        pc_vips_unref(colours);
        colours = both;
    }
    return pc_vips_step(im, &colours, failed);
}

static VipsInterpretation interpretation(const struct pc_tiff_layout *layout, int bands, bool deep)
{
    bool is_grey = layout->colours == PC_TIFF_GREY || bands < 3; /* or a palette of greys */
    switch (is_grey ? PC_TIFF_GREY : layout->colours) {
    case PC_TIFF_GREY: return deep ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W;
    case PC_TIFF_CMYK: return VIPS_INTERPRETATION_CMYK;
    case PC_TIFF_CIELAB:
    case PC_TIFF_ICCLAB: return VIPS_INTERPRETATION_LAB;
    default: return deep ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB;
    }
}

/* To L from 0 to 100, a and b from -128 to 127, and alpha from 0 to 255. Flipping the highest bit of
 * a signed number moves its zero to the middle, as ICC's coding has it. */
static int decode_lab(const struct pc_tiff_layout *layout, bool deep, VipsImage **im)
{
    VipsImage *out = NULL;
    double middle = deep ? 0x8000 : 0x80, unit = deep ? 256 : 1;
    double white = !deep ? 255 : layout->colours == PC_TIFF_ICCLAB ? 0xff00 : 0xffff;
    double scale[] = {100 / white, 1 / unit, 1 / unit, deep ? 255.0 / 0xffff : 1};
    double offset[] = {0, -128, -128, 0}, sign[] = {0, middle, middle, 0};
    int n = (*im)->Bands;
    if (layout->colours == PC_TIFF_CIELAB &&
        pc_vips_step(im, &out,
                     vips_boolean_const(*im, &out, VIPS_OPERATION_BOOLEAN_EOR, sign, n, NULL)))
        return -1;
    return pc_vips_step(im, &out, vips_linear(*im, &out, scale, offset, n, NULL));
}

/* From samples as stored to an image whose bands are what its interpretation says. */
static int normalise(const struct pc_tiff_layout *layout, VipsImage **im)
{
    VipsImage *out = NULL;
    bool deep = (*im)->BandFmt == VIPS_FORMAT_USHORT || (*im)->BandFmt == VIPS_FORMAT_SHORT;
    VipsBandFormat as_stored = deep ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR; /* of signed Lab */
    VipsInterpretation space = interpretation(layout, (*im)->Bands, deep);
    if (pc_vips_step(im, &out, vips_copy(*im, &out, "format", as_stored, NULL)) ||
        drop_other_bands(layout, im))
        return -1;
    if (layout->is_premultiplied && pc_colour_unpremultiply(im))
        return -1;
    if (space == VIPS_INTERPRETATION_LAB && decode_lab(layout, deep, im))
        return -1;
    if (space == VIPS_INTERPRETATION_CMYK && deep && /* of which libvips knows 8 bits only */
        pc_vips_step(im, &out, vips_msb(*im, &out, NULL)))
        return -1;
    return pc_vips_step(im, &out, vips_copy(*im, &out, "interpretation", space, NULL));
}

enum pc_code pc_tiff_open(const void *bytes, size_t len, VipsImage **out, struct pc_err *err)
{
    enum { ICC_LAB = 9, UNSPECIFIED = 0 };
    struct pc_tiff_layout layout;
    VipsImage *im = *out = NULL;
    enum pc_code rc = pc_tiff_choose(bytes, len, &layout, err);
    if (rc)
        return rc;
    /* A copy in which libvips takes the samples as they are, where it does not do so anyway. */
    bool is_lab = layout.colours == PC_TIFF_CIELAB;
    uint8_t *copy = is_lab || layout.is_premultiplied ? g_memdup2(bytes, len) : NULL;
    if (is_lab)
        copy[layout.colours_at] = ICC_LAB;
    if (layout.is_premultiplied)
        copy[layout.kind_of_alpha_at] = UNSPECIFIED;
    void *b = copy ? copy : (void *)(uintptr_t)bytes; /* vips only reads it */
    int failed =
        vips_tiffload_buffer(b, len, &im, "page", layout.page, "subifd", layout.sub_ifd, "access",
                             VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_ERROR, NULL);
    if (failed)
        g_free(copy);
    else if (copy)
        g_object_set_data_full(G_OBJECT(im), "pc-retagged", copy, g_free);
    if (failed || normalise(&layout, &im)) {
        pc_vips_unref(im);
        return pc_vips_fail(err, PC_E_IMAGE_CORRUPT);
    }
    *out = im;
    return PC_OK;
}

int pc_tiff_orientation(const void *bytes, size_t len)
{
    struct pc_err ignored = PC_ERR_INIT;
    struct pc_tiff_layout layout;
    return pc_tiff_choose(bytes, len, &layout, &ignored) ? 1 : layout.orientation;
}
