/* The drivers that there are. Only src/main/app.c and tests include this. */
#ifndef PC_BLOBS_DRIVERS_H
#define PC_BLOBS_DRIVERS_H

#include "blobs/driver.h"

/* "memory:": gone when closed. For tests. */
extern const struct pc_blobs_driver pc_blobs_memory;
/* "file:DIR": DIR is made when its parent is there. */
extern const struct pc_blobs_driver pc_blobs_file;
/* "s3://[KEY:SECRET@]BUCKET[/PREFIX][?endpoint=...]": see s3_address.h, docs/s3.md. */
extern const struct pc_blobs_driver pc_blobs_s3;

#endif
