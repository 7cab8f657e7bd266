#include "main/migration.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "main/migration_record.h"

enum { PAGE_SIZE = 200, CHUNK_BYTES = 256 * 1024, REMOVALS_MAX = 1000 };
static const char checkpoint_name[] = "moving";

/* How far an earlier run came. */
struct checkpoint {
    int64_t after;   /* images up to this id are copied; -1: all that existed at the start */
    int64_t seq;     /* once after is -1: changes up to this seq are in the target */
    int64_t removed; /* removals up to this seq are; behind seq until a run is complete */
    int64_t version; /* of the setting that stores this */
};

/* --- checkpoint --- */

static enum pc_code read_checkpoint(struct pc_migration *m, struct checkpoint *checkpoint,
                                    struct pc_err *err)
{
    char *text = NULL;
    *checkpoint = (struct checkpoint){0};
    enum pc_code rc =
        pc_records_get_setting(m->to, checkpoint_name, &text, &checkpoint->version, err);
    if (rc)
        return rc;
    json_t *stored = text ? json_loads(text, 0, NULL) : NULL;
    free(text);
    if (stored && pc_str_eq(json_string_value(json_object_get(stored, "source")), m->source)) {
        checkpoint->after = json_integer_value(json_object_get(stored, "after"));
        checkpoint->seq = json_integer_value(json_object_get(stored, "seq"));
        checkpoint->removed = json_integer_value(json_object_get(stored, "gone"));
    } else {
        int64_t counts[PC_STATUS_COUNT], images = 0;
        rc = pc_records_count(m->to, NULL, counts, NULL, NULL, err);
        for (int i = 0; !rc && i < PC_STATUS_COUNT; i++)
            images += counts[i];
        if (!rc && images > 0)
            rc =
                pc_fail(err, PC_E_CONFIG,
                        "The target has %lld images that did not come from this source; migrate to "
                        "an empty store.",
                        (long long)images);
        if (!rc)
            rc = pc_records_count(m->from, NULL, counts, NULL, &checkpoint->seq, err);
        checkpoint->removed = checkpoint->seq;
    }
    json_decref(stored);
    return rc;
}

static enum pc_code write_checkpoint(struct pc_migration *m, struct checkpoint *checkpoint,
                                     struct pc_err *err)
{
    json_t *stored = json_pack("{s:s, s:I, s:I, s:I}", "source", m->source, "after",
                               (json_int_t)checkpoint->after, "seq", (json_int_t)checkpoint->seq,
                               "gone", (json_int_t)checkpoint->removed);
    char *text = json_dumps(stored, JSON_COMPACT);
    enum pc_code rc = pc_records_put_setting(m->to, checkpoint_name, text, checkpoint->version,
                                             &checkpoint->version, err);
    free(text);
    json_decref(stored);
    return rc;
}

/* --- blobs --- */

/* Reads the blob to its end and passes it to w and to hash; either may be NULL. */
static enum pc_code drain(struct pc_blob_reader *r, struct pc_blob_writer *w,
                          struct pc_sha256 *hash, struct pc_err *err)
{
    char *chunk = pc_xzalloc(CHUNK_BYTES);
    enum pc_code rc = PC_OK;
    size_t got = 1;
    for (int64_t at = 0; !rc && got > 0; at += (int64_t)got) {
        rc = pc_blob_read_at(r, at, chunk, CHUNK_BYTES, &got, err);
        if (!rc && got > 0 && hash)
            pc_sha256_update(hash, chunk, got);
        if (!rc && got > 0 && w)
            rc = pc_blob_write(w, chunk, got, err);
    }
    free(chunk);
    return rc;
}

static enum pc_code transfer(struct pc_migration *m, struct pc_blob_reader *r, const char *key,
                             struct pc_err *err)
{
    struct pc_blob_writer *w;
    enum pc_code rc = pc_blobs_begin(m->to_blobs, &w, err);
    if (rc)
        return rc;
    rc = drain(r, w, NULL, err);
    if (rc) {
        pc_blob_abort(w);
        return rc;
    }
    rc = pc_blob_commit(w, key, err);
    if (!rc) {
        m->blobs++;
        m->bytes += pc_blob_size(r);
    }
    return rc;
}

/* Blobs never change under their key, so one of the same size is complete. */
static enum pc_code copy_blob(struct pc_migration *m, const struct pc_record *r, const char *key,
                              struct pc_err *err)
{
    struct pc_blob_reader *reader, *copy;
    int64_t copied_bytes = -1; /* in the target; -1: not there */
    enum pc_code rc = pc_blobs_read(m->from_blobs, key, &reader, err);
    if (rc == PC_E_NOT_FOUND) {
        m->blobs_missing++;
        m->on_note(m->ctx, r->id, "one of its files is not in the source");
        return PC_OK;
    }
    if (rc)
        return rc;
    rc = pc_blobs_read(m->to_blobs, key, &copy, err);
    if (!rc) {
        copied_bytes = pc_blob_size(copy);
        pc_blob_close(copy);
    }
    if (rc == PC_E_NOT_FOUND)
        rc = PC_OK;
    if (!rc && copied_bytes == pc_blob_size(reader))
        m->blobs_present++;
    else if (!rc)
        rc = transfer(m, reader, key, err);
    pc_blob_close(reader);
    return rc;
}

/* --- removals --- */

static enum pc_code remove_one(struct pc_migration *m, int64_t id, struct pc_err *err)
{
    struct pc_record r = {0};
    enum pc_code rc = pc_records_remove(m->to, id, &r, err);
    if (rc == PC_E_NOT_FOUND)
        return PC_OK;
    m->removed += !rc;
    struct pc_record_blob blob;
    for (int k = 0; m->to_blobs && !rc && pc_record_blob_at(&r, k, &blob); k++) {
        bool referenced = true;
        rc = pc_records_references_blob(m->to, blob.key, &referenced, err);
        if (!rc && !referenced)
            rc = pc_blobs_remove(m->to_blobs, blob.key, err);
    }
    pc_record_finish(&r);
    return rc;
}

static enum pc_code list_by_id(struct pc_records *rs, int64_t after, struct pc_record_list *page,
                               struct pc_err *err)
{
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    q.limit = PAGE_SIZE;
    q.after_id = after;
    q.descending = false;
    return pc_records_list(rs, &q, page, err);
}

/* Removes every image that the source does not have. Needed when the source no longer remembers
 * all removals since the checkpoint. */
static enum pc_code remove_unknown(struct pc_migration *m, struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    int64_t after = 0;
    for (bool more = true; more && !rc;) {
        struct pc_record_list page;
        rc = list_by_id(m->to, after, &page, err);
        more = !rc && page.n > 0;
        for (int i = 0; !rc && i < page.n; i++) {
            struct pc_record original = {0};
            after = page.items[i].id;
            rc = pc_records_get(m->from, after, &original, err);
            pc_record_finish(&original);
            if (rc == PC_E_NOT_FOUND)
                rc = remove_one(m, after, err);
        }
        pc_record_list_finish(&page);
    }
    return rc;
}

static enum pc_code apply_removals(struct pc_migration *m, int64_t since, struct pc_err *err)
{
    int64_t ids[REMOVALS_MAX];
    int n = 0;
    bool all = true;
    enum pc_code rc = pc_records_list_tombstones(m->from, since, ids, REMOVALS_MAX, &n, &all, err);
    if (!rc && (!all || n == REMOVALS_MAX))
        return remove_unknown(m, err);
    for (int i = 0; !rc && i < n; i++)
        rc = remove_one(m, ids[i], err);
    return rc;
}

/* --- copying --- */

static enum pc_code write_page(struct pc_migration *m, const struct pc_record_list *page,
                               struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    for (int i = 0; m->from_blobs && !rc && i < page->n; i++) {
        struct pc_record_blob blob;
        for (int k = 0; !rc && pc_record_blob_at(&page->items[i], k, &blob); k++)
            rc = copy_blob(m, &page->items[i], blob.key, err);
    }
    return rc ? rc : pc_records_import(m->to, page->items, page->n, err);
}

/* An image that was deleted and submitted again has its URL under a new id, and the target still
 * has the old one. On such a conflict the removals are applied first. They may remove files that
 * this page needs, so the whole page is written again. */
static enum pc_code copy_page(struct pc_migration *m, const struct checkpoint *checkpoint,
                              const struct pc_record_list *page, struct pc_err *err)
{
    struct pc_err conflict = PC_ERR_INIT;
    enum pc_code rc = write_page(m, page, &conflict);
    if (rc == PC_E_BAD_REQUEST) {
        rc = apply_removals(m, checkpoint->removed, err);
        if (!rc)
            rc = write_page(m, page, err);
    } else if (rc) {
        *err = conflict;
    }
    for (int i = 0; !rc && i < page->n; i++) {
        m->records++;
        if (!m->on_image(m->ctx, false))
            rc = pc_fail(err, PC_E_CANCELLED, "Stopped; run it again to continue.");
    }
    return rc;
}

static enum pc_code copy_by_id(struct pc_migration *m, struct checkpoint *checkpoint,
                               struct pc_err *err)
{
    enum pc_code rc = write_checkpoint(m, checkpoint, err);
    while (!rc && checkpoint->after >= 0) {
        struct pc_record_list page;
        rc = list_by_id(m->from, checkpoint->after, &page, err);
        if (rc)
            break;
        rc = copy_page(m, checkpoint, &page, err);
        checkpoint->after = page.n ? page.items[page.n - 1].id : -1;
        if (!rc)
            rc = write_checkpoint(m, checkpoint, err);
        pc_record_list_finish(&page);
    }
    return rc;
}

static enum pc_code copy_changes(struct pc_migration *m, struct checkpoint *checkpoint,
                                 struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    for (bool more = true; more && !rc;) {
        struct pc_record_list page;
        struct pc_record_query q = PC_RECORD_QUERY_INIT;
        q.limit = PAGE_SIZE;
        q.since_seq = checkpoint->seq;
        rc = checkpoint->seq > 0 ? pc_records_list(m->from, &q, &page, err) : PC_OK;
        if (rc || checkpoint->seq == 0) /* nothing has ever changed in the source */
            return rc;
        more = page.n > 0;
        if (more)
            rc = copy_page(m, checkpoint, &page, err);
        if (more && !rc) {
            checkpoint->seq = page.items[page.n - 1].seq;
            rc = write_checkpoint(m, checkpoint, err);
        }
        pc_record_list_finish(&page);
    }
    return rc;
}

enum pc_code pc_migration_copy(struct pc_migration *m, struct pc_err *err)
{
    struct checkpoint checkpoint;
    enum pc_code rc = read_checkpoint(m, &checkpoint, err);
    if (!rc)
        rc = copy_by_id(m, &checkpoint, err);
    if (!rc)
        rc = copy_changes(m, &checkpoint, err);
    if (!rc)
        rc = apply_removals(m, checkpoint.removed, err);
    if (!rc) {
        checkpoint.removed = checkpoint.seq;
        rc = write_checkpoint(m, &checkpoint, err);
    }
    if (rc)
        return rc;
    /* Recipes that were saved on the page are stored with the records. */
    char *text = NULL, *theirs = NULL;
    int64_t version, their_version;
    rc = pc_records_get_setting(m->from, "recipes", &text, &version, err);
    if (!rc)
        rc = pc_records_get_setting(m->to, "recipes", &theirs, &their_version, err);
    if (!rc && text && !pc_str_eq(text, theirs))
        rc = pc_records_put_setting(m->to, "recipes", text, their_version, &their_version, err);
    free(text);
    free(theirs);
    return rc;
}

/* --- verifying --- */

static enum pc_code hash_blob(struct pc_blobs *bs, const char *key, char hex[PC_SHA256_HEX],
                              struct pc_err *err)
{
    struct pc_blob_reader *r;
    hex[0] = 0;
    enum pc_code rc = pc_blobs_read(bs, key, &r, err);
    if (rc)
        return rc == PC_E_NOT_FOUND ? PC_OK : rc;
    struct pc_sha256 *hash = pc_sha256_create();
    rc = drain(r, NULL, hash, err);
    pc_sha256_end(hash, hex);
    pc_blob_close(r);
    return rc;
}

static enum pc_code compare_blobs(struct pc_migration *m, const struct pc_record *r, bool *same,
                                  struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    struct pc_record_blob blob;
    for (int k = 0; m->from_blobs && !rc && pc_record_blob_at(r, k, &blob); k++) {
        char ours[PC_SHA256_HEX], theirs[PC_SHA256_HEX];
        rc = hash_blob(m->from_blobs, blob.key, ours, err);
        if (!rc)
            rc = hash_blob(m->to_blobs, blob.key, theirs, err);
        if (rc)
            break;
        m->blobs_compared++;
        if (!pc_str_eq(ours, theirs)) {
            *same = false;
            m->on_note(m->ctx, r->id, "a file differs");
        }
    }
    return rc;
}

static enum pc_code compare_one(struct pc_migration *m, const struct pc_record *r,
                                struct pc_sha256 *digest, struct pc_err *err)
{
    struct pc_record target = {0};
    bool same = true;
    enum pc_code rc = pc_records_get(m->to, r->id, &target, err);
    if (rc && rc != PC_E_NOT_FOUND)
        return rc;
    char *ours = pc_migration_record_text(r),
         *theirs = rc ? pc_xstrdup("") : pc_migration_record_text(&target);
    pc_sha256_update(digest, ours, strlen(ours));
    if (!pc_str_eq(ours, theirs)) {
        same = false;
        m->on_note(m->ctx, r->id, rc ? "is not in the target" : "differs");
    }
    free(ours);
    free(theirs);
    pc_record_finish(&target);
    rc = compare_blobs(m, r, &same, err);
    m->compared++;
    m->differ += !same;
    if (!rc && !m->on_image(m->ctx, !same))
        rc = pc_fail(err, PC_E_CANCELLED, "Stopped before everything was compared.");
    return rc;
}

enum pc_code pc_migration_verify(struct pc_migration *m, struct pc_err *err)
{
    struct pc_sha256 *digest = pc_sha256_create();
    int64_t ours[PC_STATUS_COUNT], theirs[PC_STATUS_COUNT], after = 0;
    enum pc_code rc = pc_records_count(m->from, NULL, ours, NULL, NULL, err);
    if (!rc)
        rc = pc_records_count(m->to, NULL, theirs, NULL, NULL, err);
    for (int i = 0; !rc && i < PC_STATUS_COUNT; i++)
        if (ours[i] != theirs[i]) {
            m->differ++;
            m->on_note(m->ctx, 0, "the numbers of images by status differ");
        }
    for (bool more = true; more && !rc;) {
        struct pc_record_list page;
        rc = list_by_id(m->from, after, &page, err);
        if (rc)
            break;
        more = page.n > 0;
        for (int i = 0; !rc && i < page.n; i++) {
            after = page.items[i].id;
            rc = compare_one(m, &page.items[i], digest, err);
        }
        pc_record_list_finish(&page);
    }
    pc_sha256_end(digest, m->digest);
    return rc;
}
