/* Cuts a planned shot out of the decoded image and encodes it, and looks for a face in shots that
 * should have none.
 * Threads: safe; image and shot belong to the caller's thread. */
#ifndef PC_SERVICE_CUTTING_H
#define PC_SERVICE_CUTTING_H

#include "base/clock.h"
#include "image/image.h"
#include "pose/pose.h"
#include "shots/shots.h"

/* Appends the encoded shot to file, which is empty. If the recipe says how large the file may be,
 * the quality is changed until it is. If no quality does that, the last file stays and the shot
 * becomes review, with the reason bytes_missed. */
PC_NODISCARD enum pc_code pc_cutting_encode(const struct pc_image *image, struct pc_shot *shot,
                                            struct pc_deadline deadline, struct pc_buf *file,
                                            struct pc_err *err);

/* Runs the network once more, on the pixels of a headless shot alone. Fills *score (0..1) with the
 * best score of a keypoint of the face that the shot should have left out. From
 * PC_CUTTING_FACE_MIN_SCORE on, the shot becomes review, with the reason face_shown. For other
 * shots only sets *score to -1. */
#define PC_CUTTING_FACE_MIN_SCORE .45
PC_NODISCARD enum pc_code
pc_cutting_verify_headless(struct pc_pose *pose, const struct pc_image *image, struct pc_shot *shot,
                           struct pc_deadline deadline, double *score, struct pc_err *err);

#endif
