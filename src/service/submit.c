/* Taking pictures in. Order of steps: bytes are durable before a record names them, the record
 * exists before its job. Whatever dies in between leaves at most a blob that nobody names (the same
 * bytes sent again take it over) or a record without a job (the sweeper queues it). */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "fetch/url.h"
#include "service/internal.h"

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static void fill_submitted(const struct pc_record *r, bool created, struct pc_submitted *out)
{
    *out = (struct pc_submitted){.id = r->id, .status = r->status, .created = created};
    pc_str_copy(out->url, sizeof out->url, r->url);
}

/* The record is durable: from here on nothing is lost, whatever becomes of the job. */
static void queue_created(struct pc_service *svc, const struct pc_submitted *s,
                          enum pc_priority priority)
{
    struct pc_err err = PC_ERR_INIT;
    bool added;
    pc_metrics_add(&svc->metrics, s->created ? PC_METRICS_SUBMITTED : PC_METRICS_EXISTING, 1);
    if (!s->created)
        return;
    pc_events_changed(svc->events, s->id);
    if (pc_queue_add(svc->parts.queue, s->id, s->url, priority, &added, &err))
        pc_log_err(PC_LOG_WARN, "not queued yet, the sweeper will", &err, PC_LOG_I64("id", s->id));
}

enum pc_code pc_service_accept(struct pc_service *svc, const struct pc_record_new *fresh,
                               enum pc_priority priority, struct pc_submitted *out,
                               struct pc_err *err)
{
    struct pc_record r = {0};
    bool created;
    enum pc_code rc = pc_records_insert(svc->parts.records, fresh, &r, &created, err);
    if (!rc) {
        fill_submitted(&r, created, out);
        queue_created(svc, out, priority);
    }
    pc_record_finish(&r);
    return rc ? pc_err_wrap(err, "making the record") : PC_OK;
}

/* What a record of an address starts with; url lies in the arena. */
static struct pc_record_new new_record(struct pc_arena *arena, const struct pc_submission *what,
                                       const char *url)
{
    char name[256];
    pc_fetch_url_file_name(url, name, sizeof name);
    return (struct pc_record_new){
        .url = url,
        .name = what->name && *what->name ? what->name : pc_arena_strdup(arena, name),
        .sku = or_empty(what->sku),
        .label = or_empty(what->label),
        .batch = or_empty(what->batch),
        .original_key = "",
        .format = "",
    };
}

static enum pc_code check_url(struct pc_service *svc, const char *url, char *out, size_t cap,
                              struct pc_err *err)
{
    enum pc_code rc = pc_fetch_normalise_url(url, out, cap, err);
    return rc ? rc : pc_fetch_check_url(svc->parts.fetch, out, err);
}

enum pc_code pc_submit_url(struct pc_service *svc, const struct pc_submission *what,
                           enum pc_priority priority, struct pc_submitted *out, struct pc_err *err)
{
    char url[sizeof out->url];
    enum pc_code rc = check_url(svc, what->url, url, sizeof url, err);
    if (!rc)
        rc = pc_queue_check_capacity(svc->parts.queue, 1, err);
    if (rc)
        return rc;
    struct pc_arena arena = PC_ARENA_INIT;
    struct pc_record_new fresh = new_record(&arena, what, url);
    rc = pc_service_accept(svc, &fresh, priority, out, err);
    pc_arena_finish(&arena);
    return rc;
}

/* --- batches -------------------------------------------------------------------------------------
 */

static void add_accepted(json_t *answer, const struct pc_submitted *s)
{
    json_array_append_new(json_object_get(answer, "imageIds"), json_integer(s->id));
    json_array_append_new(json_object_get(answer, "images"),
                          json_pack("{s:I, s:s, s:s, s:b}", "id", (json_int_t)s->id, "url", s->url,
                                    "status", pc_record_status_name(s->status), "known",
                                    !s->created));
}

static void add_rejected(json_t *answer, const struct pc_submit_line *line,
                         const struct pc_err *why)
{
    json_array_append_new(json_object_get(answer, "rejected"),
                          json_pack("{s:s, s:i, s:s, s:s}", "url", or_empty(line->url), "line",
                                    line->line, "code", pc_code_name(why->code), "message",
                                    why->message));
}

/* Fills fresh with the lines that can be taken and names the others; answers how many. */
static int sort_lines(struct pc_service *svc, const struct pc_submit_line *lines, int n,
                      const char *batch, struct pc_arena *arena, struct pc_record_new *fresh,
                      json_t *answer)
{
    int good = 0;
    for (int i = 0; i < n; i++) {
        struct pc_submission what = {.sku = lines[i].sku, .label = lines[i].label, .batch = batch};
        struct pc_err why = PC_ERR_INIT;
        char url[sizeof((struct pc_submitted *)0)->url];
        enum pc_code rc = check_url(svc, or_empty(lines[i].url), url, sizeof url, &why);
        if (!rc) {
            fresh[good] = new_record(arena, &what, pc_arena_strdup(arena, url));
            rc = pc_record_new_check(&fresh[good], &why);
        }
        if (rc)
            add_rejected(answer, &lines[i], &why);
        else
            good++;
    }
    return good;
}

/* One transaction for all records, so that a batch of thousands costs one sync of the disk. */
static enum pc_code accept_lines(struct pc_service *svc, const struct pc_record_new *fresh, int n,
                                 json_t *answer, struct pc_err *err)
{
    struct pc_record *items = pc_xzalloc((size_t)n * sizeof *items);
    bool *created = pc_xzalloc((size_t)n * sizeof *created);
    enum pc_code rc =
        n ? pc_records_insert_many(svc->parts.records, fresh, n, items, created, err) : PC_OK;
    for (int i = 0; i < n; i++) {
        struct pc_submitted accepted;
        if (!rc) {
            fill_submitted(&items[i], created[i], &accepted);
            queue_created(svc, &accepted, PC_PRIORITY_BATCH);
            add_accepted(answer, &accepted);
        }
        pc_record_finish(&items[i]);
    }
    free(items);
    free(created);
    return rc;
}

static void put_message(json_t *answer)
{
    size_t accepted = json_array_size(json_object_get(answer, "images"));
    size_t rejected = json_array_size(json_object_get(answer, "rejected"));
    char text[96];
    snprintf(text, sizeof text, "%zu taken, %zu rejected", accepted, rejected);
    json_object_set_new(answer, "message", json_string(text));
}

enum pc_code pc_submit_batch(struct pc_service *svc, const struct pc_submit_line *lines, int n,
                             const char *batch, json_t **answer, struct pc_err *err)
{
    *answer = NULL;
    if (n == 0)
        return pc_fail(err, PC_E_BODY_EMPTY, "The batch holds no address.");
    if (n > svc->parts.config->max_batch)
        return pc_fail(err, PC_E_BATCH_TOO_LARGE,
                       "The batch has %d addresses; the limit is %" PRId64 ".", n,
                       svc->parts.config->max_batch);
    enum pc_code rc = pc_queue_check_capacity(svc->parts.queue, n, err);
    if (rc)
        return rc;
    struct pc_arena arena = PC_ARENA_INIT;
    struct pc_record_new *fresh = pc_xzalloc((size_t)n * sizeof *fresh);
    json_t *made = json_pack("{s:[], s:[], s:[]}", "imageIds", "images", "rejected");
    int good = sort_lines(svc, lines, n, or_empty(batch), &arena, fresh, made);
    rc = accept_lines(svc, fresh, good, made, err);
    free(fresh);
    pc_arena_finish(&arena);
    if (rc) {
        json_decref(made);
        return pc_err_wrap(err, "making %d records", good);
    }
    put_message(made);
    *answer = made;
    if (json_array_size(json_object_get(made, "images")) == 0)
        return pc_fail(err, PC_E_BATCH_ALL_REJECTED, NULL);
    return PC_OK;
}
