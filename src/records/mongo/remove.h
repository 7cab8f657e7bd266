/* Records in MongoDB: removing, and what is remembered of it. Arguments and results are those of
 * the slots in records/driver.h. Threads: any. */
#ifndef PC_RECORDS_MONGO_REMOVE_H
#define PC_RECORDS_MONGO_REMOVE_H

#include "records/mongo/internal.h"

PC_NODISCARD enum pc_code pc_mongo_remove(struct pc_records *rs, int64_t id, struct pc_record *r,
                                          struct pc_err *err);
PC_NODISCARD enum pc_code pc_mongo_list_tombstones(struct pc_records *rs, int64_t since_seq,
                                                   int64_t *ids, int max, int *n, bool *all,
                                                   struct pc_err *err);
/* Forgets all but the last PC_RECORDS_TOMBSTONES_MAX removals. */
PC_NODISCARD enum pc_code pc_mongo_prune_tombstones(struct pc_mongo_connection *conn,
                                                    struct pc_err *err);

#endif
