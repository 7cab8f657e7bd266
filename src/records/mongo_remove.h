/* Records in MongoDB: removing, and what is remembered of it. Arguments and results are those of
 * the slots in records/driver.h. Threads: any. */
#ifndef PC_RECORDS_MONGO_REMOVE_H
#define PC_RECORDS_MONGO_REMOVE_H

#include "records/mongo_io.h"

PC_NODISCARD enum pc_code pc_mongo_remove(struct pc_records *rs, int64_t id, struct pc_record *r,
                                          struct pc_err *err);
PC_NODISCARD enum pc_code pc_mongo_gone(struct pc_records *rs, int64_t since_seq, int64_t *ids,
                                        int max, int *n, bool *all, struct pc_err *err);
/* Forgets all but the last PC_RECORDS_GONE_MAX removals. */
PC_NODISCARD enum pc_code pc_mongo_prune(struct mongo_io *io, struct pc_err *err);

#endif
