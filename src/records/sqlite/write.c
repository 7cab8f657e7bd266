/* Records in SQLite: the steps of changes, within a transaction of the driver. */
#include "records/sqlite/internal.h"

#include <stdlib.h>

#include "records/codec.h"

enum pc_code pc_records_sqlite_next_seq(struct pc_sqlite *c, struct pc_err *err)
{
    return pc_sqlite_run(c, c->stmts[WRITE_NEXT_SEQ], NULL, err);
}

static enum pc_code write_blob_reference(struct pc_sqlite *c, int64_t id, const char *key,
                                         struct pc_err *err)
{
    if (!key || !*key)
        return PC_OK;
    pc_sqlite_bind(c->stmts[WRITE_BLOB_REFERENCE], "ti", key, id);
    return pc_sqlite_run(c, c->stmts[WRITE_BLOB_REFERENCE], NULL, err);
}

/* The transaction holds the write lock of the file, so nobody can insert between the search and the
 * insert. If all urls are known, nothing is written, so nothing is synced. */
enum pc_code pc_records_sqlite_insert(struct pc_sqlite *c, const struct pc_record_new *f,
                                      int64_t now_ms, struct pc_record *r, bool *created,
                                      struct pc_err *err)
{
    enum pc_code rc = pc_records_sqlite_read_by_url(c, f->url, r, err);
    if (rc != PC_E_NOT_FOUND)
        return rc;
    rc = pc_records_sqlite_next_seq(c, err);
    if (!rc) {
        pc_sqlite_bind(c->stmts[WRITE_INSERT], "tttttttii", f->url, f->name, f->sku, f->label,
                       f->batch, f->original_key, f->format, f->bytes, now_ms);
        rc = pc_sqlite_run(c, c->stmts[WRITE_INSERT], NULL, err);
    }
    if (!rc)
        rc = write_blob_reference(c, sqlite3_last_insert_rowid(c->db), f->original_key, err);
    *created = !rc;
    return rc ? rc : pc_records_sqlite_read_by_url(c, f->url, r, err);
}

/* Runs a bound change of one record; refusal if the record does not have the status it starts from. */
enum pc_code pc_records_sqlite_run_change(struct pc_sqlite *c, enum pc_records_sqlite_write which,
                                          enum pc_code refusal, struct pc_err *err)
{
    int changed = 0;
    enum pc_code rc = pc_sqlite_run(c, c->stmts[which], &changed, err);
    return rc || changed ? rc : pc_fail(err, refusal, NULL);
}

/* Runs a statement of (id, JSON, JSON). Takes a and b; NULL stays NULL. */
static enum pc_code write_json_pair(struct pc_sqlite *c, enum pc_records_sqlite_write which,
                                    int64_t id, json_t *a, json_t *b, struct pc_err *err)
{
    char *one = a ? json_dumps(a, JSON_COMPACT) : NULL,
         *two = b ? json_dumps(b, JSON_COMPACT) : NULL;
    enum pc_code rc;
    if ((a && !one) || (b && !two)) {
        rc = pc_fail_detail(err, PC_E_INTERNAL, "record %lld cannot be written as JSON",
                            (long long)id);
    } else {
        pc_sqlite_bind(c->stmts[which], "itt", id, one, two);
        rc = pc_sqlite_run(c, c->stmts[which], NULL, err);
    }
    free(one);
    free(two);
    json_decref(a);
    json_decref(b);
    return rc;
}

enum pc_code pc_records_sqlite_write_result(struct pc_sqlite *c, int64_t id,
                                            const char *original_key,
                                            const struct pc_record_result *result,
                                            struct pc_err *err)
{
    enum pc_code rc = write_json_pair(c, WRITE_DOCUMENTS, id, pc_codec_encode_shots(result),
                                      pc_codec_encode_detail(result), err);
    if (!rc)
        rc = write_blob_reference(c, id, original_key, err);
    for (int i = 0; !rc && i < result->n_shots; i++)
        rc = write_blob_reference(c, id, result->shots[i].key, err);
    return rc;
}

enum pc_code pc_records_sqlite_write_annotations(struct pc_sqlite *c, int64_t id,
                                                 const struct pc_record_edits *edits,
                                                 const struct pc_record_decisions *decisions,
                                                 struct pc_err *err)
{
    return write_json_pair(c, WRITE_ANNOTATIONS, id, edits ? pc_codec_encode_edits(edits) : NULL,
                           decisions ? pc_codec_encode_decisions(decisions) : NULL, err);
}

enum pc_code pc_records_sqlite_run_with_id(struct pc_sqlite *c, enum pc_records_sqlite_write which,
                                           int64_t id, struct pc_err *err)
{
    pc_sqlite_bind(c->stmts[which], "i", id);
    return pc_sqlite_run(c, c->stmts[which], NULL, err);
}

/* Removes everything that is stored under the id. */
enum pc_code pc_records_sqlite_delete_rows(struct pc_sqlite *c, int64_t id, struct pc_err *err)
{
    static const enum pc_records_sqlite_write steps[] = {
        WRITE_REMOVE, WRITE_REMOVE_DOCUMENTS, WRITE_REMOVE_BLOBS, WRITE_REMOVE_ANNOTATIONS};
    enum pc_code rc = PC_OK;
    for (size_t i = 0; !rc && i < sizeof steps / sizeof *steps; i++)
        rc = pc_records_sqlite_run_with_id(c, steps[i], id, err);
    return rc;
}

/* Is id free for url, and url for id? */
static enum pc_code check_import_conflict(struct pc_sqlite *c, const struct pc_record *r,
                                          struct pc_err *err)
{
    struct pc_record existing = {0};
    pc_record_init(&existing);
    enum pc_code rc = pc_records_sqlite_read_by_url(c, r->url, &existing, err);
    bool conflict = rc == PC_OK && existing.id != r->id;
    if (rc == PC_E_NOT_FOUND) {
        rc = pc_records_sqlite_read_by_id(c, r->id, &existing, err);
        conflict = rc == PC_OK;
    }
    pc_record_finish(&existing);
    if (conflict)
        return pc_records_import_conflict(r, err);
    return rc == PC_E_NOT_FOUND ? PC_OK : rc;
}

enum pc_code pc_records_sqlite_import(struct pc_sqlite *c, const struct pc_record *r,
                                      struct pc_err *err)
{
    sqlite3_stmt *stmt = c->stmts[WRITE_IMPORT];
    enum pc_code rc = check_import_conflict(c, r, err);
    if (!rc)
        rc = pc_records_sqlite_delete_rows(c, r->id, err);
    if (!rc)
        rc = pc_records_sqlite_next_seq(c, err);
    if (!rc) {
        pc_sqlite_bind(stmt, "itttttitiittttiiiiiiii", r->id, r->url, r->name, r->sku, r->label,
                       r->batch, (int64_t)r->status, r->stage, (int64_t)r->progress,
                       (int64_t)r->attempts, r->error_code, r->error_message, r->original_key,
                       r->format, r->bytes, (int64_t)r->width, (int64_t)r->height,
                       (int64_t)r->attention, (int64_t)r->review, r->created_ms, r->updated_ms,
                       r->finished_ms);
        rc = pc_sqlite_run(c, stmt, NULL, err);
    }
    if (!rc)
        rc = pc_records_sqlite_write_annotations(c, r->id, &r->edits, &r->decisions, err);
    return rc ? rc : pc_records_sqlite_write_result(c, r->id, r->original_key, &r->result, err);
}
