/* Sending what was collected to S3: in one request, or beyond 16 MiB in parts of 8 MiB.
 *
 * Each request is signed together with the hash of what it carries, so the server takes nothing
 * that was damaged on the way; the hash of the whole is kept with the object (x-amz-meta-sha256)
 * for those who read it. An upload in parts that fails is aborted; one whose program died is
 * dropped by pc_s3_abort_uploads.
 */
#ifndef PC_BLOBS_S3_UPLOAD_H
#define PC_BLOBS_S3_UPLOAD_H

#include <stdint.h>

#include "blobs/s3/client.h"
#include "blobs/s3/spool.h"

enum { PC_S3_SINGLE_PUT_MAX = 16 << 20, PC_S3_PART_BYTES = 8 << 20 };

/* After PC_OK the object is there whole and durable, else not at all. */
PC_NODISCARD enum pc_code pc_s3_upload(struct pc_s3_client *c, struct pc_s3_spool *s,
                                       const char *key, struct pc_err *err);
/* Drops uploads in parts below the address' prefix that were begun before before_ms. */
PC_NODISCARD enum pc_code pc_s3_abort_uploads(struct pc_s3_client *c, const struct pc_s3_url *url,
                                              int64_t before_ms, int *dropped, struct pc_err *err);

#endif
