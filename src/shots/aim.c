/* From a recipe and a body to the intervals of a frame: what is held, the margins, and the limits
 * (the picture's edges, cut lines, avoided points). */
#include "shots/aim.h"

#include <math.h>

#include "shots/view.h"

#define FAR 1e9
#define HARD_PAD .04  /* of a head: kept points lie at least so far inside */
#define GROUND .25    /* of a head: so much may be seen below the person */
#define REACH .5      /* of the picture's longer side: so far a box may leave the picture */
#define AVOID_PAD .12 /* of a head: avoided points lie so far outside, where there is room */

struct aim {
    struct pc_shot *shot; /* gets the reasons */
    const struct pc_recipe *recipe;
    const struct pc_body *body;
    int width, height;
    uint64_t keep;
    struct pc_frame *frame;
    struct pc_box plain; /* the box if nothing were avoided */
};

static bool has(uint64_t bits, int spot)
{
    return bits & PC_SPOT_BIT(spot);
}

uint64_t pc_aim_keep(const struct pc_recipe *r)
{
    uint64_t head = PC_FACE_BITS | PC_SPOT_BIT(PC_SPOT_CROWN) | PC_SPOT_BIT(PC_SPOT_EYES) |
                    PC_SPOT_BIT(PC_SPOT_MOUTH) | PC_SPOT_BIT(PC_SPOT_CHIN);
    return r->headless == PC_HEADLESS_NO ? r->keep : r->keep & ~head;
}

static double length_px(const struct aim *v, struct pc_length len, double box_side)
{
    switch (len.unit) {
    case PC_UNIT_HEAD: return len.value * v->body->head;
    case PC_UNIT_TORSO: return len.value * v->body->torso;
    case PC_UNIT_SHOULDERS: return len.value * v->body->shoulders;
    case PC_UNIT_PERCENT: return len.value / 100 * box_side;
    default: return len.value;
    }
}

static void stretch(struct pc_axis *a, double lo, double hi)
{
    a->hard_lo = fmin(a->hard_lo, lo);
    a->hard_hi = fmax(a->hard_hi, hi);
}

/* Kept points that the photo has cut off pull the box to its edge. */
static void hold_spots(struct aim *v)
{
    struct pc_axis *x = &v->frame->x, *y = &v->frame->y;
    *x = *y = (struct pc_axis){.hard_lo = FAR, .hard_hi = -FAR};
    for (int i = 0; i < PC_SPOT_PERSON; i++) {
        if (!has(v->keep, i))
            continue;
        double px = fmax(0, fmin(v->width, v->body->at[i].x));
        double py = fmax(0, fmin(v->height, v->body->at[i].y));
        stretch(x, px, px);
        stretch(y, py, py);
    }
    if (has(v->keep, PC_SPOT_PERSON)) {
        struct pc_box b = v->body->box;
        stretch(x, b.x, b.x + b.w);
        stretch(y, b.y, b.y + b.h);
    }
}

/* The further the trunk lies to one side, the more of the growth goes there: an arm is shown with
 * its garment, not with the background. */
static double align_to_body(const struct aim *v)
{
    const struct pc_axis *x = &v->frame->x;
    double off = v->body->at[PC_SPOT_MID_TORSO].x - (x->hard_lo + x->hard_hi) / 2;
    return .5 - .15 * fmax(-1, fmin(1, off / (.3 * v->body->torso)));
}

static void add_margins(struct aim *v)
{
    struct pc_axis *x = &v->frame->x, *y = &v->frame->y;
    const struct pc_length *m = v->recipe->margin;
    double w = x->hard_hi - x->hard_lo, h = y->hard_hi - y->hard_lo;
    /* The person's box has air of its own; a pixel is for rounding. */
    double pad = has(v->keep, PC_SPOT_PERSON) ? 1 : fmax(HARD_PAD * v->body->head, 1.5);
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
static double ground(const struct aim *v)
{
    double below = v->body->box.y + v->body->box.h + GROUND * v->body->head;
    return fmax(below, v->frame->y.hard_hi);
}

/* The picture's edges stop the box, except where the recipe lets it out; even then it stays flush
 * where the photo cuts the body. */
static void set_limits(struct aim *v)
{
    bool out = v->recipe->overflow != PC_OVERFLOW_SHIFT;
    double reach = out ? REACH * fmax(v->width, v->height) : 0;
    const bool *cut = v->body->cut;
    v->frame->x.lo = cut[PC_LEFT] ? 0 : -reach;
    v->frame->x.hi = cut[PC_RIGHT] ? v->width : v->width + reach;
    v->frame->y.lo = cut[PC_TOP] ? 0 : -reach;
    v->frame->y.hi = cut[PC_BOTTOM] ? v->height : v->height + reach;
    if (!has(v->keep, PC_SPOT_PERSON))
        v->frame->y.hi = fmin(v->frame->y.hi, ground(v));
}

static struct pc_line headless_line(enum pc_headless h)
{
    static const struct pc_line lines[PC_HEADLESS_COUNT] = {
        [PC_HEADLESS_NO] = {.a = PC_SPOT_NONE, .b = PC_SPOT_NONE},
        [PC_HEADLESS_EYES] = {PC_SPOT_EYES, PC_SPOT_NONE, 0, {0, PC_UNIT_PX}},
        [PC_HEADLESS_EYES_NOSE] = {PC_SPOT_EYES, PC_NOSE, .5, {0, PC_UNIT_PX}},
        [PC_HEADLESS_NOSE] = {PC_NOSE, PC_SPOT_NONE, 0, {0, PC_UNIT_PX}},
        [PC_HEADLESS_NOSE_MOUTH] = {PC_NOSE, PC_SPOT_MOUTH, .5, {0, PC_UNIT_PX}},
        [PC_HEADLESS_MOUTH] = {PC_SPOT_MOUTH, PC_SPOT_NONE, 0, {0, PC_UNIT_PX}},
        [PC_HEADLESS_UNDER_FACE] = {PC_SPOT_CHIN, PC_SPOT_NONE, 0, {-.06, PC_UNIT_HEAD}},
    };
    return lines[h];
}

/* Where the line lies; false when there is none, or when the photo cuts the body off before it: its
 * edge is the line then. */
static bool line_at(const struct aim *v, const struct pc_line *line, enum pc_side side, double *out)
{
    if (line->a == PC_SPOT_NONE)
        return false;
    const struct pc_spot_at *a = &v->body->at[line->a];
    const struct pc_spot_at *b = line->b == PC_SPOT_NONE ? a : &v->body->at[line->b];
    bool level = side == PC_TOP || side == PC_BOTTOM;
    double outward = side == PC_TOP || side == PC_LEFT ? -1 : 1;
    struct pc_point p = {a->x + line->at * (b->x - a->x), a->y + line->at * (b->y - a->y)};
    *out = (level ? p.y : p.x) + outward * length_px(v, line->offset, v->body->head);
    bool guessed = a->sight == PC_SIGHT_OUT || b->sight == PC_SIGHT_OUT;
    return !guessed || !pc_body_beyond(v->body, v->width, v->height, p);
}

/* A wanted edge takes the place of the margin; kept points stay inside, and where the photo cuts
 * the body off before it, the photo's edge is meant. */
static void want_edges(struct aim *v)
{
    for (int side = 0; side < PC_SIDES; side++) {
        const struct pc_line *line = &v->recipe->edge[side];
        struct pc_axis *a = side == PC_TOP || side == PC_BOTTOM ? &v->frame->y : &v->frame->x;
        bool low = side == PC_TOP || side == PC_LEFT;
        double at;
        if (line->a == PC_SPOT_NONE || v->body->tilted)
            continue;
        if (!line_at(v, line, (enum pc_side)side, &at))
            at = low ? 0 : a == &v->frame->y ? v->height : v->width;
        if (low)
            a->want_lo = fmin(at, a->hard_lo);
        else
            a->want_hi = fmax(at, a->hard_hi);
    }
}

static void cut_at(struct aim *v, const struct pc_line *line, enum pc_side side)
{
    double at;
    if (!line_at(v, line, side, &at))
        return;
    struct pc_axis *a = side == PC_TOP || side == PC_BOTTOM ? &v->frame->y : &v->frame->x;
    bool low = side == PC_TOP || side == PC_LEFT;
    bool person = has(v->keep, PC_SPOT_PERSON), headless = v->recipe->headless != PC_HEADLESS_NO;
    if (!person && !headless && (low ? at > a->hard_lo : at < a->hard_hi)) {
        /* What must be held goes first; a pose where it lies behind the line is for eyes to see. */
        at = low ? a->hard_lo : a->hard_hi;
        pc_shot_worsen(v->shot, PC_SHOT_REVIEW, PC_REASON_CONFLICT);
    }
    if (low)
        a->lo = fmax(a->lo, at);
    else
        a->hi = fmin(a->hi, at);
}

static void cut_lines(struct aim *v)
{
    if (v->recipe->headless != PC_HEADLESS_NO && !v->body->tilted) {
        struct pc_line line = headless_line(v->recipe->headless);
        cut_at(v, &line, PC_TOP);
    }
    for (int side = 0; side < PC_SIDES; side++) {
        if (v->recipe->cut[side].a == PC_SPOT_NONE)
            continue;
        if (v->body->tilted)
            pc_shot_worsen(v->shot, PC_SHOT_REVIEW, PC_REASON_TILTED);
        else
            cut_at(v, &v->recipe->cut[side], (enum pc_side)side);
    }
}

/* A limit between an avoided point and what must be held. */
struct fence {
    enum pc_side side;
    double gap; /* how far the two lie apart there; at most 0: nowhere */
};

/* On the side where there is room for it and where it takes least of the box as it would be. */
static struct fence best_fence(const struct aim *v, double px, double py)
{
    const struct pc_axis *x = &v->frame->x, *y = &v->frame->y;
    const struct pc_box b = v->plain;
    const double gaps[PC_SIDES] = {[PC_TOP] = y->hard_lo - py,
                                   [PC_BOTTOM] = py - y->hard_hi,
                                   [PC_LEFT] = x->hard_lo - px,
                                   [PC_RIGHT] = px - x->hard_hi};
    const double taken[PC_SIDES] = {[PC_TOP] = (py - b.y) / b.h,
                                    [PC_BOTTOM] = (b.y + b.h - py) / b.h,
                                    [PC_LEFT] = (px - b.x) / b.w,
                                    [PC_RIGHT] = (b.x + b.w - px) / b.w};
    struct fence best = {PC_TOP, 0};
    for (int i = 0; i < PC_SIDES; i++)
        if (gaps[i] > 0 && (best.gap <= 0 || taken[i] < taken[best.side]))
            best = (struct fence){(enum pc_side)i, gaps[i]};
    return best;
}

static void put_fence(struct aim *v, struct fence f, double px, double py)
{
    struct pc_axis *x = &v->frame->x, *y = &v->frame->y;
    double pad = fmin(AVOID_PAD * v->body->head, f.gap / 2);
    switch (f.side) {
    case PC_TOP: y->lo = fmax(y->lo, py + pad); break;
    case PC_BOTTOM: y->hi = fmin(y->hi, py - pad); break;
    case PC_LEFT: x->lo = fmax(x->lo, px + pad); break;
    default: x->hi = fmin(x->hi, px - pad); break;
    }
}

/* A headless frame of a whole person gives up the part of it that lies beyond the face. */
static void yield_person(struct aim *v)
{
    double lowest = -FAR;
    uint64_t avoid = pc_headless_avoid(v->recipe->headless);
    for (int i = 0; i < PC_LANDMARK_COUNT; i++)
        if (has(avoid, i) && v->body->at[i].sight != PC_SIGHT_OUT)
            lowest = fmax(lowest, v->body->at[i].y);
    double line = lowest + .07 * v->body->head;
    if (avoid && !v->body->tilted && has(v->keep, PC_SPOT_PERSON) && line > v->frame->y.lo)
        v->frame->y.lo = line;
    v->frame->y.hard_lo = fmax(v->frame->y.hard_lo, fmin(v->frame->y.lo, v->frame->y.hard_hi));
}

static bool within_limits(const struct aim *v, const struct pc_spot_at *p)
{
    const struct pc_frame *f = v->frame;
    return p->y >= f->y.lo && p->y <= f->y.hi && p->x >= f->x.lo && p->x <= f->x.hi;
}

/* The point with the least choice goes first, so that the order of left and right does not count.
 */
static int tightest(const struct aim *v, uint64_t avoid, struct fence *out)
{
    int found = PC_SPOT_NONE;
    for (int i = 0; i < PC_SPOT_PERSON; i++) {
        const struct pc_spot_at *p = &v->body->at[i];
        if (!has(avoid, i) || p->sight == PC_SIGHT_OUT || !within_limits(v, p))
            continue;
        struct fence f = best_fence(v, p->x, p->y);
        if (found == PC_SPOT_NONE || f.gap < out->gap)
            *out = f, found = i;
    }
    return found;
}

static void avoid_spots(struct aim *v)
{
    uint64_t face = pc_headless_avoid(v->recipe->headless), avoid = v->recipe->avoid | face;
    struct fence f = {PC_TOP, 0};
    int spot;
    if (v->recipe->headless != PC_HEADLESS_NO)
        yield_person(v);
    while ((spot = tightest(v, avoid, &f)) != PC_SPOT_NONE) {
        avoid &= ~PC_SPOT_BIT(spot);
        if (f.gap > 0)
            put_fence(v, f, v->body->at[spot].x, v->body->at[spot].y);
        else
            pc_shot_worsen(v->shot, PC_SHOT_REVIEW,
                           has(face, spot) ? PC_REASON_FACE_SHOWN : PC_REASON_CONFLICT);
    }
}

static void ask_shape(struct aim *v)
{
    const struct pc_recipe *r = v->recipe;
    v->frame->aspect_min = r->aspect_min;
    v->frame->aspect_max = r->aspect_max;
    if (r->size == PC_SIZE_AT_LEAST) {
        v->frame->least_w = r->width;
        v->frame->least_h = r->height;
    } else if (r->size == PC_SIZE_NATIVE) {
        v->frame->most_w = r->width;
        v->frame->most_h = r->height;
    }
}

void pc_aim(struct pc_shot *shot, const struct pc_body *body, int width, int height,
            struct pc_frame *frame)
{
    bool missed;
    struct aim v = {.shot = shot,
                    .recipe = shot->recipe,
                    .body = body,
                    .width = width,
                    .height = height,
                    .keep = pc_aim_keep(shot->recipe),
                    .frame = frame};
    *frame = (struct pc_frame){.width = width, .height = height};
    hold_spots(&v);
    add_margins(&v);
    want_edges(&v);
    set_limits(&v);
    cut_lines(&v);
    ask_shape(&v);
    v.plain = pc_frame_solve(frame, &missed);
    avoid_spots(&v);
}
