/* Selects images for a change in bulk, a bounded number at a time: those with the given ids, or the
 * next ones of a batch in the order of their ids. Callers fill the struct; the functions are private to
 * src/service. Threads: as service.h. */
#ifndef PC_SERVICE_SELECTOR_H
#define PC_SERVICE_SELECTOR_H

#include "service/service.h"

enum {
    PC_SELECTOR_MAX = 250, /* records in memory at a time */
    PC_SELECTOR_FEW = 10   /* at most so many are treated as corrected by hand */
};

struct pc_selector {    /* borrows */
    const int64_t *ids; /* at most PC_SELECTOR_MAX; NULL: by batch and after_id */
    int n_ids;
    const char *batch; /* "" or NULL: all */
    int64_t after_id;
};

/* Reads the selected records, without removed ones. Without ids, at most as many as the queue can
 * hold: more would never fit. Fills list, which pc_record_list_finish ends, also after an error. */
PC_NODISCARD enum pc_code pc_selector_read(struct pc_service *svc,
                                           const struct pc_selector *selector,
                                           struct pc_record_list *list, struct pc_err *err);
/* How many images were looked at, including removed ones. */
int pc_selector_looked(const struct pc_selector *selector, const struct pc_record_list *list);
/* May a change in bulk pass over an image whose change failed with this code? Somebody else changed
 * or removed it meanwhile. */
bool pc_selector_skips(enum pc_code rc);
/* The priority of a change of n_ids images (0: of a batch). A person who corrects a few images
 * waits for the result, so they go first. */
enum pc_priority pc_selector_priority(int n_ids);
/* Is there more of the batch? Then *next is the after_id to go on with. */
bool pc_selector_more(struct pc_service *svc, const struct pc_selector *selector,
                      const struct pc_record_list *list, int64_t *next);

#endif
