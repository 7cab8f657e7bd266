/* The keypoints of a body that a recipe may name: COCO's 17 under their own numbers, then those that
 * are derived from them (keypoints.def; derived.c computes them).
 *
 * Sets of keypoints are bits: PC_BODY_BIT(PC_NOSE) | PC_BODY_BIT(PC_BODY_CHIN).
 * Threads: pure.
 */
#ifndef PC_SHOTS_KEYPOINTS_H
#define PC_SHOTS_KEYPOINTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/geometry.h"

enum pc_body_keypoint_id {
#define PC_BODY_KEYPOINT(id, name) PC_BODY_##id,
    PC_BODY_KEYPOINT_FIRST_DERIVED = PC_KEYPOINT_COUNT - 1,
#include "shots/keypoints.def"
#undef PC_BODY_KEYPOINT
    PC_BODY_KEYPOINT_COUNT,
    PC_BODY_KEYPOINT_NONE = -1
};

/* "left_shoulder", "chin"; "" for PC_BODY_KEYPOINT_NONE. */
const char *pc_body_keypoint_name(int id);

#define PC_BODY_BIT(id) (UINT64_C(1) << (id))
#define PC_FACE_BITS                                                                               \
    (PC_BODY_BIT(PC_NOSE) | PC_BODY_BIT(PC_LEFT_EYE) | PC_BODY_BIT(PC_RIGHT_EYE) |                 \
     PC_BODY_BIT(PC_LEFT_EAR) | PC_BODY_BIT(PC_RIGHT_EAR))

static inline bool pc_body_bits_have(uint64_t bits, int id)
{
    return bits & PC_BODY_BIT(id);
}

#endif
