/* GET /files/{key}: originals and shots. A key is made of content, so its last part is a strong
 * entity tag and the answer may be kept for ever. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "http/internal.h"
#include "http/range.h"

enum { MAX_KEY = 256, BLOCK = 32 * 1024 };

struct body { /* of a driver without a file descriptor */
    struct pc_blob_reader *reader;
    int64_t from;
};

static ssize_t read_block(void *cls, uint64_t at, char *out, size_t max)
{
    struct body *b = cls;
    struct pc_err err = PC_ERR_INIT;
    size_t got = 0;
    if (pc_blob_read_at(b->reader, b->from + (int64_t)at, out, max, &got, &err)) {
        pc_log_err(PC_LOG_WARN, "a file broke off while it was sent", &err);
        return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    return got ? (ssize_t)got : MHD_CONTENT_READER_END_OF_STREAM;
}

static void close_body(void *cls)
{
    struct body *b = cls;
    pc_blob_close(b->reader);
    free(b);
}

/* Takes reader. */
static struct MHD_Response *part_of(struct pc_blob_reader *reader, int64_t from, int64_t len)
{
    int fd = pc_blob_fd(reader);
    int own = fd >= 0 ? dup(fd) : -1; /* the library closes it */
    if (own >= 0) {
        pc_blob_close(reader);
        struct MHD_Response *response =
            MHD_create_response_from_fd_at_offset64((uint64_t)len, own, (uint64_t)from);
        if (!response)
            close(own);
        return response;
    }
    struct body *b = pc_xmalloc(sizeof *b);
    *b = (struct body){.reader = reader, .from = from};
    struct MHD_Response *response =
        MHD_create_response_from_callback((uint64_t)len, BLOCK, read_block, b, close_body);
    if (!response)
        close_body(b);
    return response;
}

static void cache_headers(struct MHD_Response *response, const char *tag)
{
    pc_response_header(response, "ETag", tag);
    pc_response_header(response, "Cache-Control", "public, max-age=31536000, immutable");
    pc_response_header(response, "Accept-Ranges", "bytes");
}

static void disposition(struct pc_request *r, struct MHD_Response *response, const char *last)
{
    const char *name = pc_request_query(r, "download");
    if (!name)
        return;
    char *value = pc_disposition(*name ? name : last);
    pc_response_header(response, "Content-Disposition", value);
    free(value);
}

static enum pc_code not_modified(struct pc_request *r, const char *tag)
{
    struct MHD_Response *response = pc_response_empty();
    if (!response)
        return pc_fail_detail(&r->err, PC_E_INTERNAL, "response not made");
    cache_headers(response, tag);
    return pc_answer(r, 304, response);
}

static enum pc_code no_such_part(struct pc_request *r, int64_t size)
{
    char range[48];
    struct pc_err *err = &r->err;
    snprintf(range, sizeof range, "bytes */%lld", (long long)size);
    pc_fail(err, PC_E_RANGE_NOT_SATISFIABLE, NULL);
    r->content_range = range;
    enum pc_code rc = pc_answer_error(r, NULL);
    r->content_range = NULL;
    return rc;
}

static enum pc_range wanted_part(struct pc_request *r, const char *tag, int64_t size, int64_t *from,
                                 int64_t *len)
{
    const char *condition = pc_request_header(r, "If-Range");
    *from = 0;
    *len = size;
    if (condition && strcmp(condition, tag) != 0)
        return PC_RANGE_WHOLE;
    return pc_range_parse(pc_request_header(r, "Range"), size, from, len);
}

/* Takes reader. */
static enum pc_code send_file(struct pc_request *r, struct pc_blob_reader *reader, const char *mime,
                              const char *last, const char *tag)
{
    char text[80];
    int64_t from, len, size = pc_blob_size(reader);
    enum pc_range part = wanted_part(r, tag, size, &from, &len);
    if (part == PC_RANGE_NONE) {
        pc_blob_close(reader);
        return no_such_part(r, size);
    }
    struct MHD_Response *response = part_of(reader, from, len);
    if (!response)
        return pc_fail_detail(&r->err, PC_E_INTERNAL, "response not made");
    cache_headers(response, tag);
    pc_response_header(response, "Content-Type", mime ? mime : "application/octet-stream");
    disposition(r, response, last);
    if (part == PC_RANGE_PART) {
        snprintf(text, sizeof text, "bytes %lld-%lld/%lld", (long long)from,
                 (long long)(from + len - 1), (long long)size);
        pc_response_header(response, "Content-Range", text);
    }
    r->answer_bytes = len;
    return pc_answer(r, part == PC_RANGE_PART ? 206 : 200, response);
}

static enum pc_code end(struct pc_request *r)
{
    char tag[MAX_KEY + 3];
    const char *key = r->match.param;
    const char *slash = strrchr(key, '/');
    const char *last = slash ? slash + 1 : key;
    struct pc_blob_reader *reader;
    const char *mime;
    if (strlen(key) >= MAX_KEY)
        return pc_fail(&r->err, PC_E_NOT_FOUND, NULL);
    enum pc_code rc = pc_service_file(r->http->svc, key, &reader, &mime, &r->err);
    if (rc)
        return rc == PC_E_BAD_REQUEST ? pc_fail(&r->err, PC_E_NOT_FOUND, NULL) : rc;
    snprintf(tag, sizeof tag, "\"%s\"", last);
    if (pc_etag_listed(pc_request_header(r, "If-None-Match"), tag)) {
        pc_blob_close(reader);
        return not_modified(r, tag);
    }
    return send_file(r, reader, mime, last, tag);
}

const struct pc_handler pc_handle_getFile = {.end = end};
