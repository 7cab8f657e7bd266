#include "records/memory_gone.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "records/records.h"

struct pc_removal {
    int64_t seq, id;
};

/* Forgets the older half when there is no room. */
void pc_gone_note(struct pc_gone *gone, int64_t seq, int64_t id)
{
    if (!gone->list)
        gone->list = pc_xmalloc(2 * PC_RECORDS_GONE_MAX * sizeof *gone->list);
    if (gone->n == 2 * PC_RECORDS_GONE_MAX) {
        gone->n = PC_RECORDS_GONE_MAX;
        gone->forgotten = gone->list[gone->n - 1].seq;
        memmove(gone->list, gone->list + gone->n, (size_t)gone->n * sizeof *gone->list);
    }
    gone->list[gone->n++] = (struct pc_removal){.seq = seq, .id = id};
}

bool pc_gone_since(const struct pc_gone *gone, int64_t since_seq, int64_t *ids, int max, int *n)
{
    int first = gone->n;
    while (first > 0 && gone->list[first - 1].seq > since_seq)
        first--;
    if (since_seq < gone->forgotten || gone->n - first > max)
        return false;
    for (*n = 0; first < gone->n; first++)
        ids[(*n)++] = gone->list[first].id;
    return true;
}

void pc_gone_finish(struct pc_gone *gone)
{
    free(gone->list);
    *gone = (struct pc_gone){.list = NULL};
}
