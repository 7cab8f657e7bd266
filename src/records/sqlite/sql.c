/* The tables:
 *
 *     images   what lists, filters and searches read, in short rows
 *     papers   the long JSON of shots and detail; apart from images, so that a search reads about
 *              30 MB at 100,000 images and not 500 MB
 *     blobs    which image refers to which blob
 *     store    one row: the seq of the store, and the counts, which triggers update in the
 *              transaction of every change
 *     marks    what people set and decided: a row for each image that they changed
 *     gone     the tombstones, numbered without gaps, so that a trigger can drop the oldest by its number
 *     kept     the texts that all processes share
 */
#include "records/sqlite/internal.h"

_Static_assert(PC_RECORDS_TOMBSTONES_MIN == 10000,
               "the trigger gone_pruned counts as the header says");

const char *const pc_records_sqlite_schema[PC_RECORDS_SQLITE_SCHEMA_VERSION] = {
    "CREATE TABLE images("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT," /* never used twice: the queue and the blobs refer to it */
    "  seq INTEGER NOT NULL,"
    "  url TEXT NOT NULL,"
    "  name TEXT NOT NULL, sku TEXT NOT NULL, label TEXT NOT NULL, batch TEXT NOT NULL,"
    "  status INTEGER NOT NULL DEFAULT 0," /* enum pc_record_status */
    "  stage TEXT NOT NULL DEFAULT 'queued',"
    "  progress INTEGER NOT NULL DEFAULT 0,"
    "  attempts INTEGER NOT NULL DEFAULT 0,"
    "  error_code TEXT NOT NULL DEFAULT '', error_message TEXT NOT NULL DEFAULT '',"
    "  original_key TEXT NOT NULL, format TEXT NOT NULL, bytes INTEGER NOT NULL,"
    "  width INTEGER NOT NULL DEFAULT 0, height INTEGER NOT NULL DEFAULT 0,"
    "  attention INTEGER NOT NULL DEFAULT 0,"
    "  created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL,"
    "  finished_ms INTEGER NOT NULL DEFAULT 0);"
    "CREATE UNIQUE INDEX images_url ON images(url);"
    "CREATE UNIQUE INDEX images_seq ON images(seq);"
    "CREATE INDEX images_updated ON images(updated_ms);"
    "CREATE INDEX images_status ON images(status, updated_ms);"
    "CREATE INDEX images_status_id ON images(status, id);"
    "CREATE INDEX images_name ON images(name COLLATE NOCASE);"
    "CREATE INDEX images_batch ON images(batch) WHERE batch <> '';"
    "CREATE INDEX images_attention ON images(attention) WHERE attention = 1;"
    "CREATE TABLE papers(id INTEGER PRIMARY KEY, shots TEXT NOT NULL, detail TEXT NOT NULL);"
    "CREATE TABLE blobs(key TEXT NOT NULL, image INTEGER NOT NULL, PRIMARY KEY(key, image))"
    "  WITHOUT ROWID;"
    "CREATE INDEX blobs_image ON blobs(image);"
    "CREATE TABLE store(one INTEGER PRIMARY KEY CHECK(one = 1), seq INTEGER NOT NULL,"
    "  pending INTEGER NOT NULL, processed INTEGER NOT NULL, failed INTEGER NOT NULL,"
    "  attention INTEGER NOT NULL);"
    "INSERT INTO store VALUES(1, 0, 0, 0, 0, 0);"
    "CREATE TRIGGER images_added AFTER INSERT ON images BEGIN"
    "  UPDATE store SET pending = pending + (new.status = 0),"
    "    processed = processed + (new.status = 1), failed = failed + (new.status = 2),"
    "    attention = attention + new.attention; END;"
    "CREATE TRIGGER images_changed AFTER UPDATE OF status, attention ON images BEGIN"
    "  UPDATE store SET pending = pending + (new.status = 0) - (old.status = 0),"
    "    processed = processed + (new.status = 1) - (old.status = 1),"
    "    failed = failed + (new.status = 2) - (old.status = 2),"
    "    attention = attention + new.attention - old.attention; END;"
    "CREATE TRIGGER images_removed AFTER DELETE ON images BEGIN"
    "  UPDATE store SET pending = pending - (old.status = 0),"
    "    processed = processed - (old.status = 1), failed = failed - (old.status = 2),"
    "    attention = attention - old.attention; END;",

    "ALTER TABLE images ADD COLUMN review INTEGER NOT NULL DEFAULT 0;" /* enum pc_record_review */
    "CREATE INDEX images_reviewed ON images(review, updated_ms) WHERE review > 0;"
    "CREATE INDEX images_attention_review ON images(review) WHERE attention = 1;"
    "CREATE INDEX images_tally ON images(review, status, attention);"
    "CREATE INDEX images_batch_tally ON images(batch, status, attention) WHERE batch <> '';"
    "CREATE TABLE marks(id INTEGER PRIMARY KEY, edits TEXT NOT NULL, verdicts TEXT NOT NULL);"
    "CREATE TABLE kept(name TEXT PRIMARY KEY, text TEXT, version INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE gone(n INTEGER PRIMARY KEY, seq INTEGER NOT NULL, image INTEGER NOT NULL);"
    "CREATE UNIQUE INDEX gone_seq ON gone(seq);"
    "ALTER TABLE store ADD COLUMN forgotten INTEGER NOT NULL DEFAULT 0;"
    "UPDATE store SET forgotten = seq;" /* earlier removals were not recorded */
    "CREATE TRIGGER gone_pruned AFTER INSERT ON gone WHEN new.n > 10000 BEGIN"
    "  UPDATE store SET forgotten = (SELECT seq FROM gone WHERE n = new.n - 10000);"
    "  DELETE FROM gone WHERE n = new.n - 10000; END;",
};

#define SELECT_RECORD                                                                              \
    "SELECT i.id, seq, url, name, sku, label, batch, status, stage, progress, attempts, "          \
    "error_code, error_message, original_key, format, bytes, width, height, attention, "           \
    "created_ms, updated_ms, finished_ms, review, p.shots, p.detail, m.edits, m.verdicts "         \
    "FROM images i LEFT JOIN papers p ON p.id = i.id LEFT JOIN marks m ON m.id = i.id "

/* Every change of a record takes the seq that WRITE_NEXT_SEQ made in the same transaction, and the
 * time ?2. */
#define CHANGE "UPDATE images SET seq = (SELECT seq FROM store), updated_ms = ?2, "

const char *const pc_records_sqlite_statements[WRITE_COUNT] = {
    [READ_BY_ID] = SELECT_RECORD "WHERE i.id = ?1",
    [READ_BY_URL] = SELECT_RECORD "WHERE url = ?1",
    [READ_COUNTS] = "SELECT pending, processed, failed, attention, seq FROM store",
    [READ_STALE] = "SELECT id FROM images WHERE status = 0 AND updated_ms < ?1 "
                   "ORDER BY updated_ms, id LIMIT ?2",
    [READ_REFERENCES_BLOB] = "SELECT 1 FROM blobs WHERE key = ?1 LIMIT 1",
    [READ_PRUNED_SEQ] = "SELECT forgotten FROM store",
    [READ_TOMBSTONES] = "SELECT image FROM gone WHERE seq > ?1 ORDER BY seq LIMIT ?2",
    [READ_SETTING] = "SELECT text, version FROM kept WHERE name = ?1",
    [WRITE_NEXT_SEQ] = "UPDATE store SET seq = seq + 1",
    [WRITE_INSERT] = "INSERT INTO images(seq, url, name, sku, label, batch, original_key, format, "
                     "bytes, created_ms, updated_ms) "
                     "VALUES((SELECT seq FROM store), ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9)",
    [WRITE_BEGIN] = CHANGE "attempts = attempts + 1, progress = 0, "
                           "stage = iif(original_key = '', ?3, ?4) WHERE id = ?1 AND status = 0",
    [WRITE_PROGRESS] = CHANGE "stage = ?3, progress = ?4 WHERE id = ?1 AND status = 0",
    [WRITE_FINISH] = CHANGE "status = 1, stage = '', progress = 100, error_code = '', "
                            "error_message = '', finished_ms = ?2, "
                            "original_key = coalesce(?3, original_key), "
                            "format = coalesce(?4, format), bytes = ?5, width = ?6, height = ?7, "
                            "attention = ?8, review = iif(?9 < 0, review, ?9) "
                            "WHERE id = ?1 AND status = 0",
    [WRITE_FAIL] = CHANGE "status = 2, stage = '', progress = 0, finished_ms = ?2, "
                          "error_code = ?3, error_message = ?4 WHERE id = ?1 AND status = 0",
    [WRITE_NOTE_ERROR] = CHANGE "stage = 'queued', progress = 0, error_code = ?3, "
                                "error_message = ?4 WHERE id = ?1 AND status = 0",
    [WRITE_REOPEN] = CHANGE "status = 0, stage = 'queued', progress = 0, attempts = 0, "
                            "finished_ms = 0, error_code = '', error_message = '' "
                            "WHERE id = ?1 AND status = ?3",
    [WRITE_REMOVE] = "DELETE FROM images WHERE id = ?1",
    [WRITE_DOCUMENTS] = "INSERT OR REPLACE INTO papers(id, shots, detail) VALUES(?1, ?2, ?3)",
    [WRITE_REMOVE_DOCUMENTS] = "DELETE FROM papers WHERE id = ?1",
    [WRITE_BLOB_REFERENCE] = "INSERT OR IGNORE INTO blobs(key, image) VALUES(?1, ?2)",
    /* all but the original, which a result may leave unsaid */
    [WRITE_REMOVE_SHOT_BLOBS] = "DELETE FROM blobs WHERE image = ?1 "
                                "AND key <> (SELECT original_key FROM images WHERE id = ?1)",
    [WRITE_REMOVE_BLOBS] = "DELETE FROM blobs WHERE image = ?1",
    [WRITE_IMPORT] =
        "INSERT INTO images(seq, id, url, name, sku, label, batch, status, stage, "
        "progress, attempts, error_code, error_message, original_key, format, bytes, "
        "width, height, attention, review, created_ms, updated_ms, finished_ms) "
        "VALUES((SELECT seq FROM store), ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, "
        "?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)",
    [WRITE_REVIEW] = CHANGE "review = iif(?3 < 0, review, ?3) WHERE id = ?1",
    [WRITE_ANNOTATIONS] =
        "INSERT INTO marks(id, edits, verdicts) "
        "VALUES(?1, coalesce(?2, '{}'), coalesce(?3, '{}')) ON CONFLICT(id) DO UPDATE "
        "SET edits = coalesce(?2, edits), verdicts = coalesce(?3, verdicts)",
    [WRITE_REMOVE_ANNOTATIONS] = "DELETE FROM marks WHERE id = ?1",
    [WRITE_TOMBSTONE] = "INSERT INTO gone(seq, image) VALUES((SELECT seq FROM store), ?1)",
    [WRITE_SETTING] = "INSERT OR REPLACE INTO kept(name, text, version) VALUES(?1, ?2, ?3)",
};

/* A poller reads the few rows above its seq by the index of seq; the unary + keeps SQLite from
 * taking another filter's index, which would read and sort many. */
static void put_conditions(struct pc_buf *sql, const struct pc_record_query *q, bool counting)
{
    const char *plus = q->since_seq > 0 ? "+" : "";
    /* most are not reviewed: an index of that is for counting, not for a page in its order */
    bool most = q->review == PC_REVIEW_NONE && q->attention != 1 && !counting;
    pc_buf_puts(sql, " WHERE 1");
    if (q->since_seq > 0)
        pc_buf_puts(sql, " AND seq > ?1");
    if (q->after_id > 0)
        pc_buf_printf(sql, " AND %sid > ?3", plus);
    if (q->status >= 0)
        pc_buf_printf(sql, " AND %sstatus = ?2", plus);
    if (q->attention >= 0) /* a constant lets the partial index be used */
        pc_buf_printf(sql, " AND %sattention = %d", plus, q->attention);
    if (q->review >= 0)
        pc_buf_printf(sql, " AND %sreview = %d%s", most ? "+" : plus, q->review,
                      q->review > PC_REVIEW_NONE ? " AND review > 0" : "");
    if (q->batch)
        pc_buf_printf(sql, " AND %sbatch = ?4%s", plus, *q->batch ? " AND batch <> ''" : "");
    if (q->search)
        pc_buf_puts(sql, " AND (url LIKE ?5 ESCAPE '\\' OR name LIKE ?5 ESCAPE '\\' OR sku LIKE ?5 "
                         "ESCAPE '\\' OR label LIKE ?5 ESCAPE '\\' OR batch LIKE ?5 ESCAPE '\\' "
                         "OR id = ?6)");
}

static void put_order(struct pc_buf *sql, const struct pc_record_query *q)
{
    static const char *const columns[] = {
        [PC_SORT_ID] = "",
        [PC_SORT_UPDATED] = "updated_ms",
        [PC_SORT_NAME] = "name COLLATE NOCASE",
        [PC_SORT_STATUS] = "status",
    };
    if (q->since_seq > 0) {
        pc_buf_puts(sql, " ORDER BY seq");
        return;
    }
    const char *way = q->descending ? " DESC" : "", *column = columns[q->sort];
    pc_buf_puts(sql, " ORDER BY ");
    if (*column)
        pc_buf_printf(sql, "%s%s, ", column, way);
    pc_buf_printf(sql, "id%s", way);
}

void pc_records_sqlite_build_list(struct pc_buf *sql, const struct pc_record_query *q, bool total)
{
    pc_buf_puts(sql, total ? "SELECT count(*) FROM images" : "SELECT id FROM images");
    put_conditions(sql, q, total);
    if (total)
        return;
    put_order(sql, q);
    pc_buf_puts(sql, " LIMIT ?7 OFFSET ?8");
}

void pc_records_sqlite_build_count(struct pc_buf *sql, const struct pc_record_query *q)
{
    struct pc_record_query within = PC_RECORD_QUERY_INIT;
    within.search = q->search;
    within.batch = q->batch;
    within.review = q->review;
    pc_buf_puts(sql, "SELECT status, attention, count(*) FROM images");
    put_conditions(sql, &within, true);
    /* a search reads every row: then in the order in which they lie, not in an index's */
    pc_buf_puts(sql, q->search ? " GROUP BY +status, +attention" : " GROUP BY status, attention");
}

char *pc_records_sqlite_like_pattern(const char *text)
{
    struct pc_buf buf = PC_BUF_INIT;
    pc_buf_putc(&buf, '%');
    for (; *text; text++) {
        if (*text == '%' || *text == '_' || *text == '\\')
            pc_buf_putc(&buf, '\\');
        pc_buf_putc(&buf, *text);
    }
    pc_buf_putc(&buf, '%');
    return pc_buf_detach(&buf, NULL);
}
