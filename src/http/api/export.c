/* GET /images.zip: shots and a manifest, pulled by the client piece by piece (stream.h).
 *
 * Images are paged by id, so that what is processed, deleted or cut anew meanwhile does no harm.
 * The manifest comes last, since only then it is known which files went in; its text waits in a
 * temporary file.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "http/api/list_query.h"
#include "http/api/zip.h"
#include "http/handler.h"
#include "http/headers.h"
#include "http/response.h"
#include "http/stream.h"
#include "service/query.h"

enum { BLOCK = 32 * 1024, PAGE = 32, MAX_IDS = 1000 };

struct export_task {
    struct pc_stream stream; /* first; its out is what zip writes */
    struct pc_record_query query;
    char *search, *batch; /* of query */
    int64_t *ids;         /* NULL: by query */
    int n_ids, at_id;
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

/* file is "" when none went in; missing: it should have. */
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

/* An image of ids without shots: its error stands for the reason. */
static void write_shotless_row(struct export_task *e, const struct pc_record *r)
{
    write_image_columns(e->manifest, r);
    fputs(",,,", e->manifest);
    write_field(e->manifest, r->error_code ? r->error_code : "");
    fputs(",,,,\r\n", e->manifest);
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

/* One image of ids; one that is not there leaves a line in the manifest. */
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
    if (r.status != PC_PROCESSED || r.result.n_shots == 0)
        write_shotless_row(e, &r);
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
    if (r->status != PC_PROCESSED || e->at_shot == r->result.n_shots) {
        e->at_record++;
        e->at_shot = 0;
        return PC_OK;
    }
    return open_shot(e, svc, r, &r->result.shots[e->at_shot++], err);
}

/* --- the answer --- */

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
    free(e->search);
    free(e->batch);
    free(e);
}

static enum pc_code read_ids(struct pc_request *r, const char *text, struct export_task *e)
{
    char *copy = pc_xstrdup(text), *save = NULL;
    enum pc_code rc = PC_OK;
    e->ids = pc_xzalloc(MAX_IDS * sizeof *e->ids);
    for (char *at = strtok_r(copy, ",", &save); at && !rc; at = strtok_r(NULL, ",", &save))
        if (e->n_ids == MAX_IDS || !pc_str_to_i64(at, 1, INT64_MAX, &e->ids[e->n_ids++]))
            rc = pc_fail(&r->err, PC_E_BAD_REQUEST, "ids is a list of at most %d ids.", MAX_IDS);
    if (!rc && e->n_ids == 0)
        rc = pc_fail(&r->err, PC_E_BAD_REQUEST, "ids holds no id.");
    free(copy);
    return rc;
}

static enum pc_code read_query(struct pc_request *r, struct export_task *e)
{
    const char *ids = pc_request_query(r, "ids");
    e->query = (struct pc_record_query)PC_RECORD_QUERY_INIT;
    enum pc_code rc = pc_list_query_read_filters(r, &e->query);
    if (!rc && e->query.status >= 0 && e->query.status != PC_PROCESSED)
        rc = pc_fail(&r->err, PC_E_BAD_REQUEST, "Only processed images have shots.");
    if (rc || ids)
        return rc ? rc : read_ids(r, ids, e);
    e->query.limit = PAGE;
    /* The library's texts end with the request's header, a stream outlives it. */
    e->query.search = e->search = pc_xstrdup(e->query.search);
    e->query.batch = e->batch = pc_xstrdup(e->query.batch);
    return PC_OK;
}

/* The first images are read before anything is answered, so that a bad filter or a store that is
 * away is told by the status. */
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

static void set_download_name(struct MHD_Response *response, const struct export_task *e)
{
    char *name = pc_xasprintf("%s.zip", e->batch ? e->batch : "shots");
    char *value = pc_header_disposition(name);
    pc_response_set_header(response, "Content-Disposition", value);
    free(value);
    free(name);
}

static enum pc_code respond(struct pc_request *r, struct pc_task *task)
{
    struct export_task *e = (struct export_task *)task;
    struct MHD_Response *response = pc_stream_response(r, &e->stream, MHD_SIZE_UNKNOWN);
    set_download_name(response, e);
    pc_response_set_header(response, "Content-Type", "application/zip");
    pc_response_set_header(response, "Cache-Control", "no-store");
    return pc_response_send(r, 200, response);
}

static enum pc_code end(struct pc_request *r)
{
    struct export_task *e = pc_xzalloc(sizeof *e);
    e->stream = (struct pc_stream){.fill = fill, .destroy = destroy};
    e->stream.task = (struct pc_task){
        .pool = PC_POOL_STORE, .run = prepare, .respond = respond, .free = pc_stream_free};
    enum pc_code rc = read_query(r, e);
    if (!rc)
        return pc_executor_submit(r, &e->stream.task);
    destroy(&e->stream);
    return rc;
}

const struct pc_handler pc_handler_imagesZip = {.end = end};
