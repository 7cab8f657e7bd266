/* A batch is added completely or not at all, without a transaction: first its ids are reserved, and
 * after a failure in the middle the documents with these ids are removed again. If the server cannot
 * be reached for that, some records of the batch may stay. They are complete and pending: the sweeper
 * gives them jobs, and when the same batch is sent again, they are found. A document of the first
 * version that has one of the urls is moved (legacy.c). */
#include "records/mongo/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

enum { URLS_AT_ONCE = 500 };

struct batch {
    const struct pc_record_new *fresh;
    int n;
    int64_t now_ms;
    struct pc_record *items; /* id 0: not found */
    int *sorted;             /* indexes, by url and then as given */
    int *first;              /* first[i]: the first that has the url of i */
    bson_value_t
        *legacy_oids; /* _id of the first version's document; value_type 0: there is none */
    int64_t *new_ids; /* the id under which this call adds it, or 0 */
};

/* --- URLs that are there twice --- */

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
    b->sorted = pc_xzalloc(n * sizeof *b->sorted);
    b->first = pc_xzalloc(n * sizeof *b->first);
    b->legacy_oids = pc_xzalloc(n * sizeof *b->legacy_oids);
    b->new_ids = pc_xzalloc(n * sizeof *b->new_ids);
    for (int i = 0; i < b->n; i++)
        b->sorted[i] = i;
    qsort_r(b->sorted, n, sizeof *b->sorted, by_url, (void *)(uintptr_t)b->fresh);
    for (int k = 0; k < b->n; k++) {
        int i = b->sorted[k];
        bool same = k > 0 && pc_str_eq(b->fresh[i].url, b->fresh[b->sorted[k - 1]].url);
        b->first[i] = same ? b->first[b->sorted[k - 1]] : i;
    }
}

static void batch_finish(struct batch *b)
{
    for (int i = 0; i < b->n; i++)
        if (b->legacy_oids[i].value_type)
            bson_value_destroy(&b->legacy_oids[i]);
    free(b->sorted);
    free(b->first);
    free(b->legacy_oids);
    free(b->new_ids);
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
    return low < b->n && pc_str_eq(b->fresh[b->sorted[low]].url, url) ? b->sorted[low] : -1;
}

/* --- finding --- */

static void add_found(struct batch *b, const bson_t *doc)
{
    struct pc_record r;
    bson_iter_t it;
    pc_record_init(&r);
    pc_mongo_decode_record(doc, &r);
    int i = index_of_url(b, r.url);
    if (i < 0 || b->items[i].id) {
        pc_record_finish(&r);
        return;
    }
    if (!r.id && !b->legacy_oids[i].value_type && bson_iter_init_find(&it, doc, "_id"))
        bson_value_copy(bson_iter_value(&it), &b->legacy_oids[i]);
    pc_record_finish(&b->items[i]);
    b->items[i] = r;
}

/* Gives the filter for the next urls that are not found yet, from *from on, and advances *from. NULL:
 * there are none. */
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

static enum pc_code find_known(struct pc_mongo_connection *conn, struct batch *b,
                               struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    bson_t *filter;
    int from = 0;
    while (!rc && (filter = urls_filter(b, &from))) {
        const bson_t *doc;
        bson_t *opts = bson_new();
        /* A client is told that what this finds is stored, so it must stay. */
        pc_mongo_put_read_concern(conn, opts);
        mongoc_cursor_t *cursor = pc_mongo_find(conn, MONGO_IMAGES, filter, opts);
        while (mongoc_cursor_next(cursor, &doc))
            add_found(b, doc);
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

/* --- adding --- */

/* Fills items[i] with the record to store. What the first version knew is in it already. */
static void fill_new(struct batch *b, int i, int64_t id, int64_t seq)
{
    const struct pc_record_new *f = &b->fresh[i];
    struct pc_record *r = &b->items[i];
    pc_record_set_text(&r->url, f->url);
    pc_record_set_text(&r->name, f->name);
    pc_record_set_text(&r->sku, f->sku);
    pc_record_set_text(&r->label, f->label);
    pc_record_set_text(&r->batch, f->batch);
    pc_record_set_text(&r->original_key, f->original_key);
    pc_record_set_text(&r->format, f->format);
    pc_record_set_text(&r->stage, r->status == PC_PENDING ? "queued" : "");
    r->bytes = f->bytes;
    r->progress = r->status == PC_PROCESSED ? 100 : 0;
    r->created_ms = r->created_ms ? r->created_ms : b->now_ms;
    r->updated_ms = b->now_ms;
    r->finished_ms = r->status == PC_PENDING ? 0 : b->now_ms;
    r->seq = seq;
    r->id = b->new_ids[i] = id;
}

static enum pc_code write_documents(struct pc_mongo_connection *conn, struct batch *b, int missing,
                                    bool *refused, struct pc_err *err)
{
    for (int i = 0; i < b->n; i++) {
        bson_t *moved = NULL;
        if (!b->new_ids[i] || !b->legacy_oids[i].value_type)
            continue;
        enum pc_code rc = pc_mongo_legacy_begin_move(conn, &b->legacy_oids[i], b->fresh[i].url,
                                                     b->new_ids[i], &moved, err);
        bson_destroy(moved);
        if (rc)
            return rc;
    }
    bson_t **docs = pc_xzalloc((size_t)missing * sizeof *docs);
    int n = 0;
    for (int i = 0; i < b->n; i++)
        if (b->new_ids[i])
            docs[n++] = pc_mongo_encode_record(&b->items[i]);
    return pc_mongo_insert_many(conn, MONGO_IMAGES, docs, (size_t)n, refused, err);
}

/* Gives the filter for what this call wrote. It includes the urls: if the counter gave an id twice,
 * because it was restored from an old dump, no other document is deleted. */
static bson_t *written_filter(const struct pc_mongo_change *c, const struct batch *b)
{
    bson_t *filter =
        BCON_NEW("_id", "{", "$gte", BCON_INT64(c->id), "$lt", BCON_INT64(c->id + c->n), "}");
    bson_t url, list;
    int n = 0;
    BSON_APPEND_DOCUMENT_BEGIN(filter, "url", &url);
    BSON_APPEND_ARRAY_BEGIN(&url, "$in", &list);
    for (int i = 0; i < b->n; i++) {
        char at[12];
        if (!b->new_ids[i])
            continue;
        snprintf(at, sizeof at, "%d", n++);
        BSON_APPEND_UTF8(&list, at, b->fresh[i].url);
    }
    bson_append_array_end(&url, &list);
    bson_append_document_end(filter, &url);
    return filter;
}

/* After a failure: removes what was written and undoes the moves. Errors of this are ignored. */
static void roll_back(struct pc_mongo_change *c, struct batch *b)
{
    struct pc_err ignored = PC_ERR_INIT;
    (void)!pc_mongo_delete(&c->conn, MONGO_IMAGES, written_filter(c, b), &ignored);
    for (int i = 0; i < b->n; i++)
        if (b->new_ids[i] && b->legacy_oids[i].value_type)
            (void)!pc_mongo_legacy_undo_move(&c->conn, &b->legacy_oids[i], b->fresh[i].url,
                                             b->new_ids[i], &ignored);
}

/* The server refused some urls as known: other processes added them after we looked, or no majority
 * had them yet when we looked (our refused insert has waited for that). Reads all of them. */
static enum pc_code reread_refused(struct pc_mongo_change *c, struct batch *b, struct pc_err *err)
{
    for (int i = 0; i < b->n; i++)
        if (b->new_ids[i]) {
            pc_record_finish(&b->items[i]);
            pc_record_init(&b->items[i]);
        }
    enum pc_code rc = find_known(&c->conn, b, err);
    if (!rc && count_missing(b))
        return pc_fail_detail(err, PC_E_STORE_UNAVAILABLE,
                              "mongo: a url was refused as known, and then was not there");
    return rc;
}

/* The records that documents of the first version became are there now. If this fails, `posecraft
 * adopt` ends the moves later. */
static void end_legacy_moves(struct pc_mongo_change *c, const struct batch *b)
{
    struct pc_err ignored = PC_ERR_INIT;
    for (int i = 0; i < b->n; i++)
        if (b->new_ids[i] && b->legacy_oids[i].value_type)
            (void)!pc_mongo_legacy_end_move(&c->conn, &b->legacy_oids[i], b->items[i].id, NULL,
                                            &ignored);
}

static enum pc_code add_missing(struct pc_mongo *m, struct batch *b, int missing,
                                struct pc_err *err)
{
    struct pc_mongo_change c;
    bool refused = false;
    enum pc_code rc = pc_mongo_change_begin(&c, m, missing, missing, err);
    if (rc) {
        pc_mongo_change_end(&c, false);
        return rc;
    }
    int64_t id = c.id, seq = c.seq;
    for (int i = 0; i < b->n; i++)
        if (b->first[i] == i && !b->items[i].id)
            fill_new(b, i, id++, seq++);
    rc = write_documents(&c.conn, b, missing, &refused, err);
    if (!rc && refused)
        rc = reread_refused(&c, b, err);
    if (rc)
        roll_back(&c, b);
    else
        end_legacy_moves(&c, b);
    pc_mongo_change_end(&c, true);
    return rc;
}

enum pc_code pc_mongo_insert_new(struct pc_records *rs, const struct pc_record_new *fresh, int n,
                                 int64_t now_ms, struct pc_record *items, bool *created,
                                 struct pc_err *err)
{
    struct pc_mongo *m = PC_RECORDS_SELF(struct pc_mongo, rs);
    struct batch b = {.fresh = fresh, .n = n, .now_ms = now_ms, .items = items};
    struct pc_mongo_connection conn;
    enum pc_code rc = pc_mongo_acquire(m, &conn, err);
    if (rc)
        return rc;
    batch_init(&b);
    rc = find_known(&conn, &b, err);
    pc_mongo_release(&conn);
    int missing = rc ? 0 : count_missing(&b);
    if (missing)
        rc = add_missing(m, &b, missing, err);
    for (int i = 0; i < n && !rc; i++) {
        if (b.first[i] == i) {
            created[i] =
                b.new_ids[i] && items[i].id == b.new_ids[i] && !b.legacy_oids[i].value_type;
            continue;
        }
        pc_record_finish(&items[i]);
        pc_record_copy(&items[i], &items[b.first[i]]);
    }
    batch_finish(&b);
    return rc;
}
