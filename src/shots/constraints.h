/* What a recipe asks of a body, as the intervals of a frame. Private to src/shots. Threads: pure.
 */
#ifndef PC_SHOTS_CONSTRAINTS_H
#define PC_SHOTS_CONSTRAINTS_H

#include "shots/shots.h"
#include "shots/solver.h"

/* The kept spots; of a headless shot nothing of the head can be asked. */
uint64_t pc_constraints_keep(const struct pc_recipe *recipe);
/* Fills frame for shot->recipe. The shot gets review and a reason when the pose is at odds with the
 * recipe (tilted, conflict, face_shown). */
void pc_constraints_build(struct pc_shot *shot, const struct pc_body *body, int width, int height,
                          struct pc_constraints *constraints);

#endif
