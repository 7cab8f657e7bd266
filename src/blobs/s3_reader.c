#include "blobs/s3_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

enum { PIECE = 512 << 10 };

struct reader {
    struct pc_blob_reader base;
    struct pc_s3_client *client;
    char key[PC_BLOB_KEY_MAX + 1];
    char etag[128];
    char *piece; /* what is at hand: piece_len bytes from piece_at */
    int64_t piece_at;
    size_t piece_len;
    char sha256[PC_SHA256_HEX]; /* "" = none was stored */
    struct pc_sha256 *hash;     /* of the bytes before hashed; NULL: not to be known any more */
    int64_t hashed;
};

/* Bytes from offset, room at most, into `into`. Fills *answer, body finished. */
/* NOLINTNEXTLINE(readability-non-const-parameter): it is filled through ask */
static enum pc_code fetch(struct reader *r, int64_t offset, char *into, size_t room,
                          struct pc_s3_answer *answer, struct pc_err *err)
{
    char range[64];
    snprintf(range, sizeof range, "bytes=%lld-%lld", (long long)offset,
             (long long)offset + (long long)room - 1);
    struct pc_s3_ask ask = {
        .method = "GET", .key = r->key, .headers = {{"range", range}}, .into = into, .room = room};
    if (*r->etag)
        ask.headers[1] = (struct pc_s3_pair){"if-match", r->etag};
    enum pc_code rc = pc_s3_call(r->client, &ask, answer, err);
    pc_buf_finish(&answer->body);
    return rc;
}

static enum pc_code check_hash(struct reader *r, struct pc_err *err)
{
    char is[PC_SHA256_HEX];
    pc_sha256_end(r->hash, is);
    r->hash = NULL;
    return pc_streq(is, r->sha256)
               ? PC_OK
               : pc_fail_detail(err, PC_E_STORE_UNAVAILABLE, "S3 sent other bytes than stored");
}

/* Only what follows what was hashed already says anything; the end is compared. */
static enum pc_code note_bytes(struct reader *r, int64_t at, const char *data, size_t len,
                               struct pc_err *err)
{
    if (!r->hash || at > r->hashed || at + (int64_t)len <= r->hashed)
        return PC_OK;
    size_t known = (size_t)(r->hashed - at);
    pc_sha256_update(r->hash, data + known, len - known);
    r->hashed = at + (int64_t)len;
    return r->hashed == r->base.size ? check_hash(r, err) : PC_OK;
}

/* An empty object has no first byte: a range of it is answered with 416. A server that knows no
 * ranges sends the whole, which is as good when it fits. */
static enum pc_code read_first(struct reader *r, struct pc_err *err)
{
    struct pc_s3_answer answer = PC_S3_ANSWER_INIT;
    enum pc_code rc = fetch(r, 0, r->piece, PIECE, &answer, err);
    if (rc && answer.status == 416) {
        pc_err_clear(err);
        r->base.size = 0;
        return PC_OK;
    }
    if (rc)
        return rc;
    r->piece_len = answer.got;
    r->base.size = answer.status == 206 ? answer.total : (int64_t)answer.got;
    if (r->base.size < (int64_t)answer.got ||
        (answer.got < PIECE && r->base.size > (int64_t)answer.got))
        return pc_fail_detail(err, PC_E_STORE_UNAVAILABLE, "S3 does not say how large a blob is");
    (void)pc_str_copy(r->etag, sizeof r->etag, answer.etag);
    (void)pc_str_copy(r->sha256, sizeof r->sha256, answer.sha256);
    if (strlen(r->sha256) != PC_SHA256_HEX - 1)
        return PC_OK;
    r->hash = pc_sha256_create();
    return note_bytes(r, 0, r->piece, r->piece_len, err);
}

enum pc_code pc_s3_reader_open(struct pc_s3_client *c, const char *key, struct pc_blob_reader **out,
                               struct pc_err *err)
{
    struct reader *r = pc_xmalloc(sizeof *r);
    r->base.fd = -1;
    r->client = c;
    (void)pc_str_copy(r->key, sizeof r->key, key);
    r->piece = pc_xmalloc(PIECE);
    enum pc_code rc = read_first(r, err);
    if (rc) {
        pc_s3_reader_close(&r->base);
        return rc;
    }
    if (r->piece_len < PIECE)
        r->piece = pc_xrealloc(r->piece, r->piece_len + 1);
    *out = &r->base;
    return PC_OK;
}

static enum pc_code fetch_more(struct reader *r, int64_t offset, char *into, size_t len,
                               struct pc_err *err)
{
    struct pc_s3_answer answer = PC_S3_ANSWER_INIT;
    enum pc_code rc = fetch(r, offset, into, len, &answer, err);
    if (rc == PC_E_NOT_FOUND || answer.status == 412)
        return pc_fail_detail(err, PC_E_STORE_UNAVAILABLE, "a blob went while it was read");
    if (rc)
        return rc;
    if (answer.status != 206 || answer.got != len)
        return pc_fail_detail(err, PC_E_STORE_UNAVAILABLE, "S3 sent %zu bytes of %zu", answer.got,
                              len);
    return note_bytes(r, offset, into, len, err);
}

static enum pc_code next_piece(struct reader *r, int64_t offset, struct pc_err *err)
{
    int64_t left = r->base.size - offset;
    r->piece_at = offset;
    r->piece_len = 0;
    enum pc_code rc = fetch_more(r, offset, r->piece, left < PIECE ? (size_t)left : PIECE, err);
    if (!rc)
        r->piece_len = left < PIECE ? (size_t)left : PIECE;
    return rc;
}

enum pc_code pc_s3_reader_read(struct pc_blob_reader *base, int64_t offset, void *data, size_t len,
                               size_t *got, struct pc_err *err)
{
    struct reader *r = PC_BLOBS_SELF(struct reader, base);
    int64_t end = r->piece_at + (int64_t)r->piece_len;
    enum pc_code rc = PC_OK;
    if (offset < r->piece_at || offset >= end) {
        if (len >= PIECE) { /* as much is wanted at once as a piece holds: past the piece */
            rc = fetch_more(r, offset, data, len, err);
            *got = rc ? 0 : len;
            return rc;
        }
        rc = next_piece(r, offset, err);
        if (rc)
            return rc;
        end = r->piece_at + (int64_t)r->piece_len;
    }
    size_t at_hand = (size_t)(end - offset);
    *got = len < at_hand ? len : at_hand;
    memcpy(data, r->piece + (offset - r->piece_at), *got);
    return PC_OK;
}

void pc_s3_reader_close(struct pc_blob_reader *base)
{
    struct reader *r = PC_BLOBS_SELF(struct reader, base);
    pc_sha256_destroy(r->hash);
    free(r->piece);
    free(r);
}
