/* One request to an S3 server: signed, sent, tried again where that may help.
 *
 * Again after: no connection, a lost or silent one, 408, 429, 5xx other than 501 and 507, and 409
 * OperationAborted. Waits double from 100 ms, with chance in them so that many processes do not
 * come back at once; at most 5 tries, none begun later than three time-outs after the first. Once
 * more with new keys when the server refuses those that were used, and there are others.
 *
 * Threads: safe; each request uses a libcurl handle of its own out of a pool, which keeps its
 * connection open.
 */
#ifndef PC_BLOBS_S3_CLIENT_H
#define PC_BLOBS_S3_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/hash.h"
#include "blobs/s3/credentials_cache.h"
#include "blobs/s3/sign.h"

struct pc_s3_client;
/* Borrows address and credentials, which have to outlive it. Asks nothing of the server. */
PC_NODISCARD enum pc_code pc_s3_client_create(const struct pc_s3_url *url,
                                              struct pc_s3_credentials_cache *cache,
                                              struct pc_s3_client **out, struct pc_err *err);
void pc_s3_client_destroy(struct pc_s3_client *c); /* takes NULL */

enum { PC_S3_REQUEST_QUERY = 6, PC_S3_REQUEST_HEADERS = 3 };

struct pc_s3_request {
    const char *method;
    const char *key;                                  /* "" = the bucket itself */
    struct pc_s3_pair query[PC_S3_REQUEST_QUERY];     /* ends with a NULL name, or full */
    struct pc_s3_pair headers[PC_S3_REQUEST_HEADERS]; /* likewise; names in lower case */
    /* What is sent: len bytes at data, or from offset of the file fd when data is NULL. */
    const char *data;
    int fd;
    int64_t offset, len;
    const char *payload; /* hex SHA-256 of it; NULL = nothing is sent */
    /* Where the body of a good answer goes; NULL: into answer->body. */
    char *into;
    size_t into_size;
};

#define PC_S3_BAD_CERTIFICATE "bad certificate"

struct pc_s3_response {
    int status;         /* 0: the server was not reached */
    struct pc_buf body; /* a document, or what a refusal says; the caller's to finish */
    size_t got;         /* bytes in ask->into */
    int64_t total;      /* size of the whole object as Content-Range has it; -1 = not said */
    char etag[128];
    char sha256[PC_SHA256_HEX]; /* x-amz-meta-sha256, "" = none */
    char code[64];              /* of a refusal: "NoSuchKey"; or PC_S3_BAD_CERTIFICATE */
    char region[64];            /* of the bucket, where a refusal names it */
};
#define PC_S3_RESPONSE_INIT                                                                        \
    {                                                                                              \
        .total = -1                                                                                \
    }

/* PC_OK for 2xx. not_found for a key that is not there (a bucket that is not: store_unavailable),
 * store_full, else store_unavailable. answer is filled as far as it goes, and is to be finished in
 * each case. */
PC_NODISCARD enum pc_code pc_s3_client_send(struct pc_s3_client *c,
                                            const struct pc_s3_request *request,
                                            struct pc_s3_response *response, struct pc_err *err);

#endif
