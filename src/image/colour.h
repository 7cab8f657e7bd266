/* Colours: whatever a file holds becomes 8-bit sRGB of 3 bands. Private to src/image. Threads:
 * safe. */
#ifndef PC_IMAGE_COLOUR_H
#define PC_IMAGE_COLOUR_H

#include <vips/vips.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "image/icc.h"
#include "image/raster.h"

/* The image as 8-bit sRGB of 3 bands, alpha laid on white. Borrows in; gives, NULL on failure. */
VipsImage *pc_colour_to_srgb(VipsImage *in);

/* Divides the colours by alpha, and rounds; *im is replaced. Returns 0, or -1 and leaves *im valid. */
int pc_colour_unpremultiply(VipsImage **im);

/* Can the profile be used for this image? */
enum pc_icc_fit pc_colour_profile_fit(VipsImage *im, const void *icc, size_t len);

/* Turns the raster to 3 bands of sRGB in its own memory: by the profile when one is given, else
 * CMYK as the plain complement. Errors: timeout_decode, image_corrupt. */
PC_NODISCARD enum pc_code pc_colour_convert(struct pc_raster *r, const struct pc_buf *icc,
                                            struct pc_deadline deadline, struct pc_err *err);

#endif
