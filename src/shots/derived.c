/* The keypoints that COCO does not have: neck, chin, waist, hands and so on. */
#include "shots/body_builder.h"

#include <stddef.h>

/* Places a derived keypoint that rests on the keypoints k1 and k2. It is seen when both are, and
 * outside when its own place is, or when the photo has cut off what it rests on. When only one of
 * the two is seen, it is imputed but keeps a score. */
static void put(struct pc_body *b, int id, struct pc_point p, int k1, int k2)
{
    const struct pc_body_keypoint *one = &b->keypoints[k1], *other = &b->keypoints[k2];
    bool sure = both_seen(b, k1, k2);
    bool lost =
        (one->visibility == PC_VISIBILITY_OUTSIDE && other->visibility == PC_VISIBILITY_OUTSIDE) ||
        (!sure && pc_body_beyond(b, p));
    enum pc_visibility visibility = !inside(b, p.x, p.y) || lost ? PC_VISIBILITY_OUTSIDE
                                    : sure                       ? PC_VISIBILITY_SEEN
                                                                 : PC_VISIBILITY_IMPUTED;
    double score = visibility == PC_VISIBILITY_OUTSIDE ? 0 : (one->score + other->score) / 2;
    b->keypoints[id] = (struct pc_body_keypoint){p.x, p.y, score, visibility};
}

/* At the share t of the way from k1 to k2; t may leave 0..1. */
static void between(struct pc_body *b, int id, int k1, int k2, double t)
{
    const struct pc_body_keypoint *one = &b->keypoints[k1], *other = &b->keypoints[k2];
    struct pc_point p = {one->x + t * (other->x - one->x), one->y + t * (other->y - one->y)};
    put(b, id, p, k1, k2);
}

/* Hips are the worst detected keypoints. So the way down from the neck is as long as the body's
 * lengths say, half measured and half expected; a foreshortened trunk (seated, bent) is taken as it
 * is. */
static void derive_trunk(struct pc_body *b)
{
    between(b, PC_BODY_NECK, PC_LEFT_SHOULDER, PC_RIGHT_SHOULDER, .5);
    between(b, PC_BODY_HIP, PC_LEFT_HIP, PC_RIGHT_HIP, .5);
    double len = distance(point_of(b, PC_BODY_HIP), point_of(b, PC_BODY_NECK));
    double steady = len > 1e-9 ? fmin(b->torso / len, 1.25) : 1;
    between(b, PC_BODY_CHEST, PC_BODY_NECK, PC_BODY_HIP, .35 * steady);
    between(b, PC_BODY_MID_TORSO, PC_BODY_NECK, PC_BODY_HIP, .5 * steady);
    between(b, PC_BODY_WAIST, PC_BODY_NECK, PC_BODY_HIP, .65 * steady);
}

/* The face hangs on the nose and points from it to the neck, so that a bowed head bows the chin. Its
 * length is half what the way from nose to neck says, half what the size of the head says: a raised
 * chin shortens the first. */
static void derive_head(struct pc_body *b, struct pc_point up)
{
    struct pc_point nose = point_of(b, PC_NOSE), neck = point_of(b, PC_BODY_NECK);
    double dx = neck.x - nose.x, dy = neck.y - nose.y, len = hypot(dx, dy);
    struct pc_point face = len > .1 * b->torso ? (struct pc_point){dx / len, dy / len}
                                               : (struct pc_point){-up.x, -up.y};
    double chin = fmin(.5 * (.45 * len + .35 * b->head), .7 * fmax(len, .2 * b->torso));
    put(b, PC_BODY_CHIN, (struct pc_point){nose.x + face.x * chin, nose.y + face.y * chin}, PC_NOSE,
        PC_NOSE);
    put(b, PC_BODY_CROWN,
        (struct pc_point){nose.x - face.x * .66 * b->head, nose.y - face.y * .66 * b->head},
        PC_NOSE, PC_NOSE);
    between(b, PC_BODY_EYES, PC_LEFT_EYE, PC_RIGHT_EYE, .5);
    between(b, PC_BODY_MOUTH, PC_NOSE, PC_BODY_CHIN, .4);
}

void pc_body_derive(struct pc_body *b, struct pc_point up, double score)
{
    static const struct {
        int id, from, to;
        double share;
    } limbs[] = {
        {PC_BODY_KNEES, PC_LEFT_KNEE, PC_RIGHT_KNEE, .5},
        {PC_BODY_ANKLES, PC_LEFT_ANKLE, PC_RIGHT_ANKLE, .5},
        {PC_BODY_MID_THIGHS, PC_BODY_HIP, PC_BODY_KNEES, .5},
        {PC_BODY_MID_SHINS, PC_BODY_KNEES, PC_BODY_ANKLES, .5},
        {PC_BODY_LEFT_THIGH, PC_LEFT_HIP, PC_LEFT_KNEE, .5},
        {PC_BODY_RIGHT_THIGH, PC_RIGHT_HIP, PC_RIGHT_KNEE, .5},
        {PC_BODY_LEFT_SHIN, PC_LEFT_KNEE, PC_LEFT_ANKLE, .5},
        {PC_BODY_RIGHT_SHIN, PC_RIGHT_KNEE, PC_RIGHT_ANKLE, .5},
        {PC_BODY_LEFT_FOOT, PC_LEFT_KNEE, PC_LEFT_ANKLE, 1.22},
        {PC_BODY_RIGHT_FOOT, PC_RIGHT_KNEE, PC_RIGHT_ANKLE, 1.22},
        {PC_BODY_LEFT_FOREARM, PC_LEFT_ELBOW, PC_LEFT_WRIST, .5},
        {PC_BODY_RIGHT_FOREARM, PC_RIGHT_ELBOW, PC_RIGHT_WRIST, .5},
        {PC_BODY_LEFT_HAND, PC_LEFT_ELBOW, PC_LEFT_WRIST, 1.35},
        {PC_BODY_RIGHT_HAND, PC_RIGHT_ELBOW, PC_RIGHT_WRIST, 1.35},
    };
    bool left = b->arm != PC_ARM_RIGHT;
    struct pc_body_keypoint *k = b->keypoints;
    derive_trunk(b);
    derive_head(b, up);
    for (size_t i = 0; i < sizeof limbs / sizeof *limbs; i++)
        between(b, limbs[i].id, limbs[i].from, limbs[i].to, limbs[i].share);
    k[PC_BODY_ARM_SHOULDER] = k[left ? PC_LEFT_SHOULDER : PC_RIGHT_SHOULDER];
    k[PC_BODY_ARM_ELBOW] = k[left ? PC_LEFT_ELBOW : PC_RIGHT_ELBOW];
    k[PC_BODY_ARM_WRIST] = k[left ? PC_LEFT_WRIST : PC_RIGHT_WRIST];
    k[PC_BODY_ARM_HAND] = k[left ? PC_BODY_LEFT_HAND : PC_BODY_RIGHT_HAND];
    k[PC_BODY_PERSON] = (struct pc_body_keypoint){
        b->box.x + b->box.w / 2, b->box.y + b->box.h / 2, score,
        b->box.w > 0 && b->box.h > 0 ? PC_VISIBILITY_SEEN : PC_VISIBILITY_OUTSIDE};
}
