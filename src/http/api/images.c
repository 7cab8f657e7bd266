/* Routes of single images and of their list. */
#include "base/clock.h"
#include "base/str.h"
#include "http/api/encode.h"
#include "http/api/json_endpoint.h"
#include "http/api/list_query.h"
#include "http/live/long_poll.h"

enum { MAX_WAIT_S = 60 };

/* --- reading --- */

static enum pc_code read_list(struct pc_json_call *call, struct pc_service *svc, struct pc_err *err)
{
    struct pc_query_list list;
    enum pc_code rc = pc_service_list(svc, call->more, &list, err);
    if (!rc)
        call->response = pc_encode_list(svc, &list);
    pc_query_list_finish(&list);
    return rc;
}

static enum pc_code prepare_list(struct pc_request *r, struct pc_json_call *call)
{
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    q.want_total = true;
    enum pc_code rc = pc_list_query_read_filters(r, &q);
    if (!rc)
        rc = pc_list_query_read_page(r, &q);
    if (!rc)
        call->more = pc_list_query_copy(&q);
    return rc;
}

static enum pc_code detail(struct pc_json_call *call, struct pc_service *svc, struct pc_err *err)
{
    struct pc_record r = {0};
    enum pc_code rc = pc_service_record(svc, call->id, &r, err);
    if (!rc)
        call->response = pc_encode_image_detail(svc, &r);
    pc_record_finish(&r);
    return rc;
}

static enum pc_code image(struct pc_json_call *call, struct pc_service *svc, struct pc_err *err)
{
    struct pc_record r = {0};
    enum pc_code rc = pc_service_record(svc, call->id, &r, err);
    if (!rc)
        call->response = pc_encode_image(svc, &r);
    pc_record_finish(&r);
    return rc;
}

/* With ?wait=, r->state is the long poll, and the handler's end is called again by each change. */
static enum pc_code prepare_status(struct pc_request *r, struct pc_json_call *call)
{
    int64_t wait_s = 0;
    enum pc_code rc = pc_list_query_read_number(r, "wait", 0, MAX_WAIT_S, &wait_s);
    if (rc)
        return rc;
    if (r->state)
        pc_long_poll_rearm(r->state);
    else if (wait_s)
        r->state = pc_long_poll_begin(r, call->id, pc_clock_mono_ms() + wait_s * 1000);
    return PC_OK;
}

static bool suspend_while_pending(struct pc_request *r, const struct pc_json_call *call)
{
    const char *status = json_string_value(json_object_get(call->response, "status"));
    return r->state && pc_str_eq(status, pc_record_status_name(PC_PENDING)) &&
           pc_long_poll_suspend(r->state);
}

static void end_long_poll(struct pc_request *r)
{
    pc_long_poll_end(r->state);
}

/* --- changing --- */

static enum pc_code remove_one(struct pc_json_call *call, struct pc_service *svc,
                               struct pc_err *err)
{
    return pc_service_remove(svc, call->id, err);
}

static enum pc_code retry(struct pc_json_call *call, struct pc_service *svc, struct pc_err *err)
{
    struct pc_record r = {0};
    enum pc_code rc = pc_service_retry(svc, call->id, PC_PRIORITY_SINGLE, &r, err);
    if (!rc)
        call->response = pc_encode_image(svc, &r);
    pc_record_finish(&r);
    return rc;
}

static enum pc_code cancel(struct pc_json_call *call, struct pc_service *svc, struct pc_err *err)
{
    enum pc_code rc = pc_service_cancel(svc, call->id, err);
    return rc ? rc : image(call, svc, err);
}

const struct pc_handler pc_handler_listImages = {
    PC_JSON_ENDPOINT(.run = read_list, .prepare = prepare_list)};
const struct pc_handler pc_handler_getImage = {PC_JSON_ENDPOINT(.run = detail)};
const struct pc_handler pc_handler_imageStatus = {
    PC_JSON_ENDPOINT(.run = image, .prepare = prepare_status, .suspend = suspend_while_pending),
    .free_state = end_long_poll};
const struct pc_handler pc_handler_deleteImage = {
    PC_JSON_ENDPOINT(.run = remove_one, .pool = PC_POOL_STORE)};
const struct pc_handler pc_handler_retryImage = {
    PC_JSON_ENDPOINT(.run = retry, .pool = PC_POOL_STORE, .status = 202)};
const struct pc_handler pc_handler_cancelImage = {
    PC_JSON_ENDPOINT(.run = cancel, .pool = PC_POOL_STORE)};
