/* Places for the keypoints that are not seen, from their neighbours. */
#include "shots/body_builder.h"

#include <stddef.h>

#define HINT_SCORE .08 /* below it, the place that the model gave means nothing */

static struct pc_point along(struct pc_point from, struct pc_point dir, double len)
{
    return (struct pc_point){from.x + dir.x * len, from.y + dir.y * len};
}

/* Places a keypoint that was not detected, and is expected at p. Until then it holds what the model
 * said: that is taken when it is near p and not quite without a score. */
static void impute(struct pc_body *b, int id, struct pc_point p)
{
    struct pc_body_keypoint *k = &b->keypoints[id], hint = *k;
    if (k->visibility != PC_VISIBILITY_IMPUTED)
        return;
    if (pc_body_beyond(b, p)) {
        *k = (struct pc_body_keypoint){p.x, p.y, 0, PC_VISIBILITY_OUTSIDE};
        return;
    }
    p.x = fmax(b->box.x, fmin(b->box.x + b->box.w, p.x));
    p.y = fmax(b->box.y, fmin(b->box.y + b->box.h, p.y));
    if (hint.score < HINT_SCORE || !inside(b, hint.x, hint.y) ||
        hypot(hint.x - p.x, hint.y - p.y) >= b->torso)
        *k = (struct pc_body_keypoint){p.x, p.y, 0, PC_VISIBILITY_IMPUTED};
}

/* The unseen one of a pair lies opposite the seen one, across the centre; when both are unseen, each
 * lies half a width beside the centre. left_sign: see left_sign_of. */
static void impute_pair(struct pc_body *b, int left, int right, struct pc_point centre,
                        double width, double left_sign)
{
    if (seen(b, left) != seen(b, right)) {
        int have = seen(b, left) ? left : right, lack = seen(b, left) ? right : left;
        impute(b, lack, (struct pc_point){2 * centre.x - point_of(b, have).x, point_of(b, have).y});
        return;
    }
    impute(b, left, (struct pc_point){centre.x + left_sign * width / 2, centre.y});
    impute(b, right, (struct pc_point){centre.x - left_sign * width / 2, centre.y});
}

/* 1 when the person's left has the larger x (a front view, or unknown), else -1. */
static double left_sign_of(const struct pc_body *b)
{
    static const int pairs[][2] = {{PC_LEFT_SHOULDER, PC_RIGHT_SHOULDER},
                                   {PC_LEFT_HIP, PC_RIGHT_HIP},
                                   {PC_LEFT_KNEE, PC_RIGHT_KNEE},
                                   {PC_LEFT_EAR, PC_RIGHT_EAR},
                                   {PC_LEFT_EYE, PC_RIGHT_EYE}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (both_seen(b, pairs[i][0], pairs[i][1]))
            return point_of(b, pairs[i][0]).x < point_of(b, pairs[i][1]).x ? -1 : 1;
    return 1;
}

/* The middle of a pair, or the one of it that is seen. False when neither is. */
static bool centre_of(const struct pc_body *b, int left, int right, struct pc_point *out)
{
    if (!seen(b, left) && !seen(b, right))
        return false;
    *out = both_seen(b, left, right) ? midpoint(point_of(b, left), point_of(b, right))
                                     : point_of(b, seen(b, left) ? left : right);
    return true;
}

static void impute_trunk(struct pc_body *b, struct pc_point up, double left_sign)
{
    double t = b->torso;
    struct pc_point shoulders, hips, knees, neck, pelvis, down = {-up.x, -up.y};
    bool have_s = centre_of(b, PC_LEFT_SHOULDER, PC_RIGHT_SHOULDER, &shoulders);
    bool have_h = centre_of(b, PC_LEFT_HIP, PC_RIGHT_HIP, &hips);
    bool have_k = centre_of(b, PC_LEFT_KNEE, PC_RIGHT_KNEE, &knees);
    if (seen(b, PC_NOSE))
        neck = along(point_of(b, PC_NOSE), down, PC_NOSE_TO_NECK * t);
    else if (have_h)
        neck = along(hips, up, t);
    else if (have_s)
        neck = shoulders;
    else if (have_k)
        neck = along(knees, up, (1 + PC_THIGH) * t);
    else
        neck = (struct pc_point){b->box.x + b->box.w / 2, b->box.y + b->box.h / 2};
    impute_pair(b, PC_LEFT_SHOULDER, PC_RIGHT_SHOULDER, neck, PC_SHOULDERS * t, left_sign);
    shoulders = midpoint(point_of(b, PC_LEFT_SHOULDER), point_of(b, PC_RIGHT_SHOULDER));
    pelvis = have_s || !have_k ? along(shoulders, down, t) : along(knees, up, PC_THIGH * t);
    impute_pair(b, PC_LEFT_HIP, PC_RIGHT_HIP, pelvis, PC_HIPS * t, left_sign);
}

/* The joint and the tip of a limb, hanging down from its root: shoulder, elbow, wrist or hip, knee,
 * ankle. An arm goes on as it began; a leg goes as the other one does (other: NULL for an arm). */
static void impute_limb(struct pc_body *b, const int limb[3], const int other[3], double upper,
                        double lower)
{
    struct pc_point down = {0, 1}, dir = down, root = point_of(b, limb[0]), joint;
    if (other && both_seen(b, other[0], other[1]))
        dir = unit_or_up(point_of(b, other[0]), point_of(b, other[1]), 0);
    impute(b, limb[1], along(root, dir, upper * b->torso));
    joint = point_of(b, limb[1]);
    if (other && both_seen(b, other[1], other[2]))
        dir = unit_or_up(point_of(b, other[1]), point_of(b, other[2]), 0);
    else if (!other && both_seen(b, limb[0], limb[1]))
        dir = unit_or_up(root, joint, 0);
    else
        dir = down;
    impute(b, limb[2], along(joint, dir, lower * b->torso));
}

void pc_body_impute(struct pc_body *b, struct pc_point up)
{
    static const int arms[2][3] = {{PC_LEFT_SHOULDER, PC_LEFT_ELBOW, PC_LEFT_WRIST},
                                   {PC_RIGHT_SHOULDER, PC_RIGHT_ELBOW, PC_RIGHT_WRIST}};
    static const int legs[2][3] = {{PC_LEFT_HIP, PC_LEFT_KNEE, PC_LEFT_ANKLE},
                                   {PC_RIGHT_HIP, PC_RIGHT_KNEE, PC_RIGHT_ANKLE}};
    double left_sign = left_sign_of(b), t = b->torso;
    impute_trunk(b, up, left_sign);
    struct pc_point neck = midpoint(point_of(b, PC_LEFT_SHOULDER), point_of(b, PC_RIGHT_SHOULDER));
    impute(b, PC_NOSE, along(neck, up, PC_NOSE_TO_NECK * t));
    struct pc_point nose = point_of(b, PC_NOSE);
    impute_pair(b, PC_LEFT_EYE, PC_RIGHT_EYE, along(nose, up, .07 * t), .13 * t, left_sign);
    impute_pair(b, PC_LEFT_EAR, PC_RIGHT_EAR, along(nose, up, .04 * t), PC_EARS * t, left_sign);
    for (int i = 0; i < 2; i++) {
        impute_limb(b, arms[i], NULL, PC_UPPER_ARM, PC_FOREARM);
        impute_limb(b, legs[i], legs[1 - i], PC_THIGH, PC_SHIN);
    }
}
