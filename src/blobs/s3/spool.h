/* What a writer collects before it is sent: in memory up to a megabyte, beyond in a temporary file
 * that has no name (or loses it at once), so a crash leaves nothing behind.
 * Threads: one at a time.
 */
#ifndef PC_BLOBS_S3_SPOOL_H
#define PC_BLOBS_S3_SPOOL_H

#include <stdint.h>

#include "base/buf.h"
#include "base/hash.h"

struct pc_s3_spool {
    struct pc_buf memory; /* all of it, or nothing when fd is open */
    int fd;               /* -1: in memory */
    int64_t len;
    struct pc_sha256 *hash; /* of all; NULL after the end */
};

void pc_s3_spool_init(struct pc_s3_spool *s);
/* folder: where a temporary file may be. Errors: store_full, store_unavailable. */
PC_NODISCARD enum pc_code pc_s3_spool_add(struct pc_s3_spool *s, const char *folder,
                                          const void *data, size_t len, struct pc_err *err);
/* Once, after the last byte. */
void pc_s3_spool_hash(struct pc_s3_spool *s, char hex[PC_SHA256_HEX]);
/* Hash of a piece of it. Errors: store_unavailable (the file cannot be read). */
PC_NODISCARD enum pc_code pc_s3_spool_hash_range(const struct pc_s3_spool *s, int64_t offset,
                                                 int64_t len, char hex[PC_SHA256_HEX],
                                                 struct pc_err *err);
void pc_s3_spool_finish(struct pc_s3_spool *s);

#endif
