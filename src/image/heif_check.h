/* Private to src/image. Threads: safe. */
#ifndef PC_IMAGE_HEIF_CHECK_H
#define PC_IMAGE_HEIF_CHECK_H

#include <stddef.h>

#include "base/err.h"

/* Are the boxes of a HEIC or AVIF file sound, so that libheif may have it? PC_OK, or image_corrupt
 * with what is wrong as the detail. Allocates nothing. */
PC_NODISCARD enum pc_code pc_heif_check(const void *bytes, size_t len, struct pc_err *err);

#endif
