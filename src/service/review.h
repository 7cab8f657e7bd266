/* What people decide about shots, and how often shots were right at once. docs/review.md explains
 * it to users of the API.
 *
 * Ownership: arguments are borrowed; what is filled is ended by its own finish function.
 * Threads: as service.h.
 */
#ifndef PC_SERVICE_REVIEW_H
#define PC_SERVICE_REVIEW_H

#include "service/service.h"
#include "service/tally.h"

struct pc_decision_request {        /* borrows */
    enum pc_record_review decision; /* PC_REVIEW_NONE clears it */
    const char *reason;             /* of a rejection, or NULL */
    const char *const *labels;      /* of shots; NULL: all that have a file, or all when none has */
    int n_labels;
};

/* Fills r. not_found, not_processed, bad_request (no such shot), changed_meanwhile. */
PC_NODISCARD enum pc_code pc_service_review(struct pc_service *svc, int64_t id,
                                            const struct pc_decision_request *request,
                                            struct pc_record *r, struct pc_err *err);

struct pc_review_rate {
    const char *label, *title;
    int reviewed;            /* images in which somebody decided about this shot */
    int first;               /* of those: approved by the first decision */
    struct pc_tally reasons; /* of rejections */
};

struct pc_review_rates {
    int images; /* that were looked at */
    int n;
    struct pc_review_rate *rates; /* by label, in the order they were met */
    struct pc_arena arena;
};

/* Over the last 1,000 reviewed images of the batch (NULL or "": of all). Reads many records. Fills
 * out. */
PC_NODISCARD enum pc_code pc_service_rates(struct pc_service *svc, const char *batch,
                                           struct pc_review_rates *out, struct pc_err *err);
void pc_review_rates_finish(struct pc_review_rates *rates);

#endif
