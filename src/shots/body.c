/* From 17 landmarks of mixed quality to a body that every recipe can measure by.
 *
 * 1. sight: which landmarks are seen; a score below PC_SCORE_SEEN or a place outside the picture
 *    is not; hips out of all proportion at the lower edge are not either (proportions.c).
 * 2. units (proportions.c): every seen pair of landmarks votes for the length of the torso through
 * the ratios in body.h; the votes' weighted mean, outliers left out, is the scale. Head, torso and
 * shoulders are half measured and half taken from the scale, so that one bad landmark moves no box
 * far.
 * 3. guesses (unseen.c): a landmark that is not seen is placed from its neighbours (knee under hip,
 * wrist beyond elbow). Falls the place outside the picture, the photo has cut it off; else it is
 *    hidden, and what the model said with a low score is taken when it is inside.
 *
 * Limits: one body axis; a bent or lying body is told by `tilted`, not modelled.
 */
#include "shots/body.h"

#include <math.h>
#include <string.h>

#include "shots/body_builder.h"
#include "shots/keypoints.h"

#define SIDE_VIEW .42 /* shoulders narrower than this share of their usual width */
#define TILT_DEG 50.0
#define EDGE .05 /* of a torso: a point so near to the photo's edge is half cut off */

static void read_keypoints(struct pc_body_builder *m, const struct pc_person *person)
{
    for (int i = 0; i < PC_KEYPOINT_COUNT; i++) {
        struct pc_keypoint p = person->keypoints[i];
        if (!isfinite(p.x) || !isfinite(p.y) || !isfinite(p.score) ||
            fabs(p.x) > 4.0 * m->width + 1e3 || fabs(p.y) > 4.0 * m->height + 1e3)
            p = (struct pc_keypoint){0, 0, 0};
        m->raw[i] = p;
        struct pc_body_keypoint *s = &m->b->keypoints[i];
        *s = (struct pc_body_keypoint){p.x, p.y, p.score, PC_VISIBILITY_IMPUTED};
        if (p.score >= PC_SCORE_SEEN)
            s->visibility = inside(m, p.x, p.y) ? PC_VISIBILITY_SEEN : PC_VISIBILITY_OUTSIDE;
    }
}

/* ---- the direction of the body ---- */

/* From the hips to the neck; straight up when that cannot be told. */
static struct pc_point axis_of(const struct pc_body_builder *m)
{
    if (!both_seen(m, PC_LEFT_SHOULDER, PC_RIGHT_SHOULDER))
        return (struct pc_point){0, -1};
    struct pc_point neck = midpoint(point_of(m, PC_LEFT_SHOULDER), point_of(m, PC_RIGHT_SHOULDER));
    if (both_seen(m, PC_LEFT_HIP, PC_RIGHT_HIP))
        return unit_or_up(midpoint(point_of(m, PC_LEFT_HIP), point_of(m, PC_RIGHT_HIP)), neck,
                          .35 * m->b->torso);
    if (seen(m, PC_NOSE) && distance(neck, point_of(m, PC_NOSE)) > .3 * m->b->torso)
        return unit_or_up(neck, point_of(m, PC_NOSE), 0);
    return (struct pc_point){0, -1};
}

static enum pc_facing facing_by(const struct pc_body_builder *m, int left, int right, double usual)
{
    if (!both_seen(m, left, right))
        return PC_FACING_UNKNOWN;
    double dx = point_of(m, left).x - point_of(m, right).x;
    if (fabs(dx) < SIDE_VIEW * usual * m->b->torso)
        return PC_FACING_SIDE;
    return dx > 0 ? PC_FACING_FRONT : PC_FACING_BACK;
}

static enum pc_facing facing_of(const struct pc_body_builder *m)
{
    if (!m->b->known || m->b->tilted)
        return PC_FACING_UNKNOWN;
    enum pc_facing f = facing_by(m, PC_LEFT_SHOULDER, PC_RIGHT_SHOULDER, PC_SHOULDERS);
    return f != PC_FACING_UNKNOWN ? f : facing_by(m, PC_LEFT_HIP, PC_RIGHT_HIP, PC_HIPS);
}

/* ---- the edges of the photo ---- */

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

/* ---- the whole ---- */

static void set_box(struct pc_body_builder *m, const struct pc_person *person)
{
    struct pc_box b = person->box, picture = {0, 0, m->width, m->height};
    bool usable = isfinite(b.x) && isfinite(b.y) && isfinite(b.w) && isfinite(b.h);
    b = usable ? pc_box_intersect(b, picture) : (struct pc_box){0};
    bool any = pc_box_area(b) > 0;
    double x0 = b.x, y0 = b.y, x1 = b.x + b.w, y1 = b.y + b.h;
    for (int i = 0; i < PC_KEYPOINT_COUNT; i++) {
        if (!seen(m, i))
            continue;
        struct pc_point p = point_of(m, i);
        x0 = any ? fmin(x0, p.x) : p.x, y0 = any ? fmin(y0, p.y) : p.y;
        x1 = any ? fmax(x1, p.x) : p.x, y1 = any ? fmax(y1, p.y) : p.y;
        any = true;
    }
    m->b->box = any ? (struct pc_box){x0, y0, x1 - x0, y1 - y0} : (struct pc_box){0};
}

bool pc_body_at_edge(const struct pc_body *body, int width, int height, struct pc_point p)
{
    double r = EDGE * body->torso;
    return (p.y < r && touches(body, width, height, PC_TOP)) ||
           (p.y > height - r && touches(body, width, height, PC_BOTTOM)) ||
           (p.x < r && touches(body, width, height, PC_LEFT)) ||
           (p.x > width - r && touches(body, width, height, PC_RIGHT));
}

static void set_cut_sides(struct pc_body_builder *m)
{
    for (int i = 0; i <= PC_KEYPOINT_COUNT; i++) {
        int keypoint = i < PC_KEYPOINT_COUNT ? i : PC_BODY_CROWN;
        if (m->b->keypoints[keypoint].visibility != PC_VISIBILITY_OUTSIDE)
            continue;
        unsigned sides = sides_beyond(m->b, m->width, m->height, point_of(m, keypoint));
        for (int side = 0; side < PC_SIDES; side++)
            m->b->cut[side] |= sides >> side & 1;
    }
}

/* Points that are seen count most, then an arm that is stretched out in the picture. */
static double arm_worth(const struct pc_body_builder *m, int shoulder, int elbow, int wrist)
{
    const int chain[] = {shoulder, elbow, wrist};
    double worth = seen_distance(m, shoulder, elbow) / m->b->torso +
                   seen_distance(m, elbow, wrist) / m->b->torso;
    for (int i = 0; i < 3; i++) {
        const struct pc_body_keypoint *s = &m->b->keypoints[chain[i]];
        if (s->visibility == PC_VISIBILITY_SEEN)
            worth += 3 + 2 * fmin(s->score, .6) + .02 * s->score; /* the last settles ties */
        else if (s->visibility == PC_VISIBILITY_IMPUTED)
            worth += 1;
    }
    return worth;
}

static enum pc_arm better_arm(const struct pc_body_builder *m)
{
    return arm_worth(m, PC_LEFT_SHOULDER, PC_LEFT_ELBOW, PC_LEFT_WRIST) >=
                   arm_worth(m, PC_RIGHT_SHOULDER, PC_RIGHT_ELBOW, PC_RIGHT_WRIST)
               ? PC_ARM_LEFT
               : PC_ARM_RIGHT;
}

void pc_body_build(struct pc_body *body, const struct pc_person *person, int width, int height,
                   enum pc_arm arm)
{
    struct pc_body_builder m = {.b = body, .width = width, .height = height};
    memset(body, 0, sizeof *body);
    read_keypoints(&m, person);
    set_box(&m, person);
    pc_body_doubt_hips(&m);
    pc_body_measure(&m);
    struct pc_point up = axis_of(&m);
    body->tilted = -up.y < cos(TILT_DEG * acos(-1) / 180);
    body->facing = facing_of(&m);
    pc_body_impute(&m, up);
    body->arm = arm != PC_ARM_ANY ? arm : better_arm(&m);
    pc_body_derive_keypoints(body, up, person->score, width, height);
    set_cut_sides(&m);
}
