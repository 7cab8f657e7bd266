#include "pose_support.h"

#include "figure.h"
#include "pose/matching.h"

/* The drawn figure's keypoints, moved by (dx, dy). */
static struct pc_person person_at(double dx, double dy, double score)
{
    struct pc_person p = {.score = score, .box = test_figure_box(960, 1440)};
    test_figure_keypoints(960, 1440, p.keypoints);
    p.box.x += dx;
    p.box.y += dy;
    for (int k = 0; k < PC_KEYPOINT_COUNT; k++) {
        p.keypoints[k].x += dx;
        p.keypoints[k].y += dy;
        p.keypoints[k].score = .8;
    }
    return p;
}

static void swap_sides(struct pc_keypoint keypoints[PC_KEYPOINT_COUNT])
{
    for (int k = PC_LEFT_EYE; k < PC_KEYPOINT_COUNT; k += 2) {
        struct pc_keypoint left = keypoints[k];
        keypoints[k] = keypoints[k + 1];
        keypoints[k + 1] = left;
    }
}

static void suppress_sorts_and_drops_the_unlikely(void **state)
{
    (void)state;
    struct pc_people people = {
        3, {person_at(0, 0, .3), person_at(900, 0, .24), person_at(1800, 0, .7)}};
    pc_pose_suppress(&people, .25);
    assert_int_equal(people.n, 2);
    assert_near(people.p[0].score, .7, 1e-9);
    assert_near(people.p[1].score, .3, 1e-9);
    pc_pose_suppress(&people, .9);
    assert_int_equal(people.n, 0);
    pc_pose_suppress(&people, .25);
    assert_int_equal(people.n, 0);
}

static void suppress_keeps_one_of_a_body_found_twice(void **state)
{
    (void)state;
    struct pc_people people = {3,
                               {person_at(0, 0, .5), person_at(12, 8, .6), person_at(900, 0, .4)}};
    swap_sides(people.p[0].keypoints); /* also when one of them sees its back */
    pc_pose_suppress(&people, .25);
    assert_int_equal(people.n, 2);
    assert_near(people.p[0].score, .6, 1e-9);
    assert_near(people.p[1].score, .4, 1e-9);
}

static void suppress_keeps_two_who_stand_close(void **state)
{
    (void)state;
    struct pc_people people = {2, {person_at(0, 0, .5), person_at(150, 20, .6)}};
    assert_true(pc_box_iou(people.p[0].box, people.p[1].box) > .4);
    pc_pose_suppress(&people, .25);
    assert_int_equal(people.n, 2);
}

static void similarity_is_one_for_the_same_and_zero_for_the_unsure(void **state)
{
    (void)state;
    struct pc_person a = person_at(0, 0, .5), b = person_at(0, 0, .5), far = person_at(900, 0, .5);
    assert_near(pc_pose_similarity(&a, b.keypoints, 0), 1, 1e-9);
    assert_true(pc_pose_similarity(&a, b.keypoints, 1) < .6);
    assert_near(pc_pose_similarity(&a, far.keypoints, 0), 0, 1e-6);
    for (int k = 0; k < PC_KEYPOINT_COUNT; k++)
        a.keypoints[k].score = .1;
    assert_near(pc_pose_similarity(&a, b.keypoints, 0), 0, 1e-9);
}

static void refine_accepts_better_keypoints_and_repairs_sides(void **state)
{
    (void)state;
    struct pc_person first = person_at(0, 0, .5), second = person_at(9, -6, .5);
    assert_int_equal(pc_pose_refine(&first, second.keypoints), 1);
    assert_near(first.keypoints[PC_NOSE].x, second.keypoints[PC_NOSE].x, 1e-9);
    swap_sides(second.keypoints);
    assert_int_equal(pc_pose_refine(&first, second.keypoints), 1);
    assert_near(first.keypoints[PC_LEFT_HIP].x, second.keypoints[PC_LEFT_HIP].x, 1e-9);
}

static void refine_rejects_the_neighbour(void **state)
{
    (void)state;
    struct pc_person first = person_at(0, 0, .5), neighbour = person_at(300, 10, .9);
    assert_int_equal(pc_pose_refine(&first, neighbour.keypoints), 0);
    assert_near(first.keypoints[PC_NOSE].x, 480, 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(suppress_sorts_and_drops_the_unlikely),
        cmocka_unit_test(suppress_keeps_one_of_a_body_found_twice),
        cmocka_unit_test(suppress_keeps_two_who_stand_close),
        cmocka_unit_test(similarity_is_one_for_the_same_and_zero_for_the_unsure),
        cmocka_unit_test(refine_accepts_better_keypoints_and_repairs_sides),
        cmocka_unit_test(refine_rejects_the_neighbour),
    };
    return cmocka_run_group_tests_name("pose-people", tests, NULL, NULL);
}
