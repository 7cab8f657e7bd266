/* From 17 landmarks of mixed quality to a body that every recipe can measure by.
 *
 * 1. sight: which landmarks are seen; a score below PC_SCORE_SEEN or a place outside the picture
 *    is not.
 * 2. units: every seen pair of landmarks votes for the length of the torso through the ratios in
 *    body.h; the votes' weighted mean, outliers left out, is the scale. Head, torso and shoulders
 *    are half measured and half taken from the scale, so that one bad landmark moves no box far.
 * 3. guesses: a landmark that is not seen is placed from its neighbours (knee under hip, wrist
 *    beyond elbow). Falls the place outside the picture, the photo has cut it off; else it is
 *    hidden, and what the model said with a low score is taken when it is inside.
 *
 * Limits: one body axis; a bent or lying body is told by `tilted`, not modelled.
 */
#include "shots/body.h"

#include <math.h>
#include <string.h>

#include "shots/spots.h"

#define NOSE_TO_NECK .41
#define SHOULDERS .63
#define HIPS .39
#define EARS .33
#define THIGH .90
#define SHIN .88
#define UPPER_ARM .56
#define FOREARM .52
#define HEAD .53
#define WHOLE 3.86
#define SCORE_HINT .08 /* below, the place of a landmark means nothing */
#define SIDE_VIEW .42  /* shoulders narrower than this share of their usual width */
#define TILT_DEG 50.0

struct builder {
    struct pc_body *b;
    int width, height;
    struct pc_landmark raw[PC_LANDMARK_COUNT];
};

static bool inside(const struct builder *m, double x, double y)
{
    return x >= 0 && y >= 0 && x < m->width && y < m->height;
}

static bool seen(const struct builder *m, int i)
{
    return m->b->at[i].sight == PC_SIGHT_SEEN;
}

static struct pc_point at(const struct builder *m, int i)
{
    return (struct pc_point){m->b->at[i].x, m->b->at[i].y};
}

static struct pc_point mid(struct pc_point a, struct pc_point b)
{
    return (struct pc_point){(a.x + b.x) / 2, (a.y + b.y) / 2};
}

static double gap(struct pc_point a, struct pc_point b)
{
    return hypot(a.x - b.x, a.y - b.y);
}

static void sight_of_landmarks(struct builder *m, const struct pc_person *person)
{
    for (int i = 0; i < PC_LANDMARK_COUNT; i++) {
        struct pc_landmark p = person->landmarks[i];
        if (!isfinite(p.x) || !isfinite(p.y) || !isfinite(p.score) ||
            fabs(p.x) > 4.0 * m->width + 1e3 || fabs(p.y) > 4.0 * m->height + 1e3)
            p = (struct pc_landmark){0, 0, 0};
        m->raw[i] = p;
        struct pc_spot_at *s = &m->b->at[i];
        *s = (struct pc_spot_at){p.x, p.y, p.score, PC_SIGHT_GUESSED};
        if (p.score >= PC_SCORE_SEEN)
            s->sight = inside(m, p.x, p.y) ? PC_SIGHT_SEEN : PC_SIGHT_OUT;
    }
}

/* ---- units ---- */

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

static double heaviest_middle(const struct votes *v)
{
    double total = 0, best = 0, best_off = INFINITY;
    for (int i = 0; i < v->n; i++)
        total += v->weight[i];
    for (int i = 0; i < v->n; i++) {
        double below = 0;
        for (int j = 0; j < v->n; j++)
            below += v->value[j] < v->value[i] ? v->weight[j] : 0;
        double off = fabs(below + v->weight[i] / 2 - total / 2);
        if (off < best_off)
            best_off = off, best = v->value[i];
    }
    return best;
}

/* Mean of the votes near their weighted median; 0 without votes. Foreshortening only shortens, so
 * a long vote is believed further than a short one. */
static double settle(const struct votes *v)
{
    double middle = heaviest_middle(v), sum = 0, weight = 0;
    for (int i = 0; i < v->n; i++) {
        if (v->value[i] < .65 * middle || v->value[i] > 1.7 * middle)
            continue;
        sum += v->weight[i] * v->value[i];
        weight += v->weight[i];
    }
    return weight > 0 ? sum / weight : 0;
}

static double pair(const struct builder *m, int a, int b)
{
    return seen(m, a) && seen(m, b) ? gap(at(m, a), at(m, b)) : 0;
}

static double longer(const struct builder *m, int a, int b, int c, int d)
{
    return fmax(pair(m, a, b), pair(m, c, d));
}

static double torso_seen(const struct builder *m)
{
    bool shoulders = seen(m, PC_LEFT_SHOULDER) && seen(m, PC_RIGHT_SHOULDER);
    if (shoulders && seen(m, PC_LEFT_HIP) && seen(m, PC_RIGHT_HIP))
        return gap(mid(at(m, PC_LEFT_SHOULDER), at(m, PC_RIGHT_SHOULDER)),
                   mid(at(m, PC_LEFT_HIP), at(m, PC_RIGHT_HIP)));
    return longer(m, PC_LEFT_SHOULDER, PC_LEFT_HIP, PC_RIGHT_SHOULDER, PC_RIGHT_HIP);
}

static double nose_to_neck(const struct builder *m)
{
    if (!seen(m, PC_NOSE) || !seen(m, PC_LEFT_SHOULDER) || !seen(m, PC_RIGHT_SHOULDER))
        return 0;
    return gap(at(m, PC_NOSE), mid(at(m, PC_LEFT_SHOULDER), at(m, PC_RIGHT_SHOULDER)));
}

static void vote_lengths(struct votes *v, const struct builder *m)
{
    vote(v, torso_seen(m), 2.5);
    vote(v, nose_to_neck(m) / NOSE_TO_NECK, 1.5);
    vote(v, longer(m, PC_LEFT_HIP, PC_LEFT_KNEE, PC_RIGHT_HIP, PC_RIGHT_KNEE) / THIGH, 2);
    vote(v, longer(m, PC_LEFT_KNEE, PC_LEFT_ANKLE, PC_RIGHT_KNEE, PC_RIGHT_ANKLE) / SHIN, 1);
    vote(v,
         longer(m, PC_LEFT_SHOULDER, PC_LEFT_ELBOW, PC_RIGHT_SHOULDER, PC_RIGHT_ELBOW) / UPPER_ARM,
         .75);
    vote(v, longer(m, PC_LEFT_ELBOW, PC_LEFT_WRIST, PC_RIGHT_ELBOW, PC_RIGHT_WRIST) / FOREARM, .5);
}

/* Widths say little: from the side they are next to nothing. They count where they agree with the
 * lengths, or where there is nothing else. */
static void vote_widths(struct votes *v, const struct builder *m)
{
    vote(v, pair(m, PC_LEFT_SHOULDER, PC_RIGHT_SHOULDER) / SHOULDERS, 1);
    vote(v, pair(m, PC_LEFT_EAR, PC_RIGHT_EAR) / EARS, .5);
    vote(v, pair(m, PC_LEFT_HIP, PC_RIGHT_HIP) / HIPS, .3);
}

static double scale_of(const struct builder *m)
{
    struct votes v = {0};
    vote_lengths(&v, m);
    if (v.n == 0) {
        vote_widths(&v, m);
        return settle(&v);
    }
    struct votes widths = {0};
    double scale = settle(&v);
    vote_widths(&widths, m);
    for (int i = 0; i < widths.n; i++)
        if (widths.value[i] > .65 * scale && widths.value[i] < 1.7 * scale)
            vote(&v, widths.value[i], widths.weight[i]);
    return settle(&v);
}

static double half_measured(double measured, double expected)
{
    return measured > .6 * expected ? (measured + expected) / 2 : expected;
}

static void set_units(struct builder *m)
{
    double scale = scale_of(m);
    m->b->known = scale > 1e-6;
    if (!m->b->known)
        scale = fmax(fmax(m->b->box.w, m->b->box.h) / WHOLE, 1);
    double width = pair(m, PC_LEFT_SHOULDER, PC_RIGHT_SHOULDER);
    m->b->torso = half_measured(torso_seen(m), scale);
    m->b->head = half_measured(nose_to_neck(m) / NOSE_TO_NECK * HEAD, HEAD * scale);
    m->b->shoulders = half_measured(width, SHOULDERS * scale);
}

/* ---- the direction of the body ---- */

static struct pc_point unit_or_up(struct pc_point from, struct pc_point to, double least)
{
    double len = gap(from, to);
    return len < least || len < 1e-9
               ? (struct pc_point){0, -1}
               : (struct pc_point){(to.x - from.x) / len, (to.y - from.y) / len};
}

static bool both(const struct builder *m, int a, int b)
{
    return seen(m, a) && seen(m, b);
}

/* From the hips to the neck; straight up when that cannot be told. */
static struct pc_point axis_of(const struct builder *m)
{
    if (!both(m, PC_LEFT_SHOULDER, PC_RIGHT_SHOULDER))
        return (struct pc_point){0, -1};
    struct pc_point neck = mid(at(m, PC_LEFT_SHOULDER), at(m, PC_RIGHT_SHOULDER));
    if (both(m, PC_LEFT_HIP, PC_RIGHT_HIP))
        return unit_or_up(mid(at(m, PC_LEFT_HIP), at(m, PC_RIGHT_HIP)), neck, .35 * m->b->torso);
    if (seen(m, PC_NOSE) && gap(neck, at(m, PC_NOSE)) > .3 * m->b->torso)
        return unit_or_up(neck, at(m, PC_NOSE), 0);
    return (struct pc_point){0, -1};
}

static enum pc_facing facing_by(const struct builder *m, int left, int right, double usual)
{
    if (!both(m, left, right))
        return PC_FACING_UNKNOWN;
    double dx = at(m, left).x - at(m, right).x;
    if (fabs(dx) < SIDE_VIEW * usual * m->b->torso)
        return PC_FACING_SIDE;
    return dx > 0 ? PC_FACING_FRONT : PC_FACING_BACK;
}

static enum pc_facing facing_of(const struct builder *m)
{
    if (!m->b->known || m->b->tilted)
        return PC_FACING_UNKNOWN;
    enum pc_facing f = facing_by(m, PC_LEFT_SHOULDER, PC_RIGHT_SHOULDER, SHOULDERS);
    return f != PC_FACING_UNKNOWN ? f : facing_by(m, PC_LEFT_HIP, PC_RIGHT_HIP, HIPS);
}

/* ---- guesses ---- */

static bool touches(const struct pc_body *body, int width, int height, enum pc_side side)
{
    struct pc_box b = body->box;
    double slack = .013 * fmax(width, height);
    switch (side) {
    case PC_TOP: return b.y <= slack;
    case PC_BOTTOM: return b.y + b.h >= height - slack;
    case PC_LEFT: return b.x <= slack;
    default: return b.x + b.w >= width - slack;
    }
}

/* A bit mask of the sides of the photo behind which p lies. */
static unsigned sides_beyond(const struct pc_body *body, int width, int height, struct pc_point p)
{
    double r = .15 * body->torso;
    bool over[PC_SIDES] = {[PC_TOP] = p.y<r, [PC_BOTTOM] = p.y> height - r,
                           [PC_LEFT] = p.x<r / 2, [PC_RIGHT] = p.x> width - r / 2};
    unsigned sides = 0;
    for (int i = 0; i < PC_SIDES; i++)
        if (over[i] && touches(body, width, height, (enum pc_side)i))
            sides |= 1u << i;
    return sides;
}

bool pc_body_beyond(const struct pc_body *body, int width, int height, struct pc_point p)
{
    return sides_beyond(body, width, height, p) != 0;
}

static struct pc_point into_box(struct pc_box b, struct pc_point p)
{
    return (struct pc_point){fmax(b.x, fmin(b.x + b.w, p.x)), fmax(b.y, fmin(b.y + b.h, p.y))};
}

static void guess(struct builder *m, int i, struct pc_point p)
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
static void guess_pair(struct builder *m, int left, int right, struct pc_point centre, double width,
                       double left_sign)
{
    if (seen(m, left) != seen(m, right)) {
        int have = seen(m, left) ? left : right, lack = seen(m, left) ? right : left;
        guess(m, lack, (struct pc_point){2 * centre.x - at(m, have).x, at(m, have).y});
        return;
    }
    guess(m, left, (struct pc_point){centre.x + left_sign * width / 2, centre.y});
    guess(m, right, (struct pc_point){centre.x - left_sign * width / 2, centre.y});
}

static double left_sign(const struct builder *m)
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

static bool centre_of(const struct builder *m, int left, int right, struct pc_point *out)
{
    if (!seen(m, left) && !seen(m, right))
        return false;
    *out =
        both(m, left, right) ? mid(at(m, left), at(m, right)) : at(m, seen(m, left) ? left : right);
    return true;
}

static void guess_trunk(struct builder *m, struct pc_point up, double sign)
{
    double t = m->b->torso;
    struct pc_point shoulders, hips, knees, neck, pelvis;
    bool have_s = centre_of(m, PC_LEFT_SHOULDER, PC_RIGHT_SHOULDER, &shoulders);
    bool have_h = centre_of(m, PC_LEFT_HIP, PC_RIGHT_HIP, &hips);
    bool have_k = centre_of(m, PC_LEFT_KNEE, PC_RIGHT_KNEE, &knees);
    struct pc_point middle = {m->b->box.x + m->b->box.w / 2, m->b->box.y + m->b->box.h / 2};
    if (seen(m, PC_NOSE))
        neck = along(at(m, PC_NOSE), down(up), NOSE_TO_NECK * t);
    else
        neck = have_h ? along(hips, up, t) : have_k ? along(knees, up, (1 + THIGH) * t) : middle;
    if (have_s && !seen(m, PC_NOSE) && !have_h)
        neck = shoulders;
    guess_pair(m, PC_LEFT_SHOULDER, PC_RIGHT_SHOULDER, neck, SHOULDERS * t, sign);
    shoulders = mid(at(m, PC_LEFT_SHOULDER), at(m, PC_RIGHT_SHOULDER));
    pelvis = have_s || !have_k ? along(shoulders, down(up), t) : along(knees, up, THIGH * t);
    guess_pair(m, PC_LEFT_HIP, PC_RIGHT_HIP, pelvis, HIPS * t, sign);
}

static void guess_head(struct builder *m, struct pc_point up, double sign)
{
    double t = m->b->torso;
    struct pc_point neck = mid(at(m, PC_LEFT_SHOULDER), at(m, PC_RIGHT_SHOULDER));
    guess(m, PC_NOSE, along(neck, up, NOSE_TO_NECK * t));
    struct pc_point eyes = along(at(m, PC_NOSE), up, .07 * t);
    guess_pair(m, PC_LEFT_EYE, PC_RIGHT_EYE, eyes, .13 * t, sign);
    guess_pair(m, PC_LEFT_EAR, PC_RIGHT_EAR, along(at(m, PC_NOSE), up, .04 * t), EARS * t, sign);
}

/* root - joint - tip of a limb: shoulder, elbow, wrist or hip, knee, ankle. A leg that is not seen
 * goes as its mate does. */
static void guess_limb(struct builder *m, const int limb[3], const int mate[3], double upper,
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

static void guess_unseen(struct builder *m, struct pc_point up)
{
    static const int arms[2][3] = {{PC_LEFT_SHOULDER, PC_LEFT_ELBOW, PC_LEFT_WRIST},
                                   {PC_RIGHT_SHOULDER, PC_RIGHT_ELBOW, PC_RIGHT_WRIST}};
    static const int legs[2][3] = {{PC_LEFT_HIP, PC_LEFT_KNEE, PC_LEFT_ANKLE},
                                   {PC_RIGHT_HIP, PC_RIGHT_KNEE, PC_RIGHT_ANKLE}};
    double sign = left_sign(m);
    guess_trunk(m, up, sign);
    guess_head(m, up, sign);
    for (int i = 0; i < 2; i++) {
        guess_limb(m, arms[i], NULL, UPPER_ARM, FOREARM);
        guess_limb(m, legs[i], legs[1 - i], THIGH, SHIN);
    }
}

/* ---- the whole ---- */

static void set_box(struct builder *m, const struct pc_person *person)
{
    struct pc_box b = person->box, picture = {0, 0, m->width, m->height};
    bool usable = isfinite(b.x) && isfinite(b.y) && isfinite(b.w) && isfinite(b.h);
    b = usable ? pc_box_intersect(b, picture) : (struct pc_box){0};
    bool any = pc_box_area(b) > 0;
    double x0 = b.x, y0 = b.y, x1 = b.x + b.w, y1 = b.y + b.h;
    for (int i = 0; i < PC_LANDMARK_COUNT; i++) {
        if (!seen(m, i))
            continue;
        struct pc_point p = at(m, i);
        x0 = any ? fmin(x0, p.x) : p.x, y0 = any ? fmin(y0, p.y) : p.y;
        x1 = any ? fmax(x1, p.x) : p.x, y1 = any ? fmax(y1, p.y) : p.y;
        any = true;
    }
    m->b->box = any ? (struct pc_box){x0, y0, x1 - x0, y1 - y0} : (struct pc_box){0};
}

static void set_cut_sides(struct builder *m)
{
    for (int i = 0; i <= PC_LANDMARK_COUNT; i++) {
        int spot = i < PC_LANDMARK_COUNT ? i : PC_SPOT_CROWN;
        if (m->b->at[spot].sight != PC_SIGHT_OUT)
            continue;
        unsigned sides = sides_beyond(m->b, m->width, m->height, at(m, spot));
        for (int side = 0; side < PC_SIDES; side++)
            m->b->cut[side] |= sides >> side & 1;
    }
}

/* Points that are seen count most, then an arm that is stretched out in the picture. */
static double arm_worth(const struct builder *m, int shoulder, int elbow, int wrist)
{
    const int chain[] = {shoulder, elbow, wrist};
    double worth = pair(m, shoulder, elbow) / m->b->torso + pair(m, elbow, wrist) / m->b->torso;
    for (int i = 0; i < 3; i++) {
        const struct pc_spot_at *s = &m->b->at[chain[i]];
        if (s->sight == PC_SIGHT_SEEN)
            worth += 3 + 2 * fmin(s->score, .6) + .02 * s->score; /* the last settles ties */
        else if (s->sight == PC_SIGHT_GUESSED)
            worth += 1;
    }
    return worth;
}

static enum pc_arm better_arm(const struct builder *m)
{
    return arm_worth(m, PC_LEFT_SHOULDER, PC_LEFT_ELBOW, PC_LEFT_WRIST) >=
                   arm_worth(m, PC_RIGHT_SHOULDER, PC_RIGHT_ELBOW, PC_RIGHT_WRIST)
               ? PC_ARM_LEFT
               : PC_ARM_RIGHT;
}

void pc_body_build(struct pc_body *body, const struct pc_person *person, int width, int height,
                   enum pc_arm arm)
{
    struct builder m = {.b = body, .width = width, .height = height};
    memset(body, 0, sizeof *body);
    sight_of_landmarks(&m, person);
    set_box(&m, person);
    set_units(&m);
    struct pc_point up = axis_of(&m);
    body->tilted = -up.y < cos(TILT_DEG * acos(-1) / 180);
    body->facing = facing_of(&m);
    guess_unseen(&m, up);
    body->arm = arm != PC_ARM_ANY ? arm : better_arm(&m);
    pc_spots_derive(body, up, person->score, width, height);
    set_cut_sides(&m);
}
