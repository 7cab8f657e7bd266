/* Scores shots against labelled people: does the box contain what its recipe requires and exclude
 * what it must exclude, and how close is it to the box that the labels themselves would have
 * given?
 *
 * A shot is a hit when the person that it shows is labelled, the labels give the view too, and
 *
 *  - every kept or needed keypoint that is computed from labelled points in the image is in the box.
 *    For a recipe that keeps the whole person this is every labelled point in the image. A headless
 *    shot need not contain what lies above the cut that the labels give;
 *  - no avoided keypoint that is computed from labelled points is in the box, unless it lies between the
 *    kept ones, where no box could exclude it (a nose behind a raised arm). This exception does not
 *    apply to the face in a headless shot;
 *  - no edge passes its cut line, and no edge stops short of the line's two keypoints where the
 *    box planned from the labels reaches them, each by more than .07 torsos.
 *
 * Not a hit: a shot that is absent although the labels give the view, and one that exists although
 * they do not. A shot that is rightly absent is not counted.
 *
 * Threads: pure.
 */
#ifndef PC_EVAL_SCORE_H
#define PC_EVAL_SCORE_H

#include "eval/ground_truth.h"
#include "shots/shots.h"

struct pc_eval_shot {
    const struct pc_recipe *recipe; /* borrows */
    int truth;   /* index of the labelled person; -1: shows somebody unlabelled */
    bool scored; /* false: rightly absent, not counted */
    bool hit;
    enum pc_shot_state state, expected; /* as found; as planned from the labels */
    struct pc_ibox found, planned;      /* w == 0: absent */
    uint64_t misses, shows;             /* bits of keypoints: not contained; not excluded */
    unsigned passes, stops_short;       /* bits of sides: beyond the cut line; before it */
    double iou;                         /* of found and planned; NAN if one is absent */
    double person_iou;                  /* of found and the labelled box; NAN if absent */
};

/* One labelled image and what was found in it. Borrows everything. */
struct pc_eval_sample {
    const struct pc_recipe_set *recipes;
    const struct pc_ground_truth_image *truth; /* upright */
    const struct pc_people *people;
    const struct pc_plan *plan; /* of recipes and people */
    const int *truth_of;        /* from pc_measure_match */
    double person_sure, person_maybe;
};

/* Fills shots, at most PC_MAX_SHOTS, and returns how many. The image must have a measured person.
 * Skips shots of somebody whose label is only a crowd or a box without keypoints. */
int pc_eval_score_shots(const struct pc_eval_sample *sample, struct pc_eval_shot *shots);

/* The labelled person as if it had been found: labelled keypoints have score 1. */
struct pc_person pc_eval_labelled_person(const struct pc_ground_truth_person *truth, int width,
                                         int height);

#endif
