/* POST /images/retry, /images/cancel, /images/delete. Each change is made durable by itself, so
 * many of them take seconds. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "http/api/encode.h"
#include "http/api/json_endpoint.h"
#include "http/api/selection.h"
#include "http/body/json_body.h"

enum { MAX_IDS = 1000 };

/* Gives *id_list, also after an error; NULL: by filter. */
static enum pc_code read_request(struct pc_bulk_request *what, const json_t *body,
                                 int64_t **id_list, struct pc_err *err)
{
    static const char *const names[] = {"ids", "filter", "after", NULL};
    const json_t *ids = pc_json_optional(body, "ids"), *filter = pc_json_optional(body, "filter"),
                 *after = pc_json_optional(body, "after");
    what->filter = (struct pc_record_query)PC_RECORD_QUERY_INIT;
    if (!json_is_object(body) || !ids == !filter)
        return pc_fail(err, PC_E_BAD_JSON, "Give either ids or a filter.");
    if (after && (!json_is_integer(after) || json_integer_value(after) < 0))
        return pc_fail(err, PC_E_BAD_JSON, "after is an id.");
    what->filter.after_id = json_integer_value(after);
    enum pc_code rc = pc_json_only_members(body, names, err);
    if (rc)
        return rc;
    if (!ids)
        return pc_selection_read_filter(filter, &what->filter, err);
    rc = pc_selection_read_ids(ids, MAX_IDS, id_list, &what->n_ids, err);
    what->ids = *id_list;
    return rc;
}

static enum pc_code run(struct pc_json_call *call, enum pc_bulk_action action,
                        struct pc_service *svc, struct pc_err *err)
{
    struct pc_bulk_request what = {.action = action};
    int64_t *ids = NULL;
    enum pc_code rc = read_request(&what, call->body, &ids, err);
    struct pc_bulk_result result;
    if (!rc)
        rc = pc_service_bulk(svc, &what, &result, err);
    if (!rc) {
        call->response = pc_encode_bulk(&result);
        pc_bulk_result_finish(&result);
    }
    free(ids);
    return rc;
}

static enum pc_code retry_many(struct pc_json_call *call, struct pc_service *svc,
                               struct pc_err *err)
{
    return run(call, PC_BULK_RETRY, svc, err);
}

static enum pc_code cancel_many(struct pc_json_call *call, struct pc_service *svc,
                                struct pc_err *err)
{
    return run(call, PC_BULK_CANCEL, svc, err);
}

static enum pc_code remove_many(struct pc_json_call *call, struct pc_service *svc,
                                struct pc_err *err)
{
    return run(call, PC_BULK_DELETE, svc, err);
}

const struct pc_handler pc_handler_retryImages = {
    PC_JSON_BODY, PC_JSON_ENDPOINT(.run = retry_many, .pool = PC_POOL_BULK)};
const struct pc_handler pc_handler_cancelImages = {
    PC_JSON_BODY, PC_JSON_ENDPOINT(.run = cancel_many, .pool = PC_POOL_BULK)};
const struct pc_handler pc_handler_deleteImages = {
    PC_JSON_BODY, PC_JSON_ENDPOINT(.run = remove_many, .pool = PC_POOL_BULK)};
