/* Reading an S3 object in pieces. The first half megabyte comes with the opening, so a small blob
 * costs one request and stays readable when it is removed; a larger one is fetched as it is read,
 * and answers store_unavailable when it is removed or changed meanwhile. Read in order, its hash is
 * compared with the one that was stored with it.
 * Threads: one reader by one thread at a time.
 */
#ifndef PC_BLOBS_S3_READER_H
#define PC_BLOBS_S3_READER_H

#include "blobs/driver.h"
#include "blobs/s3/client.h"

/* As the slots read, read_at and close_reader of driver.h. */
PC_NODISCARD enum pc_code pc_s3_reader_open(struct pc_s3_client *c, const char *key,
                                            struct pc_blob_reader **out, struct pc_err *err);
PC_NODISCARD enum pc_code pc_s3_reader_read(struct pc_blob_reader *base, int64_t offset, void *data,
                                            size_t len, size_t *got, struct pc_err *err);
void pc_s3_reader_close(struct pc_blob_reader *base);

#endif
