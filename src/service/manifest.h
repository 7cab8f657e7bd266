/* One picture's line of the manifest that `posecraft shoot --json` writes; the fields stand in
 * docs/cli.md. Threads: safe. */
#ifndef PC_SERVICE_MANIFEST_H
#define PC_SERVICE_MANIFEST_H

#include <jansson.h>

#include "service/pipeline.h"

/* files[i] is where plan.shots[i] was written, NULL when it was not. made may be half filled when
 * why (may be NULL: no error) says what failed. Gives. */
json_t *pc_manifest_line(const char *input, const struct pc_pipeline_result *result,
                         char *const files[], const struct pc_err *why);

#endif
