/* Blobs: what a driver implements. Callers use blobs.h; this is for drivers and the wrapper
 * (blobs.c), which checks arguments: pointers are not NULL, keys are valid (pc_blob_key_valid), a
 * writer whose write failed is never committed.
 *
 * A driver embeds struct pc_blobs, pc_blob_writer and pc_blob_reader as `base` in its own structs
 * and finds itself by PC_BLOBS_SELF. Slots on the store may be called by any number of threads at
 * once; slots on one writer or reader by one thread at a time. No slot may be NULL unless it says
 * so.
 */
#ifndef PC_BLOBS_DRIVER_H
#define PC_BLOBS_DRIVER_H

#include "blobs/blobs.h"

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
    const char *scheme; /* how its addresses begin: "file:" */
    bool remote;        /* commit, read and remove cross a network */

    /* Before: address begins with the scheme. After PC_OK *out is open, and writing to it is
     * possible as far as can be known. Errors: config for an address of the wrong form,
     * store_unavailable. */
    enum pc_code (*open)(const char *url, struct pc_blobs **out, struct pc_err *err);
    /* Before: no call is under way, no writer or reader is left. */
    void (*close)(struct pc_blobs *bs);

    enum pc_code (*begin)(struct pc_blobs *bs, struct pc_blob_writer **out, struct pc_err *err);
    /* len is 1 or more. All of it is taken, or it is a failure. */
    enum pc_code (*write)(struct pc_blob_writer *w, const void *data, size_t len,
                          struct pc_err *err);
    /* After PC_OK the blob is visible whole and durable, else not at all (or as it was before, when
     * the key was there). The writer is freed in both cases. */
    enum pc_code (*commit)(struct pc_blob_writer *w, const char *key, struct pc_err *err);
    /* Frees the writer; nothing of it stays. */
    void (*abort)(struct pc_blob_writer *w);

    /* not_found when there is none. After: base.size and base.fd are filled. */
    enum pc_code (*read)(struct pc_blobs *bs, const char *key, struct pc_blob_reader **out,
                         struct pc_err *err);
    /* offset is within [0, size), len is 1 or more and does not reach beyond size. *got is 1 or
     * more after PC_OK; less than len is fine. */
    enum pc_code (*read_at)(struct pc_blob_reader *r, int64_t offset, void *data, size_t len,
                            size_t *got, struct pc_err *err);
    void (*close_reader)(struct pc_blob_reader *r);

    /* PC_OK also when there is none. */
    enum pc_code (*remove)(struct pc_blobs *bs, const char *key, struct pc_err *err);
    /* As the header says; no lock may be held while visit runs. */
    enum pc_code (*walk)(struct pc_blobs *bs, const char *prefix,
                         bool (*visit)(void *ctx, const char *key, int64_t size,
                                       int64_t modified_ms),
                         void *ctx, struct pc_err *err);
    /* May be NULL: dead writers leave nothing behind. Adds to *dropped. */
    enum pc_code (*sweep)(struct pc_blobs *bs, int64_t before_ms, int *dropped, struct pc_err *err);
    /* May be NULL: then there is nothing that could be away. */
    enum pc_code (*ping)(struct pc_blobs *bs, struct pc_err *err);
    /* May be NULL: the store has no addresses that a browser could ask. Asks nothing itself. */
    char *(*link)(struct pc_blobs *bs, const char *key, int64_t lifetime_s);
};

#endif
