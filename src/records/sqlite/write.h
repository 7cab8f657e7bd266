/* Records in SQLite: the steps of changes. Private to the driver. All of them run on the writing
 * connection, within a transaction that the caller began and ends.
 * Threads: one at a time, as the connection. */
#ifndef PC_RECORDS_SQLITE_WRITE_H
#define PC_RECORDS_SQLITE_WRITE_H

#include "records/driver.h"
#include "records/sqlite/read.h"
#include "records/sqlite/sql.h"

/* The store's seq grows; the change that follows takes it. */
PC_NODISCARD enum pc_code pc_records_sqlite_next_seq(struct pc_sqlite *c, struct pc_err *err);
/* One of insert_many. */
PC_NODISCARD enum pc_code pc_records_sqlite_insert(struct pc_sqlite *c,
                                                   const struct pc_record_new *f, int64_t now_ms,
                                                   struct pc_record *r, bool *created,
                                                   struct pc_err *err);
/* Runs a bound change; refusal when it changed nothing. */
PC_NODISCARD enum pc_code pc_records_sqlite_run_change(struct pc_sqlite *c,
                                                       enum pc_records_sqlite_write which,
                                                       enum pc_code refusal, struct pc_err *err);
PC_NODISCARD enum pc_code pc_records_sqlite_run_with_id(struct pc_sqlite *c,
                                                        enum pc_records_sqlite_write which,
                                                        int64_t id, struct pc_err *err);
/* Writes the result and notes which blobs the image references now. original_key may be NULL. */
PC_NODISCARD enum pc_code pc_records_sqlite_write_result(struct pc_sqlite *c, int64_t id,
                                                         const char *original_key,
                                                         const struct pc_record_result *result,
                                                         struct pc_err *err);
/* NULL: stay as they are. */
PC_NODISCARD enum pc_code pc_records_sqlite_write_annotations(
    struct pc_sqlite *c, int64_t id, const struct pc_record_edits *edits,
    const struct pc_record_decisions *decisions, struct pc_err *err);
PC_NODISCARD enum pc_code pc_records_sqlite_delete_rows(struct pc_sqlite *c, int64_t id,
                                                        struct pc_err *err);
/* One of adopt. */
PC_NODISCARD enum pc_code pc_records_sqlite_import(struct pc_sqlite *c, const struct pc_record *r,
                                                   struct pc_err *err);

#endif
