/* Reading COCO keypoint files: what is read, what is rejected and where, and rotated images. */
#include <jansson.h>
#include <math.h>

#include "base/buf.h"
#include "eval/ground_truth.h"
#include "support.h"

static struct pc_ground_truth parsed(const char *json)
{
    struct pc_ground_truth truth;
    struct pc_err err = PC_ERR_INIT;
    assert_ok(pc_ground_truth_parse(json, strlen(json), &truth, &err), &err);
    return truth;
}

static void reads_the_people_of_each_image(void **state)
{
    struct pc_ground_truth t = parsed(
        "{\"images\": [{\"id\": 9, \"file_name\": \"b/x.jpg\", \"width\": 40, \"height\": 20},"
        "             {\"id\": 4, \"file_name\": \"..a.jpg\"}],"
        " \"categories\": [{\"id\": 3, \"name\": \"dog\"},"
        "   {\"id\": 5, \"name\": \"person\", \"keypoints\": [\"left_hip\", \"tail\", \"nose\"]}],"
        " \"annotations\": ["
        "  {\"image_id\": 4, \"category_id\": 5, \"bbox\": [1, 2, 3, 4], \"area\": 7.5,"
        "   \"keypoints\": [10, 11, 2, 0, 0, 2, 20, 21, 1]},"
        "  {\"image_id\": 9, \"category_id\": 3, \"bbox\": [0, 0, 9, 9]},"
        "  {\"image_id\": 4, \"category_id\": 5, \"bbox\": [0, 0, 5, 5],"
        "   \"keypoints\": [0, 0, 0, 0, 0, 0, 30, 31, 2]}]}");
    (void)state;
    assert_int_equal(t.n, 2);
    assert_string_equal(t.images[0].file, "b/x.jpg");
    assert_int_equal(t.images[0].n, 0); /* the dog is nobody */
    assert_int_equal(t.images[0].width, 40);
    assert_int_equal(t.images[1].n, 2);
    const struct pc_ground_truth_person *p = t.images[1].people;
    assert_true(p[0].measured && p[1].measured);
    assert_int_equal(p[0].n_labelled, 2);
    assert_true(p[0].area == 7.5 && p[1].area == 25); /* of the box, when not told */
    assert_true(p[0].keypoints[PC_LEFT_HIP].x == 10 && p[0].keypoints[PC_NOSE].y == 21);
    assert_true(p[0].keypoints[PC_NOSE].score == 1); /* hidden, but labelled */
    assert_true(p[1].keypoints[PC_LEFT_HIP].score == 0);
    pc_ground_truth_finish(&t);
    assert_int_equal(t.n, 0);
}

static void crowds_and_bare_boxes_are_not_measured(void **state)
{
    struct pc_ground_truth t = parsed(
        "{\"images\": [{\"id\": 1, \"file_name\": \"a\"}],"
        " \"categories\": [{\"id\": 1, \"name\": \"person\", \"keypoints\": [\"nose\"]}],"
        " \"annotations\": ["
        "  {\"image_id\": 1, \"category_id\": 1, \"bbox\": [0, 0, 5, 5], \"iscrowd\": 1,"
        "   \"keypoints\": [1, 1, 2]},"
        "  {\"image_id\": 1, \"category_id\": 1, \"bbox\": [0, 0, 5, 5], \"num_keypoints\": 0,"
        "   \"keypoints\": [1, 1, 2]},"
        "  {\"image_id\": 1, \"category_id\": 1, \"bbox\": [0, 0, 5, 5], \"keypoints\": [0, 0, 0]},"
        "  {\"image_id\": 1, \"category_id\": 1, \"bbox\": [0, 0, 5, 5]},"
        "  {\"image_id\": 1, \"category_id\": 1, \"bbox\": [0, 0, 0, 5], \"keypoints\": [1, 1, "
        "2]}]}");
    (void)state;
    assert_int_equal(t.images[0].n, 5);
    for (int i = 0; i < 5; i++)
        assert_false(t.images[0].people[i].measured);
    pc_ground_truth_finish(&t);
}

static void without_categories_it_is_coco_itself(void **state)
{
    struct pc_ground_truth t = parsed(
        "{\"images\": [{\"id\": 1, \"file_name\": \"a\"}], \"annotations\": ["
        "  {\"image_id\": 1, \"category_id\": 18, \"bbox\": [0, 0, 5, 5]},"
        "  {\"image_id\": 1, \"category_id\": 1, \"bbox\": [0, 0, 5, 5], \"keypoints\": [5, 6, 2, "
        "0,0,0, 0,0,0, 0,0,0, 0,0,0, 0,0,0, 0,0,0, 0,0,0, 0,0,0, 0,0,0, 0,0,0, 0,0,0, 0,0,0, "
        "0,0,0, "
        "0,0,0, 0,0,0, 7, 8, 1]}]}");
    (void)state;
    assert_int_equal(t.images[0].n, 1);
    assert_true(t.images[0].people[0].keypoints[PC_RIGHT_ANKLE].y == 8);
    pc_ground_truth_finish(&t);
}

/* --- what is refused --- */

static void reject_one(const json_t *one)
{
    const char *about = json_string_value(json_object_get(one, "about"));
    const char *says = json_string_value(json_object_get(one, "says"));
    const char *text = json_string_value(json_object_get(one, "text"));
    char *dumped = text ? NULL : json_dumps(json_object_get(one, "truth"), 0);
    const char *json = text ? text : dumped;
    struct pc_ground_truth truth;
    struct pc_err err = PC_ERR_INIT;
    enum pc_code rc = pc_ground_truth_parse(json, strlen(json), &truth, &err);
    if (rc != PC_E_BAD_TRUTH || !strstr(err.message, says) || truth.n != 0)
        fail_msg("%s: %s \"%s\"", about, pc_code_name(rc), err.message);
    free(dumped);
}

static void rejects_with_the_place(void **state)
{
    char *path = test_source("tests/unit/eval/ground_truth_bad.json");
    json_t *cases = json_load_file(path, 0, NULL), *one;
    size_t i;
    (void)state;
    assert_true(json_array_size(cases) > 20);
    json_array_foreach(cases, i, one) reject_one(one);
    json_decref(cases);
    free(path);
}

/* --- orientation --- */

/* Stored 40 x 20, left eye at (4, 2), box from (4, 2) to (10, 5). */
static struct pc_ground_truth turned(int orientation, const char *size, enum pc_code wanted)
{
    char json[400];
    struct pc_err err = PC_ERR_INIT;
    snprintf(
        json, sizeof json,
        "{\"images\": [{\"id\": 1, \"file_name\": \"a\"%s}], \"categories\": [{\"id\": 1, "
        "\"name\": \"person\", \"keypoints\": [\"left_eye\"]}], \"annotations\": [{\"image_id\": "
        "1, \"category_id\": 1, \"bbox\": [4, 2, 6, 3], \"keypoints\": [4, 2, 2]}]}",
        size);
    struct pc_ground_truth t = parsed(json);
    int w = orientation >= 5 ? 20 : 40;
    assert_int_equal(pc_ground_truth_upright(&t.images[0], orientation, w, 60 - w, &err), wanted);
    return t;
}

static void labels_turn_with_the_image(void **state)
{
    static const struct {
        double x, y, box_x, box_y;
        enum pc_keypoint_id eye; /* mirrored, left is right */
    } wanted[9] = {
        [1] = {4, 2, 4, 2, PC_LEFT_EYE},      [2] = {36, 2, 30, 2, PC_RIGHT_EYE},
        [3] = {36, 18, 30, 15, PC_LEFT_EYE},  [4] = {4, 18, 4, 15, PC_RIGHT_EYE},
        [5] = {2, 4, 2, 4, PC_RIGHT_EYE},     [6] = {18, 4, 15, 4, PC_LEFT_EYE},
        [7] = {18, 36, 15, 30, PC_RIGHT_EYE}, [8] = {2, 36, 2, 30, PC_LEFT_EYE},
    };
    (void)state;
    for (int o = 1; o <= 8; o++) {
        struct pc_ground_truth t = turned(o, ", \"width\": 40, \"height\": 20", PC_OK);
        const struct pc_ground_truth_person *p = t.images[0].people;
        struct pc_keypoint eye = p->keypoints[wanted[o].eye];
        if (eye.score != 1 || eye.x != wanted[o].x || eye.y != wanted[o].y ||
            p->box.x != wanted[o].box_x || p->box.y != wanted[o].box_y)
            fail_msg("orientation %d: eye at %g, %g, box at %g, %g", o, eye.x, eye.y, p->box.x,
                     p->box.y);
        assert_true(p->box.w == (o >= 5 ? 3 : 6) && p->box.h == (o >= 5 ? 6 : 3));
        assert_int_equal(t.images[0].width, o >= 5 ? 20 : 40);
        pc_ground_truth_finish(&t);
    }
}

static void labels_of_the_upright_image_stay(void **state)
{
    struct pc_ground_truth t = turned(6, ", \"width\": 20, \"height\": 40", PC_OK);
    (void)state;
    assert_true(t.images[0].people[0].keypoints[PC_LEFT_EYE].x == 4);
    pc_ground_truth_finish(&t);
    t = turned(6, "", PC_OK); /* without a size: as stored */
    assert_true(t.images[0].people[0].keypoints[PC_LEFT_EYE].x == 18);
    pc_ground_truth_finish(&t);
}

static void labels_of_another_size_are_rejected(void **state)
{
    (void)state;
    for (int o = 1; o <= 8; o++) {
        struct pc_ground_truth t = turned(o, ", \"width\": 80, \"height\": 40", PC_E_BAD_TRUTH);
        pc_ground_truth_finish(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_people_of_each_image),
        cmocka_unit_test(crowds_and_bare_boxes_are_not_measured),
        cmocka_unit_test(without_categories_it_is_coco_itself),
        cmocka_unit_test(rejects_with_the_place),
        cmocka_unit_test(labels_turn_with_the_image),
        cmocka_unit_test(labels_of_the_upright_image_stay),
        cmocka_unit_test(labels_of_another_size_are_rejected),
    };
    return cmocka_run_group_tests_name("eval truth", tests, NULL, NULL);
}
