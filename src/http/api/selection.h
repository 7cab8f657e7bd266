/* Reads from a JSON body which images a change in bulk is about. Threads: pure. */
#ifndef PC_HTTP_API_SELECTION_H
#define PC_HTTP_API_SELECTION_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "records/records.h"
#include "service/selector.h"

/* {"ids": [...]} or {"batch": TEXT, "after": ID}, and "dryRun": BOOLEAN. bad_json otherwise, also
 * when ids or batch is null and the other is not given. out->batch borrows from body; out->ids is
 * given, also after an error. */
PC_NODISCARD enum pc_code pc_selection_read(const json_t *body, struct pc_selector *out,
                                            bool *dry_run, struct pc_err *err);
/* A list of 1 to max ids; bad_json otherwise. Gives *ids, also after an error. */
PC_NODISCARD enum pc_code pc_selection_read_ids(const json_t *list, int max, int64_t **ids, int *n,
                                                struct pc_err *err);
/* Which images a filter like the query of GET /images is about; out borrows its texts. An unknown
 * member is bad_json, because a misspelt one would match far too much; so is a filter of which all
 * members are null. */
PC_NODISCARD enum pc_code pc_selection_read_filter(const json_t *filter,
                                                   struct pc_record_query *out, struct pc_err *err);

#endif
