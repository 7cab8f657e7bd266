/* Places for the landmarks that are not seen, from their neighbours. */
#include "shots/body_builder.h"

#define SCORE_HINT .08 /* below, the place of a landmark means nothing */

static struct pc_point into_box(struct pc_box b, struct pc_point p)
{
    return (struct pc_point){fmax(b.x, fmin(b.x + b.w, p.x)), fmax(b.y, fmin(b.y + b.h, p.y))};
}

static void impute(struct pc_body_builder *m, int i, struct pc_point p)
{
    struct pc_body_keypoint *s = &m->b->keypoints[i];
    if (s->visibility != PC_VISIBILITY_IMPUTED)
        return;
    struct pc_keypoint raw = m->raw[i];
    bool out = pc_body_beyond(m->b, m->width, m->height, p);
    if (!out)
        p = into_box(m->b->box, p);
    if (out)
        *s = (struct pc_body_keypoint){p.x, p.y, 0, PC_VISIBILITY_OUTSIDE};
    else if (raw.score >= SCORE_HINT && inside(m, raw.x, raw.y) &&
             hypot(raw.x - p.x, raw.y - p.y) < m->b->torso)
        *s = (struct pc_body_keypoint){raw.x, raw.y, raw.score, PC_VISIBILITY_IMPUTED};
    else
        *s = (struct pc_body_keypoint){p.x, p.y, 0, PC_VISIBILITY_IMPUTED};
}

static struct pc_point along(struct pc_point from, struct pc_point dir, double len)
{
    return (struct pc_point){from.x + dir.x * len, from.y + dir.y * len};
}

static struct pc_point down(struct pc_point up)
{
    return (struct pc_point){-up.x, -up.y};
}

/* The mate of a seen point of a pair lies across the line through centre; without any, both lie
 * half a width beside the centre. */
static void impute_pair(struct pc_body_builder *m, int left, int right, struct pc_point centre,
                        double width, double left_sign)
{
    if (seen(m, left) != seen(m, right)) {
        int have = seen(m, left) ? left : right, lack = seen(m, left) ? right : left;
        impute(m, lack, (struct pc_point){2 * centre.x - point_of(m, have).x, point_of(m, have).y});
        return;
    }
    impute(m, left, (struct pc_point){centre.x + left_sign * width / 2, centre.y});
    impute(m, right, (struct pc_point){centre.x - left_sign * width / 2, centre.y});
}

static double left_sign(const struct pc_body_builder *m)
{
    static const int pairs[][2] = {{PC_LEFT_SHOULDER, PC_RIGHT_SHOULDER},
                                   {PC_LEFT_HIP, PC_RIGHT_HIP},
                                   {PC_LEFT_KNEE, PC_RIGHT_KNEE},
                                   {PC_LEFT_EAR, PC_RIGHT_EAR},
                                   {PC_LEFT_EYE, PC_RIGHT_EYE}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (both_seen(m, pairs[i][0], pairs[i][1]))
            return point_of(m, pairs[i][0]).x < point_of(m, pairs[i][1]).x ? -1 : 1;
    return 1;
}

static bool centre_of(const struct pc_body_builder *m, int left, int right, struct pc_point *out)
{
    if (!seen(m, left) && !seen(m, right))
        return false;
    *out = both_seen(m, left, right) ? midpoint(point_of(m, left), point_of(m, right))
                                     : point_of(m, seen(m, left) ? left : right);
    return true;
}

static void impute_trunk(struct pc_body_builder *m, struct pc_point up, double sign)
{
    double t = m->b->torso;
    struct pc_point shoulders, hips, knees, neck, pelvis;
    bool have_s = centre_of(m, PC_LEFT_SHOULDER, PC_RIGHT_SHOULDER, &shoulders);
    bool have_h = centre_of(m, PC_LEFT_HIP, PC_RIGHT_HIP, &hips);
    bool have_k = centre_of(m, PC_LEFT_KNEE, PC_RIGHT_KNEE, &knees);
    struct pc_point middle = {m->b->box.x + m->b->box.w / 2, m->b->box.y + m->b->box.h / 2};
    if (seen(m, PC_NOSE))
        neck = along(point_of(m, PC_NOSE), down(up), PC_NOSE_TO_NECK * t);
    else
        neck = have_h ? along(hips, up, t) : have_k ? along(knees, up, (1 + PC_THIGH) * t) : middle;
    if (have_s && !seen(m, PC_NOSE) && !have_h)
        neck = shoulders;
    impute_pair(m, PC_LEFT_SHOULDER, PC_RIGHT_SHOULDER, neck, PC_SHOULDERS * t, sign);
    shoulders = midpoint(point_of(m, PC_LEFT_SHOULDER), point_of(m, PC_RIGHT_SHOULDER));
    pelvis = have_s || !have_k ? along(shoulders, down(up), t) : along(knees, up, PC_THIGH * t);
    impute_pair(m, PC_LEFT_HIP, PC_RIGHT_HIP, pelvis, PC_HIPS * t, sign);
}

static void impute_head(struct pc_body_builder *m, struct pc_point up, double sign)
{
    double t = m->b->torso;
    struct pc_point neck = midpoint(point_of(m, PC_LEFT_SHOULDER), point_of(m, PC_RIGHT_SHOULDER));
    impute(m, PC_NOSE, along(neck, up, PC_NOSE_TO_NECK * t));
    struct pc_point eyes = along(point_of(m, PC_NOSE), up, .07 * t);
    impute_pair(m, PC_LEFT_EYE, PC_RIGHT_EYE, eyes, .13 * t, sign);
    impute_pair(m, PC_LEFT_EAR, PC_RIGHT_EAR, along(point_of(m, PC_NOSE), up, .04 * t), PC_EARS * t,
                sign);
}

/* root - joint - tip of a limb: shoulder, elbow, wrist or hip, knee, ankle. A leg that is not seen
 * goes as its mate does. */
static void impute_limb(struct pc_body_builder *m, const int limb[3], const int mate[3],
                        double upper, double lower)
{
    struct pc_point fall = {0, 1}, root = point_of(m, limb[0]), joint;
    if (mate && both_seen(m, mate[0], mate[1]))
        fall = unit_or_up(point_of(m, mate[0]), point_of(m, mate[1]), 0);
    impute(m, limb[1], along(root, fall, upper * m->b->torso));
    joint = point_of(m, limb[1]);
    if (mate && both_seen(m, mate[1], mate[2]))
        fall = unit_or_up(point_of(m, mate[1]), point_of(m, mate[2]), 0);
    else if (!mate && both_seen(m, limb[0], limb[1]))
        fall = unit_or_up(root, joint, 0);
    else
        fall = (struct pc_point){0, 1};
    impute(m, limb[2], along(joint, fall, lower * m->b->torso));
}

void pc_body_impute(struct pc_body_builder *m, struct pc_point up)
{
    static const int arms[2][3] = {{PC_LEFT_SHOULDER, PC_LEFT_ELBOW, PC_LEFT_WRIST},
                                   {PC_RIGHT_SHOULDER, PC_RIGHT_ELBOW, PC_RIGHT_WRIST}};
    static const int legs[2][3] = {{PC_LEFT_HIP, PC_LEFT_KNEE, PC_LEFT_ANKLE},
                                   {PC_RIGHT_HIP, PC_RIGHT_KNEE, PC_RIGHT_ANKLE}};
    double sign = left_sign(m);
    impute_trunk(m, up, sign);
    impute_head(m, up, sign);
    for (int i = 0; i < 2; i++) {
        impute_limb(m, arms[i], NULL, PC_UPPER_ARM, PC_FOREARM);
        impute_limb(m, legs[i], legs[1 - i], PC_THIGH, PC_SHIN);
    }
}
