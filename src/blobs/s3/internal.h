/* What the parts of the S3 driver know of each other. Nothing outside of this folder includes it
 * but tests.
 *
 *     driver.c      the slots of blobs/driver.h; what the operator can do when opening fails
 *     url.c         what the store's URL says
 *     client.c      one request: signed (sign.h), sent, retried
 *     credentials*  what requests are signed with (credentials.h); provider_*: where they come from
 *     spool.c       what a writer collects on this machine
 *     upload.c      sending it, whole or in parts; uploads that were never completed
 *     reader.c      reading an object in chunks
 *     presign.c     URLs that anyone may open for a while
 *     xml.h         the server's documents
 */
#ifndef PC_BLOBS_S3_INTERNAL_H
#define PC_BLOBS_S3_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "blobs/s3/credentials.h"
#include "blobs/s3/sign.h"

struct pc_blob_reader;

/* --- the store's URL --- */

/* Forms of the URL:
 *
 *     s3://[KEY:SECRET@]BUCKET[/PREFIX][?NAME=VALUE&...]
 *
 *     endpoint       http://host:port[/path]; without it Amazon's own endpoint of the region
 *     region         without it us-east-1
 *     style          path or virtual: where requests name the bucket. Without it path for an
 *                    endpoint of one's own and for a bucket with dots in its name, else virtual
 *     session_token  of temporary credentials
 *     profile        of the shared credentials file, instead of KEY:SECRET@
 *     links          served (by us), presigned or public:BASE
 *     timeout        seconds without a byte after which a request has failed; without it 10
 *     spool          folder of temporary files; without it TMPDIR, else /tmp
 *     proxy          without it http_proxy, https_proxy and no_proxy of the environment apply
 *     ca             file of certificates to trust instead of the system's
 *
 * Without KEY:SECRET@ the credentials come from the providers in credentials.h. Every part is
 * percent-decoded. pc_config_blobs_url writes such URLs out of the settings. */

enum pc_s3_links { PC_S3_SERVED, PC_S3_PRESIGNED, PC_S3_PUBLIC };

struct pc_s3_url {
    char *key_id, *secret; /* NULL: not in the URL */
    char *session_token;   /* "": none */
    char *profile;         /* "": the default one */
    char *bucket, *region;
    char *prefix; /* before every key: "" or ending in '/' */
    char *origin; /* "https://shots.s3.eu-central-1.amazonaws.com" */
    char *host;   /* its host: the Host header */
    char *root;   /* path of the bucket, not encoded: "/" or "/bucket/" */
    enum pc_s3_links links;
    char *public_base; /* ends in '/' */
    int64_t timeout_ms;
    char *spool_dir;
    char *proxy; /* NULL: the environment's */
    char *ca;    /* NULL: the system's */
};

/* Fills *out, which pc_s3_url_finish empties, after a failure too. Errors: config. */
PC_NODISCARD enum pc_code pc_s3_url_parse(const char *text, struct pc_s3_url *out,
                                          struct pc_err *err);
void pc_s3_url_finish(struct pc_s3_url *url);
/* The path of a blob or, for key "", of the bucket; not encoded. Gives. */
char *pc_s3_url_path(const struct pc_s3_url *url, const char *key);

/* --- one request --- */

/* Signed, sent, and sent again where that may help: after a failed, lost or silent connection, 408,
 * 429, 5xx other than 501 and 507, and 409 OperationAborted. Waits double from 100 ms, with jitter;
 * there are at most 5 attempts, and none begins later than three time-outs after the first. When
 * the server rejects the credentials and the provider has others, the request is repeated once with
 * those.
 *
 * Threads: safe. Each request uses a libcurl handle of its own, out of a pool. */

struct pc_s3_client;
/* Borrows url and cache, which outlive it. Sends nothing. Gives *out. */
PC_NODISCARD enum pc_code pc_s3_client_create(const struct pc_s3_url *url,
                                              struct pc_s3_credentials_cache *cache,
                                              struct pc_s3_client **out, struct pc_err *err);
void pc_s3_client_destroy(struct pc_s3_client *c); /* takes NULL */

enum { PC_S3_REQUEST_QUERY = 6, PC_S3_REQUEST_HEADERS = 3 };

struct pc_s3_request { /* all borrowed */
    const char *method;
    const char *key;                                  /* "": the bucket itself */
    struct pc_s3_pair query[PC_S3_REQUEST_QUERY];     /* ends with a NULL name, or is full */
    struct pc_s3_pair headers[PC_S3_REQUEST_HEADERS]; /* likewise; names in lower case */
    /* The body: len bytes at data or, when data is NULL, of the file fd from offset on. */
    const char *data;
    int fd;
    int64_t offset, len;
    const char *payload_sha256; /* of the body, in hex. NULL: there is no body */
    /* Where the body of a good response goes; NULL: into response->body. */
    char *into;
    size_t into_size;
};

#define PC_S3_BAD_CERTIFICATE "bad certificate"

struct pc_s3_response {
    int status;         /* 0: the server was not reached */
    struct pc_buf body; /* a document, or what an error says; the caller finishes it */
    size_t got;         /* bytes in request->into */
    int64_t total;      /* size of the whole object, from Content-Range. -1: not given */
    char etag[128];
    char sha256[PC_SHA256_HEX]; /* x-amz-meta-sha256. "": none */
    char code[64];              /* of an error: "NoSuchKey"; or PC_S3_BAD_CERTIFICATE */
    char region[64];            /* of the bucket, where an error names it */
};
#define PC_S3_RESPONSE_INIT                                                                        \
    {                                                                                              \
        .total = -1                                                                                \
    }

/* PC_OK for 2xx. Errors: not_found for a key that does not exist (for a bucket: store_unavailable),
 * store_full, else store_unavailable. response is filled as far as it goes, and the caller finishes
 * its body in each case. */
PC_NODISCARD enum pc_code pc_s3_client_send(struct pc_s3_client *c,
                                            const struct pc_s3_request *request,
                                            struct pc_s3_response *response, struct pc_err *err);
/* The same for a request whose response matters by its success alone. */
PC_NODISCARD enum pc_code pc_s3_client_do(struct pc_s3_client *c,
                                          const struct pc_s3_request *request, struct pc_err *err);

/* --- spool --- */

/* What a writer collects before it is sent: in memory up to a megabyte, beyond that in a temporary
 * file without a name, so that a crash leaves nothing behind. Threads: one at a time. */

struct pc_s3_spool {
    struct pc_buf memory; /* all of it, or nothing when there is a file */
    int fd;               /* -1: in memory */
    int64_t len;
    struct pc_sha256 *hash; /* of all; NULL after pc_s3_spool_hash */
};

void pc_s3_spool_init(struct pc_s3_spool *s);
/* folder: where the temporary file may be. Errors: store_full, store_unavailable. */
PC_NODISCARD enum pc_code pc_s3_spool_add(struct pc_s3_spool *s, const char *folder,
                                          const void *data, size_t len, struct pc_err *err);
/* The hash of all. To be called once, after the last byte. */
void pc_s3_spool_hash(struct pc_s3_spool *s, char hex[PC_SHA256_HEX]);
/* The hash of a range of a spool that is in a file. Errors: store_unavailable. */
PC_NODISCARD enum pc_code pc_s3_spool_hash_range(const struct pc_s3_spool *s, int64_t offset,
                                                 int64_t len, char hex[PC_SHA256_HEX],
                                                 struct pc_err *err);
void pc_s3_spool_finish(struct pc_s3_spool *s);

/* --- upload --- */

/* A spool goes in one request or, beyond 16 MiB, in parts of 8 MiB. Each request is signed together
 * with the hash of its body, so the server accepts nothing that was damaged on the way; the hash of
 * the whole is stored with the object (x-amz-meta-sha256) for readers to compare. */

enum { PC_S3_SINGLE_PUT_MAX = 16 << 20, PC_S3_PART_BYTES = 8 << 20 };

/* After PC_OK the object is stored whole and durably, else not at all; a failed upload in parts is
 * aborted. */
PC_NODISCARD enum pc_code pc_s3_upload(struct pc_s3_client *c, struct pc_s3_spool *s,
                                       const char *key, struct pc_err *err);
/* Aborts uploads in parts below the URL's prefix that were started before before_ms: their programs
 * died. Adds to *dropped. */
PC_NODISCARD enum pc_code pc_s3_abort_uploads(struct pc_s3_client *c, const struct pc_s3_url *url,
                                              int64_t before_ms, int *dropped, struct pc_err *err);

/* --- reader --- */

/* The first half megabyte comes with the opening, so a small blob costs one request and stays
 * readable when it is removed. A larger one is fetched as it is read, and fails with
 * store_unavailable when it is removed or changed meanwhile. When it is read in order, its hash is
 * compared with the one that was stored with it. Threads: one reader by one thread at a time. */

/* The slots read, read_at and close_reader of blobs/driver.h. */
PC_NODISCARD enum pc_code pc_s3_reader_open(struct pc_s3_client *c, const char *key,
                                            struct pc_blob_reader **out, struct pc_err *err);
PC_NODISCARD enum pc_code pc_s3_reader_read(struct pc_blob_reader *base, int64_t offset, void *data,
                                            size_t len, size_t *got, struct pc_err *err);
void pc_s3_reader_close(struct pc_blob_reader *base);

/* --- presigned URLs --- */

/* A URL at which anyone can GET the blob, for lifetime_s seconds at least (seven days less an hour
 * at most) but not beyond the end of the credentials, which have not expired yet. It stays the same
 * for a while, so that browsers find the image in their caches. Gives. Pure. */
char *pc_s3_presign_url(const struct pc_s3_url *url, const struct pc_s3_credentials *credentials,
                        const char *key, int64_t lifetime_s, int64_t now_s);

#endif
