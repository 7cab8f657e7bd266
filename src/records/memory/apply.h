/* What the changes of a store do to one record, for drivers that have no database to tell it: seq
 * and time apart, which are the driver's. Threads: the caller holds the record. */
#ifndef PC_RECORDS_MEMORY_APPLY_H
#define PC_RECORDS_MEMORY_APPLY_H

#include "records/record.h"

/* A pending one, without id and seq. Gives; pc_record_finish and free end it. */
struct pc_record *pc_records_memory_make_record(const struct pc_record_new *fresh, int64_t now_ms);
void pc_records_memory_apply_completion(struct pc_record *r,
                                        const struct pc_record_completion *completion);
void pc_records_memory_apply_annotations(struct pc_record *r,
                                         const struct pc_record_annotations *annotations);
void pc_records_memory_apply_reopen(struct pc_record *r); /* pending again; shots and detail stay */
bool pc_records_memory_references_blob(const struct pc_record *r, const char *key); /* the blob */

#endif
