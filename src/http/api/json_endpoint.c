#include "http/api/json_endpoint.h"

#include <stdlib.h>

#include "base/mem.h"
#include "http/body/json_body.h"
#include "http/response.h"

/* --- the body --- */

enum pc_code pc_json_endpoint_begin(struct pc_request *r)
{
    if (!pc_request_has_type(r, "application/json"))
        return pc_fail(&r->err, PC_E_UNSUPPORTED_MEDIA_TYPE, "Send application/json.");
    r->state = pc_xzalloc(sizeof(struct pc_buf));
    return PC_OK;
}

enum pc_code pc_json_endpoint_body(struct pc_request *r, const char *data, size_t len)
{
    return pc_request_buffer_body(r, r->state, data, len);
}

void pc_json_endpoint_free_state(struct pc_request *r)
{
    pc_request_free_body(r, r->state);
    free(r->state);
}

/* --- the call --- */

/* r->handler outlives every task: it is a constant. */
struct endpoint_task {
    struct pc_json_call call; /* first */
    const struct pc_json_endpoint *endpoint;
};

static enum pc_code run(struct pc_task *task, struct pc_service *svc, struct pc_err *err)
{
    struct endpoint_task *t = (struct endpoint_task *)task;
    return t->endpoint->run(&t->call, svc, err);
}

static enum pc_code respond(struct pc_request *r, struct pc_task *task)
{
    struct endpoint_task *t = (struct endpoint_task *)task;
    struct pc_buf nothing = PC_BUF_INIT;
    if (t->endpoint->suspend && t->endpoint->suspend(r, &t->call))
        return PC_OK;
    if (!t->call.response)
        return pc_response_send_buf(r, 204, NULL, &nothing);
    return pc_response_send_json(r, t->call.status, json_incref(t->call.response));
}

static void free_task(struct pc_task *task)
{
    struct endpoint_task *t = (struct endpoint_task *)task;
    json_decref(t->call.body);
    json_decref(t->call.response);
    free(t->call.more);
    free(t);
}

enum pc_code pc_json_endpoint_end(struct pc_request *r)
{
    const struct pc_json_endpoint *endpoint = r->handler->json;
    struct endpoint_task *t = pc_xzalloc(sizeof *t);
    t->endpoint = endpoint;
    t->call.status = endpoint->status ? endpoint->status : 200;
    t->call.task =
        (struct pc_task){.pool = endpoint->pool, .run = run, .respond = respond, .free = free_task};
    enum pc_code rc = r->match.param ? pc_request_id(r, &t->call.id) : PC_OK;
    if (!rc && r->handler->body == pc_json_endpoint_body) {
        const struct pc_buf *text = r->state;
        rc = pc_json_body_parse(pc_buf_text(text), text->len, &t->call.body, &r->err);
    }
    if (!rc && endpoint->prepare)
        rc = endpoint->prepare(r, &t->call);
    if (!rc)
        return pc_executor_submit(r, &t->call.task);
    free_task(&t->call.task);
    return rc;
}
