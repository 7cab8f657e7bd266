/* Which records a query means, and in which order: for drivers that have no database to ask.
 * Threads: pure functions. */
#ifndef PC_RECORDS_MEMORY_MATCH_H
#define PC_RECORDS_MEMORY_MATCH_H

#include "records/record.h"

bool pc_records_memory_matches(const struct pc_record *r, const struct pc_record_query *q);
/* Below, at or above 0; records that are equal by sort are ordered by id. */
int pc_records_memory_compare(const struct pc_record *a, const struct pc_record *b,
                              enum pc_record_sort sort);
/* For qsort_r over struct pc_record *; query is a struct pc_record_query. */
int pc_records_memory_compare_for_query(const void *a, const void *b, void *query);

#endif
