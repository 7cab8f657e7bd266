/* The spots that recipes may name beside COCO's landmarks. Private to src/shots. Threads: pure. */
#ifndef PC_SHOTS_KEYPOINTS_H
#define PC_SHOTS_KEYPOINTS_H

#include "shots/body.h"

/* Fills body->at from PC_BODY_NECK on. The landmarks, units, box and arm are set before; up is the
 * direction from hips to neck (length 1). */
void pc_body_derive_keypoints(struct pc_body *body, struct pc_point up, double score, int width,
                              int height);

#endif
