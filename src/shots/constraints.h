/* What a recipe asks of the box on one body, as intervals for the solver. Private to src/shots.
 *
 * Each axis has three intervals, one inside the other:
 *
 *     lo    want_lo    hard_lo      hard_hi    want_hi    hi
 *     |        |          |============|          |        |
 *     |        |          hard: what must stay inside, given up last
 *     |        want: with the margins
 *     limits: cut lines, avoided keypoints, edges of the image
 *
 * Threads: pure.
 */
#ifndef PC_SHOTS_CONSTRAINTS_H
#define PC_SHOTS_CONSTRAINTS_H

#include "shots/body.h"
#include "shots/shots.h"

struct pc_constraints_axis {
    double lo, hi;
    double hard_lo, hard_hi;
    double want_lo, want_hi;
    double align; /* 0..1: where want lies in a longer box */
};

struct pc_constraints {
    struct pc_constraints_axis x, y;
    double aspect_min, aspect_max; /* width / height; 0: free */
    double min_w, min_h;           /* the box grows to these where it can; 0: none */
    double max_w, max_h;           /* the box shrinks to these; 0: none */
    double enough_w, enough_h;     /* a cut joint is better than a box below these; 0: none */
    int width, height;             /* of the image: an edge of the box on its border cuts nothing */
};

/* Fills c with everything that shot->recipe asks for, except avoided keypoints. If the pose does not
 * allow some of it, the shot gets the state review and a reason (tilted, conflict). */
void pc_constraints_build(struct pc_constraints *c, struct pc_shot *shot,
                          const struct pc_body *body);
/* Narrows the limits of c so that avoided keypoints are outside; box is the one that the limits allow
 * so far. If that cannot be done, the shot gets the state review and a reason (conflict,
 * face_shown). */
void pc_constraints_exclude(struct pc_constraints *c, struct pc_shot *shot,
                            const struct pc_body *body, struct pc_box box);

#endif
