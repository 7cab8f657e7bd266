/* Helpers for the files here that speak with vips. */
#ifndef PC_IMAGE_VIPS_UTIL_H
#define PC_IMAGE_VIPS_UTIL_H

#include <vips/vips.h>

#include "image/internal.h"

/* Fails with the text of vips' error buffer as the private detail. The buffer is the process's:
 * threads may mix there, so nothing is decided by it. */
enum pc_code pc_vips_fail(struct pc_err *err, enum pc_code code);

/* The image as 8-bit sRGB of 3 bands, alpha laid on white. Borrows in; gives, NULL on failure. */
VipsImage *pc_colour_to_srgb(VipsImage *in);

/* Computes the image strip by strip on this thread and hands the rows to the sink.
 * late is the code for a deadline that has passed, broken the one for an image that fails. */
PC_NODISCARD enum pc_code pc_vips_render(VipsImage *im, const struct pc_row_sink *sink,
                                         struct pc_deadline deadline, enum pc_code late,
                                         enum pc_code broken, struct pc_err *err);

/* A vips image that borrows the raster's pixels. Gives. */
VipsImage *pc_vips_wrap(const struct pc_raster *r);

static inline void pc_vips_unref(VipsImage *im)
{
    if (im)
        g_object_unref(im);
}

#endif
