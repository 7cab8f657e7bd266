/* POST /recut: images that the recipes in force would cut otherwise, counted or queued. Planning
 * hundreds of images and reopening them, each durably, takes a second: it runs on a side thread. */
#include <stdlib.h>

#include "base/mem.h"
#include "http/aside.h"
#include "http/jsonbody.h"

enum { MAX_TEXT = 64 * 1024 };

struct recut {
    struct pc_task task; /* first */
    struct pc_buf text;
    json_t *root; /* of text; what borrows from it */
    struct pc_recut what;
    json_t *result;
};

static enum pc_code run(struct pc_task *task, struct pc_service *svc, struct pc_err *err)
{
    struct recut *c = (struct recut *)task;
    return pc_service_recut(svc, &c->what, &c->result, err);
}

static void free_recut(struct pc_task *task)
{
    struct recut *c = (struct recut *)task;
    pc_buf_finish(&c->text);
    json_decref(c->root);
    json_decref(c->result);
    free(c);
}

static int64_t max_body(const struct pc_request *r)
{
    (void)r;
    return MAX_TEXT;
}

static enum pc_code begin(struct pc_request *r)
{
    if (!pc_request_has_type(r, "application/json"))
        return pc_fail(&r->err, PC_E_UNSUPPORTED_MEDIA_TYPE, "Send application/json.");
    struct recut *c = pc_xmalloc(sizeof *c);
    c->task = (struct pc_task){.run = run, .free = free_recut};
    r->state = c;
    return PC_OK;
}

static enum pc_code body(struct pc_request *r, const char *data, size_t len)
{
    struct recut *c = r->state;
    pc_buf_append(&c->text, data, len);
    return PC_OK;
}

static enum pc_code read_request(struct recut *c, struct pc_err *err)
{
    const json_t *dry = json_object_get(c->root, "dryRun"),
                 *batch = json_object_get(c->root, "batch"),
                 *after = json_object_get(c->root, "after");
    if (!json_is_object(c->root) || (dry && !json_is_boolean(dry)) ||
        (batch && !json_is_string(batch)) || (after && !json_is_integer(after)) ||
        json_integer_value(after) < 0)
        return pc_fail(err, PC_E_BAD_JSON, "dryRun is a boolean, batch a text, after an id.");
    c->what = (struct pc_recut){.dry_run = json_is_true(dry),
                                .batch = json_string_value(batch),
                                .after_id = json_integer_value(after)};
    return PC_OK;
}

static enum pc_code end(struct pc_request *r)
{
    struct recut *c = r->state;
    enum pc_code rc;
    if (c->task.aside) {
        rc = pc_task_result(&c->task);
        return rc ? rc : pc_answer_json(r, 200, json_incref(c->result));
    }
    rc = pc_json_parse(pc_buf_text(&c->text), c->text.len, &c->root, &r->err);
    if (!rc)
        rc = read_request(c, &r->err);
    return rc ? rc : pc_aside_park(r->http->changing, r, &c->task);
}

static void drop(struct pc_request *r)
{
    pc_task_drop(r->state);
}

const struct pc_handler pc_handle_recut = {
    .begin = begin, .body = body, .end = end, .drop = drop, .max_body = max_body};
