/* MultiPose: finds the centres of bodies, then each keypoint near the place that its body's centre
 * predicts.
 *
 * The cell of a keypoint is found for each body separately. Its score is the largest that any of
 * the bodies gives to that cell: the published graph computes it so, and the thresholds on scores
 * were measured with it. */
#include <float.h>
#include <math.h>
#include <stdbool.h>

#include "pose/heads.h"

static const float NEAR = 0.300048828125F * PC_GRID; /* cells^2: how fast weight falls */
static const float COUNTS = 0.126953125F;            /* lower scores do not count for the body */

enum { REACH = 2 }; /* a centre is the largest of the 5 x 5 cells round it */

float pc_heads_sigmoid(float x)
{
    return 1.0F / (1.0F + expf(-x));
}

float pc_heads_logit(float p)
{
    if (p <= 0)
        return -INFINITY;
    return p >= 1 ? INFINITY : logf(p / (1 - p));
}

struct body_centre {
    int y, x;
    float logit;
};

static int min_int(int a, int b)
{
    return a < b ? a : b;
}

static int max_int(int a, int b)
{
    return a > b ? a : b;
}

/* Is this the largest of the 5 x 5 cells round it? */
static bool is_peak(const float *centre, int y, int x)
{
    float here = centre[y * PC_GRID + x];
    for (int v = max_int(y - REACH, 0); v <= min_int(y + REACH, PC_GRID - 1); v++)
        for (int u = max_int(x - REACH, 0); u <= min_int(x + REACH, PC_GRID - 1); u++)
            if (centre[v * PC_GRID + u] > here)
                return false;
    return true;
}

/* Keeps the list sorted, largest first; among equals, the earlier cell comes first. */
static int insert_centre(struct body_centre *list, int n, struct body_centre m)
{
    int at = n;
    while (at > 0 && list[at - 1].logit < m.logit)
        at--;
    for (int i = min_int(n, PC_MAX_PEOPLE - 1); i > at; i--)
        list[i] = list[i - 1];
    if (at < PC_MAX_PEOPLE)
        list[at] = m;
    return min_int(n + 1, PC_MAX_PEOPLE);
}

static int find_centres(const float *centre, struct body_centre list[PC_MAX_PEOPLE])
{
    int n = 0;
    for (int y = 0; y < PC_GRID; y++) {
        for (int x = 0; x < PC_GRID; x++) {
            struct body_centre m = {y, x, centre[y * PC_GRID + x]};
            if (n == PC_MAX_PEOPLE && m.logit <= list[n - 1].logit)
                continue;
            if (is_peak(centre, y, x))
                n = insert_centre(list, n, m);
        }
    }
    return n;
}

static float at(const float *head, int channel, int y, int x)
{
    return head[channel * PC_CELLS + y * PC_GRID + x];
}

/* One side of the box in cells, from and to, clipped to the grid. */
static void box_side(float body_centre, float size, float *from, float *to)
{
    float half = fmaxf(size, 0) / 2;
    *from = fmaxf(fminf(body_centre - half, PC_GRID), 0);
    *to = fmaxf(fminf(body_centre + half, PC_GRID), 0);
}

struct cell_box {
    float y0, x0, y1, x1;
};

struct body {
    struct body_centre centre;
    struct cell_box box;
};

/* Where the body's centre predicts keypoint k. */
static void expect_keypoint(const struct pc_multipose_heads *heads, struct body_centre m, int k,
                            float *y, float *x)
{
    *y = (float)m.y + at(heads->regression, 2 * k, m.y, m.x);
    *x = (float)m.x + at(heads->regression, 2 * k + 1, m.y, m.x);
}

static float nearness(float dy, float dx)
{
    return expf(-(dy * dy + dx * dx) / NEAR);
}

struct cell {
    int y, x;
};

/* The cell of the largest sigmoid(heat) * nearness inside the box. No factor is above 1, so a cell
 * whose sigmoid(heat) is below the best product so far can be skipped. */
static struct cell find_keypoint(const float *heat, const struct cell_box *box, float ty, float tx)
{
    struct cell best = {0};
    float most = 0, needed = -FLT_MAX;
    for (int y = (int)ceilf(box->y0); y < PC_GRID && (float)y < box->y1; y++) {
        for (int x = (int)ceilf(box->x0); x < PC_GRID && (float)x < box->x1; x++) {
            float h = heat[y * PC_GRID + x];
            if (h <= needed)
                continue;
            float score = pc_heads_sigmoid(h) * nearness((float)y - ty, (float)x - tx);
            if (score > most) {
                best = (struct cell){y, x};
                most = score;
                needed = pc_heads_logit(score);
            }
        }
    }
    return best;
}

static float keypoint_score(const struct pc_multipose_heads *heads, const struct body *bodies,
                            int n, int k, struct cell cell)
{
    float near = 0;
    for (int i = 0; i < n; i++) {
        const struct cell_box *box = &bodies[i].box;
        float y = (float)cell.y, x = (float)cell.x;
        if (y < box->y0 || y >= box->y1 || x < box->x0 || x >= box->x1)
            continue;
        float ty, tx;
        expect_keypoint(heads, bodies[i].centre, k, &ty, &tx);
        near = fmaxf(near, nearness(y - ty, x - tx));
    }
    return pc_heads_sigmoid(at(heads->heatmap, k, cell.y, cell.x)) * near;
}

static void read_person(const struct pc_multipose_heads *heads, const struct body *bodies, int n,
                        const struct body *body, struct pc_person *person)
{
    const struct cell_box *box = &body->box;
    person->box = (struct pc_box){box->x0 * PC_STRIDE, box->y0 * PC_STRIDE,
                                  (box->x1 - box->x0) * PC_STRIDE, (box->y1 - box->y0) * PC_STRIDE};
    float sum = 0;
    int seen = 0;
    for (int k = 0; k < PC_KEYPOINT_COUNT; k++) {
        float ty, tx;
        expect_keypoint(heads, body->centre, k, &ty, &tx);
        struct cell c = find_keypoint(heads->heatmap + k * PC_CELLS, box, ty, tx);
        float score = keypoint_score(heads, bodies, n, k, c);
        float y = (float)c.y + at(heads->offset, 2 * k, c.y, c.x);
        float x = (float)c.x + at(heads->offset, 2 * k + 1, c.y, c.x);
        person->keypoints[k] = (struct pc_keypoint){x * PC_STRIDE, y * PC_STRIDE, score};
        if (score > COUNTS) {
            sum += score;
            seen++;
        }
    }
    person->score = seen ? pc_heads_sigmoid(body->centre.logit) * sum / (float)seen : 0;
}

void pc_heads_multipose(const struct pc_multipose_heads *heads, struct pc_people *people)
{
    struct body_centre centres[PC_MAX_PEOPLE];
    struct body bodies[PC_MAX_PEOPLE];
    people->n = find_centres(heads->centre, centres);
    for (int i = 0; i < people->n; i++) {
        struct body_centre m = bodies[i].centre = centres[i];
        struct cell_box *box = &bodies[i].box;
        box_side((float)m.y + at(heads->box_offset, 0, m.y, m.x), at(heads->box_scale, 0, m.y, m.x),
                 &box->y0, &box->y1);
        box_side((float)m.x + at(heads->box_offset, 1, m.y, m.x), at(heads->box_scale, 1, m.y, m.x),
                 &box->x0, &box->x1);
    }
    for (int i = 0; i < people->n; i++)
        read_person(heads, bodies, people->n, &bodies[i], &people->p[i]);
}
