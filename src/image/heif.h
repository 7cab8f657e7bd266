/* HEIC and AVIF files, reduced to what their primary image needs. Private to src/image. Threads: safe.
 *
 * Such a file holds more than one image: thumbnails, depth and gain maps, tone-mapped alternatives,
 * films, and bytes that editors leave behind. libheif reads all of it before it decodes anything. It
 * rejects the whole file for one thing that it does not know, and some releases end the process on
 * damaged boxes. So libheif never sees the file itself, only one that is written here. */
#ifndef PC_IMAGE_HEIF_H
#define PC_IMAGE_HEIF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/* Appends to out a file with the primary image, its alpha, Exif and XMP, and nothing else. Fills
 * *premultiplied: are the colours multiplied by alpha? libvips does not ask libheif. If the image
 * has no ICC profile that can be used, and its `nclx` names another colour space than sRGB, the new
 * file has the profile of that space.
 * Errors: image_corrupt (what the image needs is damaged or not there), unsupported_format (it is
 * sound, and coded in a way that is not read). */
PC_NODISCARD enum pc_code pc_heif_isolate(const void *bytes, size_t len, struct pc_buf *out,
                                          bool *premultiplied, struct pc_err *err);

#endif
