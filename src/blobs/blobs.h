/* Blobs: originals and shots, streamed both ways. Callers' side; drivers implement blobs/driver.h.
 *
 * A key is a relative path of [A-Za-z0-9._-] parts joined by '/', at most 200 bytes, no part "." or
 * ".." or empty. A blob is immutable: keys are derived from content, so writing a key again writes
 * the same bytes. A blob appears whole or not at all: readers never see one half written, not even
 * after kill -9. The format is told by the key's extension.
 *
 * Ownership: writers and readers are owned by the caller and ended by commit/abort/close.
 * Threads: a struct pc_blobs may be used by all threads; one writer or reader by one thread at a
 * time. Errors: not_found, store_unavailable (retryable), store_full, bad_request (key), config
 * (address).
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

/* Does the driver read this address? By its scheme alone. */
bool pc_blobs_driver_accepts(const struct pc_blobs_driver *driver, const char *url);

/* Opens by address ("memory:", "file:DIR", "s3://..."). Gives *out. */
PC_NODISCARD enum pc_code pc_blobs_open(const struct pc_blobs_driver *driver, const char *url,
                                        struct pc_blobs **out, struct pc_err *err);
/* All writers and readers must be ended. Takes NULL. */
void pc_blobs_close(struct pc_blobs *bs);

bool pc_blob_key_valid(const char *key);

/* Streams in; the key is said at commit, when the content's hash is known. */
/* Gives *out. */
PC_NODISCARD enum pc_code pc_blobs_begin(struct pc_blobs *bs, struct pc_blob_writer **out,
                                         struct pc_err *err);
PC_NODISCARD enum pc_code pc_blob_write(struct pc_blob_writer *w, const void *data, size_t len,
                                        struct pc_err *err);
/* Makes it visible under key and ends the writer, also on failure. On success it is durable: file
 * and directory are synced. When a write failed before, answers that failure and nothing becomes
 * visible. */
PC_NODISCARD enum pc_code pc_blob_commit(struct pc_blob_writer *w, const char *key,
                                         struct pc_err *err);
/* Forgets it and ends the writer; takes NULL. */
void pc_blob_abort(struct pc_blob_writer *w);
/* begin, write, commit in one. */
PC_NODISCARD enum pc_code pc_blobs_put(struct pc_blobs *bs, const char *key, const void *data,
                                       size_t len, struct pc_err *err);

/* Gives *out. What was opened stays readable to its end, even when the blob is removed meanwhile,
 * where the driver can. */
PC_NODISCARD enum pc_code pc_blobs_read(struct pc_blobs *bs, const char *key,
                                        struct pc_blob_reader **out, struct pc_err *err);
int64_t pc_blob_size(const struct pc_blob_reader *r);
/* A file descriptor of the whole blob for sendfile, owned by the reader, or -1: the driver has
 * none. */
int pc_blob_fd(const struct pc_blob_reader *r);
/* Up to len bytes from offset; *got 0 at the end. */
PC_NODISCARD enum pc_code pc_blob_read_at(struct pc_blob_reader *r, int64_t offset, void *data,
                                          size_t len, size_t *got, struct pc_err *err);
void pc_blob_close(struct pc_blob_reader *r); /* takes NULL */
/* The whole blob, appended to out; more than max bytes is refused (file_too_large). */
PC_NODISCARD enum pc_code pc_blobs_get(struct pc_blobs *bs, const char *key, size_t max,
                                       struct pc_buf *out, struct pc_err *err);

/* Removing what is not there is no error. */
PC_NODISCARD enum pc_code pc_blobs_remove(struct pc_blobs *bs, const char *key, struct pc_err *err);
/* Calls visit for each blob whose key starts with prefix ("" = all), any order; visit returning
 * false ends it. visit may call anything of this header, removing too. Blobs that come or go
 * meanwhile may be visited or not. */
PC_NODISCARD enum pc_code pc_blobs_walk(struct pc_blobs *bs, const char *prefix,
                                        bool (*visit)(void *ctx, const char *key, int64_t size,
                                                      int64_t modified_ms),
                                        void *ctx, struct pc_err *err);
/* Drops temporary pieces of writers that died, older than before_ms. */
PC_NODISCARD enum pc_code pc_blobs_sweep(struct pc_blobs *bs, int64_t before_ms, int *dropped,
                                         struct pc_err *err);
PC_NODISCARD enum pc_code pc_blobs_ping(struct pc_blobs *bs, struct pc_err *err);
/* Do commit, read and remove cross a network? Then nobody calls them on a thread that must not
 * wait. begin and write never do: a writer collects on this machine until commit. */
bool pc_blobs_remote(const struct pc_blobs *bs);
/* An address at which a browser gets the blob without asking us, good for lifetime_s seconds at
 * least where such addresses end; NULL when the store has none: then we serve it (/files). Gives.
 * Computed here, nothing is asked. */
char *pc_blobs_link(struct pc_blobs *bs, const char *key, int64_t lifetime_s);

#endif
