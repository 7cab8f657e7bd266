#include "http/api/json_endpoint.h"

#include <stdlib.h>

#include "base/mem.h"
#include "http/body/json_body.h"
#include "http/response.h"
#include "service/query.h"

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
    struct pc_err body_err; /* the body of a call for one image is no JSON */
};

/* A request for an image that does not exist says so whatever its body is. */
static enum pc_code image_before_body(const struct pc_json_call *call, struct pc_service *svc,
                                      enum pc_code rc, struct pc_err *err)
{
    struct pc_record r = {0};
    struct pc_err why = PC_ERR_INIT;
    bool body_rejected = call->id && rc && pc_code_info(rc)->http_status == 400;
    if (body_rejected && pc_service_record(svc, call->id, &r, &why) == PC_E_NOT_FOUND) {
        *err = why;
        rc = why.code;
    }
    pc_record_finish(&r);
    return rc;
}

static enum pc_code run(struct pc_task *task, struct pc_service *svc, struct pc_err *err)
{
    struct endpoint_task *t = (struct endpoint_task *)task;
    enum pc_code rc = t->body_err.code;
    if (rc)
        *err = t->body_err;
    else
        rc = t->endpoint->run(&t->call, svc, err);
    return image_before_body(&t->call, svc, rc, err);
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
        struct pc_err *err = t->call.id ? &t->body_err : &r->err;
        rc = pc_json_body_parse(pc_buf_text(text), text->len, &t->call.body, err);
        if (t->body_err.code)
            return pc_executor_submit(r, &t->call.task);
    }
    if (!rc && endpoint->prepare)
        rc = endpoint->prepare(r, &t->call);
    if (!rc)
        return pc_executor_submit(r, &t->call.task);
    free_task(&t->call.task);
    return rc;
}
