/* Records in MongoDB: adding. Arguments and results are those of the slot in records/driver.h.
 *
 * All or none, without transactions: the ids are reserved first, and after a failure in the middle
 * what was written under them is deleted again. When the server cannot even be asked for that, some
 * of the batch may stay as pending records; they are whole, the sweeper gives them jobs, and the
 * same batch sent again finds them.
 *
 * Documents of the first version are taken over when their url is added again (mongo_old.h).
 * Threads: any.
 */
#ifndef PC_RECORDS_MONGO_INSERT_H
#define PC_RECORDS_MONGO_INSERT_H

#include "records/mongo/internal.h"

PC_NODISCARD enum pc_code pc_mongo_insert_new(struct pc_records *rs,
                                              const struct pc_record_new *fresh, int n,
                                              int64_t now_ms, struct pc_record *items,
                                              bool *created, struct pc_err *err);

#endif
