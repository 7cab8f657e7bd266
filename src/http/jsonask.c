#include "http/jsonask.h"

#include <stdlib.h>

#include "base/mem.h"
#include "http/jsonbody.h"

enum { MAX_HELD = 64 * 1024 * 1024 };

enum pc_code pc_request_hold(struct pc_request *r, struct pc_buf *text, const char *data,
                             size_t len)
{
    if (r->http->held_bytes + (int64_t)len > MAX_HELD)
        return pc_fail(&r->err, PC_E_TOO_MANY_CONNECTIONS, "Too many long bodies come at once.");
    r->http->held_bytes += (int64_t)len;
    pc_buf_append(text, data, len);
    return PC_OK;
}

void pc_request_release(struct pc_request *r, struct pc_buf *text)
{
    r->http->held_bytes -= (int64_t)text->len;
    pc_buf_finish(text);
}

/* --- the body ----------------------------------------------------------------------------------
 */

enum pc_code pc_json_ask_begin(struct pc_request *r)
{
    if (!pc_request_has_type(r, "application/json"))
        return pc_fail(&r->err, PC_E_UNSUPPORTED_MEDIA_TYPE, "Send application/json.");
    r->state = pc_xmalloc(sizeof(struct pc_buf));
    return PC_OK;
}

enum pc_code pc_json_ask_body(struct pc_request *r, const char *data, size_t len)
{
    return pc_request_hold(r, r->state, data, len);
}

void pc_json_ask_drop(struct pc_request *r)
{
    pc_request_release(r, r->state);
    free(r->state);
}

/* --- the task ----------------------------------------------------------------------------------
 */

static enum pc_code run(struct pc_task *task, struct pc_service *svc, struct pc_err *err)
{
    struct pc_json_ask *ask = (struct pc_json_ask *)task;
    return ask->run(ask, svc, err);
}

static enum pc_code reply(struct pc_request *r, struct pc_task *task)
{
    struct pc_json_ask *ask = (struct pc_json_ask *)task;
    struct pc_buf nothing = PC_BUF_INIT;
    if (ask->parks && ask->parks(r, ask))
        return PC_OK;
    if (!ask->answer)
        return pc_answer_buf(r, 204, NULL, &nothing);
    return pc_answer_json(r, ask->status ? ask->status : 200, json_incref(ask->answer));
}

static void free_ask(struct pc_task *task)
{
    struct pc_json_ask *ask = (struct pc_json_ask *)task;
    json_decref(ask->body);
    json_decref(ask->answer);
    free(ask->more);
    free(ask);
}

static enum pc_code read_request(struct pc_request *r, struct pc_json_ask *ask)
{
    const struct pc_buf *text = r->handler->body == pc_json_ask_body ? r->state : NULL;
    enum pc_code rc = r->match.param ? pc_request_id(r, &ask->id) : PC_OK;
    if (!rc && text)
        rc = pc_json_parse(pc_buf_text(text), text->len, &ask->body, &r->err);
    return rc;
}

enum pc_code pc_json_ask(struct pc_request *r, const struct pc_json_ask *draft)
{
    struct pc_json_ask *ask = pc_xmalloc(sizeof *ask);
    *ask = *draft;
    ask->task.run = run;
    ask->task.reply = reply;
    ask->task.free = free_ask;
    enum pc_code rc = read_request(r, ask);
    if (!rc)
        return pc_ask(r, &ask->task);
    free_ask(&ask->task);
    return rc;
}

enum pc_code pc_json_ids(const json_t *list, int max, const int64_t **ids, int *n,
                         struct pc_err *err)
{
    size_t count = json_array_size(list);
    if (count < 1 || count > (size_t)max)
        return pc_fail(err, PC_E_BAD_JSON, "ids is a list of 1 to %d ids.", max);
    int64_t *all = pc_xmalloc(count * sizeof *all);
    *ids = all;
    *n = (int)count;
    for (size_t i = 0; i < count; i++) {
        all[i] = json_integer_value(json_array_get(list, i));
        if (all[i] < 1)
            return pc_fail(err, PC_E_BAD_JSON, "An id is a number from 1.");
    }
    return PC_OK;
}

enum pc_code pc_json_which(const json_t *body, int max_ids, struct pc_json_which *out,
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
    return ids ? pc_json_ids(ids, max_ids, &out->ids, &out->n_ids, err) : PC_OK;
}
