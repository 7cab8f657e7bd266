/* Taking pictures in. Order of steps: bytes are durable before a record names them, the record
 * exists before its job. Whatever dies in between leaves at most a blob that nobody names (swept)
 * or a record without a job (the sweeper queues it). */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "service/internal.h"

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

enum pc_code pc_service_accept(struct pc_service *svc, const struct pc_record_new *fresh,
                               enum pc_priority priority, struct pc_submitted *out,
                               struct pc_err *err)
{
    struct pc_record r;
    bool created, added;
    pc_record_init(&r);
    enum pc_code rc = pc_records_insert(svc->parts.records, fresh, &r, &created, err);
    if (rc) {
        pc_record_finish(&r);
        return pc_err_wrap(err, "making the record");
    }
    *out = (struct pc_submitted){.id = r.id, .status = r.status, .created = created};
    pc_str_copy(out->url, sizeof out->url, r.url);
    pc_record_finish(&r);
    pc_metrics_add(&svc->metrics, created ? PC_COUNT_SUBMITTED : PC_COUNT_KNOWN, 1);
    if (!created)
        return PC_OK;
    pc_events_changed(svc->events, out->id);
    struct pc_err late = PC_ERR_INIT;
    rc = pc_queue_add(svc->parts.queue, out->id, out->url, priority, &added, &late);
    if (rc) /* taken all the same: the sweeper gives it a job when the queue is back */
        pc_log_err(PC_LOG_WARN, "not queued yet", &late, PC_LOG_I64("id", out->id));
    return PC_OK;
}

static enum pc_code submit_normalised(struct pc_service *svc, const struct pc_submission *what,
                                      const char *url, enum pc_priority priority,
                                      struct pc_submitted *out, struct pc_err *err)
{
    char name[256];
    pc_url_name(url, name, sizeof name);
    struct pc_record_new fresh = {
        .url = url,
        .name = what->name && *what->name ? what->name : name,
        .sku = or_empty(what->sku),
        .label = or_empty(what->label),
        .batch = or_empty(what->batch),
        .original_key = "",
        .format = "",
    };
    return pc_service_accept(svc, &fresh, priority, out, err);
}

static enum pc_code check_url(struct pc_service *svc, const char *url, char *out, size_t cap,
                              struct pc_err *err)
{
    enum pc_code rc = pc_url_normalise(url, out, cap, err);
    return rc ? rc : pc_fetch_judge(svc->parts.fetch, out, err);
}

enum pc_code pc_submit_url(struct pc_service *svc, const struct pc_submission *what,
                           enum pc_priority priority, struct pc_submitted *out, struct pc_err *err)
{
    char url[sizeof out->url];
    enum pc_code rc = check_url(svc, what->url, url, sizeof url, err);
    if (!rc)
        rc = pc_queue_room(svc->parts.queue, 1, err);
    return rc ? rc : submit_normalised(svc, what, url, priority, out, err);
}

/* --- batches -------------------------------------------------------------------------------------
 */

static void add_taken(json_t *answer, const struct pc_submitted *s)
{
    json_array_append_new(json_object_get(answer, "imageIds"), json_integer(s->id));
    json_array_append_new(json_object_get(answer, "images"),
                          json_pack("{s:I, s:s, s:s, s:b}", "id", (json_int_t)s->id, "url", s->url,
                                    "status", pc_status_name(s->status), "known", !s->created));
}

static void add_rejected(json_t *answer, const struct pc_batch_line *line, const struct pc_err *why)
{
    json_array_append_new(json_object_get(answer, "rejected"),
                          json_pack("{s:s, s:i, s:s, s:s}", "url", or_empty(line->url), "line",
                                    line->line, "code", pc_code_name(why->code), "message",
                                    why->message));
}

/* A line that cannot be taken is named; a store that is away ends the batch. */
static enum pc_code take_line(struct pc_service *svc, const struct pc_batch_line *line,
                              const char *batch, json_t *answer, struct pc_err *err)
{
    struct pc_submission what = {
        .url = or_empty(line->url), .sku = line->sku, .label = line->label, .batch = batch};
    struct pc_submitted taken;
    struct pc_err why = PC_ERR_INIT;
    char url[sizeof taken.url];
    if (check_url(svc, what.url, url, sizeof url, &why)) {
        add_rejected(answer, line, &why);
        return PC_OK;
    }
    enum pc_code rc = submit_normalised(svc, &what, url, PC_PRIORITY_BATCH, &taken, err);
    if (!rc)
        add_taken(answer, &taken);
    return rc;
}

static void put_message(json_t *answer)
{
    size_t taken = json_array_size(json_object_get(answer, "images"));
    size_t rejected = json_array_size(json_object_get(answer, "rejected"));
    char text[96];
    snprintf(text, sizeof text, "%zu taken, %zu rejected", taken, rejected);
    json_object_set_new(answer, "message", json_string(text));
}

enum pc_code pc_submit_batch(struct pc_service *svc, const struct pc_batch_line *lines, int n,
                             const char *batch, json_t **answer, struct pc_err *err)
{
    *answer = NULL;
    if (n == 0)
        return pc_fail(err, PC_E_BODY_EMPTY, "The batch holds no address.");
    if (n > svc->parts.config->max_batch)
        return pc_fail(err, PC_E_BATCH_TOO_LARGE,
                       "The batch has %d addresses; the limit is %" PRId64 ".", n,
                       svc->parts.config->max_batch);
    enum pc_code rc = pc_queue_room(svc->parts.queue, n, err);
    if (rc)
        return rc;
    json_t *made = json_pack("{s:[], s:[], s:[]}", "imageIds", "images", "rejected");
    for (int i = 0; i < n && !rc; i++)
        rc = take_line(svc, &lines[i], batch, made, err);
    if (rc) {
        json_decref(made);
        return rc;
    }
    put_message(made);
    *answer = made;
    if (json_array_size(json_object_get(made, "images")) == 0)
        return pc_fail(err, PC_E_BATCH_ALL_REJECTED, NULL);
    return PC_OK;
}
