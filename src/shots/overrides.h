/* Boxes that people set, put in the place of planned ones. Private to src/shots; what others need
 * is in shots.h. Threads: pure. */
#ifndef PC_SHOTS_OVERRIDES_H
#define PC_SHOTS_OVERRIDES_H

#include "shots/shots.h"

/* Gives the shot, planned before, the box that people set for its label; false when there is none
 * for this picture. A recipe of another shape than when the box was set gets the part round its
 * middle that has it. What was found of the planned box is forgotten: a person has looked. */
bool pc_manual_box_apply(const struct pc_scene *scene, struct pc_shot *shot);

#endif
