#include "eval/score.h"

#include <math.h>

#include "shots/body.h"

#define LINE_TOLERANCE .07 /* of the torso */
#define SAME_PLACE .1      /* IoU from which a found person may be one that has only a box */

#define FACE_BITS                                                                                  \
    (PC_BODY_BIT(PC_NOSE) | PC_BODY_BIT(PC_LEFT_EYE) | PC_BODY_BIT(PC_RIGHT_EYE) |                 \
     PC_BODY_BIT(PC_LEFT_EAR) | PC_BODY_BIT(PC_RIGHT_EAR))
#define EYE_BITS (PC_BODY_BIT(PC_LEFT_EYE) | PC_BODY_BIT(PC_RIGHT_EYE))
#define HEAD_BITS                                                                                  \
    (FACE_BITS | PC_BODY_BIT(PC_BODY_CROWN) | PC_BODY_BIT(PC_BODY_EYES) |                          \
     PC_BODY_BIT(PC_BODY_MOUTH) | PC_BODY_BIT(PC_BODY_CHIN))

struct pc_person pc_eval_labelled_person(const struct pc_ground_truth_person *truth, int width,
                                         int height)
{
    struct pc_person p = {
        .score = 1, .box = pc_box_intersect(truth->box, (struct pc_box){0, 0, width, height})};
    for (int i = 0; i < PC_KEYPOINT_COUNT; i++)
        p.keypoints[i] = truth->keypoints[i];
    return p;
}

/* --- what a recipe requires of labelled points --- */

static uint64_t labelled_keypoints(const struct pc_body *body)
{
    uint64_t bits = 0;
    for (int i = 0; i < PC_BODY_PERSON; i++)
        if (body->keypoints[i].visibility == PC_VISIBILITY_SEEN)
            bits |= PC_BODY_BIT(i);
    return bits;
}

static uint64_t required_keypoints(const struct pc_recipe *r, const struct pc_body *body)
{
    uint64_t bits = r->keep | r->need, all = (UINT64_C(1) << PC_KEYPOINT_COUNT) - 1;
    if (bits & PC_BODY_BIT(PC_BODY_PERSON))
        bits |= all;
    if (r->headless != PC_HEADLESS_NO)
        bits &= ~HEAD_BITS;
    return bits & labelled_keypoints(body) & ~r->avoid;
}

static uint64_t keypoints_in(const struct pc_body *body, struct pc_box box, uint64_t bits)
{
    uint64_t in = 0;
    for (int i = 0; i < PC_BODY_PERSON; i++) {
        const struct pc_body_keypoint *p = &body->keypoints[i];
        bool inside =
            p->x >= box.x && p->x < box.x + box.w && p->y >= box.y && p->y < box.y + box.h;
        if (bits & PC_BODY_BIT(i) && inside)
            in |= PC_BODY_BIT(i);
    }
    return in;
}

/* The smallest box around the keypoints; w and h are -1 if there are none. */
static struct pc_box bounding_box(const struct pc_body *body, uint64_t bits)
{
    double x0 = 0, y0 = 0, x1 = -1, y1 = -1;
    bool any = false;
    for (int i = 0; i < PC_BODY_PERSON; i++) {
        const struct pc_body_keypoint *p = &body->keypoints[i];
        if (!(bits & PC_BODY_BIT(i)))
            continue;
        x0 = any ? fmin(x0, p->x) : p->x, x1 = any ? fmax(x1, p->x) : p->x;
        y0 = any ? fmin(y0, p->y) : p->y, y1 = any ? fmax(y1, p->y) : p->y;
        any = true;
    }
    return (struct pc_box){x0, y0, x1 - x0, y1 - y0};
}

/* --- cut lines --- */

/* Positive is outwards on every side, so that one rule works for all four. */
static double outward(int side, double v)
{
    return side == PC_TOP || side == PC_LEFT ? -v : v;
}

static double edge(struct pc_box b, int side)
{
    const double at[PC_SIDES] = {
        [PC_TOP] = b.y, [PC_RIGHT] = b.x + b.w, [PC_BOTTOM] = b.y + b.h, [PC_LEFT] = b.x};
    return outward(side, at[side]);
}

static double position(const struct pc_body *body, int keypoint, int side)
{
    const struct pc_body_keypoint *p = &body->keypoints[keypoint];
    return outward(side, side == PC_TOP || side == PC_BOTTOM ? p->y : p->x);
}

static void check_line(struct pc_eval_shot *v, const struct pc_body *body, int side,
                       struct pc_box found, struct pc_box planned, struct pc_box held)
{
    const struct pc_recipe_line *line = &v->recipe->cut[side];
    uint64_t labelled = labelled_keypoints(body);
    int b = line->b == PC_BODY_KEYPOINT_NONE ? line->a : line->b;
    if (line->a == PC_BODY_KEYPOINT_NONE || body->tilted || !(labelled & PC_BODY_BIT(line->a)) ||
        !(labelled & PC_BODY_BIT(b)))
        return;
    double from = position(body, line->a, side), to = position(body, b, side);
    double tolerance = LINE_TOLERANCE * body->torso;
    double at = from + line->at * (to - from) + pc_body_length_px(body, line->offset, body->head);
    double outer =
        held.w < 0 ? at : fmax(at, edge(held, side)); /* kept keypoints win over the line */
    if (edge(found, side) > outer + tolerance)
        v->passes |= 1u << side;
    double inner = fmin(fmin(from, to), at);
    if (edge(planned, side) >= inner && edge(found, side) < inner - tolerance)
        v->stops_short |= 1u << side;
}

/* --- one shot --- */

static struct pc_box to_box(struct pc_ibox b)
{
    return (struct pc_box){b.x, b.y, b.w, b.h};
}

/* Compares the found box with the labelled body. The labels give the view too. */
static void check_box(struct pc_eval_shot *v, const struct pc_body *body)
{
    const struct pc_recipe *recipe = v->recipe;
    struct pc_box found = to_box(v->found), planned = to_box(v->planned);
    uint64_t hold = required_keypoints(recipe, body), face = 0;
    if (recipe->headless != PC_HEADLESS_NO) {
        double cut_y = planned.y + LINE_TOLERANCE * body->torso;
        face = recipe->headless <= PC_HEADLESS_EYES_NOSE ? EYE_BITS : FACE_BITS;
        for (int i = 0; i < PC_BODY_PERSON; i++) /* not even a raised hand need be in the box */
            if (body->keypoints[i].y < cut_y)
                hold &= ~PC_BODY_BIT(i);
    }
    struct pc_box held = bounding_box(body, hold);
    v->misses = hold & ~keypoints_in(body, found, hold);
    uint64_t avoid = (recipe->avoid | face) & labelled_keypoints(body);
    uint64_t between = keypoints_in(body, held, avoid) & ~face;
    v->shows = keypoints_in(body, found, avoid & ~between);
    for (int side = 0; side < PC_SIDES; side++)
        check_line(v, body, side, found, planned, held);
    v->iou = pc_box_iou(found, planned);
    v->hit = !v->misses && !v->shows && !v->passes && !v->stops_short;
}

/* --- one image --- */

struct scorer {
    const struct pc_eval_sample *sample;
    int planned_for; /* index of the labelled person that the rest is for; -1: none yet */
    enum pc_arm arm;
    struct pc_plan planned;
    struct pc_body body;
};

/* Plans the shots of one labelled person alone. arm: the one that the found sleeve shot shows. */
static void plan_labels(struct scorer *s, int truth, enum pc_arm arm)
{
    const struct pc_eval_sample *t = s->sample;
    struct pc_people labelled = {.n = 1};
    if (s->planned_for == truth && s->arm == arm)
        return;
    s->planned_for = truth;
    s->arm = arm;
    labelled.p[0] =
        pc_eval_labelled_person(&t->truth->people[truth], t->truth->width, t->truth->height);
    struct pc_scene scene = {.width = t->truth->width,
                             .height = t->truth->height,
                             .people = &labelled,
                             .person_sure = t->person_sure,
                             .person_maybe = t->person_maybe,
                             .person = 0,
                             .arm = arm};
    pc_shots_plan(t->recipes, &scene, &s->planned);
    pc_body_build(&s->body, &labelled.p[0], scene.width, scene.height, s->planned.arm);
}

/* The person that an image in which nobody was found should have shown: the largest. */
static int largest_truth(const struct pc_ground_truth_image *image)
{
    int best = -1;
    for (int i = 0; i < image->n; i++)
        if (image->people[i].measured &&
            (best < 0 || pc_box_area(image->people[i].box) > pc_box_area(image->people[best].box)))
            best = i;
    return best;
}

/* Is there a crowd or a box without keypoints where this person was found? Then the shot cannot be
 * scored. */
static bool is_unmeasured_at(const struct pc_eval_sample *t, int person)
{
    for (int i = 0; i < t->truth->n; i++)
        if (!t->truth->people[i].measured &&
            pc_box_iou(t->truth->people[i].box, t->people->p[person].box) >= SAME_PLACE)
            return true;
    return false;
}

static struct pc_eval_shot unscored(const struct pc_shot *shot)
{
    bool there = shot->state != PC_SHOT_ABSENT && shot->person >= 0;
    return (struct pc_eval_shot){.recipe = shot->recipe,
                                 .truth = -1,
                                 .state = there ? shot->state : PC_SHOT_ABSENT,
                                 .expected = PC_SHOT_ABSENT,
                                 .found = there ? shot->box : (struct pc_ibox){0},
                                 .iou = NAN,
                                 .person_iou = NAN};
}

/* False: the shot cannot be scored. */
static bool score_one(struct scorer *s, const struct pc_shot *shot, struct pc_eval_shot *v)
{
    const struct pc_eval_sample *t = s->sample;
    *v = unscored(shot);
    if (shot->person >= 0) {
        v->truth = t->truth_of[shot->person];
        if (v->truth < 0 ? is_unmeasured_at(t, shot->person) : !t->truth->people[v->truth].measured)
            return false;
        v->scored = v->state != PC_SHOT_ABSENT;
        if (v->truth < 0)
            return true;
        struct pc_body body;
        pc_body_build(&body, &t->people->p[shot->person], t->truth->width, t->truth->height,
                      PC_ARM_ANY);
        plan_labels(s, v->truth, body.arm);
    } else {
        v->truth = largest_truth(t->truth);
        plan_labels(s, v->truth, PC_ARM_ANY);
    }
    for (int i = 0; i < s->planned.n_shots; i++) {
        const struct pc_shot *planned = &s->planned.shots[i];
        if (planned->recipe != shot->recipe)
            continue;
        if (planned->state != PC_SHOT_ABSENT) {
            v->expected = planned->state;
            v->planned = planned->box;
        }
        break;
    }
    bool exists = v->state != PC_SHOT_ABSENT, expected = v->expected != PC_SHOT_ABSENT;
    if (exists && expected)
        check_box(v, &s->body);
    if (exists)
        v->person_iou = pc_box_iou(to_box(v->found), t->truth->people[v->truth].box);
    v->scored = exists || expected;
    return true;
}

int pc_eval_score_shots(const struct pc_eval_sample *sample, struct pc_eval_shot *shots)
{
    struct scorer s = {.sample = sample, .planned_for = -1};
    int n = 0;
    for (int i = 0; i < sample->plan->n_shots; i++) {
        const struct pc_shot *shot = &sample->plan->shots[i];
        bool another = shot->person < 0 && sample->plan->person >= 0; /* no_such_person */
        n += !another && score_one(&s, shot, &shots[n]);
    }
    return n;
}
