#include "eval/measure.h"

#include <math.h>

#define SIMILARITY_MIN .1
#define PCK_FRACTION .2

/* COCO's constants: how far apart the labels of different people are, by keypoint. */
static const double sigmas[PC_KEYPOINT_COUNT] = {.026, .025, .025, .035, .035, .079,
                                                 .079, .072, .072, .062, .062, .107,
                                                 .107, .087, .087, .089, .089};

static bool labelled(const struct pc_ground_truth_person *truth, int i)
{
    return truth->keypoints[i].score > 0;
}

static double distance(const struct pc_keypoint *a, const struct pc_keypoint *b)
{
    return hypot(a->x - b->x, a->y - b->y);
}

double pc_measure_oks(const struct pc_ground_truth_person *truth,
                      const struct pc_keypoint found[PC_KEYPOINT_COUNT])
{
    double sum = 0;
    if (truth->n_labelled == 0 || !(truth->area > 0))
        return 0;
    for (int i = 0; i < PC_KEYPOINT_COUNT; i++) {
        if (!labelled(truth, i))
            continue;
        double d = distance(&truth->keypoints[i], &found[i]), k = 2 * sigmas[i];
        sum += exp(-d * d / (2 * truth->area * k * k));
    }
    return sum / truth->n_labelled;
}

double pc_measure_torso(const struct pc_ground_truth_person *truth)
{
    double longest = 0;
    for (int s = PC_LEFT_SHOULDER; s <= PC_RIGHT_SHOULDER; s++)
        for (int h = PC_LEFT_HIP; h <= PC_RIGHT_HIP; h++)
            if (labelled(truth, s) && labelled(truth, h))
                longest = fmax(longest, distance(&truth->keypoints[s], &truth->keypoints[h]));
    return longest > 0 ? longest : fmax(truth->box.w, truth->box.h) / 4;
}

int pc_measure_pck(const struct pc_ground_truth_person *truth,
                   const struct pc_keypoint found[PC_KEYPOINT_COUNT])
{
    double limit = PCK_FRACTION * pc_measure_torso(truth);
    int right = 0;
    for (int i = 0; i < PC_KEYPOINT_COUNT; i++)
        right += labelled(truth, i) && distance(&truth->keypoints[i], &found[i]) <= limit;
    return right;
}

/* The most similar pair of people who are not paired yet; false if none is similar enough. */
static bool best_pair(const struct pc_ground_truth_image *image, const struct pc_people *people,
                      const int *found_of, const int *truth_of, int *t, int *f)
{
    double best = SIMILARITY_MIN;
    bool any = false;
    for (int i = 0; i < image->n; i++)
        for (int j = 0; j < people->n; j++) {
            if (found_of[i] >= 0 || truth_of[j] >= 0)
                continue;
            const struct pc_ground_truth_person *truth = &image->people[i];
            const struct pc_person *found = &people->p[j];
            double iou = pc_box_iou(truth->box, found->box);
            double a = truth->measured ? (pc_measure_oks(truth, found->keypoints) + iou) / 2 : iou;
            if (a >= best)
                best = a, *t = i, *f = j, any = true;
        }
    return any;
}

void pc_measure_match(const struct pc_ground_truth_image *image, const struct pc_people *people,
                      int *found_of, int truth_of[PC_MAX_PEOPLE])
{
    int t, f;
    for (int i = 0; i < image->n; i++)
        found_of[i] = -1;
    for (int j = 0; j < PC_MAX_PEOPLE; j++)
        truth_of[j] = -1;
    while (best_pair(image, people, found_of, truth_of, &t, &f)) {
        found_of[t] = f;
        truth_of[f] = t;
    }
}
