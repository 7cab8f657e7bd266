/* Records in SQLite: what the files of this driver share. Private to src/records/sqlite.
 *
 *     driver.c   the slots: transactions, and which connection runs what
 *     sql.c      schema, fixed statements, and the builder of list queries: apart, so that a test can
 *                ask SQLite how it runs each of them
 *     read.c     reading rows
 *     write.c    the steps of changes
 *
 * Threads: the caller holds the connection; what is in sql.c is constant or pure.
 */
#ifndef PC_RECORDS_SQLITE_INTERNAL_H
#define PC_RECORDS_SQLITE_INTERNAL_H

#include "base/buf.h"
#include "records/driver.h"
#include "sqlite/sqlite.h"

/* --- SQL (sql.c) --- */

/* Schema steps, applied in order; only ever add to the end. */
enum { PC_RECORDS_SQLITE_SCHEMA_VERSION = 2 };
extern const char *const pc_records_sqlite_schema[PC_RECORDS_SQLITE_SCHEMA_VERSION];

enum pc_records_sqlite_read { /* statements of a reading connection (the writer has them too) */
                              READ_BY_ID,
                              READ_BY_URL,
                              READ_COUNTS,
                              READ_STALE,
                              READ_REFERENCES_BLOB,
                              READ_PRUNED_SEQ,
                              READ_TOMBSTONES,
                              READ_SETTING,
                              READ_COUNT
};

enum pc_records_sqlite_write { /* statements that only the writing connection has */
                               WRITE_NEXT_SEQ = READ_COUNT,
                               WRITE_INSERT,
                               WRITE_BEGIN,
                               WRITE_PROGRESS,
                               WRITE_FINISH,
                               WRITE_FAIL,
                               WRITE_NOTE_ERROR,
                               WRITE_REOPEN,
                               WRITE_REMOVE,
                               WRITE_DOCUMENTS,
                               WRITE_REMOVE_DOCUMENTS,
                               WRITE_BLOB_REFERENCE,
                               WRITE_REMOVE_SHOT_BLOBS,
                               WRITE_REMOVE_BLOBS,
                               WRITE_IMPORT,
                               WRITE_REVIEW,
                               WRITE_ANNOTATIONS,
                               WRITE_REMOVE_ANNOTATIONS,
                               WRITE_TOMBSTONE,
                               WRITE_SETTING,
                               WRITE_COUNT
};
extern const char *const pc_records_sqlite_statements[WRITE_COUNT];

enum pc_records_sqlite_column { /* of READ_BY_ID and READ_BY_URL */
                                COL_ID,
                                COL_SEQ,
                                COL_URL,
                                COL_NAME,
                                COL_SKU,
                                COL_LABEL,
                                COL_BATCH,
                                COL_STATUS,
                                COL_STAGE,
                                COL_PROGRESS,
                                COL_ATTEMPTS,
                                COL_ERROR_CODE,
                                COL_ERROR_MESSAGE,
                                COL_ORIGINAL_KEY,
                                COL_FORMAT,
                                COL_BYTES,
                                COL_WIDTH,
                                COL_HEIGHT,
                                COL_ATTENTION,
                                COL_CREATED,
                                COL_UPDATED,
                                COL_FINISHED,
                                COL_REVIEW,
                                COL_SHOTS,
                                COL_DETAIL,
                                COL_EDITS,
                                COL_DECISIONS
};

/* Appends the query for the ids of q's page, or for how many match when total. Its parameters:
 * ?1 since, ?2 status, ?3 after, ?4 batch, ?5 search pattern, ?6 search id, ?7 limit, ?8 offset;
 * one that the query does not need is left out of its text. */
void pc_records_sqlite_build_list(struct pc_buf *sql, const struct pc_record_query *q, bool total);
/* Appends the query for rows of (status, attention, how many) of what matches q's search, batch and
 * review. */
void pc_records_sqlite_build_count(struct pc_buf *sql, const struct pc_record_query *q);
/* Gives: the LIKE pattern (escape '\') that finds text anywhere. */
char *pc_records_sqlite_like_pattern(const char *text);

/* --- reading (read.c), on any connection. Arguments and results are those of the slots --- */

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

/* --- writing (write.c), on the writing connection, within a transaction of the caller --- */

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
/* One of import. */
PC_NODISCARD enum pc_code pc_records_sqlite_import(struct pc_sqlite *c, const struct pc_record *r,
                                                   struct pc_err *err);

#endif
