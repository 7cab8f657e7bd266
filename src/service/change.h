/* Changing images: retry, cancel, remove, the same for many, and cutting again by other recipes.
 *
 * Ownership: arguments are borrowed; what is filled is ended by its own finish function.
 * Threads: as service.h.
 */
#ifndef PC_SERVICE_CHANGE_H
#define PC_SERVICE_CHANGE_H

#include "service/selector.h"
#include "service/service.h"
#include "service/tally.h"

/* --- one image --- */

/* failed -> pending, and a new job; priority 0: none, because the caller has the job of this image.
 * Fills r unless it is NULL. not_failed, not_found, queue_full. */
PC_NODISCARD enum pc_code pc_service_retry(struct pc_service *svc, int64_t id,
                                           enum pc_priority priority, struct pc_record *r,
                                           struct pc_err *err);
/* pending -> failed with the code cancelled. Its job is removed; a running one ends at its next
 * stage. not_pending, not_found. */
PC_NODISCARD enum pc_code pc_service_cancel(struct pc_service *svc, int64_t id, struct pc_err *err);
/* Removes the record, its job, and the blobs that no other record references. not_found. */
PC_NODISCARD enum pc_code pc_service_remove(struct pc_service *svc, int64_t id, struct pc_err *err);

/* --- many images --- */

enum pc_bulk_action { PC_BULK_RETRY, PC_BULK_CANCEL, PC_BULK_DELETE };

struct pc_bulk_request { /* borrows */
    enum pc_bulk_action action;
    const int64_t *ids; /* NULL: by filter */
    int n_ids;
    struct pc_record_query filter; /* search, status, attention, review, batch, after_id */
};

struct pc_bulk_skipped {
    int64_t id;
    enum pc_code code;
    char message[sizeof((struct pc_err *)0)->message];
};

struct pc_bulk_result {
    int n_done, n_skipped;
    int64_t *done;
    struct pc_bulk_skipped *skipped;
    bool more;    /* further images may match the filter: ask again with after_id = next */
    int64_t next; /* goes with more */
};

/* Acts on all ids, or on up to 500 images that match the filter. Each change is durable on its own,
 * so this may take seconds. Returns an error only when nothing was done. Fills out. */
PC_NODISCARD enum pc_code pc_service_bulk(struct pc_service *svc,
                                          const struct pc_bulk_request *request,
                                          struct pc_bulk_result *out, struct pc_err *err);
void pc_bulk_result_finish(struct pc_bulk_result *result);

/* --- cutting again --- */

struct pc_recut_request { /* borrows */
    bool dry_run;
    struct pc_selector images; /* after_id: 0 first, then the result's next */
    bool choose;               /* from now on these images are cut by the recipes of labels: */
    const char *const *labels; /* active or built-in ones; NULL: by all active ones again */
    int n_labels;
};

struct pc_recut_result {
    int looked; /* images */
    int changed, unchanged, skipped, queued;
    struct pc_tally shots; /* that differ, by label */
    bool more;
    int64_t next; /* goes with more: after_id of the next call */
    struct pc_arena arena;
};

/* Looks at up to 250 images (fewer where the queue holds fewer) and plans them by the active or
 * chosen recipes from the stored keypoints. Images whose shots would differ become pending and are
 * queued, unless dry_run; they are cut without asking the network. Fills out.
 * bad_request names labels that no recipe has; after queue_full nothing was changed. */
PC_NODISCARD enum pc_code pc_service_recut(struct pc_service *svc,
                                           const struct pc_recut_request *request,
                                           struct pc_recut_result *out, struct pc_err *err);
void pc_recut_result_finish(struct pc_recut_result *result);

#endif
