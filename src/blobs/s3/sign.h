/* Signatures of S3 requests: AWS Signature Version 4, in the Authorization header and in the query
 * of a presigned address.
 *
 * Source: Amazon S3 API Reference, "Authenticating Requests (AWS Signature Version 4)". S3's own
 * deviations from the general rules are kept: the path is encoded once and never normalised.
 * Pure; thread-safe. All texts are borrowed.
 */
#ifndef PC_BLOBS_S3_SIGN_H
#define PC_BLOBS_S3_SIGN_H

#include <stdbool.h>
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
    const char *session; /* token of a temporary key; "" = a lasting one */
};

struct pc_s3_sign_request {
    const char *method;
    const char *path;               /* begins with '/'; as it is meant, not encoded */
    const struct pc_s3_pair *query; /* not encoded, in any order */
    size_t n_query;
    const struct pc_s3_pair *headers; /* those to sign: names in lower case, "host" among them */
    size_t n_headers;
    const char *payload; /* hex SHA-256 of the body, or PC_S3_UNSIGNED */
    int64_t at_s;        /* now, seconds since 1970 */
};

/* "a=1&b=" in canonical order, fit for the address too. Appends. */
void pc_s3_canonical_query(struct pc_buf *out, const struct pc_s3_pair *pairs, size_t n);
/* The date as the header x-amz-date has it. */
void pc_s3_amz_date(int64_t at_s, char out[PC_S3_AMZ_DATE]);
/* Value of the Authorization header. A session token is a header that the caller has to name. */
void pc_s3_sign_header(const struct pc_s3_signer *signer, const struct pc_s3_sign_request *request,
                       struct pc_buf *out);
/* The whole query of an address that is good for lifetime_s seconds from at_s, the call's own query
 * in it. Appends. */
void pc_s3_sign_query(const struct pc_s3_signer *signer, const struct pc_s3_sign_request *request,
                      int64_t lifetime_s, struct pc_buf *out);

#endif
