#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "blobs/blobs.h"
#include "blobs/driver.h"
#include "blobs/s3/internal.h"

enum { CHUNK = 512 << 10 };

struct reader {
    struct pc_blob_reader base;
    struct pc_s3_client *client;
    char key[PC_BLOB_KEY_MAX + 1];
    char etag[128];
    char *chunk; /* what is at hand: piece_len bytes from piece_at */
    int64_t chunk_at;
    size_t chunk_len;
    char sha256[PC_SHA256_HEX]; /* "": none was stored */
    struct pc_sha256 *hash;     /* of the first hashed bytes; NULL: there is nothing to compare */
    int64_t hashed;
};

/* Fetches up to into_size bytes from offset on. Fills *response, whose body is finished. */
/* NOLINTNEXTLINE(readability-non-const-parameter): it is filled through request */
static enum pc_code fetch(struct reader *r, int64_t offset, char *into, size_t into_size,
                          struct pc_s3_response *response, struct pc_err *err)
{
    char range[64];
    snprintf(range, sizeof range, "bytes=%lld-%lld", (long long)offset,
             (long long)offset + (long long)into_size - 1);
    struct pc_s3_request request = {.method = "GET",
                                    .key = r->key,
                                    .headers = {{"range", range}},
                                    .into = into,
                                    .into_size = into_size};
    if (*r->etag)
        request.headers[1] = (struct pc_s3_pair){"if-match", r->etag};
    enum pc_code rc = pc_s3_client_send(r->client, &request, response, err);
    pc_buf_finish(&response->body);
    return rc;
}

/* Hashes what continues the bytes hashed so far, and compares at the end. */
static enum pc_code hash_bytes(struct reader *r, int64_t at, const char *data, size_t len,
                               struct pc_err *err)
{
    if (!r->hash || at > r->hashed || at + (int64_t)len <= r->hashed)
        return PC_OK;
    size_t known = (size_t)(r->hashed - at);
    pc_sha256_update(r->hash, data + known, len - known);
    r->hashed = at + (int64_t)len;
    if (r->hashed < r->base.size)
        return PC_OK;
    char actual[PC_SHA256_HEX];
    pc_sha256_end(r->hash, actual);
    r->hash = NULL;
    return pc_str_eq(actual, r->sha256) ? PC_OK
                                        : pc_fail_detail(err, PC_E_STORE_UNAVAILABLE,
                                                         "S3 sent other bytes than were stored");
}

/* An empty object has no first byte, so a range of it is answered with 416. A server that knows no
 * ranges sends the whole object, which is as good when it fits. */
static enum pc_code read_first(struct reader *r, struct pc_err *err)
{
    struct pc_s3_response response = PC_S3_RESPONSE_INIT;
    enum pc_code rc = fetch(r, 0, r->chunk, CHUNK, &response, err);
    if (rc && response.status == 416) {
        pc_err_clear(err);
        r->base.size = 0;
        return PC_OK;
    }
    if (rc)
        return rc;
    r->chunk_len = response.got;
    r->base.size = response.status == 206 ? response.total : (int64_t)response.got;
    if (r->base.size < (int64_t)response.got ||
        (response.got < CHUNK && r->base.size > (int64_t)response.got))
        return pc_fail_detail(err, PC_E_STORE_UNAVAILABLE, "S3 did not say how large a blob is");
    (void)pc_str_copy(r->etag, sizeof r->etag, response.etag);
    (void)pc_str_copy(r->sha256, sizeof r->sha256, response.sha256);
    if (strlen(r->sha256) != PC_SHA256_HEX - 1)
        return PC_OK;
    r->hash = pc_sha256_create();
    return hash_bytes(r, 0, r->chunk, r->chunk_len, err);
}

enum pc_code pc_s3_reader_open(struct pc_s3_client *c, const char *key, struct pc_blob_reader **out,
                               struct pc_err *err)
{
    struct reader *r = pc_xzalloc(sizeof *r);
    r->base.fd = -1;
    r->client = c;
    (void)pc_str_copy(r->key, sizeof r->key, key);
    r->chunk = pc_xzalloc(CHUNK);
    enum pc_code rc = read_first(r, err);
    if (rc) {
        pc_s3_reader_close(&r->base);
        return rc;
    }
    if (r->chunk_len < CHUNK)
        r->chunk = pc_xrealloc(r->chunk, r->chunk_len + 1);
    *out = &r->base;
    return PC_OK;
}

static enum pc_code fetch_more(struct reader *r, int64_t offset, char *into, size_t len,
                               struct pc_err *err)
{
    struct pc_s3_response response = PC_S3_RESPONSE_INIT;
    enum pc_code rc = fetch(r, offset, into, len, &response, err);
    if (rc == PC_E_NOT_FOUND || response.status == 412)
        return pc_fail_detail(err, PC_E_STORE_UNAVAILABLE,
                              "a blob was removed or changed while it was read");
    if (rc)
        return rc;
    if (response.status != 206 || response.got != len)
        return pc_fail_detail(err, PC_E_STORE_UNAVAILABLE, "S3 sent %zu bytes of %zu", response.got,
                              len);
    return hash_bytes(r, offset, into, len, err);
}

enum pc_code pc_s3_reader_read(struct pc_blob_reader *base, int64_t offset, void *data, size_t len,
                               size_t *got, struct pc_err *err)
{
    struct reader *r = PC_BLOBS_SELF(struct reader, base);
    int64_t end = r->chunk_at + (int64_t)r->chunk_len;
    enum pc_code rc = PC_OK;
    if (offset < r->chunk_at || offset >= end) {
        if (len >= CHUNK) { /* not through the chunk: as much is wanted at once as it holds */
            rc = fetch_more(r, offset, data, len, err);
            *got = rc ? 0 : len;
            return rc;
        }
        int64_t left = r->base.size - offset;
        size_t chunk_len = left < CHUNK ? (size_t)left : CHUNK;
        r->chunk_at = offset;
        r->chunk_len = 0;
        rc = fetch_more(r, offset, r->chunk, chunk_len, err);
        if (rc)
            return rc;
        r->chunk_len = chunk_len;
        end = offset + (int64_t)chunk_len;
    }
    size_t available = (size_t)(end - offset);
    *got = len < available ? len : available;
    memcpy(data, r->chunk + (offset - r->chunk_at), *got);
    return PC_OK;
}

void pc_s3_reader_close(struct pc_blob_reader *base)
{
    struct reader *r = PC_BLOBS_SELF(struct reader, base);
    pc_sha256_destroy(r->hash);
    free(r->chunk);
    free(r);
}
