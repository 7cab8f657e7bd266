/* Health, figures, limits, and the API document. */
#include "base/embedded.h"
#include "http/internal.h"

static enum pc_code healthz_end(struct pc_request *r)
{
    return pc_answer_text(r, 200, "application/json", "{\"status\":\"ok\"}");
}

static enum pc_code readyz_end(struct pc_request *r)
{
    bool ready = false;
    json_t *parts = pc_service_ready(r->http->svc, &ready);
    ready = ready && !r->http->stopping;
    return pc_answer_json(r, ready ? 200 : 503, parts);
}

static enum pc_code metrics_end(struct pc_request *r)
{
    struct pc_buf text = PC_BUF_INIT;
    pc_http_metrics(r->http, &text);
    pc_service_metrics(r->http->svc, &text);
    return pc_answer_buf(r, 200, "text/plain; version=0.0.4; charset=utf-8", &text);
}

static enum pc_code limits_end(struct pc_request *r)
{
    return pc_answer_json(r, 200, pc_service_limits(r->http->svc));
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
