#include "pose_support.h"

#include "figure.h"
#include "pose/people.h"

/* The drawn figure's landmarks, moved by (dx, dy). */
static struct pc_person person_at(double dx, double dy, double score)
{
    struct pc_person p = {.score = score, .box = test_figure_box(960, 1440)};
    test_figure_landmarks(960, 1440, p.landmarks);
    p.box.x += dx;
    p.box.y += dy;
    for (int k = 0; k < PC_LANDMARK_COUNT; k++) {
        p.landmarks[k].x += dx;
        p.landmarks[k].y += dy;
        p.landmarks[k].score = .8;
    }
    return p;
}

static void swap_sides(struct pc_landmark landmarks[PC_LANDMARK_COUNT])
{
    for (int k = PC_LEFT_EYE; k < PC_LANDMARK_COUNT; k += 2) {
        struct pc_landmark left = landmarks[k];
        landmarks[k] = landmarks[k + 1];
        landmarks[k + 1] = left;
    }
}

static void settle_sorts_and_drops_the_unlikely(void **state)
{
    (void)state;
    struct pc_people people = {
        3, {person_at(0, 0, .3), person_at(900, 0, .24), person_at(1800, 0, .7)}};
    pc_people_settle(&people, .25);
    assert_int_equal(people.n, 2);
    assert_near(people.p[0].score, .7, 1e-9);
    assert_near(people.p[1].score, .3, 1e-9);
    pc_people_settle(&people, .9);
    assert_int_equal(people.n, 0);
    pc_people_settle(&people, .25);
    assert_int_equal(people.n, 0);
}

static void settle_keeps_one_of_a_body_found_twice(void **state)
{
    (void)state;
    struct pc_people people = {3,
                               {person_at(0, 0, .5), person_at(12, 8, .6), person_at(900, 0, .4)}};
    swap_sides(people.p[0].landmarks); /* also when one of them sees its back */
    pc_people_settle(&people, .25);
    assert_int_equal(people.n, 2);
    assert_near(people.p[0].score, .6, 1e-9);
    assert_near(people.p[1].score, .4, 1e-9);
}

static void settle_keeps_two_who_stand_close(void **state)
{
    (void)state;
    struct pc_people people = {2, {person_at(0, 0, .5), person_at(150, 20, .6)}};
    assert_true(pc_box_iou(people.p[0].box, people.p[1].box) > .4);
    pc_people_settle(&people, .25);
    assert_int_equal(people.n, 2);
}

static void alike_is_one_for_the_same_and_nought_for_the_unsure(void **state)
{
    (void)state;
    struct pc_person a = person_at(0, 0, .5), b = person_at(0, 0, .5), far = person_at(900, 0, .5);
    assert_near(pc_people_alike(&a, b.landmarks, 0), 1, 1e-9);
    assert_true(pc_people_alike(&a, b.landmarks, 1) < .6);
    assert_near(pc_people_alike(&a, far.landmarks, 0), 0, 1e-6);
    for (int k = 0; k < PC_LANDMARK_COUNT; k++)
        a.landmarks[k].score = .1;
    assert_near(pc_people_alike(&a, b.landmarks, 0), 0, 1e-9);
}

static void refine_takes_better_landmarks_and_repairs_sides(void **state)
{
    (void)state;
    struct pc_person first = person_at(0, 0, .5), second = person_at(9, -6, .5);
    assert_int_equal(pc_people_refine(&first, second.landmarks), 1);
    assert_near(first.landmarks[PC_NOSE].x, second.landmarks[PC_NOSE].x, 1e-9);
    swap_sides(second.landmarks);
    assert_int_equal(pc_people_refine(&first, second.landmarks), 1);
    assert_near(first.landmarks[PC_LEFT_HIP].x, second.landmarks[PC_LEFT_HIP].x, 1e-9);
}

static void refine_refuses_the_neighbour(void **state)
{
    (void)state;
    struct pc_person first = person_at(0, 0, .5), neighbour = person_at(300, 10, .9);
    assert_int_equal(pc_people_refine(&first, neighbour.landmarks), 0);
    assert_near(first.landmarks[PC_NOSE].x, 480, 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settle_sorts_and_drops_the_unlikely),
        cmocka_unit_test(settle_keeps_one_of_a_body_found_twice),
        cmocka_unit_test(settle_keeps_two_who_stand_close),
        cmocka_unit_test(alike_is_one_for_the_same_and_nought_for_the_unsure),
        cmocka_unit_test(refine_takes_better_landmarks_and_repairs_sides),
        cmocka_unit_test(refine_refuses_the_neighbour),
    };
    return cmocka_run_group_tests_name("pose-people", tests, NULL, NULL);
}
