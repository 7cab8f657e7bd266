/* Name, SKU, label and batch of a submission, from the query, a form or JSON. Bounds are those of
 * the API document, in characters. Threads: one owner. */
#ifndef PC_HTTP_BODY_METADATA_H
#define PC_HTTP_BODY_METADATA_H

#include <jansson.h>

#include "base/err.h"
#include "service/service.h"

struct pc_metadata { /* owns its strings; NULL: not given */
    char *name, *sku, *label, *batch;
};

void pc_metadata_finish(struct pc_metadata *m);
/* Sets a field by its name; another name is no error and changes nothing. A name that is too long
 * is cut; another field answers bad_request, as does text that is not UTF-8. */
PC_NODISCARD enum pc_code pc_metadata_set(struct pc_metadata *m, const char *field,
                                          const char *text, size_t len, struct pc_err *err);
PC_NODISCARD enum pc_code pc_metadata_set_json(struct pc_metadata *m, const json_t *body,
                                               struct pc_err *err);
/* Borrows. */
struct pc_submission pc_metadata_submission(const struct pc_metadata *m, const char *url);
/* The names, NULL-terminated. */
extern const char *const pc_metadata_fields[];

#endif
