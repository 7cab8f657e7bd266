/* Blobs in an S3 bucket, of Amazon or of any server that speaks the same protocol. internal.h has
 * the list of the files here.
 *
 * An object's key is the URL's prefix and the blob's key. S3 itself keeps what the seam promises:
 * an object appears whole or not at all, and it is durable when the server says 200. A writer that
 * dies can leave an upload in parts behind; sweep aborts those. Nothing is cached here.
 *
 * Limits: no single sign-on, no chains of roles, no credential_process. A reader of more than half
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
#include "blobs/s3/internal.h"
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

/* --- opening --- */

/* Says what the operator can do, which only opening does; later the same refusals are
 * store_unavailable. */
static enum pc_code explain_refusal(const struct s3_store *s, const struct pc_s3_response *response,
                                    struct pc_err *err)
{
    static const struct {
        const char *code, *message;
    } rows[] = {
        {"InvalidAccessKeyId", "The S3 server does not know the key (AWS_ACCESS_KEY_ID)."},
        {"XAdminUserNotFound", "The S3 server does not know the key (AWS_ACCESS_KEY_ID)."},
        {"SignatureDoesNotMatch", "The S3 server rejects the signature: the secret "
                                  "(AWS_SECRET_ACCESS_KEY) does not belong to the key."},
        {"AccessDenied", "The S3 account may not list the bucket: it needs the rights to list, "
                         "read, write and delete there."},
        {"RequestTimeTooSkewed",
         "The clocks of this machine and of the S3 server differ by too much."},
        {"ExpiredToken", "The S3 session token has expired."},
        {"InvalidToken", "The S3 server rejects the session token."},
        {"NoSuchBucket", "There is no such S3 bucket: create it, or correct S3_BUCKET."},
        {"InvalidBucketName", "The S3 server does not accept the name of the bucket."},
        {"PermanentRedirect", "The S3 bucket is in another region: set AWS_REGION."},
        {"AuthorizationHeaderMalformed", "The S3 bucket is in another region: set AWS_REGION."},
        {PC_S3_BAD_CERTIFICATE, "The certificate of the S3 server is not trusted: name the "
                                "certificate that signed it with ca= in the store's URL."},
    };
    const char *provider = pc_s3_credentials_cache_provider(s->cache);
    if (*response->region && *response->code &&
        strstr("PermanentRedirect AuthorizationHeaderMalformed", response->code))
        return pc_fail(err, PC_E_CONFIG, "The S3 bucket is in the region %s: set AWS_REGION to it.",
                       response->region);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (pc_str_eq(rows[i].code, response->code))
            return pc_fail(err, PC_E_CONFIG, "%s%s%s%s", rows[i].message,
                           provider ? " The key is from " : "", provider ? provider : "",
                           provider ? "." : "");
    if (response->status == 0 || response->status >= 500 || response->status == 429)
        return err->code;
    return pc_fail(err, PC_E_CONFIG, "The S3 server refuses to list the bucket, with status %d %s.",
                   response->status, response->code);
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
    if (!rc) { /* a list and not a HEAD, whose refusal would come without a reason */
        struct pc_s3_response response = PC_S3_RESPONSE_INIT;
        struct pc_s3_request request = {
            .method = "GET",
            .key = "",
            .query = {{"list-type", "2"}, {"max-keys", "1"}, {"prefix", s->url.prefix}}};
        rc = pc_s3_client_send(s->client, &request, &response, err);
        if (rc)
            rc = explain_refusal(s, &response, err);
        pc_buf_finish(&response.body);
    }
    if (rc)
        s3_close(&s->base);
    else
        *out = &s->base;
    return rc;
}

/* --- writing --- */

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

/* --- reading and removing --- */

static enum pc_code s3_read(struct pc_blobs *bs, const char *key, struct pc_blob_reader **out,
                            struct pc_err *err)
{
    return pc_s3_reader_open(store_of(bs)->client, key, out, err);
}

static enum pc_code s3_remove(struct pc_blobs *bs, const char *key, struct pc_err *err)
{
    struct pc_s3_request request = {.method = "DELETE", .key = key};
    enum pc_code rc = pc_s3_client_do(store_of(bs)->client, &request, err);
    if (rc != PC_E_NOT_FOUND)
        return rc;
    pc_err_clear(err);
    return PC_OK;
}

/* --- walking --- */

struct object {
    char *key; /* the whole one, with the prefix */
    int64_t size, modified_ms;
};

struct page {
    struct object all[PAGE];
    int n;
    struct object next; /* the element that is being read */
    char *token;        /* of the next page; NULL: this is the last */
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

/* Fetches the page at p->token and leaves the next page's token there. Keys come URL-encoded, since
 * they may contain characters that XML cannot. */
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
    struct pc_s3_xml_handler handler = {.leaf = on_list_leaf, .end = on_list_end, .ctx = p};
    if (!rc && !pc_s3_xml_parse(pc_buf_text(&response.body), response.body.len, &handler))
        rc =
            pc_fail_detail(err, PC_E_STORE_UNAVAILABLE, "S3 sent a list of objects that is no XML");
    pc_buf_finish(&response.body);
    free(from);
    return rc;
}

/* The blob's key within an object's, or NULL: objects of other programs are passed over. A '+'
 * stands for a space, which no key of ours contains but a prefix may. */
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
    struct pc_s3_request request = {.method = "HEAD", .key = ""};
    return pc_s3_client_do(store_of(bs)->client, &request, err);
}

static char *s3_link(struct pc_blobs *bs, const char *key, int64_t lifetime_s)
{
    struct s3_store *s = store_of(bs);
    struct pc_s3_credentials credentials;
    struct pc_buf out = PC_BUF_INIT;
    char *link;
    switch (s->url.links) {
    case PC_S3_SERVED: return NULL;
    case PC_S3_PRESIGNED:
        /* While they are expired we serve the image ourselves, and that waits for new ones. */
        if (!pc_s3_credentials_cache_peek(s->cache, &credentials))
            return NULL;
        link = pc_s3_presign_url(&s->url, &credentials, key, lifetime_s, pc_clock_wall_ms() / 1000);
        pc_s3_credentials_finish(&credentials);
        return link;
    case PC_S3_PUBLIC:
        pc_buf_puts(&out, s->url.public_base);
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
