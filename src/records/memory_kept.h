/* Records in memory: the texts that are kept by name, a short list. A version outlives its text.
 * Threads: the caller holds the lock of its list. */
#ifndef PC_RECORDS_MEMORY_KEPT_H
#define PC_RECORDS_MEMORY_KEPT_H

#include <stdint.h>

struct pc_kept; /* NULL: nothing was ever kept */

int64_t pc_kept_version(const struct pc_kept *list, const char *name); /* 0 when never kept */
/* The same; gives *text, NULL when there is none. */
int64_t pc_kept_read(const struct pc_kept *list, const char *name, char **text);
/* Keeps a copy of text, which may be NULL. Answers the new version. */
int64_t pc_kept_write(struct pc_kept **list, const char *name, const char *text);
void pc_kept_free(struct pc_kept *list); /* takes NULL */

#endif
