/* What the files of this folder share. Not for other folders. */
#ifndef PC_SERVICE_INTERNAL_H
#define PC_SERVICE_INTERNAL_H

#include <pthread.h>

#include "base/log.h"
#include "base/mem.h"
#include "service/metrics.h"
#include "service/pipeline.h"
#include "service/registry.h"
#include "service/service.h"

enum { PC_ORIGINAL_LOCKS = 32 };

struct pc_service {
    struct pc_service_parts parts;
    struct pc_pipeline pipeline; /* its recipes are set for each run, from the book */
    struct pc_registry *registry;
    struct pc_events *events;
    struct pc_metrics metrics;
    bool listen_tried, listens;
    /* Guards the two-step "an original is stored, now name it in a record" against "no record names
     * it, then remove it": without it a delete could take the bytes of a picture submitted that
     * moment. Several locks, by the original's key, since storing may take as long as a network. */
    pthread_mutex_t originals[PC_ORIGINAL_LOCKS];
};

/* Makes the record and its job; a known one only answers. */
PC_NODISCARD enum pc_code pc_service_accept(struct pc_service *svc,
                                            const struct pc_record_new *fresh,
                                            enum pc_priority priority, struct pc_submitted *out,
                                            struct pc_err *err);

/* failed -> pending, and a new job. out (may be NULL) gets the image. */
PC_NODISCARD enum pc_code pc_service_reopen(struct pc_service *svc, int64_t id,
                                            enum pc_priority priority, json_t **out,
                                            struct pc_err *err);

/* Part of the sweep: pending records not touched since before_ms get a job when they have none. */
void pc_service_requeue_lost(struct pc_service *svc, int64_t before_ms);

/* Of the original with this key. */
pthread_mutex_t *pc_service_original_lock(struct pc_service *svc, const char *key);

/* A blob that a record names stays: the same bytes may have come by upload and by address. NULL and
 * "" are no blob. */
void pc_service_remove_blob(struct pc_service *svc, const char *key);
/* The same for an original, under its lock. */
void pc_service_remove_original(struct pc_service *svc, const char *key);

/* "originals/ab/<sha256>.jpg" */
char *pc_service_original_key(struct pc_arena *arena, const char *sha256, enum pc_format format);
/* "shots/<id>/<label>-<recipe>-<content>.jpg": the same picture, recipe and bytes give the same
 * key, so a job that runs twice writes the same blobs. */
char *pc_service_shot_key(struct pc_arena *arena, int64_t id, const struct pc_shot *shot,
                          const struct pc_buf *file);

/* What a record keeps of a finished run: arrays and objects in the short form that view.c unfolds.
 * keys are those of plan.shots, NULL when absent. Both give. */
json_t *pc_result_encode_shots(const struct pc_pipeline_result *result, char *const keys[]);
json_t *pc_result_encode_detail(const struct pc_pipeline_result *result, const char *model_id);

#endif
