/* Cases of tests/data/shots/plans.json: who is in the image, and what each shot must be. */
#include "support.h"

#include <math.h>
#include <stdio.h>

#include "bodies.h"
#include "recipes/recipes.h"

struct case_run {
    const char *name;
    struct pc_people people;
    struct pc_plan plan;
};

static bool listed(const json_t *names, const char *name)
{
    for (size_t i = 0; i < json_array_size(names); i++)
        if (strcmp(json_string_value(json_array_get(names, i)), name) == 0)
            return true;
    return false;
}

static bool inside(struct pc_ibox b, struct pc_keypoint p)
{
    return p.x >= b.x && p.y >= b.y && p.x < b.x + b.w && p.y < b.y + b.h;
}

static void check_point(const struct case_run *run, const struct pc_shot *shot, int id, bool held)
{
    struct pc_keypoint p = run->people.p[shot->person].keypoints[id];
    if (inside(shot->box, p) != held)
        fail_msg("%s: %s %s %s", run->name, shot->recipe->label, held ? "must hold" : "must spare",
                 pc_keypoint_name((enum pc_keypoint_id)id));
}

static void check_points(const struct case_run *run, const struct pc_shot *shot,
                         const json_t *names, bool held)
{
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *name = json_string_value(json_array_get(names, i));
        int first = run->plan.arm == PC_ARM_LEFT ? PC_LEFT_SHOULDER : PC_RIGHT_SHOULDER;
        if (strcmp(name, "arm") != 0) {
            check_point(run, shot, pc_keypoint_by_name(name), held);
            continue;
        }
        for (int id = first; id <= first + 4; id += 2)
            check_point(run, shot, id, held);
    }
}

static void check_range(const struct case_run *run, const struct pc_shot *shot, const char *what,
                        const json_t *range, int value)
{
    if (range && (value < json_integer_value(json_array_get(range, 0)) ||
                  value > json_integer_value(json_array_get(range, 1))))
        fail_msg("%s: %s: %s is %d", run->name, shot->recipe->label, what, value);
}

static void check_numbers(const struct case_run *run, const struct pc_shot *shot, const char *what,
                          const json_t *wanted, const int *values, int slack)
{
    for (size_t i = 0; i < json_array_size(wanted); i++)
        if (abs(values[i] - (int)json_integer_value(json_array_get(wanted, i))) > slack)
            fail_msg("%s: %s: %s[%zu] is %d", run->name, shot->recipe->label, what, i, values[i]);
}

static void check_size(const struct case_run *run, const struct pc_shot *shot, const json_t *want)
{
    const json_t *most = json_object_get(want, "size_at_most");
    int centre[] = {shot->box.x + shot->box.w / 2, shot->box.y + shot->box.h / 2};
    int size[] = {shot->width, shot->height};
    check_numbers(run, shot, "box", json_object_get(want, "box"), &shot->box.x, 1);
    check_numbers(run, shot, "centre", json_object_get(want, "centre"), centre, 8);
    check_numbers(run, shot, "size", json_object_get(want, "size"), size, 8);
    if (most)
        assert_true(shot->width <= json_integer_value(json_array_get(most, 0)) &&
                    shot->height <= json_integer_value(json_array_get(most, 1)));
}

static void check_shot(const struct case_run *run, const struct pc_shot *shot, const json_t *want)
{
    const char *state = json_string_value(json_object_get(want, "state"));
    const json_t *reasons = json_object_get(want, "reasons");
    if (state && strcmp(state, pc_shot_state_name(shot->state)) != 0)
        fail_msg("%s: %s is %s (%s)", run->name, shot->recipe->label,
                 pc_shot_state_name(shot->state),
                 shot->n_reasons ? pc_reason_name(shot->reasons[0]) : "");
    for (size_t i = 0; i < json_array_size(reasons); i++) {
        bool found = false;
        for (int k = 0; k < shot->n_reasons; k++)
            found |= listed(reasons, pc_reason_name(shot->reasons[k]));
        if (!found)
            fail_msg("%s: %s lacks its reason", run->name, shot->recipe->label);
    }
    check_points(run, shot, json_object_get(want, "holds"), true);
    check_points(run, shot, json_object_get(want, "spares"), false);
    check_range(run, shot, "top", json_object_get(want, "top"), shot->box.y);
    check_range(run, shot, "bottom", json_object_get(want, "bottom"), shot->box.y + shot->box.h);
    check_size(run, shot, want);
}

static void check_image(const struct case_run *run, const json_t *want)
{
    const json_t *facing = json_object_get(want, "facing");
    const json_t *person = json_object_get(want, "person");
    const json_t *attention = json_object_get(want, "attention");
    if (facing)
        assert_string_equal(pc_facing_name(run->plan.facing), json_string_value(facing));
    if (person)
        assert_int_equal(run->plan.person, json_integer_value(person));
    if (run->plan.n_attention != (int)json_array_size(attention))
        fail_msg("%s: %d points of attention", run->name, run->plan.n_attention);
    for (int i = 0; i < run->plan.n_attention; i++)
        if (!listed(attention, pc_reason_name(run->plan.attention[i])))
            fail_msg("%s: attention %s", run->name, pc_reason_name(run->plan.attention[i]));
}

static struct pc_ibox ibox(const json_t *a)
{
    int v[4];
    for (size_t i = 0; i < 4; i++)
        v[i] = (int)json_integer_value(json_array_get(a, i));
    return (struct pc_ibox){v[0], v[1], v[2], v[3]};
}

static void run_case(const json_t *figures, const struct pc_recipe_set *recipes, const json_t *spec)
{
    struct case_run run = {.name = json_string_value(json_object_get(spec, "name"))};
    const json_t *people = json_object_get(spec, "people"),
                 *object = json_object_get(spec, "object"),
                 *choose = json_object_get(spec, "choose");
    struct pc_object thing = {ibox(json_array_get(object, 0)), ibox(json_array_get(object, 1))};
    for (size_t i = 0; i < json_array_size(people); i++)
        run.people.p[run.people.n++] = bodies_person(figures, json_array_get(people, i));
    struct pc_scene scene = {.width = (int)json_integer_value(json_object_get(spec, "width")),
                             .height = (int)json_integer_value(json_object_get(spec, "height")),
                             .people = &run.people,
                             .person_sure = .4,
                             .person_maybe = .25,
                             .person = choose ? (int)json_integer_value(choose) : -1,
                             .object = object ? &thing : NULL};
    pc_shots_plan(recipes, &scene, &run.plan);
    check_image(&run, spec);
    for (int i = 0; i < run.plan.n_shots; i++) {
        const json_t *want =
            json_object_get(json_object_get(spec, "shots"), run.plan.shots[i].recipe->label);
        if (want)
            check_shot(&run, &run.plan.shots[i], want);
    }
}

static void plans_are_as_the_data_says(void **state)
{
    (void)state;
    struct pc_recipe_set builtin;
    json_t *figures = bodies_file("figures.json"), *cases = bodies_file("plans.json");
    pc_recipes_builtin(&builtin);
    for (size_t i = 0; i < json_array_size(cases); i++)
        run_case(figures, &builtin, json_array_get(cases, i));
    pc_recipes_finish(&builtin);
    json_decref(figures);
    json_decref(cases);
}

/* --- what a recipe can ask for beyond the five --- */

static struct pc_plan plan_one(const char *json, struct pc_recipe_set *set, const json_t *who,
                               int width, int height)
{
    static struct pc_people people;
    struct pc_err err = PC_ERR_INIT;
    json_t *figures = bodies_file("figures.json");
    struct pc_plan plan;
    assert_ok(pc_recipes_parse(json, strlen(json), set, &err), &err);
    people.n = 0;
    for (size_t i = 0; i < json_array_size(who); i++)
        people.p[people.n++] = bodies_person(figures, json_array_get(who, i));
    struct pc_scene scene = {.width = width,
                             .height = height,
                             .people = &people,
                             .person_sure = .4,
                             .person_maybe = .25,
                             .person = -1};
    pc_shots_plan(set, &scene, &plan);
    json_decref(figures);
    return plan;
}

static struct pc_shot first_shot(const char *recipe, const char *who, int width, int height)
{
    struct pc_recipe_set set;
    json_t *people = json_loads(who, 0, NULL);
    struct pc_plan plan = plan_one(recipe, &set, people, width, height);
    struct pc_shot shot = plan.shots[0];
    assert_int_equal(plan.n_shots, 1);
    json_decref(people);
    pc_recipes_finish(&set);
    shot.recipe = NULL;
    return shot;
}

#define STANDING "[{\"figure\": \"standing\"}]"

static void headless_leaves_the_face_out(void **state)
{
    static const double lowest[] = {[PC_HEADLESS_EYES] = 232,  [PC_HEADLESS_EYES_NOSE] = 232,
                                    [PC_HEADLESS_NOSE] = 250,  [PC_HEADLESS_NOSE_MOUTH] = 250,
                                    [PC_HEADLESS_MOUTH] = 250, [PC_HEADLESS_UNDER_FACE] = 270};
    (void)state;
    for (int h = PC_HEADLESS_EYES; h < PC_HEADLESS_COUNT; h++) {
        char json[200];
        snprintf(json, sizeof json,
                 "{\"label\": \"x\", \"based_on\": \"length\", \"headless\": \"%s\"}",
                 pc_recipe_headless_name((enum pc_recipe_headless)h));
        struct pc_shot shot = first_shot(json, STANDING, 1000, 1250);
        assert_int_equal(shot.state, PC_SHOT_OK);
        assert_true(shot.box.y > lowest[h] && shot.box.y < 320);
        assert_true(shot.box.y + shot.box.h > 1100);
    }
}

static void a_lying_head_is_left_out_sideways(void **state)
{
    (void)state;
    struct pc_shot shot =
        first_shot("{\"label\": \"x\", \"keep\": [\"hip\", \"neck\"], \"headless\": "
                   "\"under_face\", \"margin\": \"2 torso\"}",
                   "[{\"figure\": \"lying\"}]", 1250, 1000);
    assert_true(shot.box.x > 250);
    assert_true(shot.box.x < 352);
}

static void overflow_policies(void **state)
{
    static const char form[] =
        "{\"label\": \"x\", \"keep\": [\"left_shoulder\", \"right_shoulder\"], "
        "\"margin\": \"300 px\", \"joints\": \"ignore\", \"overflow\": \"%s\"}";
    const char *who =
        "[{\"figure\": \"standing\", \"shift\": [-300, 0]}]"; /* shoulders at 122, 278 */
    char json[300];
    (void)state;
    snprintf(json, sizeof json, form, "shift");
    struct pc_shot s = first_shot(json, who, 1000, 1250);
    assert_int_equal(s.box.x, 0);
    assert_int_equal(s.box.w, 578);
    snprintf(json, sizeof json, form, "extend");
    s = first_shot(json, who, 1000, 1250);
    assert_int_equal(s.box.x, -178);
    assert_int_equal(s.box.w, 756);
    assert_true(pc_shot_has_reason(&s, PC_REASON_EXTENDED));
    snprintf(json, sizeof json, form, "shrink");
    s = first_shot(json, who, 1000, 1250);
    assert_int_equal(s.box.x, 0);
    assert_int_equal(s.box.w, 400);
    snprintf(json, sizeof json, form, "reject");
    s = first_shot(json, who, 1000, 1250);
    assert_int_equal(s.state, PC_SHOT_ABSENT);
    assert_true(pc_shot_has_reason(&s, PC_REASON_OUT_OF_PICTURE));
}

static void extend_stays_flush_where_the_photo_cuts_the_body(void **state)
{
    (void)state;
    struct pc_shot s = first_shot(
        "{\"label\": \"x\", \"keep\": [\"person\"], \"margin\": \"20 %\", \"overflow\": "
        "\"extend\"}",
        "[{\"figure\": \"standing\", \"drop\": [\"left_knee\", \"right_knee\", \"left_ankle\", "
        "\"right_ankle\"], \"box\": [330, 30, 340, 670]}]",
        1000, 700);
    assert_int_equal(s.box.y + s.box.h, 700);
    assert_true(s.box.y < 0);
}

/* A slip in a recipe must not ask for a file larger than any memory. */
static void extend_has_an_end(void **state)
{
    (void)state;
    struct pc_shot shot = first_shot(
        "{\"label\":\"x\",\"keep\":[\"neck\"],\"margin\":\"100000 head\",\"overflow\":\"extend\"}",
        STANDING, 1000, 1250);
    assert_int_equal(shot.state, PC_SHOT_OK);
    assert_true(shot.box.x >= -625 && shot.box.y >= -625);
    assert_true(shot.box.x + shot.box.w <= 1625 && shot.box.y + shot.box.h <= 1875);
}

static void size_modes(void **state)
{
    static const char form[] =
        "{\"label\": \"x\", \"keep\": [\"left_shoulder\", \"right_shoulder\"], "
        "\"margin\": \"50 px\", \"joints\": \"ignore\", \"size\": {\"mode\": \"%s\", "
        "\"width\": %d, \"height\": %d, \"upscale\": %s}}";
    char json[400];
    (void)state;
    snprintf(json, sizeof json, form, "exact", 400, 500, "false");
    struct pc_shot s = first_shot(json, STANDING, 1000, 1250); /* natural: 256 x 100 */
    assert_in_range(s.box.w, 255, 257);
    assert_in_range(s.box.h, 319, 321);
    assert_int_equal(s.width, s.box.w);
    assert_int_equal(s.state, PC_SHOT_REVIEW);
    assert_true(pc_shot_has_reason(&s, PC_REASON_SMALLER_THAN_ASKED));
    snprintf(json, sizeof json, form, "exact", 400, 500, "true");
    s = first_shot(json, STANDING, 1000, 1250);
    assert_int_equal(s.width, 400);
    assert_int_equal(s.height, 500);
    assert_true(pc_shot_has_reason(&s, PC_REASON_UPSCALED));
    snprintf(json, sizeof json, form, "fit", 128, 500, "false");
    s = first_shot(json, STANDING, 1000, 1250);
    assert_int_equal(s.width, 128);
    assert_in_range(s.height, 49, 51);
    snprintf(json, sizeof json, form, "at_least", 500, 400, "false");
    s = first_shot(json, STANDING, 1000, 1250);
    assert_int_equal(s.width, 500);
    assert_int_equal(s.height, 400);
    snprintf(json, sizeof json, form, "native", 200, 60, "false");
    s = first_shot(json, STANDING, 1000, 1250);
    assert_int_equal(s.width, s.box.w);
    assert_in_range(s.height, 59, 60);
}

/* One recipe on a standing figure whose size and place are no whole pixels. */
static struct pc_shot shot_at(const char *json, double scale, int width, int height)
{
    char people[160];
    snprintf(people, sizeof people,
             "[{\"figure\": \"standing\", \"scale\": %.3f, \"shift\": [%.1f, %.1f]}]", scale,
             37.3 * scale, 11.7 * scale);
    return first_shot(json, people, width, height);
}

/* A file of another size or shape than the recipe asks for is never plainly ok. */
static void what_is_not_as_asked_is_not_ok(void **state)
{
    static const struct {
        const char *size;
        int width, height, least; /* exactly this size; or a shape, and at least so many pixels */
    } cases[] = {
        {"\"size\": {\"mode\": \"exact\", \"width\": 800, \"height\": 800}", 800, 800, 800},
        {"\"size\": {\"mode\": \"exact\", \"width\": 200, \"height\": 250}", 200, 250, 200},
        {"\"size\": {\"mode\": \"exact\", \"width\": 333, \"height\": 301}", 333, 301, 301},
        {"\"aspect\": \"1:1\", \"size\": {\"mode\": \"fit\", \"width\": 300}", 1, 1, 0},
        {"\"aspect\": \"1:1\"", 1, 1, 0},
        {"\"size\": {\"mode\": \"at_least\", \"width\": 400, \"height\": 400}", 0, 0, 400},
    };
    static const char *const keeps[] = {"\"person\"", "\"left_hip\", \"right_hip\"",
                                        "\"left_shoulder\", \"right_shoulder\", \"neck\""};
    char json[400];
    int ok = 0, others = 0;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int n = 0; n < 3 * 40; n++) {
            int step = n / 3;
            double scale = .3 + .0207 * step;
            int width = (int)(1000 * scale), height = (int)(1250 * scale);
            snprintf(json, sizeof json,
                     "{\"label\": \"x\", \"keep\": [%s], \"margin\": \"0.21 torso\", %s}",
                     keeps[n % 3], cases[i].size);
            struct pc_shot s = shot_at(json, scale, width, height);
            bool exact = cases[i].least > 0 && cases[i].width > 0;
            bool right = s.width >= cases[i].least && s.height >= cases[i].least;
            if (exact)
                right = s.width == cases[i].width && s.height == cases[i].height;
            else if (cases[i].width > 0)
                right = s.width == s.height;
            if (s.state == PC_SHOT_OK && !right)
                fail_msg("%s at %.4f: %d x %d is ok", json, scale, s.width, s.height);
            if (exact && s.state != PC_SHOT_ABSENT && /* and never stretched */
                fabs((double)s.width / s.box.w - (double)s.height / s.box.h) > .02)
                fail_msg("%s at %.4f: %d x %d of %d x %d", json, scale, s.width, s.height, s.box.w,
                         s.box.h);
            ok += s.state == PC_SHOT_OK;
            others += s.state != PC_SHOT_OK;
        }
    assert_true(ok > 100 && others > 100); /* the cases show both */
}

static void each_person_gets_a_shot(void **state)
{
    (void)state;
    struct pc_recipe_set set;
    char label[PC_SHOT_LABEL_BYTES];
    json_t *people =
        json_loads("[{\"figure\": \"standing\", \"scale\": 0.5, \"shift\": [1200, 300]}, "
                   "{\"figure\": \"standing\"}]",
                   0, NULL);
    struct pc_plan plan =
        plan_one("{\"based_on\": \"length\", \"person\": \"each\"}", &set, people, 2000, 1250);
    assert_int_equal(plan.n_shots, 2);
    assert_int_equal(plan.shots[0].person, 1);
    assert_int_equal(plan.shots[1].person, 0);
    pc_shot_label(&plan.shots[0], label);
    assert_string_equal(label, "length");
    pc_shot_label(&plan.shots[1], label);
    assert_string_equal(label, "length-2");
    pc_recipes_finish(&set);
    plan = plan_one("{\"based_on\": \"length\", \"person\": 2}", &set, people, 2000, 1250);
    assert_int_equal(plan.shots[0].state, PC_SHOT_ABSENT);
    assert_int_equal(plan.shots[0].reasons[0], PC_REASON_NO_SUCH_PERSON);
    pc_recipes_finish(&set);
    plan =
        plan_one("{\"based_on\": \"length\", \"person\": \"central\"}", &set, people, 2600, 1250);
    assert_int_equal(plan.shots[0].person, 0);
    pc_recipes_finish(&set);
    json_decref(people);
}

static void edges_lie_where_they_are_wanted(void **state)
{
    (void)state;
    struct pc_shot s = first_shot("{\"label\": \"x\", \"keep\": [\"left_hip\", \"right_hip\"], "
                                  "\"joints\": \"ignore\", \"edge\": "
                                  "{\"top\": \"neck\", \"bottom\": {\"at\": \"left_knee\", "
                                  "\"offset\": \"-27 px\"}, \"left\": "
                                  "\"left_wrist\"}}",
                                  STANDING, 1000, 1250);
    assert_int_equal(s.box.y, 352);
    assert_int_equal(s.box.y + s.box.h, 800);
    assert_in_range(s.box.x, 440, 451); /* the wanted edge lies behind a kept point */
    assert_int_equal(s.state, PC_SHOT_OK);
}

static void edges_keep_off_joints(void **state)
{
    /* Free: the bottom edge would pass right through the knees at 827. */
    static const char form[] =
        "{\"label\": \"x\", \"keep\": [\"hip\"], \"margin\": {\"all\": \"150 px\", "
        "\"bottom\": \"225 px\"}, \"joints\": \"%s\"}";
    char json[300];
    (void)state;
    snprintf(json, sizeof json, form, "ignore");
    struct pc_shot s = first_shot(json, STANDING, 1000, 1250);
    assert_int_equal(s.box.y + s.box.h, 827);
    snprintf(json, sizeof json, form, "spare");
    s = first_shot(json, STANDING, 1000, 1250);
    assert_true(abs(s.box.y + s.box.h - 827) > 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_are_as_the_data_says),
        cmocka_unit_test(headless_leaves_the_face_out),
        cmocka_unit_test(a_lying_head_is_left_out_sideways),
        cmocka_unit_test(overflow_policies),
        cmocka_unit_test(extend_stays_flush_where_the_photo_cuts_the_body),
        cmocka_unit_test(extend_has_an_end),
        cmocka_unit_test(size_modes),
        cmocka_unit_test(what_is_not_as_asked_is_not_ok),
        cmocka_unit_test(each_person_gets_a_shot),
        cmocka_unit_test(edges_lie_where_they_are_wanted),
        cmocka_unit_test(edges_keep_off_joints),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
