/* From a planned shot to a file: cut, size window, and the proof of headless cuts.
 * Threads: safe; picture and shot belong to the caller's thread. */
#ifndef PC_SERVICE_CUTTING_H
#define PC_SERVICE_CUTTING_H

#include "base/clock.h"
#include "image/image.h"
#include "pose/pose.h"
#include "shots/shots.h"

/* Appends the file's bytes to file. Where the recipe has a byte window, the quality is searched
 * that lands in it; when none does the nearest file is kept and the shot gets the reason
 * bytes_missed. */
PC_NODISCARD enum pc_code pc_cutting_encode(const struct pc_image *image, struct pc_shot *shot,
                                            struct pc_deadline deadline, struct pc_buf *file,
                                            struct pc_err *err);

/* A second look at a headless cut: the network is shown the cut's pixels alone. Fills *score with
 * the best score of a face point that the cut should have left out; from PC_CUTTING_FACE_MIN_SCORE on the shot
 * becomes review, reason face_shown. Does nothing (and *score is -1) for other shots. */
#define PC_CUTTING_FACE_MIN_SCORE .45
PC_NODISCARD enum pc_code
pc_cutting_verify_headless(struct pc_pose *pose, const struct pc_image *image, struct pc_shot *shot,
                           struct pc_deadline deadline, double *score, struct pc_err *err);

#endif
