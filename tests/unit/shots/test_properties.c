/* What must be true of every plan, over many bodies made by chance from fixed seeds: boxes lie in
 * the image or say that they do not, hold what they say, follow a mirror and a change of scale,
 * and bear any keypoint missing or mad. */
#include "support.h"

#include <math.h>
#include <stdio.h>

#include "bodies.h"
#include "recipes/recipes.h"
#include "shots/body.h"

enum { ROUNDS = 3000 };

static struct pc_recipe_set builtin;

static int load(void **state)
{
    (void)state;
    pc_recipes_builtin(&builtin);
    return 0;
}

static int unload(void **state)
{
    (void)state;
    pc_recipes_finish(&builtin);
    return 0;
}

static struct pc_plan plan_of(const struct pc_recipe_set *set, const struct pc_person *p, int width,
                              int height, enum pc_arm arm)
{
    static struct pc_plan plan;
    struct pc_people people = {.n = 1, .p = {*p}};
    struct pc_scene scene = {.width = width,
                             .height = height,
                             .people = &people,
                             .person_sure = .4,
                             .person_maybe = .25,
                             .person = -1,
                             .arm = arm};
    pc_shots_plan(set, &scene, &plan);
    return plan;
}

static void check_box(const struct pc_shot *s, int width, int height, int round)
{
    const char *label = s->recipe->label;
    if (s->state == PC_SHOT_ABSENT) {
        if (s->n_reasons == 0 || s->width != 0 || s->box.w != 0)
            fail_msg("round %d: %s is absent with a box or without a reason", round, label);
        return;
    }
    bool in = s->box.x >= 0 && s->box.y >= 0 && s->box.x + s->box.w <= width &&
              s->box.y + s->box.h <= height;
    if (!in && !pc_shot_has_reason(s, PC_REASON_EXTENDED))
        fail_msg("round %d: %s leaves the picture: %d %d %d %d", round, label, s->box.x, s->box.y,
                 s->box.w, s->box.h);
    if (s->box.w < 1 || s->box.h < 1 || s->width < 1 || s->height < 1)
        fail_msg("round %d: %s is empty", round, label);
    if (s->width > s->box.w + 1 && !pc_shot_has_reason(s, PC_REASON_UPSCALED))
        fail_msg("round %d: %s is enlarged", round, label);
    if (fabs((double)s->box.w / s->box.h - (double)s->width / s->height) >
        2.5 * (s->box.w + s->box.h) / ((double)fmin(s->height, s->box.h) * s->box.h))
        fail_msg("round %d: %s is stretched: %dx%d to %dx%d", round, label, s->box.w, s->box.h,
                 s->width, s->height);
    if (!(s->score >= 0 && s->score <= 1))
        fail_msg("round %d: %s has score %g", round, label, s->score);
    if (s->state != PC_SHOT_OK && s->n_reasons == 0)
        fail_msg("round %d: %s is %s without a reason", round, label, pc_shot_state_name(s->state));
}

/* Keypoints that are asked for by name, seen and in the image. */
static void check_held(const struct pc_shot *s, const struct pc_person *p, int width, int height,
                       int round)
{
    if (s->state == PC_SHOT_ABSENT || pc_shot_has_reason(s, PC_REASON_CONFLICT) ||
        pc_shot_has_reason(s, PC_REASON_OUT_OF_PICTURE) || s->recipe->headless != PC_HEADLESS_NO)
        return;
    for (int i = 0; i < PC_KEYPOINT_COUNT; i++) {
        struct pc_keypoint m = p->keypoints[i];
        bool asked = s->recipe->keep & PC_BODY_BIT(i);
        bool there = m.score >= .2 && m.x >= 1 && m.y >= 1 && m.x < width - 1 && m.y < height - 1;
        bool held = m.x >= s->box.x && m.y >= s->box.y && m.x <= s->box.x + s->box.w &&
                    m.y <= s->box.y + s->box.h;
        if (asked && there && !held)
            fail_msg("round %d: %s does not hold %s", round, s->recipe->label,
                     pc_keypoint_name((enum pc_keypoint_id)i));
        bool banned = s->recipe->avoid & PC_BODY_BIT(i);
        bool well_in = m.x > s->box.x + 1 && m.y > s->box.y + 1 && m.x < s->box.x + s->box.w - 1 &&
                       m.y < s->box.y + s->box.h - 1;
        if (banned && m.score >= .2 && well_in)
            fail_msg("round %d: %s holds %s", round, s->recipe->label,
                     pc_keypoint_name((enum pc_keypoint_id)i));
    }
}

static void boxes_are_sound_and_hold_what_they_say(void **state)
{
    struct chance c = {.state = 20240611};
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        int width = 40 + chance_below(&c, 3000), height = 40 + chance_below(&c, 3000);
        struct pc_person p = chance_person(&c, width, height);
        struct pc_plan plan = plan_of(&builtin, &p, width, height, PC_ARM_ANY);
        for (int i = 0; i < plan.n_shots; i++) {
            check_box(&plan.shots[i], width, height, round);
            if (plan.person >= 0)
                check_held(&plan.shots[i], &p, width, height, round);
        }
    }
}

static void headless_shots_hold_no_face(void **state)
{
    struct chance c = {.state = 77};
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct pc_person p = chance_person(&c, 1200, 1500);
        struct pc_plan plan = plan_of(&builtin, &p, 1200, 1500, PC_ARM_ANY);
        for (int i = 0; i < plan.n_shots; i++) {
            const struct pc_shot *s = &plan.shots[i];
            int last = s->recipe->headless > PC_HEADLESS_EYES_NOSE ? PC_RIGHT_EAR : PC_RIGHT_EYE;
            int first = s->recipe->headless > PC_HEADLESS_EYES_NOSE ? PC_NOSE : PC_LEFT_EYE;
            if (s->recipe->headless == PC_HEADLESS_NO || s->state == PC_SHOT_ABSENT ||
                pc_shot_has_reason(s, PC_REASON_FACE_SHOWN))
                continue;
            for (int k = first; k <= last; k++) {
                struct pc_keypoint m = p.keypoints[k];
                if (m.score >= .2 && m.x > s->box.x && m.y > s->box.y &&
                    m.x < s->box.x + s->box.w && m.y < s->box.y + s->box.h)
                    fail_msg("round %d: %s shows %s", round, s->recipe->label,
                             pc_keypoint_name((enum pc_keypoint_id)k));
            }
        }
    }
}

static void check_near(const struct pc_shot *a, struct pc_ibox want, const struct pc_shot *b,
                       double slack, int round, const char *what)
{
    if (a->state != b->state)
        fail_msg("round %d: %s: %s is %s (%s), then %s (%s)", round, what, a->recipe->label,
                 pc_shot_state_name(a->state), a->n_reasons ? pc_reason_name(a->reasons[0]) : "",
                 pc_shot_state_name(b->state), b->n_reasons ? pc_reason_name(b->reasons[0]) : "");
    if (fabs((double)b->box.x - want.x) > slack || fabs((double)b->box.y - want.y) > slack ||
        fabs((double)b->box.w - want.w) > slack || fabs((double)b->box.h - want.h) > slack)
        fail_msg("round %d: %s: %s is %d %d %d %d, not %d %d %d %d", round, what, a->recipe->label,
                 b->box.x, b->box.y, b->box.w, b->box.h, want.x, want.y, want.w, want.h);
}

static void a_mirrored_photo_gives_mirrored_boxes(void **state)
{
    struct chance c = {.state = 4711};
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        int width = 200 + chance_below(&c, 2000), height = 200 + chance_below(&c, 2000);
        struct pc_person p = chance_person(&c, width, height), q = mirrored(&p, width);
        struct pc_plan a = plan_of(&builtin, &p, width, height, PC_ARM_ANY);
        struct pc_plan b = plan_of(&builtin, &q, width, height, PC_ARM_ANY);
        for (int i = 0; i < a.n_shots; i++) {
            struct pc_ibox want = a.shots[i].box;
            if (a.shots[i].state != PC_SHOT_ABSENT)
                want.x = width - want.x - want.w;
            check_near(&a.shots[i], want, &b.shots[i], 1, round, "mirrored");
        }
        if (a.facing != b.facing)
            fail_msg("round %d: facing %s, mirrored %s", round, pc_facing_name(a.facing),
                     pc_facing_name(b.facing));
    }
}

static double head_px(const struct pc_person *p, int width, int height)
{
    struct pc_body body;
    pc_body_build(&body, p, width, height, PC_ARM_ANY);
    return body.head;
}

static void a_larger_photo_gives_larger_boxes(void **state)
{
    struct chance c = {.state = 99};
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        int width = 400 + chance_below(&c, 600), height = 400 + chance_below(&c, 600);
        struct pc_person p = chance_person(&c, width, height), q = scaled(&p, 2);
        struct pc_plan a = plan_of(&builtin, &p, width, height, PC_ARM_ANY);
        struct pc_plan b = plan_of(&builtin, &q, 2 * width, 2 * height, PC_ARM_ANY);
        for (int i = 0; i < a.n_shots; i++) {
            struct pc_ibox m = a.shots[i].box;
            /* Least margins are in pixels on small bodies. */
            bool in_pixels = head_px(&p, width, height) < 40 ||
                             pc_shot_has_reason(&a.shots[i], PC_REASON_TOO_SMALL) ||
                             b.shots[i].recipe->size == PC_SIZE_NATIVE;
            if (!in_pixels)
                check_near(&a.shots[i], (struct pc_ibox){2 * m.x, 2 * m.y, 2 * m.w, 2 * m.h},
                           &b.shots[i], 8, round, "scaled");
        }
    }
}

static void any_keypoint_may_be_missing_or_mad(void **state)
{
    static const double mad[] = {NAN, INFINITY, -INFINITY, 1e300, -1e300, 0, -5, 1e7};
    struct chance c = {.state = 5};
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct pc_person p = chance_person(&c, 800, 1000);
        double bad = mad[chance_below(&c, 8)];
        struct pc_keypoint *m = &p.keypoints[chance_below(&c, PC_KEYPOINT_COUNT)];
        double *const wrong[] = {&m->x, &m->y, &m->score, &p.box.x, &p.box.w, &p.box.h};
        *wrong[chance_below(&c, 6)] = bad;
        p.score = .9;
        struct pc_plan plan = plan_of(&builtin, &p, 800, 1000, PC_ARM_ANY);
        for (int i = 0; i < plan.n_shots; i++)
            check_box(&plan.shots[i], 800, 1000, round);
    }
}

static void the_same_body_gives_the_same_plan(void **state)
{
    struct chance c = {.state = 31};
    struct pc_person p = chance_person(&c, 900, 1200);
    struct pc_plan a = plan_of(&builtin, &p, 900, 1200, PC_ARM_LEFT);
    struct pc_plan b = plan_of(&builtin, &p, 900, 1200, PC_ARM_LEFT);
    (void)state;
    assert_int_equal(a.arm, PC_ARM_LEFT);
    for (int i = 0; i < a.n_shots; i++)
        check_near(&a.shots[i], a.shots[i].box, &b.shots[i], 0, 0, "again");
}

static void policies_hold_for_any_body(void **state)
{
    static const char *const json[] = {
        "{\"label\":\"x\",\"keep\":[\"person\"],\"overflow\":\"extend\",\"margin\":\"30 "
        "%\",\"aspect\":\"1:1\"}",
        "{\"label\":\"x\",\"keep\":[\"neck\",\"hip\"],\"overflow\":\"shrink\",\"aspect\":\"4:5\"}",
        "{\"label\":\"x\",\"keep\":[\"neck\",\"hip\"],\"overflow\":\"reject\",\"aspect\":\"2:1\"}",
        "{\"label\":\"x\",\"keep\":[\"hip\"],\"size\":{\"mode\":\"exact\",\"width\":600,\"height\":"
        "900}}",
        "{\"label\":\"x\",\"keep\":[\"hip\"],\"size\":{\"mode\":\"at_least\",\"width\":600,"
        "\"height\":900}}",
        "{\"label\":\"x\",\"keep\":[\"hip\"],\"size\":{\"mode\":\"exact\",\"width\":640,\"height\":"
        "900,\"upscale\":true}}"};
    struct chance c = {.state = 8};
    (void)state;
    for (size_t k = 0; k < sizeof json / sizeof *json; k++) {
        struct pc_recipe_set set;
        struct pc_err err = PC_ERR_INIT;
        assert_ok(pc_recipes_parse(json[k], strlen(json[k]), &set, &err), &err);
        for (int round = 0; round < ROUNDS; round++) {
            struct pc_person p = chance_person(&c, 1000, 800);
            struct pc_plan plan = plan_of(&set, &p, 1000, 800, PC_ARM_ANY);
            for (int i = 0; i < plan.n_shots; i++)
                check_box(&plan.shots[i], 1000, 800, round);
        }
        pc_recipes_finish(&set);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boxes_are_sound_and_hold_what_they_say),
        cmocka_unit_test(headless_shots_hold_no_face),
        cmocka_unit_test(a_mirrored_photo_gives_mirrored_boxes),
        cmocka_unit_test(a_larger_photo_gives_larger_boxes),
        cmocka_unit_test(any_keypoint_may_be_missing_or_mad),
        cmocka_unit_test(the_same_body_gives_the_same_plan),
        cmocka_unit_test(policies_hold_for_any_body),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
