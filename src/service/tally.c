#include "service/tally.h"

#include <string.h>

void pc_tally_add(struct pc_tally *tally, struct pc_arena *arena, const char *text, int n)
{
    int i = 0;
    while (i < tally->n && strcmp(tally->entries[i].text, text) != 0)
        i++;
    if (i == tally->n) {
        tally->entries = pc_arena_extend(arena, tally->entries, tally->n, sizeof *tally->entries);
        tally->entries[tally->n++].text = pc_arena_strdup(arena, text);
    }
    tally->entries[i].count += n;
}
