/* How long a body's parts are: all seen lengths vote for the length of the torso. */
#include "shots/body_builder.h"

#define HEAD .53
#define SHORT .75 /* a trunk below this share of what the rest of the body says is doubted */
#define EDGE .1   /* of a torso: hips so near to the lower edge of the photo may lie behind it */
#define WHOLE 3.86

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

static double weighted_median(const struct votes *v)
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
static double robust_mean(const struct votes *v)
{
    double middle = weighted_median(v), sum = 0, weight = 0;
    for (int i = 0; i < v->n; i++) {
        if (v->value[i] < .65 * middle || v->value[i] > 1.7 * middle)
            continue;
        sum += v->weight[i] * v->value[i];
        weight += v->weight[i];
    }
    return weight > 0 ? sum / weight : 0;
}

static double longer(const struct pc_body_builder *m, int a, int b, int c, int d)
{
    return fmax(seen_distance(m, a, b), seen_distance(m, c, d));
}

static double torso_seen(const struct pc_body_builder *m)
{
    bool shoulders = seen(m, PC_LEFT_SHOULDER) && seen(m, PC_RIGHT_SHOULDER);
    if (shoulders && seen(m, PC_LEFT_HIP) && seen(m, PC_RIGHT_HIP))
        return distance(midpoint(point_of(m, PC_LEFT_SHOULDER), point_of(m, PC_RIGHT_SHOULDER)),
                        midpoint(point_of(m, PC_LEFT_HIP), point_of(m, PC_RIGHT_HIP)));
    return longer(m, PC_LEFT_SHOULDER, PC_LEFT_HIP, PC_RIGHT_SHOULDER, PC_RIGHT_HIP);
}

static double nose_to_neck(const struct pc_body_builder *m)
{
    if (!seen(m, PC_NOSE) || !seen(m, PC_LEFT_SHOULDER) || !seen(m, PC_RIGHT_SHOULDER))
        return 0;
    return distance(point_of(m, PC_NOSE),
                    midpoint(point_of(m, PC_LEFT_SHOULDER), point_of(m, PC_RIGHT_SHOULDER)));
}

static void vote_lengths(struct votes *v, const struct pc_body_builder *m)
{
    vote(v, torso_seen(m), 2.5);
    vote(v, nose_to_neck(m) / PC_NOSE_TO_NECK, 1.5);
    vote(v, longer(m, PC_LEFT_HIP, PC_LEFT_KNEE, PC_RIGHT_HIP, PC_RIGHT_KNEE) / PC_THIGH, 2);
    vote(v, longer(m, PC_LEFT_KNEE, PC_LEFT_ANKLE, PC_RIGHT_KNEE, PC_RIGHT_ANKLE) / PC_SHIN, 1);
    vote(v,
         longer(m, PC_LEFT_SHOULDER, PC_LEFT_ELBOW, PC_RIGHT_SHOULDER, PC_RIGHT_ELBOW) /
             PC_UPPER_ARM,
         .75);
    vote(v, longer(m, PC_LEFT_ELBOW, PC_LEFT_WRIST, PC_RIGHT_ELBOW, PC_RIGHT_WRIST) / PC_FOREARM,
         .5);
}

/* Widths say little: from the side they are next to nothing. They count where they agree with the
 * lengths, or where there is nothing else. */
static void vote_widths(struct votes *v, const struct pc_body_builder *m)
{
    vote(v, seen_distance(m, PC_LEFT_SHOULDER, PC_RIGHT_SHOULDER) / PC_SHOULDERS, 1);
    vote(v, seen_distance(m, PC_LEFT_EAR, PC_RIGHT_EAR) / PC_EARS, .5);
    vote(v, seen_distance(m, PC_LEFT_HIP, PC_RIGHT_HIP) / PC_HIPS, .3);
}

static double scale_of(const struct pc_body_builder *m)
{
    struct votes v = {0};
    vote_lengths(&v, m);
    if (v.n == 0) {
        vote_widths(&v, m);
        return robust_mean(&v);
    }
    struct votes widths = {0};
    double scale = robust_mean(&v);
    vote_widths(&widths, m);
    for (int i = 0; i < widths.n; i++)
        if (widths.value[i] > .65 * scale && widths.value[i] < 1.7 * scale)
            vote(&v, widths.value[i], widths.weight[i]);
    return robust_mean(&v);
}

static double half_measured(double measured, double expected)
{
    return measured > .6 * expected ? (measured + expected) / 2 : expected;
}

void pc_body_measure(struct pc_body_builder *m)
{
    double scale = scale_of(m);
    m->b->known = scale > 1e-6;
    if (!m->b->known)
        scale = fmax(fmax(m->b->box.w, m->b->box.h) / WHOLE, 1);
    double width = seen_distance(m, PC_LEFT_SHOULDER, PC_RIGHT_SHOULDER);
    m->b->torso = half_measured(torso_seen(m), scale);
    m->b->head = half_measured(nose_to_neck(m) / PC_NOSE_TO_NECK * HEAD, HEAD * scale);
    m->b->shoulders = half_measured(width, PC_SHOULDERS * scale);
}

/* What head, shoulders and arms say about the length of the torso; 0 when that is too little. */
static double torso_by_upper_body(const struct pc_body_builder *m)
{
    struct votes v = {0};
    vote(&v, nose_to_neck(m) / PC_NOSE_TO_NECK, 1.5);
    vote(&v, seen_distance(m, PC_LEFT_SHOULDER, PC_RIGHT_SHOULDER) / PC_SHOULDERS, 1);
    vote(&v, seen_distance(m, PC_LEFT_EAR, PC_RIGHT_EAR) / PC_EARS, .5);
    vote(&v,
         longer(m, PC_LEFT_SHOULDER, PC_LEFT_ELBOW, PC_RIGHT_SHOULDER, PC_RIGHT_ELBOW) /
             PC_UPPER_ARM,
         .75);
    return v.n < 3 ? 0 : robust_mean(&v);
}

void pc_body_doubt_hips(struct pc_body_builder *m)
{
    double torso = torso_by_upper_body(m);
    if (torso <= 0 || !both_seen(m, PC_LEFT_SHOULDER, PC_RIGHT_SHOULDER) ||
        !both_seen(m, PC_LEFT_HIP, PC_RIGHT_HIP) || seen(m, PC_LEFT_KNEE) || seen(m, PC_RIGHT_KNEE))
        return;
    struct pc_point neck = midpoint(point_of(m, PC_LEFT_SHOULDER), point_of(m, PC_RIGHT_SHOULDER));
    struct pc_point hip = midpoint(point_of(m, PC_LEFT_HIP), point_of(m, PC_RIGHT_HIP));
    bool upright = hip.y - neck.y > fabs(hip.x - neck.x);
    if (!upright || distance(neck, hip) > SHORT * torso || hip.y < m->height - EDGE * torso)
        return;
    m->b->keypoints[PC_LEFT_HIP].visibility = m->b->keypoints[PC_RIGHT_HIP].visibility =
        PC_VISIBILITY_IMPUTED;
}
