/* GET /files/{key}: originals, thumbnails and shots. A key is made from the content, so its last
 * segment is a strong entity tag, and clients may keep the file for ever.
 *
 * If a correction has replaced the file, the key leads to the file that the image shows now
 * (docs/adr/0009-links-outlive-corrections.md). That is sent with its own tag and location, and
 * clients have to ask again before they use it again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "http/handler.h"
#include "http/headers.h"
#include "http/response.h"
#include "http/stream.h"
#include "service/query.h"

enum { MAX_KEY = 256 };

struct file {                /* a stream, where the driver has no file descriptor */
    struct pc_stream stream; /* first */
    char key[MAX_KEY];
    char current[PC_BLOB_KEY_MAX + 1]; /* of the file that is sent */
    struct pc_blob_reader *reader;
    const char *mime;
    int64_t at, end; /* the part that is still to be sent */
};

static enum pc_code fill(struct pc_stream *stream, struct pc_service *svc, struct pc_err *err)
{
    struct file *f = (struct file *)stream;
    struct pc_buf *out = &stream->out;
    int64_t left = f->end - f->at;
    size_t got = 0, n = left < PC_STREAM_CHUNK ? (size_t)left : PC_STREAM_CHUNK;
    (void)svc;
    pc_buf_reserve(out, n);
    enum pc_code rc = n ? pc_blob_read_at(f->reader, f->at, out->data + out->len, n, &got, err) : 0;
    if (!rc && n && !got)
        rc = pc_fail_detail(err, PC_E_STORE_UNAVAILABLE, "%s ends early", f->key);
    out->len += got;
    f->at += (int64_t)got;
    stream->ended = f->at == f->end;
    return rc;
}

static void destroy(struct pc_stream *stream)
{
    struct file *f = (struct file *)stream;
    pc_blob_close(f->reader);
    free(f);
}

static struct MHD_Response *create_response(struct pc_request *r, struct file *f, int64_t from,
                                            int64_t len)
{
    int fd = pc_blob_fd(f->reader);
    int own = fd >= 0 ? dup(fd) : -1; /* the library closes it */
    if (own < 0) {
        f->at = from;
        f->end = from + len;
        return pc_stream_response(r, &f->stream, (uint64_t)len);
    }
    struct MHD_Response *response =
        MHD_create_response_from_fd_at_offset64((uint64_t)len, own, (uint64_t)from);
    if (!response)
        close(own);
    return response;
}

static void set_cache_headers(struct pc_request *r, const struct file *f,
                              struct MHD_Response *response, const char *tag)
{
    bool replaced = strcmp(f->key, f->current) != 0;
    pc_response_set_header(response, "ETag", tag);
    pc_response_set_header(response, "Cache-Control",
                           replaced ? "no-cache" : "public, max-age=31536000, immutable");
    if (replaced) {
        char *location = pc_xasprintf("%s/files/%s", r->http->config->public_url, f->current);
        pc_response_set_header(response, "Content-Location", location);
        free(location);
    }
    pc_response_set_header(response, "Accept-Ranges", "bytes");
}

static enum pc_code send_file(struct pc_request *r, struct file *f, const char *name,
                              const char *tag)
{
    char range[80];
    int64_t size = pc_blob_size(f->reader), from = 0, len = size;
    const char *condition = pc_request_header(r, "If-Range");
    enum pc_header_range part = PC_RANGE_WHOLE;
    if (!condition || strcmp(condition, tag) == 0)
        part = pc_header_parse_range(pc_request_header(r, "Range"), size, &from, &len);
    if (part == PC_RANGE_NONE) {
        snprintf(range, sizeof range, "bytes */%lld", (long long)size);
        (void)pc_fail(&r->err, PC_E_RANGE_NOT_SATISFIABLE, NULL);
        r->content_range = range;
        enum pc_code rc = pc_response_send_error(r, NULL);
        r->content_range = NULL;
        return rc;
    }
    struct MHD_Response *response = create_response(r, f, from, len);
    set_cache_headers(r, f, response, tag);
    pc_response_set_header(response, "Content-Type",
                           f->mime ? f->mime : "application/octet-stream");
    const char *download = pc_request_query(r, "download");
    if (download) {
        char *disposition = pc_header_disposition(*download ? download : name);
        pc_response_set_header(response, "Content-Disposition", disposition);
        free(disposition);
    }
    if (part == PC_RANGE_PART) {
        snprintf(range, sizeof range, "bytes %lld-%lld/%lld", (long long)from,
                 (long long)(from + len - 1), (long long)size);
        pc_response_set_header(response, "Content-Range", range);
    }
    r->response_bytes = len;
    return pc_response_send(r, part == PC_RANGE_PART ? 206 : 200, response);
}

static enum pc_code open_file(struct pc_task *task, struct pc_service *svc, struct pc_err *err)
{
    struct file *f = (struct file *)task;
    enum pc_code rc = pc_service_current_file(svc, f->key, f->current, &f->reader, &f->mime, err);
    return rc == PC_E_BAD_REQUEST ? pc_fail(err, PC_E_NOT_FOUND, NULL) : rc;
}

static enum pc_code respond(struct pc_request *r, struct pc_task *task)
{
    struct file *f = (struct file *)task;
    char tag[MAX_KEY + 3];
    const char *slash = strrchr(f->current, '/');
    const char *last = slash ? slash + 1 : f->current;
    snprintf(tag, sizeof tag, "\"%s\"", last);
    if (pc_header_etag_matches(pc_request_header(r, "If-None-Match"), tag)) {
        struct MHD_Response *response = pc_response_create_empty();
        set_cache_headers(r, f, response, tag);
        return pc_response_send(r, 304, response);
    }
    return send_file(r, f, last, tag);
}

static enum pc_code end(struct pc_request *r)
{
    struct file *f = pc_xzalloc(sizeof *f);
    f->stream = (struct pc_stream){.fill = fill, .destroy = destroy};
    f->stream.task = (struct pc_task){
        .pool = PC_POOL_READ, .run = open_file, .respond = respond, .free = pc_stream_free};
    if (pc_str_copy(f->key, sizeof f->key, r->match.param))
        return pc_executor_submit(r, &f->stream.task);
    destroy(&f->stream);
    return pc_fail(&r->err, PC_E_NOT_FOUND, NULL);
}

const struct pc_handler pc_handler_getFile = {.end = end};
