/* OKS, PCK and the pairing of people, against numbers worked out by hand. */
#include <math.h>

#include "eval/measure.h"
#include "support.h"

static void near(double got, double wanted)
{
    if (!(fabs(got - wanted) < 1e-4))
        fail_msg("%f, not %f", got, wanted);
}

static void label(struct pc_ground_truth_person *p, enum pc_keypoint_id id, double x, double y)
{
    p->n_labelled += p->keypoints[id].score == 0;
    p->keypoints[id] = (struct pc_keypoint){x, y, 1};
    p->measured = true;
}

static struct pc_ground_truth_person person_of(double area, struct pc_box box)
{
    return (struct pc_ground_truth_person){.area = area, .box = box};
}

static void oks_of_one_point(void **state)
{
    struct pc_ground_truth_person truth = person_of(10000, (struct pc_box){50, 50, 100, 100});
    struct pc_keypoint found[PC_KEYPOINT_COUNT] = {0};
    (void)state;
    label(&truth, PC_NOSE, 100, 100);
    found[PC_NOSE] = (struct pc_keypoint){100, 100, .01};
    near(pc_measure_oks(&truth, found), 1);
    /* d = 10, k = 2 * .026: exp(-100 / (2 * 10000 * .002704)) */
    found[PC_NOSE] = (struct pc_keypoint){106, 108, 1};
    near(pc_measure_oks(&truth, found), .157377);
    /* the same miss on a body with four times the area: the fourth root of that */
    truth.area = 40000;
    near(pc_measure_oks(&truth, found), .629852);
}

static void oks_is_the_mean_over_labelled_points(void **state)
{
    struct pc_ground_truth_person truth = person_of(10000, (struct pc_box){0, 0, 100, 100});
    struct pc_keypoint found[PC_KEYPOINT_COUNT] = {0};
    (void)state;
    for (int i = 0; i < PC_KEYPOINT_COUNT; i++) /* far off, but without a label */
        found[i] = (struct pc_keypoint){9000, 9000, 1};
    label(&truth, PC_NOSE, 10, 10);
    label(&truth, PC_LEFT_HIP, 50, 50);
    found[PC_NOSE] = (struct pc_keypoint){10, 10, 1};
    found[PC_LEFT_HIP] = (struct pc_keypoint){50, 70, 1};
    /* d = 20, k = 2 * .107: exp(-400 / (2 * 10000 * .045796)) = .646169 */
    near(pc_measure_oks(&truth, found), (1 + .646169) / 2);
}

static void nothing_labelled_is_nothing(void **state)
{
    struct pc_ground_truth_person truth = person_of(100, (struct pc_box){0, 0, 10, 10});
    struct pc_keypoint found[PC_KEYPOINT_COUNT] = {0};
    (void)state;
    near(pc_measure_oks(&truth, found), 0);
    assert_int_equal(pc_measure_pck(&truth, found), 0);
}

static void pck_is_a_fifth_of_the_torso(void **state)
{
    struct pc_ground_truth_person truth = person_of(1, (struct pc_box){0, 0, 500, 500});
    struct pc_keypoint found[PC_KEYPOINT_COUNT] = {0};
    (void)state;
    label(&truth, PC_LEFT_SHOULDER, 100, 100);
    label(&truth, PC_RIGHT_SHOULDER, 110, 100);
    label(&truth, PC_RIGHT_HIP, 130, 140);
    near(pc_measure_torso(&truth),
         50); /* from the left shoulder: 30 and 40; the right: 20 and 40 */
    found[PC_LEFT_SHOULDER] = (struct pc_keypoint){106, 108, 1};    /* 10 off: right */
    found[PC_RIGHT_SHOULDER] = (struct pc_keypoint){110, 110.1, 1}; /* 10.1 off: wrong */
    found[PC_RIGHT_HIP] = (struct pc_keypoint){130, 140, 1};
    assert_int_equal(pc_measure_pck(&truth, found), 2);
}

static void pck_falls_back_to_the_box(void **state)
{
    struct pc_ground_truth_person truth = person_of(1, (struct pc_box){0, 0, 100, 400});
    struct pc_keypoint found[PC_KEYPOINT_COUNT] = {0};
    (void)state;
    label(&truth, PC_LEFT_ANKLE, 50, 380);
    label(&truth, PC_LEFT_HIP, 50, 200); /* a hip without a shoulder is no torso */
    near(pc_measure_torso(&truth), 100);
    found[PC_LEFT_ANKLE] = (struct pc_keypoint){50, 361, 1};
    found[PC_LEFT_HIP] = (struct pc_keypoint){50, 179, 1};
    assert_int_equal(pc_measure_pck(&truth, found), 1);
}

/* --- pairing --- */

static struct pc_ground_truth_person standing(double x)
{
    struct pc_ground_truth_person p = person_of(20000, (struct pc_box){x, 0, 100, 200});
    label(&p, PC_NOSE, x + 50, 20);
    label(&p, PC_LEFT_ANKLE, x + 50, 190);
    return p;
}

static struct pc_person found_like(const struct pc_ground_truth_person *truth, double off)
{
    struct pc_person p = {.score = .9, .box = truth->box};
    p.box.x += off;
    for (int i = 0; i < PC_KEYPOINT_COUNT; i++) {
        p.keypoints[i] = truth->keypoints[i];
        p.keypoints[i].x += off;
    }
    return p;
}

static void the_most_similar_are_paired_first(void **state)
{
    struct pc_ground_truth_person labelled[] = {standing(0), standing(60)};
    struct pc_ground_truth_image image = {.n = 2, .people = labelled};
    struct pc_people people = {.n = 2};
    int found_of[2], truth_of[PC_MAX_PEOPLE];
    (void)state;
    people.p[0] = found_like(&labelled[1], 4);  /* 60 + 4 */
    people.p[1] = found_like(&labelled[0], 25); /* 25: between the two */
    pc_measure_match(&image, &people, found_of, truth_of);
    assert_int_equal(found_of[0], 1);
    assert_int_equal(found_of[1], 0);
    assert_int_equal(truth_of[0], 1);
    assert_int_equal(truth_of[1], 0);
    assert_int_equal(truth_of[2], -1);
}

static void each_is_paired_once_and_strangers_never(void **state)
{
    struct pc_ground_truth_person labelled[] = {standing(0), standing(5), standing(4000)};
    struct pc_ground_truth_image image = {.n = 3, .people = labelled};
    struct pc_people people = {.n = 2};
    int found_of[3], truth_of[PC_MAX_PEOPLE];
    (void)state;
    people.p[0] = found_like(&labelled[1], 0);
    people.p[1] = found_like(&labelled[0], 1500); /* like nobody */
    pc_measure_match(&image, &people, found_of, truth_of);
    assert_int_equal(found_of[0], -1);
    assert_int_equal(found_of[1], 0);
    assert_int_equal(found_of[2], -1);
    assert_int_equal(truth_of[1], -1);
}

static void bare_boxes_are_paired_by_their_place(void **state)
{
    struct pc_ground_truth_person bare = person_of(20000, (struct pc_box){0, 0, 100, 200});
    struct pc_ground_truth_person labelled = standing(0);
    struct pc_ground_truth_image image = {.n = 1, .people = &bare};
    struct pc_people people = {.n = 1};
    int found_of[1], truth_of[PC_MAX_PEOPLE];
    (void)state;
    people.p[0] = found_like(&labelled, 50); /* boxes share a third */
    pc_measure_match(&image, &people, found_of, truth_of);
    assert_int_equal(found_of[0], 0);
    people.p[0].box.x = 90; /* 10 of 190 */
    pc_measure_match(&image, &people, found_of, truth_of);
    assert_int_equal(found_of[0], -1);
}

static void nobody_found_is_no_pair(void **state)
{
    struct pc_ground_truth_person labelled = standing(0);
    struct pc_ground_truth_image image = {.n = 1, .people = &labelled}, empty = {0};
    struct pc_people nobody = {.n = 0}, one = {.n = 1};
    int found_of[1], truth_of[PC_MAX_PEOPLE];
    (void)state;
    pc_measure_match(&image, &nobody, found_of, truth_of);
    assert_int_equal(found_of[0], -1);
    one.p[0] = found_like(&labelled, 0);
    pc_measure_match(&empty, &one, found_of, truth_of);
    assert_int_equal(truth_of[0], -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(oks_of_one_point),
        cmocka_unit_test(oks_is_the_mean_over_labelled_points),
        cmocka_unit_test(nothing_labelled_is_nothing),
        cmocka_unit_test(pck_is_a_fifth_of_the_torso),
        cmocka_unit_test(pck_falls_back_to_the_box),
        cmocka_unit_test(the_most_similar_are_paired_first),
        cmocka_unit_test(each_is_paired_once_and_strangers_never),
        cmocka_unit_test(bare_boxes_are_paired_by_their_place),
        cmocka_unit_test(nobody_found_is_no_pair),
    };
    return cmocka_run_group_tests_name("eval measure", tests, NULL, NULL);
}
