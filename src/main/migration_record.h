/* How the migration decides whether two records are equal. Threads: pure. */
#ifndef PC_MAIN_MIGRATION_RECORD_H
#define PC_MAIN_MIGRATION_RECORD_H

#include "records/records.h"

/* The whole record except its seq as one text. Equal records give the same text in every store.
 * Gives. */
char *pc_migration_record_text(const struct pc_record *r);

#endif
