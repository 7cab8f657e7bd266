/* One job: begin -> source bytes (blob or fetch) -> pipeline -> blobs -> finish, all or nothing.
 *
 * Running twice is harmless: blob keys follow from image, recipe and content, and the finish is one
 * atomic update that only a pending record takes. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/str.h"
#include "service/decisions.h"
#include "service/internal.h"
#include "service/planning.h"
#include "service/result_decoder.h"

enum { PROGRESS_EVERY_MS = 250 }; /* a picture that is done sooner writes no progress at all */

struct attempt {
    struct pc_service *svc;
    const struct pc_job *job;
    bool (*cancelled)(void *ctx);
    void *ctx;
    int64_t reported_ms;
    struct pc_arena arena;
    struct pc_record record;
    struct pc_buf source;
    char *original_key; /* of the arena */
    enum pc_format format;
    int64_t source_bytes;
};

static bool is_cancelled(void *ctx)
{
    struct attempt *t = ctx;
    return t->cancelled && t->cancelled(t->ctx);
}

/* Stage hook: tells the record now and then, and asks whether to go on. */
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
    return rc == PC_E_NOT_PENDING; /* deleted or cancelled: all further work is in vain */
}

static enum pc_code append_piece(void *ctx, const void *data, size_t len, struct pc_err *err)
{
    struct attempt *t = ctx;
    (void)err; /* the size is counted by the fetcher */
    pc_buf_append(&t->source, data, len);
    return PC_OK;
}

static enum pc_code fetch_source(struct attempt *t, struct pc_err *err)
{
    struct pc_fetch_info info;
    char sha256[PC_SHA256_HEX];
    on_stage(t, "fetching", 5);
    enum pc_code rc =
        pc_fetch_get(t->svc->parts.fetch, t->record.url, append_piece, t, is_cancelled, &info, err);
    if (rc)
        return rc;
    t->format = pc_format_sniff(t->source.data, t->source.len);
    if (!t->format)
        return pc_fail(err, PC_E_UNSUPPORTED_FORMAT, NULL);
    pc_sha256_of(t->source.data, t->source.len, sha256);
    t->original_key = pc_service_original_key(&t->arena, sha256, t->format);
    return pc_blobs_put(t->svc->parts.blobs, t->original_key, t->source.data, t->source.len, err);
}

static enum pc_code read_source(struct attempt *t, struct pc_err *err)
{
    enum pc_code rc = pc_blobs_get(t->svc->parts.blobs, t->record.original_key,
                                   (size_t)t->svc->parts.config->max_upload_bytes, &t->source, err);
    if (rc == PC_E_NOT_FOUND)
        return pc_fail(err, PC_E_ORIGINAL_MISSING, NULL);
    t->original_key = t->record.original_key;
    t->format = pc_format_sniff(t->source.data, t->source.len);
    return rc;
}

char *pc_service_shot_key(struct pc_arena *arena, int64_t id, const struct pc_shot *shot,
                          const struct pc_buf *file)
{
    char sha256[PC_SHA256_HEX], label[PC_SHOT_LABEL_BYTES];
    pc_sha256_of(file->data, file->len, sha256);
    pc_shot_label(shot, label);
    return pc_arena_printf(
        arena, "shots/%" PRId64 "/%s-%.8s-%.16s.%s", id, label, shot->recipe->hash, sha256,
        pc_format_ext(pc_format_by_name(pc_recipe_format_name(shot->recipe->format))));
}

static enum pc_code store_shots(struct attempt *t, struct pc_pipeline_result *made, char *keys[],
                                struct pc_err *err)
{
    on_stage(t, "storing", 92);
    for (int i = 0; i < made->plan.n_shots; i++) {
        if (made->plan.shots[i].state == PC_SHOT_ABSENT)
            continue;
        char *key =
            pc_service_shot_key(&t->arena, t->job->image_id, &made->plan.shots[i], &made->files[i]);
        enum pc_code rc =
            pc_blobs_put(t->svc->parts.blobs, key, made->files[i].data, made->files[i].len, err);
        if (rc)
            return pc_err_wrap(err, "storing %s", key);
        keys[i] = key;
    }
    return PC_OK;
}

/* Under the image's own prefix, named by content like the shots. */
static enum pc_code store_thumbnail(struct attempt *t, const struct pc_pipeline_result *made,
                                    char **key, struct pc_err *err)
{
    char sha256[PC_SHA256_HEX];
    pc_sha256_of(made->thumbnail.data, made->thumbnail.len, sha256);
    *key = pc_arena_printf(&t->arena, "shots/%" PRId64 "/thumbnail-%.16s.jpg", t->job->image_id,
                           sha256);
    return pc_blobs_put(t->svc->parts.blobs, *key, made->thumbnail.data, made->thumbnail.len, err);
}

static const char *thumbnail_of(const struct pc_record *r)
{
    return json_string_value(json_object_get(r->detail, "thumbnail"));
}

/* keys[PC_MAX_SHOTS] is the thumbnail's, which no index of the records knows. */
static void remove_thumbnail(struct attempt *t, const char *key)
{
    struct pc_err err = PC_ERR_INIT;
    if (key && pc_blobs_remove(t->svc->parts.blobs, key, &err))
        pc_log_err(PC_LOG_WARN, "blob not removed", &err, PC_LOG_STR("key", key));
}

/* What this try stored goes again: it failed, or its image was deleted or cancelled meanwhile. What
 * a record names by now stays; when the records cannot be asked, all of it does. */
static void remove_stored(struct attempt *t, char *const keys[])
{
    struct pc_record now = {0};
    struct pc_err err = PC_ERR_INIT;
    enum pc_code rc = pc_records_get(t->svc->parts.records, t->job->image_id, &now, &err);
    if (rc && rc != PC_E_NOT_FOUND)
        return;
    for (int i = 0; i < PC_MAX_SHOTS; i++)
        pc_service_remove_blob(t->svc, keys[i]);
    if (rc || !pc_str_eq(keys[PC_MAX_SHOTS], thumbnail_of(&now)))
        remove_thumbnail(t, keys[PC_MAX_SHOTS]);
    pc_service_remove_original(t->svc, t->original_key);
    pc_record_finish(&now);
}

/* Was the image deleted or cancelled while it was cut? */
static bool is_abandoned(const struct attempt *t)
{
    enum pc_record_status status;
    struct pc_err err = PC_ERR_INIT;
    enum pc_code rc = pc_service_status(t->svc, t->job->image_id, &status, &err);
    return rc == PC_E_NOT_FOUND || (!rc && status == PC_FAILED);
}

/* Blobs of an earlier cut that the new one does not name. */
static void remove_replaced(struct attempt *t, const char *thumbnail)
{
    size_t i;
    json_t *shot;
    json_array_foreach(t->record.shots, i, shot)
        pc_service_remove_blob(t->svc, json_string_value(json_object_get(shot, "key")));
    if (!pc_str_eq(thumbnail, thumbnail_of(&t->record)))
        remove_thumbnail(t, thumbnail_of(&t->record));
}

/* Until a record names it, a fetched original belongs to nobody: the delete of another image with
 * the same bytes may have taken it. Lock held. */
static enum pc_code check_original(struct attempt *t, struct pc_err *err)
{
    struct pc_blob_reader *reader = NULL;
    if (*t->record.original_key)
        return PC_OK;
    enum pc_code rc = pc_blobs_read(t->svc->parts.blobs, t->original_key, &reader, err);
    pc_blob_close(reader);
    return rc == PC_E_NOT_FOUND
               ? pc_fail_detail(err, PC_E_STORE_UNAVAILABLE, "%s was removed", t->original_key)
               : rc;
}

static enum pc_code commit_result(struct attempt *t, const struct pc_record_completion *result,
                                  struct pc_err *err)
{
    pthread_mutex_t *lock = pc_service_original_lock(t->svc, t->original_key);
    pthread_mutex_lock(lock);
    enum pc_code rc = check_original(t, err);
    if (!rc)
        rc = pc_records_finish(t->svc->parts.records, t->job->image_id, result, err);
    pthread_mutex_unlock(lock);
    return rc;
}

/* For programs that read the store themselves, as those of the first version do; our own answers
 * make the address anew each time. */
static json_t *add_urls(json_t *shots, const char *public_url)
{
    for (size_t i = 0; i < json_array_size(shots); i++) {
        json_t *shot = json_array_get(shots, i);
        const char *key = json_string_value(json_object_get(shot, "key"));
        if (key)
            json_object_set_new(shot, "url", json_sprintf("%s/files/%s", public_url, key));
    }
    return shots;
}

static enum pc_code finish(struct attempt *t, const struct pc_pipeline_result *made,
                           char *const keys[], struct pc_err *err)
{
    struct pc_record_completion result = {
        .original_key = t->original_key,
        .format = pc_format_name(t->format),
        .bytes = t->source_bytes,
        .width = made->info.width,
        .height = made->info.height,
        .attention = pc_pipeline_result_attention(made),
        .shots = add_urls(pc_result_encode_shots(made, keys), t->svc->parts.config->public_url),
        .detail = pc_result_encode_detail(made, pc_pose_model_id(t->svc->parts.pose)),
    };
    json_object_set_new(result.detail, "thumbnail", json_string(keys[PC_MAX_SHOTS]));
    if (json_object_size(t->record.decisions) > 0) {
        result.decisions =
            pc_decisions_after_cut(t->record.decisions, t->record.shots, result.shots);
        result.review = pc_decisions_review(result.decisions, result.shots);
    }
    enum pc_code rc = commit_result(t, &result, err);
    json_decref(result.shots);
    json_decref(result.detail);
    json_decref(result.decisions);
    if (rc == PC_E_NOT_PENDING) { /* another was first, with the same blobs; or it is given up */
        if (is_abandoned(t))
            remove_stored(t, keys);
        return PC_OK;
    }
    if (!rc) {
        remove_replaced(t, keys[PC_MAX_SHOTS]);
        pc_metrics_add_result(&t->svc->metrics, made);
        pc_metrics_add(&t->svc->metrics, PC_METRICS_PROCESSED, 1);
        pc_events_changed(t->svc->events, t->job->image_id);
    }
    return rc;
}

/* Landmarks of an earlier run by the same model serve again: only recipes have changed. */
static bool reuse_people(const struct attempt *t, struct pc_people *people)
{
    const char *model = json_string_value(json_object_get(t->record.detail, "model"));
    return pc_str_eq(model, pc_pose_model_id(t->svc->parts.pose)) &&
           pc_result_decode_people(t->record.detail, people);
}

static enum pc_code make_shots(struct attempt *t, struct pc_err *err)
{
    struct pc_people known;
    struct pc_pipeline_overrides overrides;
    struct pc_registry_ref ref;
    pc_registry_refresh(t->svc->registry);
    pc_registry_acquire(t->svc->registry, json_object_get(t->record.edits, "recipes"), &ref);
    pc_planning_read_overrides(t->record.edits, &overrides);
    struct pc_pipeline_request request = {
        .recipes = ref.recipes,
        .overrides = &overrides,
        .thumbnail = true,
        .on_stage = on_stage,
        .ctx = t,
    };
    if (reuse_people(t, &known))
        request.known_people = &known;
    struct pc_pipeline_result *made = pc_arena_alloc(&t->arena, sizeof *made);
    char *keys[PC_MAX_SHOTS + 1] = {NULL}; /* the last one is the thumbnail's */
    t->source_bytes = (int64_t)t->source.len;
    enum pc_code rc = pc_pipeline_run(&t->svc->pipeline, &request, &t->source, made, err);
    if (!rc)
        rc = store_shots(t, made, keys, err);
    if (!rc)
        rc = store_thumbnail(t, made, &keys[PC_MAX_SHOTS], err);
    if (!rc)
        rc = finish(t, made, keys, err);
    if (rc && !is_cancelled(t)) /* else whoever holds the job by now may be about to name them */
        remove_stored(t, keys);
    pc_pipeline_result_finish(made);
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
    if (rc == PC_E_NOT_PENDING || rc == PC_E_NOT_FOUND) {
        rc = PC_OK; /* done or deleted: the job is a left-over */
    } else if (!rc) {
        pc_events_changed(svc->events, job->image_id);
        bool stored = t.record.original_key && *t.record.original_key;
        rc = stored ? read_source(&t, err) : fetch_source(&t, err);
        if (!rc)
            rc = make_shots(&t, err);
    }
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
        pc_log_err(PC_LOG_ERROR, "failure not noted", &err, PC_LOG_I64("id", job->image_id));
    pc_metrics_add(&svc->metrics, final ? PC_METRICS_FAILED : PC_METRICS_RETRIED, 1);
    pc_events_changed(svc->events, job->image_id);
    pc_log_err(final ? PC_LOG_WARN : PC_LOG_INFO, final ? "image failed" : "try failed", why,
               PC_LOG_I64("id", job->image_id), PC_LOG_I64("attempt", job->attempt));
}
