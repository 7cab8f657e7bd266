/* Where the first frame of an animation lies on its canvas. Private to src/image. Threads: safe. */
#ifndef PC_IMAGE_FRAME_H
#define PC_IMAGE_FRAME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/geometry.h"

/* Both fill box, which may reach beyond the canvas. False when the file has no frame at a place of its
 * own: a plain WebP, or a damaged file. */
bool pc_gif_first_frame(const void *bytes, size_t len, struct pc_ibox *box);
bool pc_webp_first_frame(const void *bytes, size_t len, struct pc_ibox *box);

#endif
