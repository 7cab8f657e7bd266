/* A picture with a drawing laid over it: scaled first, so that the lines are drawn at the final
 * size. */
#include <math.h>

#include "image/resize.h"
#include "image/vips_util.h"

enum { QUALITY = 88 };

static double scale_for(const struct pc_raster *r, int max_side)
{
    int longer = r->width > r->height ? r->width : r->height;
    return longer > max_side ? (double)max_side / longer : 1.0;
}

/* A very long picture keeps a pixel of its width. */
static int scaled(int side, double scale)
{
    return (int)fmax(1, round(side * scale));
}

/* photo with the drawing over it, 3 bands. Gives, NULL on failure. */
static VipsImage *composite(VipsImage *photo, const struct pc_buf *svg, double scale)
{
    VipsImage *drawing = NULL, *both = NULL, *flat = NULL;
    if (vips_svgload_buffer(svg->data, svg->len, &drawing, "scale", scale, NULL) == 0 &&
        vips_composite2(photo, drawing, &both, VIPS_BLEND_MODE_OVER, NULL) == 0)
        flat = pc_colour_to_srgb(both);
    pc_vips_unref(drawing);
    pc_vips_unref(both);
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
    double scale = scale_for(r, max_side);
    struct pc_raster small, drawn;
    pc_raster_init(&small, scaled(r->width, scale), scaled(r->height, scale), 3);
    pc_raster_init(&drawn, small.width, small.height, 3);
    struct pc_ibox all = {0, 0, r->width, r->height};
    enum pc_code rc = pc_resize(r, all, deadline, &small, err);
    VipsImage *raw = NULL, *photo = NULL, *flat = NULL;
    if (!rc) {
        raw = pc_vips_wrap(&small);
        if (raw)
            vips_copy(raw, &photo, "interpretation", VIPS_INTERPRETATION_sRGB, NULL);
        flat = photo ? composite(photo, svg, scale) : NULL;
        struct pc_row_sink sink = pc_row_sink_into(&drawn, 1);
        rc = flat ? pc_vips_render(flat, &sink, deadline, PC_E_TIMEOUT_CUT, PC_E_INTERNAL, err)
                  : pc_vips_fail(err, PC_E_INTERNAL);
    }
    struct pc_row_source rows = {drawn.width, drawn.height, &drawn, raster_row};
    if (!rc)
        rc = pc_jpeg_write(&rows, QUALITY, 0, &image->credits, deadline, out, err);
    pc_vips_unref(flat);
    pc_vips_unref(photo);
    pc_vips_unref(raw);
    pc_raster_finish(&small);
    pc_raster_finish(&drawn);
    return rc;
}
