/* From 17 detected keypoints of mixed quality to a body that every recipe can measure by.
 *
 * 1. Visibility: a keypoint is seen when its score is at least PC_SCORE_SEEN and it lies inside the
 *    image. Hips out of all proportion at the lower edge do not count as seen (proportions.c).
 * 2. Lengths (proportions.c): every seen pair of keypoints votes for the length of the torso through
 *    the proportions in body.h. The weighted mean of the votes, without outliers, is the scale. Head,
 *    torso and shoulders are half measured and half taken from the scale, so that one bad keypoint
 *    moves no box far.
 * 3. Imputation (imputation.c): a keypoint that is not seen is placed from its neighbours (a knee
 *    under its hip, a wrist beyond its elbow). When that place is outside the image, the photo has
 *    cut the keypoint off. Otherwise it is hidden, and the model's own guess of low score is taken
 *    when it is plausible.
 * 4. Derived keypoints (derived.c): chin, waist, hands and so on.
 *
 * Limit: there is one body axis. A bent or lying body is marked as tilted, not modelled.
 */
#include "shots/body_builder.h"

#include <string.h>

#define SIDE_VIEW .42 /* shoulders narrower than this share of their usual width */
#define TILT_DEG 50.0

/* Takes the keypoints over as they were detected; wild numbers count as not detected. */
static void read_keypoints(struct pc_body *b, const struct pc_person *person)
{
    for (int i = 0; i < PC_KEYPOINT_COUNT; i++) {
        struct pc_keypoint p = person->keypoints[i];
        if (!isfinite(p.x) || !isfinite(p.y) || !isfinite(p.score) ||
            fabs(p.x) > 4.0 * b->width + 1e3 || fabs(p.y) > 4.0 * b->height + 1e3)
            p = (struct pc_keypoint){0, 0, 0};
        struct pc_body_keypoint *k = &b->keypoints[i];
        *k = (struct pc_body_keypoint){p.x, p.y, p.score, PC_VISIBILITY_IMPUTED};
        if (p.score >= PC_SCORE_SEEN)
            k->visibility = inside(b, p.x, p.y) ? PC_VISIBILITY_SEEN : PC_VISIBILITY_OUTSIDE;
    }
}

static void set_box(struct pc_body *b, struct pc_box detected)
{
    struct pc_box image = {0, 0, b->width, b->height}, box = {0};
    if (isfinite(detected.x) && isfinite(detected.y) && isfinite(detected.w) &&
        isfinite(detected.h))
        box = pc_box_intersect(detected, image);
    bool any = pc_box_area(box) > 0;
    double x0 = box.x, y0 = box.y, x1 = box.x + box.w, y1 = box.y + box.h;
    for (int i = 0; i < PC_KEYPOINT_COUNT; i++) {
        if (!seen(b, i))
            continue;
        struct pc_point p = point_of(b, i);
        x0 = any ? fmin(x0, p.x) : p.x, y0 = any ? fmin(y0, p.y) : p.y;
        x1 = any ? fmax(x1, p.x) : p.x, y1 = any ? fmax(y1, p.y) : p.y;
        any = true;
    }
    b->box = any ? (struct pc_box){x0, y0, x1 - x0, y1 - y0} : (struct pc_box){0};
}

/* The direction from the hips to the neck; straight up when it cannot be told. */
static struct pc_point axis_of(const struct pc_body *b)
{
    if (!both_seen(b, PC_LEFT_SHOULDER, PC_RIGHT_SHOULDER))
        return (struct pc_point){0, -1};
    struct pc_point neck = midpoint(point_of(b, PC_LEFT_SHOULDER), point_of(b, PC_RIGHT_SHOULDER));
    if (both_seen(b, PC_LEFT_HIP, PC_RIGHT_HIP))
        return unit_or_up(midpoint(point_of(b, PC_LEFT_HIP), point_of(b, PC_RIGHT_HIP)), neck,
                          .35 * b->torso);
    if (seen(b, PC_NOSE) && distance(neck, point_of(b, PC_NOSE)) > .3 * b->torso)
        return unit_or_up(neck, point_of(b, PC_NOSE), 0);
    return (struct pc_point){0, -1};
}

/* In a front view the person's left is on the right of the image. */
static enum pc_facing facing_by(const struct pc_body *b, int left, int right, double usual)
{
    if (!b->known || b->tilted || !both_seen(b, left, right))
        return PC_FACING_UNKNOWN;
    double dx = point_of(b, left).x - point_of(b, right).x;
    if (fabs(dx) < SIDE_VIEW * usual * b->torso)
        return PC_FACING_SIDE;
    return dx > 0 ? PC_FACING_FRONT : PC_FACING_BACK;
}

/* Keypoints that are seen count most, then an arm that is stretched out in the image. */
static double arm_worth(const struct pc_body *b, int shoulder, int elbow, int wrist)
{
    const int chain[] = {shoulder, elbow, wrist};
    double worth =
        seen_distance(b, shoulder, elbow) / b->torso + seen_distance(b, elbow, wrist) / b->torso;
    for (int i = 0; i < 3; i++) {
        const struct pc_body_keypoint *k = &b->keypoints[chain[i]];
        if (k->visibility == PC_VISIBILITY_SEEN)
            worth += 3 + 2 * fmin(k->score, .6) + .02 * k->score; /* the last one decides ties */
        else if (k->visibility == PC_VISIBILITY_IMPUTED)
            worth += 1;
    }
    return worth;
}

void pc_body_build(struct pc_body *b, const struct pc_person *person, int width, int height,
                   enum pc_arm arm)
{
    memset(b, 0, sizeof *b);
    b->width = width;
    b->height = height;
    read_keypoints(b, person);
    set_box(b, person->box);
    pc_body_doubt_hips(b);
    pc_body_measure(b);
    struct pc_point up = axis_of(b);
    b->tilted = -up.y < cos(TILT_DEG * acos(-1) / 180);
    b->facing = facing_by(b, PC_LEFT_SHOULDER, PC_RIGHT_SHOULDER, PC_SHOULDERS);
    if (b->facing == PC_FACING_UNKNOWN)
        b->facing = facing_by(b, PC_LEFT_HIP, PC_RIGHT_HIP, PC_HIPS);
    pc_body_impute(b, up);
    b->arm = arm;
    if (arm == PC_ARM_ANY)
        b->arm = arm_worth(b, PC_LEFT_SHOULDER, PC_LEFT_ELBOW, PC_LEFT_WRIST) >=
                         arm_worth(b, PC_RIGHT_SHOULDER, PC_RIGHT_ELBOW, PC_RIGHT_WRIST)
                     ? PC_ARM_LEFT
                     : PC_ARM_RIGHT;
    pc_body_derive(b, up, person->score);
    for (int i = 0; i <= PC_KEYPOINT_COUNT; i++) { /* the last one stands for the crown */
        int id = i < PC_KEYPOINT_COUNT ? i : PC_BODY_CROWN;
        unsigned sides = b->keypoints[id].visibility == PC_VISIBILITY_OUTSIDE
                             ? pc_body_sides_beyond(b, point_of(b, id))
                             : 0;
        for (int side = 0; side < PC_SIDES; side++)
            b->cut[side] |= sides >> side & 1;
    }
}

enum pc_facing pc_body_facing(const struct pc_person *person)
{
    /* Only the keypoints decide: the image is as large as it must be to hold them all. */
    double right = 1, bottom = 1;
    for (int i = 0; i < PC_KEYPOINT_COUNT; i++) {
        right = fmax(right, person->keypoints[i].x + 1);
        bottom = fmax(bottom, person->keypoints[i].y + 1);
    }
    struct pc_body body;
    pc_body_build(&body, person, right < 1e6 ? (int)ceil(right) : 1000000,
                  bottom < 1e6 ? (int)ceil(bottom) : 1000000, PC_ARM_ANY);
    return body.facing;
}
