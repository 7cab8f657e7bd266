/* Scaling with Lanczos. Private to src/image. Threads: safe, keeps nothing. */
#ifndef PC_IMAGE_RESIZE_H
#define PC_IMAGE_RESIZE_H

#include "base/clock.h"
#include "base/err.h"
#include "base/geometry.h"
#include "image/raster.h"

/* Scales a box of a raster to width x height, one output row at a time. The box may reach outside the
 * raster, whose edge pixels are repeated there. Near its edges, the result also depends on pixels of
 * the raster just outside the box. init borrows r until finish. */
struct pc_scaler {
    const struct pc_raster *from;
    int width, height;
    struct pc_scaler_parts *parts; /* owns */
};
void pc_scaler_init(struct pc_scaler *s, const struct pc_raster *r, struct pc_ibox box, int width,
                    int height);
void pc_scaler_row(const struct pc_scaler *s, int row, uint8_t *rgb); /* fills width * 3 bytes */
void pc_scaler_finish(struct pc_scaler *s);

/* Scales the whole box. Fills out, which the caller has initialised to the size wanted and 3 bands.
 * Errors: timeout_cut. */
PC_NODISCARD enum pc_code pc_resize(const struct pc_raster *r, struct pc_ibox box,
                                    struct pc_deadline deadline, struct pc_raster *out,
                                    struct pc_err *err);

#endif
