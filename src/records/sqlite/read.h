/* Records in SQLite: reading, on a connection that has the statements of READ_COUNT prepared.
 * Arguments and results are those of the slots in records/driver.h.
 * Threads: the caller holds the connection. */
#ifndef PC_RECORDS_SQLITE_READ_H
#define PC_RECORDS_SQLITE_READ_H

#include "records/record.h"
#include "sqlite/sqlite.h"

/* not_found when there is none. r was initialised. */
PC_NODISCARD enum pc_code pc_records_sqlite_read_by_id(struct pc_sqlite *c, int64_t id,
                                                       struct pc_record *r, struct pc_err *err);
PC_NODISCARD enum pc_code pc_records_sqlite_read_by_url(struct pc_sqlite *c, const char *url,
                                                        struct pc_record *r, struct pc_err *err);
PC_NODISCARD enum pc_code pc_records_sqlite_count_all(struct pc_sqlite *c,
                                                      int64_t counts[PC_STATUS_COUNT],
                                                      int64_t *attention, int64_t *last_seq,
                                                      struct pc_err *err);
/* Within what matches; a within of count's, not NULL. */
PC_NODISCARD enum pc_code pc_records_sqlite_count_within(struct pc_sqlite *c,
                                                         const struct pc_record_query *within,
                                                         int64_t counts[PC_STATUS_COUNT],
                                                         int64_t *attention, struct pc_err *err);
PC_NODISCARD enum pc_code pc_records_sqlite_read_page(struct pc_sqlite *c,
                                                      const struct pc_record_query *q,
                                                      struct pc_record_list *out,
                                                      struct pc_err *err);
PC_NODISCARD enum pc_code pc_records_sqlite_list_stale(struct pc_sqlite *c, int64_t before_ms,
                                                       int64_t *ids, int max, int *n,
                                                       struct pc_err *err);
PC_NODISCARD enum pc_code pc_records_sqlite_references_blob(struct pc_sqlite *c, const char *key,
                                                            bool *referenced, struct pc_err *err);
PC_NODISCARD enum pc_code pc_records_sqlite_list_tombstones(struct pc_sqlite *c, int64_t since_seq,
                                                            int64_t *ids, int max, int *n,
                                                            bool *all, struct pc_err *err);
PC_NODISCARD enum pc_code pc_records_sqlite_get_setting(struct pc_sqlite *c, const char *name,
                                                        char **text, int64_t *version,
                                                        struct pc_err *err);

#endif
