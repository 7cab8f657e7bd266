/* What the migration needs to know about a record: its blobs, and whether two records are equal.
 * Threads: pure. */
#ifndef PC_MAIN_MIGRATION_RECORD_H
#define PC_MAIN_MIGRATION_RECORD_H

#include "records/records.h"

/* The key of the record's blob number i, from 0: original, shots, thumbnail. NULL after the last.
 * Borrows from the record. */
const char *pc_migration_blob_key(const struct pc_record *r, size_t i);
/* The whole record except its seq as one text. Equal records give the same text in every store.
 * Gives. */
char *pc_migration_record_text(const struct pc_record *r);

#endif
