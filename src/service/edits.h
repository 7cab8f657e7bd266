/* What people set on images: the person to show, boxes in place of planned ones, and an offset of
 * one shot over many images. docs/review.md explains it to users of the API.
 *
 * Ownership: arguments are borrowed; what is filled is ended by its own finish function.
 * Threads: as service.h.
 */
#ifndef PC_SERVICE_EDITS_H
#define PC_SERVICE_EDITS_H

#include "service/edit_request.h"
#include "service/selector.h"
#include "service/service.h"

/* --- one image --- */

/* Applies the change and sends the image back to be cut. When nothing differs nothing happens.
 * Fills r. Errors: not_found, not_processed, bad_request (no such person or shot; a box that leaves
 * the photo, is too small or has another shape), original_missing, queue_full, changed_meanwhile
 * (others changed the image again and again). */
PC_NODISCARD enum pc_code pc_service_edit(struct pc_service *svc, int64_t id,
                                          const struct pc_edit_request *request,
                                          struct pc_record *r, struct pc_err *err);

struct pc_edit_preview {
    int width, height;              /* of the photo */
    struct pc_record_result result; /* planned shots, person, facing, attention; no files */
};

/* Which shots the image would get with this change, by the recipes of this text (NULL: those that
 * it is cut by). Stores nothing. Fills out. Errors: as pc_service_edit, and bad_recipe; also
 * not_processed when no keypoints are stored. */
PC_NODISCARD enum pc_code pc_service_preview(struct pc_service *svc, int64_t id,
                                             const struct pc_edit_request *request,
                                             const char *recipes, struct pc_edit_preview *out,
                                             struct pc_err *err);
void pc_edit_preview_finish(struct pc_edit_preview *preview);

/* --- many images --- */

struct pc_offset_request {     /* borrows */
    const char *label;         /* of the shot */
    bool clear;                /* remove boxes of an earlier offset; x, y and scale do not count */
    double x, y;               /* in widths and heights of the planned box */
    double scale;              /* about its middle */
    struct pc_selector images; /* after_id: 0 first, then the result's next */
    bool dry_run;
};

struct pc_offset_change {
    const struct pc_record *record; /* as it was before; borrows from the result */
    struct pc_ibox planned, box;
};

struct pc_offset_result {
    int looked, skipped;
    int n_changed;
    struct pc_offset_change *changed;
    bool more;
    int64_t next; /* goes with more: after_id of the next call */
    struct pc_record_list records;
};

/* Looks at up to 250 images, or the ids. A box that a person drew on the image itself stays. Fills
 * out. After queue_full nothing was changed. */
PC_NODISCARD enum pc_code pc_service_offset(struct pc_service *svc,
                                            const struct pc_offset_request *request,
                                            struct pc_offset_result *out, struct pc_err *err);
void pc_offset_result_finish(struct pc_offset_result *result);

#endif
