/* Frames: from what a recipe wants of a body to one box. Private to src/shots.
 *
 * Each axis has three intervals, one in the other: hard (the kept points; given up last), natural
 * (with the margins) and limits (cut lines, avoided points, the picture's edges). The frame gives
 * natural the wanted shape: it grows within the limits, slides when one side is stopped, and only
 * then gives up margins. Last, free edges move away from joints.
 * Threads: pure.
 */
#ifndef PC_SHOTS_SOLVER_H
#define PC_SHOTS_SOLVER_H

#include "shots/body.h"

struct pc_constraints_axis {
    double lo, hi;           /* limits */
    double hard_lo, hard_hi; /* what must stay inside */
    double want_lo, want_hi; /* natural */
    double align;            /* 0..1: where natural lies in a longer box */
};

struct pc_constraints {
    struct pc_constraints_axis x, y;
    double aspect_min, aspect_max; /* 0: free */
    double least_w, least_h;       /* the box grows to these where it can; 0: none */
    double most_w, most_h;         /* the box shrinks to these; 0: none */
    int width, height;             /* of the picture: an edge on its border cuts nothing */
};

/* Answers the box; *missed tells that the limits leave no room for the aspect. */
struct pc_box pc_solver_solve(const struct pc_constraints *constraints, bool *missed);

/* The box with its free edges moved off elbows, wrists, knees and ankles, as little as possible,
 * within the limits of the frame and at the same shape. */
struct pc_box pc_solver_avoid_joints(const struct pc_constraints *constraints,
                                     const struct pc_body *body, struct pc_box box);
/* How badly the edges of box pass through joints: 0 not at all, about 1 for one joint hit. Edges
 * on the picture's border do not count. */
double pc_solver_joint_cost(const struct pc_body *body, struct pc_box box, int width, int height);

#endif
