/* Records in MongoDB: the texts that all processes share. Arguments and results are those of the
 * slots in records/driver.h.
 * Threads: any. */
#ifndef PC_RECORDS_MONGO_SETTINGS_H
#define PC_RECORDS_MONGO_SETTINGS_H

#include "records/mongo/internal.h"

PC_NODISCARD enum pc_code pc_mongo_get_setting(struct pc_records *rs, const char *name, char **text,
                                               int64_t *version, struct pc_err *err);
PC_NODISCARD enum pc_code pc_mongo_put_setting(struct pc_records *rs, const char *name,
                                               const char *text, int64_t seen_version,
                                               int64_t *version, struct pc_err *err);

#endif
