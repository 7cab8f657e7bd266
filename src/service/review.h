/* What people do by hand, as use cases: choosing the person, setting boxes, trying both, offsetting
 * a box in many images, saying yes or no to shots. docs/review.md tells it to users of the API.
 *
 * Ownership: arguments are borrowed; JSON answers are given (json_decref).
 * Threads: as service.h.
 */
#ifndef PC_SERVICE_REVIEW_H
#define PC_SERVICE_REVIEW_H

#include "service/service.h"

/* Changes what change (EditsChange) names, keeps the rest, sends the image back to be cut. Gives
 * ImageDetail. Without any difference nothing happens. Errors: not_found, not_processed, bad_json,
 * bad_request (no such person or shot; a box that leaves the photo, is too small or of another
 * shape), original_missing, queue_full, changed_meanwhile (others changed it again and again). */
PC_NODISCARD enum pc_code pc_service_edit(struct pc_service *svc, int64_t id, const json_t *change,
                                          json_t **out, struct pc_err *err);

/* Which shots it would get with change (may be NULL) and the recipes of this text (NULL: those that
 * it is cut by). Gives Plan; nothing is stored. As pc_service_edit, and bad_recipe; not_processed
 * when no landmarks are stored. */
PC_NODISCARD enum pc_code pc_service_plan(struct pc_service *svc, int64_t id, const json_t *change,
                                          const char *recipes, json_t **out, struct pc_err *err);

struct pc_offset_request {
    const char *label; /* of the shot */
    bool clear;        /* boxes set with a batch go; x, y and scale do not count */
    double x, y;       /* in widths and heights of the planned box */
    double scale;      /* about its middle */
    const int64_t *ids;
    int n_ids; /* ids NULL: by batch (NULL or "": all) and after_id */
    const char *batch;
    int64_t after_id;
    bool dry_run;
};
/* Looks at up to 250 images, or the ids. Boxes that a person drew on the image itself stay. Gives
 * OffsetAnswer. queue_full takes nothing. */
PC_NODISCARD enum pc_code pc_service_offset(struct pc_service *svc,
                                            const struct pc_offset_request *what, json_t **out,
                                            struct pc_err *err);

struct pc_decision_request {
    enum pc_record_review decision; /* PC_REVIEW_NONE takes it back */
    const char *reason;             /* of a rejection, or NULL */
    const json_t *shots;            /* labels; NULL: all that have a file, or all when none has */
};
/* Gives ImageDetail. not_found, not_processed, bad_request (no such shot), changed_meanwhile. */
PC_NODISCARD enum pc_code pc_service_review(struct pc_service *svc, int64_t id,
                                            const struct pc_decision_request *what, json_t **out,
                                            struct pc_err *err);
/* How often shots were right at the first look, by label, over the last 1,000 reviewed images of
 * the batch (NULL or "": of all). Gives ReviewRates. Reads many records. */
PC_NODISCARD enum pc_code pc_service_rates(struct pc_service *svc, const char *batch, json_t **out,
                                           struct pc_err *err);

#endif
