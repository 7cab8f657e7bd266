/* What the changes of a store do to one record, for drivers that have no database to tell it: seq
 * and time apart, which are the driver's. Threads: the caller holds the record. */
#ifndef PC_RECORDS_APPLY_H
#define PC_RECORDS_APPLY_H

#include "records/records.h"

/* A pending one, without id and seq. Gives; pc_record_finish and free end it. */
struct pc_record *pc_record_make(const struct pc_record_new *fresh, int64_t now_ms);
void pc_record_put_result(struct pc_record *r, const struct pc_record_result *result);
void pc_record_put_marks(struct pc_record *r, const struct pc_record_marks *marks);
void pc_record_reopen(struct pc_record *r); /* pending again; shots and detail stay */
bool pc_record_names(const struct pc_record *r, const char *key); /* the blob */

#endif
