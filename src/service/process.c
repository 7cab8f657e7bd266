/* One attempt at a job:
 *
 *     begin the record -> original (blob or fetch) -> pipeline -> store files -> finish the record
 *
 * All or nothing: one atomic update finishes the record, and only a pending record accepts it. So a
 * job may run twice, as the keys of its blobs are derived from image, recipe and content. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/str.h"
#include "service/decisions.h"
#include "service/internal.h"
#include "service/planning.h"
#include "service/recording.h"

enum { PROGRESS_EVERY_MS = 250 }; /* an image that is done sooner writes no progress at all */

struct attempt {
    struct pc_service *svc;
    const struct pc_job *job;
    bool (*cancelled)(void *ctx);
    void *ctx;
    int64_t reported_ms;
    bool obsolete; /* the image is no longer pending */
    struct pc_arena arena;
    struct pc_record record;
    struct pc_buf source;
    const char *original_key; /* of the arena or the record */
    enum pc_format format;
    int64_t source_bytes;
    char *keys[PC_MAX_SHOTS]; /* blobs that this attempt stored: of plan.shots[i], or NULL */
    char *thumbnail;
};

static bool is_cancelled(void *ctx)
{
    struct attempt *t = ctx;
    return t->cancelled && t->cancelled(t->ctx);
}

/* Notes the progress in the record now and then. True: the run is to end, because it was cancelled
 * or its image is no longer pending. */
static bool on_stage(void *ctx, const char *stage, int progress)
{
    struct attempt *t = ctx;
    struct pc_err err = PC_ERR_INIT;
    if (is_cancelled(t))
        return true;
    if (pc_clock_mono_ms() - t->reported_ms < PROGRESS_EVERY_MS)
        return false;
    t->reported_ms = pc_clock_mono_ms();
    enum pc_code rc =
        pc_records_progress(t->svc->parts.records, t->job->image_id, stage, progress, &err);
    if (!rc) {
        pc_events_changed(t->svc->events, t->job->image_id);
        pc_queue_progress(t->svc->parts.queue, t->job, progress);
    }
    t->obsolete = rc == PC_E_NOT_PENDING;
    return t->obsolete;
}

/* Fills source, original_key and format. */
static enum pc_code get_source(struct attempt *t, struct pc_err *err)
{
    struct pc_fetch_info info;
    char sha256[PC_SHA256_HEX];
    if (*t->record.original_key) {
        t->original_key = t->record.original_key;
        enum pc_code rc = pc_service_read_original(t->svc, t->original_key, &t->source, err);
        t->format = pc_format_sniff(t->source.data, t->source.len);
        return rc;
    }
    on_stage(t, "fetching", 5);
    enum pc_code rc =
        pc_fetch_get(t->svc->parts.fetch, t->record.url, &t->source, is_cancelled, t, &info, err);
    if (rc)
        return rc;
    t->format = pc_format_sniff(t->source.data, t->source.len);
    if (!t->format)
        return pc_fail(err, PC_E_UNSUPPORTED_FORMAT, NULL);
    pc_sha256_of(t->source.data, t->source.len, sha256);
    t->original_key = pc_service_original_key(&t->arena, sha256, t->format);
    return pc_blobs_put(t->svc->parts.blobs, t->original_key, t->source.data, t->source.len, err);
}

static enum pc_code store_files(struct attempt *t, const struct pc_pipeline_result *run,
                                struct pc_err *err)
{
    struct pc_blobs *blobs = t->svc->parts.blobs;
    int64_t id = t->job->image_id;
    on_stage(t, "storing", 92);
    for (int i = 0; i < run->plan.n_shots; i++) {
        const struct pc_buf *file = &run->files[i];
        if (run->plan.shots[i].state == PC_SHOT_ABSENT)
            continue;
        char *key = pc_service_shot_key(&t->arena, id, &run->plan.shots[i], file);
        enum pc_code rc = pc_blobs_put(blobs, key, file->data, file->len, err);
        if (rc)
            return pc_err_wrap(err, "storing %s", key);
        t->keys[i] = key;
    }
    t->thumbnail = pc_service_thumbnail_key(&t->arena, id, &run->thumbnail);
    return pc_blobs_put(blobs, t->thumbnail, run->thumbnail.data, run->thumbnail.len, err);
}

/* A thumbnail belongs to its image alone, and is not in the records' index of blobs. So it is
 * removed without asking whether another record references it. */
static void remove_thumbnail(struct attempt *t, const char *key)
{
    struct pc_err err = PC_ERR_INIT;
    if (key && pc_blobs_remove(t->svc->parts.blobs, key, &err))
        pc_log_err(PC_LOG_WARN, "blob not removed", &err, PC_LOG_STR("key", key));
}

/* After a failed attempt: removes what it stored and no record references. Removes nothing if the
 * records cannot be read, or if another worker has finished the image or is about to: its blobs
 * have the same keys. */
static void remove_stored(struct attempt *t, enum pc_code why)
{
    struct pc_record now = {0};
    struct pc_err err = PC_ERR_INIT;
    enum pc_code rc = pc_records_get(t->svc->parts.records, t->job->image_id, &now, &err);
    bool removed = rc == PC_E_NOT_FOUND;
    bool others = !rc && why == PC_E_NOT_PENDING && now.status != PC_FAILED;
    if ((!rc || removed) && !others) {
        for (int i = 0; i < PC_MAX_SHOTS; i++)
            pc_service_remove_blob(t->svc, t->keys[i]);
        if (removed || !pc_str_eq(t->thumbnail, now.result.thumbnail))
            remove_thumbnail(t, t->thumbnail);
        pc_service_remove_original(t->svc, t->original_key);
    }
    pc_record_finish(&now);
}

/* A fetched original belongs to no image until a record references it, so it was removed if another
 * image with the same bytes was. The lock keeps that from happening between the check and the
 * update. */
static enum pc_code finish_record(struct attempt *t, const struct pc_record_completion *completion,
                                  struct pc_err *err)
{
    bool exists = true;
    enum pc_code rc = PC_OK;
    pthread_mutex_t *lock = pc_service_original_lock(t->svc, t->original_key);
    pthread_mutex_lock(lock);
    if (!*t->record.original_key)
        rc = pc_service_blob_exists(t->svc, t->original_key, &exists, err);
    if (!exists)
        rc = pc_fail_detail(err, PC_E_STORE_UNAVAILABLE, "%s was removed", t->original_key);
    if (!rc)
        rc = pc_records_finish(t->svc->parts.records, t->job->image_id, completion, err);
    pthread_mutex_unlock(lock);
    return rc;
}

static enum pc_code finish(struct attempt *t, const struct pc_pipeline_result *run,
                           struct pc_err *err)
{
    const struct pc_record_result *before = &t->record.result;
    struct pc_record_result result;
    struct pc_record_decisions decisions = {.n = 0};
    pc_recording_of_run(run, t->keys, pc_pose_model_id(t->svc->parts.pose),
                        t->svc->parts.config->public_url, &result);
    result.thumbnail = pc_arena_strdup(&result.arena, t->thumbnail);
    struct pc_record_completion completion = {
        .original_key = t->original_key,
        .format = pc_format_name(t->format),
        .bytes = t->source_bytes,
        .width = run->info.width,
        .height = run->info.height,
        .attention = pc_pipeline_result_attention(run),
        .result = &result,
    };
    if (t->record.decisions.n > 0) {
        pc_record_decisions_copy(&decisions, &t->record.decisions);
        pc_decisions_drop_changed(&decisions, before, &result);
        completion.decisions = &decisions;
        completion.review = pc_decisions_review(&decisions, &result);
    }
    enum pc_code rc = finish_record(t, &completion, err);
    pc_record_decisions_finish(&decisions);
    pc_record_result_finish(&result);
    if (rc)
        return rc;
    for (int i = 0; i < before->n_shots; i++) /* removes those that the new cut does not have */
        pc_service_remove_blob(t->svc, before->shots[i].key);
    if (!pc_str_eq(t->thumbnail, before->thumbnail))
        remove_thumbnail(t, before->thumbnail);
    pc_metrics_add_result(&t->svc->metrics, run);
    pc_metrics_add(&t->svc->metrics, PC_METRICS_PROCESSED, 1);
    pc_events_changed(t->svc->events, t->job->image_id);
    return PC_OK;
}

static enum pc_code make_shots(struct attempt *t, struct pc_err *err)
{
    const struct pc_record_edits *edits = &t->record.edits;
    const struct pc_record_result *before = &t->record.result;
    bool same_model = pc_str_eq(before->model, pc_pose_model_id(t->svc->parts.pose));
    struct pc_pipeline_overrides overrides;
    struct pc_registry_ref ref;
    pc_registry_refresh(t->svc->registry);
    pc_registry_acquire(t->svc->registry, edits->recipes, edits->n_recipes, &ref);
    pc_planning_read_overrides(edits, &overrides);
    const struct pc_pipeline_request request = {
        .recipes = ref.recipes,
        .known_people = same_model ? before->people : NULL,
        .overrides = &overrides,
        .thumbnail = true,
        .on_stage = on_stage,
        .ctx = t,
    };
    struct pc_pipeline_result *run = pc_arena_alloc(&t->arena, sizeof *run);
    t->source_bytes = (int64_t)t->source.len;
    enum pc_code rc = pc_pipeline_run(&t->svc->pipeline, &request, &t->source, run, err);
    if (rc == PC_E_CANCELLED && t->obsolete)
        rc = pc_fail(err, PC_E_NOT_PENDING, NULL);
    if (run->info.note)
        pc_log(PC_LOG_INFO, "image read with a note", PC_LOG_I64("id", t->job->image_id),
               PC_LOG_STR("note", run->info.note));
    if (!rc)
        rc = store_files(t, run, err);
    if (!rc)
        rc = finish(t, run, err);
    /* A cancelled attempt leaves its blobs: the worker that has the job now may reference them. */
    if (rc && (rc == PC_E_NOT_PENDING || !is_cancelled(t)))
        remove_stored(t, rc);
    pc_pipeline_result_finish(run);
    pc_registry_release(t->svc->registry, &ref);
    return rc;
}

enum pc_code pc_service_process(struct pc_service *svc, const struct pc_job *job,
                                bool (*cancelled)(void *ctx), void *ctx, struct pc_err *err)
{
    struct attempt t = {.svc = svc,
                        .job = job,
                        .cancelled = cancelled,
                        .ctx = ctx,
                        .reported_ms = pc_clock_mono_ms()};
    enum pc_code rc = pc_records_begin(svc->parts.records, job->image_id, &t.record, err);
    if (!rc) {
        pc_events_changed(svc->events, job->image_id);
        rc = get_source(&t, err);
    }
    if (!rc)
        rc = make_shots(&t, err);
    pc_buf_finish(&t.source);
    pc_record_finish(&t.record);
    pc_arena_finish(&t.arena);
    return rc;
}

void pc_service_attempt_failed(struct pc_service *svc, const struct pc_job *job,
                               const struct pc_err *why, bool final)
{
    struct pc_err err = PC_ERR_INIT;
    enum pc_code rc = pc_records_fail(svc->parts.records, job->image_id, pc_code_name(why->code),
                                      why->message, final, &err);
    if (rc && rc != PC_E_NOT_PENDING && rc != PC_E_NOT_FOUND)
        pc_log_err(PC_LOG_ERROR, "failed attempt could not be noted in the record", &err,
                   PC_LOG_I64("id", job->image_id));
    pc_metrics_add(&svc->metrics, final ? PC_METRICS_FAILED : PC_METRICS_RETRIED, 1);
    pc_events_changed(svc->events, job->image_id);
    pc_log_err(final ? PC_LOG_WARN : PC_LOG_INFO, final ? "image failed" : "attempt failed", why,
               PC_LOG_I64("id", job->image_id), PC_LOG_I64("attempt", job->attempt));
}
