/* The line of one image in the manifest that `posecraft shoot --json` writes; docs/cli.md has its
 * fields. Threads: pure. */
#ifndef PC_MAIN_MANIFEST_H
#define PC_MAIN_MANIFEST_H

#include <jansson.h>

#include "service/pipeline.h"

/* files[i] is where plan.shots[i] was written, NULL where it was not. result may be incomplete when
 * why (NULL: no error) says what failed. Gives. */
json_t *pc_manifest_line(const char *input, const struct pc_pipeline_result *result,
                         char *const files[], const struct pc_err *why);

#endif
