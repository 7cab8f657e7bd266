#include "main/moving.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "main/moving_record.h"

enum { PAGE = 200, PIECE = 256 * 1024, REMOVALS = 1000 };
static const char marker_name[] = "moving";

/* How far an earlier run came. */
struct marker {
    int64_t after; /* images up to this id were copied; -1: all that were there at the start */
    int64_t seq;   /* changes of the source up to here are in the target, once after is -1 */
    int64_t gone;  /* removals up to here are; behind seq until a run has ended */
    int64_t version;
};

/* --- the marker ------------------------------------------------------------------------------- */

static enum pc_code refuse_foreign(struct pc_moving *m, struct pc_err *err)
{
    int64_t counts[PC_STATUS_COUNT], all = 0;
    enum pc_code rc = pc_records_count(m->to, NULL, counts, NULL, NULL, err);
    for (int i = 0; !rc && i < PC_STATUS_COUNT; i++)
        all += counts[i];
    if (rc || all == 0)
        return rc;
    return pc_fail(err, PC_E_CONFIG,
                   "The target has %lld images that did not come from this source; move into an "
                   "empty store.",
                   (long long)all);
}

static enum pc_code read_marker(struct pc_moving *m, struct marker *mark, struct pc_err *err)
{
    char *text = NULL;
    *mark = (struct marker){0};
    enum pc_code rc = pc_records_kept(m->to, marker_name, &text, &mark->version, err);
    if (rc)
        return rc;
    json_t *kept = text ? json_loads(text, 0, NULL) : NULL;
    free(text);
    if (kept && pc_streq(json_string_value(json_object_get(kept, "source")), m->source)) {
        mark->after = json_integer_value(json_object_get(kept, "after"));
        mark->seq = json_integer_value(json_object_get(kept, "seq"));
        mark->gone = json_integer_value(json_object_get(kept, "gone"));
    } else {
        rc = refuse_foreign(m, err);
        if (!rc) {
            int64_t counts[PC_STATUS_COUNT];
            rc = pc_records_count(m->from, NULL, counts, NULL, &mark->seq, err);
            mark->gone = mark->seq;
        }
    }
    json_decref(kept);
    return rc;
}

static enum pc_code write_marker(struct pc_moving *m, struct marker *mark, struct pc_err *err)
{
    json_t *kept =
        json_pack("{s:s, s:I, s:I, s:I}", "source", m->source, "after", (json_int_t)mark->after,
                  "seq", (json_int_t)mark->seq, "gone", (json_int_t)mark->gone);
    char *text = json_dumps(kept, JSON_COMPACT);
    enum pc_code rc = pc_records_keep(m->to, marker_name, text, mark->version, &mark->version, err);
    free(text);
    json_decref(kept);
    return rc;
}

/* --- blobs ------------------------------------------------------------------------------------ */

static enum pc_code size_of(struct pc_blobs *bs, const char *key, int64_t *size, struct pc_err *err)
{
    struct pc_blob_reader *r;
    enum pc_code rc = pc_blobs_read(bs, key, &r, err);
    *size = rc ? -1 : pc_blob_size(r);
    if (!rc)
        pc_blob_close(r);
    return rc == PC_E_NOT_FOUND ? PC_OK : rc;
}

/* Reads to the end; each piece goes to w and to hash, where they are not NULL. */
static enum pc_code drain(struct pc_blob_reader *r, struct pc_blob_writer *w,
                          struct pc_sha256 *hash, struct pc_err *err)
{
    char *piece = pc_xmalloc(PIECE);
    enum pc_code rc = PC_OK;
    size_t got = 1;
    for (int64_t at = 0; !rc && got > 0; at += (int64_t)got) {
        rc = pc_blob_read_at(r, at, piece, PIECE, &got, err);
        if (!rc && got > 0 && hash)
            pc_sha256_update(hash, piece, got);
        if (!rc && got > 0 && w)
            rc = pc_blob_write(w, piece, got, err);
    }
    free(piece);
    return rc;
}

static enum pc_code transfer(struct pc_moving *m, struct pc_blob_reader *r, const char *key,
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

/* Blobs never change under their key, so one of the same size is the same. */
static enum pc_code copy_blob(struct pc_moving *m, const struct pc_record *r, const char *key,
                              struct pc_err *err)
{
    struct pc_blob_reader *reader;
    int64_t there;
    enum pc_code rc = pc_blobs_read(m->from_blobs, key, &reader, err);
    if (rc == PC_E_NOT_FOUND) {
        m->blobs_missing++;
        m->say(m->ctx, r->id, "a file that it names is not in the source");
        return PC_OK;
    }
    if (rc)
        return rc;
    rc = size_of(m->to_blobs, key, &there, err);
    if (!rc && there == pc_blob_size(reader))
        m->blobs_there++;
    else if (!rc)
        rc = transfer(m, reader, key, err);
    pc_blob_close(reader);
    return rc;
}

/* --- removals --------------------------------------------------------------------------------- */

static enum pc_code remove_blobs(struct pc_moving *m, const struct pc_record *r, struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    const char *key;
    for (size_t k = 0; m->to_blobs && !rc && (key = pc_moving_blob(r, k)); k++) {
        bool named = true;
        rc = pc_records_names_blob(m->to, key, &named, err);
        if (!rc && !named)
            rc = pc_blobs_remove(m->to_blobs, key, err);
    }
    return rc;
}

static enum pc_code remove_one(struct pc_moving *m, int64_t id, struct pc_err *err)
{
    struct pc_record r = {0};
    enum pc_code rc = pc_records_remove(m->to, id, &r, err);
    if (rc == PC_E_NOT_FOUND)
        return PC_OK;
    if (!rc) {
        m->removed++;
        rc = remove_blobs(m, &r, err);
    }
    pc_record_finish(&r);
    return rc;
}

static enum pc_code list_by_id(struct pc_records *rs, int64_t after, struct pc_record_list *page,
                               struct pc_err *err)
{
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    q.limit = PAGE;
    q.after_id = after;
    q.descending = false;
    return pc_records_list(rs, &q, page, err);
}

/* Every id of the target that the source does not have: where the source no longer remembers what
 * was removed since. */
static enum pc_code remove_strangers(struct pc_moving *m, struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    int64_t after = 0;
    for (bool more = true; more && !rc;) {
        struct pc_record_list page;
        rc = list_by_id(m->to, after, &page, err);
        more = !rc && page.n > 0;
        for (int i = 0; !rc && i < page.n; i++) {
            struct pc_record there = {0};
            after = page.items[i].id;
            rc = pc_records_get(m->from, after, &there, err);
            pc_record_finish(&there);
            if (rc == PC_E_NOT_FOUND)
                rc = remove_one(m, after, err);
        }
        pc_record_list_finish(&page);
    }
    return rc;
}

static enum pc_code remove_gone(struct pc_moving *m, int64_t since, struct pc_err *err)
{
    int64_t ids[REMOVALS];
    int n = 0;
    bool all = true;
    enum pc_code rc = pc_records_gone(m->from, since, ids, REMOVALS, &n, &all, err);
    if (!rc && (!all || n == REMOVALS))
        return remove_strangers(m, err);
    for (int i = 0; !rc && i < n; i++)
        rc = remove_one(m, ids[i], err);
    return rc;
}

/* --- copying ---------------------------------------------------------------------------------- */

static enum pc_code write_page(struct pc_moving *m, const struct pc_record_list *page,
                               struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    for (int i = 0; m->from_blobs && !rc && i < page->n; i++) {
        const char *key;
        for (size_t k = 0; !rc && (key = pc_moving_blob(&page->items[i], k)); k++)
            rc = copy_blob(m, &page->items[i], key, err);
    }
    return rc ? rc : pc_records_adopt(m->to, page->items, page->n, err);
}

/* An image that was removed and came again has its address under a new id. So when a place is taken
 * the removals go first; they take files along that the page needs, so all of it is written anew.
 */
static enum pc_code copy_page(struct pc_moving *m, const struct marker *mark,
                              const struct pc_record_list *page, struct pc_err *err)
{
    struct pc_err taken = PC_ERR_INIT;
    enum pc_code rc = write_page(m, page, &taken);
    if (rc == PC_E_BAD_REQUEST) {
        rc = remove_gone(m, mark->gone, err);
        if (!rc)
            rc = write_page(m, page, err);
    } else if (rc) {
        *err = taken;
    }
    for (int i = 0; !rc && i < page->n; i++) {
        m->records++;
        if (!m->step(m->ctx, false))
            rc = pc_fail(err, PC_E_CANCELLED, "Stopped; run it again and it goes on.");
    }
    return rc;
}

static enum pc_code copy_by_id(struct pc_moving *m, struct marker *mark, struct pc_err *err)
{
    enum pc_code rc = write_marker(m, mark, err);
    while (!rc && mark->after >= 0) {
        struct pc_record_list page;
        rc = list_by_id(m->from, mark->after, &page, err);
        if (rc)
            break;
        rc = copy_page(m, mark, &page, err);
        mark->after = page.n ? page.items[page.n - 1].id : -1;
        if (!rc)
            rc = write_marker(m, mark, err);
        pc_record_list_finish(&page);
    }
    return rc;
}

static enum pc_code copy_changes(struct pc_moving *m, struct marker *mark, struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    for (bool more = true; more && !rc;) {
        struct pc_record_list page;
        struct pc_record_query q = PC_RECORD_QUERY_INIT;
        q.limit = PAGE;
        q.since_seq = mark->seq;
        rc = mark->seq > 0 ? pc_records_list(m->from, &q, &page, err) : PC_OK;
        if (rc || mark->seq == 0) /* nothing has ever changed there */
            return rc;
        more = page.n > 0;
        if (more)
            rc = copy_page(m, mark, &page, err);
        if (more && !rc) {
            mark->seq = page.items[page.n - 1].seq;
            rc = write_marker(m, mark, err);
        }
        pc_record_list_finish(&page);
    }
    return rc;
}

/* The recipes that were put in force by the page belong to the store. */
static enum pc_code copy_recipes(struct pc_moving *m, struct pc_err *err)
{
    char *text = NULL, *there = NULL;
    int64_t version, theirs;
    enum pc_code rc = pc_records_kept(m->from, "recipes", &text, &version, err);
    if (!rc)
        rc = pc_records_kept(m->to, "recipes", &there, &theirs, err);
    if (!rc && text && !pc_streq(text, there))
        rc = pc_records_keep(m->to, "recipes", text, theirs, &theirs, err);
    free(text);
    free(there);
    return rc;
}

enum pc_code pc_moving_copy(struct pc_moving *m, struct pc_err *err)
{
    struct marker mark;
    enum pc_code rc = read_marker(m, &mark, err);
    if (!rc)
        rc = copy_by_id(m, &mark, err);
    if (!rc)
        rc = copy_changes(m, &mark, err);
    if (!rc)
        rc = remove_gone(m, mark.gone, err);
    if (!rc) {
        mark.gone = mark.seq;
        rc = write_marker(m, &mark, err);
    }
    return rc ? rc : copy_recipes(m, err);
}

/* --- proof ------------------------------------------------------------------------------------ */

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

static enum pc_code compare_blobs(struct pc_moving *m, const struct pc_record *r, bool *same,
                                  struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    const char *key;
    for (size_t k = 0; m->from_blobs && !rc && (key = pc_moving_blob(r, k)); k++) {
        char ours[PC_SHA256_HEX], theirs[PC_SHA256_HEX];
        rc = hash_blob(m->from_blobs, key, ours, err);
        if (!rc)
            rc = hash_blob(m->to_blobs, key, theirs, err);
        if (rc)
            break;
        m->blobs_compared++;
        if (!pc_streq(ours, theirs)) {
            *same = false;
            m->say(m->ctx, r->id, "a file differs");
        }
    }
    return rc;
}

static enum pc_code compare_one(struct pc_moving *m, const struct pc_record *r,
                                struct pc_sha256 *digest, struct pc_err *err)
{
    struct pc_record there = {0};
    bool same = true;
    enum pc_code rc = pc_records_get(m->to, r->id, &there, err);
    if (rc && rc != PC_E_NOT_FOUND)
        return rc;
    char *ours = pc_moving_text(r), *theirs = rc ? pc_xstrdup("") : pc_moving_text(&there);
    pc_sha256_update(digest, ours, strlen(ours));
    if (!pc_streq(ours, theirs)) {
        same = false;
        m->say(m->ctx, r->id, rc ? "is not in the target" : "differs");
    }
    free(ours);
    free(theirs);
    pc_record_finish(&there);
    rc = compare_blobs(m, r, &same, err);
    m->compared++;
    m->differ += !same;
    if (!rc && !m->step(m->ctx, !same))
        rc = pc_fail(err, PC_E_CANCELLED, "Stopped before all was compared.");
    return rc;
}

static enum pc_code compare_counts(struct pc_moving *m, struct pc_err *err)
{
    int64_t ours[PC_STATUS_COUNT], theirs[PC_STATUS_COUNT];
    enum pc_code rc = pc_records_count(m->from, NULL, ours, NULL, NULL, err);
    if (!rc)
        rc = pc_records_count(m->to, NULL, theirs, NULL, NULL, err);
    for (int i = 0; !rc && i < PC_STATUS_COUNT; i++)
        if (ours[i] != theirs[i]) {
            m->differ++;
            m->say(m->ctx, 0, "the numbers of images by status differ");
        }
    return rc;
}

enum pc_code pc_moving_verify(struct pc_moving *m, struct pc_err *err)
{
    struct pc_sha256 *digest = pc_sha256_create();
    enum pc_code rc = compare_counts(m, err);
    int64_t after = 0;
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
