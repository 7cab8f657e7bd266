/* Boxes that people set, in the place of planned ones. */
#include <math.h>
#include <string.h>

#include "bodies.h"
#include "recipes/recipes.h"
#include "shots/shots.h"
#include "support.h"

enum { W = 2000, H = 1250 };

struct fixture {
    struct pc_recipe_set set;
    struct pc_people people;
    struct pc_scene scene;
    struct pc_manual_box manual_boxes[4];
};

/* One standing figure unless who says otherwise. */
static void open_fixture(struct fixture *s, const char *recipes, const char *who)
{
    struct pc_err err = PC_ERR_INIT;
    json_t *figures = bodies_file("figures.json"), *list = json_loads(who, 0, NULL);
    memset(s, 0, sizeof *s);
    assert_ok(pc_recipes_parse(recipes, strlen(recipes), &s->set, &err), &err);
    for (size_t i = 0; i < json_array_size(list); i++)
        s->people.p[s->people.n++] = bodies_person(figures, json_array_get(list, i));
    s->scene = (struct pc_scene){.width = W,
                                 .height = H,
                                 .people = &s->people,
                                 .person_sure = .4,
                                 .person_maybe = .25,
                                 .person = -1,
                                 .manual_boxes = s->manual_boxes};
    json_decref(figures);
    json_decref(list);
}

static void set_box(struct fixture *s, const char *label, struct pc_ibox box, enum pc_origin origin)
{
    struct pc_manual_box *p = &s->manual_boxes[s->scene.n_manual_boxes++];
    snprintf(p->label, sizeof p->label, "%s", label);
    p->box = box;
    p->origin = origin;
}

static const struct pc_shot *shot_of(const struct pc_plan *plan, const char *label)
{
    for (int i = 0; i < plan->n_shots; i++) {
        char name[PC_SHOT_LABEL_BYTES];
        pc_shot_label(&plan->shots[i], name);
        if (strcmp(name, label) == 0)
            return &plan->shots[i];
    }
    fail_msg("no shot %s", label);
    return NULL;
}

static void assert_box(struct pc_ibox got, int x, int y, int w, int h)
{
    if (got.x != x || got.y != y || got.w != w || got.h != h)
        fail_msg("%d,%d %dx%d", got.x, got.y, got.w, got.h);
}

#define STANDING "[{\"figure\": \"standing\"}]"
#define FREE "[{\"label\": \"top\", \"keep\": [\"left_shoulder\", \"left_hip\"]}]"
#define SQUARE                                                                                     \
    "[{\"label\": \"top\", \"keep\": [\"left_shoulder\", \"left_hip\"], \"aspect\": \"1:1\", "     \
    "\"size\": {\"mode\": \"exact\", \"width\": 100, \"height\": 100}}]"

static void a_manual_box_replaces_the_planned_one(void **state)
{
    (void)state;
    struct fixture s;
    struct pc_plan before, after;
    open_fixture(&s, "[\"neck\", \"length\"]", STANDING);
    pc_shots_plan(&s.set, &s.scene, &before);
    set_box(&s, "neck", (struct pc_ibox){10, 20, 300, 400}, PC_ORIGIN_HAND);
    pc_shots_plan(&s.set, &s.scene, &after);
    const struct pc_shot *neck = shot_of(&after, "neck"), *length = shot_of(&after, "length");
    assert_int_equal(neck->origin, PC_ORIGIN_HAND);
    assert_int_equal(neck->state, PC_SHOT_OK);
    assert_true(neck->score == 1 && neck->width > 0 && neck->height > 0);
    assert_int_equal(length->origin, PC_ORIGIN_RECIPE);
    assert_memory_equal(&length->box, &shot_of(&before, "length")->box, sizeof length->box);
    assert_string_equal(pc_origin_name(PC_ORIGIN_BATCH), "batch");
    pc_recipes_finish(&s.set);
}

static void an_absent_shot_can_be_given_a_box(void **state)
{
    (void)state;
    struct fixture s;
    struct pc_plan plan;
    open_fixture(&s, "[\"neck\"]", "[]");
    pc_shots_plan(&s.set, &s.scene, &plan);
    assert_int_equal(plan.shots[0].state, PC_SHOT_ABSENT);
    double aspect = s.set.r[0].aspect_min > 0 ? s.set.r[0].aspect_min : 1;
    struct pc_ibox box = {5, 5, (int)(400 * aspect), 400};
    set_box(&s, "neck", box, PC_ORIGIN_BATCH);
    pc_shots_plan(&s.set, &s.scene, &plan);
    assert_int_equal(plan.shots[0].state, PC_SHOT_OK);
    assert_int_equal(plan.shots[0].origin, PC_ORIGIN_BATCH);
    assert_box(plan.shots[0].box, box.x, box.y, box.w, box.h);
    assert_true(plan.shots[0].n_reasons == 0 && plan.shots[0].width > 0);
    assert_int_equal(plan.n_attention, 1); /* nobody is there, still */
    pc_recipes_finish(&s.set);
}

static void the_size_of_the_file_follows_the_box(void **state)
{
    (void)state;
    struct fixture s;
    struct pc_plan plan;
    open_fixture(&s, SQUARE, STANDING);
    set_box(&s, "top", (struct pc_ibox){0, 0, 400, 400}, PC_ORIGIN_HAND);
    pc_shots_plan(&s.set, &s.scene, &plan);
    assert_true(plan.shots[0].width == 100 && plan.shots[0].height == 100);
    assert_int_equal(plan.shots[0].n_reasons, 0);
    s.manual_boxes[0].box = (struct pc_ibox){0, 0, 60, 60};
    pc_shots_plan(&s.set, &s.scene, &plan);
    assert_int_equal(plan.shots[0].width, 60);
    assert_int_equal(plan.shots[0].state, PC_SHOT_REVIEW);
    assert_true(pc_shot_has_reason(&plan.shots[0], PC_REASON_SMALLER_THAN_ASKED));
    assert_true(pc_shot_has_reason(&plan.shots[0], PC_REASON_TOO_SMALL));
    pc_recipes_finish(&s.set);
}

static void boxes_that_do_not_belong_are_ignored(void **state)
{
    (void)state;
    struct fixture s;
    struct pc_plan before, plan;
    static const struct pc_ibox bad[] = {{-1, 0, 100, 100},        {0, -1, 100, 100},
                                         {W - 99, 0, 100, 100},    {0, H - 99, 100, 100},
                                         {0, 0, 15, 100},          {0, 0, 100, 15},
                                         {0, 0, W + 1, 100},       {0, 0, INT32_MAX, INT32_MAX},
                                         {INT32_MAX, 0, 100, 100}, {0, 0, -5, -5}};
    open_fixture(&s, FREE, STANDING);
    pc_shots_plan(&s.set, &s.scene, &before);
    set_box(&s, "top", bad[0], PC_ORIGIN_HAND);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        s.manual_boxes[0].box = bad[i];
        pc_shots_plan(&s.set, &s.scene, &plan);
        assert_int_equal(plan.shots[0].origin, PC_ORIGIN_RECIPE);
        assert_memory_equal(&plan.shots[0].box, &before.shots[0].box, sizeof bad[0]);
    }
    snprintf(s.manual_boxes[0].label, sizeof s.manual_boxes[0].label, "topp");
    s.manual_boxes[0].box = (struct pc_ibox){0, 0, 100, 100};
    pc_shots_plan(&s.set, &s.scene, &plan);
    assert_int_equal(plan.shots[0].origin, PC_ORIGIN_RECIPE);
    pc_recipes_finish(&s.set);
}

static void a_recipe_of_another_shape_keeps_the_middle(void **state)
{
    (void)state;
    struct fixture s;
    struct pc_plan plan;
    open_fixture(&s, SQUARE, STANDING);
    set_box(&s, "top", (struct pc_ibox){100, 100, 300, 500}, PC_ORIGIN_HAND);
    pc_shots_plan(&s.set, &s.scene, &plan);
    assert_box(plan.shots[0].box, 100, 200, 300, 300);
    s.manual_boxes[0].box = (struct pc_ibox){100, 100, 500, 300};
    pc_shots_plan(&s.set, &s.scene, &plan);
    assert_box(plan.shots[0].box, 200, 100, 300, 300);
    pc_recipes_finish(&s.set);
}

static void a_person_chosen_by_a_user_needs_no_attention(void **state)
{
    (void)state;
    struct fixture s;
    struct pc_plan largest, chosen;
    open_fixture(&s, "[\"length\"]",
                 "[{\"figure\": \"standing\", \"scale\": 0.5, \"shift\": [1200, 300]}, "
                 "{\"figure\": \"standing\"}]");
    pc_shots_plan(&s.set, &s.scene, &largest);
    assert_true(largest.person == 1 && largest.n_attention == 1);
    s.scene.person = 0;
    pc_shots_plan(&s.set, &s.scene, &chosen);
    assert_true(chosen.person == 0 && chosen.n_attention == 0);
    assert_true(chosen.shots[0].box.x != largest.shots[0].box.x);
    pc_recipes_finish(&s.set);
}

static void shapes_are_kept_to_two_pixels(void **state)
{
    (void)state;
    struct fixture s;
    struct pc_ibox none = {0}, wide = {0, 0, 400, 200};
    open_fixture(&s, SQUARE, STANDING);
    const struct pc_recipe *r = &s.set.r[0];
    assert_true(pc_manual_box_fits(r, none, (struct pc_ibox){0, 0, 300, 300}));
    assert_true(pc_manual_box_fits(r, none, (struct pc_ibox){0, 0, 302, 300}));
    assert_true(pc_manual_box_fits(r, none, (struct pc_ibox){0, 0, 298, 300}));
    assert_false(pc_manual_box_fits(r, none, (struct pc_ibox){0, 0, 303, 300}));
    assert_false(pc_manual_box_fits(r, none, (struct pc_ibox){0, 0, 297, 300}));
    /* the photo left no room for the square: then the planned shape */
    assert_true(pc_manual_box_fits(r, wide, (struct pc_ibox){0, 0, 200, 100}));
    assert_false(pc_manual_box_fits(r, wide, (struct pc_ibox){0, 0, 200, 130}));
    pc_recipes_finish(&s.set);
    open_fixture(&s, FREE, STANDING);
    assert_true(pc_manual_box_fits(&s.set.r[0], none, (struct pc_ibox){0, 0, 900, 17}));
    pc_recipes_finish(&s.set);
}

static void an_offset_moves_and_scales_within_the_photo(void **state)
{
    (void)state;
    struct pc_ibox p = {100, 200, 300, 400};
    assert_box(pc_manual_box_offset(p, 0, 0, 1, W, H), 100, 200, 300, 400);
    assert_box(pc_manual_box_offset(p, .1, -.25, 1, W, H), 130, 100, 300, 400);
    assert_box(pc_manual_box_offset(p, 0, 0, .5, W, H), 175, 300, 150, 200);
    assert_box(pc_manual_box_offset(p, -2, -2, 1, W, H), 0, 0, 300, 400);
    assert_box(pc_manual_box_offset(p, 2, 2, 2, W, H), 550, 450, 600, 800);
    struct pc_ibox large = pc_manual_box_offset(p, 0, 0, 5, W, H);
    assert_true(large.h == H && large.y == 0);
    assert_true(fabs(large.w - H * .75) <= 1 && pc_manual_box_inside(large, W, H));
    struct pc_ibox full = pc_manual_box_offset((struct pc_ibox){0, 0, W, H}, 1, 1, 3, W, H);
    assert_box(full, 0, 0, W, H);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_manual_box_replaces_the_planned_one),
        cmocka_unit_test(an_absent_shot_can_be_given_a_box),
        cmocka_unit_test(the_size_of_the_file_follows_the_box),
        cmocka_unit_test(boxes_that_do_not_belong_are_ignored),
        cmocka_unit_test(a_recipe_of_another_shape_keeps_the_middle),
        cmocka_unit_test(a_person_chosen_by_a_user_needs_no_attention),
        cmocka_unit_test(shapes_are_kept_to_two_pixels),
        cmocka_unit_test(an_offset_moves_and_scales_within_the_photo),
    };
    return cmocka_run_group_tests_name("shots-placed", tests, NULL, NULL);
}
