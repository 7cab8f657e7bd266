/* Judges shots by labelled people: does the box hold what its recipe says it must, and not what it
 * must not, and how far is it from the box that the labels themselves would have given. Pure.
 *
 * A shot is a hit when it is there, its labelled person is the one it shows, and
 * - every kept or needed spot that rests on labelled points and lies in the picture is in the box;
 *   for a recipe that keeps the whole person, every labelled point in the picture; of a headless
 *   shot not what lies above the cut that the labels give;
 * - no avoided spot that rests on labelled points is in the box, but for one that lies between the
 *   kept ones, where no box could leave it out (a nose behind a raised arm); headless shots have no
 *   such pardon for the face;
 * - no edge passes its cut line, and none ends before the line's two spots where the labels' own
 *   box reaches them, each by more than .07 of the torso.
 * A shot that is absent though the labels show it is no hit; neither is one that is there though
 * the labels say that it is not in the photo. Absent by both is right, but counts for nothing.
 *
 * Threads: safe.
 */
#ifndef PC_EVAL_SCORE_H
#define PC_EVAL_SCORE_H

#include "eval/ground_truth.h"
#include "shots/shots.h"

struct pc_eval_shot {
    const struct pc_recipe *recipe; /* borrows */
    int truth;                      /* index of the labelled person; -1: shows an unknown one */
    bool scored;                    /* false: rightly absent */
    bool hit;
    enum pc_shot_state state, expected; /* found; planned from the labels */
    struct pc_ibox found, planned;      /* w == 0 when absent */
    uint64_t misses, shows;             /* bits of spots: not held; not left out */
    unsigned passes, stops_short;       /* bits of sides: beyond the cut line; before it */
    double iou;                         /* of found and planned; NAN without one of them */
    double person_iou;                  /* of found and the labelled box; NAN when absent */
};

struct pc_eval_sample { /* borrows all */
    const struct pc_recipe_set *recipes;
    const struct pc_ground_truth_image *truth; /* upright */
    const struct pc_people *people;
    const struct pc_plan *plan; /* of recipes and people */
    const int *truth_of;        /* by pc_measure_match */
    double person_sure, person_maybe;
};

/* Fills verdicts, at most PC_MAX_SHOTS; answers how many. The image has a measured person. Shots of
 * somebody whose label is only a crowd or a bare box are passed over. */
int pc_eval_score_shots(const struct pc_eval_sample *sample, struct pc_eval_shot *shots);

/* The labelled person as if found: score 1 for what is labelled. */
struct pc_person pc_eval_labelled_person(const struct pc_ground_truth_person *truth, int width,
                                         int height);

#endif
