/* /images.zip: shots and a manifest, made while the client reads it (stream.h). GET selects images
 * by its query; POST by a body, which has room for any number of ids. The body may be a form,
 * because browsers save the response to a form as a file without holding it in memory.
 *
 * Images are read in pages by id, so it does not matter what is processed, deleted or cut again
 * meanwhile. The manifest comes last, when it is known which files went in; until then its text is
 * in a temporary file.
 */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/percent.h"
#include "base/str.h"
#include "http/api/json_endpoint.h"
#include "http/api/list_query.h"
#include "http/api/selection.h"
#include "http/api/zip.h"
#include "http/body/json_body.h"
#include "http/handler.h"
#include "http/headers.h"
#include "http/response.h"
#include "http/stream.h"
#include "service/query.h"

enum { BLOCK = 32 * 1024, PAGE = 32, MAX_QUERY_IDS = 1000, MAX_BODY = 16 * 1024 * 1024 };

struct export_task {
    struct pc_stream stream; /* first; its out is what zip writes */
    struct pc_record_query query;
    char *search, *batch; /* of query */
    int64_t *ids;         /* NULL: by query */
    int n_ids, at_id;
    int64_t *except; /* of what the query finds, sorted; NULL: none */
    int n_except;
    bool last_page;
    struct pc_record_list page;
    int at_record;
    int at_shot;
    struct pc_blob_reader *reader; /* of the shot that is being sent */
    int64_t at_byte;
    char *file; /* its name in the archive */
    struct pc_zip_names names;
    FILE *manifest;
    bool in_manifest;
    struct pc_zip *zip;
    char block[BLOCK];
};

/* --- manifest --- */

/* RFC 4180. */
static void write_field(FILE *out, const char *text)
{
    if (!text[strcspn(text, ",\"\r\n")]) {
        fputs(text, out);
        return;
    }
    putc('"', out);
    for (; *text; text++) {
        if (*text == '"')
            putc('"', out);
        putc(*text, out);
    }
    putc('"', out);
}

static void write_image_columns(FILE *out, const struct pc_record *r)
{
    const char *const fields[] = {r->name,  r->url,   r->sku,
                                  r->label, r->batch, pc_record_status_name(r->status)};
    fprintf(out, "%" PRId64, r->id);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        putc(',', out);
        write_field(out, fields[i] ? fields[i] : "");
    }
}

/* file: its name in the archive, "" if it has none; missing: it should have one. */
static void write_shot_row(struct export_task *e, const struct pc_record *r,
                           const struct pc_record_shot *shot, const char *file, bool missing)
{
    struct pc_buf reasons = PC_BUF_INIT;
    for (int i = 0; i < shot->n_reasons; i++)
        pc_buf_printf(&reasons, "%s%s", reasons.len ? " " : "", shot->reasons[i]);
    if (missing)
        pc_buf_printf(&reasons, "%sfile_missing", reasons.len ? " " : "");
    const char *const fields[] = {shot->label, shot->state, pc_buf_text(&reasons), file};
    write_image_columns(e->manifest, r);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        putc(',', e->manifest);
        write_field(e->manifest, fields[i] ? fields[i] : "");
    }
    if (shot->box.w > 0)
        fprintf(e->manifest, ",%d,%d,%d %d %d %d\r\n", shot->width, shot->height, shot->box.x,
                shot->box.y, shot->box.w, shot->box.h);
    else
        fputs(",,,\r\n", e->manifest);
    pc_buf_finish(&reasons);
}

static enum pc_code begin_manifest(struct export_task *e, struct pc_err *err)
{
    long size = ftell(e->manifest);
    if (size < 0 || ferror(e->manifest) || fseek(e->manifest, 0, SEEK_SET))
        return pc_fail_detail(err, PC_E_STORE_FULL, "manifest of a zip: temporary file");
    e->in_manifest = true;
    return pc_zip_begin(e->zip, "manifest.csv", size, pc_clock_wall_ms(), err);
}

static enum pc_code send_manifest(struct export_task *e, struct pc_err *err)
{
    size_t got = fread(e->block, 1, BLOCK, e->manifest);
    if (got)
        return pc_zip_write(e->zip, e->block, got, err);
    enum pc_code rc = pc_zip_end(e->zip, err);
    e->stream.ended = true;
    return rc ? rc : pc_zip_close(e->zip, err);
}

/* --- images --- */

/* The next image of ids. One without shots, or that does not exist, gets a line in the manifest. */
static enum pc_code load_by_id(struct export_task *e, struct pc_service *svc, struct pc_err *err)
{
    int64_t id = e->ids[e->at_id++];
    struct pc_record r = {0};
    enum pc_code rc = pc_service_record(svc, id, &r, err);
    if (rc == PC_E_NOT_FOUND) {
        fprintf(e->manifest, "%" PRId64 ",,,,,,not_found,,,,,,,\r\n", id);
        pc_record_finish(&r);
        return PC_OK;
    }
    if (rc)
        return rc;
    e->page.items = pc_xzalloc(sizeof *e->page.items);
    e->page.items[0] = r;
    e->page.n = 1;
    if (r.status != PC_PROCESSED || r.result.n_shots == 0) { /* its error is the reason */
        write_image_columns(e->manifest, &r);
        fputs(",,,", e->manifest);
        write_field(e->manifest, r.error_code ? r.error_code : "");
        fputs(",,,,\r\n", e->manifest);
    }
    return PC_OK;
}

static enum pc_code load_by_query(struct export_task *e, struct pc_service *svc, struct pc_err *err)
{
    enum pc_code rc = pc_service_export_page(svc, &e->query, &e->page, err);
    if (rc)
        return rc;
    e->last_page = e->page.n < PAGE;
    if (e->page.n)
        e->query.after_id = e->page.items[e->page.n - 1].id;
    return PC_OK;
}

static enum pc_code load_page(struct export_task *e, struct pc_service *svc, struct pc_err *err)
{
    pc_record_list_finish(&e->page);
    e->page = (struct pc_record_list){0};
    e->at_record = 0;
    e->at_shot = 0;
    enum pc_code rc = e->ids ? load_by_id(e, svc, err) : load_by_query(e, svc, err);
    if (e->ids)
        e->last_page = e->at_id == e->n_ids;
    return rc;
}

static enum pc_code open_shot(struct export_task *e, struct pc_service *svc,
                              const struct pc_record *r, const struct pc_record_shot *shot,
                              struct pc_err *err)
{
    const char *key = shot->key ? shot->key : "", *mime;
    const char *dot = strrchr(key, '.');
    enum pc_code rc = PC_E_NOT_FOUND;
    if (*key)
        rc = pc_service_file(svc, key, &e->reader, &mime, err);
    if (rc) {
        e->reader = NULL;
        write_shot_row(e, r, shot, "", *key != 0);
        return rc == PC_E_NOT_FOUND || rc == PC_E_BAD_REQUEST ? PC_OK : rc;
    }
    e->at_byte = 0;
    e->file = pc_zip_names_add(&e->names, r->name ? r->name : "", r->id,
                               shot->label ? shot->label : "", dot ? dot + 1 : "jpg");
    write_shot_row(e, r, shot, e->file, false);
    return pc_zip_begin(e->zip, e->file, pc_blob_size(e->reader), r->finished_ms, err);
}

static enum pc_code send_shot(struct export_task *e, struct pc_err *err)
{
    size_t got = 0;
    int64_t left = pc_blob_size(e->reader) - e->at_byte;
    enum pc_code rc = PC_OK;
    if (left) {
        rc = pc_blob_read_at(e->reader, e->at_byte, e->block, left < BLOCK ? (size_t)left : BLOCK,
                             &got, err);
        if (!rc && got == 0)
            rc = pc_fail_detail(err, PC_E_STORE_UNAVAILABLE, "%s ends early", e->file);
        e->at_byte += (int64_t)got;
        return rc ? rc : pc_zip_write(e->zip, e->block, got, err);
    }
    pc_blob_close(e->reader);
    e->reader = NULL;
    free(e->file);
    e->file = NULL;
    return pc_zip_end(e->zip, err);
}

static int compare_ids(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static enum pc_code fill(struct pc_stream *stream, struct pc_service *svc, struct pc_err *err)
{
    struct export_task *e = (struct export_task *)stream;
    if (e->in_manifest)
        return send_manifest(e, err);
    if (e->reader)
        return send_shot(e, err);
    if (e->at_record == e->page.n)
        return e->last_page ? begin_manifest(e, err) : load_page(e, svc, err);
    const struct pc_record *r = &e->page.items[e->at_record];
    bool left_out =
        e->except && bsearch(&r->id, e->except, (size_t)e->n_except, sizeof r->id, compare_ids);
    if (left_out || r->status != PC_PROCESSED || e->at_shot == r->result.n_shots) {
        e->at_record++;
        e->at_shot = 0;
        return PC_OK;
    }
    return open_shot(e, svc, r, &r->result.shots[e->at_shot++], err);
}

/* --- the response --- */

static void destroy(struct pc_stream *stream)
{
    struct export_task *e = (struct export_task *)stream;
    pc_zip_destroy(e->zip);
    pc_blob_close(e->reader);
    pc_record_list_finish(&e->page);
    pc_zip_names_finish(&e->names);
    if (e->manifest)
        fclose(e->manifest);
    free(e->file);
    free(e->ids);
    free(e->except);
    free(e->search);
    free(e->batch);
    free(e);
}

/* Reads "1,2,3", at most max ids. Gives *ids, also after an error. */
static enum pc_code parse_ids(const char *name, const char *text, int max, int64_t **ids, int *n,
                              struct pc_err *err)
{
    size_t most = 1;
    for (const char *at = text; *at; at++)
        most += *at == ',';
    char *copy = pc_xstrdup(text), *save = NULL;
    enum pc_code rc = PC_OK;
    free(*ids);
    *ids = pc_xzalloc(most * sizeof **ids);
    *n = 0;
    for (char *at = strtok_r(copy, ",", &save); at && !rc; at = strtok_r(NULL, ",", &save))
        if (*n == max || !pc_str_to_i64(pc_str_trim(at), 1, INT64_MAX, &(*ids)[(*n)++]))
            rc = pc_fail(err, PC_E_BAD_REQUEST, "%s is a list of at most %d ids.", name, max);
    if (!rc && *n == 0)
        rc = pc_fail(err, PC_E_BAD_REQUEST, "%s holds no id.", name);
    free(copy);
    return rc;
}

/* What the filters of e->query mean for an archive. Their texts end with the request, which the
 * stream outlives. */
static enum pc_code finish_query(struct export_task *e, struct pc_err *err)
{
    e->query.limit = PAGE;
    e->query.search = e->search = pc_xstrdup(e->query.search);
    e->query.batch = e->batch = pc_xstrdup(e->query.batch);
    if (e->n_except)
        qsort(e->except, (size_t)e->n_except, sizeof *e->except, compare_ids);
    if (e->query.status >= 0 && e->query.status != PC_PROCESSED)
        return pc_fail(err, PC_E_BAD_REQUEST, "Only processed images have shots.");
    return PC_OK;
}

static enum pc_code read_query(struct pc_request *r, struct export_task *e)
{
    const char *ids = pc_request_query(r, "ids");
    enum pc_code rc = pc_list_query_read_filters(r, &e->query);
    if (!rc)
        rc = finish_query(e, &r->err);
    if (!rc && ids)
        rc = parse_ids("ids", ids, MAX_QUERY_IDS, &e->ids, &e->n_ids, &r->err);
    return rc;
}

/* {"ids": [...]}, or {"filter": {...}, "except": [...]}. */
static enum pc_code read_json(const json_t *body, struct export_task *e, struct pc_err *err)
{
    static const char *const names[] = {"ids", "filter", "except", NULL};
    const json_t *ids = pc_json_optional(body, "ids"), *filter = pc_json_optional(body, "filter"),
                 *except = pc_json_optional(body, "except");
    enum pc_code rc = PC_OK;
    if (!json_is_object(body) || !ids == !filter || (ids && except))
        return pc_fail(err, PC_E_BAD_JSON,
                       "Give either ids or a filter; except goes with a filter.");
    rc = pc_json_only_members(body, names, err);
    if (!rc && ids)
        return pc_selection_read_ids(ids, INT_MAX, &e->ids, &e->n_ids, err);
    if (!rc && except && json_array_size(except))
        rc = pc_selection_read_ids(except, INT_MAX, &e->except, &e->n_except, err);
    if (!rc)
        rc = pc_selection_read_filter(filter, &e->query, err);
    return rc ? rc : finish_query(e, err);
}

/* One field of a form, decoded in place: ids, except, or a filter, which goes into filter. */
static enum pc_code read_field(char *field, json_t *filter, struct export_task *e,
                               struct pc_err *err)
{
    char *value = strchr(field, '=');
    if (value)
        *value++ = 0;
    for (char *at = value; at && *at; at++)
        *at = *at == '+' ? ' ' : *at;
    if (!value || !pc_percent_decode(value) || !pc_str_is_utf8(value, strlen(value)))
        return pc_fail(err, PC_E_BAD_REQUEST, "The form is not application/x-www-form-urlencoded.");
    if (strcmp(field, "ids") == 0)
        return parse_ids(field, value, INT_MAX, &e->ids, &e->n_ids, err);
    if (strcmp(field, "except") == 0)
        return *value ? parse_ids(field, value, INT_MAX, &e->except, &e->n_except, err) : PC_OK;
    if (!*value) /* a field of a form that was not filled in */
        return PC_OK;
    bool truth =
        strcmp(field, "attention") == 0 && (pc_str_eq(value, "true") || pc_str_eq(value, "false"));
    json_object_set_new(filter, field, truth ? json_boolean(*value == 't') : json_string(value));
    return PC_OK;
}

static enum pc_code read_form(char *text, struct export_task *e, struct pc_err *err)
{
    char *save = NULL;
    json_t *filter = json_object();
    enum pc_code rc = PC_OK;
    for (char *at = strtok_r(text, "&", &save); at && !rc; at = strtok_r(NULL, "&", &save))
        rc = read_field(at, filter, e, err);
    if (!rc && e->ids && (e->except || json_object_size(filter)))
        rc = pc_fail(err, PC_E_BAD_REQUEST, "Give either ids, or filters and except.");
    if (!rc)
        rc = pc_selection_read_filter(filter, &e->query, err);
    if (rc == PC_E_BAD_JSON)
        rc = err->code = PC_E_BAD_REQUEST;
    if (!rc)
        rc = finish_query(e, err);
    json_decref(filter);
    return rc;
}

static enum pc_code read_body(struct pc_request *r, struct export_task *e)
{
    struct pc_buf *text = r->state;
    json_t *body;
    if (!pc_request_has_type(r, "application/json"))
        return text->len ? read_form(text->data, e, &r->err)
                         : pc_fail(&r->err, PC_E_BODY_EMPTY, "The request names no images.");
    enum pc_code rc = pc_json_body_parse(pc_buf_text(text), text->len, &body, &r->err);
    if (!rc)
        rc = read_json(body, e, &r->err);
    json_decref(body);
    return rc;
}

/* Reads the first images before the response begins, so that its status can say that a filter is
 * bad or a store unavailable. */
static enum pc_code prepare(struct pc_task *task, struct pc_service *svc, struct pc_err *err)
{
    struct export_task *e = (struct export_task *)task;
    e->manifest = tmpfile();
    if (!e->manifest)
        return pc_fail_detail(err, PC_E_STORE_FULL, "no temporary file for a manifest");
    fputs("id,name,url,sku,label,batch,status,shot,state,reasons,file,width,height,box\r\n",
          e->manifest);
    enum pc_code rc = pc_zip_create(&e->stream.out, &e->zip, err);
    return rc ? rc : load_page(e, svc, err);
}

static enum pc_code respond(struct pc_request *r, struct pc_task *task)
{
    struct export_task *e = (struct export_task *)task;
    struct MHD_Response *response = pc_stream_response(r, &e->stream, MHD_SIZE_UNKNOWN);
    char *name = pc_xasprintf("%s.zip", e->batch ? e->batch : "shots");
    char *disposition = pc_header_disposition(name);
    pc_response_set_header(response, "Content-Disposition", disposition);
    free(disposition);
    free(name);
    pc_response_set_header(response, "Content-Type", "application/zip");
    pc_response_set_header(response, "Cache-Control", "no-store");
    return pc_response_send(r, 200, response);
}

static enum pc_code start(struct pc_request *r,
                          enum pc_code (*read)(struct pc_request *r, struct export_task *e))
{
    struct export_task *e = pc_xzalloc(sizeof *e);
    e->stream = (struct pc_stream){.fill = fill, .destroy = destroy};
    e->stream.task = (struct pc_task){
        .pool = PC_POOL_STORE, .run = prepare, .respond = respond, .free = pc_stream_free};
    e->query = (struct pc_record_query)PC_RECORD_QUERY_INIT;
    enum pc_code rc = read(r, e);
    if (!rc)
        return pc_executor_submit(r, &e->stream.task);
    destroy(&e->stream);
    return rc;
}

static enum pc_code end_get(struct pc_request *r)
{
    return start(r, read_query);
}

static enum pc_code begin_post(struct pc_request *r)
{
    if (!pc_request_has_type(r, "application/json") &&
        !pc_request_has_type(r, "application/x-www-form-urlencoded"))
        return pc_fail(&r->err, PC_E_UNSUPPORTED_MEDIA_TYPE,
                       "Send application/json or application/x-www-form-urlencoded.");
    r->state = pc_xzalloc(sizeof(struct pc_buf));
    return PC_OK;
}

static enum pc_code end_post(struct pc_request *r)
{
    return start(r, read_body);
}

static int64_t max_body(const struct pc_request *r)
{
    (void)r;
    return MAX_BODY;
}

const struct pc_handler pc_handler_imagesZip = {.end = end_get};
const struct pc_handler pc_handler_selectedImagesZip = {.begin = begin_post,
                                                        .body = pc_json_endpoint_body,
                                                        .end = end_post,
                                                        .free_state = pc_json_endpoint_free_state,
                                                        .max_body = max_body};
