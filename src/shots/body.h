/* The body behind the landmarks: units of measure, points that COCO lacks, what the photo cuts off.
 * For src/shots and src/eval.
 *
 * Ratios come from labelled whole-body photos (medians), with the middle of the shoulders s, the
 * middle of the hips h, the nose n and the torso T = |s - h|: |n - s| = .41 T, shoulders .63 T
 * wide, hips .39 T, ears .33 T, thigh .90 T, shin .88 T, upper arm .56 T, forearm .52 T, crown .35
 * T above the nose, soles .15 T to .3 T below the ankles. A head, chin to crown with hair, is .53
 * T. Threads: pure.
 */
#ifndef PC_SHOTS_BODY_H
#define PC_SHOTS_BODY_H

#include <stdbool.h>

#include "base/geometry.h"
#include "shots/recipe_spec.h"
#include "shots/shots.h"

enum pc_visibility {
    PC_VISIBILITY_SEEN,    /* found, in the picture */
    PC_VISIBILITY_IMPUTED, /* hidden or not found; the place is reasoned from the rest */
    PC_VISIBILITY_OUTSIDE  /* outside the picture */
};

struct pc_body_keypoint {
    double x, y;  /* finite for every spot, also for guessed ones and those outside */
    double score; /* 0 when guessed */
    enum pc_visibility visibility;
};

struct pc_body {
    bool known; /* false: too few landmarks to reason; only the person box is of use */
    bool tilted;
    enum pc_facing facing;
    enum pc_arm arm;               /* the one that PC_SPOT_ARM_* mean */
    double head, torso, shoulders; /* lengths in pixels, > 0 when known */
    struct pc_box box;             /* the person in the picture; holds every landmark seen */
    bool cut[PC_SIDES];            /* the photo ends inside the body on this side */
    struct pc_body_keypoint keypoints[PC_BODY_KEYPOINT_COUNT];
};

/* Fills body. arm: PC_ARM_ANY lets the better seen one be chosen. */
void pc_body_build(struct pc_body *body, const struct pc_person *person, int width, int height,
                   enum pc_arm arm);

/* Is a point that was not seen, and should be at p, behind the edge of the photo? Only where the
 * body reaches that edge; there, also a little before it. */
bool pc_body_beyond(const struct pc_body *body, int width, int height, struct pc_point p);

/* Does a point that was seen lie so near to an edge that the photo ends in that part of the body?
 */
bool pc_body_at_edge(const struct pc_body *body, int width, int height, struct pc_point p);

/* A point is taken as seen from this score on: MoveNet's scores are low. */
#define PC_SCORE_SEEN .2

#endif
