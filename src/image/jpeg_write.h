/* Private to src/image. Threads: safe. */
#ifndef PC_IMAGE_JPEG_WRITE_H
#define PC_IMAGE_JPEG_WRITE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "image/metadata.h"

/* An image as its writer wants it: row after row, so that it never lies in memory as a whole. */
struct pc_row_source {
    int width, height;
    void *ctx; /* borrows */
    /* Row y, width * 3 bytes; asked for from the first to the last. Lends until the next call. */
    const uint8_t *(*row)(void *ctx, int y);
};

/* Appends a JPEG file to out. Errors: timeout_cut, internal. */
PC_NODISCARD enum pc_code pc_jpeg_write(const struct pc_row_source *rows, int quality,
                                        bool progressive, const struct pc_credits *credits,
                                        struct pc_deadline deadline, struct pc_buf *out,
                                        struct pc_err *err);

#endif
