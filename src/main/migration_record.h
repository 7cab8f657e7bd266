/* What moving has to know of a record: its blobs, and whether two are the same.
 * Threads: pure. */
#ifndef PC_MAIN_MIGRATION_RECORD_H
#define PC_MAIN_MIGRATION_RECORD_H

#include "records/records.h"

/* The keys of its blobs: original, shots, thumbnail; i from 0, NULL after the last. Borrows. */
const char *pc_migration_blob_key(const struct pc_record *r, size_t i);
/* All but seq, as one text: the same record gives the same text in every store. Gives. */
char *pc_migration_record_text(const struct pc_record *r);

#endif
