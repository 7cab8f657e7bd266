/* Small requests to the places that hand out keys of S3: one answer, not signed, a few kilobytes.
 * Redirects are not followed. Again after: no connection, a lost or silent one, 429, 5xx.
 * Threads: safe.
 */
#ifndef PC_BLOBS_S3_PROVIDER_HTTP_H
#define PC_BLOBS_S3_PROVIDER_HTTP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum { PC_S3_HTTP_HEADERS = 2 };

struct pc_s3_http_request { /* all borrowed */
    const char *method, *url;
    const char *headers[PC_S3_HTTP_HEADERS]; /* "Name: value"; NULL = none */
    const char *form;                        /* body of a POST; NULL = none */
    bool direct;                             /* by no proxy, whatever the environment says */
    const char *proxy, *ca;                  /* as in struct pc_s3_url */
    int64_t connect_ms, total_ms;            /* of one try */
    int attempts;
    const char *no_response; /* the sentence for the user when there is no answer */
    const atomic_bool *stop; /* set by another thread: ends it soon */
};

/* Prepares libcurl; may be called again and again. */
PC_NODISCARD enum pc_code pc_s3_http_init(struct pc_err *err);

/* PC_OK when there is an answer, whatever it says: *status, and its body appended to body.
 * store_unavailable when there was none. */
PC_NODISCARD enum pc_code pc_s3_http_send(const struct pc_s3_http_request *request, int *status,
                                          struct pc_buf *body, struct pc_err *err);

#endif
