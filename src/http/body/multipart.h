/* Reader of multipart/form-data (RFC 7578) that takes the body in pieces of any size and holds back
 * no more than one delimiter, so an upload streams through.
 *
 * Order of calls: part, data*, part_end for each part. A callback's code ends the reading with it.
 * Part headers beyond 8 KiB, more than 64 parts, and a missing closing delimiter are bad_request.
 *
 * Ownership: create gives; destroy takes NULL; what callbacks get is borrowed.
 * Threads: one reader belongs to one thread.
 */
#ifndef PC_HTTP_BODY_MULTIPART_H
#define PC_HTTP_BODY_MULTIPART_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct pc_multipart_events {
    /* file_name: last part of the path that the client gave, UTF-8; NULL: a plain field */
    enum pc_code (*part)(void *ctx, const char *name, const char *file_name, struct pc_err *err);
    enum pc_code (*data)(void *ctx, const void *data, size_t len, struct pc_err *err);
    enum pc_code (*part_end)(void *ctx, struct pc_err *err);
};

struct pc_multipart;

/* bad_request when the content type names no usable boundary. events outlives the reader. */
PC_NODISCARD enum pc_code pc_multipart_create(const char *content_type,
                                              const struct pc_multipart_events *events, void *ctx,
                                              struct pc_multipart **out, struct pc_err *err);
PC_NODISCARD enum pc_code pc_multipart_feed(struct pc_multipart *mp, const void *data, size_t len,
                                            struct pc_err *err);
/* The body is over. */
PC_NODISCARD enum pc_code pc_multipart_end(struct pc_multipart *mp, struct pc_err *err);
void pc_multipart_destroy(struct pc_multipart *mp);

/* Value of a parameter of a header such as `form-data; name="a"; filename="b.jpg"`, quotes and
 * backslashes undone. false when it is not there or does not fit. */
bool pc_header_param(const char *header, const char *name, char *out, size_t cap);

#endif
