/* Scaling with Lanczos. Threads: safe, keeps nothing. */
#ifndef PC_IMAGE_RESIZE_H
#define PC_IMAGE_RESIZE_H

#include "image/internal.h"

/* Fills out (initialised to the size wanted, 3 bands) with the box of r. The box may reach outside
 * the picture: the edge is repeated there. Kernel taps may look past the box into the picture. */
PC_NODISCARD enum pc_code pc_resize(const struct pc_raster *r, struct pc_ibox box,
                                    struct pc_deadline deadline, struct pc_raster *out,
                                    struct pc_err *err);

#endif
