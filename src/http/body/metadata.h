/* What may be said of an image when it is submitted: name, SKU, label, batch and priority, from the
 * query, a form or JSON; and in a form or JSON its URL. Bounds are those of api/openapi.yaml, in
 * characters.
 *
 * Ownership: a struct owns its strings; zeroed memory is an empty one.
 * Threads: a struct belongs to one thread.
 */
#ifndef PC_HTTP_BODY_METADATA_H
#define PC_HTTP_BODY_METADATA_H

#include <jansson.h>

#include "base/err.h"
#include "service/submit.h"

struct pc_metadata { /* NULL: not given */
    char *name, *sku, *label, *batch;
    char *priority; /* "high", "low" or "": high */
    char *url;      /* imageUrl, without white space round it; never blank */
};

void pc_metadata_finish(struct pc_metadata *m);
/* Sets a field by its name; other names are ignored. The name of an image is shortened if it is too
 * long. bad_request: another field is too long, the text is not UTF-8, or there is no such
 * priority. */
PC_NODISCARD enum pc_code pc_metadata_set(struct pc_metadata *m, const char *field,
                                          const char *text, size_t len, struct pc_err *err);
/* Sets the fields that a JSON object has; null counts as absent. bad_json: a field is not a string,
 * or body is not an object. */
PC_NODISCARD enum pc_code pc_metadata_set_json(struct pc_metadata *m, const json_t *body,
                                               struct pc_err *err);
/* What the service takes; borrows from m. */
struct pc_submission pc_metadata_submission(const struct pc_metadata *m);
/* The names of the fields, NULL-terminated: those of a query, and all, with imageUrl. */
extern const char *const pc_metadata_query_fields[], *const pc_metadata_fields[];

#endif
