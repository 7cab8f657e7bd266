/* The truth that results are measured against: labelled people in COCO's keypoint format.
 *
 * Life-cycle: pc_ground_truth_parse fills a zeroed truth; pc_ground_truth_finish frees what is in it and leaves
 * it empty. Ownership: the truth owns its images and their texts.
 * Threads: pure; a finished truth may be read by all threads.
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
    bool measured; /* one person with labelled points; a crowd or a bare box is only skipped */
    double area;   /* square pixels; the box's where the file gives none */
    struct pc_box box;
    int n_labelled;
    struct pc_keypoint keypoints[PC_KEYPOINT_COUNT]; /* score 1: labelled, seen or hidden; else 0 */
};

struct pc_ground_truth_image {
    int64_t id;
    char *file;        /* relative to the folder of pictures, never out of it */
    int width, height; /* 0: the file does not say */
    int n;
    struct pc_ground_truth_person *people;
};

struct pc_ground_truth {
    int n;
    struct pc_ground_truth_image *images; /* in the order of the file */
};

/* {"images": [...], "annotations": [...], "categories": [...]}. Only annotations of the category
 * named "person" are read; its "keypoints" may list COCO's names in any order, other names are
 * passed over. On failure *out is empty. Gives into *out. */
PC_NODISCARD enum pc_code pc_ground_truth_parse(const char *json, size_t len,
                                                struct pc_ground_truth *out, struct pc_err *err);
void pc_ground_truth_finish(struct pc_ground_truth *truth);

/* Brings labels into the upright picture of width x height whose file has this EXIF orientation
 * (1..8). Where the sizes tell which of the two was labelled, they decide; else (orientation 2, 3,
 * 4, a square, no size in the truth) labels are taken to be of the pixels as stored. bad_truth when
 * the truth's size is that of neither. Changes image in place; call it once. */
PC_NODISCARD enum pc_code pc_ground_truth_upright(struct pc_ground_truth_image *image,
                                                  int orientation, int width, int height,
                                                  struct pc_err *err);

#endif
