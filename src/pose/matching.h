/* Which of the detected people are the same body. Private to src/pose and its tests. Pure.
 * Threads: safe. */
#ifndef PC_POSE_MATCHING_H
#define PC_POSE_MATCHING_H

#include <stdbool.h>

#include "base/geometry.h"

/* Non-maximum suppression: drops people below min_score, and the worse of two that are the same
 * body. Sorts the rest, best first. */
void pc_pose_suppress(struct pc_people *people, double min_score);

/* The similarity of two sets of keypoints of one image, 0..1: the mean of
 *
 *     exp(-d^2 / (2 s^2))
 *
 * over the keypoints that a is sure of. d is their distance; s is a tenth of the root of the area
 * of a's box, about the width of a hand. (Object keypoint similarity with one constant for all
 * keypoints.) swapped: b's left and right are exchanged first. If a is sure of none, it is 0. */
double pc_pose_similarity(const struct pc_person *a, const struct pc_keypoint b[PC_KEYPOINT_COUNT],
                          bool swapped);

/* Replaces the keypoints of person by the refined ones if they are of the same body. Left and right
 * may be exchanged, because refining corrects that. Returns whether it replaced them. */
bool pc_pose_refine(struct pc_person *person, const struct pc_keypoint refined[PC_KEYPOINT_COUNT]);

#endif
