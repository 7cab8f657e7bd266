/* What the files of this folder share. Not for other folders. */
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
    /* Storing an original and then referencing it in a record are two steps; so are finding that no
     * record references an original and removing it. These locks keep the two pairs apart: else a
     * delete could take the bytes of an image that is being submitted. There are several, chosen by
     * the original's key, since storing may take as long as a network does. */
    pthread_mutex_t originals[PC_SERVICE_ORIGINAL_LOCKS];
};

/* Makes the record and its job; an image that exists is answered only. priority 0: SINGLE. */
PC_NODISCARD enum pc_code pc_service_accept(struct pc_service *svc,
                                            const struct pc_record_new *fresh,
                                            enum pc_priority priority, struct pc_submitted *out,
                                            struct pc_err *err);

/* Queues a pending image and reports the change. The image may have been processed a moment ago, and
 * its worker is about to complete that job, which will not process the image again: so this waits
 * for the end of an old job, for a second at most. A queue that refuses is only logged: the sweeper
 * queues the image later. */
void pc_service_queue_image(struct pc_service *svc, int64_t id, const char *url,
                            enum pc_priority priority);

/* Part of the sweep: queues pending images that were not touched since before_ms and have no
 * job. */
void pc_service_requeue_lost(struct pc_service *svc, int64_t before_ms);

/* Writes edits into the record that was read as seen, makes it pending and queues it. Fills r.
 * changed_meanwhile, not_processed, not_found. */
PC_NODISCARD enum pc_code pc_service_write_edits(struct pc_service *svc,
                                                 const struct pc_record *seen,
                                                 const struct pc_record_edits *edits,
                                                 enum pc_priority priority, struct pc_record *r,
                                                 struct pc_err *err);
/* Did a person draw the box of this shot on the image itself? */
bool pc_service_is_drawn(const struct pc_record_edits *edits, const char *label);

/* The lock of the original with this key. */
pthread_mutex_t *pc_service_original_lock(struct pc_service *svc, const char *key);

/* Removes a blob unless a record still references it: the same bytes may be of two images. NULL and
 * "" are no blob. */
void pc_service_remove_blob(struct pc_service *svc, const char *key);
/* The same for an original, under its lock. */
void pc_service_remove_original(struct pc_service *svc, const char *key);

/* "originals/ab/<sha256>.jpg" */
char *pc_service_original_key(struct pc_arena *arena, const char *sha256, enum pc_format format);
/* "shots/<id>/<label>-<recipe>-<content>.jpg": the same image, recipe and bytes give the same key,
 * so a job that runs twice writes the same blobs. */
char *pc_service_shot_key(struct pc_arena *arena, int64_t id, const struct pc_shot *shot,
                          const struct pc_buf *file);

#endif
