/* Blobs in an S3 bucket, of Amazon or of any server that speaks the same.
 *
 *     s3_address   what the address says
 *     s3_credentials  the keys, renewed before they end; s3_keys: the places that hand them out
 *     s3_profile, s3_role, s3_metadata, s3_http: those places, and asking them
 *     s3_sign      signatures (version 4)
 *     s3_client    one request: signed, sent, tried again
 *     s3_spool     what a writer collects on this machine
 *     s3_upload    sending it, whole or in parts; uploads that died
 *     s3_reader    reading in pieces
 *     s3_link      presigned addresses
 *     s3_xml       the server's documents
 *
 * An object's key is the address' prefix and the blob's key. S3 itself keeps what the seam
 * promises: an object appears whole or not at all, and is durable when the server says 200. What a
 * writer that dies can leave is an upload in parts; sweep drops those. Nothing is cached here.
 *
 * Limits: no single sign-on, no chains of roles, no credential_process; a reader of more than half
 * a megabyte loses a blob that is removed meanwhile.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/percent.h"
#include "base/str.h"
#include "blobs/drivers.h"
#include "blobs/s3/presign.h"
#include "blobs/s3/reader.h"
#include "blobs/s3/upload.h"
#include "blobs/s3/xml.h"

enum { PAGE = 1000 };

struct s3_store {
    struct pc_blobs base;
    struct pc_s3_url url;
    struct pc_s3_credentials_cache *cache;
    struct pc_s3_client *client;
};

struct s3_writer {
    struct pc_blob_writer base;
    struct pc_s3_spool spool;
};

static struct s3_store *store_of(struct pc_blobs *bs)
{
    return PC_BLOBS_SELF(struct s3_store, bs);
}

/* Opening */

/* What the operator can do, said once at start. Later the same refusals are "unavailable". */
static enum pc_code explain_refusal(const struct s3_store *s, const struct pc_s3_response *response,
                                    struct pc_err *err)
{
    static const struct {
        const char *code, *message;
    } rows[] = {
        {"InvalidAccessKeyId", "The S3 server does not know the key (AWS_ACCESS_KEY_ID)."},
        {PC_S3_BAD_CERTIFICATE,
         "The certificate of the S3 server is not trusted: name the one that "
         "signed it with ca= in the store's address."},
        {"XAdminUserNotFound", "The S3 server does not know the key (AWS_ACCESS_KEY_ID)."},
        {"SignatureDoesNotMatch", "The S3 server refuses the signature: the secret "
                                  "(AWS_SECRET_ACCESS_KEY) is not the key's."},
        {"AccessDenied", "The S3 account may not list the bucket: it needs the rights to list, "
                         "read, write and delete there."},
        {"RequestTimeTooSkewed",
         "The clocks of this machine and of the S3 server differ by too much."},
        {"ExpiredToken", "The S3 session token has expired."},
        {"InvalidToken", "The S3 server refuses the session token."},
        {"NoSuchBucket", "There is no such S3 bucket: make it, or correct S3_BUCKET."},
        {"InvalidBucketName", "The S3 server does not take the bucket's name."},
        {"PermanentRedirect", "The S3 bucket is in another region: set AWS_REGION."},
        {"AuthorizationHeaderMalformed", "The S3 bucket is in another region: set AWS_REGION."},
    };
    const char *place = pc_s3_credentials_cache_provider(s->cache);
    if (*response->region && *response->code &&
        strstr("PermanentRedirect AuthorizationHeaderMalformed", response->code))
        return pc_fail(err, PC_E_CONFIG, "The S3 bucket is in the region %s: set AWS_REGION to it.",
                       response->region);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (pc_str_eq(rows[i].code, response->code))
            return pc_fail(err, PC_E_CONFIG, "%s%s%s%s", rows[i].message,
                           place ? " The key is from " : "", place ? place : "", place ? "." : "");
    if (response->status == 0 || response->status >= 500 || response->status == 429)
        return err->code;
    return pc_fail(err, PC_E_CONFIG, "The S3 server refuses to list the bucket, with status %d %s.",
                   response->status, response->code);
}

/* A list and no HEAD: its refusal comes with a reason. */
static enum pc_code check_bucket(struct s3_store *s, struct pc_err *err)
{
    struct pc_s3_response response = PC_S3_RESPONSE_INIT;
    struct pc_s3_request request = {
        .method = "GET",
        .key = "",
        .query = {{"list-type", "2"}, {"max-keys", "1"}, {"prefix", s->url.prefix}}};
    enum pc_code rc = pc_s3_client_send(s->client, &request, &response, err);
    if (rc)
        rc = explain_refusal(s, &response, err);
    pc_buf_finish(&response.body);
    return rc;
}

static void s3_close(struct pc_blobs *bs)
{
    struct s3_store *s = store_of(bs);
    pc_s3_client_destroy(s->client);
    pc_s3_credentials_cache_destroy(s->cache);
    pc_s3_url_finish(&s->url);
    free(s);
}

static enum pc_code s3_open(const char *url, struct pc_blobs **out, struct pc_err *err)
{
    struct s3_store *s = pc_xzalloc(sizeof *s);
    enum pc_code rc = pc_s3_url_parse(url, &s->url, err);
    if (!rc)
        rc = pc_s3_credentials_cache_create(&s->url, &s->cache, err);
    if (!rc)
        rc = pc_s3_client_create(&s->url, s->cache, &s->client, err);
    if (!rc)
        rc = check_bucket(s, err);
    if (rc)
        s3_close(&s->base);
    else
        *out = &s->base;
    return rc;
}

/* Writing */

static enum pc_code s3_begin(struct pc_blobs *bs, struct pc_blob_writer **out, struct pc_err *err)
{
    struct s3_writer *w = pc_xzalloc(sizeof *w);
    (void)bs, (void)err;
    pc_s3_spool_init(&w->spool);
    *out = &w->base;
    return PC_OK;
}

static enum pc_code s3_write(struct pc_blob_writer *base, const void *data, size_t len,
                             struct pc_err *err)
{
    struct s3_writer *w = PC_BLOBS_SELF(struct s3_writer, base);
    return pc_s3_spool_add(&w->spool, store_of(base->bs)->url.spool_dir, data, len, err);
}

static void s3_abort(struct pc_blob_writer *base)
{
    struct s3_writer *w = PC_BLOBS_SELF(struct s3_writer, base);
    pc_s3_spool_finish(&w->spool);
    free(w);
}

static enum pc_code s3_commit(struct pc_blob_writer *base, const char *key, struct pc_err *err)
{
    struct s3_writer *w = PC_BLOBS_SELF(struct s3_writer, base);
    enum pc_code rc = pc_s3_upload(store_of(base->bs)->client, &w->spool, key, err);
    s3_abort(base);
    return rc;
}

/* Reading and removing */

static enum pc_code s3_read(struct pc_blobs *bs, const char *key, struct pc_blob_reader **out,
                            struct pc_err *err)
{
    return pc_s3_reader_open(store_of(bs)->client, key, out, err);
}

static enum pc_code s3_remove(struct pc_blobs *bs, const char *key, struct pc_err *err)
{
    struct pc_s3_response response = PC_S3_RESPONSE_INIT;
    struct pc_s3_request request = {.method = "DELETE", .key = key};
    enum pc_code rc = pc_s3_client_send(store_of(bs)->client, &request, &response, err);
    pc_buf_finish(&response.body);
    if (rc != PC_E_NOT_FOUND)
        return rc;
    pc_err_clear(err);
    return PC_OK;
}

/* Walking */

struct object {
    char *key; /* as the bucket has it, with the prefix */
    int64_t size, modified_ms;
};

struct page {
    struct object all[PAGE];
    int n;
    struct object next; /* of the element being read */
    char *token;        /* of the next page; NULL = this is the last */
    bool encoded;
};

static void on_list_leaf(void *ctx, const char *parent, const char *name, const char *text)
{
    struct page *p = ctx;
    if (pc_str_eq(name, "NextContinuationToken")) {
        free(p->token);
        p->token = pc_xstrdup(text);
    } else if (pc_str_eq(name, "EncodingType")) {
        p->encoded = pc_str_eq(text, "url");
    } else if (!pc_str_eq(parent, "Contents")) {
        return;
    } else if (pc_str_eq(name, "Key")) {
        free(p->next.key);
        p->next.key = pc_xstrdup(text);
    } else if (pc_str_eq(name, "Size")) {
        if (!pc_str_to_i64(text, 0, INT64_MAX, &p->next.size))
            p->next.size = 0;
    } else if (pc_str_eq(name, "LastModified")) {
        p->next.modified_ms = pc_s3_parse_time_ms(text);
    }
}

static void on_list_end(void *ctx, const char *name)
{
    struct page *p = ctx;
    if (!pc_str_eq(name, "Contents"))
        return;
    if (p->n < PAGE && p->next.key)
        p->all[p->n++] = p->next;
    else
        free(p->next.key);
    p->next = (struct object){0};
}

/* Takes p->token, the place to go on from, and leaves the next one there. encoding-type: a key may
 * hold characters that XML cannot. */
static enum pc_code list_page(struct s3_store *s, const char *prefix, struct page *p,
                              struct pc_err *err)
{
    struct pc_s3_response response = PC_S3_RESPONSE_INIT;
    struct pc_s3_request request = {
        .method = "GET",
        .key = "",
        .query = {{"list-type", "2"}, {"encoding-type", "url"}, {"prefix", prefix}}};
    char *from = p->token;
    p->token = NULL;
    if (from)
        request.query[3] = (struct pc_s3_pair){"continuation-token", from};
    enum pc_code rc = pc_s3_client_send(s->client, &request, &response, err);
    struct pc_s3_xml_handler to = {.leaf = on_list_leaf, .end = on_list_end, .ctx = p};
    if (!rc && !pc_s3_xml_parse(pc_buf_text(&response.body), response.body.len, &to))
        rc = pc_fail_detail(err, PC_E_STORE_UNAVAILABLE, "S3's list of objects is broken");
    pc_buf_finish(&response.body);
    free(from);
    return rc;
}

/* The blob's key in an object's, or NULL: strangers below the prefix are passed over. A '+' stands
 * for a space, which no key of ours holds, but a prefix may. */
static const char *to_blob_key(char *key, bool encoded, const char *prefix)
{
    for (char *c = key; encoded && *c; c++)
        if (*c == '+')
            *c = ' ';
    if ((encoded && !pc_percent_decode(key)) || !pc_str_starts(key, prefix))
        return NULL;
    const char *own = key + strlen(prefix);
    return pc_blob_key_valid(own) ? own : NULL;
}

struct walk {
    bool (*visit)(void *ctx, const char *key, int64_t size, int64_t modified_ms);
    void *ctx;
    bool more;
};

static void visit_page(struct walk *w, const struct s3_store *s, struct page *p)
{
    for (int i = 0; i < p->n; i++) {
        struct object *o = &p->all[i];
        const char *key = w->more ? to_blob_key(o->key, p->encoded, s->url.prefix) : NULL;
        if (key)
            w->more = w->visit(w->ctx, key, o->size, o->modified_ms);
        free(o->key);
    }
    p->n = 0;
}

static enum pc_code s3_walk(struct pc_blobs *bs, const char *prefix,
                            bool (*visit)(void *ctx, const char *key, int64_t size,
                                          int64_t modified_ms),
                            void *ctx, struct pc_err *err)
{
    struct s3_store *s = store_of(bs);
    struct walk w = {.visit = visit, .ctx = ctx, .more = true};
    struct page *p = pc_xzalloc(sizeof *p);
    char *whole = pc_xasprintf("%s%s", s->url.prefix, prefix);
    enum pc_code rc;
    do {
        rc = list_page(s, whole, p, err);
        w.more = w.more && !rc;
        visit_page(&w, s, p);
    } while (w.more && p->token);
    free(p->next.key);
    free(p->token);
    free(p);
    free(whole);
    return rc;
}

static enum pc_code s3_sweep(struct pc_blobs *bs, int64_t before_ms, int *dropped,
                             struct pc_err *err)
{
    struct s3_store *s = store_of(bs);
    return pc_s3_abort_uploads(s->client, &s->url, before_ms, dropped, err);
}

static enum pc_code s3_ping(struct pc_blobs *bs, struct pc_err *err)
{
    struct pc_s3_response response = PC_S3_RESPONSE_INIT;
    struct pc_s3_request request = {.method = "HEAD", .key = ""};
    enum pc_code rc = pc_s3_client_send(store_of(bs)->client, &request, &response, err);
    pc_buf_finish(&response.body);
    return rc;
}

/* Without good keys we serve the picture, and by that wait for new ones. */
static char *presigned(struct s3_store *s, const char *key, int64_t lifetime_s)
{
    struct pc_s3_credentials credentials;
    if (!pc_s3_credentials_cache_peek(s->cache, &credentials))
        return NULL;
    char *link =
        pc_s3_presign_url(&s->url, &credentials, key, lifetime_s, pc_clock_wall_ms() / 1000);
    pc_s3_credentials_finish(&credentials);
    return link;
}

static char *s3_link(struct pc_blobs *bs, const char *key, int64_t lifetime_s)
{
    struct s3_store *s = store_of(bs);
    const struct pc_s3_url *a = &s->url;
    struct pc_buf out = PC_BUF_INIT;
    switch (a->links) {
    case PC_S3_SERVED: return NULL;
    case PC_S3_PRESIGNED: return presigned(s, key, lifetime_s);
    case PC_S3_PUBLIC:
        pc_buf_puts(&out, a->public_base);
        pc_percent_encode(&out, key, "/");
        return pc_buf_detach(&out, NULL);
    }
    return NULL;
}

const struct pc_blobs_driver pc_blobs_s3 = {
    .scheme = "s3://",
    .remote = true,
    .open = s3_open,
    .close = s3_close,
    .begin = s3_begin,
    .write = s3_write,
    .commit = s3_commit,
    .abort = s3_abort,
    .read = s3_read,
    .read_at = pc_s3_reader_read,
    .close_reader = pc_s3_reader_close,
    .remove = s3_remove,
    .walk = s3_walk,
    .sweep = s3_sweep,
    .ping = s3_ping,
    .link = s3_link,
};
