#include <string.h>

#include "base/str.h"
#include "service/encode.h"
#include "service/internal.h"

enum { REMOVED_MAX = 1000 }; /* ids in an answer; beyond: read everything again */

struct pc_encode_links pc_encode_links_of(const struct pc_service *svc)
{
    const struct pc_config *cfg = svc->parts.config;
    return (struct pc_encode_links){
        .public_url = cfg->public_url, .blobs = svc->parts.blobs, .link_s = cfg->link_ms / 1000};
}

char *pc_service_link_origin(struct pc_service *svc)
{
    char *link = pc_blobs_link(svc->parts.blobs, "x", svc->parts.config->link_ms / 1000);
    char *host = link ? strstr(link, "://") : NULL;
    if (host)
        host[3 + strcspn(host + 3, "/?#;, '\"")] = 0;
    return link;
}

json_t *pc_encode_submitted(const struct pc_submitted *s)
{
    return json_pack("{s:s, s:I, s:I, s:s}", "message",
                     s->created ? "Image received and queued for processing"
                                : "Image is known already",
                     "imageId", (json_int_t)s->id, "id", (json_int_t)s->id, "status",
                     pc_record_status_name(s->status));
}

enum pc_code pc_service_image(struct pc_service *svc, int64_t id, bool detail, json_t **out,
                              struct pc_err *err)
{
    struct pc_encode_links links = pc_encode_links_of(svc);
    struct pc_record r = {0};
    enum pc_code rc = pc_records_get(svc->parts.records, id, &r, err);
    if (!rc)
        *out = detail ? pc_encode_image_detail(&links, &r) : pc_encode_image(&links, &r);
    pc_record_finish(&r);
    return rc;
}

enum pc_code pc_service_status(struct pc_service *svc, int64_t id, enum pc_record_status *out,
                               struct pc_err *err)
{
    struct pc_record r = {0};
    enum pc_code rc = pc_records_get(svc->parts.records, id, &r, err);
    if (!rc)
        *out = r.status;
    pc_record_finish(&r);
    return rc;
}

struct counts {
    int64_t n[PC_STATUS_COUNT], attention, seq;
};

static enum pc_code count(struct pc_service *svc, const struct pc_record_query *within,
                          struct counts *f, struct pc_err *err)
{
    *f = (struct counts){.seq = 0};
    return pc_records_count(svc->parts.records, within, f->n, &f->attention, &f->seq, err);
}

static json_t *counts_json(const struct counts *f)
{
    return json_pack("{s:I, s:I, s:I, s:I}", "pending", (json_int_t)f->n[PC_PENDING], "processed",
                     (json_int_t)f->n[PC_PROCESSED], "failed", (json_int_t)f->n[PC_FAILED],
                     "attention", (json_int_t)f->attention);
}

enum pc_code pc_service_counts(struct pc_service *svc, json_t **out, int64_t *seq,
                               struct pc_err *err)
{
    struct counts f;
    enum pc_code rc = count(svc, NULL, &f, err);
    *seq = f.seq;
    if (!rc)
        *out = counts_json(&f);
    return rc;
}

/* How many match, told by the counts within the filter; -1 when they do not tell. */
static int64_t total_of(const struct counts *f, const struct pc_record_query *q)
{
    int64_t all = f->n[PC_PENDING] + f->n[PC_PROCESSED] + f->n[PC_FAILED];
    if (q->since_seq > 0 || q->after_id > 0 || (q->status >= 0 && q->attention >= 0))
        return -1;
    if (q->status >= 0)
        return f->n[q->status];
    if (q->attention >= 0)
        return q->attention ? f->attention : all - f->attention;
    return all;
}

/* What was removed since, after the list was read: what goes between is told twice, not never. */
static enum pc_code put_removed(struct pc_service *svc, int64_t since_seq, json_t *out,
                                struct pc_err *err)
{
    int64_t ids[REMOVED_MAX];
    int n;
    bool all;
    enum pc_code rc =
        pc_records_list_tombstones(svc->parts.records, since_seq, ids, REMOVED_MAX, &n, &all, err);
    if (rc)
        return rc;
    json_t *removed = json_array();
    for (int i = 0; i < n && all; i++)
        json_array_append_new(removed, json_integer(ids[i]));
    json_object_set_new(out, "removed", removed);
    json_object_set_new(out, "reset", json_boolean(!all));
    return PC_OK;
}

static json_t *list_json(struct pc_service *svc, const struct pc_record_query *q,
                         const struct pc_record_list *list, const struct counts *f)
{
    struct pc_encode_links links = pc_encode_links_of(svc);
    json_t *images = json_array();
    for (int i = 0; i < list->n; i++)
        json_array_append_new(images, pc_encode_image(&links, &list->items[i]));
    /* A full page of changes is not all of them: ask on from the last one shown. */
    bool more = q->since_seq > 0 && list->n == q->limit;
    int64_t seq = more ? list->items[list->n - 1].seq : list->last_seq;
    return json_pack("{s:o, s:I, s:I, s:o}", "images", images, "total", (json_int_t)list->total,
                     "seq", (json_int_t)seq, "counts", counts_json(f));
}

enum pc_code pc_service_list(struct pc_service *svc, const struct pc_record_query *q, json_t **out,
                             struct pc_err *err)
{
    struct pc_record_list list = {0};
    struct pc_record_query ask = *q;
    struct counts f;
    enum pc_code rc = count(svc, q, &f, err);
    int64_t total = rc ? -1 : total_of(&f, q);
    ask.want_total = q->want_total && total < 0;
    if (!rc)
        rc = pc_records_list(svc->parts.records, &ask, &list, err);
    if (!rc) {
        list.total = total < 0 ? list.total : total;
        json_t *answer = list_json(svc, q, &list, &f);
        rc = q->since_seq > 0 ? put_removed(svc, q->since_seq, answer, err) : PC_OK;
        if (rc)
            json_decref(answer);
        else
            *out = answer;
    }
    pc_record_list_finish(&list);
    return rc;
}

enum pc_code pc_service_export_page(struct pc_service *svc, const struct pc_record_query *q,
                                    struct pc_record_list *list, struct pc_err *err)
{
    struct pc_record_query page = *q;
    page.status = PC_PROCESSED;
    page.sort = PC_SORT_ID;
    page.descending = false;
    return pc_records_list(svc->parts.records, &page, list, err);
}

enum pc_code pc_service_record(struct pc_service *svc, int64_t id, struct pc_record *r,
                               struct pc_err *err)
{
    return pc_records_get(svc->parts.records, id, r, err);
}

json_t *pc_service_limits(struct pc_service *svc)
{
    const struct pc_config *cfg = svc->parts.config;
    json_t *formats = json_array(), *shots = json_array();
    for (int f = PC_FORMAT_UNKNOWN + 1; f <= PC_FORMAT_BMP; f++)
        json_array_append_new(formats, json_string(pc_format_name((enum pc_format)f)));
    struct pc_registry_ref ref;
    if (!pc_records_remote(svc->parts.records))
        pc_registry_refresh(svc->registry);
    pc_registry_acquire(svc->registry, NULL, &ref);
    for (int i = 0; i < ref.recipes->n; i++) {
        const struct pc_recipe *r = &ref.recipes->r[i];
        json_array_append_new(shots, json_pack("{s:s, s:s}", "label", r->label, "title", r->title));
    }
    pc_registry_release(svc->registry, &ref);
    return json_pack("{s:I, s:I, s:I, s:o, s:o}", "maxUploadBytes",
                     (json_int_t)cfg->max_upload_bytes, "maxPixels", (json_int_t)cfg->max_pixels,
                     "maxBatch", (json_int_t)cfg->max_batch, "formats", formats, "shots", shots);
}

static void put_part(json_t *parts, const char *name, enum pc_code rc, const struct pc_err *err,
                     bool *ready)
{
    json_t *o = json_pack("{s:b}", "ok", rc == PC_OK);
    if (rc) {
        json_object_set_new(o, "code", json_string(pc_code_name(rc)));
        json_object_set_new(o, "message", json_string(err->message));
        *ready = false;
    }
    json_object_set_new(parts, name, o);
}

json_t *pc_service_ready(struct pc_service *svc, bool *ready)
{
    struct pc_err err = PC_ERR_INIT;
    json_t *parts = json_object();
    *ready = true;
    put_part(parts, "records", pc_records_ping(svc->parts.records, &err), &err, ready);
    put_part(parts, "queue", pc_queue_ping(svc->parts.queue, &err), &err, ready);
    put_part(parts, "blobs", pc_blobs_ping(svc->parts.blobs, &err), &err, ready);
    if (svc->parts.pose)
        put_part(parts, "model", PC_OK, &err,
                 ready); /* a process with workers starts only with it */
    return json_pack("{s:s, s:o}", "status", *ready ? "ready" : "unready", "parts", parts);
}

static void print_gauge(struct pc_buf *out, const char *name, const char *help)
{
    pc_buf_printf(out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

void pc_service_metrics(struct pc_service *svc, struct pc_buf *out)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_queue_stats jobs;
    int64_t n[PC_STATUS_COUNT], attention, seq;
    pc_metrics_print(&svc->metrics, out);
    if (!pc_queue_stats(svc->parts.queue, &jobs, &err)) {
        print_gauge(out, "posecraft_jobs", "Jobs in the queue, by state");
        pc_buf_printf(out,
                      "posecraft_jobs{state=\"waiting\"} %lld\n"
                      "posecraft_jobs{state=\"delayed\"} %lld\n"
                      "posecraft_jobs{state=\"active\"} %lld\n",
                      (long long)jobs.waiting, (long long)jobs.delayed, (long long)jobs.active);
    }
    if (!pc_records_count(svc->parts.records, NULL, n, &attention, &seq, &err)) {
        print_gauge(out, "posecraft_images", "Images known, by status");
        for (int s = 0; s < PC_STATUS_COUNT; s++)
            pc_buf_printf(out, "posecraft_images{status=\"%s\"} %lld\n",
                          pc_record_status_name((enum pc_record_status)s), (long long)n[s]);
    }
}

enum pc_code pc_service_file(struct pc_service *svc, const char *key, struct pc_blob_reader **out,
                             const char **mime, struct pc_err *err)
{
    if (!pc_blob_key_valid(key))
        return pc_fail(err, PC_E_NOT_FOUND, NULL);
    const char *dot = strrchr(key, '.');
    *mime = pc_format_mime(pc_format_by_name(dot ? dot + 1 : ""));
    return pc_blobs_read(svc->parts.blobs, key, out, err);
}
