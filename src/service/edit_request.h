/* What a change of one image's edits asks for. edits.h carries it out.
 * Threads: plain data. */
#ifndef PC_SERVICE_EDIT_REQUEST_H
#define PC_SERVICE_EDIT_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/geometry.h"

struct pc_edit_box {
    const char *label; /* of the shot */
    bool clear;        /* back to the planned box */
    struct pc_ibox box;
};

/* A change of the edits: what it does not name stays. */
struct pc_edit_request { /* borrows */
    bool sets_person;
    int64_t person; /* index into the people found; -1: the recipes choose again */
    int n_boxes;
    const struct pc_edit_box *boxes;
};

#endif
