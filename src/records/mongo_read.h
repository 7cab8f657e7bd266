/* Records in MongoDB: reading. Arguments and results are those of the slots in records/driver.h.
 * Threads: any. */
#ifndef PC_RECORDS_MONGO_READ_H
#define PC_RECORDS_MONGO_READ_H

#include "records/mongo_io.h"

PC_NODISCARD enum pc_code pc_mongo_by_id(struct mongo_io *io, int64_t id, struct pc_record *r,
                                         struct pc_err *err);
PC_NODISCARD enum pc_code pc_mongo_list(struct pc_records *rs, const struct pc_record_query *q,
                                        struct pc_record_list *out, struct pc_err *err);
PC_NODISCARD enum pc_code pc_mongo_count(struct pc_records *rs,
                                         const struct pc_record_query *within,
                                         int64_t counts[PC_STATUS_COUNT], int64_t *attention,
                                         int64_t *last_seq, struct pc_err *err);
PC_NODISCARD enum pc_code pc_mongo_stale(struct pc_records *rs, int64_t before_ms, int64_t *ids,
                                         int max, int *n, struct pc_err *err);
PC_NODISCARD enum pc_code pc_mongo_names_blob(struct pc_records *rs, const char *key, bool *named,
                                              struct pc_err *err);

#endif
