#include "records/mongo_insert.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "records/mongo_change.h"
#include "records/mongo_doc.h"
#include "records/mongo_old.h"

enum { URLS_AT_ONCE = 500 };

struct batch {
    const struct pc_record_new *fresh;
    int n;
    int64_t now_ms;
    struct pc_record *items; /* id 0: not found */
    int *sorted;             /* indexes, by url and then as given */
    int *first;              /* first[i]: the first that has the url of i */
    bson_value_t *old;       /* _id of the first version's document; value_type 0: there is none */
    int64_t *made;           /* the id under which this call adds it, or 0 */
};

/* Doubles */

static int by_url(const void *va, const void *vb, void *fresh)
{
    int a = *(const int *)va, b = *(const int *)vb;
    const struct pc_record_new *all = fresh;
    int c = strcmp(all[a].url, all[b].url);
    return c ? c : a - b;
}

static void batch_init(struct batch *b)
{
    size_t n = (size_t)b->n;
    b->sorted = pc_xmalloc(n * sizeof *b->sorted);
    b->first = pc_xmalloc(n * sizeof *b->first);
    b->old = pc_xmalloc(n * sizeof *b->old);
    b->made = pc_xmalloc(n * sizeof *b->made);
    for (int i = 0; i < b->n; i++)
        b->sorted[i] = i;
    qsort_r(b->sorted, n, sizeof *b->sorted, by_url, (void *)(uintptr_t)b->fresh);
    for (int k = 0; k < b->n; k++) {
        int i = b->sorted[k];
        bool same = k > 0 && pc_streq(b->fresh[i].url, b->fresh[b->sorted[k - 1]].url);
        b->first[i] = same ? b->first[b->sorted[k - 1]] : i;
    }
}

static void batch_finish(struct batch *b)
{
    for (int i = 0; i < b->n; i++)
        if (b->old[i].value_type)
            bson_value_destroy(&b->old[i]);
    free(b->sorted);
    free(b->first);
    free(b->old);
    free(b->made);
}

static int index_of_url(const struct batch *b, const char *url)
{
    int low = 0, high = b->n;
    while (low < high) {
        int middle = (low + high) / 2;
        if (strcmp(b->fresh[b->sorted[middle]].url, url) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < b->n && pc_streq(b->fresh[b->sorted[low]].url, url) ? b->sorted[low] : -1;
}

/* Finding */

static void take_found(struct batch *b, const bson_t *doc)
{
    struct pc_record r;
    bson_iter_t it;
    pc_record_init(&r);
    pc_mongo_doc_read(doc, &r);
    int i = index_of_url(b, r.url);
    if (i < 0 || b->items[i].id) {
        pc_record_finish(&r);
        return;
    }
    if (!r.id && !b->old[i].value_type && bson_iter_init_find(&it, doc, "_id"))
        bson_value_copy(bson_iter_value(&it), &b->old[i]);
    pc_record_finish(&b->items[i]);
    b->items[i] = r;
}

/* The filter for the next urls that are not found yet; *from goes on. NULL: there are none. */
static bson_t *urls_filter(const struct batch *b, int *from)
{
    bson_t *filter = bson_new(), url, list;
    int n = 0;
    BSON_APPEND_DOCUMENT_BEGIN(filter, "url", &url);
    BSON_APPEND_ARRAY_BEGIN(&url, "$in", &list);
    for (; *from < b->n && n < URLS_AT_ONCE; ++*from) {
        char at[12];
        if (b->first[*from] != *from || b->items[*from].id)
            continue;
        snprintf(at, sizeof at, "%d", n++);
        BSON_APPEND_UTF8(&list, at, b->fresh[*from].url);
    }
    bson_append_array_end(&url, &list);
    bson_append_document_end(filter, &url);
    if (n)
        return filter;
    bson_destroy(filter);
    return NULL;
}

static enum pc_code find_known(struct mongo_io *io, struct batch *b, struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    bson_t *filter;
    int from = 0;
    while (!rc && (filter = urls_filter(b, &from))) {
        const bson_t *doc;
        bson_t *opts = bson_new();
        pc_mongo_read_sure(io, opts); /* we answer that they are there: then they stay */
        mongoc_cursor_t *cursor = pc_mongo_find(io, MONGO_IMAGES, filter, opts);
        while (mongoc_cursor_next(cursor, &doc))
            take_found(b, doc);
        rc = pc_mongo_end_find(cursor, err);
    }
    return rc;
}

static int count_missing(const struct batch *b)
{
    int n = 0;
    for (int i = 0; i < b->n; i++)
        n += b->first[i] == i && !b->items[i].id;
    return n;
}

/* Adding */

/* Fills items[i] with what is to be stored. What the first version knew stands there already. */
static void make(struct batch *b, int i, int64_t id, int64_t seq)
{
    const struct pc_record_new *f = &b->fresh[i];
    struct pc_record *r = &b->items[i];
    pc_record_set(&r->url, f->url);
    pc_record_set(&r->name, f->name);
    pc_record_set(&r->sku, f->sku);
    pc_record_set(&r->label, f->label);
    pc_record_set(&r->batch, f->batch);
    pc_record_set(&r->original_key, f->original_key);
    pc_record_set(&r->format, f->format);
    pc_record_set(&r->stage, r->status == PC_PENDING ? "queued" : "");
    r->bytes = f->bytes;
    r->progress = r->status == PC_PROCESSED ? 100 : 0;
    r->created_ms = r->created_ms ? r->created_ms : b->now_ms;
    r->updated_ms = b->now_ms;
    r->finished_ms = r->status == PC_PENDING ? 0 : b->now_ms;
    r->seq = seq;
    r->id = b->made[i] = id;
}

static enum pc_code write_documents(struct mongo_io *io, struct batch *b, int missing,
                                    bool *refused, struct pc_err *err)
{
    bson_t **docs = pc_xmalloc((size_t)missing * sizeof *docs);
    enum pc_code rc = PC_OK;
    int n = 0;
    for (int i = 0; i < b->n && !rc; i++) {
        if (!b->made[i])
            continue;
        bson_t *left = NULL;
        if (b->old[i].value_type)
            rc = pc_mongo_old_leave(io, &b->old[i], b->fresh[i].url, b->made[i], &left, err);
        bson_destroy(left);
        docs[n++] = pc_mongo_doc_of(&b->items[i]);
    }
    if (!rc)
        rc = pc_mongo_insert_many(io, MONGO_IMAGES, (const bson_t **)docs, (size_t)n, refused, err);
    while (n)
        bson_destroy(docs[--n]);
    free(docs);
    return rc;
}

/* Gives the filter of what this call wrote. With the urls, so that even a counter that gave an id
 * twice (it was restored from an old dump) makes us delete nothing of others. */
static bson_t *ours(const struct mongo_change *c, const struct batch *b)
{
    bson_t *filter =
        BCON_NEW("_id", "{", "$gte", BCON_INT64(c->id), "$lt", BCON_INT64(c->id + c->n), "}");
    bson_t url, list;
    int n = 0;
    BSON_APPEND_DOCUMENT_BEGIN(filter, "url", &url);
    BSON_APPEND_ARRAY_BEGIN(&url, "$in", &list);
    for (int i = 0; i < b->n; i++) {
        char at[12];
        if (!b->made[i])
            continue;
        snprintf(at, sizeof at, "%d", n++);
        BSON_APPEND_UTF8(&list, at, b->fresh[i].url);
    }
    bson_append_array_end(&url, &list);
    bson_append_document_end(filter, &url);
    return filter;
}

/* After a failure: as if nothing had been. Its own failures change nothing. */
static void undo(struct mongo_change *c, struct batch *b)
{
    struct pc_err ignored = PC_ERR_INIT;
    (void)!pc_mongo_delete(&c->io, MONGO_IMAGES, ours(c, b), &ignored);
    for (int i = 0; i < b->n; i++)
        if (b->made[i] && b->old[i].value_type)
            (void)!pc_mongo_old_return(&c->io, &b->old[i], b->fresh[i].url, b->made[i], &ignored);
}

/* Some had been added by others between our look and our insert, or no majority had them yet (our
 * refused insert waited for that): reads all of them as they are. */
static enum pc_code find_again(struct mongo_change *c, struct batch *b, struct pc_err *err)
{
    for (int i = 0; i < b->n; i++)
        if (b->made[i]) {
            pc_record_finish(&b->items[i]);
            pc_record_init(&b->items[i]);
        }
    enum pc_code rc = find_known(&c->io, b, err);
    if (!rc && count_missing(b))
        return pc_fail_detail(err, PC_E_STORE_UNAVAILABLE,
                              "mongo: a url was refused as known, and then was not there");
    return rc;
}

/* What the first version's documents became is there. Should this fail, `posecraft adopt` finds out
 * again. */
static void end_old(struct mongo_change *c, const struct batch *b)
{
    struct pc_err ignored = PC_ERR_INIT;
    for (int i = 0; i < b->n; i++)
        if (b->made[i] && b->old[i].value_type)
            (void)!pc_mongo_old_arrived(&c->io, &b->old[i], b->items[i].id, NULL, &ignored);
}

static enum pc_code add_missing(struct mongo *m, struct batch *b, int missing, struct pc_err *err)
{
    struct mongo_change c;
    bool refused = false;
    enum pc_code rc = pc_mongo_change_begin(&c, m, missing, missing, err);
    if (rc) {
        pc_mongo_change_end(&c, false);
        return rc;
    }
    int64_t id = c.id, seq = c.seq;
    for (int i = 0; i < b->n; i++)
        if (b->first[i] == i && !b->items[i].id)
            make(b, i, id++, seq++);
    rc = write_documents(&c.io, b, missing, &refused, err);
    if (!rc && refused)
        rc = find_again(&c, b, err);
    if (rc)
        undo(&c, b);
    else
        end_old(&c, b);
    pc_mongo_change_end(&c, true);
    return rc;
}

enum pc_code pc_mongo_insert_records(struct pc_records *rs, const struct pc_record_new *fresh,
                                     int n, int64_t now_ms, struct pc_record *items, bool *created,
                                     struct pc_err *err)
{
    struct mongo *m = PC_RECORDS_SELF(struct mongo, rs);
    struct batch b = {.fresh = fresh, .n = n, .now_ms = now_ms, .items = items};
    struct mongo_io io;
    enum pc_code rc = pc_mongo_take(m, &io, err);
    if (rc)
        return rc;
    batch_init(&b);
    rc = find_known(&io, &b, err);
    pc_mongo_give(&io);
    int missing = rc ? 0 : count_missing(&b);
    if (missing)
        rc = add_missing(m, &b, missing, err);
    for (int i = 0; i < n && !rc; i++) {
        if (b.first[i] == i) {
            created[i] = b.made[i] && items[i].id == b.made[i] && !b.old[i].value_type;
            continue;
        }
        pc_record_finish(&items[i]);
        pc_record_copy(&items[i], &items[b.first[i]]);
    }
    batch_finish(&b);
    return rc;
}
