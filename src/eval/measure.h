/* How near found people are to labelled ones. Pure. Threads: safe. */
#ifndef PC_EVAL_MEASURE_H
#define PC_EVAL_MEASURE_H

#include "base/geometry.h"
#include "eval/ground_truth.h"

/* Object keypoint similarity, 0..1, as COCO defines it: the mean over the labelled points of
 * exp(-d^2 / (2 A (2 sigma)^2)), A the labelled area, sigma COCO's constant of the point. The found
 * points' scores do not count. */
double pc_measure_oks(const struct pc_ground_truth_person *truth,
                      const struct pc_keypoint found[PC_KEYPOINT_COUNT]);

/* The length that PCK is measured by: the longest distance from a labelled shoulder to a labelled
 * hip; without such a pair a quarter of the longer side of the labelled box (a standing body is
 * about four such lengths high). */
double pc_measure_torso(const struct pc_ground_truth_person *truth);

/* PCK@0.2: how many labelled points were found no farther off than a fifth of the torso. */
int pc_measure_pck(const struct pc_ground_truth_person *truth,
                   const struct pc_keypoint found[PC_KEYPOINT_COUNT]);

/* Pairs found people with labelled ones: of all pairs the most alike first, each person once.
 * Alike is the mean of OKS and the IoU of the boxes, for those without labelled points the IoU;
 * below .1 nobody is the same. Fills found_of[image->n] and truth_of[people->n]; -1: nobody. */
void pc_measure_match(const struct pc_ground_truth_image *image, const struct pc_people *people,
                      int *found_of, int truth_of[PC_MAX_PEOPLE]);

#endif
