/* Reading rows: everything here works on one connection that the caller holds. */
#include "records/sqlite/internal.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"
#include "records/codec.h"

/* Gives, NULL when there is none. */
static json_t *read_json(sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    return text ? json_loads(text, 0, NULL) : NULL;
}

static void read_typed(sqlite3_stmt *row, struct pc_record *r)
{
    json_t *shots = read_json(row, COL_SHOTS), *detail = read_json(row, COL_DETAIL),
           *edits = read_json(row, COL_EDITS), *decisions = read_json(row, COL_DECISIONS);
    pc_codec_decode_result(shots, detail, &r->result);
    pc_codec_decode_edits(edits, &r->edits);
    pc_codec_decode_decisions(decisions, &r->decisions);
    json_decref(shots);
    json_decref(detail);
    json_decref(edits);
    json_decref(decisions);
}

static void read_text(sqlite3_stmt *row, int column, char **slot)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    pc_record_set_text(slot, text ? text : "");
}

static void read_row(sqlite3_stmt *row, struct pc_record *r)
{
    r->id = sqlite3_column_int64(row, COL_ID);
    r->seq = sqlite3_column_int64(row, COL_SEQ);
    read_text(row, COL_URL, &r->url);
    read_text(row, COL_NAME, &r->name);
    read_text(row, COL_SKU, &r->sku);
    read_text(row, COL_LABEL, &r->label);
    read_text(row, COL_BATCH, &r->batch);
    r->status = (enum pc_record_status)sqlite3_column_int(row, COL_STATUS);
    read_text(row, COL_STAGE, &r->stage);
    r->progress = sqlite3_column_int(row, COL_PROGRESS);
    r->attempts = sqlite3_column_int(row, COL_ATTEMPTS);
    read_text(row, COL_ERROR_CODE, &r->error_code);
    read_text(row, COL_ERROR_MESSAGE, &r->error_message);
    read_text(row, COL_ORIGINAL_KEY, &r->original_key);
    read_text(row, COL_FORMAT, &r->format);
    r->bytes = sqlite3_column_int64(row, COL_BYTES);
    r->width = sqlite3_column_int(row, COL_WIDTH);
    r->height = sqlite3_column_int(row, COL_HEIGHT);
    r->attention = sqlite3_column_int(row, COL_ATTENTION) != 0;
    r->created_ms = sqlite3_column_int64(row, COL_CREATED);
    r->updated_ms = sqlite3_column_int64(row, COL_UPDATED);
    r->finished_ms = sqlite3_column_int64(row, COL_FINISHED);
    r->review = (enum pc_record_review)sqlite3_column_int(row, COL_REVIEW);
    pc_record_result_finish(&r->result);
    pc_record_edits_finish(&r->edits);
    pc_record_decisions_finish(&r->decisions);
    read_typed(row, r);
}

/* Reads the one row of a bound statement; not_found when there is none. */
static enum pc_code read_record(struct pc_sqlite *c, sqlite3_stmt *stmt, struct pc_record *r,
                                struct pc_err *err)
{
    bool row;
    enum pc_code rc = pc_sqlite_step(c, stmt, &row, err);
    if (!rc && row)
        read_row(stmt, r);
    sqlite3_reset(stmt);
    return rc || row ? rc : pc_fail(err, PC_E_NOT_FOUND, NULL);
}

enum pc_code pc_records_sqlite_read_by_id(struct pc_sqlite *c, int64_t id, struct pc_record *r,
                                          struct pc_err *err)
{
    pc_sqlite_bind(c->stmts[READ_BY_ID], "i", id);
    return read_record(c, c->stmts[READ_BY_ID], r, err);
}

enum pc_code pc_records_sqlite_read_by_url(struct pc_sqlite *c, const char *url,
                                           struct pc_record *r, struct pc_err *err)
{
    pc_sqlite_bind(c->stmts[READ_BY_URL], "t", url);
    return read_record(c, c->stmts[READ_BY_URL], r, err);
}

enum pc_code pc_records_sqlite_count_all(struct pc_sqlite *c, int64_t counts[PC_STATUS_COUNT],
                                         int64_t *attention, int64_t *last_seq, struct pc_err *err)
{
    sqlite3_stmt *stmt = c->stmts[READ_COUNTS];
    bool row;
    enum pc_code rc = pc_sqlite_step(c, stmt, &row, err);
    if (rc)
        return rc;
    assert(row); /* the schema made this row, nothing deletes it */
    for (int i = 0; i < PC_STATUS_COUNT; i++)
        counts[i] = sqlite3_column_int64(stmt, i);
    *attention = sqlite3_column_int64(stmt, PC_STATUS_COUNT);
    *last_seq = sqlite3_column_int64(stmt, PC_STATUS_COUNT + 1);
    sqlite3_reset(stmt);
    return PC_OK;
}

static void bind_named(sqlite3_stmt *stmt, const char *name, int64_t value)
{
    int at = sqlite3_bind_parameter_index(stmt, name);
    if (at)
        sqlite3_bind_int64(stmt, at, value);
}

static void bind_named_text(sqlite3_stmt *stmt, const char *name, const char *value)
{
    int at = sqlite3_bind_parameter_index(stmt, name);
    if (at)
        sqlite3_bind_text(stmt, at, value, -1, SQLITE_TRANSIENT);
}

static void bind_query(sqlite3_stmt *stmt, const struct pc_record_query *q)
{
    bind_named(stmt, "?1", q->since_seq);
    bind_named(stmt, "?2", q->status);
    bind_named(stmt, "?3", q->after_id);
    bind_named_text(stmt, "?4", q->batch);
    bind_named(stmt, "?7", q->limit);
    bind_named(stmt, "?8", q->offset);
    if (q->search) {
        char *pattern = pc_records_sqlite_like_pattern(q->search);
        int64_t id = 0;
        bind_named_text(stmt, "?5", pattern);
        bind_named(stmt, "?6", pc_str_to_i64(q->search, 1, INT64_MAX, &id) ? id : -1);
        free(pattern);
    }
}

/* Takes sql. Gives *stmt, prepared and bound; the caller finalizes it. */
static enum pc_code prepare_query(struct pc_sqlite *c, struct pc_buf *sql,
                                  const struct pc_record_query *q, sqlite3_stmt **stmt,
                                  struct pc_err *err)
{
    int result = sqlite3_prepare_v2(c->db, pc_buf_text(sql), -1, stmt, NULL);
    pc_buf_finish(sql);
    if (result != SQLITE_OK)
        return pc_sqlite_fail(c, result, "preparing a list", err);
    bind_query(*stmt, q);
    return PC_OK;
}

static enum pc_code prepare_list(struct pc_sqlite *c, const struct pc_record_query *q, bool total,
                                 sqlite3_stmt **stmt, struct pc_err *err)
{
    struct pc_buf sql = PC_BUF_INIT;
    pc_records_sqlite_build_list(&sql, q, total);
    return prepare_query(c, &sql, q, stmt, err);
}

static enum pc_code read_total(struct pc_sqlite *c, const struct pc_record_query *q, int64_t *total,
                               struct pc_err *err)
{
    sqlite3_stmt *stmt = NULL;
    enum pc_code rc = prepare_list(c, q, true, &stmt, err);
    bool row;
    if (!rc)
        rc = pc_sqlite_step(c, stmt, &row, err);
    if (!rc)
        *total = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return rc;
}

static enum pc_code read_page(struct pc_sqlite *c, const struct pc_record_query *q,
                              struct pc_record_list *out, struct pc_err *err)
{
    sqlite3_stmt *stmt = NULL;
    enum pc_code rc = prepare_list(c, q, false, &stmt, err);
    bool row = false;
    while (!rc && !(rc = pc_sqlite_step(c, stmt, &row, err)) && row) {
        struct pc_record *r = &out->items[out->n++];
        pc_record_init(r);
        rc = pc_records_sqlite_read_by_id(c, sqlite3_column_int64(stmt, 0), r, err);
    }
    sqlite3_finalize(stmt);
    return rc;
}

/* In a transaction, so that all of it comes from one state of the store. */
static enum pc_code read_list(struct pc_sqlite *c, const struct pc_record_query *q,
                              struct pc_record_list *out, struct pc_err *err)
{
    int64_t counts[PC_STATUS_COUNT], attention;
    enum pc_code rc = pc_records_sqlite_count_all(c, counts, &attention, &out->last_seq, err);
    if (!rc)
        rc = read_page(c, q, out, err);
    if (!rc && q->want_total)
        rc = read_total(c, q, &out->total, err);
    return rc;
}

enum pc_code pc_records_sqlite_count_within(struct pc_sqlite *c,
                                            const struct pc_record_query *within,
                                            int64_t counts[PC_STATUS_COUNT], int64_t *attention,
                                            struct pc_err *err)
{
    struct pc_buf sql = PC_BUF_INIT;
    sqlite3_stmt *stmt = NULL;
    pc_records_sqlite_build_count(&sql, within);
    enum pc_code rc = prepare_query(c, &sql, within, &stmt, err);
    bool row = false;
    for (int i = 0; i < PC_STATUS_COUNT; i++)
        counts[i] = 0;
    *attention = 0;
    while (!rc && !(rc = pc_sqlite_step(c, stmt, &row, err)) && row) {
        int status = sqlite3_column_int(stmt, 0);
        int64_t n = sqlite3_column_int64(stmt, 2);
        if (status >= 0 && status < PC_STATUS_COUNT)
            counts[status] += n;
        if (sqlite3_column_int(stmt, 1))
            *attention += n;
    }
    sqlite3_finalize(stmt);
    return rc;
}

enum pc_code pc_records_sqlite_read_page(struct pc_sqlite *c, const struct pc_record_query *q,
                                         struct pc_record_list *out, struct pc_err *err)
{
    out->items = pc_xzalloc((size_t)q->limit * sizeof *out->items);
    enum pc_code rc = pc_sqlite_exec(c, "BEGIN", err);
    return rc ? rc : pc_sqlite_end(c, read_list(c, q, out, err), err);
}

enum pc_code pc_records_sqlite_list_stale(struct pc_sqlite *c, int64_t before_ms, int64_t *ids,
                                          int max, int *n, struct pc_err *err)
{
    sqlite3_stmt *stmt = c->stmts[READ_STALE];
    pc_sqlite_bind(stmt, "ii", before_ms, (int64_t)max);
    bool row = false;
    enum pc_code rc;
    while (!(rc = pc_sqlite_step(c, stmt, &row, err)) && row)
        ids[(*n)++] = sqlite3_column_int64(stmt, 0);
    return rc;
}

enum pc_code pc_records_sqlite_references_blob(struct pc_sqlite *c, const char *key,
                                               bool *referenced, struct pc_err *err)
{
    sqlite3_stmt *stmt = c->stmts[READ_REFERENCES_BLOB];
    pc_sqlite_bind(stmt, "t", key);
    enum pc_code rc = pc_sqlite_step(c, stmt, referenced, err);
    sqlite3_reset(stmt);
    return rc;
}

/* Reads the one number of a statement without parameters. */
static enum pc_code read_number(struct pc_sqlite *c, sqlite3_stmt *stmt, int64_t *value,
                                struct pc_err *err)
{
    bool row = false;
    enum pc_code rc = pc_sqlite_step(c, stmt, &row, err);
    if (!rc && row)
        *value = sqlite3_column_int64(stmt, 0);
    sqlite3_reset(stmt);
    return rc;
}

/* The seq of the last pruned tombstone is read after the tombstones. A removal in between can then only
 * lead to "not all", which makes the caller read everything again. */
enum pc_code pc_records_sqlite_list_tombstones(struct pc_sqlite *c, int64_t since_seq, int64_t *ids,
                                               int max, int *n, bool *all, struct pc_err *err)
{
    sqlite3_stmt *stmt = c->stmts[READ_TOMBSTONES];
    int64_t pruned_seq = 0;
    bool row = false;
    enum pc_code rc;
    pc_sqlite_bind(stmt, "ii", since_seq, (int64_t)max + 1);
    while (!(rc = pc_sqlite_step(c, stmt, &row, err)) && row && *n < max)
        ids[(*n)++] = sqlite3_column_int64(stmt, 0);
    sqlite3_reset(stmt);
    bool more = row;
    if (!rc)
        rc = read_number(c, c->stmts[READ_PRUNED_SEQ], &pruned_seq, err);
    *all = !more && since_seq >= pruned_seq;
    return rc;
}

enum pc_code pc_records_sqlite_get_setting(struct pc_sqlite *c, const char *name, char **text,
                                           int64_t *version, struct pc_err *err)
{
    sqlite3_stmt *stmt = c->stmts[READ_SETTING];
    bool row;
    pc_sqlite_bind(stmt, "t", name);
    enum pc_code rc = pc_sqlite_step(c, stmt, &row, err);
    if (!rc && row) {
        const char *value = (const char *)sqlite3_column_text(stmt, 0);
        *text = value ? pc_xstrdup(value) : NULL;
        *version = sqlite3_column_int64(stmt, 1);
    }
    sqlite3_reset(stmt);
    return rc;
}
