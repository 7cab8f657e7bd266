/* Boxes where nobody is to be seen: the object on a plain background, the most interesting part.
 * Both look at a copy of 512 pixels a side at most: they are guesses, and a guess need not read 12
 * megapixels twice. */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "image/vips_util.h"

enum {
    SMALL_PX = 512,
    LEAST_PX = 8,
    CORNER_PX = 4,
    DIFFERENT = 20 /* of 255, from the background */
};

struct small {
    struct pc_raster raster;
    double scale; /* picture pixels a small one */
};

static enum pc_code make_small(const struct pc_image *image, struct small *s, struct pc_err *err)
{
    const struct pc_raster *r = &image->raster;
    int longer = r->width > r->height ? r->width : r->height;
    int size = longer < SMALL_PX ? longer : SMALL_PX;
    pc_raster_init(&s->raster, size, size, 3);
    s->scale = (double)longer / size;
    return pc_image_view(image, (struct pc_box){0, 0, longer, longer}, size, s->raster.px, err);
}

/* So long and thin that the small copy has hardly a pixel across: nothing can be found in it. */
static bool is_thin(const struct pc_image *image)
{
    double longer = fmax(image->raster.width, image->raster.height);
    return fmin(image->raster.width, image->raster.height) < longer * LEAST_PX / SMALL_PX;
}

/* The small picture without the black margin of its square. Gives. */
static VipsImage *small_image(const struct pc_image *image, const struct small *s)
{
    VipsImage *raw = pc_vips_wrap(&s->raster), *known = NULL, *out = NULL;
    int w = VIPS_MAX(1, (int)(image->raster.width / s->scale));
    int h = VIPS_MAX(1, (int)(image->raster.height / s->scale));
    int failed = !raw || vips_copy(raw, &known, "interpretation", VIPS_INTERPRETATION_sRGB, NULL) ||
                 vips_extract_area(known, &out, 0, 0, w, h, NULL);
    pc_vips_unref(known);
    pc_vips_unref(raw);
    return failed ? NULL : out;
}

/* The small box in the picture's pixels, grown by slack small pixels and kept within. */
static struct pc_ibox enlarge(const struct pc_image *image, double scale, int slack,
                              struct pc_ibox b)
{
    int x0 = (int)floor((b.x - slack) * scale), y0 = (int)floor((b.y - slack) * scale);
    int x1 = (int)ceil((b.x + b.w + slack) * scale), y1 = (int)ceil((b.y + b.h + slack) * scale);
    x0 = VIPS_MAX(x0, 0), y0 = VIPS_MAX(y0, 0);
    x1 = VIPS_MIN(x1, image->raster.width), y1 = VIPS_MIN(y1, image->raster.height);
    return (struct pc_ibox){x0, y0, x1 - x0, y1 - y0};
}

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

/* The middle of the four corners a band: one corner that the object covers does no harm. */
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

static enum pc_code trim(const struct pc_image *image, const struct small *s, VipsImage *im,
                         struct pc_ibox *out, struct pc_err *err)
{
    double bg[3];
    struct pc_ibox b = {0};
    background_of(&s->raster, im->Xsize, im->Ysize, bg);
    VipsArrayDouble *background = vips_array_double_new(bg, 3);
    int failed = vips_find_trim(im, &b.x, &b.y, &b.w, &b.h, "threshold", (double)DIFFERENT,
                                "background", background, NULL);
    vips_area_unref(VIPS_AREA(background));
    if (failed)
        return pc_vips_fail(err, PC_E_INTERNAL);
    if (b.w > 0 && b.h > 0)
        *out = enlarge(image, s->scale, 1, b);
    return PC_OK;
}

enum pc_code pc_image_trim(const struct pc_image *image, struct pc_ibox *out, struct pc_err *err)
{
    struct small s;
    *out = (struct pc_ibox){0, 0, image->raster.width, image->raster.height};
    if (is_thin(image))
        return PC_OK;
    enum pc_code rc = make_small(image, &s, err);
    VipsImage *im = rc ? NULL : small_image(image, &s);
    if (!rc)
        rc = im ? trim(image, &s, im, out, err) : pc_vips_fail(err, PC_E_INTERNAL);
    pc_vips_unref(im);
    pc_raster_finish(&s.raster);
    return rc;
}

static int clamp_start(double at, int length, int limit)
{
    int v = (int)lround(at);
    return VIPS_CLIP(0, v, limit - length);
}

enum pc_code pc_image_interest(const struct pc_image *image, int w, int h, struct pc_ibox *out,
                               struct pc_err *err)
{
    struct small s;
    int width = image->raster.width, height = image->raster.height;
    w = VIPS_CLIP(1, w, width), h = VIPS_CLIP(1, h, height);
    *out = (struct pc_ibox){(width - w) / 2, (height - h) / 2, w, h};
    if (is_thin(image))
        return PC_OK;
    enum pc_code rc = make_small(image, &s, err);
    VipsImage *im = rc ? NULL : small_image(image, &s), *part = NULL;
    if (im && vips_smartcrop(im, &part, VIPS_CLIP(1, (int)lround(w / s.scale), im->Xsize),
                             VIPS_CLIP(1, (int)lround(h / s.scale), im->Ysize), "interesting",
                             VIPS_INTERESTING_ATTENTION, NULL) == 0)
        *out = (struct pc_ibox){clamp_start(-part->Xoffset * s.scale, w, width),
                                clamp_start(-part->Yoffset * s.scale, h, height), w, h};
    else if (!rc)
        rc = pc_vips_fail(err, PC_E_INTERNAL);
    pc_vips_unref(part);
    pc_vips_unref(im);
    pc_raster_finish(&s.raster);
    return rc;
}
