/* The pipeline: the bytes of one image in; its people, the plan of its shots and the encoded files
 * out. The workers of the service and the commands `shoot` and `eval` share it. It knows no
 * records, queue or blobs.
 *
 *     decode -> find people -> plan -> cut and encode each shot -> overlay -> thumbnail
 *
 * Ownership: a pipeline and a request borrow all that they point to.
 * Threads: a pipeline is constant and shared by all threads; one run belongs to one thread.
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

struct pc_pipeline {
    const struct pc_config *config; /* limits, deadlines, thresholds */
    struct pc_pose *pose;           /* NULL where only pc_pipeline_scene is used */
};

/* What people set on an image; it takes the place of what the recipes say. */
struct pc_pipeline_overrides {
    int person;               /* index of the person to show; -1: the recipes choose */
    struct pc_box person_box; /* where that person stood when chosen; w 0: not known */
    int n_boxes;
    struct pc_manual_box boxes[PC_MAX_SHOTS];
};

/* Called when a stage begins ("decoding", "posing", "cutting"), with the progress in per cent. If
 * it returns true, the run ends with PC_E_CANCELLED. */
typedef bool (*pc_pipeline_stage_hook)(void *ctx, const char *stage, int progress);

/* What differs from image to image. */
struct pc_pipeline_request {
    const struct pc_recipe_set *recipes;
    const struct pc_people *known_people; /* of an earlier run: no network runs; NULL: find them */
    const struct pc_pipeline_overrides *overrides; /* NULL: none */
    bool plan_only;                                /* stop at the plan: no shot is cut */
    bool overlay;                                  /* draw skeletons, boxes and labels too */
    bool thumbnail;                                /* make a small copy for lists too */
    pc_pipeline_stage_hook on_stage;               /* may be NULL */
    void *ctx;                                     /* of on_stage */
};

struct pc_pipeline_timings_ms {
    double decode, pose, cut, total;
};

struct pc_pipeline_result {
    struct pc_image_info info;
    struct pc_people people;           /* rounded: 0.1 pixels, scores to 0.001 */
    struct pc_object object;           /* measured where the plan has no person */
    struct pc_plan plan;               /* borrows the recipes of the request */
    struct pc_buf files[PC_MAX_SHOTS]; /* of plan.shots[i]; empty when that is absent */
    double face_scores[PC_MAX_SHOTS];  /* cutting.h, of headless shots; else -1 */
    struct pc_buf overlay;             /* JPEG, when asked for */
    struct pc_buf thumbnail;           /* JPEG, when asked for */
    struct pc_pipeline_timings_ms timings;
};

/* Empties source as soon as it is decoded. Fills result, which pc_pipeline_result_finish ends, also
 * after an error. */
PC_NODISCARD enum pc_code pc_pipeline_run(const struct pc_pipeline *pipeline,
                                          const struct pc_pipeline_request *request,
                                          struct pc_buf *source, struct pc_pipeline_result *result,
                                          struct pc_err *err);
void pc_pipeline_result_finish(struct pc_pipeline_result *result);

/* Should a person look at this image? True with a reason for the whole image or a shot in review.
 */
bool pc_pipeline_result_attention(const struct pc_pipeline_result *result);

/* The input of the planner for an image of width x height pixels: its people, the thresholds of the
 * configuration, and the overrides (NULL: none). Borrows people and overrides.
 *
 * Another model may find the same people in another order. The chosen person is therefore whoever
 * overlaps person_box by half or more (IoU); when nobody does, nobody is chosen. */
struct pc_scene pc_pipeline_scene(const struct pc_pipeline *pipeline,
                                  const struct pc_pipeline_overrides *overrides, int width,
                                  int height, const struct pc_people *people);

#endif
