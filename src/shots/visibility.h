/* What of a recipe's keypoints can be seen. Private to src/shots. Threads: pure. */
#ifndef PC_SHOTS_VISIBILITY_H
#define PC_SHOTS_VISIBILITY_H

#include "shots/body.h"
#include "shots/shots.h"

/* Fills the score of a shot whose recipe is set, and downgrades its state for what the image does not
 * show of the body. The shot is absent if a keypoint that the recipe needs is outside the image, or if
 * none of those that it holds was found. */
void pc_visibility_assess(struct pc_shot *shot, const struct pc_body *body);

#endif
