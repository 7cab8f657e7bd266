/* Plans a stored image again without its pixels: from the people in its record and from what people
 * set (its edits). Recuts, previews and edits all plan here, so that they agree with what a worker
 * cuts. Private to src/service. Threads: pure.
 */
#ifndef PC_SERVICE_PLANNING_H
#define PC_SERVICE_PLANNING_H

#include "records/records.h"
#include "service/pipeline.h"

/* What of edits concerns the planner. Fills out. */
void pc_planning_read_overrides(const struct pc_record_edits *edits,
                                struct pc_pipeline_overrides *out);

/* Fills plan, which borrows the recipes. False when the record has no keypoints, or when nobody was
 * found and no object was measured. */
bool pc_planning_replan(const struct pc_pipeline *pipeline, const struct pc_record *r,
                        const struct pc_pipeline_overrides *overrides,
                        const struct pc_recipe_set *recipes, struct pc_plan *plan);

/* The shot of this label, or NULL. Borrows from plan. */
const struct pc_shot *pc_planning_find_shot(const struct pc_plan *plan, const char *label);

#endif
