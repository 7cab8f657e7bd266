/* The wrapper: checks what callers give, supplies the clock and the defaults, keeps results whole
 * (empty on failure). Drivers rely on it; see driver.h. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "records/driver.h"
#include "records/records.h"

bool pc_records_driver_accepts(const struct pc_records_driver *driver, const char *url)
{
    return url && pc_str_starts(url, driver->scheme);
}

enum pc_code pc_records_open(const struct pc_records_driver *driver, const char *url,
                             struct pc_records **out, struct pc_err *err)
{
    *out = NULL;
    if (!pc_records_driver_accepts(driver, url))
        return pc_fail(err, PC_E_CONFIG, "The address of the records must begin with \"%s\".",
                       driver->scheme);
    enum pc_code rc = driver->open(url, out, err);
    if (rc)
        return pc_err_wrap(err, "opening the records");
    (*out)->driver = driver;
    return PC_OK;
}

void pc_records_close(struct pc_records *rs)
{
    if (rs)
        rs->driver->close(rs);
}

static bool text_ok(const char *text)
{
    size_t len = text ? strlen(text) : 0;
    return len <= PC_RECORD_TEXT_MAX && (len == 0 || pc_str_is_utf8(text, len));
}

enum pc_code pc_record_new_check(const struct pc_record_new *f, struct pc_err *err)
{
    if (!f->url || !*f->url)
        return pc_fail(err, PC_E_BAD_REQUEST, "An image needs an address.");
    const char *texts[] = {f->url, f->name, f->sku, f->label, f->batch, f->original_key, f->format};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!text_ok(texts[i]))
            return pc_fail(err, PC_E_BAD_REQUEST,
                           "A text of the image is longer than %d bytes or not UTF-8.",
                           PC_RECORD_TEXT_MAX);
    return PC_OK;
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static struct pc_record_new without_nulls(const struct pc_record_new *f)
{
    return (struct pc_record_new){
        .url = f->url,
        .name = or_empty(f->name),
        .sku = or_empty(f->sku),
        .label = or_empty(f->label),
        .batch = or_empty(f->batch),
        .original_key = or_empty(f->original_key),
        .format = or_empty(f->format),
        .bytes = f->bytes,
    };
}

enum pc_code pc_records_insert_many(struct pc_records *rs, const struct pc_record_new *fresh, int n,
                                    struct pc_record *items, bool *created, struct pc_err *err)
{
    memset(items, 0, (size_t)n * sizeof *items);
    for (int i = 0; i < n; i++) {
        enum pc_code rc = pc_record_new_check(&fresh[i], err);
        if (rc)
            return rc;
    }
    if (n <= 0)
        return PC_OK;
    struct pc_record_new *clean = pc_xzalloc((size_t)n * sizeof *clean);
    for (int i = 0; i < n; i++) {
        clean[i] = without_nulls(&fresh[i]);
        pc_record_init(&items[i]);
        created[i] = false;
    }
    enum pc_code rc =
        rs->driver->insert_many(rs, clean, n, pc_clock_wall_ms(), items, created, err);
    for (int i = 0; rc && i < n; i++)
        pc_record_finish(&items[i]);
    free(clean);
    return rc ? pc_err_wrap(err, "inserting %d", n) : PC_OK;
}

enum pc_code pc_records_insert(struct pc_records *rs, const struct pc_record_new *fresh,
                               struct pc_record *r, bool *created, struct pc_err *err)
{
    return pc_records_insert_many(rs, fresh, 1, r, created, err);
}

/* What every call that fills one record does at its end. */
static enum pc_code wrap_one(enum pc_code rc, struct pc_record *r, const char *doing, int64_t id,
                             struct pc_err *err)
{
    if (!rc)
        return PC_OK;
    pc_record_finish(r);
    return pc_err_wrap(err, "%s record %lld", doing, (long long)id);
}

enum pc_code pc_records_get(struct pc_records *rs, int64_t id, struct pc_record *r,
                            struct pc_err *err)
{
    pc_record_init(r);
    return wrap_one(rs->driver->get(rs, id, r, err), r, "getting", id, err);
}

static enum pc_code check_query(const struct pc_record_query *q, struct pc_err *err)
{
    if (q->limit < 1 || q->limit > 1000)
        return pc_fail(err, PC_E_BAD_REQUEST, "limit must be 1 to 1000.");
    if (q->offset < 0 || q->since_seq < 0 || q->after_id < 0)
        return pc_fail(err, PC_E_BAD_REQUEST, "offset, since and after must not be negative.");
    if (q->status < -1 || q->status >= PC_STATUS_COUNT || q->attention < -1 || q->attention > 1 ||
        q->review < -1 || q->review >= PC_REVIEW_COUNT || (unsigned)q->sort > PC_SORT_STATUS)
        return pc_fail(err, PC_E_BAD_REQUEST, "The filter or the order is not known.");
    if (!text_ok(q->search) || !text_ok(q->batch))
        return pc_fail(err, PC_E_BAD_REQUEST, "The text to look for is too long or not UTF-8.");
    return PC_OK;
}

static struct pc_record_query without_empty(const struct pc_record_query *q)
{
    struct pc_record_query clean = *q;
    if (clean.search && !*clean.search)
        clean.search = NULL;
    return clean;
}

enum pc_code pc_records_list(struct pc_records *rs, const struct pc_record_query *q,
                             struct pc_record_list *out, struct pc_err *err)
{
    *out = (struct pc_record_list){.total = -1};
    enum pc_code rc = check_query(q, err);
    if (rc)
        return rc;
    struct pc_record_query clean = without_empty(q);
    rc = rs->driver->list(rs, &clean, out, err);
    if (rc) {
        pc_record_list_finish(out);
        return pc_err_wrap(err, "listing records");
    }
    return PC_OK;
}

enum pc_code pc_records_count(struct pc_records *rs, const struct pc_record_query *within,
                              int64_t counts[PC_STATUS_COUNT], int64_t *attention,
                              int64_t *last_seq, struct pc_err *err)
{
    int64_t unwanted;
    struct pc_record_query clean = PC_RECORD_QUERY_INIT;
    enum pc_code rc = within ? check_query(within, err) : PC_OK;
    if (!rc && within)
        clean = without_empty(within);
    bool all = !clean.search && !clean.batch && clean.review < 0;
    if (!rc)
        rc = rs->driver->count(rs, all ? NULL : &clean, counts, attention ? attention : &unwanted,
                               last_seq ? last_seq : &unwanted, err);
    return rc ? pc_err_wrap(err, "counting records") : PC_OK;
}

enum pc_code pc_records_begin(struct pc_records *rs, int64_t id, struct pc_record *r,
                              struct pc_err *err)
{
    pc_record_init(r);
    return wrap_one(rs->driver->begin(rs, id, pc_clock_wall_ms(), r, err), r, "beginning", id, err);
}

enum pc_code pc_records_progress(struct pc_records *rs, int64_t id, const char *stage, int progress,
                                 struct pc_err *err)
{
    if (!stage || !text_ok(stage) || progress < 0 || progress > 100)
        return pc_fail_detail(err, PC_E_BAD_REQUEST, "progress %d of record %lld", progress,
                              (long long)id);
    enum pc_code rc = rs->driver->progress(rs, id, pc_clock_wall_ms(), stage, progress, err);
    return rc ? pc_err_wrap(err, "progress of record %lld", (long long)id) : PC_OK;
}

enum pc_code pc_records_finish(struct pc_records *rs, int64_t id,
                               const struct pc_record_completion *completion, struct pc_err *err)
{
    static const struct pc_record_result nothing;
    struct pc_record_completion clean = *completion;
    if (!text_ok(clean.original_key) || !text_ok(clean.format) ||
        (unsigned)clean.review >= PC_REVIEW_COUNT)
        return pc_fail_detail(err, PC_E_BAD_REQUEST, "the result of record %lld", (long long)id);
    if (!clean.result)
        clean.result = &nothing;
    enum pc_code rc = rs->driver->finish(rs, id, pc_clock_wall_ms(), &clean, err);
    return rc ? pc_err_wrap(err, "finishing record %lld", (long long)id) : PC_OK;
}

enum pc_code pc_records_fail(struct pc_records *rs, int64_t id, const char *code,
                             const char *message, bool final, struct pc_err *err)
{
    if (!code || !*code || !text_ok(code) || !text_ok(message))
        return pc_fail_detail(err, PC_E_BAD_REQUEST, "the error of record %lld", (long long)id);
    enum pc_code rc =
        rs->driver->fail(rs, id, pc_clock_wall_ms(), code, or_empty(message), final, err);
    return rc ? pc_err_wrap(err, "failing record %lld", (long long)id) : PC_OK;
}

enum pc_code pc_records_retry(struct pc_records *rs, int64_t id, struct pc_record *r,
                              struct pc_err *err)
{
    pc_record_init(r);
    return wrap_one(rs->driver->reopen(rs, id, PC_FAILED, pc_clock_wall_ms(), r, err), r,
                    "retrying", id, err);
}

enum pc_code pc_records_recut(struct pc_records *rs, int64_t id, struct pc_record *r,
                              struct pc_err *err)
{
    pc_record_init(r);
    return wrap_one(rs->driver->reopen(rs, id, PC_PROCESSED, pc_clock_wall_ms(), r, err), r,
                    "reopening", id, err);
}

enum pc_code pc_records_annotate(struct pc_records *rs, int64_t id, int64_t seen_seq,
                                 const struct pc_record_annotations *annotations,
                                 struct pc_record *r, struct pc_err *err)
{
    pc_record_init(r);
    if (annotations->review < -1 || annotations->review >= PC_REVIEW_COUNT)
        return wrap_one(pc_fail_detail(err, PC_E_BAD_REQUEST, "review"), r, "annotating", id, err);
    return wrap_one(rs->driver->annotate(rs, id, seen_seq, pc_clock_wall_ms(), annotations, r, err),
                    r, "annotating", id, err);
}

enum pc_code pc_records_import_conflict(const struct pc_record *r, struct pc_err *err)
{
    return pc_fail(err, PC_E_BAD_REQUEST,
                   "The store has another image under the id %lld, or this address under another "
                   "id.",
                   (long long)r->id);
}

enum pc_code pc_records_import(struct pc_records *rs, const struct pc_record *items, int n,
                               struct pc_err *err)
{
    for (int i = 0; i < n; i++)
        if (items[i].id < 1 || !items[i].url || !*items[i].url)
            return pc_fail_detail(err, PC_E_BAD_REQUEST, "adopting a record without id or url");
    enum pc_code rc = n > 0 ? rs->driver->import(rs, items, n, err) : PC_OK;
    return rc ? pc_err_wrap(err, "adopting %d records", n) : PC_OK;
}

enum pc_code pc_records_remove(struct pc_records *rs, int64_t id, struct pc_record *r,
                               struct pc_err *err)
{
    pc_record_init(r);
    return wrap_one(rs->driver->remove(rs, id, r, err), r, "removing", id, err);
}

enum pc_code pc_records_list_tombstones(struct pc_records *rs, int64_t since_seq, int64_t *ids,
                                        int max, int *n, bool *all, struct pc_err *err)
{
    *n = 0;
    *all = true;
    if (max <= 0 || since_seq < 0)
        return pc_fail_detail(err, PC_E_BAD_REQUEST, "removed since %lld", (long long)since_seq);
    enum pc_code rc = rs->driver->list_tombstones(rs, since_seq, ids, max, n, all, err);
    return rc ? pc_err_wrap(err, "asking what was removed") : PC_OK;
}

enum pc_code pc_records_list_stale(struct pc_records *rs, int64_t before_ms, int64_t *ids, int max,
                                   int *n, struct pc_err *err)
{
    *n = 0;
    if (max <= 0)
        return PC_OK;
    enum pc_code rc = rs->driver->list_stale(rs, before_ms, ids, max, n, err);
    return rc ? pc_err_wrap(err, "looking for stale records") : PC_OK;
}

enum pc_code pc_records_references_blob(struct pc_records *rs, const char *key, bool *referenced,
                                        struct pc_err *err)
{
    *referenced = false;
    if (!key || !*key)
        return PC_OK;
    enum pc_code rc = rs->driver->references_blob(rs, key, referenced, err);
    return rc ? pc_err_wrap(err, "asking who names %s", key) : PC_OK;
}

enum pc_code pc_records_get_setting(struct pc_records *rs, const char *name, char **text,
                                    int64_t *version, struct pc_err *err)
{
    *text = NULL;
    *version = 0;
    enum pc_code rc = rs->driver->get_setting(rs, name, text, version, err);
    return rc ? pc_err_wrap(err, "reading what is kept as %s", name) : PC_OK;
}

enum pc_code pc_records_put_setting(struct pc_records *rs, const char *name, const char *text,
                                    int64_t seen_version, int64_t *version, struct pc_err *err)
{
    if (!name || !text_ok(name) || (text && !pc_str_is_utf8(text, strlen(text))))
        return pc_fail(err, PC_E_BAD_REQUEST, "The text to keep is not UTF-8.");
    enum pc_code rc = rs->driver->put_setting(rs, name, text, seen_version, version, err);
    return rc ? pc_err_wrap(err, "keeping %s", name) : PC_OK;
}

enum pc_code pc_records_ping(struct pc_records *rs, struct pc_err *err)
{
    enum pc_code rc = rs->driver->ping ? rs->driver->ping(rs, err) : PC_OK;
    return rc ? pc_err_wrap(err, "records") : PC_OK;
}
