/* Which word of a list was meant. Lists end with NULL. Private to src/recipes. Threads: pure. */
#ifndef PC_RECIPES_SUGGESTIONS_H
#define PC_RECIPES_SUGGESTIONS_H

/* The index of the word in the list, or -1. */
int pc_suggestions_find(const char *const *list, const char *word);
/* The word of the list with the fewest letters to change, or NULL when none is near. */
const char *pc_suggestions_nearest(const char *const *list, const char *word);

#endif
