#include "shots/framing.h"

#include <math.h>

#include "shots/constraints.h"
#include "shots/solver.h"
#include "shots/visibility.h"

enum { USABLE_PX = 32, LEAST_PX = 8 };

/* --- overflow --- */

/* Does with a box that leaves the image what the recipe says. */
static struct pc_box apply_overflow(struct pc_shot *shot, struct pc_box b,
                                    const struct pc_constraints *c)
{
    const double slack = .5;
    if (b.x >= -slack && b.y >= -slack && b.x + b.w <= c->width + slack &&
        b.y + b.h <= c->height + slack)
        return b;
    switch (shot->recipe->overflow) {
    case PC_OVERFLOW_EXTEND: pc_shot_downgrade(shot, PC_SHOT_OK, PC_REASON_EXTENDED); return b;
    case PC_OVERFLOW_REJECT: pc_shot_set_absent(shot, PC_REASON_OUT_OF_PICTURE); return b;
    default: break;
    }
    /* Shrink round the middle until the box lies in the image, at the same shape. */
    double cx = b.x + b.w / 2, cy = b.y + b.h / 2;
    double rx = fmin(cx, c->width - cx) / (b.w / 2), ry = fmin(cy, c->height - cy) / (b.h / 2);
    double r = fmax(fmin(fmin(rx, ry), 1), 0);
    b = (struct pc_box){cx - r * b.w / 2, cy - r * b.h / 2, r * b.w, r * b.h};
    if (b.x > c->x.hard_lo || b.y > c->y.hard_lo || b.x + b.w < c->x.hard_hi ||
        b.y + b.h < c->y.hard_hi)
        pc_shot_downgrade(shot, PC_SHOT_PARTIAL, PC_REASON_OUT_OF_PICTURE);
    return b;
}

/* --- pixels and size --- */

/* Rounds inwards, so that no line is passed by a part of a pixel. */
static struct pc_ibox to_pixels(struct pc_box b, int width, int height, bool may_leave)
{
    double x0 = ceil(b.x - 1e-6), y0 = ceil(b.y - 1e-6);
    double x1 = floor(b.x + b.w + 1e-6), y1 = floor(b.y + b.h + 1e-6);
    if (!may_leave) {
        x0 = fmax(x0, 0), y0 = fmax(y0, 0);
        x1 = fmin(x1, width), y1 = fmin(y1, height);
    }
    return (struct pc_ibox){(int)x0, (int)y0, (int)(x1 - x0), (int)(y1 - y0)};
}

void pc_framing_set_size(struct pc_shot *shot)
{
    const struct pc_recipe *r = shot->recipe;
    struct pc_ibox b = shot->box;
    if (b.w < LEAST_PX || b.h < LEAST_PX) {
        pc_shot_set_absent(shot, PC_REASON_TOO_SMALL);
        return;
    }
    double sx = (double)r->width / b.w, sy = (double)r->height / b.h, s = 1;
    if (r->size == PC_SIZE_FIT || r->size == PC_SIZE_EXACT) {
        s = fmin(r->width > 0 ? sx : INFINITY, r->height > 0 ? sy : INFINITY);
        s = isfinite(s) ? s : 1;
    } else if (r->size == PC_SIZE_AT_LEAST) {
        s = fmax(fmax(sx, sy), 1);
    }
    if (s > 1 && r->upscale)
        pc_shot_downgrade(shot, PC_SHOT_OK, PC_REASON_UPSCALED);
    else if (s > 1 && r->size != PC_SIZE_FIT)
        pc_shot_downgrade(shot, PC_SHOT_OK, PC_REASON_SMALLER_THAN_ASKED);
    if (s > 1 && !r->upscale)
        s = 1;
    shot->width = (int)fmax(1, round(s * b.w));
    shot->height = (int)fmax(1, round(s * b.h));
    if (r->size == PC_SIZE_EXACT && (s < 1 || r->upscale)) {
        shot->width = r->width;
        shot->height = r->height;
    }
    if (b.w < USABLE_PX || b.h < USABLE_PX)
        pc_shot_downgrade(shot, PC_SHOT_REVIEW, PC_REASON_TOO_SMALL);
}

/* --- bodies and objects --- */

void pc_framing_of_body(struct pc_shot *shot, const struct pc_body *body)
{
    struct pc_constraints c;
    bool missed;
    pc_visibility_assess(shot, body);
    if (shot->state == PC_SHOT_ABSENT)
        return;
    pc_constraints_build(&c, shot, body);
    pc_constraints_exclude(&c, shot, body, pc_solver_solve(&c, &missed));
    struct pc_box box = pc_solver_solve(&c, &missed);
    if (missed)
        pc_shot_downgrade(shot, PC_SHOT_OK, PC_REASON_ASPECT_MISSED);
    if (shot->recipe->joints)
        box = pc_solver_avoid_joints(&c, body, box);
    box = apply_overflow(shot, box, &c);
    if (shot->state == PC_SHOT_ABSENT)
        return;
    shot->box =
        to_pixels(box, body->width, body->height, shot->recipe->overflow == PC_OVERFLOW_EXTEND);
    pc_framing_set_size(shot);
}

/* An object gets a little air; margins in lengths of a body mean nothing here. */
void pc_framing_of_object(struct pc_shot *shot, const struct pc_object *object, int width,
                          int height)
{
    bool whole = shot->recipe->no_person == PC_EMPTY_OBJECT, missed;
    struct pc_ibox b = whole ? object->trimmed : object->interest;
    double air = whole ? .03 * fmax(b.w, b.h) : 0, w = b.w + 2 * air, h = b.h + 2 * air;
    struct pc_box want = {b.x + (b.w - w) / 2, b.y + (b.h - h) / 2, w, h};
    struct pc_constraints c = {
        .aspect_min = shot->recipe->aspect_min,
        .aspect_max = shot->recipe->aspect_max,
        .width = width,
        .height = height,
        .x = {0, width, b.x, b.x + b.w, want.x, want.x + want.w, .5},
        .y = {0, height, b.y, b.y + b.h, want.y, want.y + want.h, .5},
    };
    if (!whole) { /* of a region, only the middle must stay inside */
        c.x.hard_lo = c.x.hard_hi = b.x + b.w / 2.0;
        c.y.hard_lo = c.y.hard_hi = b.y + b.h / 2.0;
    }
    shot->box = to_pixels(pc_solver_solve(&c, &missed), width, height, false);
    pc_framing_set_size(shot);
}
