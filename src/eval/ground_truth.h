/* Ground truth: labelled people in COCO's keypoint format.
 *
 * Life cycle: pc_ground_truth_parse fills a struct, pc_ground_truth_finish frees what is in it and
 * leaves it empty. Ownership: it owns its images and their texts.
 * Threads: pure; a parsed one may be read by all threads.
 * Errors: bad_truth; the message names the place ("annotations[3].keypoints: ...").
 */
#ifndef PC_EVAL_GROUND_TRUTH_H
#define PC_EVAL_GROUND_TRUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/geometry.h"

struct pc_ground_truth_person {
    bool measured; /* has labelled keypoints and is no crowd; others are only skipped */
    double area;   /* square pixels; that of the box if the file gives none */
    struct pc_box box;
    int n_labelled;
    /* Score 1: labelled, visible or hidden; 0: not labelled. */
    struct pc_keypoint keypoints[PC_KEYPOINT_COUNT];
};

struct pc_ground_truth_image {
    int64_t id;
    char *file;        /* relative to the folder of images; never leads out of it */
    int width, height; /* 0: the file does not say */
    int n;
    struct pc_ground_truth_person *people;
};

struct pc_ground_truth {
    int n;
    struct pc_ground_truth_image *images; /* in the order of the file */
};

/* Reads {"images": [...], "annotations": [...], "categories": [...]}. Only annotations of the
 * category named "person" are read. Its "keypoints" may list COCO's names in any order; other names
 * are skipped. On failure *out is empty. Gives into *out. */
PC_NODISCARD enum pc_code pc_ground_truth_parse(const char *json, size_t len,
                                                struct pc_ground_truth *out, struct pc_err *err);
void pc_ground_truth_finish(struct pc_ground_truth *truth);

/* Turns the labels into the coordinates of the upright image, which has width x height pixels and
 * whose file has this EXIF orientation (1 to 8). If the size in the labels is that of the stored or
 * of the upright image only, it decides which of them was labelled; otherwise (orientation 2, 3, 4,
 * a square image, no size given) the labels are taken to be of the stored image. Fails with
 * bad_truth when the size is that of neither. Changes the image in place; call it once. */
PC_NODISCARD enum pc_code pc_ground_truth_upright(struct pc_ground_truth_image *image,
                                                  int orientation, int width, int height,
                                                  struct pc_err *err);

#endif
