/* Health, figures, limits, and the API document. */
#include <stdlib.h>

#include "base/embedded.h"
#include "base/mem.h"
#include "http/jsonask.h"

static enum pc_code healthz_end(struct pc_request *r)
{
    return pc_answer_text(r, 200, "application/json", "{\"status\":\"ok\"}");
}

static enum pc_code ready(struct pc_json_ask *ask, struct pc_service *svc, struct pc_err *err)
{
    bool all = false;
    (void)err;
    ask->answer = pc_service_ready(svc, &all);
    if (!all)
        ask->status = 503;
    return PC_OK;
}

static enum pc_code readyz_end(struct pc_request *r)
{
    return pc_json_ask(r, &(struct pc_json_ask){.run = ready,
                                                .status = r->http->stopping ? 503 : 200,
                                                .task.pool = PC_POOL_HEALTH});
}

struct figures {
    struct pc_task task; /* first */
    struct pc_buf text;
};

static enum pc_code count(struct pc_task *task, struct pc_service *svc, struct pc_err *err)
{
    (void)err; /* what cannot be counted is left out */
    pc_service_metrics(svc, &((struct figures *)task)->text);
    return PC_OK;
}

static enum pc_code answer_figures(struct pc_request *r, struct pc_task *task)
{
    struct pc_buf text = PC_BUF_INIT, *counted = &((struct figures *)task)->text;
    pc_http_metrics(r->http, &text);
    pc_buf_append(&text, pc_buf_text(counted), counted->len);
    return pc_answer_buf(r, 200, "text/plain; version=0.0.4; charset=utf-8", &text);
}

static void free_figures(struct pc_task *task)
{
    pc_buf_finish(&((struct figures *)task)->text);
    free(task);
}

static enum pc_code metrics_end(struct pc_request *r)
{
    struct figures *f = pc_xmalloc(sizeof *f);
    f->task = (struct pc_task){
        .pool = PC_POOL_HEALTH, .run = count, .reply = answer_figures, .free = free_figures};
    return pc_ask(r, &f->task);
}

static enum pc_code limits(struct pc_json_ask *ask, struct pc_service *svc, struct pc_err *err)
{
    (void)err;
    ask->answer = pc_service_limits(svc);
    return PC_OK;
}

static enum pc_code limits_end(struct pc_request *r)
{
    return pc_json_ask(r, &(struct pc_json_ask){.run = limits});
}

static enum pc_code openapi_end(struct pc_request *r)
{
    struct pc_buf text = PC_BUF_INIT;
    pc_buf_append(&text, pc_embedded_openapi[0].text, pc_embedded_openapi[0].len);
    return pc_answer_buf(r, 200, "application/yaml; charset=utf-8", &text);
}

const struct pc_handler pc_handle_healthz = {.end = healthz_end};
const struct pc_handler pc_handle_readyz = {.end = readyz_end};
const struct pc_handler pc_handle_metrics = {.end = metrics_end};
const struct pc_handler pc_handle_limits = {.end = limits_end};
const struct pc_handler pc_handle_openapi = {.end = openapi_end};
