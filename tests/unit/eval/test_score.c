/* Hits and misses on the drawn figure: labels where it was drawn, shots as planned, then spoilt. */
#include <math.h>

#include "eval/score.h"
#include "figure.h"
#include "recipes/recipes.h"
#include "support.h"

enum { W = 800, H = 1200 };

struct stage {
    struct pc_recipe_set recipes;
    struct pc_ground_truth_person labelled[2];
    struct pc_ground_truth_image image;
    struct pc_people people;
    struct pc_plan plan;
    int truth_of[PC_MAX_PEOPLE];
    struct pc_eval_shot shots[PC_MAX_SHOTS];
    int n;
};

static void plan(struct stage *s)
{
    struct pc_scene scene = {.width = W,
                             .height = H,
                             .people = &s->people,
                             .person_sure = .4,
                             .person_maybe = .25,
                             .person = -1};
    pc_shots_plan(&s->recipes, &scene, &s->plan);
}

/* Found exactly as labelled. */
static struct stage *set_up(const char *shots)
{
    struct stage *s = calloc(1, sizeof *s);
    struct pc_recipe_set builtin = {0};
    struct pc_err err = PC_ERR_INIT;
    assert_non_null(s);
    pc_recipes_builtin(&builtin);
    assert_ok(pc_recipes_select(&builtin, shots, &s->recipes, &err), &err);
    pc_recipes_finish(&builtin);
    struct pc_ground_truth_person *p = &s->labelled[0];
    p->box = test_figure_box(W, H);
    p->area = pc_box_area(p->box);
    p->measured = true;
    p->n_labelled = PC_KEYPOINT_COUNT;
    test_figure_keypoints(W, H, p->keypoints);
    s->image =
        (struct pc_ground_truth_image){.width = W, .height = H, .n = 1, .people = s->labelled};
    s->people.n = 1;
    s->people.p[0] = pc_eval_labelled_person(p, W, H);
    plan(s);
    return s;
}

static void score(struct stage *s)
{
    struct pc_eval_sample sample = {.recipes = &s->recipes,
                                    .truth = &s->image,
                                    .people = &s->people,
                                    .plan = &s->plan,
                                    .truth_of = s->truth_of,
                                    .person_sure = .4,
                                    .person_maybe = .25};
    s->n = pc_eval_score_shots(&sample, s->shots);
}

static void tear_down(struct stage *s)
{
    pc_recipes_finish(&s->recipes);
    free(s);
}

static struct pc_ibox *box_of(struct stage *s, const char *label)
{
    for (int i = 0; i < s->plan.n_shots; i++)
        if (strcmp(s->plan.shots[i].recipe->label, label) == 0)
            return &s->plan.shots[i].box;
    fail_msg("no shot %s", label);
    return NULL;
}

static struct pc_eval_shot of(const struct stage *s, const char *label)
{
    for (int i = 0; i < s->n; i++)
        if (strcmp(s->shots[i].recipe->label, label) == 0)
            return s->shots[i];
    fail_msg("no score of %s", label);
    return (struct pc_eval_shot){0};
}

static void what_is_found_as_labelled_hits(void **state)
{
    struct stage *s = set_up("all");
    (void)state;
    score(s);
    assert_int_equal(s->n, s->recipes.n);
    for (int i = 0; i < s->n; i++) {
        const struct pc_eval_shot *v = &s->shots[i];
        if (!v->hit || !(v->iou > .999))
            fail_msg(
                "%s: state %d, expected %d, misses %llx, shows %llx, passes %x, short %x, iou %f",
                v->recipe->label, (int)v->state, (int)v->expected, (unsigned long long)v->misses,
                (unsigned long long)v->shows, v->passes, v->stops_short, v->iou);
    }
    assert_true(of(s, "length").person_iou > .9);
    tear_down(s);
}

static void a_box_beside_the_body_misses(void **state)
{
    struct stage *s = set_up("default");
    (void)state;
    *box_of(s, "waist") = (struct pc_ibox){0, 0, 60, 60};
    score(s);
    struct pc_eval_shot v = of(s, "waist");
    assert_false(v.hit);
    assert_true(v.misses & PC_BODY_BIT(PC_LEFT_HIP));
    assert_true(v.misses & PC_BODY_BIT(PC_BODY_HIP));
    assert_true(v.shows == 0 && v.iou == 0);
    assert_true(of(s, "neck").hit);
    tear_down(s);
}

static void a_box_of_everything_shows_too_much(void **state)
{
    struct stage *s = set_up("default,headless");
    (void)state;
    for (int i = 0; i < s->plan.n_shots; i++)
        s->plan.shots[i].box = (struct pc_ibox){0, 0, W, H};
    score(s);
    assert_true(of(s, "length").hit);
    struct pc_eval_shot neck = of(s, "neck"), headless = of(s, "headless");
    assert_true(neck.misses == 0 &&
                neck.shows == (PC_BODY_BIT(PC_LEFT_HIP) | PC_BODY_BIT(PC_RIGHT_HIP)));
    assert_int_equal(neck.passes, 1u << PC_TOP | 1u << PC_BOTTOM);
    assert_true(of(s, "zoom").shows & PC_BODY_BIT(PC_NOSE));
    assert_true(headless.shows & PC_BODY_BIT(PC_LEFT_EAR));
    assert_false(headless.hit);
    tear_down(s);
}

static void an_edge_may_miss_its_line_by_a_little(void **state)
{
    struct stage *s = set_up("neck");
    struct pc_ibox *box = box_of(s, "neck"), planned = *box;
    double torso =
        s->people.p[0].keypoints[PC_LEFT_HIP].y - s->people.p[0].keypoints[PC_LEFT_SHOULDER].y;
    (void)state;
    box->h = planned.h + (int)(.05 * torso);
    score(s);
    assert_true(of(s, "neck").hit);
    box->h = planned.h + (int)(.12 * torso);
    score(s);
    assert_int_equal(of(s, "neck").passes, 1u << PC_BOTTOM);
    int down = (int)(.25 * torso); /* the top edge below the mouth */
    *box = (struct pc_ibox){planned.x, planned.y + down, planned.w, planned.h - down};
    score(s);
    assert_int_equal(of(s, "neck").stops_short, 1u << PC_TOP);
    assert_false(of(s, "neck").hit);
    tear_down(s);
}

/* Percentages of a line's offset are of the head's height, in the planner and here. */
static void a_line_may_be_moved_by_a_percentage(void **state)
{
    struct stage *s = set_up("neck");
    (void)state;
    s->recipes.r[0].cut[PC_BOTTOM].offset = (struct pc_recipe_length){10, PC_UNIT_PERCENT};
    plan(s);
    struct pc_ibox *box = box_of(s, "neck");
    double torso =
        s->people.p[0].keypoints[PC_LEFT_HIP].y - s->people.p[0].keypoints[PC_LEFT_SHOULDER].y;
    score(s);
    assert_true(of(s, "neck").hit);
    box->h += (int)(.12 * torso);
    score(s);
    assert_int_equal(of(s, "neck").passes, 1u << PC_BOTTOM);
    tear_down(s);
}

static void absent_is_scored_by_the_labels(void **state)
{
    struct stage *s = set_up("default,shoes");
    (void)state;
    for (int i = 0; i < s->plan.n_shots; i++)
        s->plan.shots[i].state = PC_SHOT_ABSENT;
    for (int i = PC_LEFT_KNEE; i <= PC_RIGHT_ANKLE; i++)
        s->labelled[0].keypoints[i].y = 2 * H; /* labelled below the photo's end */
    score(s);
    struct pc_eval_shot shoes = of(s, "shoes"), neck = of(s, "neck");
    assert_false(shoes.scored);
    assert_true(neck.scored && !neck.hit && isnan(neck.iou) && isnan(neck.person_iou));
    tear_down(s);
}

static void there_though_the_labels_say_no(void **state)
{
    struct stage *s = set_up("shoes");
    (void)state;
    for (int i = PC_LEFT_KNEE; i <= PC_RIGHT_ANKLE; i++)
        s->labelled[0].keypoints[i].y = 2 * H;
    score(s);
    struct pc_eval_shot shoes = of(s, "shoes");
    assert_true(shoes.scored && !shoes.hit);
    assert_int_equal(shoes.expected, PC_SHOT_ABSENT);
    tear_down(s);
}

static void nobody_found_is_no_hit(void **state)
{
    struct stage *s = set_up("default");
    (void)state;
    s->people.n = 0;
    plan(s);
    score(s);
    assert_int_equal(s->n, 5);
    for (int i = 0; i < s->n; i++)
        assert_true(s->shots[i].scored && !s->shots[i].hit);
    tear_down(s);
}

static void a_stranger_is_no_hit_a_crowd_is_passed_over(void **state)
{
    struct stage *s = set_up("default");
    (void)state;
    s->truth_of[0] = -1;
    score(s);
    assert_int_equal(s->n, 5);
    assert_true(of(s, "length").scored && !of(s, "length").hit);
    assert_int_equal(of(s, "length").truth, -1);
    s->labelled[1] =
        (struct pc_ground_truth_person){.box = s->people.p[0].box}; /* a crowd, just there */
    s->image.n = 2;
    score(s);
    assert_int_equal(s->n, 0);
    s->truth_of[0] = 1;
    score(s);
    assert_int_equal(s->n, 0);
    tear_down(s);
}

/* No box that holds the arm could leave it out. */
static void a_nose_behind_the_arm_is_excused(void **state)
{
    struct stage *s = set_up("sleeve");
    struct pc_keypoint *l = s->labelled[0].keypoints;
    bool left = s->plan.arm == PC_ARM_LEFT;
    (void)state;
    l[left ? PC_LEFT_WRIST : PC_RIGHT_WRIST].x = 2 * l[PC_NOSE].x - l[PC_LEFT_SHOULDER].x;
    l[left ? PC_LEFT_ELBOW : PC_RIGHT_ELBOW].y = l[PC_NOSE].y - 30;
    s->plan.shots[0].box = (struct pc_ibox){0, 0, W, H};
    score(s);
    assert_true(of(s, "sleeve").shows == 0);
    tear_down(s);
}

static void a_raised_hand_goes_with_the_face(void **state)
{
    struct stage *s = set_up("length,headless");
    struct pc_keypoint *l = s->labelled[0].keypoints;
    (void)state;
    l[PC_LEFT_WRIST].y = l[PC_LEFT_EYE].y;
    box_of(s, "length")->y = box_of(s, "headless")->y;
    score(s);
    assert_true(of(s, "headless").hit);
    assert_true(of(s, "length").misses & PC_BODY_BIT(PC_LEFT_WRIST));
    tear_down(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_found_as_labelled_hits),
        cmocka_unit_test(a_box_beside_the_body_misses),
        cmocka_unit_test(a_box_of_everything_shows_too_much),
        cmocka_unit_test(an_edge_may_miss_its_line_by_a_little),
        cmocka_unit_test(a_line_may_be_moved_by_a_percentage),
        cmocka_unit_test(absent_is_scored_by_the_labels),
        cmocka_unit_test(there_though_the_labels_say_no),
        cmocka_unit_test(nobody_found_is_no_hit),
        cmocka_unit_test(a_stranger_is_no_hit_a_crowd_is_passed_over),
        cmocka_unit_test(a_nose_behind_the_arm_is_excused),
        cmocka_unit_test(a_raised_hand_goes_with_the_face),
    };
    return cmocka_run_group_tests_name("eval score", tests, NULL, NULL);
}
