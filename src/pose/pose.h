/* Pose: pixels in, people with keypoints out. The only folder that knows ONNX Runtime.
 *
 * MoveNet MultiPose finds up to six people in the letterboxed image. If it finds none in a very long
 * image, it looks at squares along it. MoveNet Thunder then refines each person, on a square around
 * that person. Decoding the heads of a model (heads_*.c) is separate from running it (session.c), so
 * another model needs only a decoder.
 *
 * Ownership: pc_pose_create gives, pc_pose_destroy takes (NULL is fine).
 * Threads: one struct pc_pose serves all threads; detect may run in many at the same time.
 * Errors: model_missing, model_unusable (a file that does not fit), timeout_pose, internal.
 */
#ifndef PC_POSE_POSE_H
#define PC_POSE_POSE_H

#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/geometry.h"

struct pc_pose;

struct pc_pose_config {
    const char *runtime_path; /* libonnxruntime.so.1; NULL or "": the system's, by its soname */
    const char *models_dir;   /* holds movenet-multipose.onnx and movenet-thunder.onnx */
    int max_people;           /* 1..PC_MAX_PEOPLE: how many are refined */
    double min_person;        /* people of a lower score are dropped; 0: .25 */
    int max_runs;             /* networks that run at the same time, others wait; 0: no limit */
};

PC_NODISCARD enum pc_code pc_pose_create(const struct pc_pose_config *cfg, struct pc_pose **out,
                                         struct pc_err *err);
void pc_pose_destroy(struct pc_pose *pose);
/* "movenet-multipose+thunder@<first 12 digits of the files' SHA-256>": stored with each record.
 * Borrows. */
const char *pc_pose_model_id(const struct pc_pose *pose);

/* Where the pixels come from. view fills rgb with a square region of the upright image, scaled to
 * size x size, black outside: the contract of pc_image_view. It is called from the thread that
 * called detect. */
struct pc_pose_source {
    int width, height; /* of the upright image */
    void *ctx;         /* borrows */
    enum pc_code (*view)(void *ctx, struct pc_box square, int size, uint8_t *rgb,
                         struct pc_err *err);
};

/* Fills people, best score first, in pixels of the upright image. If there is nobody, n is 0 and
 * PC_OK is returned. */
PC_NODISCARD enum pc_code pc_pose_detect(struct pc_pose *pose, const struct pc_pose_source *src,
                                         struct pc_deadline deadline, struct pc_people *people,
                                         struct pc_err *err);

#endif
