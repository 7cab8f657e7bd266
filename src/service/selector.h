/* A bounded part of the images, for changing many of them: those that are named, or the next ones
 * of a batch in order of id. Private to src/service. Threads: as service.h. */
#ifndef PC_SERVICE_SELECTOR_H
#define PC_SERVICE_SELECTOR_H

#include "service/service.h"

enum {
    PC_SELECTOR_MAX = 250, /* records in memory at a time */
    PC_SELECTOR_FEW = 10   /* so many are corrected by hand */
};

struct pc_selector {    /* borrows */
    const int64_t *ids; /* at most PC_SELECTOR_MAX; NULL: by batch and after_id */
    int n_ids;
    const char *batch; /* "" or NULL: all */
    int64_t after_id;
};

/* Reads the selected records; named ones that were removed are left out. At most as many as the
 * queue holds, so that a change of all of them finds room in it some day. Fills list, which
 * pc_record_list_finish ends also after an error. */
PC_NODISCARD enum pc_code pc_selector_read(struct pc_service *svc,
                                           const struct pc_selector *selector,
                                           struct pc_record_list *list, struct pc_err *err);
/* How many images were looked at: the removed ones count too. */
int pc_selector_looked(const struct pc_selector *selector, const struct pc_record_list *list);
/* How urgent the change of so many named images is: a person who corrects a few of them waits for
 * the outcome; n_ids 0 (a batch) and many are left for later. */
enum pc_priority pc_selector_priority(int n_ids);
/* Is there more of the batch? Then *next is the after_id to go on with. */
bool pc_selector_more(struct pc_service *svc, const struct pc_selector *selector,
                      const struct pc_record_list *list, int64_t *next);

#endif
