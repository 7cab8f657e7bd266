/* POST /process: one picture as a form, as raw bytes, as base64 in JSON, or as an address. Bytes go
 * to the service as they come; nothing is held but a form's small fields and JSON beside the
 * picture. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "http/aside.h"
#include "http/jsonbody.h"
#include "http/meta.h"
#include "http/multipart.h"

enum { MAX_FIELD = 4096, FORM_SLACK = 256 * 1024, JSON_SLACK = 128 * 1024 };

enum kind { KIND_NONE, KIND_FORM, KIND_RAW, KIND_JSON };

struct submit {
    struct pc_request *r;
    enum kind kind;
    struct pc_upload *upload; /* while one runs */
    struct pc_meta meta;
    struct pc_multipart *form;
    bool file_seen, in_file;
    char field[64]; /* of the form, while it comes */
    struct pc_buf value;
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
    int64_t picture = r->http->config->max_upload_bytes;
    switch (kind_of(r)) {
    case KIND_FORM: return picture + FORM_SLACK;
    case KIND_JSON: return picture / 3 * 4 + JSON_SLACK;
    default: return picture;
    }
}

static enum pc_code picture_bytes(void *ctx, const void *data, size_t len, struct pc_err *err)
{
    struct submit *s = ctx;
    enum pc_code rc = PC_OK;
    if (!s->upload)
        rc = pc_upload_begin(s->r->http->svc, &s->upload, err);
    return rc ? rc : pc_upload_write(s->upload, data, len, err);
}

/* --- forms -------------------------------------------------------------------------------------
 */

static enum pc_code form_part(void *ctx, const char *name, const char *file_name,
                              struct pc_err *err)
{
    struct submit *s = ctx;
    pc_buf_clear(&s->value);
    s->in_file = file_name != NULL;
    if (!s->in_file) {
        strncpy(s->field, name, sizeof s->field - 1);
        return PC_OK;
    }
    if (s->file_seen)
        return pc_fail(err, PC_E_BAD_REQUEST, "Send one picture in one request.");
    s->file_seen = true;
    if (!s->meta.name && *file_name)
        return pc_meta_set(&s->meta, "name", file_name, strlen(file_name), err);
    return PC_OK;
}

static enum pc_code form_data(void *ctx, const void *data, size_t len, struct pc_err *err)
{
    struct submit *s = ctx;
    if (s->in_file)
        return picture_bytes(s, data, len, err);
    if (s->value.len + len > MAX_FIELD)
        return pc_fail(err, PC_E_BAD_REQUEST, "A field of the form is too long.");
    pc_buf_append(&s->value, data, len);
    return PC_OK;
}

static enum pc_code form_part_end(void *ctx, struct pc_err *err)
{
    struct submit *s = ctx;
    if (s->in_file)
        return PC_OK;
    return pc_meta_set(&s->meta, s->field, pc_buf_text(&s->value), s->value.len, err);
}

static const struct pc_multipart_events form_events = {form_part, form_data, form_part_end};

/* --- the request -------------------------------------------------------------------------------
 */

static enum pc_code meta_from_query(struct submit *s)
{
    enum pc_code rc = PC_OK;
    for (int i = 0; pc_meta_fields[i] && !rc; i++) {
        const char *text = pc_request_query(s->r, pc_meta_fields[i]);
        if (text)
            rc = pc_meta_set(&s->meta, pc_meta_fields[i], text, strlen(text), &s->r->err);
    }
    return rc;
}

static enum pc_code begin(struct pc_request *r)
{
    enum kind kind = kind_of(r);
    if (r->body_length == 0)
        return pc_fail(&r->err, PC_E_BODY_EMPTY, NULL);
    if (kind == KIND_NONE)
        return pc_fail(&r->err, PC_E_UNSUPPORTED_MEDIA_TYPE, NULL);
    struct submit *s = r->state = pc_xmalloc(sizeof *s);
    s->r = r;
    s->kind = kind;
    pc_json_body_init(&s->json, picture_bytes, s);
    enum pc_code rc = meta_from_query(s);
    if (!rc && kind == KIND_FORM)
        rc = pc_multipart_create(pc_request_header(r, "Content-Type"), &form_events, s, &s->form,
                                 &r->err);
    return rc;
}

static enum pc_code body(struct pc_request *r, const char *data, size_t len)
{
    struct submit *s = r->state;
    switch (s->kind) {
    case KIND_FORM: return pc_multipart_feed(s->form, data, len, &r->err);
    case KIND_JSON: return pc_json_body_feed(&s->json, data, len, &r->err);
    default: return picture_bytes(s, data, len, &r->err);
    }
}

/* The end of an upload syncs a disk or crosses a network, and so does the record of an address. */
struct taking {
    struct pc_task task;      /* first */
    struct pc_upload *upload; /* NULL: url */
    char *url;
    struct pc_meta meta;
    struct pc_submitted done;
};

static enum pc_code take(struct pc_task *task, struct pc_service *svc, struct pc_err *err)
{
    struct taking *t = (struct taking *)task;
    struct pc_submission what = pc_meta_submission(&t->meta, t->url);
    struct pc_upload *upload = t->upload;
    if (!upload)
        return pc_submit_url(svc, &what, PC_PRIORITY_SINGLE, &t->done, err);
    t->upload = NULL;
    return pc_upload_end(upload, &what, &t->done, err);
}

static enum pc_code answer(struct pc_request *r, struct pc_task *task)
{
    const struct pc_submitted *done = &((struct taking *)task)->done;
    return pc_answer_json(r, done->created ? 202 : 200, pc_submitted_json(done));
}

static void free_taking(struct pc_task *task)
{
    struct taking *t = (struct taking *)task;
    pc_upload_abort(t->upload);
    pc_meta_finish(&t->meta);
    free(t->url);
    free(t);
}

static enum pc_code end_submission(struct submit *s, const char *url)
{
    struct taking *t = pc_xmalloc(sizeof *t);
    t->task =
        (struct pc_task){.pool = PC_POOL_STORE, .run = take, .reply = answer, .free = free_taking};
    t->upload = s->upload;
    t->url = pc_xstrdup(url);
    t->meta = s->meta;
    s->upload = NULL;
    s->meta = (struct pc_meta){0};
    return pc_ask(s->r, &t->task);
}

static enum pc_code end_upload(struct submit *s)
{
    if (!s->upload)
        return pc_fail(&s->r->err, PC_E_BODY_EMPTY, "The request has no picture.");
    return end_submission(s, NULL);
}

static enum pc_code end_json(struct submit *s)
{
    struct pc_request *r = s->r;
    json_t *root;
    enum pc_code rc = pc_json_body_end(&s->json, &root, &r->err);
    if (rc)
        return rc;
    const json_t *url = json_object_get(root, "imageUrl");
    rc = pc_meta_set_json(&s->meta, root, &r->err);
    if (rc)
        (void)rc;
    else if (url && s->json.picture_seen)
        rc = pc_fail(&r->err, PC_E_BAD_JSON, "Give imageData or imageUrl, not both.");
    else if (s->json.picture_seen)
        rc = end_upload(s);
    else if (json_is_string(url))
        rc = end_submission(s, json_string_value(url));
    else
        rc = pc_fail(&r->err, PC_E_BAD_JSON, "Give imageData or imageUrl, as a string.");
    json_decref(root);
    return rc;
}

static enum pc_code end(struct pc_request *r)
{
    struct submit *s = r->state;
    if (r->received == 0)
        return pc_fail(&r->err, PC_E_BODY_EMPTY, NULL);
    if (s->kind == KIND_JSON)
        return end_json(s);
    enum pc_code rc = s->kind == KIND_FORM ? pc_multipart_end(s->form, &r->err) : PC_OK;
    return rc ? rc : end_upload(s);
}

static void drop(struct pc_request *r)
{
    struct submit *s = r->state;
    pc_upload_abort(s->upload);
    pc_multipart_destroy(s->form);
    pc_json_body_finish(&s->json);
    pc_meta_finish(&s->meta);
    pc_buf_finish(&s->value);
    free(s);
}

const struct pc_handler pc_handle_process = {
    .begin = begin, .body = body, .end = end, .drop = drop, .max_body = max_body};
