#include "http/api/json_endpoint.h"

#include <stdlib.h>

#include "base/mem.h"
#include "http/body/json_body.h"

enum { MAX_HELD = 64 * 1024 * 1024 };

enum pc_code pc_request_buffer_body(struct pc_request *r, struct pc_buf *text, const char *data,
                                    size_t len)
{
    if (r->http->buffered_bytes + (int64_t)len > MAX_HELD)
        return pc_fail(&r->err, PC_E_TOO_MANY_CONNECTIONS, "Too many long bodies come at once.");
    r->http->buffered_bytes += (int64_t)len;
    pc_buf_append(text, data, len);
    return PC_OK;
}

void pc_request_free_body(struct pc_request *r, struct pc_buf *text)
{
    r->http->buffered_bytes -= (int64_t)text->len;
    pc_buf_finish(text);
}

/* --- the body ----------------------------------------------------------------------------------
 */

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

/* --- the task ----------------------------------------------------------------------------------
 */

static enum pc_code run(struct pc_task *task, struct pc_service *svc, struct pc_err *err)
{
    struct pc_json_call *call = (struct pc_json_call *)task;
    return call->run(call, svc, err);
}

static enum pc_code respond(struct pc_request *r, struct pc_task *task)
{
    struct pc_json_call *call = (struct pc_json_call *)task;
    struct pc_buf nothing = PC_BUF_INIT;
    if (call->suspends && call->suspends(r, call))
        return PC_OK;
    if (!call->response)
        return pc_response_send_buf(r, 204, NULL, &nothing);
    return pc_response_send_json(r, call->status ? call->status : 200, json_incref(call->response));
}

static void free_call(struct pc_task *task)
{
    struct pc_json_call *call = (struct pc_json_call *)task;
    json_decref(call->body);
    json_decref(call->response);
    free(call->more);
    free(call);
}

static enum pc_code read_request(struct pc_request *r, struct pc_json_call *call)
{
    const struct pc_buf *text = r->handler->body == pc_json_endpoint_body ? r->state : NULL;
    enum pc_code rc = r->match.param ? pc_request_id(r, &call->id) : PC_OK;
    if (!rc && text)
        rc = pc_json_body_parse(pc_buf_text(text), text->len, &call->body, &r->err);
    return rc;
}

enum pc_code pc_json_endpoint_submit(struct pc_request *r, const struct pc_json_call *draft)
{
    struct pc_json_call *call = pc_xzalloc(sizeof *call);
    *call = *draft;
    call->task.run = run;
    call->task.respond = respond;
    call->task.free = free_call;
    enum pc_code rc = read_request(r, call);
    if (!rc)
        return pc_executor_submit(r, &call->task);
    free_call(&call->task);
    return rc;
}

enum pc_code pc_selection_read_ids(const json_t *list, int max, const int64_t **ids, int *n,
                                   struct pc_err *err)
{
    size_t count = json_array_size(list);
    if (count < 1 || count > (size_t)max)
        return pc_fail(err, PC_E_BAD_JSON, "ids is a list of 1 to %d ids.", max);
    int64_t *all = pc_xzalloc(count * sizeof *all);
    *ids = all;
    *n = (int)count;
    for (size_t i = 0; i < count; i++) {
        all[i] = json_integer_value(json_array_get(list, i));
        if (all[i] < 1)
            return pc_fail(err, PC_E_BAD_JSON, "An id is a number from 1.");
    }
    return PC_OK;
}

enum pc_code pc_selection_read(const json_t *body, int max_ids, struct pc_selection *out,
                               struct pc_err *err)
{
    const json_t *dry = json_object_get(body, "dryRun"), *batch = json_object_get(body, "batch"),
                 *after = json_object_get(body, "after"), *ids = json_object_get(body, "ids");
    if (!json_is_object(body) || (dry && !json_is_boolean(dry)) ||
        (batch && !json_is_string(batch)) || (after && !json_is_integer(after)) ||
        json_integer_value(after) < 0)
        return pc_fail(err, PC_E_BAD_JSON, "dryRun is a boolean, batch a text, after an id.");
    if (ids && (batch || after))
        return pc_fail(err, PC_E_BAD_JSON, "Give either ids, or batch and after.");
    out->dry_run = json_is_true(dry);
    out->batch = json_string_value(batch);
    out->after_id = json_integer_value(after);
    return ids ? pc_selection_read_ids(ids, max_ids, &out->ids, &out->n_ids, err) : PC_OK;
}
