/* Measures how close found people are to labelled ones. Threads: pure. */
#ifndef PC_EVAL_MEASURE_H
#define PC_EVAL_MEASURE_H

#include "base/geometry.h"
#include "eval/ground_truth.h"

/* Object keypoint similarity, 0 to 1, as COCO defines it: the mean over the labelled points of
 *
 *     exp(-d^2 / (2 A (2 sigma)^2))
 *
 * where d is the distance in pixels, A the labelled area and sigma COCO's constant of the point.
 * The scores of the found points do not count. */
double pc_measure_oks(const struct pc_ground_truth_person *truth,
                      const struct pc_keypoint found[PC_KEYPOINT_COUNT]);

/* The torso in pixels: the longest distance from a labelled shoulder to a labelled hip. Without
 * such a pair, a quarter of the longer side of the labelled box, because a standing body is about
 * four torsos high. */
double pc_measure_torso(const struct pc_ground_truth_person *truth);

/* PCK@0.2: the number of labelled points that were found within a fifth of the torso. */
int pc_measure_pck(const struct pc_ground_truth_person *truth,
                   const struct pc_keypoint found[PC_KEYPOINT_COUNT]);

/* Pairs found people with labelled people, the most similar pair first; each person is paired once.
 * Similarity is the mean of OKS and IoU of the boxes, or the IoU alone for people without labelled
 * points. Below .1, two people are never paired. Fills found_of[image->n] and
 * truth_of[people->n] with indexes; -1: nobody. */
void pc_measure_match(const struct pc_ground_truth_image *image, const struct pc_people *people,
                      int *found_of, int truth_of[PC_MAX_PEOPLE]);

#endif
