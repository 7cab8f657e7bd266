/* POST /process: one image as a form, as raw bytes, as base64 in JSON, or as a URL. Bytes go to the
 * service as they arrive; only the small fields of a form and the JSON beside the image are
 * held. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "http/api/encode.h"
#include "http/body/form.h"
#include "http/body/json_body.h"
#include "http/body/metadata.h"
#include "http/executor.h"
#include "http/handler.h"
#include "http/response.h"

enum { FORM_SLACK = 256 * 1024, JSON_SLACK = 128 * 1024 };
/* Each character may come as \uXXXX. The image itself is bounded as it is decoded. */
enum { JSON_CHAR_BYTES = 6 };

enum kind { KIND_NONE, KIND_FORM, KIND_RAW, KIND_JSON };

struct process_state {
    struct pc_request *r;
    enum kind kind;
    struct pc_upload *upload; /* while one runs */
    struct pc_metadata meta;
    struct pc_form *form;
    struct pc_json_body json;
};

static enum kind kind_of(const struct pc_request *r)
{
    if (pc_request_has_type(r, "multipart/form-data"))
        return KIND_FORM;
    if (pc_request_has_type(r, "application/json"))
        return KIND_JSON;
    if (pc_request_has_type(r, "image/") || pc_request_has_type(r, "application/octet-stream"))
        return KIND_RAW;
    return KIND_NONE;
}

static int64_t max_body(const struct pc_request *r)
{
    int64_t image = r->http->config->max_upload_bytes;
    switch (kind_of(r)) {
    case KIND_FORM: return image + FORM_SLACK;
    case KIND_JSON: return (image / 3 + 1) * 4 * JSON_CHAR_BYTES + JSON_SLACK;
    default: return image;
    }
}

static enum pc_code image_bytes(void *ctx, const void *data, size_t len, struct pc_err *err)
{
    struct process_state *s = ctx;
    enum pc_code rc = PC_OK;
    if (!s->upload)
        rc = pc_upload_begin(s->r->http->svc, &s->upload, err);
    return rc ? rc : pc_upload_write(s->upload, data, len, err);
}

/* --- the request --- */

static enum pc_code begin(struct pc_request *r)
{
    enum kind kind = kind_of(r);
    if (r->body_length == 0)
        return pc_fail(&r->err, PC_E_BODY_EMPTY, NULL);
    if (kind == KIND_NONE)
        return pc_fail(&r->err, PC_E_UNSUPPORTED_MEDIA_TYPE, NULL);
    struct process_state *s = r->state = pc_xzalloc(sizeof *s);
    s->r = r;
    s->kind = kind;
    pc_json_body_init(&s->json, image_bytes, s);
    enum pc_code rc = PC_OK;
    for (int i = 0; pc_metadata_query_fields[i] && !rc; i++) {
        const char *text = pc_request_query(r, pc_metadata_query_fields[i]);
        if (text)
            rc =
                pc_metadata_set(&s->meta, pc_metadata_query_fields[i], text, strlen(text), &r->err);
    }
    if (!rc && kind == KIND_FORM)
        rc = pc_form_create(pc_request_header(r, "Content-Type"), image_bytes, s, &s->meta,
                            &s->form, &r->err);
    return rc;
}

static enum pc_code body(struct pc_request *r, const char *data, size_t len)
{
    struct process_state *s = r->state;
    switch (s->kind) {
    case KIND_FORM: return pc_form_feed(s->form, data, len, &r->err);
    case KIND_JSON: return pc_json_body_feed(&s->json, data, len, &r->err);
    default: return image_bytes(s, data, len, &r->err);
    }
}

/* The end of an upload syncs a disk or crosses a network, and so does a new record. */
struct submit_task {
    struct pc_task task;      /* first */
    struct pc_upload *upload; /* NULL: meta.url */
    struct pc_metadata meta;
    struct pc_submitted done;
};

static enum pc_code submit(struct pc_task *task, struct pc_service *svc, struct pc_err *err)
{
    struct submit_task *t = (struct submit_task *)task;
    struct pc_submission what = pc_metadata_submission(&t->meta);
    struct pc_upload *upload = t->upload;
    if (!upload)
        return pc_submit_url(svc, &what, &t->done, err);
    t->upload = NULL;
    return pc_upload_end(upload, &what, &t->done, err);
}

static enum pc_code respond(struct pc_request *r, struct pc_task *task)
{
    const struct pc_submitted *done = &((struct submit_task *)task)->done;
    return pc_response_send_json(r, done->created ? 202 : 200, pc_encode_submitted(done));
}

static void free_task(struct pc_task *task)
{
    struct submit_task *t = (struct submit_task *)task;
    pc_upload_abort(t->upload);
    pc_metadata_finish(&t->meta);
    free(t);
}

static enum pc_code end_submission(struct process_state *s)
{
    struct submit_task *t = pc_xzalloc(sizeof *t);
    t->task = (struct pc_task){
        .pool = PC_POOL_STORE, .run = submit, .respond = respond, .free = free_task};
    t->upload = s->upload;
    t->meta = s->meta;
    s->upload = NULL;
    s->meta = (struct pc_metadata){0};
    return pc_executor_submit(s->r, &t->task);
}

static enum pc_code end_json(struct process_state *s)
{
    struct pc_request *r = s->r;
    json_t *root;
    enum pc_code rc = pc_json_body_end(&s->json, &root, &r->err);
    if (rc)
        return rc;
    rc = pc_metadata_set_json(&s->meta, root, &r->err);
    json_decref(root);
    if (!rc && s->meta.url && s->json.has_image)
        rc = pc_fail(&r->err, PC_E_BAD_JSON, "Give imageData or imageUrl, not both.");
    if (!rc && !s->meta.url && !s->json.has_image)
        rc = pc_fail(&r->err, PC_E_BAD_JSON, "Give imageData or imageUrl, as a string.");
    if (!rc && !s->meta.url && !s->upload)
        rc = pc_fail(&r->err, PC_E_BODY_EMPTY, "imageData is empty.");
    return rc ? rc : end_submission(s);
}

static enum pc_code end(struct pc_request *r)
{
    struct process_state *s = r->state;
    if (r->received == 0)
        return pc_fail(&r->err, PC_E_BODY_EMPTY, NULL);
    if (s->kind == KIND_JSON)
        return end_json(s);
    enum pc_code rc = s->form ? pc_form_end(s->form, &r->err) : PC_OK;
    return rc ? rc : end_submission(s);
}

static void free_state(struct pc_request *r)
{
    struct process_state *s = r->state;
    pc_upload_abort(s->upload);
    pc_form_destroy(s->form);
    pc_json_body_finish(&s->json);
    pc_metadata_finish(&s->meta);
    free(s);
}

const struct pc_handler pc_handler_process = {
    .begin = begin, .body = body, .end = end, .free_state = free_state, .max_body = max_body};
