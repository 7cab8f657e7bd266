/* The wrapper around the drivers: checks keys and bounds, remembers that a writer is broken, and
 * makes put and get of the smaller steps. Drivers rely on it; see driver.h. */
#include <string.h>

#include "base/str.h"
#include "blobs/blobs.h"
#include "blobs/driver.h"

bool pc_blobs_driver_accepts(const struct pc_blobs_driver *driver, const char *url)
{
    return url && pc_str_starts(url, driver->scheme);
}

enum pc_code pc_blobs_open(const struct pc_blobs_driver *driver, const char *url,
                           struct pc_blobs **out, struct pc_err *err)
{
    *out = NULL;
    if (!pc_blobs_driver_accepts(driver, url))
        return pc_fail(err, PC_E_CONFIG, "The URL of the blobs must begin with \"%s\".",
                       driver->scheme);
    enum pc_code rc = driver->open(url, out, err);
    if (rc)
        return pc_err_wrap(err, "opening the blobs");
    (*out)->driver = driver;
    return PC_OK;
}

void pc_blobs_close(struct pc_blobs *bs)
{
    if (bs)
        bs->driver->close(bs);
}

bool pc_blob_key_valid(const char *key)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    if (!key || strlen(key) > PC_BLOB_KEY_MAX)
        return false;
    for (const char *part = key;;) {
        size_t len = strcspn(part, "/");
        bool dots = (len == 1 && part[0] == '.') || (len == 2 && strncmp(part, "..", 2) == 0);
        if (len == 0 || dots || strspn(part, allowed) < len)
            return false;
        if (part[len] == 0)
            return true;
        part += len + 1;
    }
}

static enum pc_code check_key(const char *key, struct pc_err *err)
{
    return pc_blob_key_valid(key)
               ? PC_OK
               : pc_fail(err, PC_E_BAD_REQUEST, "This is not the name of a file.");
}

enum pc_code pc_blobs_begin(struct pc_blobs *bs, struct pc_blob_writer **out, struct pc_err *err)
{
    *out = NULL;
    enum pc_code rc = bs->driver->begin(bs, out, err);
    if (rc)
        return pc_err_wrap(err, "beginning a blob");
    (*out)->bs = bs;
    (*out)->broken = PC_OK;
    return PC_OK;
}

enum pc_code pc_blob_write(struct pc_blob_writer *w, const void *data, size_t len,
                           struct pc_err *err)
{
    if (w->broken)
        return pc_fail_detail(err, w->broken, "an earlier write failed");
    if (len == 0)
        return PC_OK;
    w->broken = w->bs->driver->write(w, data, len, err);
    return w->broken ? pc_err_wrap(err, "writing a blob") : PC_OK;
}

enum pc_code pc_blob_commit(struct pc_blob_writer *w, const char *key, struct pc_err *err)
{
    enum pc_code rc = check_key(key, err);
    if (!rc && w->broken)
        rc = pc_fail_detail(err, w->broken, "an earlier write failed");
    if (rc) {
        pc_blob_abort(w);
        return rc;
    }
    rc = w->bs->driver->commit(w, key, err);
    return rc ? pc_err_wrap(err, "storing %s", key) : PC_OK;
}

void pc_blob_abort(struct pc_blob_writer *w)
{
    if (w)
        w->bs->driver->abort(w);
}

enum pc_code pc_blobs_put(struct pc_blobs *bs, const char *key, const void *data, size_t len,
                          struct pc_err *err)
{
    struct pc_blob_writer *w;
    enum pc_code rc = pc_blobs_begin(bs, &w, err);
    if (rc)
        return rc;
    rc = pc_blob_write(w, data, len, err);
    if (rc) {
        pc_blob_abort(w);
        return rc;
    }
    return pc_blob_commit(w, key, err);
}

enum pc_code pc_blobs_read(struct pc_blobs *bs, const char *key, struct pc_blob_reader **out,
                           struct pc_err *err)
{
    *out = NULL;
    enum pc_code rc = check_key(key, err);
    if (rc)
        return rc;
    rc = bs->driver->read(bs, key, out, err);
    if (rc)
        return pc_err_wrap(err, "opening %s", key);
    (*out)->bs = bs;
    return PC_OK;
}

int64_t pc_blob_size(const struct pc_blob_reader *r)
{
    return r->size;
}

int pc_blob_fd(const struct pc_blob_reader *r)
{
    return r->fd;
}

enum pc_code pc_blob_read_at(struct pc_blob_reader *r, int64_t offset, void *data, size_t len,
                             size_t *got, struct pc_err *err)
{
    *got = 0;
    if (offset < 0 || offset >= r->size || len == 0)
        return PC_OK;
    if ((int64_t)len < 0 || (int64_t)len > r->size - offset)
        len = (size_t)(r->size - offset);
    enum pc_code rc = r->bs->driver->read_at(r, offset, data, len, got, err);
    return rc ? pc_err_wrap(err, "reading a blob") : PC_OK;
}

void pc_blob_close(struct pc_blob_reader *r)
{
    if (r)
        r->bs->driver->close_reader(r);
}

static enum pc_code read_all(struct pc_blob_reader *r, struct pc_buf *out, struct pc_err *err)
{
    size_t size = (size_t)pc_blob_size(r), at = out->len, end = at + size;
    pc_buf_reserve(out, size);
    while (at < end) {
        size_t got;
        int64_t offset = (int64_t)(size - (end - at));
        enum pc_code rc = pc_blob_read_at(r, offset, out->data + at, end - at, &got, err);
        if (rc)
            return rc;
        at += got;
    }
    out->len = end;
    out->data[end] = 0;
    return PC_OK;
}

enum pc_code pc_blobs_get(struct pc_blobs *bs, const char *key, size_t max, struct pc_buf *out,
                          struct pc_err *err)
{
    struct pc_blob_reader *r;
    enum pc_code rc = pc_blobs_read(bs, key, &r, err);
    if (rc)
        return rc;
    if ((uint64_t)pc_blob_size(r) > max)
        rc = pc_fail_detail(err, PC_E_FILE_TOO_LARGE, "%s has %lld bytes", key,
                            (long long)pc_blob_size(r));
    else
        rc = read_all(r, out, err);
    pc_blob_close(r);
    return rc;
}

enum pc_code pc_blobs_remove(struct pc_blobs *bs, const char *key, struct pc_err *err)
{
    enum pc_code rc = check_key(key, err);
    if (rc)
        return rc;
    rc = bs->driver->remove(bs, key, err);
    return rc ? pc_err_wrap(err, "removing %s", key) : PC_OK;
}

enum pc_code pc_blobs_walk(struct pc_blobs *bs, const char *prefix,
                           bool (*visit)(void *ctx, const char *key, int64_t size,
                                         int64_t modified_ms),
                           void *ctx, struct pc_err *err)
{
    enum pc_code rc = bs->driver->walk(bs, prefix ? prefix : "", visit, ctx, err);
    return rc ? pc_err_wrap(err, "walking the blobs") : PC_OK;
}

enum pc_code pc_blobs_sweep(struct pc_blobs *bs, int64_t before_ms, int *dropped,
                            struct pc_err *err)
{
    *dropped = 0;
    enum pc_code rc = bs->driver->sweep ? bs->driver->sweep(bs, before_ms, dropped, err) : PC_OK;
    return rc ? pc_err_wrap(err, "sweeping the blobs") : PC_OK;
}

enum pc_code pc_blobs_ping(struct pc_blobs *bs, struct pc_err *err)
{
    enum pc_code rc = bs->driver->ping ? bs->driver->ping(bs, err) : PC_OK;
    return rc ? pc_err_wrap(err, "blobs") : PC_OK;
}

char *pc_blobs_link(struct pc_blobs *bs, const char *key, int64_t lifetime_s)
{
    return bs->driver->link && pc_blob_key_valid(key) ? bs->driver->link(bs, key, lifetime_s)
                                                      : NULL;
}
