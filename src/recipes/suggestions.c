#include "recipes/suggestions.h"

#include <stddef.h>
#include <string.h>

#include "base/str.h"

enum { LONGEST = 40 };

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* Levenshtein distance; a word over LONGEST letters is far from everything. */
static int distance(const char *a, const char *b)
{
    size_t la = strlen(a), lb = strlen(b);
    int row[LONGEST + 1];
    if (la > LONGEST || lb > LONGEST)
        return LONGEST;
    for (size_t j = 0; j <= lb; j++)
        row[j] = (int)j;
    for (size_t i = 1; i <= la; i++) {
        int diagonal = row[0];
        row[0] = (int)i;
        for (size_t j = 1; j <= lb; j++) {
            int change = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = least(change, least(row[j], row[j - 1]) + 1);
        }
    }
    return row[lb];
}

int pc_suggestions_find(const char *const *list, const char *word)
{
    for (int i = 0; list[i]; i++)
        if (pc_str_eq(list[i], word))
            return i;
    return -1;
}

/* "sholder" is near no whole name, but it is near the tail of "left_shoulder". So the tail of a
 * compound name is tried as well, at the price of one letter. */
const char *pc_suggestions_nearest(const char *const *list, const char *word)
{
    const char *best = NULL;
    int best_distance = 1 + (int)(strlen(word) + 1) / 3 + 1;
    for (int i = 0; list[i]; i++) {
        const char *tail = strrchr(list[i], '_');
        int d = distance(list[i], word);
        if (tail)
            d = least(d, distance(tail + 1, word) + 1);
        if (d < best_distance)
            best_distance = d, best = list[i];
    }
    return best;
}
