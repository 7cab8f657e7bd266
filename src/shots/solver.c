#include "shots/solver.h"

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
static void normalise_axis(struct pc_constraints_axis *a)
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

/* Where a run of this length starts. Longer than natural: round it by align, then slid inside the
 * limits. Shorter: inside natural by align, then slid over the hard part. */
static double place(const struct pc_constraints_axis *a, double len)
{
    double start = a->want_lo - (len - want_len(a)) * a->align;
    if (len < want_len(a))
        start = clamp(start, a->hard_hi - len, a->hard_lo);
    return clamp(start, a->lo, fmax(a->lo, a->hi - len));
}

/* Makes `grow` long enough for the ratio, and shortens `give` as far as is allowed when grow finds
 * no room. The lengths are in *g and *v; ratio is grow / give. */
static void reach(const struct pc_constraints_axis *grow, const struct pc_constraints_axis *give,
                  double ratio, double *g, double *v)
{
    *g = fmin(*v * ratio, limits_len(grow));
    *v = fmax(fmin(*v, *g / ratio), hard_len(give));
}

static double clamp_len(const struct pc_constraints_axis *a, double len, double least, double most)
{
    if (least > 0)
        len = fmin(fmax(len, least), limits_len(a));
    if (most > 0)
        len = fmax(fmin(len, most), fmin(hard_len(a), most));
    return len;
}

struct pc_box pc_solver_solve(const struct pc_constraints *constraints, bool *missed)
{
    struct pc_constraints_axis x = constraints->x, y = constraints->y;
    normalise_axis(&x);
    normalise_axis(&y);
    double w = clamp_len(&x, want_len(&x), constraints->least_w, constraints->most_w);
    double h = clamp_len(&y, want_len(&y), constraints->least_h, constraints->most_h);
    if (constraints->aspect_min > 0 && w < h * constraints->aspect_min)
        reach(&x, &y, constraints->aspect_min, &w, &h);
    else if (constraints->aspect_max > 0 && w > h * constraints->aspect_max)
        reach(&y, &x, 1 / constraints->aspect_max, &h, &w);
    *missed = (constraints->aspect_min > 0 && w < h * constraints->aspect_min * (1 - 1e-6)) ||
              (constraints->aspect_max > 0 && w > h * constraints->aspect_max * (1 + 1e-6));
    return (struct pc_box){place(&x, w), place(&y, h), w, h};
}

/* ---- joints ---- */

/* One edge at e, running from lo to hi; a joint at distance `off` across and `along` it. */
static double edge_cost(double across, double along, double e, double lo, double hi, double reach)
{
    double off = fabs(across - e);
    if (off >= reach || along < lo - reach / 3 || along > hi + reach / 3)
        return 0;
    return 1 - off / reach;
}

double pc_solver_joint_cost(const struct pc_body *body, struct pc_box box, int width, int height)
{
    static const int joints[] = {PC_LEFT_ELBOW, PC_RIGHT_ELBOW, PC_LEFT_WRIST, PC_RIGHT_WRIST,
                                 PC_LEFT_KNEE,  PC_RIGHT_KNEE,  PC_LEFT_ANKLE, PC_RIGHT_ANKLE};
    double x1 = box.x + box.w, y1 = box.y + box.h, cost = 0;
    double rim = BORDER * (width + height);
    for (size_t i = 0; i < sizeof joints / sizeof *joints; i++) {
        const struct pc_body_keypoint *p = &body->keypoints[joints[i]];
        double r = (joints[i] >= PC_LEFT_KNEE ? KNEE_REACH : ELBOW_REACH) * body->torso;
        if (p->visibility != PC_VISIBILITY_SEEN)
            continue;
        if (box.x > rim)
            cost += edge_cost(p->x, p->y, box.x, box.y, y1, r);
        if (x1 < width - rim)
            cost += edge_cost(p->x, p->y, x1, box.y, y1, r);
        if (box.y > rim)
            cost += edge_cost(p->y, p->x, box.y, box.x, x1, r);
        if (y1 < height - rim)
            cost += edge_cost(p->y, p->x, y1, box.x, x1, r);
    }
    return cost;
}

static bool allowed(const struct pc_constraints_axis *a, double start, double len)
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

struct pc_box pc_solver_avoid_joints(const struct pc_constraints *constraints,
                                     const struct pc_body *body, struct pc_box box)
{
    struct pc_constraints_axis x = constraints->x, y = constraints->y;
    normalise_axis(&x);
    normalise_axis(&y);
    double step = STEP * body->torso;
    double middle = body->box.x + body->box.w / 2; /* of two equal ways, towards the body */
    double best = pc_solver_joint_cost(body, box, constraints->width, constraints->height);
    struct pc_box found = box;
    if (best <= 0)
        return box;
    for (int grow = -2; grow <= 4; grow++) {
        double h = box.h + grow * step, w = h * box.w / box.h;
        for (int dy = -3; dy <= 3; dy++) {
            double top = box.y + (box.h - h) / 2 + dy * step;
            if (h <= 0 || !allowed(&y, top, h) ||
                leaves_border(top, h, box.y, box.h, constraints->height))
                continue;
            for (int dx = -3; dx <= 3; dx++) {
                struct pc_box b = {box.x + (box.w - w) / 2 + dx * step, top, w, h};
                if (!allowed(&x, b.x, w) || leaves_border(b.x, w, box.x, box.w, constraints->width))
                    continue;
                double total =
                    pc_solver_joint_cost(body, b, constraints->width, constraints->height) +
                    .05 * (abs(grow) + abs(dy) + abs(dx)) +
                    1e-4 * fabs(b.x + w / 2 - middle) / body->torso;
                if (total < best - 1e-9)
                    best = total, found = b;
            }
        }
    }
    return found;
}
