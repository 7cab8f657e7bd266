/* The pipeline: the bytes of one picture -> people, plan, and the encoded shots. What the service's
 * workers and `posecraft shoot` have in common; knows no records, queue or blobs.
 *
 *     decode (once) -> pose (views of the decoded pixels) -> plan (pure geometry) -> cut and encode
 *
 * Threads: a struct pc_pipeline is read-only and shared; one run belongs to one thread.
 */
#ifndef PC_SERVICE_PIPELINE_H
#define PC_SERVICE_PIPELINE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "config/config.h"
#include "image/image.h"
#include "pose/pose.h"
#include "shots/shots.h"

/* What people set on a picture. */
struct pc_pipeline_overrides {
    int person;               /* that the shots show; -1: the recipes choose */
    struct pc_box person_box; /* where that person was when chosen; w 0: not known */
    int n_boxes;
    struct pc_manual_box boxes[PC_MAX_SHOTS];
};

struct pc_pipeline { /* borrows all */
    const struct pc_config *config;
    struct pc_pose *pose;
    const struct pc_recipe_set *recipes;
    const struct pc_people
        *known_people; /* found by an earlier run: no network is asked; NULL: find them */
    const struct pc_pipeline_overrides *overrides; /* NULL: nothing */
    bool plan_only;                                /* no files: decode, find people, plan */
    bool overlay;   /* draw skeleton, boxes and labels on the photo too */
    bool thumbnail; /* make a small copy of the photo for lists */
};

/* Told when a stage begins ("decoding", "posing", "cutting"); answering true ends the run with
 * PC_E_CANCELLED. */
typedef bool (*pc_pipeline_stage_hook)(void *ctx, const char *stage, int progress);

struct pc_pipeline_timings_ms {
    double decode, pose, cut, total;
};

struct pc_pipeline_result {
    struct pc_image_info info;
    struct pc_people people;
    struct pc_object object; /* measured where the plan has no person */
    struct pc_plan plan;
    struct pc_buf files[PC_MAX_SHOTS]; /* of plan.shots[i]; empty when it is absent */
    double face_scores[PC_MAX_SHOTS];  /* of headless shots: what the second look saw; else -1 */
    struct pc_buf overlay;             /* JPEG, when the pipeline makes it */
    struct pc_buf thumbnail;           /* JPEG, when the pipeline makes it */
    struct pc_pipeline_timings_ms timings;
};

/* The scene of a picture for the planner, by the thresholds of the settings and what people set.
 * Found anew, perhaps by another model, people may stand in another order: the chosen one is who
 * stands where that person was; nobody is chosen when nobody does. Borrows people and line->hand.
 */
struct pc_scene pc_pipeline_scene(const struct pc_pipeline *pipeline, int width, int height,
                                  const struct pc_people *people);

/* Takes the bytes of source: they are freed as soon as they are decoded. Fills made, which the
 * caller ends with pc_pipeline_result_finish also after a failure. */
PC_NODISCARD enum pc_code pc_pipeline_run(const struct pc_pipeline *pipeline, struct pc_buf *source,
                                          pc_pipeline_stage_hook hook, void *ctx,
                                          struct pc_pipeline_result *result, struct pc_err *err);
void pc_pipeline_result_finish(struct pc_pipeline_result *result);

/* Should a person look at this picture? A reason for the whole picture, or a shot in review. */
bool pc_pipeline_result_attention(const struct pc_pipeline_result *result);

#endif
