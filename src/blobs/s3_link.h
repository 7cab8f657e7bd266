/* Presigned addresses of blobs. Pure; thread-safe. */
#ifndef PC_BLOBS_S3_LINK_H
#define PC_BLOBS_S3_LINK_H

#include <stdint.h>

#include "blobs/s3_address.h"
#include "blobs/s3_keys.h"

/* An address for GET that anyone may use, good for lifetime_s seconds at least (seven days
 * less an hour at most), but not beyond the end of the keys; those have not ended yet. It stays the
 * same for a while, so that browsers find the picture in their caches. Gives. */
char *pc_s3_presign(const struct pc_s3_address *a, const struct pc_s3_keys *keys, const char *key,
                    int64_t lifetime_s, int64_t now_s);

#endif
