/* Boxes that people set, in the place of planned ones. Private to src/shots; what others need is in
 * shots.h. Threads: pure. */
#ifndef PC_SHOTS_OVERRIDES_H
#define PC_SHOTS_OVERRIDES_H

#include "shots/shots.h"

/* Gives a planned shot the box that people set for its label; false when there is none within the
 * image. Where the recipe has another shape than the box, the shot gets the part round the middle of
 * the box that has the shape. Reasons and score of the planned box go: a person has looked. */
bool pc_manual_box_apply(const struct pc_scene *scene, struct pc_shot *shot);

#endif
