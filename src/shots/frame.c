#include "shots/frame.h"

#include <math.h>
#include <stdlib.h>

#define KNEE_REACH .12  /* of the torso: an edge nearer to a knee or ankle is a bad cut */
#define ELBOW_REACH .07 /* the same for elbows and wrists */
#define BORDER .001     /* of width + height: so near to the picture's edge, an edge cuts nothing */
#define STEP .02        /* of the torso: the grid on which better places are looked for */

static double clamp(double v, double lo, double hi)
{
    return fmax(lo, fmin(v, hi));
}

/* Natural within the limits, hard within both; nothing may be empty or turned round. */
static void tidy(struct pc_axis *a)
{
    a->hard_lo = clamp(a->hard_lo, a->lo, a->hi);
    a->hard_hi = clamp(a->hard_hi, a->hard_lo, a->hi);
    a->want_lo = clamp(fmin(a->want_lo, a->hard_lo), a->lo, a->hi);
    a->want_hi = clamp(fmax(a->want_hi, a->hard_hi), a->want_lo, a->hi);
}

static double want(const struct pc_axis *a)
{
    return a->want_hi - a->want_lo;
}

static double hard(const struct pc_axis *a)
{
    return a->hard_hi - a->hard_lo;
}

static double room(const struct pc_axis *a)
{
    return a->hi - a->lo;
}

/* Where a run of this length starts. Longer than natural: round it by align, then slid inside the
 * limits. Shorter: inside natural by align, then slid over the hard part. */
static double place(const struct pc_axis *a, double len)
{
    double start = a->want_lo - (len - want(a)) * a->align;
    if (len < want(a))
        start = clamp(start, a->hard_hi - len, a->hard_lo);
    return clamp(start, a->lo, fmax(a->lo, a->hi - len));
}

/* Makes `grow` long enough for the ratio, and shortens `give` as far as is allowed when grow finds
 * no room. The lengths are in *g and *v; ratio is grow / give. */
static void reach(const struct pc_axis *grow, const struct pc_axis *give, double ratio, double *g,
                  double *v)
{
    *g = fmin(*v * ratio, room(grow));
    *v = fmax(fmin(*v, *g / ratio), hard(give));
}

static double clamp_len(const struct pc_axis *a, double len, double least, double most)
{
    if (least > 0)
        len = fmin(fmax(len, least), room(a));
    if (most > 0)
        len = fmax(fmin(len, most), fmin(hard(a), most));
    return len;
}

struct pc_box pc_frame_solve(const struct pc_frame *frame, bool *missed)
{
    struct pc_axis x = frame->x, y = frame->y;
    tidy(&x);
    tidy(&y);
    double w = clamp_len(&x, want(&x), frame->least_w, frame->most_w);
    double h = clamp_len(&y, want(&y), frame->least_h, frame->most_h);
    if (frame->aspect_min > 0 && w < h * frame->aspect_min)
        reach(&x, &y, frame->aspect_min, &w, &h);
    else if (frame->aspect_max > 0 && w > h * frame->aspect_max)
        reach(&y, &x, 1 / frame->aspect_max, &h, &w);
    *missed = (frame->aspect_min > 0 && w < h * frame->aspect_min * (1 - 1e-6)) ||
              (frame->aspect_max > 0 && w > h * frame->aspect_max * (1 + 1e-6));
    return (struct pc_box){place(&x, w), place(&y, h), w, h};
}

/* ---- joints ---- */

/* One edge at e, running from lo to hi; a joint at distance `off` across and `along` it. */
static double edge_harm(double across, double along, double e, double lo, double hi, double reach)
{
    double off = fabs(across - e);
    if (off >= reach || along < lo - reach / 3 || along > hi + reach / 3)
        return 0;
    return 1 - off / reach;
}

double pc_frame_joint_harm(const struct pc_body *body, struct pc_box box, int width, int height)
{
    static const int joints[] = {PC_LEFT_ELBOW, PC_RIGHT_ELBOW, PC_LEFT_WRIST, PC_RIGHT_WRIST,
                                 PC_LEFT_KNEE,  PC_RIGHT_KNEE,  PC_LEFT_ANKLE, PC_RIGHT_ANKLE};
    double x1 = box.x + box.w, y1 = box.y + box.h, harm = 0;
    double rim = BORDER * (width + height);
    for (size_t i = 0; i < sizeof joints / sizeof *joints; i++) {
        const struct pc_spot_at *p = &body->at[joints[i]];
        double r = (joints[i] >= PC_LEFT_KNEE ? KNEE_REACH : ELBOW_REACH) * body->torso;
        if (p->sight != PC_SIGHT_SEEN)
            continue;
        if (box.x > rim)
            harm += edge_harm(p->x, p->y, box.x, box.y, y1, r);
        if (x1 < width - rim)
            harm += edge_harm(p->x, p->y, x1, box.y, y1, r);
        if (box.y > rim)
            harm += edge_harm(p->y, p->x, box.y, box.x, x1, r);
        if (y1 < height - rim)
            harm += edge_harm(p->y, p->x, y1, box.x, x1, r);
    }
    return harm;
}

static bool allowed(const struct pc_axis *a, double start, double len)
{
    double slack = 1e-6 * (fabs(a->lo) + fabs(a->hi) + 1);
    return start >= a->lo - slack && start + len <= a->hi + slack && start <= a->hard_lo + slack &&
           start + len >= a->hard_hi - slack;
}

/* An edge on the picture's border stays there: a strip beside a body that the photo cuts is worse.
 */
static bool leaves_border(double start, double len, double was, double was_len, int size)
{
    double rim = 1e-6 * size;
    return (was <= rim && start > rim) || (was + was_len >= size - rim && start + len < size - rim);
}

struct pc_box pc_frame_spare_joints(const struct pc_frame *frame, const struct pc_body *body,
                                    struct pc_box box)
{
    struct pc_axis x = frame->x, y = frame->y;
    tidy(&x);
    tidy(&y);
    double step = STEP * body->torso;
    double middle = body->box.x + body->box.w / 2; /* of two equal ways, towards the body */
    double best = pc_frame_joint_harm(body, box, frame->width, frame->height);
    struct pc_box found = box;
    if (best <= 0)
        return box;
    for (int grow = -2; grow <= 4; grow++) {
        double h = box.h + grow * step, w = h * box.w / box.h;
        for (int dy = -3; dy <= 3; dy++) {
            double top = box.y + (box.h - h) / 2 + dy * step;
            if (h <= 0 || !allowed(&y, top, h) ||
                leaves_border(top, h, box.y, box.h, frame->height))
                continue;
            for (int dx = -3; dx <= 3; dx++) {
                struct pc_box b = {box.x + (box.w - w) / 2 + dx * step, top, w, h};
                if (!allowed(&x, b.x, w) || leaves_border(b.x, w, box.x, box.w, frame->width))
                    continue;
                double cost = pc_frame_joint_harm(body, b, frame->width, frame->height) +
                              .05 * (abs(grow) + abs(dy) + abs(dx)) +
                              1e-4 * fabs(b.x + w / 2 - middle) / body->torso;
                if (cost < best - 1e-9)
                    best = cost, found = b;
            }
        }
    }
    return found;
}
