/* Planning a stored image again, without its pixels: from what its record keeps of people, and from
 * what people set (edits). Recut, previews and edits ask the same function, so that they agree with
 * what a worker cuts.
 *
 * edits of a record: {"person": index, "personBox": [x, y, w, h], "boxes": {label: {"box": [x, y,
 * w, h], "by": "hand" | "batch"}}, "recipes": [labels]}, each absent when not set; boxes in whole
 * pixels. Threads: pure but for the settings.
 */
#ifndef PC_SERVICE_PLANNING_H
#define PC_SERVICE_PLANNING_H

#include <jansson.h>
#include <stdbool.h>

#include "records/records.h"
#include "service/pipeline.h"

/* What of edits the planner heeds. What is not of the form is left out. */
void pc_planning_read_overrides(const json_t *edits, struct pc_pipeline_overrides *out);

/* Fills plan as it would be with these edits (instead of the record's) and recipes, which it
 * borrows. False when the record keeps no landmarks, or nobody was found and no object measured.
 * line gives the thresholds. */
bool pc_planning_replan(const struct pc_pipeline *pipeline, const struct pc_record *r,
                        const json_t *edits, const struct pc_recipe_set *recipes,
                        struct pc_plan *plan);

#endif
