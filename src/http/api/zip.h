/* A ZIP file that is written while it is sent: members are stored, each followed by its size and
 * CRC, with ZIP64 where it is needed. What libarchive writes is gathered in out until the caller
 * takes it, so at most one chunk is in memory.
 *
 * Errors: internal. Threads: an archive belongs to one thread at a time.
 */
#ifndef PC_HTTP_API_ZIP_H
#define PC_HTTP_API_ZIP_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct pc_zip;

/* Writes to out, which outlives it. Gives *zip. */
PC_NODISCARD enum pc_code pc_zip_create(struct pc_buf *out, struct pc_zip **zip,
                                        struct pc_err *err);
/* Begins a member; name is UTF-8. Exactly size bytes of it follow with pc_zip_write. */
PC_NODISCARD enum pc_code pc_zip_begin(struct pc_zip *zip, const char *name, int64_t size,
                                       int64_t modified_ms, struct pc_err *err);
PC_NODISCARD enum pc_code pc_zip_write(struct pc_zip *zip, const void *data, size_t len,
                                       struct pc_err *err);
PC_NODISCARD enum pc_code pc_zip_end(struct pc_zip *zip, struct pc_err *err);
/* Writes the directory: nothing can be added any more. */
PC_NODISCARD enum pc_code pc_zip_close(struct pc_zip *zip, struct pc_err *err);
void pc_zip_destroy(struct pc_zip *zip); /* takes NULL; writes nothing */

/* Names of members, made safe for file systems, and unique. Zeroed memory is an empty set. */
struct pc_zip_names {
    uint64_t *seen; /* hash table of hashes; 0: a free slot */
    size_t n, cap;
};
void pc_zip_names_finish(struct pc_zip_names *names);
/* Gives "{name}-{shot}.{ext}": the name without its own extension and without characters that file
 * systems reject. If that name was given before, ignoring case: "{name}-{id}-{shot}.{ext}", and
 * then with a number after the shot. */
char *pc_zip_names_add(struct pc_zip_names *names, const char *name, int64_t id, const char *shot,
                       const char *ext);

#endif
