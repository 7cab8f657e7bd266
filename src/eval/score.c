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

/* --- what a recipe asks of labelled points -----------------------------------------------------
 */

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

static uint64_t face_keypoints_to_hide(const struct pc_recipe *r)
{
    if (r->headless == PC_HEADLESS_NO)
        return 0;
    return r->headless <= PC_HEADLESS_EYES_NOSE ? EYE_BITS : FACE_BITS;
}

static bool holds(struct pc_box b, const struct pc_body_keypoint *p)
{
    return p->x >= b.x && p->x < b.x + b.w && p->y >= b.y && p->y < b.y + b.h;
}

static uint64_t keypoints_in(const struct pc_body *body, struct pc_box box, uint64_t bits)
{
    uint64_t in = 0;
    for (int i = 0; i < PC_BODY_PERSON; i++)
        if (bits & PC_BODY_BIT(i) && holds(box, &body->keypoints[i]))
            in |= PC_BODY_BIT(i);
    return in;
}

/* The least box round the spots; w and h are -1 without any. */
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

/* --- cut lines ---------------------------------------------------------------------------------
 */

static bool is_level(int side)
{
    return side == PC_TOP || side == PC_BOTTOM;
}

/* Outward is positive on every side, so that one rule serves the four. */
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
    return outward(side, is_level(side) ? p->y : p->x);
}

static double offset_px(const struct pc_body *body, struct pc_recipe_length len)
{
    switch (len.unit) {
    case PC_UNIT_HEAD:
    case PC_UNIT_PERCENT: return len.value * body->head;
    case PC_UNIT_TORSO: return len.value * body->torso;
    case PC_UNIT_SHOULDERS: return len.value * body->shoulders;
    default: return len.value;
    }
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
    double at = from + line->at * (to - from) + offset_px(body, line->offset);
    double outer = held.w < 0 ? at : fmax(at, edge(held, side)); /* what is kept goes first */
    if (edge(found, side) > outer + tolerance)
        v->passes |= 1u << side;
    double inner = fmin(fmin(from, to), at);
    if (edge(planned, side) >= inner && edge(found, side) < inner - tolerance)
        v->stops_short |= 1u << side;
}

/* --- one shot ----------------------------------------------------------------------------------
 */

static struct pc_box to_box(struct pc_ibox b)
{
    return (struct pc_box){b.x, b.y, b.w, b.h};
}

/* What a cut through the head leaves out is not asked for: a raised hand goes with the face. */
static uint64_t above(const struct pc_body *body, double y)
{
    uint64_t bits = 0;
    for (int i = 0; i < PC_BODY_PERSON; i++)
        if (body->keypoints[i].y < y)
            bits |= PC_BODY_BIT(i);
    return bits;
}

/* Fills what the box does wrong by the labels' body. */
static void check_box(struct pc_eval_shot *v, const struct pc_body *body)
{
    struct pc_box found = to_box(v->found), planned = to_box(v->planned);
    uint64_t hold = required_keypoints(v->recipe, body), face = face_keypoints_to_hide(v->recipe);
    uint64_t avoid = (v->recipe->avoid | face) & labelled_keypoints(body);
    if (v->recipe->headless != PC_HEADLESS_NO)
        hold &= ~above(body, planned.y + LINE_TOLERANCE * body->torso);
    struct pc_box held = bounding_box(body, hold);
    v->misses = hold & ~keypoints_in(body, found, hold);
    uint64_t between = keypoints_in(body, held, avoid) & ~face;
    v->shows = keypoints_in(body, found, avoid & ~between);
    for (int side = 0; side < PC_SIDES; side++)
        check_line(v, body, side, found, planned, held);
}

static void score_shot(struct pc_eval_shot *v, const struct pc_ground_truth_person *truth,
                       const struct pc_body *body)
{
    bool there = v->state != PC_SHOT_ABSENT, wanted = v->expected != PC_SHOT_ABSENT;
    if (there && wanted) {
        check_box(v, body);
        v->iou = pc_box_iou(to_box(v->found), to_box(v->planned));
        v->hit = !v->misses && !v->shows && !v->passes && !v->stops_short;
    }
    if (there)
        v->person_iou = pc_box_iou(to_box(v->found), truth->box);
}

/* --- one picture -------------------------------------------------------------------------------
 */

struct scorer {
    const struct pc_eval_sample *sample;
    int planned_for; /* the labelled person that the two below are of; -1: none yet */
    enum pc_arm arm; /* that was asked for */
    struct pc_plan planned;
    struct pc_body body;
};

/* The plan of one labelled person alone. The sleeve is judged on the arm that was shot. */
static void plan_labels(struct scorer *j, int truth, enum pc_arm arm)
{
    const struct pc_eval_sample *t = j->sample;
    struct pc_people labelled = {.n = 1};
    if (j->planned_for == truth && j->arm == arm)
        return;
    j->planned_for = truth;
    j->arm = arm;
    labelled.p[0] =
        pc_eval_labelled_person(&t->truth->people[truth], t->truth->width, t->truth->height);
    struct pc_scene scene = {.width = t->truth->width,
                             .height = t->truth->height,
                             .people = &labelled,
                             .person_sure = t->person_sure,
                             .person_maybe = t->person_maybe,
                             .person = 0,
                             .arm = arm};
    pc_shots_plan(t->recipes, &scene, &j->planned);
    pc_body_build(&j->body, &labelled.p[0], scene.width, scene.height, j->planned.arm);
}

static const struct pc_shot *find_planned_shot(const struct scorer *j,
                                               const struct pc_recipe *recipe)
{
    for (int i = 0; i < j->planned.n_shots; i++)
        if (j->planned.shots[i].recipe == recipe)
            return &j->planned.shots[i];
    return NULL;
}

static enum pc_arm arm_of(const struct pc_eval_sample *t, int person)
{
    struct pc_body body;
    pc_body_build(&body, &t->people->p[person], t->truth->width, t->truth->height, PC_ARM_ANY);
    return body.arm;
}

/* Whom a picture in which nobody was found should have shown: the largest. */
static int largest_truth(const struct pc_ground_truth_image *image)
{
    int best = -1;
    for (int i = 0; i < image->n; i++)
        if (image->people[i].measured &&
            (best < 0 || pc_box_area(image->people[i].box) > pc_box_area(image->people[best].box)))
            best = i;
    return best;
}

/* Is there a crowd or a bare box where this person was found? Then nobody can tell. */
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

/* False: nobody can tell. */
static bool score_one(struct scorer *j, const struct pc_shot *shot, struct pc_eval_shot *v)
{
    const struct pc_eval_sample *t = j->sample;
    *v = unscored(shot);
    if (shot->person >= 0) {
        v->truth = t->truth_of[shot->person];
        if (v->truth < 0 ? is_unmeasured_at(t, shot->person) : !t->truth->people[v->truth].measured)
            return false;
        v->scored = v->state != PC_SHOT_ABSENT;
        if (v->truth < 0)
            return true;
        plan_labels(j, v->truth, arm_of(t, shot->person));
    } else {
        v->truth = largest_truth(t->truth);
        plan_labels(j, v->truth, PC_ARM_ANY);
    }
    const struct pc_shot *planned = find_planned_shot(j, shot->recipe);
    if (planned && planned->state != PC_SHOT_ABSENT) {
        v->expected = planned->state;
        v->planned = planned->box;
    }
    score_shot(v, &t->truth->people[v->truth], &j->body);
    v->scored = v->state != PC_SHOT_ABSENT || v->expected != PC_SHOT_ABSENT;
    return true;
}

int pc_eval_score_shots(const struct pc_eval_sample *sample, struct pc_eval_shot *shots)
{
    struct scorer j = {.sample = sample, .planned_for = -1};
    int n = 0;
    for (int i = 0; i < sample->plan->n_shots; i++) {
        const struct pc_shot *shot = &sample->plan->shots[i];
        bool another = shot->person < 0 && sample->plan->person >= 0; /* no_such_person */
        n += !another && score_one(&j, shot, &shots[n]);
    }
    return n;
}
