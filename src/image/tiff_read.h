/* TIFF through libvips, with the samples that the directory says are there. Private to src/image. */
#ifndef PC_IMAGE_TIFF_READ_H
#define PC_IMAGE_TIFF_READ_H

#include <vips/vips.h>

#include "base/err.h"

/* Opens the image that pc_tiff_choose finds: its colours, and alpha where it has any; pixels are decoded when they
 * are asked for. Borrows bytes for as long as the image lives. Gives *out, NULL on failure.
 * Threads: safe. Errors: unsupported_format, image_corrupt. */
PC_NODISCARD enum pc_code pc_tiff_open(const void *bytes, size_t len, VipsImage **out,
                                       struct pc_err *err);

/* 1..8, for a file that pc_tiff_open opened. */
int pc_tiff_orientation(const void *bytes, size_t len);

#endif
