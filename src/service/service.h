/* The use cases of PoseCraft, on top of records, queue, blobs, fetch and pose. Requests and results
 * are structs: no HTTP, SQL or JSON.
 *
 *     submit.h    accept images: a URL, an upload, a batch
 *     query.h     read images, counts, files; health and metrics
 *     change.h    retry, cancel, remove, in bulk too; cut again with other recipes
 *     edits.h     what people set: the person, boxes, an offset for many images
 *     review.h    what people decide about shots, and how often shots were right at once
 *     registry.h  the active recipes
 *     events.h    which images changed
 *
 * Submitting makes the record, then the job. A worker takes the job and calls pc_service_process.
 * events.h tells the page about each change.
 *
 * Ownership: a service borrows its parts, which outlive it; except for the queue, which has to be
 * closed first, because a thread of it may be reporting what other processes changed.
 * Threads: one service serves all threads.
 */
#ifndef PC_SERVICE_SERVICE_H
#define PC_SERVICE_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "blobs/blobs.h"
#include "config/config.h"
#include "fetch/fetch.h"
#include "pose/pose.h"
#include "queue/queue.h"
#include "records/records.h"
#include "shots/recipe_spec.h"

struct pc_service_parts {
    const struct pc_config *config;
    struct pc_records *records;
    struct pc_queue *queue;
    struct pc_blobs *blobs;
    struct pc_fetch *fetch;
    struct pc_pose *pose;                /* NULL in a process without workers */
    const struct pc_recipe_set *recipes; /* of the setting: active until others are stored */
};

struct pc_service;
struct pc_events;
struct pc_registry;

struct pc_service *pc_service_create(const struct pc_service_parts *parts); /* gives */
void pc_service_destroy(struct pc_service *svc);                            /* takes NULL */

/* These three borrow from the service. */
const struct pc_config *pc_service_config(const struct pc_service *svc);
struct pc_events *pc_service_events(struct pc_service *svc);
struct pc_registry *pc_service_registry(struct pc_service *svc);

/* From now on the events also report what other processes change. False: this queue has no such
 * notifications, so the records have to be polled. Call it from one thread, before workers
 * start. */
bool pc_service_listen(struct pc_service *svc);

/* --- work --- */

/* Runs one job from beginning to end: fetches or reads the original, decodes it, finds people,
 * plans, cuts, stores, and finishes the record. Any error says why this attempt did not finish the
 * record, which keeps all but its stage; worker/attempt.h decides what becomes of the job.
 * not_pending: the image was finished by another worker, cancelled or removed. cancelled (may be
 * NULL) returns true when the process stops or the lease is lost: then the attempt ends soon with
 * PC_E_CANCELLED. */
PC_NODISCARD enum pc_code pc_service_process(struct pc_service *svc, const struct pc_job *job,
                                             bool (*cancelled)(void *ctx), void *ctx,
                                             struct pc_err *err);

/* Notes in the record why an attempt failed. final: the image has failed for good. */
void pc_service_attempt_failed(struct pc_service *svc, const struct pc_job *job,
                               const struct pc_err *why, bool final);

/* Queues pending images that have no job, and removes what is left of uploads that never ended. A
 * process with workers calls it at start and every 30 seconds. */
void pc_service_sweep(struct pc_service *svc);

struct pc_orphans {
    int64_t looked;       /* number of blobs in the store */
    int64_t blobs, bytes; /* number and size of those that no record references */
};

/* Removes blobs that are older than older_ms and that no record references; a killed process may
 * leave such. dry_run only counts them. Walks the whole store. A file is stored before the record
 * that references it, so older_ms must be longer than any upload or cut takes, unless nothing else
 * runs. */
PC_NODISCARD enum pc_code pc_service_orphans(struct pc_service *svc, int64_t older_ms, bool dry_run,
                                             struct pc_orphans *found, struct pc_err *err);

#endif
