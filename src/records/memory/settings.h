/* Records in memory: the texts that are kept by name, a short list. A version outlives its text.
 * Threads: the caller holds the lock of its list. */
#ifndef PC_RECORDS_MEMORY_SETTINGS_H
#define PC_RECORDS_MEMORY_SETTINGS_H

#include <stdint.h>

struct pc_records_memory_setting; /* NULL: nothing was ever kept */

int64_t pc_records_memory_setting_version(const struct pc_records_memory_setting *list,
                                          const char *name); /* 0 when never kept */
/* The same; gives *text, NULL when there is none. */
int64_t pc_records_memory_get_setting(const struct pc_records_memory_setting *list,
                                      const char *name, char **text);
/* Keeps a copy of text, which may be NULL. Answers the new version. */
int64_t pc_records_memory_put_setting(struct pc_records_memory_setting **list, const char *name,
                                      const char *text);
void pc_records_memory_free_settings(struct pc_records_memory_setting *list); /* takes NULL */

#endif
