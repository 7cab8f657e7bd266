#include "shots/spots.h"

#include <math.h>

#include "base/str.h"

static const char *const derived_names[] = {
#define PC_SPOT(id, name) name,
#include "shots/spots.def"
#undef PC_SPOT
};

const char *pc_spot_name(int spot)
{
    if (spot < 0 || spot >= PC_SPOT_COUNT)
        return "";
    return spot < PC_LANDMARK_COUNT ? pc_landmark_name((enum pc_landmark_id)spot)
                                    : derived_names[spot - PC_LANDMARK_COUNT];
}

int pc_spot_by_name(const char *name)
{
    for (int i = 0; i < PC_SPOT_COUNT; i++)
        if (pc_streq(name, pc_spot_name(i)))
            return i;
    return PC_SPOT_NONE;
}

struct maker {
    struct pc_body *b;
    int width, height;
};

/* A derived spot is seen when what it rests on is; outside when its own place is. Half of a seen
 * pair still says something: then it is a guess with a score. */
static void put(const struct maker *m, int spot, double x, double y, int a, int b)
{
    const struct pc_spot_at *pa = &m->b->at[a], *pb = &m->b->at[b];
    bool in = x >= 0 && y >= 0 && x < m->width && y < m->height;
    bool sure = pa->sight == PC_SIGHT_SEEN && pb->sight == PC_SIGHT_SEEN;
    bool lost = (pa->sight == PC_SIGHT_OUT && pb->sight == PC_SIGHT_OUT) ||
                (!sure && pc_body_beyond(m->b, m->width, m->height, (struct pc_point){x, y}));
    enum pc_sight sight = !in || lost ? PC_SIGHT_OUT : sure ? PC_SIGHT_SEEN : PC_SIGHT_GUESSED;
    double score = sight == PC_SIGHT_OUT ? 0 : (pa->score + pb->score) / 2;
    m->b->at[spot] = (struct pc_spot_at){x, y, score, sight};
}

/* At the share t of the way from a to b; t may leave 0..1. */
static void between(const struct maker *m, int spot, int a, int b, double t)
{
    const struct pc_spot_at *pa = &m->b->at[a], *pb = &m->b->at[b];
    put(m, spot, pa->x + t * (pb->x - pa->x), pa->y + t * (pb->y - pa->y), a, b);
}

/* The face hangs on the nose and points from it to the neck, so a bowed head bows the chin. Its
 * length is half what nose and neck say, half what the head's size says: a raised chin shortens the
 * first. */
static void derive_head(const struct maker *m, struct pc_point up)
{
    const struct pc_spot_at *nose = &m->b->at[PC_NOSE], *neck = &m->b->at[PC_SPOT_NECK];
    double dx = neck->x - nose->x, dy = neck->y - nose->y, len = hypot(dx, dy);
    struct pc_point face = len > .1 * m->b->torso ? (struct pc_point){dx / len, dy / len}
                                                  : (struct pc_point){-up.x, -up.y};
    double chin = fmin(.5 * (.45 * len + .35 * m->b->head), .7 * fmax(len, .2 * m->b->torso));
    put(m, PC_SPOT_CHIN, nose->x + face.x * chin, nose->y + face.y * chin, PC_NOSE, PC_NOSE);
    put(m, PC_SPOT_CROWN, nose->x - face.x * .66 * m->b->head, nose->y - face.y * .66 * m->b->head,
        PC_NOSE, PC_NOSE);
    between(m, PC_SPOT_EYES, PC_LEFT_EYE, PC_RIGHT_EYE, .5);
    between(m, PC_SPOT_MOUTH, PC_NOSE, PC_SPOT_CHIN, .4);
}

/* Hips are the worst found landmarks, so the way down from the neck is as long as the body's units
 * say, half measured and half expected; a foreshortened trunk (seated, bent) is taken as it is. */
static void down_trunk(const struct maker *m, int spot, double t)
{
    const struct pc_spot_at *neck = &m->b->at[PC_SPOT_NECK], *hip = &m->b->at[PC_SPOT_HIP];
    double len = hypot(hip->x - neck->x, hip->y - neck->y);
    double steady = len > 1e-9 ? fmin(m->b->torso / len, 1.25) : 1;
    between(m, spot, PC_SPOT_NECK, PC_SPOT_HIP, t * steady);
}

static void derive_trunk(const struct maker *m)
{
    between(m, PC_SPOT_NECK, PC_LEFT_SHOULDER, PC_RIGHT_SHOULDER, .5);
    between(m, PC_SPOT_HIP, PC_LEFT_HIP, PC_RIGHT_HIP, .5);
    down_trunk(m, PC_SPOT_CHEST, .35);
    down_trunk(m, PC_SPOT_MID_TORSO, .5);
    down_trunk(m, PC_SPOT_WAIST, .65);
}

static void derive_legs(const struct maker *m)
{
    between(m, PC_SPOT_KNEES, PC_LEFT_KNEE, PC_RIGHT_KNEE, .5);
    between(m, PC_SPOT_ANKLES, PC_LEFT_ANKLE, PC_RIGHT_ANKLE, .5);
    between(m, PC_SPOT_MID_THIGHS, PC_SPOT_HIP, PC_SPOT_KNEES, .5);
    between(m, PC_SPOT_MID_SHINS, PC_SPOT_KNEES, PC_SPOT_ANKLES, .5);
    between(m, PC_SPOT_LEFT_THIGH, PC_LEFT_HIP, PC_LEFT_KNEE, .5);
    between(m, PC_SPOT_RIGHT_THIGH, PC_RIGHT_HIP, PC_RIGHT_KNEE, .5);
    between(m, PC_SPOT_LEFT_SHIN, PC_LEFT_KNEE, PC_LEFT_ANKLE, .5);
    between(m, PC_SPOT_RIGHT_SHIN, PC_RIGHT_KNEE, PC_RIGHT_ANKLE, .5);
    between(m, PC_SPOT_LEFT_FOOT, PC_LEFT_KNEE, PC_LEFT_ANKLE, 1.22);
    between(m, PC_SPOT_RIGHT_FOOT, PC_RIGHT_KNEE, PC_RIGHT_ANKLE, 1.22);
}

static void derive_arms(const struct maker *m)
{
    bool left = m->b->arm != PC_ARM_RIGHT;
    between(m, PC_SPOT_LEFT_FOREARM, PC_LEFT_ELBOW, PC_LEFT_WRIST, .5);
    between(m, PC_SPOT_RIGHT_FOREARM, PC_RIGHT_ELBOW, PC_RIGHT_WRIST, .5);
    between(m, PC_SPOT_LEFT_HAND, PC_LEFT_ELBOW, PC_LEFT_WRIST, 1.35);
    between(m, PC_SPOT_RIGHT_HAND, PC_RIGHT_ELBOW, PC_RIGHT_WRIST, 1.35);
    m->b->at[PC_SPOT_ARM_SHOULDER] = m->b->at[left ? PC_LEFT_SHOULDER : PC_RIGHT_SHOULDER];
    m->b->at[PC_SPOT_ARM_ELBOW] = m->b->at[left ? PC_LEFT_ELBOW : PC_RIGHT_ELBOW];
    m->b->at[PC_SPOT_ARM_WRIST] = m->b->at[left ? PC_LEFT_WRIST : PC_RIGHT_WRIST];
    m->b->at[PC_SPOT_ARM_HAND] = m->b->at[left ? PC_SPOT_LEFT_HAND : PC_SPOT_RIGHT_HAND];
}

void pc_spots_derive(struct pc_body *body, struct pc_point up, double score, int width, int height)
{
    struct maker m = {body, width, height};
    derive_trunk(&m);
    derive_head(&m, up);
    derive_legs(&m);
    derive_arms(&m);
    body->at[PC_SPOT_PERSON] =
        (struct pc_spot_at){body->box.x + body->box.w / 2, body->box.y + body->box.h / 2, score,
                            body->box.w > 0 && body->box.h > 0 ? PC_SIGHT_SEEN : PC_SIGHT_OUT};
}
