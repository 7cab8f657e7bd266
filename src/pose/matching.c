#include "pose/matching.h"

#include <math.h>
#include <stdlib.h>

static const double SURE = .2;      /* a landmark of a lower score says nothing */
static const double SAME_BOX = .5;  /* IoU from which two boxes may be one body */
static const double SAME_BODY = .5; /* likeness from which two sets of landmarks are one body */
static const double SAME_KEYPOINTS = .8; /* and whatever the boxes say */
static const double ACCEPT = .35;        /* likeness from which the second look is believed */

/* COCO's order puts each right landmark behind its left one, the nose first. */
static int mirrored(int k)
{
    if (k == PC_NOSE)
        return k;
    return k % 2 ? k + 1 : k - 1;
}

double pc_pose_similarity(const struct pc_person *a, const struct pc_keypoint b[PC_KEYPOINT_COUNT],
                          int swapped)
{
    double s = .1 * sqrt(pc_box_area(a->box)), sum = 0;
    int n = 0;
    for (int k = 0; k < PC_KEYPOINT_COUNT; k++) {
        if (a->keypoints[k].score < SURE)
            continue;
        const struct pc_keypoint *other = &b[swapped ? mirrored(k) : k];
        double dx = a->keypoints[k].x - other->x, dy = a->keypoints[k].y - other->y;
        sum += exp(-(dx * dx + dy * dy) / (2 * s * s + 1e-9));
        n++;
    }
    return n ? sum / n : 0;
}

static int is_same(const struct pc_person *a, const struct pc_person *b)
{
    double similarity =
        fmax(pc_pose_similarity(a, b->keypoints, 0), pc_pose_similarity(a, b->keypoints, 1));
    if (similarity >= SAME_KEYPOINTS)
        return 1;
    return similarity >= SAME_BODY && pc_box_iou(a->box, b->box) >= SAME_BOX;
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
        int seen = 0;
        for (int j = 0; j < n && !seen; j++)
            seen = is_same(&people->p[j], &people->p[i]);
        if (!seen)
            people->p[n++] = people->p[i];
    }
    people->n = n;
}

int pc_pose_refine(struct pc_person *person, const struct pc_keypoint refined[PC_KEYPOINT_COUNT])
{
    double similarity =
        fmax(pc_pose_similarity(person, refined, 0), pc_pose_similarity(person, refined, 1));
    if (similarity < ACCEPT)
        return 0;
    for (int k = 0; k < PC_KEYPOINT_COUNT; k++)
        person->keypoints[k] = refined[k];
    return 1;
}
