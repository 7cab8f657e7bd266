/* An image with a drawing over it. It is scaled first, so that lines are drawn at the final size. */
#include <math.h>

#include "image/colour.h"
#include "image/decoded.h"
#include "image/jpeg_write.h"
#include "image/resize.h"
#include "image/vips_util.h"

enum { QUALITY = 88 };

/* The base with the drawing over it, 3 bands. Gives, NULL on failure. */
static VipsImage *composite(const struct pc_raster *base, const struct pc_buf *svg, double scale)
{
    VipsImage *raw = pc_vips_wrap(base), *srgb = NULL, *drawing = NULL, *both = NULL, *flat = NULL;
    if (raw && vips_copy(raw, &srgb, "interpretation", VIPS_INTERPRETATION_sRGB, NULL) == 0 &&
        vips_svgload_buffer(svg->data, svg->len, &drawing, "scale", scale, NULL) == 0 &&
        vips_composite2(srgb, drawing, &both, VIPS_BLEND_MODE_OVER, NULL) == 0)
        flat = pc_colour_to_srgb(both);
    pc_vips_unref(both);
    pc_vips_unref(drawing);
    pc_vips_unref(srgb);
    pc_vips_unref(raw);
    return flat;
}

/* The row of pc_row_source. */
static const uint8_t *raster_row(void *ctx, int y)
{
    const struct pc_raster *r = ctx;
    return r->px + (size_t)y * (size_t)r->width * 3;
}

enum pc_code pc_image_annotate(const struct pc_image *image, const struct pc_buf *svg, int max_side,
                               struct pc_deadline deadline, struct pc_buf *out, struct pc_err *err)
{
    const struct pc_raster *r = &image->raster;
    struct pc_ibox all = {0, 0, r->width, r->height};
    struct pc_raster small, drawn;
    double scale = fmin((double)max_side / fmax(r->width, r->height), 1);
    /* A very long image keeps a pixel of its width. */
    int width = (int)fmax(1, round(r->width * scale)),
        height = (int)fmax(1, round(r->height * scale));
    pc_raster_init(&small, width, height, 3);
    pc_raster_init(&drawn, width, height, 3);
    VipsImage *flat = NULL;
    enum pc_code rc = pc_resize(r, all, deadline, &small, err);
    if (!rc) {
        struct pc_row_sink sink = pc_row_sink_into(&drawn, 1);
        flat = composite(&small, svg, scale);
        rc = flat ? pc_vips_render(flat, &sink, deadline, PC_E_TIMEOUT_CUT, PC_E_INTERNAL, err)
                  : pc_vips_fail(err, PC_E_INTERNAL);
    }
    struct pc_row_source rows = {width, height, &drawn, raster_row};
    if (!rc)
        rc = pc_jpeg_write(&rows, QUALITY, false, &image->credits, deadline, out, err);
    pc_vips_unref(flat);
    pc_raster_finish(&small);
    pc_raster_finish(&drawn);
    return rc;
}
