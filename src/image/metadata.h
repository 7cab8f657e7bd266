/* The few facts of a file's metadata that are used: orientation, creator and copyright. A broken
 * block changes nothing: the image is still good. Private to src/image. Threads: safe. */
#ifndef PC_IMAGE_METADATA_H
#define PC_IMAGE_METADATA_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct pc_credits { /* "" when unknown */
    char creator[256];
    char rights[256];
};

/* Fills orientation (with 1..8, and only where it is 0) and credits that are still empty from an EXIF
 * block, with or without "Exif\0\0" in front. So of several blocks the first counts. */
void pc_exif_read(const uint8_t *bytes, size_t len, int *orientation, struct pc_credits *credits);
/* Fill credits that are still empty. */
void pc_xmp_read(const uint8_t *bytes, size_t len, struct pc_credits *credits);
void pc_iptc_read(const uint8_t *bytes, size_t len, struct pc_credits *credits);
/* Appends an EXIF block with the credits, "Exif\0\0" in front; nothing when both are empty. */
void pc_exif_write(const struct pc_credits *credits, struct pc_buf *out);

#endif
