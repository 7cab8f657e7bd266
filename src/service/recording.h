/* Turns what the pipeline found and planned into the result that a record stores. Private to
 * src/service, but for the manifest of `posecraft shoot`. Scores are rounded to a thousandth, times
 * to a tenth of a millisecond.
 *
 * Ownership: fills a result, which pc_record_result_finish ends. Threads: pure.
 */
#ifndef PC_SERVICE_RECORDING_H
#define PC_SERVICE_RECORDING_H

#include "records/result.h"
#include "service/pipeline.h"

/* The result of a finished run. keys[i] is the blob of plan.shots[i], NULL if it has none.
 * public_url: where this program serves files, for the url of each shot; NULL: shots get no url. */
void pc_recording_of_run(const struct pc_pipeline_result *run, char *const keys[],
                         const char *model_id, const char *public_url,
                         struct pc_record_result *out);
/* The result of a plan alone: without people and files. */
void pc_recording_of_plan(const struct pc_plan *plan, struct pc_record_result *out);

#endif
