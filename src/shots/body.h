/* A body in an image: every keypoint with a place, whether it was detected or not, and the lengths
 * to measure by. For src/shots, src/recipes and src/eval.
 *
 * pc_body_build makes one of a detected person (body_builder.c says how). The others only read it.
 *
 * Proportions are medians of labelled whole-body photos. With the middle of the shoulders s, the
 * middle of the hips h, the nose n and the torso T = |s - h|:
 *
 *     |n - s|          .41 T        thigh        .90 T
 *     shoulders apart  .63 T        shin         .88 T
 *     hips apart       .39 T        upper arm    .56 T
 *     ears apart       .33 T        forearm      .52 T
 *     head, chin to crown with hair  .53 T
 *     crown above the nose           .35 T
 *     soles below the ankles         .15 T to .3 T
 *
 * Threads: pure.
 */
#ifndef PC_SHOTS_BODY_H
#define PC_SHOTS_BODY_H

#include <stdbool.h>

#include "base/geometry.h"
#include "shots/keypoints.h"
#include "shots/recipe_spec.h"
#include "shots/shots.h"

enum pc_visibility {
    PC_VISIBILITY_SEEN,    /* detected, inside the image */
    PC_VISIBILITY_IMPUTED, /* hidden or not detected; its place follows from the others */
    PC_VISIBILITY_OUTSIDE  /* outside the image */
};

struct pc_body_keypoint {
    double x, y;  /* finite for every keypoint, also for those imputed and those outside */
    double score; /* 0 when only imputed */
    enum pc_visibility visibility;
};

struct pc_body {
    int width, height; /* of the image */
    bool known;        /* false: too few keypoints were detected; only the person box is of use */
    bool tilted;       /* lies or leans too far for level lines */
    enum pc_facing facing;
    enum pc_arm arm;               /* the arm that PC_BODY_ARM_* mean */
    double head, torso, shoulders; /* lengths in pixels, > 0 when known */
    struct pc_box box;             /* the person inside the image; holds every keypoint seen */
    bool cut[PC_SIDES];            /* the photo ends inside the body on this side */
    struct pc_body_keypoint keypoints[PC_BODY_KEYPOINT_COUNT];
};

/* Keypoints count as detected from this score on: MoveNet's scores are low. */
#define PC_SCORE_SEEN .2

/* Fills body for a person in an image of that size. arm: PC_ARM_ANY takes the arm that is seen
 * better. */
void pc_body_build(struct pc_body *body, const struct pc_person *person, int width, int height,
                   enum pc_arm arm);

/* The sides of the image (1u << enum pc_side) beyond which an undetected keypoint at p lies, or nearly
 * lies. Only sides that the body touches count. */
unsigned pc_body_sides_beyond(const struct pc_body *body, struct pc_point p);
/* Did the photo cut off an undetected keypoint that should be at p? */
bool pc_body_beyond(const struct pc_body *body, struct pc_point p);
/* Is a detected keypoint at p so near to an edge that the photo ends in that part of the body? */
bool pc_body_at_edge(const struct pc_body *body, struct pc_point p);

/* A length of a recipe in pixels. whole: what percentages are of. */
double pc_body_length_px(const struct pc_body *body, struct pc_recipe_length len, double whole);

#endif
