/* How long a body's parts are: all lengths that are seen vote for the length of the torso. */
#include "shots/body_builder.h"

#define HEAD .53
#define WHOLE 3.86 /* a whole figure, for a body of which nothing is known but the box */
#define SHORT .75  /* a trunk below this share of what the rest of the body says is doubted */
#define EDGE .1    /* of a torso: hips so near to the lower edge of the photo may lie behind it */

struct votes {
    int n;
    double value[16], weight[16];
};

static void vote(struct votes *v, double value, double weight)
{
    if (value > 1e-6) {
        v->value[v->n] = value;
        v->weight[v->n++] = weight;
    }
}

/* The mean of the votes near their weighted median; 0 without votes. Foreshortening only shortens,
 * so a long vote is believed further from the median than a short one. */
static double robust_mean(const struct votes *v)
{
    double total = 0, median = 0, best_off = INFINITY, sum = 0, weight = 0;
    for (int i = 0; i < v->n; i++)
        total += v->weight[i];
    for (int i = 0; i < v->n; i++) {
        double below = 0;
        for (int j = 0; j < v->n; j++)
            below += v->value[j] < v->value[i] ? v->weight[j] : 0;
        double off = fabs(below + v->weight[i] / 2 - total / 2);
        if (off < best_off)
            best_off = off, median = v->value[i];
    }
    for (int i = 0; i < v->n; i++) {
        if (v->value[i] < .65 * median || v->value[i] > 1.7 * median)
            continue;
        sum += v->weight[i] * v->value[i];
        weight += v->weight[i];
    }
    return weight > 0 ? sum / weight : 0;
}

static double longer(const struct pc_body *b, int a1, int a2, int b1, int b2)
{
    return fmax(seen_distance(b, a1, a2), seen_distance(b, b1, b2));
}

static double torso_seen(const struct pc_body *b)
{
    if (both_seen(b, PC_LEFT_SHOULDER, PC_RIGHT_SHOULDER) &&
        both_seen(b, PC_LEFT_HIP, PC_RIGHT_HIP))
        return distance(midpoint(point_of(b, PC_LEFT_SHOULDER), point_of(b, PC_RIGHT_SHOULDER)),
                        midpoint(point_of(b, PC_LEFT_HIP), point_of(b, PC_RIGHT_HIP)));
    return longer(b, PC_LEFT_SHOULDER, PC_LEFT_HIP, PC_RIGHT_SHOULDER, PC_RIGHT_HIP);
}

static double nose_to_neck(const struct pc_body *b)
{
    if (!seen(b, PC_NOSE) || !both_seen(b, PC_LEFT_SHOULDER, PC_RIGHT_SHOULDER))
        return 0;
    return distance(point_of(b, PC_NOSE),
                    midpoint(point_of(b, PC_LEFT_SHOULDER), point_of(b, PC_RIGHT_SHOULDER)));
}

static double upper_arm(const struct pc_body *b)
{
    return longer(b, PC_LEFT_SHOULDER, PC_LEFT_ELBOW, PC_RIGHT_SHOULDER, PC_RIGHT_ELBOW);
}

/* The length of the torso in pixels, or 0. Widths say little: from the side they are next to
 * nothing. They count where they agree with the lengths, or where there is nothing else. */
static double scale_of(const struct pc_body *b)
{
    struct votes v = {0}, widths = {0};
    vote(&v, torso_seen(b), 2.5);
    vote(&v, nose_to_neck(b) / PC_NOSE_TO_NECK, 1.5);
    vote(&v, longer(b, PC_LEFT_HIP, PC_LEFT_KNEE, PC_RIGHT_HIP, PC_RIGHT_KNEE) / PC_THIGH, 2);
    vote(&v, longer(b, PC_LEFT_KNEE, PC_LEFT_ANKLE, PC_RIGHT_KNEE, PC_RIGHT_ANKLE) / PC_SHIN, 1);
    vote(&v, upper_arm(b) / PC_UPPER_ARM, .75);
    vote(&v, longer(b, PC_LEFT_ELBOW, PC_LEFT_WRIST, PC_RIGHT_ELBOW, PC_RIGHT_WRIST) / PC_FOREARM,
         .5);
    vote(&widths, seen_distance(b, PC_LEFT_SHOULDER, PC_RIGHT_SHOULDER) / PC_SHOULDERS, 1);
    vote(&widths, seen_distance(b, PC_LEFT_EAR, PC_RIGHT_EAR) / PC_EARS, .5);
    vote(&widths, seen_distance(b, PC_LEFT_HIP, PC_RIGHT_HIP) / PC_HIPS, .3);
    if (v.n == 0)
        return robust_mean(&widths);
    double scale = robust_mean(&v);
    for (int i = 0; i < widths.n; i++)
        if (widths.value[i] > .65 * scale && widths.value[i] < 1.7 * scale)
            vote(&v, widths.value[i], widths.weight[i]);
    return robust_mean(&v);
}

static double half_measured(double measured, double expected)
{
    return measured > .6 * expected ? (measured + expected) / 2 : expected;
}

void pc_body_measure(struct pc_body *b)
{
    double scale = scale_of(b);
    b->known = scale > 1e-6;
    if (!b->known)
        scale = fmax(fmax(b->box.w, b->box.h) / WHOLE, 1);
    b->torso = half_measured(torso_seen(b), scale);
    b->head = half_measured(nose_to_neck(b) / PC_NOSE_TO_NECK * HEAD, HEAD * scale);
    b->shoulders =
        half_measured(seen_distance(b, PC_LEFT_SHOULDER, PC_RIGHT_SHOULDER), PC_SHOULDERS * scale);
}

void pc_body_doubt_hips(struct pc_body *b)
{
    struct votes v = {0}; /* of head, shoulders and arms, for the length of the torso */
    vote(&v, nose_to_neck(b) / PC_NOSE_TO_NECK, 1.5);
    vote(&v, seen_distance(b, PC_LEFT_SHOULDER, PC_RIGHT_SHOULDER) / PC_SHOULDERS, 1);
    vote(&v, seen_distance(b, PC_LEFT_EAR, PC_RIGHT_EAR) / PC_EARS, .5);
    vote(&v, upper_arm(b) / PC_UPPER_ARM, .75);
    double torso = robust_mean(&v);
    if (v.n < 3 || torso <= 0 || !both_seen(b, PC_LEFT_SHOULDER, PC_RIGHT_SHOULDER) ||
        !both_seen(b, PC_LEFT_HIP, PC_RIGHT_HIP) || seen(b, PC_LEFT_KNEE) || seen(b, PC_RIGHT_KNEE))
        return;
    struct pc_point neck = midpoint(point_of(b, PC_LEFT_SHOULDER), point_of(b, PC_RIGHT_SHOULDER));
    struct pc_point hip = midpoint(point_of(b, PC_LEFT_HIP), point_of(b, PC_RIGHT_HIP));
    bool upright = hip.y - neck.y > fabs(hip.x - neck.x);
    if (!upright || distance(neck, hip) > SHORT * torso || hip.y < b->height - EDGE * torso)
        return;
    b->keypoints[PC_LEFT_HIP].visibility = PC_VISIBILITY_IMPUTED;
    b->keypoints[PC_RIGHT_HIP].visibility = PC_VISIBILITY_IMPUTED;
}
