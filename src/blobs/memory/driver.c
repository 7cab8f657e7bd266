/* Blobs in memory: the driver that shows in the fewest lines what the contract means.
 *
 * A tree (tsearch) has the blobs by key. A blob never changes; the tree and each reader count as a
 * reference to it, so that a reader outlives the removal. One lock guards the tree and the
 * references.
 */
#include <pthread.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "blobs/drivers.h"

struct blob {
    char *key;
    char *data;
    size_t len;
    int64_t modified_ms;
    int references; /* guarded by the store's lock */
};

struct memory {
    struct pc_blobs base;
    pthread_mutex_t lock; /* guards by_key, n and references */
    void *by_key;
    size_t n;
};

struct memory_writer {
    struct pc_blob_writer base;
    struct pc_buf buf;
};

struct memory_reader {
    struct pc_blob_reader base;
    struct blob *blob; /* one reference */
};

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct blob *)a)->key, ((const struct blob *)b)->key);
}

static struct memory *store_of(struct pc_blobs *bs)
{
    return PC_BLOBS_SELF(struct memory, bs);
}

/* With the lock held, as everything below that works on the tree. */
static void unreference(struct blob *b)
{
    if (--b->references > 0)
        return;
    free(b->key);
    free(b->data);
    free(b);
}

static struct blob *find(struct memory *m, const char *key)
{
    struct blob want = {.key = (char *)(uintptr_t)key};
    struct blob **node = tfind(&want, &m->by_key, by_key);
    return node ? *node : NULL;
}

static void drop(struct memory *m, struct blob *b)
{
    tdelete(b, &m->by_key, by_key);
    m->n--;
    unreference(b);
}

static enum pc_code memory_open(const char *url, struct pc_blobs **out, struct pc_err *err)
{
    if (!pc_str_eq(url, "memory:"))
        return pc_fail(err, PC_E_CONFIG, "The URL of blobs in memory is \"memory:\".");
    struct memory *m = pc_xzalloc(sizeof *m);
    pthread_mutex_init(&m->lock, NULL);
    *out = &m->base;
    return PC_OK;
}

static void unreference_node(void *b)
{
    unreference(b);
}

static void memory_close(struct pc_blobs *bs)
{
    struct memory *m = store_of(bs);
    tdestroy(m->by_key, unreference_node);
    pthread_mutex_destroy(&m->lock);
    free(m);
}

static enum pc_code memory_begin(struct pc_blobs *bs, struct pc_blob_writer **out,
                                 struct pc_err *err)
{
    (void)bs, (void)err;
    struct memory_writer *w = pc_xzalloc(sizeof *w);
    *out = &w->base;
    return PC_OK;
}

static enum pc_code memory_write(struct pc_blob_writer *base, const void *data, size_t len,
                                 struct pc_err *err)
{
    (void)err;
    pc_buf_append(&PC_BLOBS_SELF(struct memory_writer, base)->buf, data, len);
    return PC_OK;
}

static enum pc_code memory_commit(struct pc_blob_writer *base, const char *key, struct pc_err *err)
{
    (void)err;
    struct memory_writer *w = PC_BLOBS_SELF(struct memory_writer, base);
    struct memory *m = store_of(base->bs);
    struct blob *b = pc_xzalloc(sizeof *b);
    b->key = pc_xstrdup(key);
    b->data = pc_buf_detach(&w->buf, &b->len);
    b->modified_ms = pc_clock_wall_ms();
    b->references = 1;
    pthread_mutex_lock(&m->lock);
    struct blob *old = find(m, key);
    if (old)
        drop(m, old);
    if (!tsearch(b, &m->by_key, by_key))
        abort(); /* out of memory */
    m->n++;
    pthread_mutex_unlock(&m->lock);
    free(w);
    return PC_OK;
}

static void memory_abort(struct pc_blob_writer *base)
{
    struct memory_writer *w = PC_BLOBS_SELF(struct memory_writer, base);
    pc_buf_finish(&w->buf);
    free(w);
}

static enum pc_code memory_read(struct pc_blobs *bs, const char *key, struct pc_blob_reader **out,
                                struct pc_err *err)
{
    struct memory *m = store_of(bs);
    pthread_mutex_lock(&m->lock);
    struct blob *b = find(m, key);
    if (b)
        b->references++;
    pthread_mutex_unlock(&m->lock);
    if (!b)
        return pc_fail(err, PC_E_NOT_FOUND, NULL);
    struct memory_reader *r = pc_xzalloc(sizeof *r);
    r->blob = b;
    r->base.size = (int64_t)b->len;
    r->base.fd = -1;
    *out = &r->base;
    return PC_OK;
}

static enum pc_code memory_read_at(struct pc_blob_reader *base, int64_t offset, void *data,
                                   size_t len, size_t *got, struct pc_err *err)
{
    (void)err;
    memcpy(data, PC_BLOBS_SELF(struct memory_reader, base)->blob->data + offset, len);
    *got = len;
    return PC_OK;
}

static void memory_close_reader(struct pc_blob_reader *base)
{
    struct memory_reader *r = PC_BLOBS_SELF(struct memory_reader, base);
    struct memory *m = store_of(base->bs);
    pthread_mutex_lock(&m->lock);
    unreference(r->blob);
    pthread_mutex_unlock(&m->lock);
    free(r);
}

static enum pc_code memory_remove(struct pc_blobs *bs, const char *key, struct pc_err *err)
{
    (void)err;
    struct memory *m = store_of(bs);
    pthread_mutex_lock(&m->lock);
    struct blob *b = find(m, key);
    if (b)
        drop(m, b);
    pthread_mutex_unlock(&m->lock);
    return PC_OK;
}

struct collected {
    const char *prefix;
    struct blob **items;
    size_t n;
};

static void collect(const void *node, VISIT which, void *ctx)
{
    struct collected *c = ctx;
    struct blob *b = *(struct blob *const *)node;
    if ((which == postorder || which == leaf) && pc_str_starts(b->key, c->prefix)) {
        b->references++;
        c->items[c->n++] = b;
    }
}

static enum pc_code memory_walk(struct pc_blobs *bs, const char *prefix,
                                bool (*visit)(void *ctx, const char *key, int64_t size,
                                              int64_t modified_ms),
                                void *ctx, struct pc_err *err)
{
    (void)err;
    struct memory *m = store_of(bs);
    struct collected all = {.prefix = prefix};
    pthread_mutex_lock(&m->lock);
    all.items = pc_xzalloc(m->n * sizeof *all.items);
    twalk_r(m->by_key, collect, &all);
    pthread_mutex_unlock(&m->lock);
    bool more = true;
    for (size_t i = 0; i < all.n && more; i++)
        more = visit(ctx, all.items[i]->key, (int64_t)all.items[i]->len, all.items[i]->modified_ms);
    pthread_mutex_lock(&m->lock);
    for (size_t i = 0; i < all.n; i++)
        unreference(all.items[i]);
    pthread_mutex_unlock(&m->lock);
    free(all.items);
    return PC_OK;
}

const struct pc_blobs_driver pc_blobs_memory = {
    .scheme = "memory:",
    .open = memory_open,
    .close = memory_close,
    .begin = memory_begin,
    .write = memory_write,
    .commit = memory_commit,
    .abort = memory_abort,
    .read = memory_read,
    .read_at = memory_read_at,
    .close_reader = memory_close_reader,
    .remove = memory_remove,
    .walk = memory_walk,
};
