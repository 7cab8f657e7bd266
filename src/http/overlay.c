/* GET /images/{id}/overlay: drawn aside, one at a time, and kept by clients as long as the record
 * stands as it is. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "http/aside.h"
#include "http/range.h"

enum { TAG_BYTES = 64 };

struct drawing {
    struct pc_task task; /* first */
    int64_t id, seq;
    struct pc_buf jpeg;
};

static enum pc_code draw(struct pc_task *task, struct pc_service *svc, struct pc_err *err)
{
    struct drawing *d = (struct drawing *)task;
    return pc_service_overlay(svc, d->id, &d->jpeg, &d->seq, err);
}

static enum pc_code look(struct pc_task *task, struct pc_service *svc, struct pc_err *err)
{
    struct drawing *d = (struct drawing *)task;
    return pc_service_drawable(svc, d->id, &d->seq, err);
}

static void free_drawing(struct pc_task *task)
{
    struct drawing *d = (struct drawing *)task;
    pc_buf_finish(&d->jpeg);
    free(d);
}

static void put_tag(char tag[TAG_BYTES], int64_t seq)
{
    snprintf(tag, TAG_BYTES, "\"%" PRId64 "-%s\"", seq, PC_VERSION);
}

static void cache_headers(struct MHD_Response *response, const char *tag)
{
    pc_response_header(response, "ETag", tag);
    pc_response_header(response, "Cache-Control", "no-cache");
}

static enum pc_code not_modified(struct pc_request *r, const char *tag)
{
    struct MHD_Response *response = pc_response_empty();
    cache_headers(response, tag);
    return pc_answer(r, 304, response);
}

static enum pc_code answer(struct pc_request *r, struct pc_task *task)
{
    struct drawing *d = (struct drawing *)task;
    char tag[TAG_BYTES];
    struct MHD_Response *response = pc_response_buf(r, &d->jpeg);
    put_tag(tag, d->seq);
    cache_headers(response, tag);
    pc_response_header(response, "Content-Type", "image/jpeg");
    return pc_answer(r, 200, response);
}

static enum pc_code ask(struct pc_request *r, int64_t id, const struct pc_task *draft)
{
    struct drawing *d = pc_xmalloc(sizeof *d);
    *d = (struct drawing){.task = *draft, .id = id};
    d->task.free = free_drawing;
    return pc_ask(r, &d->task);
}

static enum pc_code looked(struct pc_request *r, struct pc_task *task)
{
    struct drawing *d = (struct drawing *)task;
    char tag[TAG_BYTES];
    put_tag(tag, d->seq);
    if (pc_etag_listed(pc_request_header(r, "If-None-Match"), tag))
        return not_modified(r, tag);
    return ask(r, d->id, &(struct pc_task){.pool = PC_POOL_DRAW, .run = draw, .reply = answer});
}

static enum pc_code end(struct pc_request *r)
{
    int64_t id;
    enum pc_code rc = pc_request_id(r, &id);
    return rc ? rc
              : ask(r, id, &(struct pc_task){.pool = PC_POOL_LOOK, .run = look, .reply = looked});
}

const struct pc_handler pc_handle_imageOverlay = {.end = end};
