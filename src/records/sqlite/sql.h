/* Records in SQLite: its schema, its fixed statements and the builder of list queries, apart from
 * the driver so that a test can ask SQLite how it would run each of them.
 * Threads: constants and a pure function. */
#ifndef PC_RECORDS_SQLITE_SQL_H
#define PC_RECORDS_SQLITE_SQL_H

#include "base/buf.h"
#include "records/record.h"

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

#endif
