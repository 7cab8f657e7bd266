/* Records in memory: what the files of this driver share. Private to src/records/memory.
 *
 *     driver.c      the slots, one lock over all
 *     apply.c       what a change does to one record, apart from seq and time
 *     match.c       which records a query matches, and their order
 *     settings.c    texts by name: a short list; the version stays when a text is removed
 *     tombstones.c  the last removals; older ones are pruned
 *
 * Threads: the caller holds the lock of the store; the functions of match.c are pure.
 */
#ifndef PC_RECORDS_MEMORY_INTERNAL_H
#define PC_RECORDS_MEMORY_INTERNAL_H

#include "records/driver.h"

/* --- changes of one record (apply.c) --- */

/* A pending one, without id and seq. Gives; pc_record_finish and free end it. */
struct pc_record *pc_records_memory_make_record(const struct pc_record_new *fresh, int64_t now_ms);
void pc_records_memory_apply_completion(struct pc_record *r,
                                        const struct pc_record_completion *completion);
void pc_records_memory_apply_annotations(struct pc_record *r,
                                         const struct pc_record_annotations *annotations);
void pc_records_memory_apply_reopen(struct pc_record *r); /* pending again; shots and detail stay */
bool pc_records_memory_references_blob(const struct pc_record *r, const char *key);

/* --- queries (match.c) --- */

bool pc_records_memory_matches(const struct pc_record *r, const struct pc_record_query *q);
/* Below, at or above 0; records that are equal by sort are ordered by id. */
int pc_records_memory_compare(const struct pc_record *a, const struct pc_record *b,
                              enum pc_record_sort sort);
/* For qsort_r over struct pc_record *; query is a struct pc_record_query. */
int pc_records_memory_compare_for_query(const void *a, const void *b, void *query);

/* --- settings (settings.c) --- */

struct pc_records_memory_setting; /* NULL: nothing was ever put */

int64_t pc_records_memory_setting_version(const struct pc_records_memory_setting *list,
                                          const char *name); /* 0 when it was never put */
/* The same; gives *text, NULL when there is none. */
int64_t pc_records_memory_get_setting(const struct pc_records_memory_setting *list,
                                      const char *name, char **text);
/* Stores a copy of text, which may be NULL. Returns the new version. */
int64_t pc_records_memory_put_setting(struct pc_records_memory_setting **list, const char *name,
                                      const char *text);
void pc_records_memory_free_settings(struct pc_records_memory_setting *list); /* takes NULL */

/* --- tombstones (tombstones.c) --- */

struct pc_records_memory_tombstones {
    struct pc_records_memory_tombstone
        *list; /* room for twice PC_RECORDS_TOMBSTONES_MIN, oldest first */
    int n;
    int64_t pruned_seq; /* seq of the last removal that is not in the list any more */
};

/* seq grows from call to call. */
void pc_records_memory_add_tombstone(struct pc_records_memory_tombstones *tombstones, int64_t seq,
                                     int64_t id);
/* Fills ids with those removed after since_seq, oldest first, and n; false when some of them were
 * pruned or there are more than max. */
bool pc_records_memory_tombstones_since(const struct pc_records_memory_tombstones *tombstones,
                                        int64_t since_seq, int64_t *ids, int max, int *n);
void pc_records_memory_finish_tombstones(
    struct pc_records_memory_tombstones *tombstones); /* zeroed memory is fine too */

#endif
