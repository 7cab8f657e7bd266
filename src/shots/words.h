/* Names in recipes: which list knows a word, and which of its words a wrong one was meant to be.
 * Lists end with NULL. Private to src/shots. Threads: pure. */
#ifndef PC_SHOTS_WORDS_H
#define PC_SHOTS_WORDS_H

/* Index of word in the list, or -1. */
int pc_word_find(const char *const *list, const char *word);
/* The word of the list that is nearest by letters to change, or NULL when none is near. */
const char *pc_word_nearest(const char *const *list, const char *word);

#endif
