/* What the files of this folder share. Private to src/service. */
#ifndef PC_SERVICE_INTERNAL_H
#define PC_SERVICE_INTERNAL_H

#include <pthread.h>

#include "base/log.h"
#include "base/mem.h"
#include "service/events.h"
#include "service/metrics.h"
#include "service/pipeline.h"
#include "service/registry.h"
#include "service/service.h"

struct pc_submitted; /* submit.h */

enum { PC_SERVICE_ORIGINAL_LOCKS = 32 };

struct pc_service {
    struct pc_service_parts parts;
    struct pc_pipeline pipeline;
    struct pc_registry *registry;
    struct pc_events *events;
    struct pc_metrics metrics;
    bool listen_tried, listens;
    /* Guard originals. Without them a delete could remove the bytes of an image that is being
     * submitted: one thread stores an original and then writes the record that references it, while
     * another finds that no record references it and then removes it. There are several locks, one
     * chosen by the original's key, because storing may take as long as a network does. */
    pthread_mutex_t originals[PC_SERVICE_ORIGINAL_LOCKS];
};

/* --- submit.c --- */

/* Makes the record and its job. An image that exists is returned as it is. priority 0: SINGLE. */
PC_NODISCARD enum pc_code pc_service_accept(struct pc_service *svc,
                                            const struct pc_record_new *fresh,
                                            enum pc_priority priority, struct pc_submitted *out,
                                            struct pc_err *err);
/* Queues a pending image and reports the change. The image may have been processed a moment ago,
 * and have a job that is about to be completed. That job would not process it again, so this waits
 * until it is gone, for a second at most. If the queue rejects the job, that is only logged: the
 * sweeper queues the image later. */
void pc_service_queue_image(struct pc_service *svc, int64_t id, const char *url,
                            enum pc_priority priority);

/* --- sweep.c --- */

/* Part of the sweep: queues pending images that have no job and have not changed since before_ms.
 */
void pc_service_requeue_lost(struct pc_service *svc, int64_t before_ms);

/* --- edits.c --- */

/* Writes edits into the record, makes it pending and queues it, if the record is still as it was
 * read (seen). Fills r. changed_meanwhile, not_processed, not_found. */
PC_NODISCARD enum pc_code pc_service_write_edits(struct pc_service *svc,
                                                 const struct pc_record *seen,
                                                 const struct pc_record_edits *edits,
                                                 enum pc_priority priority, struct pc_record *r,
                                                 struct pc_err *err);
/* Did a person draw the box of this shot on the image itself? */
bool pc_service_is_drawn(const struct pc_record_edits *edits, const char *label);

/* --- blobs.c --- */

/* "originals/ab/<sha256>.jpg" */
char *pc_service_original_key(struct pc_arena *arena, const char *sha256, enum pc_format format);
/* "shots/<id>/<label>-<recipe>-<content>.jpg": the same image, recipe and bytes give the same key,
 * so a job that runs twice writes the same blobs. */
char *pc_service_shot_key(struct pc_arena *arena, int64_t id, const struct pc_shot *shot,
                          const struct pc_buf *file);
/* "shots/<id>/thumbnail-<content>.jpg" */
char *pc_service_thumbnail_key(struct pc_arena *arena, int64_t id, const struct pc_buf *file);
/* The id in the key of a shot or a thumbnail; 0 for another key. */
int64_t pc_service_key_image(const char *key);
/* Fills id and label from the key of a shot; the label of a thumbnail is "thumbnail". False:
 * another key. */
bool pc_service_parse_shot_key(const char *key, int64_t *id, char label[PC_BLOB_KEY_MAX + 1]);
/* The lock of the original with this key. */
pthread_mutex_t *pc_service_original_lock(struct pc_service *svc, const char *key);
/* Appends the original to bytes. original_missing, also if key is NULL or "". */
PC_NODISCARD enum pc_code pc_service_read_original(struct pc_service *svc, const char *key,
                                                   struct pc_buf *bytes, struct pc_err *err);
/* *exists is true also after an error. */
PC_NODISCARD enum pc_code pc_service_blob_exists(struct pc_service *svc, const char *key,
                                                 bool *exists, struct pc_err *err);
/* Removes a blob unless a record references it: two images may have the same bytes. Does nothing if
 * key is NULL or "". */
void pc_service_remove_blob(struct pc_service *svc, const char *key);
/* The same for an original, under its lock. */
void pc_service_remove_original(struct pc_service *svc, const char *key);

#endif
