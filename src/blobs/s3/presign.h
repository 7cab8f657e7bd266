/* Presigned addresses of blobs. Pure; thread-safe. */
#ifndef PC_BLOBS_S3_PRESIGN_H
#define PC_BLOBS_S3_PRESIGN_H

#include <stdint.h>

#include "blobs/s3/credentials.h"
#include "blobs/s3/url.h"

/* An address for GET that anyone may use, good for lifetime_s seconds at least (seven days
 * less an hour at most), but not beyond the end of the keys; those have not ended yet. It stays the
 * same for a while, so that browsers find the picture in their caches. Gives. */
char *pc_s3_presign_url(const struct pc_s3_url *a, const struct pc_s3_credentials *credentials,
                        const char *key, int64_t lifetime_s, int64_t now_s);

#endif
