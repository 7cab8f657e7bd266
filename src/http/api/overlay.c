/* GET /images/{id}/overlay: the image with keypoints and boxes drawn on it. Drawn on the executor,
 * one at a time; clients may keep it as long as the record does not change. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "http/executor.h"
#include "http/handler.h"
#include "http/headers.h"
#include "http/response.h"
#include "service/query.h"

enum { TAG_BYTES = 64 };

struct overlay_task {
    struct pc_task task; /* first */
    int64_t id, seq;
    struct pc_buf jpeg;
};

static enum pc_code render(struct pc_task *task, struct pc_service *svc, struct pc_err *err)
{
    struct overlay_task *d = (struct overlay_task *)task;
    return pc_service_overlay(svc, d->id, &d->jpeg, &d->seq, err);
}

static enum pc_code check_drawable(struct pc_task *task, struct pc_service *svc, struct pc_err *err)
{
    struct overlay_task *d = (struct overlay_task *)task;
    return pc_service_overlay_check(svc, d->id, &d->seq, err);
}

static void free_task(struct pc_task *task)
{
    struct overlay_task *d = (struct overlay_task *)task;
    pc_buf_finish(&d->jpeg);
    free(d);
}

static void format_tag(char tag[TAG_BYTES], int64_t seq)
{
    snprintf(tag, TAG_BYTES, "\"%" PRId64 "-%s\"", seq, PC_VERSION);
}

static void set_cache_headers(struct MHD_Response *response, const char *tag)
{
    pc_response_set_header(response, "ETag", tag);
    pc_response_set_header(response, "Cache-Control", "no-cache");
}

static enum pc_code respond(struct pc_request *r, struct pc_task *task)
{
    struct overlay_task *d = (struct overlay_task *)task;
    char tag[TAG_BYTES];
    struct MHD_Response *response = pc_response_create_buf(r, &d->jpeg);
    format_tag(tag, d->seq);
    set_cache_headers(response, tag);
    pc_response_set_header(response, "Content-Type", "image/jpeg");
    return pc_response_send(r, 200, response);
}

static enum pc_code submit(struct pc_request *r, int64_t id, const struct pc_task *draft)
{
    struct overlay_task *d = pc_xzalloc(sizeof *d);
    *d = (struct overlay_task){.task = *draft, .id = id};
    d->task.free = free_task;
    return pc_executor_submit(r, &d->task);
}

static enum pc_code respond_or_render(struct pc_request *r, struct pc_task *task)
{
    struct overlay_task *d = (struct overlay_task *)task;
    char tag[TAG_BYTES];
    format_tag(tag, d->seq);
    if (pc_header_etag_matches(pc_request_header(r, "If-None-Match"), tag)) {
        struct MHD_Response *response = pc_response_create_empty();
        set_cache_headers(response, tag);
        return pc_response_send(r, 304, response);
    }
    return submit(r, d->id,
                  &(struct pc_task){.pool = PC_POOL_RENDER, .run = render, .respond = respond});
}

static enum pc_code end(struct pc_request *r)
{
    int64_t id;
    enum pc_code rc = pc_request_id(r, &id);
    return rc ? rc
              : submit(r, id,
                       &(struct pc_task){.pool = PC_POOL_READ,
                                         .run = check_drawable,
                                         .respond = respond_or_render});
}

const struct pc_handler pc_handler_imageOverlay = {.end = end};
