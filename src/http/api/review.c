/* Review decisions on shots, and the rates of a batch. */
#include <stdlib.h>

#include "base/mem.h"
#include "http/api/encode.h"
#include "http/api/json_endpoint.h"
#include "http/api/list_query.h"
#include "http/body/json_body.h"

enum { MAX_REASON = 500 };

/* Fills what, which borrows from body. The caller frees what->labels, also after an error. */
static enum pc_code read_decision(const json_t *body, struct pc_decision_request *what,
                                  struct pc_err *err)
{
    const json_t *verdict = pc_json_optional(body, "verdict"),
                 *reason = pc_json_optional(body, "reason"),
                 *shots = pc_json_optional(body, "shots");
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
    if (!shots)
        return PC_OK;
    const char **labels = pc_xzalloc(json_array_size(shots) * sizeof *labels);
    what->labels = labels;
    what->n_labels = (int)json_array_size(shots);
    for (size_t i = 0; i < json_array_size(shots); i++) {
        const char *label = json_string_value(json_array_get(shots, i));
        labels[i] = label ? label : "";
    }
    return PC_OK;
}

static enum pc_code review(struct pc_json_call *call, struct pc_service *svc, struct pc_err *err)
{
    struct pc_decision_request what = {.labels = NULL};
    struct pc_record r = {0};
    enum pc_code rc = read_decision(call->body, &what, err);
    if (!rc)
        rc = pc_service_review(svc, call->id, &what, &r, err);
    if (!rc)
        call->response = pc_encode_image_detail(svc, &r);
    pc_record_finish(&r);
    free((void *)what.labels);
    return rc;
}

static enum pc_code read_rates(struct pc_json_call *call, struct pc_service *svc,
                               struct pc_err *err)
{
    struct pc_review_rates rates;
    enum pc_code rc = pc_service_rates(svc, call->more, &rates, err);
    if (!rc)
        call->response = pc_encode_rates(&rates);
    pc_review_rates_finish(&rates);
    return rc;
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
    PC_JSON_ENDPOINT(.run = read_rates, .prepare = prepare_rates, .pool = PC_POOL_STORE)};
