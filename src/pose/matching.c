#include "pose/matching.h"

#include <math.h>
#include <stdlib.h>

static const double SURE = .2;      /* keypoints of a lower score are not compared */
static const double SAME_BOX = .5;  /* IoU from which two boxes may be one body */
static const double SAME_BODY = .5; /* similarity from which they are, if their boxes overlap so */
static const double SAME_KEYPOINTS = .8; /* similarity from which they are in any case */
static const double ACCEPT = .35;        /* similarity from which refined keypoints are accepted */

double pc_pose_similarity(const struct pc_person *a, const struct pc_keypoint b[PC_KEYPOINT_COUNT],
                          bool swapped)
{
    double s = .1 * sqrt(pc_box_area(a->box)), sum = 0;
    int n = 0;
    for (int k = 0; k < PC_KEYPOINT_COUNT; k++) {
        if (a->keypoints[k].score < SURE)
            continue;
        /* COCO's order: the nose, then pairs of a left and a right keypoint. */
        int mate = k == PC_NOSE ? k : k % 2 ? k + 1 : k - 1;
        const struct pc_keypoint *other = &b[swapped ? mate : k];
        double dx = a->keypoints[k].x - other->x, dy = a->keypoints[k].y - other->y;
        sum += exp(-(dx * dx + dy * dy) / (2 * s * s + 1e-9));
        n++;
    }
    return n ? sum / n : 0;
}

static double best_similarity(const struct pc_person *a,
                              const struct pc_keypoint b[PC_KEYPOINT_COUNT])
{
    return fmax(pc_pose_similarity(a, b, false), pc_pose_similarity(a, b, true));
}

static int by_score(const void *a, const void *b)
{
    double x = ((const struct pc_person *)a)->score, y = ((const struct pc_person *)b)->score;
    return (x < y) - (x > y);
}

void pc_pose_suppress(struct pc_people *people, double min_score)
{
    qsort(people->p, (size_t)people->n, sizeof *people->p, by_score);
    int n = 0;
    for (int i = 0; i < people->n && people->p[i].score >= min_score; i++) {
        const struct pc_person *person = &people->p[i];
        bool duplicate = false;
        for (int j = 0; j < n && !duplicate; j++) {
            const struct pc_person *better = &people->p[j];
            double similarity = best_similarity(better, person->keypoints);
            duplicate =
                similarity >= SAME_KEYPOINTS ||
                (similarity >= SAME_BODY && pc_box_iou(better->box, person->box) >= SAME_BOX);
        }
        if (!duplicate)
            people->p[n++] = *person;
    }
    people->n = n;
}

bool pc_pose_refine(struct pc_person *person, const struct pc_keypoint refined[PC_KEYPOINT_COUNT])
{
    if (best_similarity(person, refined) < ACCEPT)
        return false;
    for (int k = 0; k < PC_KEYPOINT_COUNT; k++)
        person->keypoints[k] = refined[k];
    return true;
}
