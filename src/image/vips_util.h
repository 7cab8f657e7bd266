/* Helpers for the files of src/image that call libvips. Threads: safe. */
#ifndef PC_IMAGE_VIPS_UTIL_H
#define PC_IMAGE_VIPS_UTIL_H

#include <vips/vips.h>

#include "base/clock.h"
#include "base/err.h"
#include "image/raster.h"

/* Fails with the text of libvips' error buffer as the private detail. The buffer is shared by the
 * whole process: threads may mix there, so nothing is decided by it. */
enum pc_code pc_vips_fail(struct pc_err *err, enum pc_code code);

/* Computes the image strip by strip on this thread and hands the rows to the sink. late is the code
 * for a deadline that has passed, broken the one for an image that fails. */
PC_NODISCARD enum pc_code pc_vips_render(VipsImage *im, const struct pc_row_sink *sink,
                                         struct pc_deadline deadline, enum pc_code late,
                                         enum pc_code broken, struct pc_err *err);

/* An image that borrows the raster's pixels. Gives. */
VipsImage *pc_vips_wrap(const struct pc_raster *r);

/* Replaces *im by *out, which a vips call gave; when that call failed, *im stays. Returns failed. */
int pc_vips_step(VipsImage **im, VipsImage **out, int failed);

static inline void pc_vips_unref(VipsImage *im)
{
    if (im)
        g_object_unref(im);
}

#endif
