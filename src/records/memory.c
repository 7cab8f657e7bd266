/* Records in memory: the driver that says in the fewest lines what the contract means.
 *
 * One array in the order of ids (ids only grow, so adding is at the end and finding is a binary
 * search) and a tree of urls (tsearch) that decides whether an insert is new. One lock over all.
 * Listing walks and sorts everything.
 */
#include <pthread.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "records/apply.h"
#include "records/drivers.h"
#include "records/match.h"
#include "records/memory_gone.h"
#include "records/memory_kept.h"

struct memory {
    struct pc_records base;
    pthread_mutex_t lock; /* guards all below */
    struct pc_record **items;
    size_t n, cap;
    void *by_url; /* tsearch tree of the same records */
    int64_t last_id, seq;
    struct pc_gone gone;
    struct pc_kept *kept;
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

/* The record when it has the status, else NULL. Locked by the caller. */
static struct pc_record *find(struct memory *m, int64_t id, enum pc_status status)
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

static enum pc_code memory_open(const char *address, struct pc_records **out, struct pc_err *err)
{
    if (!pc_streq(address, "memory:"))
        return pc_fail(err, PC_E_CONFIG, "The address of records in memory is \"memory:\".");
    struct memory *m = pc_xmalloc(sizeof *m);
    pthread_mutex_init(&m->lock, NULL);
    *out = &m->base;
    return PC_OK;
}

static void leave_record(void *r)
{
    (void)r; /* the array owns it */
}

static void memory_close(struct pc_records *rs)
{
    struct memory *m = PC_RECORDS_SELF(struct memory, rs);
    tdestroy(m->by_url, leave_record);
    for (size_t i = 0; i < m->n; i++) {
        pc_record_finish(m->items[i]);
        free(m->items[i]);
    }
    free(m->items);
    pc_gone_finish(&m->gone);
    pc_kept_free(m->kept);
    pthread_mutex_destroy(&m->lock);
    free(m);
}

static void make_room(struct memory *m)
{
    if (m->n < m->cap)
        return;
    m->cap = m->cap ? m->cap * 2 : 64;
    m->items = pc_xrealloc(m->items, m->cap * sizeof *m->items);
}

static struct pc_record *insert_one(struct memory *m, const struct pc_record_new *fresh,
                                    int64_t now_ms, bool *created)
{
    struct pc_record *r = pc_record_make(fresh, now_ms);
    struct pc_record **node = tsearch(r, &m->by_url, by_url);
    if (!node)
        abort(); /* out of memory */
    *created = *node == r;
    if (!*created) {
        pc_record_finish(r);
        free(r);
        return *node;
    }
    make_room(m);
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

static enum pc_code check_place(struct memory *m, const struct pc_record *r, struct pc_err *err)
{
    struct pc_record **node = tfind(r, &m->by_url, by_url);
    struct pc_record **slot = slot_of(m, r->id);
    bool same = node && slot ? *node == *slot : !node && !slot;
    return same ? PC_OK : pc_records_place_taken(r, err);
}

/* Into the array in order of id, and into the tree. */
static void place(struct memory *m, struct pc_record *r)
{
    size_t at = m->n;
    make_room(m);
    while (at > 0 && m->items[at - 1]->id > r->id)
        at--;
    memmove(&m->items[at + 1], &m->items[at], (m->n - at) * sizeof *m->items);
    m->items[at] = r;
    m->n++;
    if (!tsearch(r, &m->by_url, by_url))
        abort(); /* out of memory */
}

static void adopt_one(struct memory *m, const struct pc_record *r)
{
    struct pc_record **slot = slot_of(m, r->id), *mine = slot ? *slot : NULL;
    if (mine) {
        tdelete(mine, &m->by_url, by_url);
        pc_record_finish(mine);
        pc_record_copy(mine, r);
        if (!tsearch(mine, &m->by_url, by_url))
            abort();
    } else {
        mine = pc_xmalloc(sizeof *mine);
        pc_record_copy(mine, r);
        place(m, mine);
    }
    mine->seq = ++m->seq;
    if (r->id > m->last_id)
        m->last_id = r->id;
}

static enum pc_code memory_adopt(struct pc_records *rs, const struct pc_record *items, int n,
                                 struct pc_err *err)
{
    struct memory *m = PC_RECORDS_SELF(struct memory, rs);
    enum pc_code rc = PC_OK;
    pthread_mutex_lock(&m->lock);
    for (int i = 0; !rc && i < n; i++)
        rc = check_place(m, &items[i], err);
    for (int i = 0; !rc && i < n; i++)
        adopt_one(m, &items[i]);
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
    struct pc_record **hits = pc_xmalloc(m->n * sizeof *hits);
    size_t n = 0;
    for (size_t i = 0; i < m->n; i++)
        if (pc_record_matches(m->items[i], q))
            hits[n++] = m->items[i];
    struct pc_record_query order = *q;
    qsort_r(hits, n, sizeof *hits, pc_record_in_order, &order);
    out->items = pc_xmalloc((size_t)q->limit * sizeof *out->items);
    for (size_t i = (size_t)q->offset; i < n && out->n < q->limit; i++)
        pc_record_copy(&out->items[out->n++], hits[i]);
    out->total = q->want_total ? (int64_t)n : -1;
    out->last_seq = m->seq;
    pthread_mutex_unlock(&m->lock);
    free(hits);
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
        if (!pc_record_matches(m->items[i], &q))
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
        pc_record_set(&r->stage, pc_record_first_stage(r->original_key));
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
        pc_record_set(&r->stage, stage);
        touch(m, r, now_ms);
    }
    pthread_mutex_unlock(&m->lock);
    return r ? PC_OK : pc_fail(err, PC_E_NOT_PENDING, NULL);
}

/* The last change of a job, to either end. */
static void end_with(struct memory *m, struct pc_record *r, enum pc_status status, int64_t now_ms)
{
    r->status = status;
    r->finished_ms = now_ms;
    pc_record_set(&r->stage, "");
    touch(m, r, now_ms);
}

static enum pc_code memory_finish(struct pc_records *rs, int64_t id, int64_t now_ms,
                                  const struct pc_record_result *result, struct pc_err *err)
{
    struct memory *m = PC_RECORDS_SELF(struct memory, rs);
    pthread_mutex_lock(&m->lock);
    struct pc_record *r = find(m, id, PC_PENDING);
    if (r) {
        pc_record_put_result(r, result);
        pc_record_set(&r->error_code, "");
        pc_record_set(&r->error_message, "");
        r->progress = 100;
        end_with(m, r, PC_PROCESSED, now_ms);
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
        pc_record_set(&r->error_code, code);
        pc_record_set(&r->error_message, message);
        r->progress = 0;
        if (final) {
            end_with(m, r, PC_FAILED, now_ms);
        } else {
            pc_record_set(&r->stage, "queued");
            touch(m, r, now_ms);
        }
    }
    pthread_mutex_unlock(&m->lock);
    return r ? PC_OK : pc_fail(err, PC_E_NOT_PENDING, NULL);
}

static enum pc_code memory_reopen(struct pc_records *rs, int64_t id, enum pc_status from,
                                  int64_t now_ms, struct pc_record *out, struct pc_err *err)
{
    struct memory *m = PC_RECORDS_SELF(struct memory, rs);
    pthread_mutex_lock(&m->lock);
    bool known = slot_of(m, id) != NULL;
    struct pc_record *r = find(m, id, from);
    if (r) {
        pc_record_reopen(r);
        touch(m, r, now_ms);
        fill(out, r);
    }
    pthread_mutex_unlock(&m->lock);
    enum pc_code not_from = from == PC_FAILED ? PC_E_NOT_FAILED : PC_E_NOT_PROCESSED;
    return r ? PC_OK : pc_fail(err, known ? not_from : PC_E_NOT_FOUND, NULL);
}

static enum pc_code memory_mark(struct pc_records *rs, int64_t id, int64_t seen_seq, int64_t now_ms,
                                const struct pc_record_marks *marks, struct pc_record *out,
                                struct pc_err *err)
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
        pc_record_put_marks(*slot, marks);
        touch(m, *slot, now_ms);
        fill(out, *slot);
    }
    pthread_mutex_unlock(&m->lock);
    return rc ? pc_fail(err, rc, NULL) : PC_OK;
}

static enum pc_code memory_gone(struct pc_records *rs, int64_t since_seq, int64_t *ids, int max,
                                int *n, bool *all, struct pc_err *err)
{
    (void)err;
    struct memory *m = PC_RECORDS_SELF(struct memory, rs);
    pthread_mutex_lock(&m->lock);
    *all = pc_gone_since(&m->gone, since_seq, ids, max, n);
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
        pc_gone_note(&m->gone, ++m->seq, id);
        pc_record_finish(out);
        *out = *r;
        free(r);
    }
    pthread_mutex_unlock(&m->lock);
    return slot ? PC_OK : pc_fail(err, PC_E_NOT_FOUND, NULL);
}

static int oldest_first(const void *va, const void *vb)
{
    const struct pc_record *a = *(struct pc_record *const *)va, *b = *(struct pc_record *const *)vb;
    return pc_record_compare(a, b, PC_SORT_UPDATED);
}

static enum pc_code memory_stale(struct pc_records *rs, int64_t before_ms, int64_t *ids, int max,
                                 int *n, struct pc_err *err)
{
    (void)err;
    struct memory *m = PC_RECORDS_SELF(struct memory, rs);
    pthread_mutex_lock(&m->lock);
    struct pc_record **hits = pc_xmalloc(m->n * sizeof *hits);
    size_t found = 0;
    for (size_t i = 0; i < m->n; i++)
        if (m->items[i]->status == PC_PENDING && m->items[i]->updated_ms < before_ms)
            hits[found++] = m->items[i];
    qsort(hits, found, sizeof *hits, oldest_first);
    for (size_t i = 0; i < found && *n < max; i++)
        ids[(*n)++] = hits[i]->id;
    pthread_mutex_unlock(&m->lock);
    free(hits);
    return PC_OK;
}

static enum pc_code memory_names_blob(struct pc_records *rs, const char *key, bool *named,
                                      struct pc_err *err)
{
    (void)err;
    struct memory *m = PC_RECORDS_SELF(struct memory, rs);
    pthread_mutex_lock(&m->lock);
    for (size_t i = 0; i < m->n && !*named; i++)
        *named = pc_record_names(m->items[i], key);
    pthread_mutex_unlock(&m->lock);
    return PC_OK;
}

static enum pc_code memory_kept(struct pc_records *rs, const char *name, char **text,
                                int64_t *version, struct pc_err *err)
{
    (void)err;
    struct memory *m = PC_RECORDS_SELF(struct memory, rs);
    pthread_mutex_lock(&m->lock);
    *version = pc_kept_read(m->kept, name, text);
    pthread_mutex_unlock(&m->lock);
    return PC_OK;
}

static enum pc_code memory_keep(struct pc_records *rs, const char *name, const char *text,
                                int64_t seen_version, int64_t *version, struct pc_err *err)
{
    struct memory *m = PC_RECORDS_SELF(struct memory, rs);
    pthread_mutex_lock(&m->lock);
    bool newest = pc_kept_version(m->kept, name) == seen_version;
    if (newest)
        *version = pc_kept_write(&m->kept, name, text);
    pthread_mutex_unlock(&m->lock);
    return newest ? PC_OK : pc_fail(err, PC_E_CHANGED_MEANWHILE, NULL);
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
    .mark = memory_mark,
    .adopt = memory_adopt,
    .remove = memory_remove,
    .gone = memory_gone,
    .stale = memory_stale,
    .names_blob = memory_names_blob,
    .kept = memory_kept,
    .keep = memory_keep,
};
