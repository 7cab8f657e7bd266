/* POST /process-batch: lists of URLs. The body is kept whole; max_batch bounds it. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fetch/url.h"
#include "http/api/encode.h"
#include "http/body/json_body.h"
#include "http/body/metadata.h"
#include "http/body/url_list.h"
#include "http/executor.h"
#include "http/handler.h"
#include "http/response.h"

enum {
    BYTES_A_LINE = PC_FETCH_URL_MAX + 300,
    MAX_TEXT = 16 * 1024 * 1024,
    MIN_TEXT = 64 * 1024,
};

struct batch {
    struct pc_buf text;
    struct pc_metadata meta;
};

static int64_t max_body(const struct pc_request *r)
{
    int64_t most = r->http->config->max_batch * BYTES_A_LINE;
    return most > MAX_TEXT ? MAX_TEXT : most < MIN_TEXT ? MIN_TEXT : most;
}

/* The names by which browsers and systems know CSV. */
static bool is_csv(const struct pc_request *r)
{
    return pc_request_has_type(r, "text/csv") ||
           pc_request_has_type(r, "text/tab-separated-values") ||
           pc_request_has_type(r, "text/comma-separated-values") ||
           pc_request_has_type(r, "application/csv") ||
           pc_request_has_type(r, "application/vnd.ms-excel");
}

static enum pc_code begin(struct pc_request *r)
{
    if (r->body_length == 0)
        return pc_fail(&r->err, PC_E_BODY_EMPTY, "The request has no URLs.");
    if (!pc_request_has_type(r, "application/json") && !pc_request_has_type(r, "text/plain") &&
        !is_csv(r))
        return pc_fail(&r->err, PC_E_UNSUPPORTED_MEDIA_TYPE,
                       "Send URLs as application/json, text/plain or text/csv.");
    struct batch *b = r->state = pc_xzalloc(sizeof *b);
    const char *name = pc_request_query(r, "batch");
    return name ? pc_metadata_set(&b->meta, "batch", name, strlen(name), &r->err) : PC_OK;
}

static enum pc_code body(struct pc_request *r, const char *data, size_t len)
{
    struct batch *b = r->state;
    return pc_request_buffer_body(r, &b->text, data, len);
}

static enum pc_code read_json(struct pc_request *r, struct pc_http_url_list *list)
{
    struct batch *b = r->state;
    json_t *root;
    enum pc_code rc = pc_json_body_parse(pc_buf_text(&b->text), b->text.len, &root, &r->err);
    if (rc)
        return rc;
    const json_t *name = pc_json_optional(root, "batch");
    if (name && !json_is_string(name))
        rc = pc_fail(&r->err, PC_E_BAD_JSON, "batch must be a string.");
    else if (name)
        rc = pc_metadata_set(&b->meta, "batch", json_string_value(name), json_string_length(name),
                             &r->err);
    if (!rc)
        rc = pc_http_url_list_read_json(list, root, &r->err);
    json_decref(root);
    return rc;
}

struct submit_task {
    struct pc_task task; /* first */
    struct pc_http_url_list list;
    char *batch;
    json_t *response; /* BatchAnswer, or the rejected lines of a batch without a good one */
    bool all_rejected;
};

static enum pc_code submit(struct pc_task *task, struct pc_service *svc, struct pc_err *err)
{
    struct submit_task *t = (struct submit_task *)task;
    struct pc_submit_batch batch;
    enum pc_code rc =
        pc_submit_lines(svc, t->list.items, t->list.n, t->batch ? t->batch : "", &batch, err);
    t->all_rejected = rc == PC_E_BATCH_ALL_REJECTED;
    if (!rc || t->all_rejected)
        t->response = t->all_rejected ? pc_encode_rejected(&batch) : pc_encode_batch(&batch);
    pc_submit_batch_finish(&batch);
    return t->all_rejected ? PC_OK : rc;
}

static enum pc_code respond(struct pc_request *r, struct pc_task *task)
{
    struct submit_task *t = (struct submit_task *)task;
    if (!t->all_rejected && t->list.url_column)
        json_object_set_new(t->response, "urlColumn", json_string(t->list.url_column));
    if (!t->all_rejected)
        return pc_response_send_json(r, 202, json_incref(t->response));
    if (t->list.url_column)
        pc_fail(&r->err, PC_E_BATCH_ALL_REJECTED,
                "No URL of the batch can be accepted; they were read from the column '%s'.",
                t->list.url_column);
    else
        pc_fail(&r->err, PC_E_BATCH_ALL_REJECTED, NULL);
    return pc_response_send_error(r, json_incref(t->response));
}

static void free_task(struct pc_task *task)
{
    struct submit_task *t = (struct submit_task *)task;
    pc_http_url_list_finish(&t->list);
    json_decref(t->response);
    free(t->batch);
    free(t);
}

static enum pc_code end(struct pc_request *r)
{
    struct batch *b = r->state;
    struct submit_task *t = pc_xzalloc(sizeof *t);
    t->task = (struct pc_task){
        .pool = PC_POOL_STORE, .run = submit, .respond = respond, .free = free_task};
    pc_http_url_list_init(&t->list, (int)r->http->config->max_batch);
    const char *text = pc_buf_text(&b->text);
    enum pc_code rc;
    if (pc_request_has_type(r, "application/json"))
        rc = read_json(r, &t->list);
    else if (is_csv(r))
        rc = pc_http_url_list_read_csv(&t->list, text, b->text.len, &r->err);
    else
        rc = pc_http_url_list_read_text(&t->list, text, b->text.len, &r->err);
    if (!rc && t->list.n == 0)
        rc = pc_fail(&r->err, PC_E_BODY_EMPTY, "The list has no URLs.");
    t->batch = pc_xstrdup(b->meta.batch); /* a JSON body may have named it */
    if (!rc)
        return pc_executor_submit(r, &t->task);
    free_task(&t->task);
    return rc;
}

static void free_state(struct pc_request *r)
{
    struct batch *b = r->state;
    pc_request_free_body(r, &b->text);
    pc_metadata_finish(&b->meta);
    free(b);
}

const struct pc_handler pc_handler_processBatch = {
    .begin = begin, .body = body, .end = end, .free_state = free_state, .max_body = max_body};
