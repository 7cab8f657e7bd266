#include "shots/keypoints.h"

#include <math.h>

#include "base/str.h"

static const char *const derived_names[] = {
#define PC_BODY_KEYPOINT(id, name) name,
#include "shots/keypoints.def"
#undef PC_BODY_KEYPOINT
};

const char *pc_body_keypoint_name(int keypoint)
{
    if (keypoint < 0 || keypoint >= PC_BODY_KEYPOINT_COUNT)
        return "";
    return keypoint < PC_KEYPOINT_COUNT ? pc_keypoint_name((enum pc_keypoint_id)keypoint)
                                        : derived_names[keypoint - PC_KEYPOINT_COUNT];
}

int pc_body_keypoint_by_name(const char *name)
{
    for (int i = 0; i < PC_BODY_KEYPOINT_COUNT; i++)
        if (pc_str_eq(name, pc_body_keypoint_name(i)))
            return i;
    return PC_BODY_KEYPOINT_NONE;
}

struct derivation {
    struct pc_body *b;
    int width, height;
};

/* A derived spot is seen when what it rests on is; outside when its own place is. Half of a seen
 * pair still says something: then it is a guess with a score. */
static void put(const struct derivation *m, int keypoint, double x, double y, int a, int b)
{
    const struct pc_body_keypoint *pa = &m->b->keypoints[a], *pb = &m->b->keypoints[b];
    bool in = x >= 0 && y >= 0 && x < m->width && y < m->height;
    bool sure = pa->visibility == PC_VISIBILITY_SEEN && pb->visibility == PC_VISIBILITY_SEEN;
    bool lost =
        (pa->visibility == PC_VISIBILITY_OUTSIDE && pb->visibility == PC_VISIBILITY_OUTSIDE) ||
        (!sure && pc_body_beyond(m->b, m->width, m->height, (struct pc_point){x, y}));
    enum pc_visibility visibility = !in || lost ? PC_VISIBILITY_OUTSIDE
                                    : sure      ? PC_VISIBILITY_SEEN
                                                : PC_VISIBILITY_IMPUTED;
    double score = visibility == PC_VISIBILITY_OUTSIDE ? 0 : (pa->score + pb->score) / 2;
    m->b->keypoints[keypoint] = (struct pc_body_keypoint){x, y, score, visibility};
}

/* At the share t of the way from a to b; t may leave 0..1. */
static void between(const struct derivation *m, int keypoint, int a, int b, double t)
{
    const struct pc_body_keypoint *pa = &m->b->keypoints[a], *pb = &m->b->keypoints[b];
    put(m, keypoint, pa->x + t * (pb->x - pa->x), pa->y + t * (pb->y - pa->y), a, b);
}

/* The face hangs on the nose and points from it to the neck, so a bowed head bows the chin. Its
 * length is half what nose and neck say, half what the head's size says: a raised chin shortens the
 * first. */
static void derive_head(const struct derivation *m, struct pc_point up)
{
    const struct pc_body_keypoint *nose = &m->b->keypoints[PC_NOSE],
                                  *neck = &m->b->keypoints[PC_BODY_NECK];
    double dx = neck->x - nose->x, dy = neck->y - nose->y, len = hypot(dx, dy);
    struct pc_point face = len > .1 * m->b->torso ? (struct pc_point){dx / len, dy / len}
                                                  : (struct pc_point){-up.x, -up.y};
    double chin = fmin(.5 * (.45 * len + .35 * m->b->head), .7 * fmax(len, .2 * m->b->torso));
    put(m, PC_BODY_CHIN, nose->x + face.x * chin, nose->y + face.y * chin, PC_NOSE, PC_NOSE);
    put(m, PC_BODY_CROWN, nose->x - face.x * .66 * m->b->head, nose->y - face.y * .66 * m->b->head,
        PC_NOSE, PC_NOSE);
    between(m, PC_BODY_EYES, PC_LEFT_EYE, PC_RIGHT_EYE, .5);
    between(m, PC_BODY_MOUTH, PC_NOSE, PC_BODY_CHIN, .4);
}

/* Hips are the worst found landmarks, so the way down from the neck is as long as the body's units
 * say, half measured and half expected; a foreshortened trunk (seated, bent) is taken as it is. */
static void down_trunk(const struct derivation *m, int keypoint, double t)
{
    const struct pc_body_keypoint *neck = &m->b->keypoints[PC_BODY_NECK],
                                  *hip = &m->b->keypoints[PC_BODY_HIP];
    double len = hypot(hip->x - neck->x, hip->y - neck->y);
    double steady = len > 1e-9 ? fmin(m->b->torso / len, 1.25) : 1;
    between(m, keypoint, PC_BODY_NECK, PC_BODY_HIP, t * steady);
}

static void derive_trunk(const struct derivation *m)
{
    between(m, PC_BODY_NECK, PC_LEFT_SHOULDER, PC_RIGHT_SHOULDER, .5);
    between(m, PC_BODY_HIP, PC_LEFT_HIP, PC_RIGHT_HIP, .5);
    down_trunk(m, PC_BODY_CHEST, .35);
    down_trunk(m, PC_BODY_MID_TORSO, .5);
    down_trunk(m, PC_BODY_WAIST, .65);
}

static void derive_legs(const struct derivation *m)
{
    between(m, PC_BODY_KNEES, PC_LEFT_KNEE, PC_RIGHT_KNEE, .5);
    between(m, PC_BODY_ANKLES, PC_LEFT_ANKLE, PC_RIGHT_ANKLE, .5);
    between(m, PC_BODY_MID_THIGHS, PC_BODY_HIP, PC_BODY_KNEES, .5);
    between(m, PC_BODY_MID_SHINS, PC_BODY_KNEES, PC_BODY_ANKLES, .5);
    between(m, PC_BODY_LEFT_THIGH, PC_LEFT_HIP, PC_LEFT_KNEE, .5);
    between(m, PC_BODY_RIGHT_THIGH, PC_RIGHT_HIP, PC_RIGHT_KNEE, .5);
    between(m, PC_BODY_LEFT_SHIN, PC_LEFT_KNEE, PC_LEFT_ANKLE, .5);
    between(m, PC_BODY_RIGHT_SHIN, PC_RIGHT_KNEE, PC_RIGHT_ANKLE, .5);
    between(m, PC_BODY_LEFT_FOOT, PC_LEFT_KNEE, PC_LEFT_ANKLE, 1.22);
    between(m, PC_BODY_RIGHT_FOOT, PC_RIGHT_KNEE, PC_RIGHT_ANKLE, 1.22);
}

static void derive_arms(const struct derivation *m)
{
    bool left = m->b->arm != PC_ARM_RIGHT;
    between(m, PC_BODY_LEFT_FOREARM, PC_LEFT_ELBOW, PC_LEFT_WRIST, .5);
    between(m, PC_BODY_RIGHT_FOREARM, PC_RIGHT_ELBOW, PC_RIGHT_WRIST, .5);
    between(m, PC_BODY_LEFT_HAND, PC_LEFT_ELBOW, PC_LEFT_WRIST, 1.35);
    between(m, PC_BODY_RIGHT_HAND, PC_RIGHT_ELBOW, PC_RIGHT_WRIST, 1.35);
    m->b->keypoints[PC_BODY_ARM_SHOULDER] =
        m->b->keypoints[left ? PC_LEFT_SHOULDER : PC_RIGHT_SHOULDER];
    m->b->keypoints[PC_BODY_ARM_ELBOW] = m->b->keypoints[left ? PC_LEFT_ELBOW : PC_RIGHT_ELBOW];
    m->b->keypoints[PC_BODY_ARM_WRIST] = m->b->keypoints[left ? PC_LEFT_WRIST : PC_RIGHT_WRIST];
    m->b->keypoints[PC_BODY_ARM_HAND] =
        m->b->keypoints[left ? PC_BODY_LEFT_HAND : PC_BODY_RIGHT_HAND];
}

void pc_body_derive_keypoints(struct pc_body *body, struct pc_point up, double score, int width,
                              int height)
{
    struct derivation m = {body, width, height};
    derive_trunk(&m);
    derive_head(&m, up);
    derive_legs(&m);
    derive_arms(&m);
    body->keypoints[PC_BODY_PERSON] = (struct pc_body_keypoint){
        body->box.x + body->box.w / 2, body->box.y + body->box.h / 2, score,
        body->box.w > 0 && body->box.h > 0 ? PC_VISIBILITY_SEEN : PC_VISIBILITY_OUTSIDE};
}
