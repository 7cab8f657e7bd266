/* From constraints to one box. Private to src/shots.
 *
 * The solver gives the wanted interval the wanted shape: the box grows within the limits, slides
 * when one side is stopped, and only then gives up margins. Last, edges inside the image move away
 * from joints.
 * Threads: pure.
 */
#ifndef PC_SHOTS_SOLVER_H
#define PC_SHOTS_SOLVER_H

#include "shots/body.h"
#include "shots/constraints.h"

/* Returns the box. Fills *missed: do the limits leave no room for the aspect ratio? */
struct pc_box pc_solver_solve(const struct pc_constraints *c, bool *missed);

/* The box with its edges inside the image moved off elbows, wrists, knees and ankles: as little as possible,
 * within the limits and at the same shape. */
struct pc_box pc_solver_avoid_joints(const struct pc_constraints *c, const struct pc_body *body,
                                     struct pc_box box);

#endif
