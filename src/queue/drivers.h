/* All drivers. Only src/main/app.c and tests include this. */
#ifndef PC_QUEUE_DRIVERS_H
#define PC_QUEUE_DRIVERS_H

#include "queue/driver.h"

/* "memory:": lost when closed. For tests, and for runs within one process. */
extern const struct pc_queue_driver pc_queue_memory;
/* "sqlite:PATH": a file, which may also be the records' file. Processes on one machine may share
 * it. */
extern const struct pc_queue_driver pc_queue_sqlite;
/* "redis://[user:password@]host[:port][/db][?prefix=bull&queue=image-processing]", percent-encoded;
 * "rediss://" with TLS, if the library has it. The layout is that of npm's bull 4. */
extern const struct pc_queue_driver pc_queue_bull;

#endif
