#include "shots/constraints.h"

#include <math.h>

#define FAR 1e9
#define HARD_PAD .04  /* of a head: held keypoints lie at least so far inside */
#define GROUND .25    /* of a head: so much may be seen below the person */
#define REACH .5      /* of the image's longer side: so far a box may leave the image */
#define AVOID_PAD .12 /* of a head: avoided keypoints lie so far outside, where there is room */
#define FACE_PAD .07  /* of a head: a headless person begins so far below the avoided face */

static bool is_level(enum pc_side side)
{
    return side == PC_TOP || side == PC_BOTTOM;
}

static bool is_low(enum pc_side side)
{
    return side == PC_TOP || side == PC_LEFT;
}

static struct pc_constraints_axis *axis_of(struct pc_constraints *c, enum pc_side side)
{
    return is_level(side) ? &c->y : &c->x;
}

/* --- what is held, and the margins --- */

static void widen(struct pc_constraints_axis *a, double lo, double hi)
{
    a->hard_lo = fmin(a->hard_lo, lo);
    a->hard_hi = fmax(a->hard_hi, hi);
}

/* Keypoints that the image has cut off pull the box to its edge. */
static void hold_keypoints(struct pc_constraints *c, const struct pc_body *body, uint64_t held)
{
    c->x = c->y = (struct pc_constraints_axis){.hard_lo = FAR, .hard_hi = -FAR};
    for (int i = 0; i < PC_BODY_PERSON; i++) {
        if (!pc_body_bits_have(held, i))
            continue;
        double px = fmax(0, fmin(c->width, body->keypoints[i].x));
        double py = fmax(0, fmin(c->height, body->keypoints[i].y));
        widen(&c->x, px, px);
        widen(&c->y, py, py);
    }
    if (pc_body_bits_have(held, PC_BODY_PERSON)) {
        struct pc_box b = body->box;
        widen(&c->x, b.x, b.x + b.w);
        widen(&c->y, b.y, b.y + b.h);
    }
}

static void add_margins(struct pc_constraints *c, const struct pc_recipe *r,
                        const struct pc_body *body)
{
    struct pc_constraints_axis *x = &c->x, *y = &c->y;
    double w = x->hard_hi - x->hard_lo, h = y->hard_hi - y->hard_lo;
    /* The person's box has air of its own; a pixel is for rounding. */
    double pad =
        pc_body_bits_have(pc_recipe_held(r), PC_BODY_PERSON) ? 1 : fmax(HARD_PAD * body->head, 1.5);
    x->want_lo = x->hard_lo - pc_body_length_px(body, r->margin[PC_LEFT], w);
    x->want_hi = x->hard_hi + pc_body_length_px(body, r->margin[PC_RIGHT], w);
    y->want_lo = y->hard_lo - pc_body_length_px(body, r->margin[PC_TOP], h);
    y->want_hi = y->hard_hi + pc_body_length_px(body, r->margin[PC_BOTTOM], h);
    x->hard_lo -= pad, x->hard_hi += pad;
    y->hard_lo -= pad, y->hard_hi += pad;
    x->align = r->align_x;
    y->align = r->align_y;
    if (r->align_to_body) {
        /* The further the trunk lies to one side, the more of the growth goes there: an arm is
         * shown with its garment, not with the background. */
        double off = body->keypoints[PC_BODY_MID_TORSO].x - (x->hard_lo + x->hard_hi) / 2;
        x->align = .5 - .15 * fmax(-1, fmin(1, off / (.3 * body->torso)));
    }
}

/* --- lines for edges --- */

/* Where the line lies. False when there is none, or when the image ends inside the body before it:
 * then the edge of the image is the line. */
static bool line_at(const struct pc_recipe_line *line, const struct pc_body *body,
                    enum pc_side side, double *out)
{
    if (line->a == PC_BODY_KEYPOINT_NONE)
        return false;
    const struct pc_body_keypoint *a = &body->keypoints[line->a];
    const struct pc_body_keypoint *b =
        line->b == PC_BODY_KEYPOINT_NONE ? a : &body->keypoints[line->b];
    struct pc_point p = {a->x + line->at * (b->x - a->x), a->y + line->at * (b->y - a->y)};
    *out = (is_level(side) ? p.y : p.x) +
           (is_low(side) ? -1 : 1) * pc_body_length_px(body, line->offset, body->head);
    bool outside = a->visibility == PC_VISIBILITY_OUTSIDE || b->visibility == PC_VISIBILITY_OUTSIDE;
    return !outside || !pc_body_beyond(body, p);
}

/* A wanted edge takes the place of the margin. What is held stays inside. */
static void want_edges(struct pc_constraints *c, const struct pc_recipe *r,
                       const struct pc_body *body)
{
    for (enum pc_side side = 0; side < PC_SIDES; side++) {
        struct pc_constraints_axis *a = axis_of(c, side);
        double at;
        if (r->edge[side].a == PC_BODY_KEYPOINT_NONE || body->tilted)
            continue;
        if (!line_at(&r->edge[side], body, side, &at))
            at = is_low(side) ? 0 : is_level(side) ? c->height : c->width;
        if (is_low(side))
            a->want_lo = fmin(at, a->hard_lo);
        else
            a->want_hi = fmax(at, a->hard_hi);
    }
}

/* The edges of the image stop the box, except where the recipe lets it out; even then the box stays
 * flush where the image ends inside the body. The box of a part shows no more of the ground than
 * lies just below the person: who sits on it has hips near the lower edge of the body. */
static void set_limits(struct pc_constraints *c, const struct pc_recipe *r,
                       const struct pc_body *body)
{
    double reach = r->overflow != PC_OVERFLOW_SHIFT ? REACH * fmax(c->width, c->height) : 0;
    c->x.lo = body->cut[PC_LEFT] ? 0 : -reach;
    c->x.hi = body->cut[PC_RIGHT] ? c->width : c->width + reach;
    c->y.lo = body->cut[PC_TOP] ? 0 : -reach;
    c->y.hi = body->cut[PC_BOTTOM] ? c->height : c->height + reach;
    if (!pc_body_bits_have(pc_recipe_held(r), PC_BODY_PERSON)) {
        double ground = body->box.y + body->box.h + GROUND * body->head;
        c->y.hi = fmin(c->y.hi, fmax(ground, c->y.hard_hi));
    }
}

static void cut_at(struct pc_constraints *c, struct pc_shot *shot, const struct pc_body *body,
                   const struct pc_recipe_line *line, enum pc_side side)
{
    struct pc_constraints_axis *a = axis_of(c, side);
    bool whole = pc_body_bits_have(pc_recipe_held(shot->recipe), PC_BODY_PERSON),
         low = is_low(side);
    double at;
    if (!line_at(line, body, side, &at))
        return;
    if (!whole && shot->recipe->headless == PC_HEADLESS_NO &&
        (low ? at > a->hard_lo : at < a->hard_hi)) {
        /* What must be held goes first. A person should look at a pose where it is beyond the
         * line. */
        at = low ? a->hard_lo : a->hard_hi;
        pc_shot_downgrade(shot, PC_SHOT_REVIEW, PC_REASON_CONFLICT);
    }
    if (low)
        a->lo = fmax(a->lo, at);
    else
        a->hi = fmin(a->hi, at);
}

static void cut_lines(struct pc_constraints *c, struct pc_shot *shot, const struct pc_body *body)
{
    static const struct pc_recipe_line heads[PC_HEADLESS_COUNT] = {
        [PC_HEADLESS_NO] = {.a = PC_BODY_KEYPOINT_NONE, .b = PC_BODY_KEYPOINT_NONE},
        [PC_HEADLESS_EYES] = {PC_BODY_EYES, PC_BODY_KEYPOINT_NONE, 0, {0, PC_UNIT_PX}},
        [PC_HEADLESS_EYES_NOSE] = {PC_BODY_EYES, PC_NOSE, .5, {0, PC_UNIT_PX}},
        [PC_HEADLESS_NOSE] = {PC_NOSE, PC_BODY_KEYPOINT_NONE, 0, {0, PC_UNIT_PX}},
        [PC_HEADLESS_NOSE_MOUTH] = {PC_NOSE, PC_BODY_MOUTH, .5, {0, PC_UNIT_PX}},
        [PC_HEADLESS_MOUTH] = {PC_BODY_MOUTH, PC_BODY_KEYPOINT_NONE, 0, {0, PC_UNIT_PX}},
        [PC_HEADLESS_UNDER_FACE] = {PC_BODY_CHIN, PC_BODY_KEYPOINT_NONE, 0, {-.06, PC_UNIT_HEAD}},
    };
    const struct pc_recipe *r = shot->recipe;
    if (!body->tilted)
        cut_at(c, shot, body, &heads[r->headless], PC_TOP);
    for (enum pc_side side = 0; side < PC_SIDES; side++) {
        if (r->cut[side].a == PC_BODY_KEYPOINT_NONE)
            continue;
        if (body->tilted)
            pc_shot_downgrade(shot, PC_SHOT_REVIEW, PC_REASON_TILTED);
        else
            cut_at(c, shot, body, &r->cut[side], side);
    }
}

void pc_constraints_build(struct pc_constraints *c, struct pc_shot *shot,
                          const struct pc_body *body)
{
    const struct pc_recipe *r = shot->recipe;
    *c = (struct pc_constraints){.width = body->width,
                                 .height = body->height,
                                 .aspect_min = r->aspect_min,
                                 .aspect_max = r->aspect_max};
    if (r->size == PC_SIZE_AT_LEAST) {
        c->min_w = r->width;
        c->min_h = r->height;
    } else if (r->size == PC_SIZE_NATIVE) {
        c->max_w = r->width;
        c->max_h = r->height;
    }
    if (r->size == PC_SIZE_AT_LEAST || r->size == PC_SIZE_EXACT) {
        c->enough_w = r->width;
        c->enough_h = r->height;
    }
    hold_keypoints(c, body, pc_recipe_held(r));
    add_margins(c, r, body);
    want_edges(c, r, body);
    set_limits(c, r, body);
    cut_lines(c, shot, body);
}

/* --- avoided keypoints --- */

/* A limit between an avoided keypoint and what must be held. */
struct exclusion {
    enum pc_side side;
    double gap; /* how far the two lie apart there; at most 0: on no side */
};

/* On the side where there is room for it, and where it takes least of the box. */
static struct exclusion best_exclusion(const struct pc_constraints *c, struct pc_box b, double px,
                                       double py)
{
    const double gaps[PC_SIDES] = {[PC_TOP] = c->y.hard_lo - py,
                                   [PC_BOTTOM] = py - c->y.hard_hi,
                                   [PC_LEFT] = c->x.hard_lo - px,
                                   [PC_RIGHT] = px - c->x.hard_hi};
    const double taken[PC_SIDES] = {[PC_TOP] = (py - b.y) / b.h,
                                    [PC_BOTTOM] = (b.y + b.h - py) / b.h,
                                    [PC_LEFT] = (px - b.x) / b.w,
                                    [PC_RIGHT] = (b.x + b.w - px) / b.w};
    struct exclusion best = {PC_TOP, 0};
    for (enum pc_side i = 0; i < PC_SIDES; i++)
        if (gaps[i] > 0 && (best.gap <= 0 || taken[i] < taken[best.side]))
            best = (struct exclusion){i, gaps[i]};
    return best;
}

/* The avoided keypoint within the limits that leaves least choice, and its exclusion. Taking that
 * one first, the order of left and right does not count. PC_BODY_KEYPOINT_NONE: there is none. */
static int tightest(const struct pc_constraints *c, const struct pc_body *body, struct pc_box box,
                    uint64_t avoid, struct exclusion *out)
{
    int found = PC_BODY_KEYPOINT_NONE;
    for (int i = 0; i < PC_BODY_PERSON; i++) {
        const struct pc_body_keypoint *k = &body->keypoints[i];
        if (!pc_body_bits_have(avoid, i) || k->visibility == PC_VISIBILITY_OUTSIDE ||
            k->y < c->y.lo || k->y > c->y.hi || k->x < c->x.lo || k->x > c->x.hi)
            continue;
        struct exclusion e = best_exclusion(c, box, k->x, k->y);
        if (found == PC_BODY_KEYPOINT_NONE || e.gap < out->gap)
            *out = e, found = i;
    }
    return found;
}

/* The box of a whole person gives up what lies beyond the avoided face. */
static void give_up_head(struct pc_constraints *c, const struct pc_shot *shot,
                         const struct pc_body *body, uint64_t face)
{
    double lowest = -FAR;
    for (int i = 0; i < PC_KEYPOINT_COUNT; i++)
        if (pc_body_bits_have(face, i) && body->keypoints[i].visibility != PC_VISIBILITY_OUTSIDE)
            lowest = fmax(lowest, body->keypoints[i].y);
    double line = lowest + FACE_PAD * body->head;
    bool whole = pc_body_bits_have(pc_recipe_held(shot->recipe), PC_BODY_PERSON);
    if (!body->tilted && whole && line > c->y.lo)
        c->y.lo = line;
    c->y.hard_lo = fmax(c->y.hard_lo, fmin(c->y.lo, c->y.hard_hi));
}

void pc_constraints_exclude(struct pc_constraints *c, struct pc_shot *shot,
                            const struct pc_body *body, struct pc_box box)
{
    uint64_t face = pc_recipe_headless_avoid(shot->recipe->headless);
    uint64_t avoid = shot->recipe->avoid | face;
    struct exclusion e = {PC_TOP, 0};
    if (face)
        give_up_head(c, shot, body, face);
    for (int id; (id = tightest(c, body, box, avoid, &e)) != PC_BODY_KEYPOINT_NONE;) {
        double px = body->keypoints[id].x, py = body->keypoints[id].y;
        double pad = fmin(AVOID_PAD * body->head, e.gap / 2);
        avoid &= ~PC_BODY_BIT(id);
        if (e.gap <= 0)
            pc_shot_downgrade(shot, PC_SHOT_REVIEW,
                              pc_body_bits_have(face, id) ? PC_REASON_FACE_SHOWN
                                                          : PC_REASON_CONFLICT);
        else if (e.side == PC_TOP)
            c->y.lo = fmax(c->y.lo, py + pad);
        else if (e.side == PC_BOTTOM)
            c->y.hi = fmin(c->y.hi, py - pad);
        else if (e.side == PC_LEFT)
            c->x.lo = fmax(c->x.lo, px + pad);
        else
            c->x.hi = fmin(c->x.hi, px - pad);
    }
}
