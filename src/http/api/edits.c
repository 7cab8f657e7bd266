/* What people do by hand: choosing the person, setting boxes, trying them, offsetting them in many
 * images, approving and rejecting. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "http/api/json_endpoint.h"
#include "service/review.h"

enum { MAX_PLAN_BODY = 1024 * 1024, MAX_REASON = 500 };

/* --- one image ---------------------------------------------------------------------------------
 */

static enum pc_code edit(struct pc_json_call *call, struct pc_service *svc, struct pc_err *err)
{
    return pc_service_edit(svc, call->id, call->body, &call->response, err);
}

static enum pc_code edit_end(struct pc_request *r)
{
    return pc_json_endpoint_submit(r,
                                   &(struct pc_json_call){.run = edit, .task.pool = PC_POOL_STORE});
}

static enum pc_code plan(struct pc_json_call *call, struct pc_service *svc, struct pc_err *err)
{
    const json_t *recipes = json_object_get(call->body, "recipes");
    if (!json_is_object(call->body) || (recipes && !json_is_string(recipes)))
        return pc_fail(err, PC_E_BAD_JSON, "recipes is a set of recipes as a text.");
    return pc_service_plan(svc, call->id, json_object_get(call->body, "edits"),
                           json_string_value(recipes), &call->response, err);
}

static enum pc_code plan_end(struct pc_request *r)
{
    return pc_json_endpoint_submit(r,
                                   &(struct pc_json_call){.run = plan, .task.pool = PC_POOL_STORE});
}

static int64_t max_plan_body(const struct pc_request *r)
{
    (void)r;
    return MAX_PLAN_BODY;
}

/* Fills what, which borrows from body. */
static enum pc_code read_decision(const json_t *body, struct pc_decision_request *what,
                                  struct pc_err *err)
{
    const json_t *verdict = json_object_get(body, "verdict"),
                 *reason = json_object_get(body, "reason"), *shots = json_object_get(body, "shots");
    if (!json_is_string(verdict) ||
        !pc_record_review_by_name(json_string_value(verdict), &what->decision))
        return pc_fail(err, PC_E_BAD_JSON, "verdict is approved, rejected or none.");
    if (reason && (!json_is_string(reason) || json_string_length(reason) > MAX_REASON))
        return pc_fail(err, PC_E_BAD_JSON, "reason is a text of at most %d bytes.", MAX_REASON);
    if (reason && what->decision != PC_REVIEW_REJECTED)
        return pc_fail(err, PC_E_BAD_JSON, "A reason goes with a rejection.");
    if (shots && json_array_size(shots) == 0)
        return pc_fail(err, PC_E_BAD_JSON, "shots is a list of labels.");
    what->reason = json_string_value(reason);
    what->shots = shots;
    return PC_OK;
}

static enum pc_code review(struct pc_json_call *call, struct pc_service *svc, struct pc_err *err)
{
    struct pc_decision_request what;
    enum pc_code rc = read_decision(call->body, &what, err);
    return rc ? rc : pc_service_review(svc, call->id, &what, &call->response, err);
}

static enum pc_code review_end(struct pc_request *r)
{
    return pc_json_endpoint_submit(
        r, &(struct pc_json_call){.run = review, .task.pool = PC_POOL_STORE});
}

/* --- many images -------------------------------------------------------------------------------
 */

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
    free((void *)which.ids);
    return rc;
}

static enum pc_code offset_end(struct pc_request *r)
{
    return pc_json_endpoint_submit(
        r, &(struct pc_json_call){.run = offset, .task.pool = PC_POOL_BULK});
}

static enum pc_code rates(struct pc_json_call *call, struct pc_service *svc, struct pc_err *err)
{
    return pc_service_rates(svc, call->more, &call->response, err);
}

static enum pc_code rates_end(struct pc_request *r)
{
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    enum pc_code rc = pc_request_read_filters(r, &q);
    if (rc)
        return rc;
    return pc_json_endpoint_submit(
        r, &(struct pc_json_call){.run = rates,
                                  .task.pool = PC_POOL_STORE,
                                  .more = q.batch ? pc_xstrdup(q.batch) : NULL});
}

const struct pc_handler pc_handler_editImage = {PC_JSON_BODY, .end = edit_end};
const struct pc_handler pc_handler_planImage = {PC_JSON_BODY, .end = plan_end,
                                                .max_body = max_plan_body};
const struct pc_handler pc_handler_reviewImage = {PC_JSON_BODY, .end = review_end};
const struct pc_handler pc_handler_offsetEdits = {PC_JSON_BODY, .end = offset_end};
const struct pc_handler pc_handler_reviewRates = {.end = rates_end};
