/* Judgement about found people: is it the same one twice, and which of two answers is right. Pure.
 * Threads: safe.
 */
#ifndef PC_POSE_MATCHING_H
#define PC_POSE_MATCHING_H

#include "base/geometry.h"

/* Drops people below min_score and the worse of two that are the same body; sorts, best first. */
void pc_pose_suppress(struct pc_people *people, double min_score);

/* How alike two sets of landmarks of one picture are, 0..1: the mean over the landmarks that a is
 * sure of, of exp(-d^2 / (2 s^2)); s is a tenth of the root of the box's area (about the width of a
 * hand). With swapped, b's left and right are exchanged before. No sure landmark: 0. */
double pc_pose_similarity(const struct pc_person *a, const struct pc_keypoint b[PC_KEYPOINT_COUNT],
                          int swapped);

/* Takes the second look's landmarks into person when they are of the same body (left and right may
 * have changed places: that is what the second look repairs), else leaves person as it is. Returns
 * 1 when taken. */
int pc_pose_refine(struct pc_person *person, const struct pc_keypoint refined[PC_KEYPOINT_COUNT]);

#endif
