#include "bodies.h"

#include <math.h>

#include "base/buf.h"
#include "base/mem.h"
#include "support.h"

json_t *bodies_file(const char *name)
{
    json_error_t at;
    char *relative = pc_xasprintf("tests/data/shots/%s", name), *path = test_source(relative);
    json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &at);
    if (!root)
        fail_msg("%s:%d: %s", path, at.line, at.text);
    free(relative);
    free(path);
    return root;
}

static double number(const json_t *array, size_t i)
{
    return json_number_value(json_array_get(array, i));
}

static struct pc_box round_landmarks(const struct pc_person *p)
{
    double x0 = INFINITY, y0 = INFINITY, x1 = -INFINITY, y1 = -INFINITY;
    for (int i = 0; i < PC_KEYPOINT_COUNT; i++) {
        x0 = fmin(x0, p->keypoints[i].x), y0 = fmin(y0, p->keypoints[i].y);
        x1 = fmax(x1, p->keypoints[i].x), y1 = fmax(y1, p->keypoints[i].y);
    }
    double air = .08 * (y1 - y0);
    return (struct pc_box){x0 - air, y0 - air, x1 - x0 + 2 * air, y1 - y0 + 2 * air};
}

/* Scores of the named keypoints; with `others`, of all but these. */
static void score_named(struct pc_person *p, const json_t *names, double score, bool others)
{
    bool named[PC_KEYPOINT_COUNT] = {false};
    for (size_t i = 0; i < json_array_size(names); i++) {
        int id = pc_keypoint_by_name(json_string_value(json_array_get(names, i)));
        assert_true(id >= 0);
        named[id] = true;
    }
    for (int i = 0; names && i < PC_KEYPOINT_COUNT; i++)
        if (named[i] != others)
            p->keypoints[i].score = score;
}

struct pc_person scaled(const struct pc_person *p, double by)
{
    struct pc_person s = *p;
    s.box = (struct pc_box){by * p->box.x, by * p->box.y, by * p->box.w, by * p->box.h};
    for (int i = 0; i < PC_KEYPOINT_COUNT; i++)
        s.keypoints[i].x *= by, s.keypoints[i].y *= by;
    return s;
}

struct pc_person mirrored(const struct pc_person *p, int width)
{
    struct pc_person m = *p;
    m.box.x = width - p->box.x - p->box.w;
    for (int i = 0; i < PC_KEYPOINT_COUNT; i++) {
        int mate = i == PC_NOSE ? i : i % 2 == 1 ? i + 1 : i - 1;
        m.keypoints[i] = p->keypoints[mate];
        m.keypoints[i].x = width - p->keypoints[mate].x;
    }
    return m;
}

static void move_all(struct pc_person *p, double dx, double dy)
{
    p->box.x += dx, p->box.y += dy;
    for (int i = 0; i < PC_KEYPOINT_COUNT; i++)
        p->keypoints[i].x += dx, p->keypoints[i].y += dy;
}

static void set_landmarks(struct pc_person *p, const json_t *points)
{
    const char *name;
    json_t *at;
    json_object_foreach((json_t *)points, name, at)
    {
        int id = pc_keypoint_by_name(name);
        assert_true(id >= 0);
        p->keypoints[id] = (struct pc_keypoint){number(at, 0), number(at, 1), .8};
    }
}

struct pc_person bodies_person(const json_t *figures, const json_t *spec)
{
    struct pc_person p = {.score = .9};
    const char *name = json_string_value(json_object_get(spec, "figure"));
    const json_t *points = json_object_get(figures, name), *by = json_object_get(spec, "scale"),
                 *shift = json_object_get(spec, "shift"), *box = json_object_get(spec, "box"),
                 *score = json_object_get(spec, "score"), *width = json_object_get(spec, "mirror");
    if (!points)
        fail_msg("no figure '%s'", name);
    set_landmarks(&p, points);
    set_landmarks(&p, json_object_get(spec, "move"));
    p.box = box ? (struct pc_box){number(box, 0), number(box, 1), number(box, 2), number(box, 3)}
                : round_landmarks(&p);
    score_named(&p, json_object_get(spec, "drop"), .01, false);
    score_named(&p, json_object_get(spec, "weak"), .12, false);
    score_named(&p, json_object_get(spec, "only"), .01, true);
    if (score)
        p.score = json_number_value(score);
    if (by)
        p = scaled(&p, json_number_value(by));
    if (shift)
        move_all(&p, number(shift, 0), number(shift, 1));
    return width ? mirrored(&p, (int)json_integer_value(width)) : p;
}

/* --- by chance --- */

static uint64_t next(struct chance *c) /* xorshift64* */
{
    c->state ^= c->state >> 12;
    c->state ^= c->state << 25;
    c->state ^= c->state >> 27;
    return c->state * UINT64_C(2685821657736338717);
}

double chance_between(struct chance *c, double lo, double hi)
{
    return lo + (hi - lo) * (double)(next(c) >> 11) / 9007199254740992.0;
}

int chance_below(struct chance *c, int n)
{
    return (int)(next(c) % (unsigned)n);
}

struct limb {
    int from, to;
    double length, spread; /* in torsos; radians to either side of hanging down */
};

static void grow(struct chance *c, struct pc_person *p, struct limb l, double torso, double lean)
{
    double a = lean + chance_between(c, -l.spread, l.spread);
    p->keypoints[l.to].x = p->keypoints[l.from].x + torso * l.length * sin(a);
    p->keypoints[l.to].y = p->keypoints[l.from].y + torso * l.length * cos(a);
}

struct pc_person chance_person(struct chance *c, int width, int height)
{
    static const struct limb limbs[] = {
        {PC_LEFT_SHOULDER, PC_LEFT_ELBOW, .56, 2.5},   {PC_LEFT_ELBOW, PC_LEFT_WRIST, .52, 2.5},
        {PC_RIGHT_SHOULDER, PC_RIGHT_ELBOW, .56, 2.5}, {PC_RIGHT_ELBOW, PC_RIGHT_WRIST, .52, 2.5},
        {PC_LEFT_HIP, PC_LEFT_KNEE, .9, 1.2},          {PC_LEFT_KNEE, PC_LEFT_ANKLE, .88, .8},
        {PC_RIGHT_HIP, PC_RIGHT_KNEE, .9, 1.2},        {PC_RIGHT_KNEE, PC_RIGHT_ANKLE, .88, .8}};
    struct pc_person p = {.score = chance_between(c, .3, 1)};
    double torso = chance_between(c, .05, .8) * height, lean = chance_between(c, -.5, .5);
    double cx = chance_between(c, -.1, 1.1) * width, cy = chance_between(c, -.2, 1.1) * height;
    double across = chance_between(c, -1, 1) * torso, ux = sin(lean), uy = cos(lean);
    struct pc_keypoint *m = p.keypoints;
    for (int side = -1; side <= 1; side += 2) { /* right and left trunk */
        int right = side < 0;
        m[PC_LEFT_SHOULDER + right] = (struct pc_keypoint){cx + side * .31 * across, cy, 0};
        m[PC_LEFT_HIP + right] =
            (struct pc_keypoint){cx + ux * torso + side * .2 * across, cy + uy * torso, 0};
        m[PC_LEFT_EYE + right] = (struct pc_keypoint){cx - ux * .5 * torso + side * .06 * across,
                                                      cy - uy * .48 * torso, 0};
        m[PC_LEFT_EAR + right] = (struct pc_keypoint){cx - ux * .5 * torso + side * .16 * across,
                                                      cy - uy * .45 * torso, 0};
    }
    m[PC_NOSE] = (struct pc_keypoint){cx - ux * .45 * torso, cy - uy * .41 * torso, 0};
    for (size_t i = 0; i < sizeof limbs / sizeof *limbs; i++)
        grow(c, &p, limbs[i], torso, lean);
    p.box = round_landmarks(&p);
    for (int i = 0; i < PC_KEYPOINT_COUNT; i++)
        m[i].score = chance_below(c, 5) == 0 ? chance_between(c, 0, .2) : chance_between(c, .2, 1);
    return p;
}
