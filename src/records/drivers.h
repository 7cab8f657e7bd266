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

/* Makes records of documents that the first version left in MongoDB, at most max at once. *imported
 * is how many; 0 when none is left, or when rs is a store of another driver. Any number of processes
 * may do this at once, and may be killed. Errors: as records.h. */
PC_NODISCARD enum pc_code pc_mongo_import_legacy(struct pc_records *rs, int max, int *imported,
                                                 struct pc_err *err);

#endif
