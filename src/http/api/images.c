/* Looking at images and changing them. */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "http/api/json_endpoint.h"

enum { MAX_WAIT_S = 60, MAX_OFFSET = 1000 * 1000 * 1000 };

static enum pc_code bad_query(struct pc_request *r, const char *name)
{
    return pc_fail(&r->err, PC_E_BAD_REQUEST, "The value of %s is not taken.", name);
}

/* *out is left as it is when the parameter is absent. */
static enum pc_code query_number(struct pc_request *r, const char *name, int64_t min, int64_t max,
                                 int64_t *out)
{
    const char *text = pc_request_query(r, name);
    return !text || pc_str_to_i64(text, min, max, out) ? PC_OK : bad_query(r, name);
}

static enum pc_code query_text(struct pc_request *r, const char *name, const char **out)
{
    const char *text = pc_request_query(r, name);
    if (text && !pc_str_is_utf8(text, strlen(text)))
        return bad_query(r, name);
    *out = text && *text ? text : NULL;
    return PC_OK;
}

/* The place of the value in a NULL-terminated list of names. */
static enum pc_code query_name(struct pc_request *r, const char *name, const char *const *names,
                               int *out)
{
    const char *text = pc_request_query(r, name);
    if (!text || !*text)
        return PC_OK;
    for (int i = 0; names[i]; i++)
        if (strcmp(names[i], text) == 0) {
            *out = i;
            return PC_OK;
        }
    return bad_query(r, name);
}

static enum pc_code read_paging(struct pc_request *r, struct pc_record_query *q)
{
    int64_t limit = q->limit, offset = 0;
    enum pc_code rc = query_number(r, "limit", 1, 1000, &limit);
    if (!rc)
        rc = query_number(r, "offset", 0, MAX_OFFSET, &offset);
    if (!rc)
        rc = query_number(r, "since", 0, INT64_MAX, &q->since_seq);
    q->limit = (int)limit;
    q->offset = (int)offset;
    return rc;
}

enum pc_code pc_request_read_filters(struct pc_request *r, struct pc_record_query *q)
{
    static const char *const statuses[] = {
        [PC_PENDING] = "pending", [PC_PROCESSED] = "processed", [PC_FAILED] = "failed", NULL};
    static const char *const truths[] = {"false", "true", NULL};
    static const char *const reviews[] = {[PC_REVIEW_NONE] = "none",
                                          [PC_REVIEW_APPROVED] = "approved",
                                          [PC_REVIEW_REJECTED] = "rejected",
                                          NULL};
    enum pc_code rc = query_text(r, "q", &q->search);
    if (!rc)
        rc = query_text(r, "batch", &q->batch);
    if (!rc)
        rc = query_name(r, "status", statuses, &q->status);
    if (!rc)
        rc = query_name(r, "review", reviews, &q->review);
    return rc ? rc : query_name(r, "attention", truths, &q->attention);
}

static enum pc_code read_order(struct pc_request *r, struct pc_record_query *q)
{
    static const char *const sorts[] = {[PC_SORT_ID] = "id",
                                        [PC_SORT_UPDATED] = "updated",
                                        [PC_SORT_NAME] = "name",
                                        [PC_SORT_STATUS] = "status",
                                        NULL};
    static const char *const orders[] = {"asc", "desc", NULL};
    int sort = (int)q->sort, descending = q->descending;
    enum pc_code rc = query_name(r, "sort", sorts, &sort);
    if (!rc)
        rc = query_name(r, "order", orders, &descending);
    q->sort = (enum pc_record_sort)sort;
    q->descending = descending != 0;
    return rc;
}

/* A query that outlives its request: one block. Gives. */
static struct pc_record_query *copy_query(const struct pc_record_query *q)
{
    size_t search = q->search ? strlen(q->search) + 1 : 0;
    size_t batch = q->batch ? strlen(q->batch) + 1 : 0;
    struct pc_record_query *copy = pc_xzalloc(sizeof *copy + search + batch);
    char *texts = (char *)(copy + 1);
    *copy = *q;
    if (search)
        copy->search = memcpy(texts, q->search, search);
    if (batch)
        copy->batch = memcpy(texts + search, q->batch, batch);
    return copy;
}

static enum pc_code list(struct pc_json_call *call, struct pc_service *svc, struct pc_err *err)
{
    return pc_service_list(svc, call->more, &call->response, err);
}

static enum pc_code list_end(struct pc_request *r)
{
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    q.want_total = true;
    enum pc_code rc = read_paging(r, &q);
    if (!rc)
        rc = pc_request_read_filters(r, &q);
    if (!rc)
        rc = read_order(r, &q);
    return rc ? rc
              : pc_json_endpoint_submit(
                    r, &(struct pc_json_call){.run = list, .more = copy_query(&q)});
}

static enum pc_code detail(struct pc_json_call *call, struct pc_service *svc, struct pc_err *err)
{
    return pc_service_image(svc, call->id, true, &call->response, err);
}

static enum pc_code get_end(struct pc_request *r)
{
    return pc_json_endpoint_submit(r, &(struct pc_json_call){.run = detail});
}

static enum pc_code image(struct pc_json_call *call, struct pc_service *svc, struct pc_err *err)
{
    return pc_service_image(svc, call->id, false, &call->response, err);
}

/* A pending image that is waited for: when it has changed, status_end is called again. */
static bool suspend_if_pending(struct pc_request *r, const struct pc_json_call *call)
{
    const char *status = json_string_value(json_object_get(call->response, "status"));
    return r->state && pc_str_eq(status, pc_record_status_name(PC_PENDING)) &&
           pc_long_poll_suspend(r->state);
}

static enum pc_code status_end(struct pc_request *r)
{
    int64_t id, wait_s = 0;
    enum pc_code rc = pc_request_id(r, &id);
    if (!rc)
        rc = query_number(r, "wait", 0, MAX_WAIT_S, &wait_s);
    if (rc)
        return rc;
    if (r->state)
        pc_long_poll_rearm(r->state);
    else if (wait_s)
        r->state = pc_long_poll_begin(r, id, pc_clock_mono_ms() + wait_s * 1000);
    return pc_json_endpoint_submit(
        r, &(struct pc_json_call){.run = image, .suspends = suspend_if_pending});
}

static void status_drop(struct pc_request *r)
{
    pc_long_poll_end(r->state);
}

static enum pc_code remove_one(struct pc_json_call *call, struct pc_service *svc,
                               struct pc_err *err)
{
    return pc_service_remove(svc, call->id, err);
}

static enum pc_code delete_end(struct pc_request *r)
{
    return pc_json_endpoint_submit(
        r, &(struct pc_json_call){.run = remove_one, .task.pool = PC_POOL_STORE});
}

static enum pc_code retry(struct pc_json_call *call, struct pc_service *svc, struct pc_err *err)
{
    return pc_service_retry(svc, call->id, &call->response, err);
}

static enum pc_code retry_end(struct pc_request *r)
{
    return pc_json_endpoint_submit(
        r, &(struct pc_json_call){.run = retry, .task.pool = PC_POOL_STORE, .status = 202});
}

static enum pc_code cancel(struct pc_json_call *call, struct pc_service *svc, struct pc_err *err)
{
    return pc_service_cancel(svc, call->id, &call->response, err);
}

static enum pc_code cancel_end(struct pc_request *r)
{
    return pc_json_endpoint_submit(
        r, &(struct pc_json_call){.run = cancel, .task.pool = PC_POOL_STORE});
}

const struct pc_handler pc_handler_listImages = {.end = list_end};
const struct pc_handler pc_handler_getImage = {.end = get_end};
const struct pc_handler pc_handler_imageStatus = {.end = status_end, .free_state = status_drop};
const struct pc_handler pc_handler_deleteImage = {.end = delete_end};
const struct pc_handler pc_handler_retryImage = {.end = retry_end};
const struct pc_handler pc_handler_cancelImage = {.end = cancel_end};
