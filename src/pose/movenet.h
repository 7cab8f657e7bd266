/* The two MoveNet models as sessions: what their files must look like, how pixels go in, and which
 * tensor is which head. To add a model, write a file like this one: its spec, fill and read.
 * Private to src/pose and its tests. Threads: safe; a run belongs to one thread.
 */
#ifndef PC_POSE_MOVENET_H
#define PC_POSE_MOVENET_H

#include <stdint.h>

#include "base/geometry.h"
#include "pose/session.h"

extern const struct pc_model_spec pc_movenet_multipose, pc_movenet_thunder;

/* Fills the run's input (planes from -1 to 1) from PC_INPUT_SIDE rows of as many RGB pixels. */
void pc_movenet_fill(struct pc_run *run, const uint8_t *rgb);

/* After pc_run_execute, with a run of the model in the name. Fill their last argument, in pixels of
 * the input (heads.h). */
void pc_movenet_read_multipose(const struct pc_run *run, struct pc_people *people);
void pc_movenet_read_thunder(const struct pc_run *run,
                             struct pc_keypoint keypoints[PC_KEYPOINT_COUNT]);

#endif
