/* Each part of the body is a distance field with a round profile: below zero is inside, and the
 * surface bends away towards the edge, which gives the shading. Parts are painted from back to
 * front. Lengths are in heads: the figure is 7.5 heads high, x grows to the right from the middle
 * of the body, y down from the crown. */
#include "figure.h"

#include <math.h>
#include <stddef.h>

struct colour {
    double r, g, b;
};

static const struct colour SKIN = {224, 172, 142}, HAIR = {64, 42, 30}, TOP = {52, 96, 150},
                           TROUSERS = {70, 66, 64}, SHOES = {120, 62, 40}, DARK = {40, 28, 26},
                           WHITE = {238, 234, 230}, LIPS = {176, 92, 88};

/* The left half of the person, at x > 0. */
static const struct pc_point PLACES[PC_KEYPOINT_COUNT] = {
    [PC_NOSE] = {0, .66},          [PC_LEFT_EYE] = {.145, .51},
    [PC_LEFT_EAR] = {.335, .58},   [PC_LEFT_SHOULDER] = {.70, 1.6},
    [PC_LEFT_ELBOW] = {.93, 2.75}, [PC_LEFT_WRIST] = {1.05, 3.75},
    [PC_LEFT_HIP] = {.40, 3.85},   [PC_LEFT_KNEE] = {.43, 5.45},
    [PC_LEFT_ANKLE] = {.45, 7.0},
};

static const double HEIGHT = 7.5, WIDTH = 2.8; /* in heads; the width includes some space */

/* From heads to pixels. */
struct frame {
    double unit, x, y;
};

static struct frame frame_of(int w, int h)
{
    double unit = fmin(h * .86 / HEIGHT, w * .9 / WIDTH);
    return (struct frame){unit, w / 2.0, (h - unit * HEIGHT) / 2};
}

void test_figure_keypoints(int w, int h, struct pc_keypoint out[PC_KEYPOINT_COUNT])
{
    struct frame f = frame_of(w, h);
    for (int k = 0; k < PC_KEYPOINT_COUNT; k++) {
        int right = k && k % 2 == 0; /* COCO's order: each right one behind its left one */
        struct pc_point p = PLACES[right ? k - 1 : k];
        out[k] = (struct pc_keypoint){f.x + (right ? -p.x : p.x) * f.unit, f.y + p.y * f.unit, 1};
    }
}

struct pc_box test_figure_box(int w, int h)
{
    struct frame f = frame_of(w, h);
    return (struct pc_box){f.x - 1.2 * f.unit, f.y, 2.4 * f.unit, HEIGHT * f.unit};
}

/* One pixel while it is painted. */
struct dot {
    double x, y; /* heads; x mirrored to the left half where a part has two sides */
    double edge; /* width of a pixel in heads */
    double side; /* -1 when mirrored: the light stays at the left of the image */
    double grain;
    struct colour c;
};

/* Paints the pixel. d: distance to the part's edge in heads, below 0 inside. (nx, ny): slope
 * of the surface, 0 in the middle to 1 at the edge. */
static void lay(struct dot *dot, struct colour c, double d, double nx, double ny)
{
    double cover = fmin(fmax(.5 - d / dot->edge, 0), 1);
    if (cover <= 0)
        return;
    double nz = sqrt(fmax(1 - nx * nx - ny * ny, 0));
    double light = .52 + .55 * fmax(-.42 * nx * dot->side - .38 * ny + .82 * nz, 0) + dot->grain;
    dot->c.r += (fmin(c.r * light, 255) - dot->c.r) * cover;
    dot->c.g += (fmin(c.g * light, 255) - dot->c.g) * cover;
    dot->c.b += (fmin(c.b * light, 255) - dot->c.b) * cover;
}

/* A limb from a to b, as thick as ra and rb at the ends. */
static void limb(struct dot *dot, struct colour c, struct pc_point a, double ra, struct pc_point b,
                 double rb)
{
    double dx = b.x - a.x, dy = b.y - a.y;
    double t = ((dot->x - a.x) * dx + (dot->y - a.y) * dy) / (dx * dx + dy * dy);
    t = fmin(fmax(t, 0), 1);
    double r = ra + (rb - ra) * t;
    double ex = dot->x - a.x - dx * t, ey = dot->y - a.y - dy * t;
    lay(dot, c, hypot(ex, ey) - r, .97 * ex / r, .6 * ey / r);
}

static void ellipse(struct dot *dot, struct colour c, struct pc_point m, double rx, double ry,
                    double bend)
{
    double ex = (dot->x - m.x) / rx, ey = (dot->y - m.y) / ry, e = hypot(ex, ey);
    lay(dot, c, (e - 1) * fmin(rx, ry), bend * ex, bend * ey);
}

struct width { /* half of the body's width at a height */
    double y, x;
};

static const struct width TORSO[] = {{1.22, .20}, {1.34, .44}, {1.46, .68}, {1.62, .80},
                                     {1.95, .76}, {2.5, .66},  {2.95, .61}, {3.4, .66},
                                     {3.75, .72}, {3.98, .73}};
static const struct width PELVIS[] = {{3.55, .64}, {3.9, .71}, {4.25, .70}, {4.45, .58}};

static double width_at(const struct width *table, size_t n, double y)
{
    for (size_t i = 1; i < n; i++) {
        if (y > table[i].y)
            continue;
        double t = (y - table[i - 1].y) / (table[i].y - table[i - 1].y);
        return table[i - 1].x + (table[i].x - table[i - 1].x) * t;
    }
    return table[n - 1].x;
}

static void trunk(struct dot *dot, struct colour c, const struct width *table, size_t n)
{
    if (dot->y < table[0].y || dot->y > table[n - 1].y)
        return;
    double half = width_at(table, n, dot->y), e = dot->x / half;
    double fold = .10 * sin(dot->y * 11 + dot->x * 5) * e;
    lay(dot, c, fabs(dot->x) - half, .9 * e + fold, .05);
}

static void legs(struct dot *dot)
{
    struct pc_point hip = {.36, 4.1}, knee = PLACES[PC_LEFT_KNEE], ankle = PLACES[PC_LEFT_ANKLE];
    ellipse(dot, SHOES, (struct pc_point){.50, 7.30}, .20, .20, .8);
    ellipse(dot, DARK, (struct pc_point){.51, 7.47}, .21, .04, .2);
    limb(dot, TROUSERS, knee, .245, ankle, .17);
    limb(dot, TROUSERS, hip, .355, knee, .25);
}

static void arm(struct dot *dot)
{
    struct pc_point shoulder = {.68, 1.62}, elbow = PLACES[PC_LEFT_ELBOW];
    struct pc_point wrist = PLACES[PC_LEFT_WRIST];
    limb(dot, SKIN, wrist, .10, (struct pc_point){1.07, 4.0}, .13);
    limb(dot, SKIN, (struct pc_point){1.05, 4.05}, .11, (struct pc_point){1.03, 4.3}, .06);
    limb(dot, TOP, elbow, .165, (struct pc_point){1.04, 3.66}, .125);
    limb(dot, TOP, shoulder, .215, elbow, .17);
}

static void head(struct dot *dot)
{
    ellipse(dot, HAIR, (struct pc_point){0, .48}, .42, .48, .8);
    limb(dot, SKIN, (struct pc_point){0, .95}, .17, (struct pc_point){0, 1.32}, .19);
    ellipse(dot, SKIN, (struct pc_point){.335, .60}, .06, .11, .6);
    ellipse(dot, SKIN, (struct pc_point){0, .60}, .325, .43, .75);
    if (dot->y < .30 + .35 * dot->x * dot->x) /* hair line */
        ellipse(dot, HAIR, (struct pc_point){0, .46}, .37, .44, .8);
}

static void face(struct dot *dot)
{
    ellipse(dot, WHITE, (struct pc_point){.145, .51}, .062, .032, .3);
    ellipse(dot, DARK, (struct pc_point){.145, .51}, .031, .031, 0);
    limb(dot, HAIR, (struct pc_point){.08, .43}, .016, (struct pc_point){.21, .425}, .012);
    limb(dot, (struct colour){196, 140, 112}, (struct pc_point){.03, .52}, .012,
         (struct pc_point){.05, .66}, .022);
    ellipse(dot, (struct colour){206, 150, 122}, (struct pc_point){0, .66}, .055, .045, .5);
    ellipse(dot, DARK, (struct pc_point){.028, .69}, .016, .009, 0);
    ellipse(dot, LIPS, (struct pc_point){0, .815}, .10, .030, .2);
}

/* Grain like that of a photo; depends on the position only. */
static double grain_at(int x, int y)
{
    uint32_t v = (uint32_t)x * 0x9E3779B1U ^ (uint32_t)y * 0x85EBCA77U;
    v ^= v >> 15;
    v *= 0x2C1B3C6DU;
    v ^= v >> 13;
    return ((double)(v & 0xFFFF) / 65535 - .5) * .03;
}

static struct colour wall(const struct dot *dot)
{
    double v = 214 - 5 * fabs(dot->x) - 3 * dot->y;
    if (dot->y > 7.05) /* the floor */
        v = 172 + 8 * (dot->y - 7.05);
    double ex = dot->x / 1.1, ey = (dot->y - 7.42) / .14;
    v *= 1 - .45 * exp(-(ex * ex + ey * ey)); /* the shadow under the feet */
    v *= 1 + dot->grain;
    return (struct colour){v, v * .985, v * .96};
}

static struct colour paint(struct dot dot)
{
    dot.c = wall(&dot);
    dot.side = dot.x < 0 ? -1 : 1;
    dot.x = fabs(dot.x);
    legs(&dot);
    trunk(&dot, TROUSERS, PELVIS, sizeof PELVIS / sizeof *PELVIS);
    head(&dot);
    trunk(&dot, TOP, TORSO, sizeof TORSO / sizeof *TORSO);
    ellipse(&dot, SKIN, (struct pc_point){0, 1.24}, .21, .13, .3); /* neckline */
    arm(&dot);
    face(&dot);
    return dot.c;
}

void test_figure_draw(int w, int h, uint8_t *rgb)
{
    struct frame f = frame_of(w, h);
    for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++) {
            struct dot dot = {(x + .5 - f.x) / f.unit, (y + .5 - f.y) / f.unit, 1 / f.unit};
            dot.grain = grain_at(x, y);
            struct colour c = paint(dot);
            uint8_t *out = rgb + ((size_t)y * (size_t)w + (size_t)x) * 3;
            out[0] = (uint8_t)fmin(c.r + .5, 255);
            out[1] = (uint8_t)fmin(c.g + .5, 255);
            out[2] = (uint8_t)fmin(c.b + .5, 255);
        }
    }
}
