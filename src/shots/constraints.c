/* From a recipe and a body to the intervals of a frame: what is held, the margins, and the limits
 * (the picture's edges, cut lines, avoided points). */
#include "shots/constraints.h"

#include <math.h>

#include "shots/framing.h"

#define FAR 1e9
#define HARD_PAD .04  /* of a head: kept points lie at least so far inside */
#define GROUND .25    /* of a head: so much may be seen below the person */
#define REACH .5      /* of the picture's longer side: so far a box may leave the picture */
#define AVOID_PAD .12 /* of a head: avoided points lie so far outside, where there is room */

struct builder {
    struct pc_shot *shot; /* gets the reasons */
    const struct pc_recipe *recipe;
    const struct pc_body *body;
    int width, height;
    uint64_t keep;
    struct pc_constraints *constraints;
    struct pc_box plain; /* the box if nothing were avoided */
};

static bool has(uint64_t bits, int keypoint)
{
    return bits & PC_BODY_BIT(keypoint);
}

uint64_t pc_constraints_keep(const struct pc_recipe *r)
{
    uint64_t head = PC_FACE_BITS | PC_BODY_BIT(PC_BODY_CROWN) | PC_BODY_BIT(PC_BODY_EYES) |
                    PC_BODY_BIT(PC_BODY_MOUTH) | PC_BODY_BIT(PC_BODY_CHIN);
    return r->headless == PC_HEADLESS_NO ? r->keep : r->keep & ~head;
}

static double length_px(const struct builder *v, struct pc_recipe_length len, double box_side)
{
    switch (len.unit) {
    case PC_UNIT_HEAD: return len.value * v->body->head;
    case PC_UNIT_TORSO: return len.value * v->body->torso;
    case PC_UNIT_SHOULDERS: return len.value * v->body->shoulders;
    case PC_UNIT_PERCENT: return len.value / 100 * box_side;
    default: return len.value;
    }
}

static void widen(struct pc_constraints_axis *a, double lo, double hi)
{
    a->hard_lo = fmin(a->hard_lo, lo);
    a->hard_hi = fmax(a->hard_hi, hi);
}

/* Kept points that the photo has cut off pull the box to its edge. */
static void hold_keypoints(struct builder *v)
{
    struct pc_constraints_axis *x = &v->constraints->x, *y = &v->constraints->y;
    *x = *y = (struct pc_constraints_axis){.hard_lo = FAR, .hard_hi = -FAR};
    for (int i = 0; i < PC_BODY_PERSON; i++) {
        if (!has(v->keep, i))
            continue;
        double px = fmax(0, fmin(v->width, v->body->keypoints[i].x));
        double py = fmax(0, fmin(v->height, v->body->keypoints[i].y));
        widen(x, px, px);
        widen(y, py, py);
    }
    if (has(v->keep, PC_BODY_PERSON)) {
        struct pc_box b = v->body->box;
        widen(x, b.x, b.x + b.w);
        widen(y, b.y, b.y + b.h);
    }
}

/* The further the trunk lies to one side, the more of the growth goes there: an arm is shown with
 * its garment, not with the background. */
static double align_to_body(const struct builder *v)
{
    const struct pc_constraints_axis *x = &v->constraints->x;
    double off = v->body->keypoints[PC_BODY_MID_TORSO].x - (x->hard_lo + x->hard_hi) / 2;
    return .5 - .15 * fmax(-1, fmin(1, off / (.3 * v->body->torso)));
}

static void add_margins(struct builder *v)
{
    struct pc_constraints_axis *x = &v->constraints->x, *y = &v->constraints->y;
    const struct pc_recipe_length *m = v->recipe->margin;
    double w = x->hard_hi - x->hard_lo, h = y->hard_hi - y->hard_lo;
    /* The person's box has air of its own; a pixel is for rounding. */
    double pad = has(v->keep, PC_BODY_PERSON) ? 1 : fmax(HARD_PAD * v->body->head, 1.5);
    x->want_lo = x->hard_lo - length_px(v, m[PC_LEFT], w);
    x->want_hi = x->hard_hi + length_px(v, m[PC_RIGHT], w);
    y->want_lo = y->hard_lo - length_px(v, m[PC_TOP], h);
    y->want_hi = y->hard_hi + length_px(v, m[PC_BOTTOM], h);
    x->hard_lo -= pad, x->hard_hi += pad;
    y->hard_lo -= pad, y->hard_hi += pad;
    x->align = v->recipe->align_to_body ? align_to_body(v) : v->recipe->align_x;
    y->align = v->recipe->align_y;
}

/* A view of a part shows no more of the ground than lies just below the person: who sits on it has
 * hips near the lower edge of the body. */
static double ground(const struct builder *v)
{
    double below = v->body->box.y + v->body->box.h + GROUND * v->body->head;
    return fmax(below, v->constraints->y.hard_hi);
}

/* The picture's edges stop the box, except where the recipe lets it out; even then it stays flush
 * where the photo cuts the body. */
static void set_limits(struct builder *v)
{
    bool out = v->recipe->overflow != PC_OVERFLOW_SHIFT;
    double reach = out ? REACH * fmax(v->width, v->height) : 0;
    const bool *cut = v->body->cut;
    v->constraints->x.lo = cut[PC_LEFT] ? 0 : -reach;
    v->constraints->x.hi = cut[PC_RIGHT] ? v->width : v->width + reach;
    v->constraints->y.lo = cut[PC_TOP] ? 0 : -reach;
    v->constraints->y.hi = cut[PC_BOTTOM] ? v->height : v->height + reach;
    if (!has(v->keep, PC_BODY_PERSON))
        v->constraints->y.hi = fmin(v->constraints->y.hi, ground(v));
}

static struct pc_recipe_line headless_line(enum pc_recipe_headless h)
{
    static const struct pc_recipe_line lines[PC_HEADLESS_COUNT] = {
        [PC_HEADLESS_NO] = {.a = PC_BODY_KEYPOINT_NONE, .b = PC_BODY_KEYPOINT_NONE},
        [PC_HEADLESS_EYES] = {PC_BODY_EYES, PC_BODY_KEYPOINT_NONE, 0, {0, PC_UNIT_PX}},
        [PC_HEADLESS_EYES_NOSE] = {PC_BODY_EYES, PC_NOSE, .5, {0, PC_UNIT_PX}},
        [PC_HEADLESS_NOSE] = {PC_NOSE, PC_BODY_KEYPOINT_NONE, 0, {0, PC_UNIT_PX}},
        [PC_HEADLESS_NOSE_MOUTH] = {PC_NOSE, PC_BODY_MOUTH, .5, {0, PC_UNIT_PX}},
        [PC_HEADLESS_MOUTH] = {PC_BODY_MOUTH, PC_BODY_KEYPOINT_NONE, 0, {0, PC_UNIT_PX}},
        [PC_HEADLESS_UNDER_FACE] = {PC_BODY_CHIN, PC_BODY_KEYPOINT_NONE, 0, {-.06, PC_UNIT_HEAD}},
    };
    return lines[h];
}

/* Where the line lies; false when there is none, or when the photo cuts the body off before it: its
 * edge is the line then. */
static bool line_at(const struct builder *v, const struct pc_recipe_line *line, enum pc_side side,
                    double *out)
{
    if (line->a == PC_BODY_KEYPOINT_NONE)
        return false;
    const struct pc_body_keypoint *a = &v->body->keypoints[line->a];
    const struct pc_body_keypoint *b =
        line->b == PC_BODY_KEYPOINT_NONE ? a : &v->body->keypoints[line->b];
    bool level = side == PC_TOP || side == PC_BOTTOM;
    double outward = side == PC_TOP || side == PC_LEFT ? -1 : 1;
    struct pc_point p = {a->x + line->at * (b->x - a->x), a->y + line->at * (b->y - a->y)};
    *out = (level ? p.y : p.x) + outward * length_px(v, line->offset, v->body->head);
    bool guessed = a->visibility == PC_VISIBILITY_OUTSIDE || b->visibility == PC_VISIBILITY_OUTSIDE;
    return !guessed || !pc_body_beyond(v->body, v->width, v->height, p);
}

/* A wanted edge takes the place of the margin; kept points stay inside, and where the photo cuts
 * the body off before it, the photo's edge is meant. */
static void want_edges(struct builder *v)
{
    for (int side = 0; side < PC_SIDES; side++) {
        const struct pc_recipe_line *line = &v->recipe->edge[side];
        struct pc_constraints_axis *a =
            side == PC_TOP || side == PC_BOTTOM ? &v->constraints->y : &v->constraints->x;
        bool low = side == PC_TOP || side == PC_LEFT;
        double at;
        if (line->a == PC_BODY_KEYPOINT_NONE || v->body->tilted)
            continue;
        if (!line_at(v, line, (enum pc_side)side, &at))
            at = low ? 0 : a == &v->constraints->y ? v->height : v->width;
        if (low)
            a->want_lo = fmin(at, a->hard_lo);
        else
            a->want_hi = fmax(at, a->hard_hi);
    }
}

static void cut_at(struct builder *v, const struct pc_recipe_line *line, enum pc_side side)
{
    double at;
    if (!line_at(v, line, side, &at))
        return;
    struct pc_constraints_axis *a =
        side == PC_TOP || side == PC_BOTTOM ? &v->constraints->y : &v->constraints->x;
    bool low = side == PC_TOP || side == PC_LEFT;
    bool person = has(v->keep, PC_BODY_PERSON), headless = v->recipe->headless != PC_HEADLESS_NO;
    if (!person && !headless && (low ? at > a->hard_lo : at < a->hard_hi)) {
        /* What must be held goes first; a pose where it lies behind the line is for eyes to see. */
        at = low ? a->hard_lo : a->hard_hi;
        pc_shot_downgrade(v->shot, PC_SHOT_REVIEW, PC_REASON_CONFLICT);
    }
    if (low)
        a->lo = fmax(a->lo, at);
    else
        a->hi = fmin(a->hi, at);
}

static void cut_lines(struct builder *v)
{
    if (v->recipe->headless != PC_HEADLESS_NO && !v->body->tilted) {
        struct pc_recipe_line line = headless_line(v->recipe->headless);
        cut_at(v, &line, PC_TOP);
    }
    for (int side = 0; side < PC_SIDES; side++) {
        if (v->recipe->cut[side].a == PC_BODY_KEYPOINT_NONE)
            continue;
        if (v->body->tilted)
            pc_shot_downgrade(v->shot, PC_SHOT_REVIEW, PC_REASON_TILTED);
        else
            cut_at(v, &v->recipe->cut[side], (enum pc_side)side);
    }
}

/* A limit between an avoided point and what must be held. */
struct exclusion {
    enum pc_side side;
    double gap; /* how far the two lie apart there; at most 0: nowhere */
};

/* On the side where there is room for it and where it takes least of the box as it would be. */
static struct exclusion best_exclusion(const struct builder *v, double px, double py)
{
    const struct pc_constraints_axis *x = &v->constraints->x, *y = &v->constraints->y;
    const struct pc_box b = v->plain;
    const double gaps[PC_SIDES] = {[PC_TOP] = y->hard_lo - py,
                                   [PC_BOTTOM] = py - y->hard_hi,
                                   [PC_LEFT] = x->hard_lo - px,
                                   [PC_RIGHT] = px - x->hard_hi};
    const double taken[PC_SIDES] = {[PC_TOP] = (py - b.y) / b.h,
                                    [PC_BOTTOM] = (b.y + b.h - py) / b.h,
                                    [PC_LEFT] = (px - b.x) / b.w,
                                    [PC_RIGHT] = (b.x + b.w - px) / b.w};
    struct exclusion best = {PC_TOP, 0};
    for (int i = 0; i < PC_SIDES; i++)
        if (gaps[i] > 0 && (best.gap <= 0 || taken[i] < taken[best.side]))
            best = (struct exclusion){(enum pc_side)i, gaps[i]};
    return best;
}

static void add_exclusion(struct builder *v, struct exclusion f, double px, double py)
{
    struct pc_constraints_axis *x = &v->constraints->x, *y = &v->constraints->y;
    double pad = fmin(AVOID_PAD * v->body->head, f.gap / 2);
    switch (f.side) {
    case PC_TOP: y->lo = fmax(y->lo, py + pad); break;
    case PC_BOTTOM: y->hi = fmin(y->hi, py - pad); break;
    case PC_LEFT: x->lo = fmax(x->lo, px + pad); break;
    default: x->hi = fmin(x->hi, px - pad); break;
    }
}

/* A headless frame of a whole person gives up the part of it that lies beyond the face. */
static void yield_person(struct builder *v)
{
    double lowest = -FAR;
    uint64_t avoid = pc_recipe_headless_avoid(v->recipe->headless);
    for (int i = 0; i < PC_KEYPOINT_COUNT; i++)
        if (has(avoid, i) && v->body->keypoints[i].visibility != PC_VISIBILITY_OUTSIDE)
            lowest = fmax(lowest, v->body->keypoints[i].y);
    double line = lowest + .07 * v->body->head;
    if (avoid && !v->body->tilted && has(v->keep, PC_BODY_PERSON) && line > v->constraints->y.lo)
        v->constraints->y.lo = line;
    v->constraints->y.hard_lo =
        fmax(v->constraints->y.hard_lo, fmin(v->constraints->y.lo, v->constraints->y.hard_hi));
}

static bool within_limits(const struct builder *v, const struct pc_body_keypoint *p)
{
    const struct pc_constraints *f = v->constraints;
    return p->y >= f->y.lo && p->y <= f->y.hi && p->x >= f->x.lo && p->x <= f->x.hi;
}

/* The point with the least choice goes first, so that the order of left and right does not count.
 */
static int tightest(const struct builder *v, uint64_t avoid, struct exclusion *out)
{
    int found = PC_BODY_KEYPOINT_NONE;
    for (int i = 0; i < PC_BODY_PERSON; i++) {
        const struct pc_body_keypoint *p = &v->body->keypoints[i];
        if (!has(avoid, i) || p->visibility == PC_VISIBILITY_OUTSIDE || !within_limits(v, p))
            continue;
        struct exclusion f = best_exclusion(v, p->x, p->y);
        if (found == PC_BODY_KEYPOINT_NONE || f.gap < out->gap)
            *out = f, found = i;
    }
    return found;
}

static void avoid_keypoints(struct builder *v)
{
    uint64_t face = pc_recipe_headless_avoid(v->recipe->headless), avoid = v->recipe->avoid | face;
    struct exclusion f = {PC_TOP, 0};
    int keypoint;
    if (v->recipe->headless != PC_HEADLESS_NO)
        yield_person(v);
    while ((keypoint = tightest(v, avoid, &f)) != PC_BODY_KEYPOINT_NONE) {
        avoid &= ~PC_BODY_BIT(keypoint);
        if (f.gap > 0)
            add_exclusion(v, f, v->body->keypoints[keypoint].x, v->body->keypoints[keypoint].y);
        else
            pc_shot_downgrade(v->shot, PC_SHOT_REVIEW,
                              has(face, keypoint) ? PC_REASON_FACE_SHOWN : PC_REASON_CONFLICT);
    }
}

static void ask_shape(struct builder *v)
{
    const struct pc_recipe *r = v->recipe;
    v->constraints->aspect_min = r->aspect_min;
    v->constraints->aspect_max = r->aspect_max;
    if (r->size == PC_SIZE_AT_LEAST) {
        v->constraints->least_w = r->width;
        v->constraints->least_h = r->height;
    } else if (r->size == PC_SIZE_NATIVE) {
        v->constraints->most_w = r->width;
        v->constraints->most_h = r->height;
    }
}

void pc_constraints_build(struct pc_shot *shot, const struct pc_body *body, int width, int height,
                          struct pc_constraints *constraints)
{
    bool missed;
    struct builder v = {.shot = shot,
                        .recipe = shot->recipe,
                        .body = body,
                        .width = width,
                        .height = height,
                        .keep = pc_constraints_keep(shot->recipe),
                        .constraints = constraints};
    *constraints = (struct pc_constraints){.width = width, .height = height};
    hold_keypoints(&v);
    add_margins(&v);
    want_edges(&v);
    set_limits(&v);
    cut_lines(&v);
    ask_shape(&v);
    v.plain = pc_solver_solve(constraints, &missed);
    avoid_keypoints(&v);
}
