/* Records in MongoDB: reading. Arguments and results are those of the slots in records/driver.h.
 * Threads: any. */
#ifndef PC_RECORDS_MONGO_READ_H
#define PC_RECORDS_MONGO_READ_H

#include "records/mongo/internal.h"

PC_NODISCARD enum pc_code pc_mongo_read_by_id(struct pc_mongo_connection *conn, int64_t id,
                                              struct pc_record *r, struct pc_err *err);
PC_NODISCARD enum pc_code pc_mongo_list(struct pc_records *rs, const struct pc_record_query *q,
                                        struct pc_record_list *out, struct pc_err *err);
PC_NODISCARD enum pc_code pc_mongo_count(struct pc_records *rs,
                                         const struct pc_record_query *within,
                                         int64_t counts[PC_STATUS_COUNT], int64_t *attention,
                                         int64_t *last_seq, struct pc_err *err);
PC_NODISCARD enum pc_code pc_mongo_list_stale(struct pc_records *rs, int64_t before_ms,
                                              int64_t *ids, int max, int *n, struct pc_err *err);
PC_NODISCARD enum pc_code pc_mongo_references_blob(struct pc_records *rs, const char *key,
                                                   bool *referenced, struct pc_err *err);

#endif
