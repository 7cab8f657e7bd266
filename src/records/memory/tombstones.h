/* Records in memory: what was removed, for those who ask what went since. Of long ago it forgets,
 * and knows that it has. Threads: the caller holds the lock. */
#ifndef PC_RECORDS_MEMORY_TOMBSTONES_H
#define PC_RECORDS_MEMORY_TOMBSTONES_H

#include <stdbool.h>
#include <stdint.h>

struct pc_records_memory_tombstones {
    struct pc_records_memory_tombstone
        *list; /* room for twice PC_RECORDS_TOMBSTONES_MAX, oldest first */
    int n;
    int64_t pruned_seq; /* seq of the last removal that is not in the list any more */
};

/* seq grows from call to call. */
void pc_records_memory_add_tombstone(struct pc_records_memory_tombstones *tombstones, int64_t seq,
                                     int64_t id);
/* Fills ids with those removed after since_seq, oldest first, and n; false when some of them are
 * forgotten or there are more than max. */
bool pc_records_memory_tombstones_since(const struct pc_records_memory_tombstones *tombstones,
                                        int64_t since_seq, int64_t *ids, int max, int *n);
void pc_records_memory_finish_tombstones(
    struct pc_records_memory_tombstones *tombstones); /* zeroed memory is fine too */

#endif
