/* Health, figures, limits, and the API document. */
#include <stdlib.h>

#include "base/embedded.h"
#include "base/mem.h"
#include "http/api/json_endpoint.h"

static enum pc_code healthz_end(struct pc_request *r)
{
    return pc_response_send_text(r, 200, "application/json", "{\"status\":\"ok\"}");
}

static enum pc_code check_ready(struct pc_json_call *call, struct pc_service *svc,
                                struct pc_err *err)
{
    bool all = false;
    (void)err;
    call->response = pc_service_ready(svc, &all);
    if (!all)
        call->status = 503;
    return PC_OK;
}

static enum pc_code readyz_end(struct pc_request *r)
{
    return pc_json_endpoint_submit(r,
                                   &(struct pc_json_call){.run = check_ready,
                                                          .status = r->http->stopping ? 503 : 200,
                                                          .task.pool = PC_POOL_HEALTH});
}

struct metrics_task {
    struct pc_task task; /* first */
    struct pc_buf text;
};

static enum pc_code collect_metrics(struct pc_task *task, struct pc_service *svc,
                                    struct pc_err *err)
{
    (void)err; /* what cannot be counted is left out */
    pc_service_metrics(svc, &((struct metrics_task *)task)->text);
    return PC_OK;
}

static enum pc_code respond_metrics(struct pc_request *r, struct pc_task *task)
{
    struct pc_buf text = PC_BUF_INIT, *counted = &((struct metrics_task *)task)->text;
    pc_http_metrics(r->http, &text);
    pc_buf_append(&text, pc_buf_text(counted), counted->len);
    return pc_response_send_buf(r, 200, "text/plain; version=0.0.4; charset=utf-8", &text);
}

static void free_metrics(struct pc_task *task)
{
    pc_buf_finish(&((struct metrics_task *)task)->text);
    free(task);
}

static enum pc_code metrics_end(struct pc_request *r)
{
    struct metrics_task *f = pc_xzalloc(sizeof *f);
    f->task = (struct pc_task){.pool = PC_POOL_HEALTH,
                               .run = collect_metrics,
                               .respond = respond_metrics,
                               .free = free_metrics};
    return pc_executor_submit(r, &f->task);
}

static enum pc_code limits(struct pc_json_call *call, struct pc_service *svc, struct pc_err *err)
{
    (void)err;
    call->response = pc_service_limits(svc);
    return PC_OK;
}

static enum pc_code limits_end(struct pc_request *r)
{
    return pc_json_endpoint_submit(r, &(struct pc_json_call){.run = limits});
}

static enum pc_code openapi_end(struct pc_request *r)
{
    struct pc_buf text = PC_BUF_INIT;
    pc_buf_append(&text, pc_embedded_openapi[0].text, pc_embedded_openapi[0].len);
    return pc_response_send_buf(r, 200, "application/yaml; charset=utf-8", &text);
}

const struct pc_handler pc_handler_healthz = {.end = healthz_end};
const struct pc_handler pc_handler_readyz = {.end = readyz_end};
const struct pc_handler pc_handler_metrics = {.end = metrics_end};
const struct pc_handler pc_handler_limits = {.end = limits_end};
const struct pc_handler pc_handler_openapi = {.end = openapi_end};
