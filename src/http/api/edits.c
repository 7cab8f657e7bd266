/* Edits by people: the person to crop, boxes set by hand, a preview of what edits would give, and
 * an offset that moves a shot in many images. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "http/api/json_endpoint.h"
#include "http/api/selection.h"
#include "service/review.h"

enum { MAX_PLAN_BODY = 1024 * 1024 };

/* --- one image --- */

static enum pc_code edit(struct pc_json_call *call, struct pc_service *svc, struct pc_err *err)
{
    return pc_service_edit(svc, call->id, call->body, &call->response, err);
}

static enum pc_code plan(struct pc_json_call *call, struct pc_service *svc, struct pc_err *err)
{
    const json_t *recipes = json_object_get(call->body, "recipes");
    if (!json_is_object(call->body) || (recipes && !json_is_string(recipes)))
        return pc_fail(err, PC_E_BAD_JSON, "recipes is a set of recipes as a text.");
    return pc_service_plan(svc, call->id, json_object_get(call->body, "edits"),
                           json_string_value(recipes), &call->response, err);
}

static int64_t max_plan_body(const struct pc_request *r)
{
    (void)r;
    return MAX_PLAN_BODY;
}

/* --- many images --- */

static bool read_number(const json_t *number, double least, double most, double *out)
{
    *out = json_number_value(number);
    return json_is_number(number) && *out >= least && *out <= most;
}

static enum pc_code read_offset(const json_t *body, struct pc_offset_request *what,
                                struct pc_err *err)
{
    const json_t *given = json_object_get(body, "offset");
    what->clear = json_is_null(given);
    if (what->clear)
        return PC_OK;
    if (!read_number(json_object_get(given, "x"), -2, 2, &what->x) ||
        !read_number(json_object_get(given, "y"), -2, 2, &what->y) ||
        !read_number(json_object_get(given, "scale"), .2, 5, &what->scale))
        return pc_fail(err, PC_E_BAD_JSON,
                       "offset is null, or x and y from -2 to 2 and scale from 0.2 to 5.");
    return PC_OK;
}

static enum pc_code offset(struct pc_json_call *call, struct pc_service *svc, struct pc_err *err)
{
    struct pc_offset_request what = {.label =
                                         json_string_value(json_object_get(call->body, "label"))};
    struct pc_selection which = {.ids = NULL};
    enum pc_code rc = what.label ? read_offset(call->body, &what, err)
                                 : pc_fail(err, PC_E_BAD_JSON, "label names the shot.");
    if (!rc)
        rc = pc_selection_read(call->body, PC_RECUT_IDS_MAX, &which, err);
    what.ids = which.ids;
    what.n_ids = which.n_ids;
    what.batch = which.batch;
    what.after_id = which.after_id;
    what.dry_run = which.dry_run;
    if (!rc)
        rc = pc_service_offset(svc, &what, &call->response, err);
    free(which.ids);
    return rc;
}

const struct pc_handler pc_handler_editImage = {
    PC_JSON_BODY, PC_JSON_ENDPOINT(.run = edit, .pool = PC_POOL_STORE)};
const struct pc_handler pc_handler_planImage = {
    PC_JSON_BODY, PC_JSON_ENDPOINT(.run = plan, .pool = PC_POOL_STORE), .max_body = max_plan_body};
const struct pc_handler pc_handler_offsetEdits = {
    PC_JSON_BODY, PC_JSON_ENDPOINT(.run = offset, .pool = PC_POOL_BULK)};
