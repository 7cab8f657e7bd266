/* The drivers that there are. Only src/main/app.c and tests include this. */
#ifndef PC_QUEUE_DRIVERS_H
#define PC_QUEUE_DRIVERS_H

#include "queue/driver.h"

/* "memory:": gone when closed. For tests and for `shoot`-like runs within one process. */
extern const struct pc_queue_driver pc_queue_memory;
/* "sqlite:PATH": one file, which may be the records' file; several processes of one machine may
 * share it. */
extern const struct pc_queue_driver pc_queue_sqlite;
/* "redis://[user:password@]host[:port][/db][?prefix=bull&queue=image-processing]", percent-encoded;
 * "rediss://" with TLS where the library has it. The layout of npm's bull 4. */
extern const struct pc_queue_driver pc_queue_bull;

#endif
