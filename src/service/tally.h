/* How often each text was met, in the order of the first times.
 * Ownership: entries and texts belong to the arena. Threads: plain data. */
#ifndef PC_SERVICE_TALLY_H
#define PC_SERVICE_TALLY_H

#include "base/mem.h"

struct pc_tally { /* zeroed is empty */
    int n;
    struct pc_tally_entry {
        const char *text;
        int count;
    } * entries;
};

/* Text was met n more times. */
void pc_tally_add(struct pc_tally *tally, struct pc_arena *arena, const char *text, int n);

#endif
