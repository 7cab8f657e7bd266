/* What a recipe asks of a body, as the intervals of a frame. Private to src/shots. Threads: pure.
 */
#ifndef PC_SHOTS_AIM_H
#define PC_SHOTS_AIM_H

#include "shots/frame.h"
#include "shots/shots.h"

/* The kept spots; of a headless shot nothing of the head can be asked. */
uint64_t pc_aim_keep(const struct pc_recipe *recipe);
/* Fills frame for shot->recipe. The shot gets review and a reason when the pose is at odds with the
 * recipe (tilted, conflict, face_shown). */
void pc_aim(struct pc_shot *shot, const struct pc_body *body, int width, int height,
            struct pc_frame *frame);

#endif
