/* POST /images/retry, /images/cancel, /images/delete, and the cancel of one image. Each change is
 * durable on its own, so that many take seconds: they run on a side thread. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "http/aside.h"
#include "http/jsonbody.h"

enum { MAX_TEXT = 64 * 1024, MAX_IDS = 1000 };

struct bulk {
    struct pc_task task; /* first */
    struct pc_buf text;
    json_t *root; /* of text; what borrows from it */
    int64_t *ids;
    struct pc_bulk what;
    json_t *result;
};

static enum pc_code run(struct pc_task *task, struct pc_service *svc, struct pc_err *err)
{
    struct bulk *b = (struct bulk *)task;
    return pc_service_bulk(svc, &b->what, &b->result, err);
}

static void free_bulk(struct pc_task *task)
{
    struct bulk *b = (struct bulk *)task;
    pc_buf_finish(&b->text);
    json_decref(b->root);
    json_decref(b->result);
    free(b->ids);
    free(b);
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
    struct bulk *b = pc_xmalloc(sizeof *b);
    b->task = (struct pc_task){.run = run, .free = free_bulk};
    r->state = b;
    return PC_OK;
}

static enum pc_code body(struct pc_request *r, const char *data, size_t len)
{
    struct bulk *b = r->state;
    pc_buf_append(&b->text, data, len);
    return PC_OK;
}

/* A name that is not known is refused: a misspelt filter would take in far too much. */
static enum pc_code only_names(const json_t *object, const char *const *names, struct pc_err *err)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value)
    {
        const char *const *at = names;
        while (*at && strcmp(*at, key) != 0)
            at++;
        if (!*at)
            return pc_fail(err, PC_E_BAD_JSON, "There is no member '%.40s' here.", key);
    }
    return PC_OK;
}

static enum pc_code read_ids(struct bulk *b, const json_t *ids, struct pc_err *err)
{
    size_t n = json_array_size(ids);
    if (!json_is_array(ids) || n < 1 || n > MAX_IDS)
        return pc_fail(err, PC_E_BAD_JSON, "ids is a list of 1 to %d ids.", MAX_IDS);
    b->ids = pc_xmalloc(n * sizeof *b->ids);
    for (size_t i = 0; i < n; i++) {
        b->ids[i] = json_integer_value(json_array_get(ids, i));
        if (b->ids[i] < 1)
            return pc_fail(err, PC_E_BAD_JSON, "An id is a number from 1.");
    }
    b->what.ids = b->ids;
    b->what.n_ids = (int)n;
    return PC_OK;
}

static enum pc_code read_filter(struct bulk *b, const json_t *filter, struct pc_err *err)
{
    static const char *const names[] = {"status", "batch", "q", "attention", NULL};
    const json_t *status = json_object_get(filter, "status"),
                 *batch = json_object_get(filter, "batch"), *q = json_object_get(filter, "q"),
                 *attention = json_object_get(filter, "attention");
    enum pc_status wanted;
    if (!json_is_object(filter) || (batch && !json_is_string(batch)) || (q && !json_is_string(q)) ||
        (attention && !json_is_boolean(attention)))
        return pc_fail(err, PC_E_BAD_JSON,
                       "filter is an object: batch and q are texts, attention a boolean.");
    if (status &&
        !pc_status_by_name(json_is_string(status) ? json_string_value(status) : "", &wanted))
        return pc_fail(err, PC_E_BAD_JSON, "status is pending, processed or failed.");
    struct pc_record_query *out = &b->what.filter;
    out->status = status ? (int)wanted : -1;
    out->batch = batch && json_string_length(batch) ? json_string_value(batch) : NULL;
    out->search = q && json_string_length(q) ? json_string_value(q) : NULL;
    out->attention = attention ? json_is_true(attention) : -1;
    return only_names(filter, names, err);
}

static enum pc_code read_request(struct bulk *b, struct pc_err *err)
{
    static const char *const names[] = {"ids", "filter", "after", NULL};
    const json_t *ids = json_object_get(b->root, "ids"),
                 *filter = json_object_get(b->root, "filter"),
                 *after = json_object_get(b->root, "after");
    b->what.filter = (struct pc_record_query)PC_RECORD_QUERY_INIT;
    if (!json_is_object(b->root) || !ids == !filter)
        return pc_fail(err, PC_E_BAD_JSON, "Give either ids or a filter.");
    if (after && (!json_is_integer(after) || json_integer_value(after) < 0))
        return pc_fail(err, PC_E_BAD_JSON, "after is an id.");
    b->what.filter.after_id = json_integer_value(after);
    enum pc_code rc = only_names(b->root, names, err);
    if (rc)
        return rc;
    return ids ? read_ids(b, ids, err) : read_filter(b, filter, err);
}

static enum pc_code answer(struct pc_request *r, struct bulk *b)
{
    enum pc_code rc = pc_task_result(&b->task);
    return rc ? rc : pc_answer_json(r, 200, json_incref(b->result));
}

static enum pc_code end(struct pc_request *r, enum pc_bulk_action action)
{
    struct bulk *b = r->state;
    if (b->task.aside)
        return answer(r, b);
    b->what.action = action;
    enum pc_code rc = pc_json_parse(pc_buf_text(&b->text), b->text.len, &b->root, &r->err);
    if (!rc)
        rc = read_request(b, &r->err);
    return rc ? rc : pc_aside_park(r->http->changing, r, &b->task);
}

static enum pc_code retry_end(struct pc_request *r)
{
    return end(r, PC_BULK_RETRY);
}

static enum pc_code cancel_end(struct pc_request *r)
{
    return end(r, PC_BULK_CANCEL);
}

static enum pc_code delete_end(struct pc_request *r)
{
    return end(r, PC_BULK_DELETE);
}

static void drop(struct pc_request *r)
{
    pc_task_drop(r->state);
}

static enum pc_code cancel_one_end(struct pc_request *r)
{
    int64_t id;
    json_t *image;
    enum pc_code rc = pc_request_id(r, &id);
    if (!rc)
        rc = pc_service_cancel(r->http->svc, id, &image, &r->err);
    return rc ? rc : pc_answer_json(r, 200, image);
}

const struct pc_handler pc_handle_retryImages = {
    .begin = begin, .body = body, .end = retry_end, .drop = drop, .max_body = max_body};
const struct pc_handler pc_handle_cancelImages = {
    .begin = begin, .body = body, .end = cancel_end, .drop = drop, .max_body = max_body};
const struct pc_handler pc_handle_deleteImages = {
    .begin = begin, .body = body, .end = delete_end, .drop = drop, .max_body = max_body};
const struct pc_handler pc_handle_cancelImage = {.end = cancel_one_end};
