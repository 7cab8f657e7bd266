/* Health, readiness and limits. */
#include "http/api/encode.h"
#include "http/api/json_endpoint.h"
#include "http/response.h"

static enum pc_code healthz_end(struct pc_request *r)
{
    return pc_response_send_text(r, 200, "application/json", "{\"status\":\"ok\"}");
}

/* A server that stops is not ready, whatever its parts answer. */
static enum pc_code prepare_ready(struct pc_request *r, struct pc_json_call *call)
{
    if (r->http->stopping)
        call->status = 503;
    return PC_OK;
}

static enum pc_code check_ready(struct pc_json_call *call, struct pc_service *svc,
                                struct pc_err *err)
{
    struct pc_query_health health;
    (void)err;
    pc_service_health(svc, &health);
    call->response = pc_encode_health(&health);
    if (!health.ready)
        call->status = 503;
    return PC_OK;
}

static enum pc_code limits(struct pc_json_call *call, struct pc_service *svc, struct pc_err *err)
{
    (void)err;
    pc_registry_refresh(pc_service_registry(svc));
    call->response = pc_encode_limits(svc);
    return PC_OK;
}

const struct pc_handler pc_handler_healthz = {.end = healthz_end};
const struct pc_handler pc_handler_readyz = {
    PC_JSON_ENDPOINT(.run = check_ready, .prepare = prepare_ready, .pool = PC_POOL_HEALTH)};
const struct pc_handler pc_handler_limits = {PC_JSON_ENDPOINT(.run = limits)};
