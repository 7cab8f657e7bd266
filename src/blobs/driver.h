/* What a driver of blobs implements. Callers use blobs.h; this is for drivers and for the wrapper
 * (blobs.c). The wrapper checks arguments, so drivers may rely on it: pointers are not NULL, keys
 * are valid (pc_blob_key_valid), and a writer of which a write failed is never committed.
 *
 * A driver embeds struct pc_blobs, pc_blob_writer and pc_blob_reader as `base` in its own structs
 * and gets from them to its own by PC_BLOBS_SELF. Slots on the store may be called by any number of
 * threads at once; slots on one writer or reader by one thread at a time. No slot may be NULL
 * unless it says so.
 */
#ifndef PC_BLOBS_DRIVER_H
#define PC_BLOBS_DRIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct pc_blobs {
    const struct pc_blobs_driver *driver; /* set by the wrapper after open */
};

struct pc_blob_writer {
    struct pc_blobs *bs; /* set by the wrapper after begin, like broken */
    enum pc_code broken; /* the first failure of a write */
};

struct pc_blob_reader {
    struct pc_blobs *bs; /* set by the wrapper after read */
    int64_t size;        /* filled by the driver */
    int fd;              /* filled by the driver; -1: none */
};

#define PC_BLOBS_SELF(type, member)                                                                \
    ((type *)(void *)((char *)(member) - __builtin_offsetof(type, base)))

struct pc_blobs_driver {
    const char *scheme; /* how its URLs begin: "file:" */
    bool remote; /* blobs are sent over a network; writers collect them on this machine first */

    /* Before: url begins with the scheme. After PC_OK *out is open, and writing to it is possible
     * as far as can be known. Errors: config for a malformed URL, store_unavailable. */
    enum pc_code (*open)(const char *url, struct pc_blobs **out, struct pc_err *err);
    /* Before: no call is under way, and no writer or reader is left. */
    void (*close)(struct pc_blobs *bs);

    enum pc_code (*begin)(struct pc_blobs *bs, struct pc_blob_writer **out, struct pc_err *err);
    /* len is 1 or more. Stores all of it or fails. */
    enum pc_code (*write)(struct pc_blob_writer *w, const void *data, size_t len,
                          struct pc_err *err);
    /* After PC_OK the blob is visible as a whole and durable; else it is not visible at all, or is
     * what it was before when the key existed. Frees the writer in both cases. */
    enum pc_code (*commit)(struct pc_blob_writer *w, const char *key, struct pc_err *err);
    /* Frees the writer and leaves nothing of it. */
    void (*abort)(struct pc_blob_writer *w);

    /* not_found when there is no such blob. After PC_OK base.size and base.fd are filled. */
    enum pc_code (*read)(struct pc_blobs *bs, const char *key, struct pc_blob_reader **out,
                         struct pc_err *err);
    /* offset is within [0, size); len is 1 or more and does not reach beyond size. After PC_OK *got
     * is 1 or more, and may be less than len. */
    enum pc_code (*read_at)(struct pc_blob_reader *r, int64_t offset, void *data, size_t len,
                            size_t *got, struct pc_err *err);
    void (*close_reader)(struct pc_blob_reader *r);

    /* PC_OK also when there is no such blob. */
    enum pc_code (*remove)(struct pc_blobs *bs, const char *key, struct pc_err *err);
    /* As pc_blobs_walk says; no lock may be held while visit runs. */
    enum pc_code (*walk)(struct pc_blobs *bs, const char *prefix,
                         bool (*visit)(void *ctx, const char *key, int64_t size,
                                       int64_t modified_ms),
                         void *ctx, struct pc_err *err);
    /* May be NULL when writers that died leave nothing behind. Adds to *dropped. */
    enum pc_code (*sweep)(struct pc_blobs *bs, int64_t before_ms, int *dropped, struct pc_err *err);
    /* May be NULL when nothing could be unavailable. */
    enum pc_code (*ping)(struct pc_blobs *bs, struct pc_err *err);
    /* May be NULL when no browser can ask the store itself. Asks nothing. */
    char *(*link)(struct pc_blobs *bs, const char *key, int64_t lifetime_s);
};

#endif
