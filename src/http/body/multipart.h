/* Reader of multipart/form-data (RFC 7578). It takes the body in pieces of any size and keeps
 * at most one delimiter of it, so that uploads of any size are streamed.
 *
 * It accepts what clients send although the standards do not allow it: boundaries of any printable
 * characters, lines that end with LF alone, folded headers, parts in base64.
 *
 * For each part it calls part, data any number of times, and part_end. A callback's code, if not
 * PC_OK, ends the reading with that code. Headers of a part above 8 KiB, more than 64 parts, and a
 * missing closing delimiter are bad_request.
 *
 * Ownership: create gives; destroy takes NULL; callbacks borrow what they get.
 * Threads: a reader belongs to one thread.
 */
#ifndef PC_HTTP_BODY_MULTIPART_H
#define PC_HTTP_BODY_MULTIPART_H

#include <stddef.h>

#include "base/err.h"

struct pc_multipart_part {
    const char *name;      /* of the field, UTF-8; "" when only the file has a name */
    const char *file_name; /* disposition.h; NULL: none, which is a plain field in most cases */
    const char *type;      /* the Content-Type with its parameters; "" when there is none */
};

struct pc_multipart_events {
    enum pc_code (*part)(void *ctx, const struct pc_multipart_part *part, struct pc_err *err);
    enum pc_code (*data)(void *ctx, const void *data, size_t len, struct pc_err *err);
    enum pc_code (*part_end)(void *ctx, struct pc_err *err);
};

struct pc_multipart;

/* bad_request when the Content-Type names no usable boundary. events outlives the reader. */
PC_NODISCARD enum pc_code pc_multipart_create(const char *content_type,
                                              const struct pc_multipart_events *events, void *ctx,
                                              struct pc_multipart **out, struct pc_err *err);
PC_NODISCARD enum pc_code pc_multipart_feed(struct pc_multipart *mp, const void *data, size_t len,
                                            struct pc_err *err);
/* The body is over. */
PC_NODISCARD enum pc_code pc_multipart_end(struct pc_multipart *mp, struct pc_err *err);
void pc_multipart_destroy(struct pc_multipart *mp);

#endif
