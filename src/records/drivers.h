/* The drivers that there are. Only src/main/app.c and tests include this. */
#ifndef PC_RECORDS_DRIVERS_H
#define PC_RECORDS_DRIVERS_H

#include "records/driver.h"

/* "memory:": gone when closed. Listing walks all records: for tests and small runs. */
extern const struct pc_records_driver pc_records_memory;
/* "sqlite:PATH": one file; several processes of one machine may share it. */
extern const struct pc_records_driver pc_records_sqlite;
/* "mongodb://HOST/DATABASE", "mongodb+srv://...": any number of machines share it. */
extern const struct pc_records_driver pc_records_mongo;

#endif
