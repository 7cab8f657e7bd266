/* From what the pipeline found and planned to what a record keeps of it. Numbers are rounded to a
 * tenth of a pixel and a thousandth of a score, which is more than the network knows.
 *
 * Ownership: fills an empty pc_record_result, which the caller ends. Threads: pure.
 */
#ifndef PC_SERVICE_RECORDING_H
#define PC_SERVICE_RECORDING_H

#include "records/result.h"
#include "service/pipeline.h"

/* What a finished run comes to. keys[i] is the blob of plan.shots[i], NULL where there is none.
 * public_url: where this program serves files, for the url of each shot; NULL: none is noted. */
void pc_recording_of_run(const struct pc_pipeline_result *run, char *const keys[],
                         const char *model_id, const char *public_url,
                         struct pc_record_result *out);
/* What a plan alone comes to: no people, no files. */
void pc_recording_of_plan(const struct pc_plan *plan, struct pc_record_result *out);

#endif
