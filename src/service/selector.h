/* A bounded stretch of images for a change of many: those named, or the next ones of a batch in
 * order of id. Private to src/service. Threads: as service.h. */
#ifndef PC_SERVICE_SELECTOR_H
#define PC_SERVICE_SELECTOR_H

#include "service/service.h"

enum { PC_SELECTOR_MAX = 250 }; /* records in memory at a time */

struct pc_selector {    /* borrows */
    const int64_t *ids; /* at most PC_SELECTOR_MAX; NULL: by batch and after_id */
    int n_ids;
    const char *batch; /* "" or NULL: all */
    int64_t after_id;
};

/* Named ones that are gone are left out. Fills list, which pc_record_list_finish ends also after a
 * failure. */
PC_NODISCARD enum pc_code pc_selector_read(struct pc_service *svc,
                                           const struct pc_selector *selector,
                                           struct pc_record_list *list, struct pc_err *err);
/* How many were looked at: with ids all of them. */
int pc_selector_examined(const struct pc_selector *selector, const struct pc_record_list *list);
/* Gives the after_id of the next page, or null. */
json_t *pc_selector_next(struct pc_service *svc, const struct pc_selector *selector,
                         const struct pc_record_list *list);

#endif
