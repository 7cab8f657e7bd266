/* Private to src/image. Threads: safe. */
#ifndef PC_IMAGE_ICC_H
#define PC_IMAGE_ICC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Is this profile sRGB itself (primaries and curve within rounding), so that no transform is
 * needed? */
bool pc_icc_is_srgb(const uint8_t *icc, size_t len);

#endif
