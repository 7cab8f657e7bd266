#include "records/memory/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "records/record.h"

struct pc_records_memory_tombstone {
    int64_t seq, id;
};

/* Forgets the older half when there is no room. */
void pc_records_memory_add_tombstone(struct pc_records_memory_tombstones *tombstones, int64_t seq,
                                     int64_t id)
{
    if (!tombstones->list)
        tombstones->list = pc_xzalloc(2 * PC_RECORDS_TOMBSTONES_MIN * sizeof *tombstones->list);
    if (tombstones->n == 2 * PC_RECORDS_TOMBSTONES_MIN) {
        tombstones->n = PC_RECORDS_TOMBSTONES_MIN;
        tombstones->pruned_seq = tombstones->list[tombstones->n - 1].seq;
        memmove(tombstones->list, tombstones->list + tombstones->n,
                (size_t)tombstones->n * sizeof *tombstones->list);
    }
    tombstones->list[tombstones->n++] = (struct pc_records_memory_tombstone){.seq = seq, .id = id};
}

bool pc_records_memory_tombstones_since(const struct pc_records_memory_tombstones *tombstones,
                                        int64_t since_seq, int64_t *ids, int max, int *n)
{
    int first = tombstones->n;
    while (first > 0 && tombstones->list[first - 1].seq > since_seq)
        first--;
    if (since_seq < tombstones->pruned_seq || tombstones->n - first > max)
        return false;
    for (*n = 0; first < tombstones->n; first++)
        ids[(*n)++] = tombstones->list[first].id;
    return true;
}

void pc_records_memory_finish_tombstones(struct pc_records_memory_tombstones *tombstones)
{
    free(tombstones->list);
    *tombstones = (struct pc_records_memory_tombstones){.list = NULL};
}
