#include "shots/solver.h"

#include <math.h>
#include <stdlib.h>

#define KNEE_REACH .12  /* of the torso: an edge nearer to a knee or ankle is a bad cut */
#define ELBOW_REACH .07 /* the same for elbows and wrists */
#define BORDER .001     /* of width + height: so near to the image's border, an edge cuts nothing */
#define STEP .02        /* of the torso: the grid on which better places are looked for */

static double clamp(double v, double lo, double hi)
{
    return fmax(lo, fmin(v, hi));
}

/* Brings want within the limits, and hard within both; no interval is empty or reversed after. */
static void normalise(struct pc_constraints_axis *a)
{
    a->hard_lo = clamp(a->hard_lo, a->lo, a->hi);
    a->hard_hi = clamp(a->hard_hi, a->hard_lo, a->hi);
    a->want_lo = clamp(fmin(a->want_lo, a->hard_lo), a->lo, a->hi);
    a->want_hi = clamp(fmax(a->want_hi, a->hard_hi), a->want_lo, a->hi);
}

static double want_len(const struct pc_constraints_axis *a)
{
    return a->want_hi - a->want_lo;
}

static double hard_len(const struct pc_constraints_axis *a)
{
    return a->hard_hi - a->hard_lo;
}

static double limits_len(const struct pc_constraints_axis *a)
{
    return a->hi - a->lo;
}

/* Where a box of this length starts. Longer than wanted: round the wanted interval by align, then
 * slid inside the limits. Shorter: inside the wanted interval by align, then slid over the hard
 * one. */
static double place(const struct pc_constraints_axis *a, double len)
{
    double start = a->want_lo - (len - want_len(a)) * a->align;
    if (len < want_len(a))
        start = clamp(start, a->hard_hi - len, a->hard_lo);
    return clamp(start, a->lo, fmax(a->lo, a->hi - len));
}

/* Makes *grow_len long enough for the ratio (grow to give), and shortens *give_len as far as is
 * allowed when there is no room to grow. */
static void reach_ratio(const struct pc_constraints_axis *grow,
                        const struct pc_constraints_axis *give, double ratio, double *grow_len,
                        double *give_len)
{
    *grow_len = fmin(*give_len * ratio, limits_len(grow));
    *give_len = fmax(fmin(*give_len, *grow_len / ratio), hard_len(give));
}

static double clamp_len(const struct pc_constraints_axis *a, double len, double least, double most)
{
    if (least > 0)
        len = fmin(fmax(len, least), limits_len(a));
    if (most > 0)
        len = fmax(fmin(len, most), fmin(hard_len(a), most));
    return len;
}

struct pc_box pc_solver_solve(const struct pc_constraints *c, bool *missed)
{
    struct pc_constraints_axis x = c->x, y = c->y;
    normalise(&x);
    normalise(&y);
    double w = clamp_len(&x, want_len(&x), c->min_w, c->max_w);
    double h = clamp_len(&y, want_len(&y), c->min_h, c->max_h);
    if (c->aspect_min > 0 && w < h * c->aspect_min)
        reach_ratio(&x, &y, c->aspect_min, &w, &h);
    else if (c->aspect_max > 0 && w > h * c->aspect_max)
        reach_ratio(&y, &x, 1 / c->aspect_max, &h, &w);
    *missed = (c->aspect_min > 0 && w < h * c->aspect_min * (1 - 1e-6)) ||
              (c->aspect_max > 0 && w > h * c->aspect_max * (1 + 1e-6));
    return (struct pc_box){place(&x, w), place(&y, h), w, h};
}

/* --- joints --- */

/* How badly one edge passes through a joint that lies `across` on its axis and `along` it. The edge
 * is at `at` and runs from lo to hi. 0: not nearer than reach; 1: right through it. */
static double edge_cost(double across, double along, double at, double lo, double hi, double reach)
{
    double off = fabs(across - at);
    if (off >= reach || along < lo - reach / 3 || along > hi + reach / 3)
        return 0;
    return 1 - off / reach;
}

/* How badly the edges of the box pass through joints that are seen, in sum. Edges on the border of
 * the image do not count. */
static double joint_cost(const struct pc_body *body, struct pc_box box)
{
    static const int joints[] = {PC_LEFT_ELBOW, PC_RIGHT_ELBOW, PC_LEFT_WRIST, PC_RIGHT_WRIST,
                                 PC_LEFT_KNEE,  PC_RIGHT_KNEE,  PC_LEFT_ANKLE, PC_RIGHT_ANKLE};
    double x1 = box.x + box.w, y1 = box.y + box.h, cost = 0;
    double border = BORDER * (body->width + body->height);
    for (size_t i = 0; i < sizeof joints / sizeof *joints; i++) {
        const struct pc_body_keypoint *k = &body->keypoints[joints[i]];
        double reach = (joints[i] >= PC_LEFT_KNEE ? KNEE_REACH : ELBOW_REACH) * body->torso;
        if (k->visibility != PC_VISIBILITY_SEEN)
            continue;
        if (box.x > border)
            cost += edge_cost(k->x, k->y, box.x, box.y, y1, reach);
        if (x1 < body->width - border)
            cost += edge_cost(k->x, k->y, x1, box.y, y1, reach);
        if (box.y > border)
            cost += edge_cost(k->y, k->x, box.y, box.x, x1, reach);
        if (y1 < body->height - border)
            cost += edge_cost(k->y, k->x, y1, box.x, x1, reach);
    }
    return cost;
}

/* May a box that was at `was` lie at `start`? Within the limits, over the hard interval, and with an
 * edge on the border of the image only where it was on it: a strip beside a body that the image cuts
 * is worse than a cut joint. */
static bool allowed(const struct pc_constraints_axis *a, double start, double len, double was,
                    double was_len, int size)
{
    double slack = 1e-6 * (fabs(a->lo) + fabs(a->hi) + 1), border = 1e-6 * size;
    bool leaves_border = (was <= border && start > border) ||
                         (was + was_len >= size - border && start + len < size - border);
    return start >= a->lo - slack && start + len <= a->hi + slack && start <= a->hard_lo + slack &&
           start + len >= a->hard_hi - slack && !leaves_border;
}

struct pc_box pc_solver_avoid_joints(const struct pc_constraints *c, const struct pc_body *body,
                                     struct pc_box box)
{
    struct pc_constraints_axis x = c->x, y = c->y;
    struct pc_box found = box;
    double best = joint_cost(body, box), step = STEP * body->torso;
    double middle =
        body->box.x + body->box.w / 2; /* of two equal moves, the one towards the body */
    normalise(&x);
    normalise(&y);
    if (best <= 0)
        return box;
    for (int grow = -2; grow <= 4; grow++) {
        double h = box.h + grow * step, w = h * box.w / box.h;
        for (int dy = -3; dy <= 3; dy++) {
            double top = box.y + (box.h - h) / 2 + dy * step;
            if (h <= 0 || h < fmin(box.h, c->enough_h) || w < fmin(box.w, c->enough_w) ||
                !allowed(&y, top, h, box.y, box.h, c->height))
                continue;
            for (int dx = -3; dx <= 3; dx++) {
                struct pc_box b = {box.x + (box.w - w) / 2 + dx * step, top, w, h};
                if (!allowed(&x, b.x, w, box.x, box.w, c->width))
                    continue;
                double cost = joint_cost(body, b) + .05 * (abs(grow) + abs(dy) + abs(dx)) +
                              1e-4 * fabs(b.x + w / 2 - middle) / body->torso;
                if (cost < best - 1e-9)
                    best = cost, found = b;
            }
        }
    }
    return found;
}
