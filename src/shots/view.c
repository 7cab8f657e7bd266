#include "shots/view.h"

#include <math.h>

#include "shots/frame.h"

#define FAR 1e9
#define HARD_PAD .04   /* of a head: kept points lie at least so far inside */
#define AVOID_PAD .12  /* of a head: avoided points lie so far outside, where there is room */
#define SURE_SCORE .25 /* mean score of the kept points; below: review */
enum { USABLE_PX = 32, LEAST_PX = 8 };

#define FACE_BITS                                                                                  \
    (PC_SPOT_BIT(PC_NOSE) | PC_SPOT_BIT(PC_LEFT_EYE) | PC_SPOT_BIT(PC_RIGHT_EYE) |                 \
     PC_SPOT_BIT(PC_LEFT_EAR) | PC_SPOT_BIT(PC_RIGHT_EAR))

struct viewer {
    struct pc_shot *shot;
    const struct pc_recipe *recipe;
    const struct pc_body *body;
    int width, height;
    uint64_t keep;
    struct pc_frame frame;
    struct pc_box box;
};

static int badness(enum pc_shot_state s)
{
    static const int order[] = {
        [PC_SHOT_OK] = 0, [PC_SHOT_PARTIAL] = 1, [PC_SHOT_REVIEW] = 2, [PC_SHOT_ABSENT] = 3};
    return order[s];
}

void pc_shot_worsen(struct pc_shot *shot, enum pc_shot_state state, enum pc_reason reason)
{
    if (badness(state) > badness(shot->state))
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
    pc_shot_worsen(shot, PC_SHOT_ABSENT, reason);
    shot->box = (struct pc_ibox){0};
    shot->width = shot->height = 0;
}

static bool has(uint64_t bits, int spot)
{
    return bits & PC_SPOT_BIT(spot);
}

/* ---- judge ---- */

/* Of a headless shot nothing above the line can be asked. */
static uint64_t kept_by(const struct pc_recipe *r)
{
    uint64_t head = FACE_BITS | PC_SPOT_BIT(PC_SPOT_CROWN) | PC_SPOT_BIT(PC_SPOT_EYES) |
                    PC_SPOT_BIT(PC_SPOT_MOUTH) | PC_SPOT_BIT(PC_SPOT_CHIN);
    return r->headless == PC_HEADLESS_NO ? r->keep : r->keep & ~head;
}

static void judge_score(struct viewer *v)
{
    double sum = 0;
    int n = 0;
    for (int i = 0; i < PC_SPOT_COUNT; i++) {
        if (!has(v->keep, i) || v->body->at[i].sight == PC_SIGHT_OUT)
            continue;
        sum += v->body->at[i].score;
        n++;
    }
    v->shot->score = n ? fmax(0, fmin(1, sum / n)) : 0;
    if (v->shot->score < SURE_SCORE)
        pc_shot_worsen(v->shot, PC_SHOT_REVIEW, PC_REASON_LOW_CONFIDENCE);
}

/* A whole person is not whole where the photo ends inside the body; a headless one may end above.
 */
static void judge_whole(struct viewer *v)
{
    if (!has(v->keep, PC_SPOT_PERSON))
        return;
    for (int side = 0; side < PC_SIDES; side++)
        if (v->body->cut[side] && (side != PC_TOP || v->recipe->headless == PC_HEADLESS_NO))
            pc_shot_worsen(v->shot, PC_SHOT_PARTIAL, PC_REASON_CUT_BY_PHOTO);
}

/* Says what of the kept points the photo has; absent when what is needed lies outside, or when
 * none of it was found. */
static void judge(struct viewer *v)
{
    int found = 0;
    if (!v->body->known && (v->keep & ~PC_SPOT_BIT(PC_SPOT_PERSON)) == v->keep) {
        absent(v->shot, PC_REASON_HIDDEN);
        return;
    }
    for (int i = 0; i < PC_SPOT_COUNT; i++) {
        enum pc_sight sight = v->body->at[i].sight;
        bool need = has(v->recipe->need, i);
        if (!has(v->keep, i) && !need)
            continue;
        found += sight == PC_SIGHT_SEEN || v->body->at[i].score > 0;
        if (sight == PC_SIGHT_OUT && need) {
            absent(v->shot, PC_REASON_NOT_IN_PHOTO);
            return;
        }
        if (sight == PC_SIGHT_OUT)
            pc_shot_worsen(v->shot, PC_SHOT_PARTIAL, PC_REASON_CUT_BY_PHOTO);
        else if (sight == PC_SIGHT_GUESSED)
            pc_shot_worsen(v->shot, need ? PC_SHOT_REVIEW : PC_SHOT_OK, PC_REASON_HIDDEN);
    }
    if (found == 0) {
        absent(v->shot, PC_REASON_NOT_IN_PHOTO);
        return;
    }
    judge_whole(v);
    judge_score(v);
}

/* ---- frame ---- */

static double length_px(const struct viewer *v, struct pc_length len, double box_side)
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
static void hold_spots(struct viewer *v)
{
    struct pc_axis *x = &v->frame.x, *y = &v->frame.y;
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

static void add_margins(struct viewer *v)
{
    struct pc_axis *x = &v->frame.x, *y = &v->frame.y;
    const struct pc_length *m = v->recipe->margin;
    double w = x->hard_hi - x->hard_lo, h = y->hard_hi - y->hard_lo;
    double pad = fmax(HARD_PAD * v->body->head, 1.5);
    x->want_lo = x->hard_lo - length_px(v, m[PC_LEFT], w);
    x->want_hi = x->hard_hi + length_px(v, m[PC_RIGHT], w);
    y->want_lo = y->hard_lo - length_px(v, m[PC_TOP], h);
    y->want_hi = y->hard_hi + length_px(v, m[PC_BOTTOM], h);
    x->hard_lo -= pad, x->hard_hi += pad;
    y->hard_lo -= pad, y->hard_hi += pad;
    x->align = v->recipe->align_x;
    y->align = v->recipe->align_y;
}

/* The picture's edges stop the box, except where the recipe lets it out; even then it stays flush
 * where the photo cuts the body. */
static void set_limits(struct viewer *v)
{
    bool out = v->recipe->overflow != PC_OVERFLOW_SHIFT;
    const bool *cut = v->body->cut;
    v->frame.x.lo = out && !cut[PC_LEFT] ? -FAR : 0;
    v->frame.x.hi = out && !cut[PC_RIGHT] ? FAR : v->width;
    v->frame.y.lo = out && !cut[PC_TOP] ? -FAR : 0;
    v->frame.y.hi = out && !cut[PC_BOTTOM] ? FAR : v->height;
    v->frame.width = v->width;
    v->frame.height = v->height;
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

/* What must stay out below each line: cut at the eyes, the nose still shows. */
static uint64_t headless_avoid(enum pc_headless h)
{
    uint64_t eyes = PC_SPOT_BIT(PC_LEFT_EYE) | PC_SPOT_BIT(PC_RIGHT_EYE);
    if (h == PC_HEADLESS_NO)
        return 0;
    return h <= PC_HEADLESS_EYES_NOSE ? eyes : FACE_BITS;
}

/* Where the line lies; false when there is none, or when the photo ends before it. */
static bool line_at(const struct viewer *v, const struct pc_line *line, enum pc_side side,
                    double *out)
{
    if (line->a == PC_SPOT_NONE)
        return false;
    const struct pc_spot_at *a = &v->body->at[line->a];
    const struct pc_spot_at *b = line->b == PC_SPOT_NONE ? a : &v->body->at[line->b];
    if (a->sight == PC_SIGHT_OUT || b->sight == PC_SIGHT_OUT)
        return false;
    bool level = side == PC_TOP || side == PC_BOTTOM;
    double from = level ? a->y : a->x, to = level ? b->y : b->x;
    double outward = side == PC_TOP || side == PC_LEFT ? -1 : 1;
    *out = from + line->at * (to - from) + outward * length_px(v, line->offset, v->body->head);
    return true;
}

static void cut_at(struct viewer *v, const struct pc_line *line, enum pc_side side)
{
    double at;
    if (!line_at(v, line, side, &at))
        return;
    struct pc_axis *a = side == PC_TOP || side == PC_BOTTOM ? &v->frame.y : &v->frame.x;
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

static void cut_lines(struct viewer *v)
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

/* Draws the nearest limit between an avoided point and what must be held, on the side where they
 * lie furthest apart. */
static bool fence_off(struct viewer *v, double px, double py)
{
    struct pc_axis *x = &v->frame.x, *y = &v->frame.y;
    double gaps[PC_SIDES] = {[PC_TOP] = y->hard_lo - py,
                             [PC_BOTTOM] = py - y->hard_hi,
                             [PC_LEFT] = x->hard_lo - px,
                             [PC_RIGHT] = px - x->hard_hi};
    int side = 0;
    for (int i = 1; i < PC_SIDES; i++)
        if (gaps[i] > gaps[side])
            side = i;
    if (gaps[side] <= 0)
        return false;
    double pad = fmin(AVOID_PAD * v->body->head, gaps[side] / 2);
    switch (side) {
    case PC_TOP: y->lo = fmax(y->lo, py + pad); break;
    case PC_BOTTOM: y->hi = fmin(y->hi, py - pad); break;
    case PC_LEFT: x->lo = fmax(x->lo, px + pad); break;
    default: x->hi = fmin(x->hi, px - pad); break;
    }
    return true;
}

/* A headless frame of a whole person gives up the part of it that lies beyond the face. */
static void yield_person(struct viewer *v)
{
    double lowest = -FAR;
    uint64_t avoid = headless_avoid(v->recipe->headless);
    for (int i = 0; i < PC_LANDMARK_COUNT; i++)
        if (has(avoid, i) && v->body->at[i].sight != PC_SIGHT_OUT)
            lowest = fmax(lowest, v->body->at[i].y);
    double line = lowest + .03 * v->body->head;
    if (avoid && !v->body->tilted && has(v->keep, PC_SPOT_PERSON) && line > v->frame.y.lo)
        v->frame.y.lo = line;
    v->frame.y.hard_lo = fmax(v->frame.y.hard_lo, fmin(v->frame.y.lo, v->frame.y.hard_hi));
}

static void avoid_spots(struct viewer *v)
{
    uint64_t avoid = v->recipe->avoid | headless_avoid(v->recipe->headless);
    if (v->recipe->headless != PC_HEADLESS_NO)
        yield_person(v);
    for (int i = 0; i < PC_SPOT_PERSON; i++) {
        const struct pc_spot_at *p = &v->body->at[i];
        if (!has(avoid, i) || p->sight == PC_SIGHT_OUT)
            continue;
        if (p->y < v->frame.y.lo || p->y > v->frame.y.hi || p->x < v->frame.x.lo ||
            p->x > v->frame.x.hi || fence_off(v, p->x, p->y))
            continue;
        bool face = has(headless_avoid(v->recipe->headless), i);
        pc_shot_worsen(v->shot, PC_SHOT_REVIEW, face ? PC_REASON_FACE_SHOWN : PC_REASON_CONFLICT);
    }
}

static void ask_shape(struct viewer *v)
{
    const struct pc_recipe *r = v->recipe;
    v->frame.aspect_min = r->aspect_min;
    v->frame.aspect_max = r->aspect_max;
    if (r->size == PC_SIZE_AT_LEAST) {
        v->frame.least_w = r->width;
        v->frame.least_h = r->height;
    } else if (r->size == PC_SIZE_NATIVE) {
        v->frame.most_w = r->width;
        v->frame.most_h = r->height;
    }
}

static void frame(struct viewer *v)
{
    bool missed;
    hold_spots(v);
    add_margins(v);
    set_limits(v);
    cut_lines(v);
    avoid_spots(v);
    ask_shape(v);
    v->box = pc_frame_solve(&v->frame, &missed);
    if (missed)
        pc_shot_worsen(v->shot, PC_SHOT_OK, PC_REASON_ASPECT_MISSED);
    if (v->recipe->joints)
        v->box = pc_frame_spare_joints(&v->frame, v->body, v->box);
}

/* ---- overflow, pixels, size ---- */

static bool leaves(const struct viewer *v)
{
    double slack = .5;
    return v->box.x < -slack || v->box.y < -slack || v->box.x + v->box.w > v->width + slack ||
           v->box.y + v->box.h > v->height + slack;
}

/* Shrinks round the middle until the box lies in the picture, at the same shape. */
static void shrink(struct viewer *v)
{
    struct pc_box *b = &v->box;
    double cx = b->x + b->w / 2, cy = b->y + b->h / 2;
    double rx = fmin(cx, v->width - cx) / (b->w / 2), ry = fmin(cy, v->height - cy) / (b->h / 2);
    double r = fmax(fmin(fmin(rx, ry), 1), 0);
    *b = (struct pc_box){cx - r * b->w / 2, cy - r * b->h / 2, r * b->w, r * b->h};
    if (b->x > v->frame.x.hard_lo || b->y > v->frame.y.hard_lo ||
        b->x + b->w < v->frame.x.hard_hi || b->y + b->h < v->frame.y.hard_hi)
        pc_shot_worsen(v->shot, PC_SHOT_PARTIAL, PC_REASON_OUT_OF_PICTURE);
}

static void overflow(struct viewer *v)
{
    if (!leaves(v))
        return;
    switch (v->recipe->overflow) {
    case PC_OVERFLOW_EXTEND: pc_shot_worsen(v->shot, PC_SHOT_OK, PC_REASON_EXTENDED); break;
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
        pc_shot_worsen(shot, PC_SHOT_OK, PC_REASON_UPSCALED);
    else if (s > 1 && r->size != PC_SIZE_FIT && r->size != PC_SIZE_NATIVE)
        pc_shot_worsen(shot, PC_SHOT_OK, PC_REASON_SMALLER_THAN_ASKED);
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
static void finish(struct pc_shot *shot)
{
    if (shot->box.w < LEAST_PX || shot->box.h < LEAST_PX) {
        absent(shot, PC_REASON_TOO_SMALL);
        return;
    }
    set_size(shot);
    if (shot->box.w < USABLE_PX || shot->box.h < USABLE_PX)
        pc_shot_worsen(shot, PC_SHOT_REVIEW, PC_REASON_TOO_SMALL);
}

void pc_view_of_body(struct pc_shot *shot, const struct pc_body *body, int width, int height)
{
    struct viewer v = {.shot = shot,
                       .recipe = shot->recipe,
                       .body = body,
                       .width = width,
                       .height = height,
                       .keep = kept_by(shot->recipe)};
    judge(&v);
    if (shot->state == PC_SHOT_ABSENT)
        return;
    frame(&v);
    overflow(&v);
    if (shot->state == PC_SHOT_ABSENT)
        return;
    to_pixels(shot, v.box, width, height, shot->recipe->overflow == PC_OVERFLOW_EXTEND);
    finish(shot);
}

static struct pc_box round_middle(struct pc_ibox b, double w, double h)
{
    return (struct pc_box){b.x + (b.w - w) / 2, b.y + (b.h - h) / 2, w, h};
}

/* The object gets a little air; margins in body units mean nothing here. */
void pc_view_of_object(struct pc_shot *shot, const struct pc_object *object, int width, int height)
{
    bool whole = shot->recipe->no_person == PC_EMPTY_OBJECT;
    struct pc_ibox b = whole ? object->trimmed : object->interest;
    double air = whole ? .03 * fmax(b.w, b.h) : 0;
    struct pc_frame f = {.aspect_min = shot->recipe->aspect_min,
                         .aspect_max = shot->recipe->aspect_max,
                         .width = width,
                         .height = height};
    bool missed;
    struct pc_box wanted = round_middle(b, b.w + 2 * air, b.h + 2 * air);
    f.x = (struct pc_axis){0, width, b.x, b.x + b.w, wanted.x, wanted.x + wanted.w, .5};
    f.y = (struct pc_axis){0, height, b.y, b.y + b.h, wanted.y, wanted.y + wanted.h, .5};
    if (!whole)
        f.x.hard_lo = f.x.hard_hi = b.x + b.w / 2.0, f.y.hard_lo = f.y.hard_hi = b.y + b.h / 2.0;
    to_pixels(shot, pc_frame_solve(&f, &missed), width, height, false);
    finish(shot);
}
