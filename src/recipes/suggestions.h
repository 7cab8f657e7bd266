/* Names in recipes: which list knows a word, and which of its words a wrong one was meant to be.
 * Lists end with NULL. Private to src/shots. Threads: pure. */
#ifndef PC_RECIPES_SUGGESTIONS_H
#define PC_RECIPES_SUGGESTIONS_H

/* Index of word in the list, or -1. */
int pc_suggestions_find(const char *const *list, const char *word);
/* The word of the list that is nearest by letters to change, or NULL when none is near. */
const char *pc_suggestions_nearest(const char *const *list, const char *word);

#endif
