/* Records in memory: the shortest driver, and so the one that shows best what the contract means.
 *
 * It has one array in the order of ids (ids only grow, so a new record goes to the end, and a binary
 * search finds one) and a tree of urls (tsearch), which decides whether an insert is new. One lock
 * guards everything. A list walks through all records and sorts them.
 */
#include <pthread.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "records/drivers.h"
#include "records/memory/internal.h"

struct memory {
    struct pc_records base;
    pthread_mutex_t lock; /* guards all below */
    struct pc_record **items;
    size_t n, cap;
    void *by_url; /* tsearch tree of the same records */
    int64_t last_id, seq;
    struct pc_records_memory_tombstones tombstones;
    struct pc_records_memory_setting *settings;
};

static int by_url(const void *a, const void *b)
{
    return strcmp(((const struct pc_record *)a)->url, ((const struct pc_record *)b)->url);
}

static int id_against(const void *id, const void *item)
{
    int64_t want = *(const int64_t *)id, have = (*(struct pc_record *const *)item)->id;
    return (want > have) - (want < have);
}

static struct pc_record **slot_of(struct memory *m, int64_t id)
{
    return m->n ? bsearch(&id, m->items, m->n, sizeof *m->items, id_against) : NULL;
}

/* The record if it has the status, else NULL. The caller holds the lock. */
static struct pc_record *find(struct memory *m, int64_t id, enum pc_record_status status)
{
    struct pc_record **slot = slot_of(m, id);
    return slot && (*slot)->status == status ? *slot : NULL;
}

static void touch(struct memory *m, struct pc_record *r, int64_t now_ms)
{
    r->seq = ++m->seq;
    r->updated_ms = now_ms;
}

static void fill(struct pc_record *out, const struct pc_record *r)
{
    pc_record_finish(out);
    pc_record_copy(out, r);
}

static enum pc_code memory_open(const char *url, struct pc_records **out, struct pc_err *err)
{
    if (!pc_str_eq(url, "memory:"))
        return pc_fail(err, PC_E_CONFIG, "The address of records in memory is \"memory:\".");
    struct memory *m = pc_xzalloc(sizeof *m);
    pthread_mutex_init(&m->lock, NULL);
    *out = &m->base;
    return PC_OK;
}

static void free_nothing(void *r)
{
    (void)r; /* the array owns it */
}

static void memory_close(struct pc_records *rs)
{
    struct memory *m = PC_RECORDS_SELF(struct memory, rs);
    tdestroy(m->by_url, free_nothing);
    for (size_t i = 0; i < m->n; i++) {
        pc_record_finish(m->items[i]);
        free(m->items[i]);
    }
    free(m->items);
    pc_records_memory_finish_tombstones(&m->tombstones);
    pc_records_memory_free_settings(m->settings);
    pthread_mutex_destroy(&m->lock);
    free(m);
}

static void reserve(struct memory *m)
{
    if (m->n < m->cap)
        return;
    m->cap = m->cap ? m->cap * 2 : 64;
    m->items = pc_xrealloc(m->items, m->cap * sizeof *m->items);
}

static struct pc_record *insert_one(struct memory *m, const struct pc_record_new *fresh,
                                    int64_t now_ms, bool *created)
{
    struct pc_record *r = pc_records_memory_make_record(fresh, now_ms);
    struct pc_record **node = tsearch(r, &m->by_url, by_url);
    if (!node)
        abort(); /* out of memory */
    *created = *node == r;
    if (!*created) {
        pc_record_finish(r);
        free(r);
        return *node;
    }
    reserve(m);
    m->items[m->n++] = r;
    r->id = ++m->last_id;
    touch(m, r, now_ms);
    return r;
}

static enum pc_code memory_insert_many(struct pc_records *rs, const struct pc_record_new *fresh,
                                       int n, int64_t now_ms, struct pc_record *items,
                                       bool *created, struct pc_err *err)
{
    (void)err;
    struct memory *m = PC_RECORDS_SELF(struct memory, rs);
    pthread_mutex_lock(&m->lock);
    for (int i = 0; i < n; i++)
        fill(&items[i], insert_one(m, &fresh[i], now_ms, &created[i]));
    pthread_mutex_unlock(&m->lock);
    return PC_OK;
}

static enum pc_code check_import(struct memory *m, const struct pc_record *r, struct pc_err *err)
{
    struct pc_record **node = tfind(r, &m->by_url, by_url);
    struct pc_record **slot = slot_of(m, r->id);
    bool same = node && slot ? *node == *slot : !node && !slot;
    return same ? PC_OK : pc_records_import_conflict(r, err);
}

/* Inserts r into the array, in the order of ids, and into the tree. */
static void insert_sorted(struct memory *m, struct pc_record *r)
{
    size_t at = m->n;
    reserve(m);
    while (at > 0 && m->items[at - 1]->id > r->id)
        at--;
    memmove(&m->items[at + 1], &m->items[at], (m->n - at) * sizeof *m->items);
    m->items[at] = r;
    m->n++;
    if (!tsearch(r, &m->by_url, by_url))
        abort(); /* out of memory */
}

static void import_one(struct memory *m, const struct pc_record *r)
{
    struct pc_record **slot = slot_of(m, r->id), *own = slot ? *slot : NULL;
    if (own) {
        tdelete(own, &m->by_url, by_url);
        pc_record_finish(own);
        pc_record_copy(own, r);
        if (!tsearch(own, &m->by_url, by_url))
            abort();
    } else {
        own = pc_xzalloc(sizeof *own);
        pc_record_copy(own, r);
        insert_sorted(m, own);
    }
    own->seq = ++m->seq;
    if (r->id > m->last_id)
        m->last_id = r->id;
}

static enum pc_code memory_import(struct pc_records *rs, const struct pc_record *items, int n,
                                  struct pc_err *err)
{
    struct memory *m = PC_RECORDS_SELF(struct memory, rs);
    enum pc_code rc = PC_OK;
    pthread_mutex_lock(&m->lock);
    for (int i = 0; !rc && i < n; i++)
        rc = check_import(m, &items[i], err);
    for (int i = 0; !rc && i < n; i++)
        import_one(m, &items[i]);
    pthread_mutex_unlock(&m->lock);
    return rc;
}

static enum pc_code memory_get(struct pc_records *rs, int64_t id, struct pc_record *r,
                               struct pc_err *err)
{
    struct memory *m = PC_RECORDS_SELF(struct memory, rs);
    pthread_mutex_lock(&m->lock);
    struct pc_record **slot = slot_of(m, id);
    if (slot)
        fill(r, *slot);
    pthread_mutex_unlock(&m->lock);
    return slot ? PC_OK : pc_fail(err, PC_E_NOT_FOUND, NULL);
}

static enum pc_code memory_list(struct pc_records *rs, const struct pc_record_query *q,
                                struct pc_record_list *out, struct pc_err *err)
{
    (void)err;
    struct memory *m = PC_RECORDS_SELF(struct memory, rs);
    pthread_mutex_lock(&m->lock);
    struct pc_record **matches = pc_xzalloc(m->n * sizeof *matches);
    size_t n = 0;
    for (size_t i = 0; i < m->n; i++)
        if (pc_records_memory_matches(m->items[i], q))
            matches[n++] = m->items[i];
    struct pc_record_query order = *q;
    qsort_r(matches, n, sizeof *matches, pc_records_memory_compare_for_query, &order);
    out->items = pc_xzalloc((size_t)q->limit * sizeof *out->items);
    for (size_t i = (size_t)q->offset; i < n && out->n < q->limit; i++)
        pc_record_copy(&out->items[out->n++], matches[i]);
    out->total = q->want_total ? (int64_t)n : -1;
    out->last_seq = m->seq;
    pthread_mutex_unlock(&m->lock);
    free(matches);
    return PC_OK;
}

static enum pc_code memory_count(struct pc_records *rs, const struct pc_record_query *within,
                                 int64_t counts[PC_STATUS_COUNT], int64_t *attention,
                                 int64_t *last_seq, struct pc_err *err)
{
    (void)err;
    struct memory *m = PC_RECORDS_SELF(struct memory, rs);
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    if (within) {
        q.search = within->search;
        q.batch = within->batch;
        q.review = within->review;
    }
    memset(counts, 0, PC_STATUS_COUNT * sizeof *counts);
    *attention = 0;
    pthread_mutex_lock(&m->lock);
    for (size_t i = 0; i < m->n; i++) {
        if (!pc_records_memory_matches(m->items[i], &q))
            continue;
        counts[m->items[i]->status]++;
        *attention += m->items[i]->attention;
    }
    *last_seq = m->seq;
    pthread_mutex_unlock(&m->lock);
    return PC_OK;
}

static enum pc_code memory_begin(struct pc_records *rs, int64_t id, int64_t now_ms,
                                 struct pc_record *out, struct pc_err *err)
{
    struct memory *m = PC_RECORDS_SELF(struct memory, rs);
    pthread_mutex_lock(&m->lock);
    struct pc_record *r = find(m, id, PC_PENDING);
    if (r) {
        r->attempts++;
        r->progress = 0;
        pc_record_set_text(&r->stage, pc_record_first_stage(r->original_key));
        touch(m, r, now_ms);
        fill(out, r);
    }
    pthread_mutex_unlock(&m->lock);
    return r ? PC_OK : pc_fail(err, PC_E_NOT_PENDING, NULL);
}

static enum pc_code memory_progress(struct pc_records *rs, int64_t id, int64_t now_ms,
                                    const char *stage, int progress, struct pc_err *err)
{
    struct memory *m = PC_RECORDS_SELF(struct memory, rs);
    pthread_mutex_lock(&m->lock);
    struct pc_record *r = find(m, id, PC_PENDING);
    if (r) {
        r->progress = progress;
        pc_record_set_text(&r->stage, stage);
        touch(m, r, now_ms);
    }
    pthread_mutex_unlock(&m->lock);
    return r ? PC_OK : pc_fail(err, PC_E_NOT_PENDING, NULL);
}

/* The last change of a job, to either end. */
static void end_job(struct memory *m, struct pc_record *r, enum pc_record_status status,
                    int64_t now_ms)
{
    r->status = status;
    r->finished_ms = now_ms;
    pc_record_set_text(&r->stage, "");
    touch(m, r, now_ms);
}

static enum pc_code memory_finish(struct pc_records *rs, int64_t id, int64_t now_ms,
                                  const struct pc_record_completion *completion, struct pc_err *err)
{
    struct memory *m = PC_RECORDS_SELF(struct memory, rs);
    pthread_mutex_lock(&m->lock);
    struct pc_record *r = find(m, id, PC_PENDING);
    if (r) {
        pc_records_memory_apply_completion(r, completion);
        pc_record_set_text(&r->error_code, "");
        pc_record_set_text(&r->error_message, "");
        r->progress = 100;
        end_job(m, r, PC_PROCESSED, now_ms);
    }
    pthread_mutex_unlock(&m->lock);
    return r ? PC_OK : pc_fail(err, PC_E_NOT_PENDING, NULL);
}

static enum pc_code memory_fail(struct pc_records *rs, int64_t id, int64_t now_ms, const char *code,
                                const char *message, bool final, struct pc_err *err)
{
    struct memory *m = PC_RECORDS_SELF(struct memory, rs);
    pthread_mutex_lock(&m->lock);
    struct pc_record *r = find(m, id, PC_PENDING);
    if (r) {
        pc_record_set_text(&r->error_code, code);
        pc_record_set_text(&r->error_message, message);
        r->progress = 0;
        if (final) {
            end_job(m, r, PC_FAILED, now_ms);
        } else {
            pc_record_set_text(&r->stage, "queued");
            touch(m, r, now_ms);
        }
    }
    pthread_mutex_unlock(&m->lock);
    return r ? PC_OK : pc_fail(err, PC_E_NOT_PENDING, NULL);
}

static enum pc_code memory_reopen(struct pc_records *rs, int64_t id, enum pc_record_status from,
                                  int64_t now_ms, struct pc_record *out, struct pc_err *err)
{
    struct memory *m = PC_RECORDS_SELF(struct memory, rs);
    pthread_mutex_lock(&m->lock);
    bool known = slot_of(m, id) != NULL;
    struct pc_record *r = find(m, id, from);
    if (r) {
        pc_records_memory_apply_reopen(r);
        touch(m, r, now_ms);
        fill(out, r);
    }
    pthread_mutex_unlock(&m->lock);
    enum pc_code not_from = from == PC_FAILED ? PC_E_NOT_FAILED : PC_E_NOT_PROCESSED;
    return r ? PC_OK : pc_fail(err, known ? not_from : PC_E_NOT_FOUND, NULL);
}

static enum pc_code memory_annotate(struct pc_records *rs, int64_t id, int64_t seen_seq,
                                    int64_t now_ms, const struct pc_record_annotations *annotations,
                                    struct pc_record *out, struct pc_err *err)
{
    struct memory *m = PC_RECORDS_SELF(struct memory, rs);
    enum pc_code rc = PC_OK;
    pthread_mutex_lock(&m->lock);
    struct pc_record **slot = slot_of(m, id);
    if (!slot)
        rc = PC_E_NOT_FOUND;
    else if ((*slot)->status != PC_PROCESSED)
        rc = PC_E_NOT_PROCESSED;
    else if ((*slot)->seq != seen_seq)
        rc = PC_E_CHANGED_MEANWHILE;
    if (!rc) {
        pc_records_memory_apply_annotations(*slot, annotations);
        touch(m, *slot, now_ms);
        fill(out, *slot);
    }
    pthread_mutex_unlock(&m->lock);
    return rc ? pc_fail(err, rc, NULL) : PC_OK;
}

static enum pc_code memory_list_tombstones(struct pc_records *rs, int64_t since_seq, int64_t *ids,
                                           int max, int *n, bool *all, struct pc_err *err)
{
    (void)err;
    struct memory *m = PC_RECORDS_SELF(struct memory, rs);
    pthread_mutex_lock(&m->lock);
    *all = pc_records_memory_tombstones_since(&m->tombstones, since_seq, ids, max, n);
    pthread_mutex_unlock(&m->lock);
    return PC_OK;
}

static enum pc_code memory_remove(struct pc_records *rs, int64_t id, struct pc_record *out,
                                  struct pc_err *err)
{
    struct memory *m = PC_RECORDS_SELF(struct memory, rs);
    pthread_mutex_lock(&m->lock);
    struct pc_record **slot = slot_of(m, id);
    if (slot) {
        struct pc_record *r = *slot;
        tdelete(r, &m->by_url, by_url);
        size_t at = (size_t)(slot - m->items);
        memmove(slot, slot + 1, (m->n - at - 1) * sizeof *slot);
        m->n--;
        pc_records_memory_add_tombstone(&m->tombstones, ++m->seq, id);
        pc_record_finish(out);
        *out = *r;
        free(r);
    }
    pthread_mutex_unlock(&m->lock);
    return slot ? PC_OK : pc_fail(err, PC_E_NOT_FOUND, NULL);
}

static int compare_updated(const void *va, const void *vb)
{
    const struct pc_record *a = *(struct pc_record *const *)va, *b = *(struct pc_record *const *)vb;
    return pc_records_memory_compare(a, b, PC_SORT_UPDATED);
}

static enum pc_code memory_list_stale(struct pc_records *rs, int64_t before_ms, int64_t *ids,
                                      int max, int *n, struct pc_err *err)
{
    (void)err;
    struct memory *m = PC_RECORDS_SELF(struct memory, rs);
    pthread_mutex_lock(&m->lock);
    struct pc_record **matches = pc_xzalloc(m->n * sizeof *matches);
    size_t found = 0;
    for (size_t i = 0; i < m->n; i++)
        if (m->items[i]->status == PC_PENDING && m->items[i]->updated_ms < before_ms)
            matches[found++] = m->items[i];
    qsort(matches, found, sizeof *matches, compare_updated);
    for (size_t i = 0; i < found && *n < max; i++)
        ids[(*n)++] = matches[i]->id;
    pthread_mutex_unlock(&m->lock);
    free(matches);
    return PC_OK;
}

static enum pc_code memory_references_blob(struct pc_records *rs, const char *key, bool *referenced,
                                           struct pc_err *err)
{
    (void)err;
    struct memory *m = PC_RECORDS_SELF(struct memory, rs);
    pthread_mutex_lock(&m->lock);
    for (size_t i = 0; i < m->n && !*referenced; i++)
        *referenced = pc_records_memory_references_blob(m->items[i], key);
    pthread_mutex_unlock(&m->lock);
    return PC_OK;
}

static enum pc_code memory_get_setting(struct pc_records *rs, const char *name, char **text,
                                       int64_t *version, struct pc_err *err)
{
    (void)err;
    struct memory *m = PC_RECORDS_SELF(struct memory, rs);
    pthread_mutex_lock(&m->lock);
    *version = pc_records_memory_get_setting(m->settings, name, text);
    pthread_mutex_unlock(&m->lock);
    return PC_OK;
}

static enum pc_code memory_put_setting(struct pc_records *rs, const char *name, const char *text,
                                       int64_t seen_version, int64_t *version, struct pc_err *err)
{
    struct memory *m = PC_RECORDS_SELF(struct memory, rs);
    pthread_mutex_lock(&m->lock);
    bool current = pc_records_memory_setting_version(m->settings, name) == seen_version;
    if (current)
        *version = pc_records_memory_put_setting(&m->settings, name, text);
    pthread_mutex_unlock(&m->lock);
    return current ? PC_OK : pc_fail(err, PC_E_CHANGED_MEANWHILE, NULL);
}

const struct pc_records_driver pc_records_memory = {
    .scheme = "memory:",
    .open = memory_open,
    .close = memory_close,
    .insert_many = memory_insert_many,
    .get = memory_get,
    .list = memory_list,
    .count = memory_count,
    .begin = memory_begin,
    .progress = memory_progress,
    .finish = memory_finish,
    .fail = memory_fail,
    .reopen = memory_reopen,
    .annotate = memory_annotate,
    .import = memory_import,
    .remove = memory_remove,
    .list_tombstones = memory_list_tombstones,
    .list_stale = memory_list_stale,
    .references_blob = memory_references_blob,
    .get_setting = memory_get_setting,
    .put_setting = memory_put_setting,
};
