/* Which colours a PNG means by its chunks: cICP before iCCP, iCCP before sRGB, sRGB before gAMA with
 * cHRM, as PNG's third edition and browsers have it. libpng reads iCCP; the others are read here.
 * Private to src/image. Threads: safe. */
#ifndef PC_IMAGE_PNG_COLOUR_H
#define PC_IMAGE_PNG_COLOUR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum pc_png_colour {
    PC_PNG_AS_EMBEDDED, /* the profile in iCCP counts; without one the numbers are sRGB */
    PC_PNG_IS_SRGB,     /* whatever iCCP says */
    PC_PNG_BY_PROFILE   /* the one that was made from other chunks counts */
};

/* Appends a profile to out with PC_PNG_BY_PROFILE only. is_grey: the image has no colours, so that the
 * profile has to be one for grey. */
enum pc_png_colour pc_png_colour(const void *bytes, size_t len, bool is_grey, struct pc_buf *out);

/* A PNG as Xcode packs it into apps, with a chunk that breaks the standard? */
bool pc_png_is_of_app(const void *bytes, size_t len);

#endif
