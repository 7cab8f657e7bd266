#include "shots/framing.h"

#include <math.h>

#include "shots/constraints.h"
#include "shots/solver.h"
#include "shots/visibility.h"

enum {
    USABLE_PX = 64, /* a smaller shot shows no garment: a person should look */
    USABLE_LONGER_PX = 100,
    LEAST_PX = 8
};

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

/* How many whole pixels the interval has, rounded inwards, so that no line is passed by a part of a
 * pixel. Only if that costs a pixel of the `least` that the recipe asks for, and the interval is that
 * long, it counts as that long. */
static int count_pixels(double start, double len, int least)
{
    double n = floor(start + len + 1e-6) - ceil(start - 1e-6);
    return (int)(n < least && len + 1e-6 >= least ? least : n);
}

/* Where n pixels of the interval start: in its middle, but over what must stay inside, and inside the
 * interval before all. */
static int place_pixels(double start, double len, const struct pc_constraints_axis *a, int n)
{
    double first = ceil(start - 1e-6), last = fmax(floor(start + len + 1e-6) - n, first);
    double at = round(start + (len - n) / 2);
    double least = ceil(a->hard_hi - 1e-6) - n, most = floor(a->hard_lo + 1e-6);
    if (least <= most)
        at = fmin(fmax(at, least), most);
    return (int)fmin(fmax(at, first), last);
}

void pc_framing_trim(const struct pc_recipe *r, struct pc_ibox *b)
{
    int most_w = r->aspect_max > 0 ? (int)round(b->h * r->aspect_max) : b->w;
    int most_h = r->aspect_min > 0 ? (int)round(b->w / r->aspect_min) : b->h;
    if (b->w > most_w && b->w - most_w <= PC_FRAMING_SLACK_PX * fmax(1, r->aspect_max))
        b->w = most_w;
    else if (b->h > most_h && b->h - most_h <= PC_FRAMING_SLACK_PX * fmax(1, 1 / r->aspect_min))
        b->h = most_h;
}

/* Would n pixels in place of `before` cut off a part of what must stay inside? */
static bool cuts_hard(const struct pc_constraints_axis *a, int before, int n)
{
    double hard = ceil(a->hard_hi - 1e-6) - floor(a->hard_lo + 1e-6);
    return n < hard && before >= hard;
}

/* Gives the box of whole pixels the recipe's aspect ratio: one side loses some, or if that would cut
 * off what must stay inside, the other gains some. */
static void fit_aspect(const struct pc_recipe *r, const struct pc_constraints *c, struct pc_ibox *b)
{
    struct pc_ibox trimmed = *b, grown = *b;
    pc_framing_trim(r, &trimmed);
    if (cuts_hard(&c->x, b->w, trimmed.w))
        grown.h = (int)round(b->w / r->aspect_max);
    else if (cuts_hard(&c->y, b->h, trimmed.h))
        grown.w = (int)round(b->h * r->aspect_min);
    bool has_grown = grown.w > b->w || grown.h > b->h;
    *b = has_grown && grown.w <= c->width && grown.h <= c->height ? grown : trimmed;
}

/* missed: the box has not the recipe's aspect ratio anyway. */
static struct pc_ibox to_pixels(const struct pc_recipe *r, const struct pc_constraints *c,
                                struct pc_box b, bool missed, bool may_leave)
{
    struct pc_box image = {0, 0, c->width, c->height};
    bool has_least = r->size == PC_SIZE_EXACT || r->size == PC_SIZE_AT_LEAST;
    if (!may_leave)
        b = pc_box_intersect(b, image);
    struct pc_ibox found = {.w = count_pixels(b.x, b.w, has_least ? r->width : 0),
                            .h = count_pixels(b.y, b.h, has_least ? r->height : 0)};
    if (!missed)
        fit_aspect(r, c, &found);
    found.x = place_pixels(b.x, b.w, &c->x, found.w);
    found.y = place_pixels(b.y, b.h, &c->y, found.h);
    if (!may_leave) {
        found.x = found.x + found.w > c->width ? c->width - found.w : found.x;
        found.y = found.y + found.h > c->height ? c->height - found.h : found.y;
    }
    return found;
}

void pc_framing_set_size(struct pc_shot *shot)
{
    const struct pc_recipe *r = shot->recipe;
    struct pc_ibox b = shot->box;
    if (b.w < LEAST_PX || b.h < LEAST_PX) {
        pc_shot_set_absent(shot, PC_REASON_TOO_SMALL);
        return;
    }
    double aspect = (double)r->width / r->height;
    bool exact = r->size == PC_SIZE_EXACT && /* as nearly as whole pixels can be */
                 (b.w == (int)round(b.h * aspect) || b.h == (int)round(b.w / aspect));
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
        pc_shot_downgrade(shot, PC_SHOT_REVIEW, PC_REASON_SMALLER_THAN_ASKED);
    if (r->size == PC_SIZE_EXACT && !exact) /* another shape is never stretched to this one */
        pc_shot_downgrade(shot, PC_SHOT_REVIEW, PC_REASON_ASPECT_MISSED);
    exact &= s <= 1 || r->upscale;
    if (s > 1 && !r->upscale)
        s = 1;
    shot->width = exact ? r->width : (int)fmax(1, round(s * b.w));
    shot->height = exact ? r->height : (int)fmax(1, round(s * b.h));
    if (b.w < USABLE_PX || b.h < USABLE_PX || (b.w < USABLE_LONGER_PX && b.h < USABLE_LONGER_PX))
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
        pc_shot_downgrade(shot, PC_SHOT_PARTIAL, PC_REASON_ASPECT_MISSED);
    if (shot->recipe->joints)
        box = pc_solver_avoid_joints(&c, body, box);
    box = apply_overflow(shot, box, &c);
    if (shot->state == PC_SHOT_ABSENT)
        return;
    shot->box =
        to_pixels(shot->recipe, &c, box, missed, shot->recipe->overflow == PC_OVERFLOW_EXTEND);
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
    struct pc_box box = pc_solver_solve(&c, &missed);
    if (missed)
        pc_shot_downgrade(shot, PC_SHOT_PARTIAL, PC_REASON_ASPECT_MISSED);
    shot->box = to_pixels(shot->recipe, &c, box, missed, false);
    pc_framing_set_size(shot);
}
