/* Places for the landmarks that are not seen, from their neighbours. */
#include "shots/making.h"

#define SCORE_HINT .08 /* below, the place of a landmark means nothing */

static struct pc_point into_box(struct pc_box b, struct pc_point p)
{
    return (struct pc_point){fmax(b.x, fmin(b.x + b.w, p.x)), fmax(b.y, fmin(b.y + b.h, p.y))};
}

static void guess(struct pc_making *m, int i, struct pc_point p)
{
    struct pc_spot_at *s = &m->b->at[i];
    if (s->sight != PC_SIGHT_GUESSED)
        return;
    struct pc_landmark raw = m->raw[i];
    bool out = pc_body_beyond(m->b, m->width, m->height, p);
    if (!out)
        p = into_box(m->b->box, p);
    if (out)
        *s = (struct pc_spot_at){p.x, p.y, 0, PC_SIGHT_OUT};
    else if (raw.score >= SCORE_HINT && inside(m, raw.x, raw.y) &&
             hypot(raw.x - p.x, raw.y - p.y) < m->b->torso)
        *s = (struct pc_spot_at){raw.x, raw.y, raw.score, PC_SIGHT_GUESSED};
    else
        *s = (struct pc_spot_at){p.x, p.y, 0, PC_SIGHT_GUESSED};
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
static void guess_pair(struct pc_making *m, int left, int right, struct pc_point centre,
                       double width, double left_sign)
{
    if (seen(m, left) != seen(m, right)) {
        int have = seen(m, left) ? left : right, lack = seen(m, left) ? right : left;
        guess(m, lack, (struct pc_point){2 * centre.x - at(m, have).x, at(m, have).y});
        return;
    }
    guess(m, left, (struct pc_point){centre.x + left_sign * width / 2, centre.y});
    guess(m, right, (struct pc_point){centre.x - left_sign * width / 2, centre.y});
}

static double left_sign(const struct pc_making *m)
{
    static const int pairs[][2] = {{PC_LEFT_SHOULDER, PC_RIGHT_SHOULDER},
                                   {PC_LEFT_HIP, PC_RIGHT_HIP},
                                   {PC_LEFT_KNEE, PC_RIGHT_KNEE},
                                   {PC_LEFT_EAR, PC_RIGHT_EAR},
                                   {PC_LEFT_EYE, PC_RIGHT_EYE}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (both(m, pairs[i][0], pairs[i][1]))
            return at(m, pairs[i][0]).x < at(m, pairs[i][1]).x ? -1 : 1;
    return 1;
}

static bool centre_of(const struct pc_making *m, int left, int right, struct pc_point *out)
{
    if (!seen(m, left) && !seen(m, right))
        return false;
    *out =
        both(m, left, right) ? mid(at(m, left), at(m, right)) : at(m, seen(m, left) ? left : right);
    return true;
}

static void guess_trunk(struct pc_making *m, struct pc_point up, double sign)
{
    double t = m->b->torso;
    struct pc_point shoulders, hips, knees, neck, pelvis;
    bool have_s = centre_of(m, PC_LEFT_SHOULDER, PC_RIGHT_SHOULDER, &shoulders);
    bool have_h = centre_of(m, PC_LEFT_HIP, PC_RIGHT_HIP, &hips);
    bool have_k = centre_of(m, PC_LEFT_KNEE, PC_RIGHT_KNEE, &knees);
    struct pc_point middle = {m->b->box.x + m->b->box.w / 2, m->b->box.y + m->b->box.h / 2};
    if (seen(m, PC_NOSE))
        neck = along(at(m, PC_NOSE), down(up), PC_NOSE_TO_NECK * t);
    else
        neck = have_h ? along(hips, up, t) : have_k ? along(knees, up, (1 + PC_THIGH) * t) : middle;
    if (have_s && !seen(m, PC_NOSE) && !have_h)
        neck = shoulders;
    guess_pair(m, PC_LEFT_SHOULDER, PC_RIGHT_SHOULDER, neck, PC_SHOULDERS * t, sign);
    shoulders = mid(at(m, PC_LEFT_SHOULDER), at(m, PC_RIGHT_SHOULDER));
    pelvis = have_s || !have_k ? along(shoulders, down(up), t) : along(knees, up, PC_THIGH * t);
    guess_pair(m, PC_LEFT_HIP, PC_RIGHT_HIP, pelvis, PC_HIPS * t, sign);
}

static void guess_head(struct pc_making *m, struct pc_point up, double sign)
{
    double t = m->b->torso;
    struct pc_point neck = mid(at(m, PC_LEFT_SHOULDER), at(m, PC_RIGHT_SHOULDER));
    guess(m, PC_NOSE, along(neck, up, PC_NOSE_TO_NECK * t));
    struct pc_point eyes = along(at(m, PC_NOSE), up, .07 * t);
    guess_pair(m, PC_LEFT_EYE, PC_RIGHT_EYE, eyes, .13 * t, sign);
    guess_pair(m, PC_LEFT_EAR, PC_RIGHT_EAR, along(at(m, PC_NOSE), up, .04 * t), PC_EARS * t, sign);
}

/* root - joint - tip of a limb: shoulder, elbow, wrist or hip, knee, ankle. A leg that is not seen
 * goes as its mate does. */
static void guess_limb(struct pc_making *m, const int limb[3], const int mate[3], double upper,
                       double lower)
{
    struct pc_point fall = {0, 1}, root = at(m, limb[0]), joint;
    if (mate && both(m, mate[0], mate[1]))
        fall = unit_or_up(at(m, mate[0]), at(m, mate[1]), 0);
    guess(m, limb[1], along(root, fall, upper * m->b->torso));
    joint = at(m, limb[1]);
    if (mate && both(m, mate[1], mate[2]))
        fall = unit_or_up(at(m, mate[1]), at(m, mate[2]), 0);
    else if (!mate && both(m, limb[0], limb[1]))
        fall = unit_or_up(root, joint, 0);
    else
        fall = (struct pc_point){0, 1};
    guess(m, limb[2], along(joint, fall, lower * m->b->torso));
}

void pc_making_guess(struct pc_making *m, struct pc_point up)
{
    static const int arms[2][3] = {{PC_LEFT_SHOULDER, PC_LEFT_ELBOW, PC_LEFT_WRIST},
                                   {PC_RIGHT_SHOULDER, PC_RIGHT_ELBOW, PC_RIGHT_WRIST}};
    static const int legs[2][3] = {{PC_LEFT_HIP, PC_LEFT_KNEE, PC_LEFT_ANKLE},
                                   {PC_RIGHT_HIP, PC_RIGHT_KNEE, PC_RIGHT_ANKLE}};
    double sign = left_sign(m);
    guess_trunk(m, up, sign);
    guess_head(m, up, sign);
    for (int i = 0; i < 2; i++) {
        guess_limb(m, arms[i], NULL, PC_UPPER_ARM, PC_FOREARM);
        guess_limb(m, legs[i], legs[1 - i], PC_THIGH, PC_SHIN);
    }
}
