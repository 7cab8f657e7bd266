/* Blobs: original images and shots, streamed in and out. This is the callers' side; drivers
 * implement blobs/driver.h.
 *
 * A key is a relative path: parts of [A-Za-z0-9._-] with '/' between them, at most 200 bytes, no
 * part empty, "." or "..". A blob never changes: keys are derived from the content, so whoever
 * writes a key again writes the same bytes. A blob appears as a whole or not at all; readers never
 * see half of one, not even after kill -9. The extension of the key tells the format.
 *
 * Ownership: the caller owns writers and readers, and ends them by commit, abort or close.
 * Threads: all threads may use one struct pc_blobs at the same time, and one thread at a time a
 * writer or reader.
 * Errors: not_found, store_unavailable (retryable), store_full, bad_request (the key), config (the
 * URL).
 */
#ifndef PC_BLOBS_BLOBS_H
#define PC_BLOBS_BLOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum { PC_BLOB_KEY_MAX = 200 }; /* bytes, without the NUL */

struct pc_blobs;
struct pc_blobs_driver;
struct pc_blob_writer;
struct pc_blob_reader;

/* Is this URL one of the driver's? Its scheme tells. */
bool pc_blobs_driver_accepts(const struct pc_blobs_driver *driver, const char *url);

/* Opens the store at url ("memory:", "file:DIR", "s3://..."). Gives *out. */
PC_NODISCARD enum pc_code pc_blobs_open(const struct pc_blobs_driver *driver, const char *url,
                                        struct pc_blobs **out, struct pc_err *err);
/* Takes NULL. No writer or reader may be left. */
void pc_blobs_close(struct pc_blobs *bs);

bool pc_blob_key_valid(const char *key);

/* Begins to write a blob. Its key is given at commit, when the hash of the content is known. Gives
 * *out. */
PC_NODISCARD enum pc_code pc_blobs_begin(struct pc_blobs *bs, struct pc_blob_writer **out,
                                         struct pc_err *err);
PC_NODISCARD enum pc_code pc_blob_write(struct pc_blob_writer *w, const void *data, size_t len,
                                        struct pc_err *err);
/* Makes the blob visible under key, and durable: after PC_OK a power cut loses nothing. When a
 * write failed before, returns that failure, and nothing becomes visible. Ends the writer in each
 * case. */
PC_NODISCARD enum pc_code pc_blob_commit(struct pc_blob_writer *w, const char *key,
                                         struct pc_err *err);
/* Ends the writer and drops what it wrote; takes NULL. */
void pc_blob_abort(struct pc_blob_writer *w);
/* begin, write, commit in one. */
PC_NODISCARD enum pc_code pc_blobs_put(struct pc_blobs *bs, const char *key, const void *data,
                                       size_t len, struct pc_err *err);

/* Opens a blob for reading. Where the driver can, it stays readable to its end even when it is
 * removed meanwhile. Gives *out. */
PC_NODISCARD enum pc_code pc_blobs_read(struct pc_blobs *bs, const char *key,
                                        struct pc_blob_reader **out, struct pc_err *err);
int64_t pc_blob_size(const struct pc_blob_reader *r);
/* A file descriptor of the whole blob for sendfile; the reader owns it. -1: the driver has none. */
int pc_blob_fd(const struct pc_blob_reader *r);
/* Reads up to len bytes from offset on; *got is 0 at the end. */
PC_NODISCARD enum pc_code pc_blob_read_at(struct pc_blob_reader *r, int64_t offset, void *data,
                                          size_t len, size_t *got, struct pc_err *err);
void pc_blob_close(struct pc_blob_reader *r); /* takes NULL */
/* Appends the whole blob to out. One of more than max bytes is refused: file_too_large. */
PC_NODISCARD enum pc_code pc_blobs_get(struct pc_blobs *bs, const char *key, size_t max,
                                       struct pc_buf *out, struct pc_err *err);

/* Removing a blob that does not exist is no error. */
PC_NODISCARD enum pc_code pc_blobs_remove(struct pc_blobs *bs, const char *key, struct pc_err *err);
/* Calls visit for each blob whose key begins with prefix ("": all), in any order, until it returns
 * false. visit may call anything of this header, also remove blobs. Blobs that come or go meanwhile
 * may be visited or not. */
PC_NODISCARD enum pc_code pc_blobs_walk(struct pc_blobs *bs, const char *prefix,
                                        bool (*visit)(void *ctx, const char *key, int64_t size,
                                                      int64_t modified_ms),
                                        void *ctx, struct pc_err *err);
/* Drops temporary files and uploads of writers that died, if older than before_ms. */
PC_NODISCARD enum pc_code pc_blobs_sweep(struct pc_blobs *bs, int64_t before_ms, int *dropped,
                                         struct pc_err *err);
PC_NODISCARD enum pc_code pc_blobs_ping(struct pc_blobs *bs, struct pc_err *err);
/* A URL at which a browser gets the blob without asking us, valid for lifetime_s seconds at least
 * where such URLs expire. NULL when the store has none; then we serve the blob below /files.
 * Computed here, without a request. Gives. */
char *pc_blobs_link(struct pc_blobs *bs, const char *key, int64_t lifetime_s);

#endif
