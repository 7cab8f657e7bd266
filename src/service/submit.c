#include "service/submit.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/str.h"
#include "fetch/url.h"
#include "service/internal.h"

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

enum { OLD_JOB_MS = 1000, OLD_JOB_STEP_MS = 5 };

void pc_service_queue_image(struct pc_service *svc, int64_t id, const char *url,
                            enum pc_priority priority)
{
    struct pc_err err = PC_ERR_INIT;
    bool added;
    int64_t until_ms = pc_clock_mono_ms() + OLD_JOB_MS;
    enum pc_code rc = pc_queue_add(svc->parts.queue, id, url, priority, &added, &err);
    while (!rc && !added && pc_clock_mono_ms() < until_ms) {
        pc_clock_sleep_ms(OLD_JOB_STEP_MS);
        rc = pc_queue_add(svc->parts.queue, id, url, priority, &added, &err);
    }
    if (rc)
        pc_log_err(PC_LOG_WARN, "image could not be queued; the sweeper will queue it", &err,
                   PC_LOG_I64("id", id));
    pc_events_changed(svc->events, id);
}

/* The record is durable: from here on nothing is lost, whatever happens to the job. */
static void queue_if_created(struct pc_service *svc, const struct pc_record *r, bool created,
                             enum pc_priority priority)
{
    pc_metrics_add(&svc->metrics, created ? PC_METRICS_SUBMITTED : PC_METRICS_EXISTING, 1);
    if (created)
        pc_service_queue_image(svc, r->id, r->url, priority);
}

enum pc_code pc_service_accept(struct pc_service *svc, const struct pc_record_new *fresh,
                               enum pc_priority priority, struct pc_submitted *out,
                               struct pc_err *err)
{
    struct pc_record r = {0};
    bool created;
    enum pc_code rc = pc_records_insert(svc->parts.records, fresh, &r, &created, err);
    if (!rc) {
        *out = (struct pc_submitted){.id = r.id, .status = r.status, .created = created};
        pc_str_copy(out->url, sizeof out->url, r.url);
        queue_if_created(svc, &r, created, priority ? priority : PC_PRIORITY_SINGLE);
    }
    pc_record_finish(&r);
    return rc ? pc_err_wrap(err, "making the record") : PC_OK;
}

/* What the record of a URL starts with; url lies in the arena. */
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
                           struct pc_submitted *out, struct pc_err *err)
{
    char url[sizeof out->url];
    enum pc_code rc = check_url(svc, what->url, url, sizeof url, err);
    if (!rc)
        rc = pc_queue_check_capacity(svc->parts.queue, 1, err);
    if (rc)
        return rc;
    struct pc_arena arena = PC_ARENA_INIT;
    struct pc_record_new fresh = new_record(&arena, what, url);
    rc = pc_service_accept(svc, &fresh, what->priority, out, err);
    pc_arena_finish(&arena);
    return rc;
}

/* --- batches --- */

/* Fills fresh with the good lines and out with the others; returns how many are good. */
static int sort_lines(struct pc_service *svc, const struct pc_submit_line *lines, int n,
                      const char *batch, struct pc_record_new *fresh, struct pc_submit_batch *out)
{
    struct pc_arena *arena = &out->arena;
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
        if (!rc)
            good++;
        else
            out->rejected[out->n_rejected++] = (struct pc_submit_rejected){
                .url = pc_arena_strdup(arena, or_empty(lines[i].url)),
                .line = lines[i].line,
                .code = why.code,
                .message = pc_arena_strdup(arena, why.message),
            };
    }
    return good;
}

/* One transaction for all records, so that a batch of thousands costs one sync of the disk. */
static enum pc_code accept_lines(struct pc_service *svc, const struct pc_record_new *fresh, int n,
                                 struct pc_submit_batch *out, struct pc_err *err)
{
    struct pc_record *items = pc_xzalloc((size_t)n * sizeof *items);
    bool *created = pc_xzalloc((size_t)n * sizeof *created);
    enum pc_code rc =
        n ? pc_records_insert_many(svc->parts.records, fresh, n, items, created, err) : PC_OK;
    for (int i = 0; i < n; i++) {
        if (!rc) {
            queue_if_created(svc, &items[i], created[i], PC_PRIORITY_BULK);
            out->accepted[out->n_accepted++] = (struct pc_submit_accepted){
                .id = items[i].id,
                .status = items[i].status,
                .created = created[i],
                .url = pc_arena_strdup(&out->arena, items[i].url),
            };
        }
        pc_record_finish(&items[i]);
    }
    free(items);
    free(created);
    return rc ? pc_err_wrap(err, "making %d records", n) : PC_OK;
}

enum pc_code pc_submit_lines(struct pc_service *svc, const struct pc_submit_line *lines, int n,
                             const char *batch, struct pc_submit_batch *out, struct pc_err *err)
{
    *out = (struct pc_submit_batch){.n_accepted = 0};
    if (n == 0)
        return pc_fail(err, PC_E_BODY_EMPTY, "The batch holds no address.");
    if (n > svc->parts.config->max_batch)
        return pc_fail(err, PC_E_BATCH_TOO_LARGE,
                       "The batch has %d addresses; the limit is %" PRId64 ".", n,
                       svc->parts.config->max_batch);
    enum pc_code rc = pc_queue_check_capacity(svc->parts.queue, n, err);
    if (rc)
        return rc;
    out->accepted = pc_arena_alloc(&out->arena, (size_t)n * sizeof *out->accepted);
    out->rejected = pc_arena_alloc(&out->arena, (size_t)n * sizeof *out->rejected);
    struct pc_record_new *fresh = pc_xzalloc((size_t)n * sizeof *fresh);
    int good = sort_lines(svc, lines, n, or_empty(batch), fresh, out);
    rc = accept_lines(svc, fresh, good, out, err);
    free(fresh);
    if (rc)
        pc_submit_batch_finish(out);
    else if (out->n_accepted == 0)
        rc = pc_fail(err, PC_E_BATCH_ALL_REJECTED, NULL);
    return rc;
}

void pc_submit_batch_finish(struct pc_submit_batch *batch)
{
    pc_arena_finish(&batch->arena);
    *batch = (struct pc_submit_batch){.n_accepted = 0};
}
