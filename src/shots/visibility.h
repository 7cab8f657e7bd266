/* What of a recipe's keypoints can be seen. Private to src/shots. Threads: pure. */
#ifndef PC_SHOTS_VISIBILITY_H
#define PC_SHOTS_VISIBILITY_H

#include "shots/body.h"
#include "shots/shots.h"

/* Downgrades a shot whose recipe is set by what the image lacks of the body, and fills its score.
 * Absent: a keypoint that the recipe needs is outside the image, or none of those it holds was
 * found. */
void pc_visibility_assess(struct pc_shot *shot, const struct pc_body *body);

#endif
