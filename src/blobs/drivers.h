/* The drivers of blobs. Only src/main/app.c and tests include this. */
#ifndef PC_BLOBS_DRIVERS_H
#define PC_BLOBS_DRIVERS_H

#include "blobs/blobs.h"
#include "blobs/driver.h"

/* "memory:": gone when it is closed. For tests. */
extern const struct pc_blobs_driver pc_blobs_memory;
/* "file:DIR": DIR is created when its parent exists. */
extern const struct pc_blobs_driver pc_blobs_file;
/* "s3://[KEY:SECRET@]BUCKET[/PREFIX][?endpoint=...]": see docs/s3.md. */
extern const struct pc_blobs_driver pc_blobs_s3;

#endif
