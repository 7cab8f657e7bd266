/* POST /recut: images that the recipes in force would cut otherwise, counted or queued. */
#include <stdlib.h>

#include "base/mem.h"
#include "http/internal.h"
#include "http/jsonbody.h"

enum { MAX_TEXT = 64 * 1024 };

static int64_t max_body(const struct pc_request *r)
{
    (void)r;
    return MAX_TEXT;
}

static enum pc_code begin(struct pc_request *r)
{
    if (!pc_request_has_type(r, "application/json"))
        return pc_fail(&r->err, PC_E_UNSUPPORTED_MEDIA_TYPE, "Send application/json.");
    r->state = pc_xmalloc(sizeof(struct pc_buf));
    return PC_OK;
}

static enum pc_code body(struct pc_request *r, const char *data, size_t len)
{
    pc_buf_append(r->state, data, len);
    return PC_OK;
}

/* Borrows from root. */
static enum pc_code read_request(const json_t *root, struct pc_recut *what, struct pc_err *err)
{
    const json_t *dry = json_object_get(root, "dryRun"), *batch = json_object_get(root, "batch"),
                 *offset = json_object_get(root, "offset");
    json_int_t at = json_integer_value(offset);
    if ((dry && !json_is_boolean(dry)) || (batch && !json_is_string(batch)) ||
        (offset && !json_is_integer(offset)) || at < 0 || at > INT32_MAX)
        return pc_fail(err, PC_E_BAD_JSON, "dryRun is a boolean, batch a text, offset a number.");
    *what = (struct pc_recut){
        .dry_run = json_is_true(dry), .batch = json_string_value(batch), .offset = (int)at};
    return PC_OK;
}

static enum pc_code end(struct pc_request *r)
{
    struct pc_buf *text = r->state;
    struct pc_recut what;
    json_t *root, *answer;
    enum pc_code rc = pc_json_parse(pc_buf_text(text), text->len, &root, &r->err);
    if (rc)
        return rc;
    rc = read_request(root, &what, &r->err);
    if (!rc)
        rc = pc_service_recut(r->http->svc, &what, &answer, &r->err);
    json_decref(root);
    return rc ? rc : pc_answer_json(r, 200, answer);
}

static void drop(struct pc_request *r)
{
    pc_buf_finish(r->state);
    free(r->state);
}

const struct pc_handler pc_handle_recut = {
    .begin = begin, .body = body, .end = end, .drop = drop, .max_body = max_body};
