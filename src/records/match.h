/* Which records a query means, and in which order: for drivers that have no database to ask.
 * Threads: pure functions. */
#ifndef PC_RECORDS_MATCH_H
#define PC_RECORDS_MATCH_H

#include "records/records.h"

bool pc_record_matches(const struct pc_record *r, const struct pc_record_query *q);
/* Below, at or above 0; records that are equal by sort are ordered by id. */
int pc_record_compare(const struct pc_record *a, const struct pc_record *b, enum pc_sort sort);
/* For qsort_r over struct pc_record *; query is a struct pc_record_query. */
int pc_record_in_order(const void *a, const void *b, void *query);

#endif
