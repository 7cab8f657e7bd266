/* Review decisions on shots, and the rates of a batch. */
#include "service/review.h"
#include "base/mem.h"
#include "http/api/json_endpoint.h"
#include "http/api/list_query.h"
#include <string.h>

enum { MAX_REASON = 500 };

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

static enum pc_code rates(struct pc_json_call *call, struct pc_service *svc, struct pc_err *err)
{
    return pc_service_rates(svc, call->more, &call->response, err);
}

static enum pc_code prepare_rates(struct pc_request *r, struct pc_json_call *call)
{
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    enum pc_code rc = pc_list_query_read_filters(r, &q);
    if (!rc)
        call->more = q.batch ? pc_xstrdup(q.batch) : NULL;
    return rc;
}

const struct pc_handler pc_handler_reviewImage = {
    PC_JSON_BODY, PC_JSON_ENDPOINT(.run = review, .pool = PC_POOL_STORE)};
const struct pc_handler pc_handler_reviewRates = {
    PC_JSON_ENDPOINT(.run = rates, .prepare = prepare_rates, .pool = PC_POOL_STORE)};
