#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "blobs/blobs.h"
#include "blobs/s3/internal.h"
#include "blobs/s3/xml.h"

enum { UPLOAD_ID = 1024, PAGE = 1000 };

static const char *content_type(const char *key)
{
    static const struct {
        const char *end, *type;
    } rows[] = {{".jpg", "image/jpeg"},       {".jpeg", "image/jpeg"}, {".png", "image/png"},
                {".webp", "image/webp"},      {".avif", "image/avif"}, {".heic", "image/heic"},
                {".gif", "image/gif"},        {".tiff", "image/tiff"}, {".bmp", "image/bmp"},
                {".json", "application/json"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (pc_str_ends_ci(key, rows[i].end))
            return rows[i].type;
    return "application/octet-stream";
}

static enum pc_code put_whole(struct pc_s3_client *c, struct pc_s3_spool *s, const char *key,
                              const char *sha256, struct pc_err *err)
{
    struct pc_s3_request request = {
        .method = "PUT",
        .key = key,
        .headers = {{"content-type", content_type(key)}, {"x-amz-meta-sha256", sha256}},
        .data = s->fd < 0 ? pc_buf_text(&s->memory) : NULL,
        .fd = s->fd,
        .len = s->len,
        .payload_sha256 = sha256};
    enum pc_code rc = pc_s3_client_do(c, &request, err);
    return rc == PC_E_NOT_FOUND ? pc_fail_detail(err, PC_E_STORE_UNAVAILABLE, "PUT: not found")
                                : rc;
}

/* --- in parts --- */

struct upload {
    struct pc_s3_client *c;
    const char *key;
    char id[UPLOAD_ID];
    struct pc_buf parts; /* the document that completes it */
};

/* In a document of any name: not all servers call it InitiateMultipartUploadResult. */
static void on_started(void *ctx, const char *parent, const char *name, const char *text)
{
    struct upload *u = ctx;
    (void)parent;
    if (pc_str_eq(name, "UploadId") && !pc_str_copy(u->id, sizeof u->id, text))
        u->id[0] = 0;
}

static enum pc_code begin_upload(struct upload *u, const char *sha256, struct pc_err *err)
{
    struct pc_s3_response response = PC_S3_RESPONSE_INIT;
    struct pc_s3_request request = {
        .method = "POST",
        .key = u->key,
        .query = {{"uploads", ""}},
        .headers = {{"content-type", content_type(u->key)}, {"x-amz-meta-sha256", sha256}},
        .data = ""};
    enum pc_code rc = pc_s3_client_send(u->c, &request, &response, err);
    if (!rc) {
        struct pc_s3_xml_handler handler = {.leaf = on_started, .ctx = u};
        if (!pc_s3_xml_parse(pc_buf_text(&response.body), response.body.len, &handler) || !*u->id)
            rc = pc_fail_detail(err, PC_E_STORE_UNAVAILABLE, "S3 sent no upload id");
    }
    pc_buf_finish(&response.body);
    return rc;
}

/* '"' and '&' would break the document; a valid ETag has neither inside its quotes. */
static void add_part(struct upload *u, int number, const char *etag)
{
    pc_buf_printf(&u->parts, "<Part><PartNumber>%d</PartNumber><ETag>", number);
    for (; *etag; etag++) {
        if (*etag == '"')
            pc_buf_puts(&u->parts, "&quot;");
        else if (!strchr("<>&", *etag))
            pc_buf_putc(&u->parts, *etag);
    }
    pc_buf_puts(&u->parts, "</ETag></Part>");
}

static enum pc_code send_part(struct upload *u, const struct pc_s3_spool *s, int number,
                              int64_t offset, struct pc_err *err)
{
    char sha256[PC_SHA256_HEX], text[16];
    int64_t len = s->len - offset < PC_S3_PART_BYTES ? s->len - offset : PC_S3_PART_BYTES;
    struct pc_s3_response response = PC_S3_RESPONSE_INIT;
    enum pc_code rc = pc_s3_spool_hash_range(s, offset, len, sha256, err);
    if (rc)
        return rc;
    snprintf(text, sizeof text, "%d", number);
    struct pc_s3_request request = {.method = "PUT",
                                    .key = u->key,
                                    .query = {{"partNumber", text}, {"uploadId", u->id}},
                                    .fd = s->fd,
                                    .offset = offset,
                                    .len = len,
                                    .payload_sha256 = sha256};
    rc = pc_s3_client_send(u->c, &request, &response, err);
    if (!rc && !*response.etag)
        rc = pc_fail_detail(err, PC_E_STORE_UNAVAILABLE, "S3 sent no ETag for a part");
    if (!rc)
        add_part(u, number, response.etag);
    pc_buf_finish(&response.body);
    return rc;
}

static void on_completed(void *ctx, const char *parent, const char *name, const char *text)
{
    bool *done = ctx;
    (void)text;
    if (pc_str_eq(parent, "CompleteMultipartUploadResult") && pc_str_eq(name, "ETag"))
        *done = true;
}

/* Is the object stored with this hash? Then the completion worked, and its response was lost. */
static bool is_stored(struct pc_s3_client *c, const char *key, const char *sha256)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_s3_response response = PC_S3_RESPONSE_INIT;
    struct pc_s3_request request = {.method = "HEAD", .key = key};
    bool same = pc_s3_client_send(c, &request, &response, &err) == PC_OK &&
                pc_str_eq(response.sha256, sha256);
    pc_buf_finish(&response.body);
    return same;
}

/* S3 may answer 200 and then say in the body that it failed after all. */
static enum pc_code complete_upload(struct upload *u, const char *sha256, struct pc_err *err)
{
    char payload[PC_SHA256_HEX];
    bool done = false;
    struct pc_s3_response response = PC_S3_RESPONSE_INIT;
    pc_sha256_of(u->parts.data, u->parts.len, payload);
    struct pc_s3_request request = {.method = "POST",
                                    .key = u->key,
                                    .query = {{"uploadId", u->id}},
                                    .headers = {{"content-type", "application/xml"}},
                                    .data = pc_buf_text(&u->parts),
                                    .len = (int64_t)u->parts.len,
                                    .payload_sha256 = payload};
    enum pc_code rc = pc_s3_client_send(u->c, &request, &response, err);
    if (!rc) {
        struct pc_s3_xml_handler handler = {.leaf = on_completed, .ctx = &done};
        (void)pc_s3_xml_parse(pc_buf_text(&response.body), response.body.len, &handler);
        if (!done)
            rc = pc_fail_detail(err, PC_E_STORE_UNAVAILABLE,
                                "S3 did not complete an upload in parts");
    }
    pc_buf_finish(&response.body);
    return rc && is_stored(u->c, u->key, sha256) ? PC_OK : rc;
}

static enum pc_code abort_upload(struct pc_s3_client *c, const char *key, const char *id,
                                 struct pc_err *err)
{
    struct pc_s3_request request = {.method = "DELETE", .key = key, .query = {{"uploadId", id}}};
    return pc_s3_client_do(c, &request, err);
}

static enum pc_code upload_in_parts(struct pc_s3_client *c, struct pc_s3_spool *s, const char *key,
                                    const char *sha256, struct pc_err *err)
{
    struct pc_err ignored = PC_ERR_INIT;
    struct upload *u = pc_xzalloc(sizeof *u);
    *u = (struct upload){.c = c, .key = key};
    enum pc_code rc = begin_upload(u, sha256, err);
    pc_buf_puts(&u->parts, "<CompleteMultipartUpload>");
    int number = 1;
    for (int64_t offset = 0; !rc && offset < s->len; offset += PC_S3_PART_BYTES)
        rc = send_part(u, s, number++, offset, err);
    pc_buf_puts(&u->parts, "</CompleteMultipartUpload>");
    if (!rc)
        rc = complete_upload(u, sha256, err);
    if (rc && *u->id)
        (void)abort_upload(c, key, u->id, &ignored); /* if this fails, a sweep finds it */
    if (rc == PC_E_NOT_FOUND)                        /* it is the upload that is missing */
        rc = pc_fail_detail(err, PC_E_STORE_UNAVAILABLE, "S3 has lost an upload in parts");
    pc_buf_finish(&u->parts);
    free(u);
    return rc;
}

enum pc_code pc_s3_upload(struct pc_s3_client *c, struct pc_s3_spool *s, const char *key,
                          struct pc_err *err)
{
    char sha256[PC_SHA256_HEX];
    pc_s3_spool_hash(s, sha256);
    return s->len > PC_S3_SINGLE_PUT_MAX ? upload_in_parts(c, s, key, sha256, err)
                                         : put_whole(c, s, key, sha256, err);
}

/* --- uploads that were never completed --- */

struct pending_upload {
    char *key, *id; /* key: the whole one, with the prefix */
    int64_t started_ms;
};

struct uploads {
    struct pending_upload all[PAGE];
    int n;
    struct pending_upload next; /* the element that is being read */
    char *key_marker, *id_marker;
    bool more;
    bool unsupported; /* the server has no such lists, so there is nothing to abort */
};

static void replace(char **field, const char *text)
{
    free(*field);
    *field = pc_xstrdup(text);
}

static void on_upload_leaf(void *ctx, const char *parent, const char *name, const char *text)
{
    struct uploads *u = ctx;
    if (pc_str_eq(parent, "Upload")) {
        if (pc_str_eq(name, "Key"))
            replace(&u->next.key, text);
        else if (pc_str_eq(name, "UploadId"))
            replace(&u->next.id, text);
        else if (pc_str_eq(name, "Initiated"))
            u->next.started_ms = pc_s3_parse_time_ms(text);
    } else if (pc_str_eq(name, "NextKeyMarker")) {
        replace(&u->key_marker, text);
    } else if (pc_str_eq(name, "NextUploadIdMarker")) {
        replace(&u->id_marker, text);
    } else if (pc_str_eq(name, "IsTruncated")) {
        u->more = pc_str_eq(text, "true");
    }
}

static void free_found(struct pending_upload *f)
{
    free(f->key);
    free(f->id);
    *f = (struct pending_upload){0};
}

static void on_upload_end(void *ctx, const char *name)
{
    struct uploads *u = ctx;
    if (!pc_str_eq(name, "Upload"))
        return;
    if (u->n < PAGE && u->next.key && u->next.id)
        u->all[u->n++] = u->next;
    else
        free_found(&u->next);
    u->next = (struct pending_upload){0};
}

static enum pc_code list_uploads(struct pc_s3_client *c, const char *prefix, struct uploads *u,
                                 struct pc_err *err)
{
    struct pc_s3_response response = PC_S3_RESPONSE_INIT;
    struct pc_s3_request request = {
        .method = "GET",
        .key = "",
        .query = {{"uploads", ""}, {"prefix", prefix}, {"max-uploads", "1000"}}};
    if (u->key_marker) {
        request.query[3] = (struct pc_s3_pair){"key-marker", u->key_marker};
        request.query[4] =
            (struct pc_s3_pair){"upload-id-marker", u->id_marker ? u->id_marker : ""};
    }
    u->more = false;
    enum pc_code rc = pc_s3_client_send(c, &request, &response, err);
    struct pc_s3_xml_handler handler = {.leaf = on_upload_leaf, .end = on_upload_end, .ctx = u};
    u->unsupported = response.status == 501 || rc == PC_E_NOT_FOUND; /* NoSuchUpload: none */
    if (u->unsupported) {
        pc_err_clear(err);
        rc = PC_OK;
    } else if (!rc && !pc_s3_xml_parse(pc_buf_text(&response.body), response.body.len, &handler)) {
        rc =
            pc_fail_detail(err, PC_E_STORE_UNAVAILABLE, "S3 sent a list of uploads that is no XML");
    }
    pc_buf_finish(&response.body);
    return rc;
}

/* Aborts the old ones of the page. One that was completed or aborted meanwhile needs nothing more;
 * one whose key no blob can have is not ours. */
static enum pc_code abort_page(struct pc_s3_client *c, const char *prefix, struct uploads *u,
                               int64_t before_ms, int *dropped, struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    for (int i = 0; i < u->n; i++) {
        const struct pending_upload *f = &u->all[i];
        const char *key = pc_str_starts(f->key, prefix) ? f->key + strlen(prefix) : "";
        if (!rc && f->started_ms >= 0 && f->started_ms < before_ms && pc_blob_key_valid(key)) {
            rc = abort_upload(c, key, f->id, err);
            *dropped += rc == PC_OK;
            if (rc == PC_E_NOT_FOUND)
                rc = PC_OK;
        }
        free_found(&u->all[i]);
    }
    u->n = 0;
    return rc;
}

/* Lists uploads below listed and aborts those below prefix. *any: there were some, or the server
 * has no such lists. */
static enum pc_code abort_listed(struct pc_s3_client *c, const char *listed, const char *prefix,
                                 int64_t before_ms, int *dropped, bool *any, struct pc_err *err)
{
    struct uploads *u = pc_xzalloc(sizeof *u);
    enum pc_code rc = PC_OK;
    do {
        rc = list_uploads(c, listed, u, err);
        *any = *any || u->n > 0 || u->unsupported;
        enum pc_code drop = abort_page(c, prefix, u, rc ? 0 : before_ms, dropped, err);
        rc = rc ? rc : drop;
    } while (!rc && u->more && u->key_marker);
    free_found(&u->next);
    free(u->key_marker);
    free(u->id_marker);
    free(u);
    return rc;
}

/* MinIO takes the prefix for a whole key and lists no uploads below a folder, but all of them
 * without a prefix. Where that is forbidden, there is nothing more to be found. */
enum pc_code pc_s3_abort_uploads(struct pc_s3_client *c, const struct pc_s3_url *url,
                                 int64_t before_ms, int *dropped, struct pc_err *err)
{
    bool any = false;
    const char *prefix = url->prefix;
    enum pc_code rc = abort_listed(c, prefix, prefix, before_ms, dropped, &any, err);
    if (rc || any || !*prefix)
        return rc;
    if (abort_listed(c, "", prefix, before_ms, dropped, &any, err))
        pc_err_clear(err);
    return PC_OK;
}
