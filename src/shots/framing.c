#include "shots/framing.h"

#include <math.h>

#include "shots/constraints.h"

#define SURE_SCORE .25 /* mean score of the kept points; below: review */
enum { USABLE_PX = 32, LEAST_PX = 8 };

struct framing {
    struct pc_shot *shot;
    const struct pc_recipe *recipe;
    const struct pc_body *body;
    int width, height;
    uint64_t keep;
    struct pc_constraints constraints;
    struct pc_box box;
};

static int severity(enum pc_shot_state s)
{
    static const int order[] = {
        [PC_SHOT_OK] = 0, [PC_SHOT_PARTIAL] = 1, [PC_SHOT_REVIEW] = 2, [PC_SHOT_ABSENT] = 3};
    return order[s];
}

void pc_shot_downgrade(struct pc_shot *shot, enum pc_shot_state state, enum pc_reason reason)
{
    if (severity(state) > severity(shot->state))
        shot->state = state;
    for (int i = 0; i < shot->n_reasons; i++)
        if (shot->reasons[i] == reason)
            return;
    if (shot->n_reasons < PC_MAX_REASONS)
        shot->reasons[shot->n_reasons++] = reason;
}

/* One reason is enough for what is not there. */
static void absent(struct pc_shot *shot, enum pc_reason reason)
{
    shot->n_reasons = 0;
    pc_shot_downgrade(shot, PC_SHOT_ABSENT, reason);
    shot->box = (struct pc_ibox){0};
    shot->width = shot->height = 0;
}

static bool has(uint64_t bits, int keypoint)
{
    return bits & PC_BODY_BIT(keypoint);
}

/* ---- judge ---- */

static void assess_confidence(struct framing *v)
{
    double sum = 0;
    int n = 0;
    for (int i = 0; i < PC_BODY_KEYPOINT_COUNT; i++) {
        if (!has(v->keep, i) || v->body->keypoints[i].visibility == PC_VISIBILITY_OUTSIDE)
            continue;
        sum += v->body->keypoints[i].score;
        n++;
    }
    v->shot->score = n ? fmax(0, fmin(1, sum / n)) : 0;
    if (v->shot->score < SURE_SCORE)
        pc_shot_downgrade(v->shot, PC_SHOT_REVIEW, PC_REASON_LOW_CONFIDENCE);
}

/* A whole person is not whole where the photo ends inside the body; a headless one may end above.
 */
static void assess_whole(struct framing *v)
{
    if (!has(v->keep, PC_BODY_PERSON))
        return;
    for (int side = 0; side < PC_SIDES; side++)
        if (v->body->cut[side] && (side != PC_TOP || v->recipe->headless == PC_HEADLESS_NO))
            pc_shot_downgrade(v->shot, PC_SHOT_PARTIAL, PC_REASON_CUT_BY_PHOTO);
}

/* The models draw a face on the back of a head, so the points alone do not tell. */
static void assess_facing(struct framing *v)
{
    uint64_t eyes =
        PC_BODY_BIT(PC_BODY_EYES) | PC_BODY_BIT(PC_LEFT_EYE) | PC_BODY_BIT(PC_RIGHT_EYE);
    if (v->body->facing == PC_FACING_BACK && (v->recipe->need & eyes))
        pc_shot_downgrade(v->shot, PC_SHOT_REVIEW, PC_REASON_FROM_BEHIND);
}

/* Says what of the kept points the photo has; absent when what is needed lies outside, or when
 * none of it was found. */
static void assess(struct framing *v)
{
    int found = 0;
    if (!v->body->known && (v->keep & ~PC_BODY_BIT(PC_BODY_PERSON)) == v->keep) {
        absent(v->shot, PC_REASON_HIDDEN);
        return;
    }
    for (int i = 0; i < PC_BODY_KEYPOINT_COUNT; i++) {
        enum pc_visibility visibility = v->body->keypoints[i].visibility;
        bool need = has(v->recipe->need, i);
        if (!has(v->keep, i) && !need)
            continue;
        found += visibility == PC_VISIBILITY_SEEN || v->body->keypoints[i].score > 0;
        if (visibility == PC_VISIBILITY_OUTSIDE && need) {
            absent(v->shot, PC_REASON_NOT_IN_PHOTO);
            return;
        }
        struct pc_point p = {v->body->keypoints[i].x, v->body->keypoints[i].y};
        bool at_edge = visibility == PC_VISIBILITY_SEEN && i < PC_KEYPOINT_COUNT &&
                       pc_body_at_edge(v->body, v->width, v->height, p);
        if (visibility == PC_VISIBILITY_OUTSIDE || at_edge)
            pc_shot_downgrade(v->shot, PC_SHOT_PARTIAL, PC_REASON_CUT_BY_PHOTO);
        else if (visibility == PC_VISIBILITY_IMPUTED)
            pc_shot_downgrade(v->shot, need ? PC_SHOT_REVIEW : PC_SHOT_OK, PC_REASON_HIDDEN);
    }
    if (found == 0) {
        absent(v->shot, PC_REASON_NOT_IN_PHOTO);
        return;
    }
    assess_whole(v);
    assess_facing(v);
    assess_confidence(v);
}

/* ---- frame ---- */

static void solve(struct framing *v)
{
    bool missed;
    pc_constraints_build(v->shot, v->body, v->width, v->height, &v->constraints);
    v->box = pc_solver_solve(&v->constraints, &missed);
    if (missed)
        pc_shot_downgrade(v->shot, PC_SHOT_OK, PC_REASON_ASPECT_MISSED);
    if (v->recipe->joints)
        v->box = pc_solver_avoid_joints(&v->constraints, v->body, v->box);
}

/* ---- overflow, pixels, size ---- */

static bool leaves_image(const struct framing *v)
{
    double slack = .5;
    return v->box.x < -slack || v->box.y < -slack || v->box.x + v->box.w > v->width + slack ||
           v->box.y + v->box.h > v->height + slack;
}

/* Shrinks round the middle until the box lies in the picture, at the same shape. */
static void shrink(struct framing *v)
{
    struct pc_box *b = &v->box;
    double cx = b->x + b->w / 2, cy = b->y + b->h / 2;
    double rx = fmin(cx, v->width - cx) / (b->w / 2), ry = fmin(cy, v->height - cy) / (b->h / 2);
    double r = fmax(fmin(fmin(rx, ry), 1), 0);
    *b = (struct pc_box){cx - r * b->w / 2, cy - r * b->h / 2, r * b->w, r * b->h};
    if (b->x > v->constraints.x.hard_lo || b->y > v->constraints.y.hard_lo ||
        b->x + b->w < v->constraints.x.hard_hi || b->y + b->h < v->constraints.y.hard_hi)
        pc_shot_downgrade(v->shot, PC_SHOT_PARTIAL, PC_REASON_OUT_OF_PICTURE);
}

static void overflow(struct framing *v)
{
    if (!leaves_image(v))
        return;
    switch (v->recipe->overflow) {
    case PC_OVERFLOW_EXTEND: pc_shot_downgrade(v->shot, PC_SHOT_OK, PC_REASON_EXTENDED); break;
    case PC_OVERFLOW_REJECT: absent(v->shot, PC_REASON_OUT_OF_PICTURE); break;
    default: shrink(v); break;
    }
}

/* Inwards, so that no line is passed by a part of a pixel. */
static void to_pixels(struct pc_shot *shot, struct pc_box b, int width, int height, bool may_leave)
{
    double x0 = ceil(b.x - 1e-6), y0 = ceil(b.y - 1e-6);
    double x1 = floor(b.x + b.w + 1e-6), y1 = floor(b.y + b.h + 1e-6);
    if (!may_leave) {
        x0 = fmax(x0, 0), y0 = fmax(y0, 0);
        x1 = fmin(x1, width), y1 = fmin(y1, height);
    }
    shot->box = (struct pc_ibox){(int)x0, (int)y0, (int)(x1 - x0), (int)(y1 - y0)};
}

static double fit_scale(const struct pc_recipe *r, struct pc_ibox b)
{
    double sx = r->width > 0 ? (double)r->width / b.w : INFINITY;
    double sy = r->height > 0 ? (double)r->height / b.h : INFINITY;
    double s = fmin(sx, sy);
    return isfinite(s) ? s : 1;
}

static void set_size(struct pc_shot *shot)
{
    const struct pc_recipe *r = shot->recipe;
    struct pc_ibox b = shot->box;
    double s = r->size == PC_SIZE_FIT || r->size == PC_SIZE_EXACT ? fit_scale(r, b) : 1;
    if (r->size == PC_SIZE_AT_LEAST)
        s = fmax(fmax((double)r->width / b.w, (double)r->height / b.h), 1);
    if (s > 1 && r->upscale)
        pc_shot_downgrade(shot, PC_SHOT_OK, PC_REASON_UPSCALED);
    else if (s > 1 && r->size != PC_SIZE_FIT && r->size != PC_SIZE_NATIVE)
        pc_shot_downgrade(shot, PC_SHOT_OK, PC_REASON_SMALLER_THAN_ASKED);
    if (s > 1 && !r->upscale)
        s = 1;
    shot->width = (int)fmax(1, round(s * b.w));
    shot->height = (int)fmax(1, round(s * b.h));
    if (r->size == PC_SIZE_EXACT && (s < 1 || r->upscale)) {
        shot->width = r->width;
        shot->height = r->height;
    }
}

/* A box of a few pixels is no picture; one of a few more is for eyes to judge. */
void pc_framing_set_size(struct pc_shot *shot)
{
    if (shot->box.w < LEAST_PX || shot->box.h < LEAST_PX) {
        absent(shot, PC_REASON_TOO_SMALL);
        return;
    }
    set_size(shot);
    if (shot->box.w < USABLE_PX || shot->box.h < USABLE_PX)
        pc_shot_downgrade(shot, PC_SHOT_REVIEW, PC_REASON_TOO_SMALL);
}

void pc_framing_of_body(struct pc_shot *shot, const struct pc_body *body, int width, int height)
{
    struct framing v = {.shot = shot,
                        .recipe = shot->recipe,
                        .body = body,
                        .width = width,
                        .height = height,
                        .keep = pc_constraints_keep(shot->recipe)};
    assess(&v);
    if (shot->state == PC_SHOT_ABSENT)
        return;
    solve(&v);
    overflow(&v);
    if (shot->state == PC_SHOT_ABSENT)
        return;
    to_pixels(shot, v.box, width, height, shot->recipe->overflow == PC_OVERFLOW_EXTEND);
    pc_framing_set_size(shot);
}

static struct pc_box centred_box(struct pc_ibox b, double w, double h)
{
    return (struct pc_box){b.x + (b.w - w) / 2, b.y + (b.h - h) / 2, w, h};
}

/* The object gets a little air; margins in body units mean nothing here. */
void pc_framing_of_object(struct pc_shot *shot, const struct pc_object *object, int width,
                          int height)
{
    bool whole = shot->recipe->no_person == PC_EMPTY_OBJECT;
    struct pc_ibox b = whole ? object->trimmed : object->interest;
    double air = whole ? .03 * fmax(b.w, b.h) : 0;
    struct pc_constraints f = {.aspect_min = shot->recipe->aspect_min,
                               .aspect_max = shot->recipe->aspect_max,
                               .width = width,
                               .height = height};
    bool missed;
    struct pc_box wanted = centred_box(b, b.w + 2 * air, b.h + 2 * air);
    f.x = (struct pc_constraints_axis){0, width, b.x, b.x + b.w, wanted.x, wanted.x + wanted.w, .5};
    f.y =
        (struct pc_constraints_axis){0, height, b.y, b.y + b.h, wanted.y, wanted.y + wanted.h, .5};
    if (!whole)
        f.x.hard_lo = f.x.hard_hi = b.x + b.w / 2.0, f.y.hard_lo = f.y.hard_hi = b.y + b.h / 2.0;
    to_pixels(shot, pc_solver_solve(&f, &missed), width, height, false);
    pc_framing_set_size(shot);
}
