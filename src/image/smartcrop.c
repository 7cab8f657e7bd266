/* Boxes in images without a person: the object on a plain background, and the most interesting part.
 * Both are guesses, so a copy of at most 512 pixels a side is good enough for them. */
#include <math.h>
#include <stdlib.h>

#include "image/decoded.h"
#include "image/vips_util.h"

enum {
    SMALL_PX = 512,
    LEAST_PX = 8,
    CORNER_PX = 4,
    DIFFERENT = 20 /* of 255, from the background */
};

/* A small copy. The raster is square, with a black margin; im is the part of it with the image. */
struct small {
    struct pc_raster raster;
    VipsImage *im; /* owns; borrows the raster */
    double scale;  /* pixels of the image to one of the copy */
};

/* Fills s, which the caller finishes also on failure. */
static enum pc_code small_init(struct small *s, const struct pc_image *image, struct pc_err *err)
{
    const struct pc_raster *r = &image->raster;
    int longer = VIPS_MAX(r->width, r->height), size = VIPS_MIN(longer, SMALL_PX);
    *s = (struct small){.scale = (double)longer / size};
    pc_raster_init(&s->raster, size, size, 3);
    struct pc_box square = {0, 0, longer, longer};
    enum pc_code rc = pc_image_view(image, square, size, s->raster.px, err);
    if (rc)
        return rc;
    VipsImage *raw = pc_vips_wrap(&s->raster), *srgb = NULL;
    int w = VIPS_MAX(1, (int)(r->width / s->scale)), h = VIPS_MAX(1, (int)(r->height / s->scale));
    if (!raw || vips_copy(raw, &srgb, "interpretation", VIPS_INTERPRETATION_sRGB, NULL) ||
        vips_extract_area(srgb, &s->im, 0, 0, w, h, NULL))
        rc = pc_vips_fail(err, PC_E_INTERNAL);
    pc_vips_unref(srgb);
    pc_vips_unref(raw);
    return rc;
}

static void small_finish(struct small *s)
{
    pc_vips_unref(s->im);
    pc_raster_finish(&s->raster);
}

/* So long and thin that the small copy has hardly a pixel across: nothing can be found in it. */
static bool is_thin(const struct pc_image *image)
{
    double longer = fmax(image->raster.width, image->raster.height);
    return fmin(image->raster.width, image->raster.height) < longer * LEAST_PX / SMALL_PX;
}

/* --- trim --- */

static void corner_colour(const struct pc_raster *r, int x0, int y0, double out[3])
{
    for (int i = 0; i < 3; i++) {
        double sum = 0;
        for (int y = 0; y < CORNER_PX; y++)
            for (int x = 0; x < CORNER_PX; x++)
                sum += r->px[((y0 + y) * r->width + x0 + x) * 3 + i];
        out[i] = sum / (CORNER_PX * CORNER_PX);
    }
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median of the four corners, band by band: one corner that the object covers does no harm. */
static void background_of(const struct pc_raster *r, int w, int h, double out[3])
{
    double corners[4][3];
    int right = VIPS_MAX(0, w - CORNER_PX), low = VIPS_MAX(0, h - CORNER_PX);
    corner_colour(r, 0, 0, corners[0]);
    corner_colour(r, right, 0, corners[1]);
    corner_colour(r, 0, low, corners[2]);
    corner_colour(r, right, low, corners[3]);
    for (int i = 0; i < 3; i++) {
        double v[4] = {corners[0][i], corners[1][i], corners[2][i], corners[3][i]};
        qsort(v, 4, sizeof *v, by_value);
        out[i] = (v[1] + v[2]) / 2;
    }
}

/* Fills out with the box of all that differs from the background, in pixels of the image and grown by
 * one pixel of the copy. Leaves out as it is when nothing differs. */
static enum pc_code trim(const struct small *s, const struct pc_image *image, struct pc_ibox *out,
                         struct pc_err *err)
{
    double bg[3];
    int x, y, w, h;
    background_of(&s->raster, s->im->Xsize, s->im->Ysize, bg);
    VipsArrayDouble *background = vips_array_double_new(bg, 3);
    int failed = vips_find_trim(s->im, &x, &y, &w, &h, "threshold", (double)DIFFERENT, "background",
                                background, NULL);
    vips_area_unref(VIPS_AREA(background));
    if (failed)
        return pc_vips_fail(err, PC_E_INTERNAL);
    if (w <= 0 || h <= 0)
        return PC_OK;
    int x0 = VIPS_MAX((int)floor((x - 1) * s->scale), 0);
    int y0 = VIPS_MAX((int)floor((y - 1) * s->scale), 0);
    int x1 = VIPS_MIN((int)ceil((x + w + 1) * s->scale), image->raster.width);
    int y1 = VIPS_MIN((int)ceil((y + h + 1) * s->scale), image->raster.height);
    *out = (struct pc_ibox){x0, y0, x1 - x0, y1 - y0};
    return PC_OK;
}

enum pc_code pc_image_trim(const struct pc_image *image, struct pc_ibox *out, struct pc_err *err)
{
    struct small s;
    *out = (struct pc_ibox){0, 0, image->raster.width, image->raster.height};
    if (is_thin(image))
        return PC_OK;
    enum pc_code rc = small_init(&s, image, err);
    if (!rc)
        rc = trim(&s, image, out, err);
    small_finish(&s);
    return rc;
}

/* --- interest --- */

static int clamp_start(double at, int length, int limit)
{
    int v = (int)lround(at);
    return VIPS_CLIP(0, v, limit - length);
}

enum pc_code pc_image_interest(const struct pc_image *image, int w, int h, struct pc_ibox *out,
                               struct pc_err *err)
{
    struct small s;
    VipsImage *part = NULL;
    int width = image->raster.width, height = image->raster.height;
    w = VIPS_CLIP(1, w, width), h = VIPS_CLIP(1, h, height);
    *out = (struct pc_ibox){(width - w) / 2, (height - h) / 2, w, h};
    if (is_thin(image))
        return PC_OK;
    enum pc_code rc = small_init(&s, image, err);
    if (!rc && vips_smartcrop(s.im, &part, VIPS_CLIP(1, (int)lround(w / s.scale), s.im->Xsize),
                              VIPS_CLIP(1, (int)lround(h / s.scale), s.im->Ysize), "interesting",
                              VIPS_INTERESTING_ATTENTION, NULL))
        rc = pc_vips_fail(err, PC_E_INTERNAL);
    if (!rc)
        *out = (struct pc_ibox){clamp_start(-part->Xoffset * s.scale, w, width),
                                clamp_start(-part->Yoffset * s.scale, h, height), w, h};
    pc_vips_unref(part);
    small_finish(&s);
    return rc;
}
