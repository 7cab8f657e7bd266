/* Records in MongoDB: taking over records of another store. Arguments and results are those of the
 * slot in records/driver.h; after a refusal those before the refused one may be written.
 * Threads: any. */
#ifndef PC_RECORDS_MONGO_IMPORT_H
#define PC_RECORDS_MONGO_IMPORT_H

#include "records/mongo/internal.h"

PC_NODISCARD enum pc_code pc_mongo_import(struct pc_records *rs, const struct pc_record *items,
                                          int n, struct pc_err *err);

#endif
