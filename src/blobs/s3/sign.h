/* Signatures of S3 requests: AWS Signature Version 4, in the Authorization header or in the query
 * of a presigned URL.
 *
 * Source: Amazon S3 API Reference, "Authenticating Requests (AWS Signature Version 4)". S3 differs
 * from the general rules in one point that is kept here: the path is encoded once and never
 * normalised. Pure; thread-safe. All texts are borrowed.
 */
#ifndef PC_BLOBS_S3_SIGN_H
#define PC_BLOBS_S3_SIGN_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum { PC_S3_AMZ_DATE = 17 }; /* "20130524T000000Z" and NUL */
#define PC_S3_UNSIGNED "UNSIGNED-PAYLOAD"

struct pc_s3_pair {
    const char *name, *value;
};

struct pc_s3_signer {
    const char *key_id, *secret, *region, *service;
    const char *session_token; /* of temporary credentials; "": they are permanent */
};

struct pc_s3_sign_request {
    const char *method;
    const char *path;               /* begins with '/'; not encoded */
    const struct pc_s3_pair *query; /* not encoded, in any order */
    size_t n_query;
    const struct pc_s3_pair *headers; /* those to sign: names in lower case, "host" among them */
    size_t n_headers;
    const char *payload_sha256; /* hex, of the body; or PC_S3_UNSIGNED */
    int64_t at_s;               /* now, in seconds since 1970 */
};

/* Appends "a=1&b=": in canonical order, and as the URL has it. */
void pc_s3_canonical_query(struct pc_buf *out, const struct pc_s3_pair *pairs, size_t n);
/* The time as the header x-amz-date has it. */
void pc_s3_amz_date(int64_t at_s, char out[PC_S3_AMZ_DATE]);
/* Appends the value of the Authorization header. A session token is sent in a header of its own,
 * which has to be among the request's headers. */
void pc_s3_sign_header(const struct pc_s3_signer *signer, const struct pc_s3_sign_request *request,
                       struct pc_buf *out);
/* Appends the whole query of a URL that is valid for lifetime_s seconds from at_s: the request's
 * own query and the signature. */
void pc_s3_sign_query(const struct pc_s3_signer *signer, const struct pc_s3_sign_request *request,
                      int64_t lifetime_s, struct pc_buf *out);

#endif
