/* The whole of it on drawn people. */
#include "pose_support.h"

#include <math.h>
#include <pthread.h>

#include "base/mem.h"
#include "figure.h"

static const struct pc_deadline NO_LIMIT = {0};

static int setup(void **state)
{
    *state = test_pose_open(PC_MAX_PEOPLE);
    return 0;
}

static int teardown(void **state)
{
    pc_pose_destroy(*state);
    return 0;
}

static struct pc_people detect(struct pc_pose *pose, struct test_pixels *pixels)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_pose_source src = test_source_of(pixels);
    struct pc_people people;
    assert_ok(pc_pose_detect(pose, &src, NO_LIMIT, &people, &err), &err);
    return people;
}

/* All keypoints within .2 heads of where they were drawn, which was at (dx, dy) in the image. */
static void assert_is_figure(const struct pc_person *person, int w, int h, double dx, double dy)
{
    struct pc_keypoint drawn[PC_KEYPOINT_COUNT];
    test_figure_keypoints(w, h, drawn);
    struct pc_box box = test_figure_box(w, h);
    double limit = .2 * box.h / 7.5;
    for (int k = 0; k < PC_KEYPOINT_COUNT; k++) {
        const struct pc_keypoint *found = &person->keypoints[k];
        double off = hypot(found->x - drawn[k].x - dx, found->y - drawn[k].y - dy);
        if (off > limit || found->score < .2)
            fail_msg("%s is %.1f px off (%.1f allowed), score %.2f",
                     pc_keypoint_name((enum pc_keypoint_id)k), off, limit, found->score);
    }
    box.x += dx;
    box.y += dy;
    assert_true(pc_box_iou(box, person->box) > .85);
}

static void finds_the_figure_at_any_size(void **state)
{
    if (!*state)
        skip_because("the model is not installed");
    static const int sizes[][2] = {{960, 1440}, {320, 480}, {700, 700}, {1200, 800}, {2000, 3000}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct test_pixels p = test_pixels_figure(sizes[i][0], sizes[i][1]);
        struct pc_people people = detect(*state, &p);
        assert_int_equal(people.n, 1);
        assert_true(people.p[0].score >= .4);
        assert_is_figure(&people.p[0], p.w, p.h, 0, 0);
        assert_true(people.p[0].keypoints[PC_LEFT_SHOULDER].x >
                    people.p[0].keypoints[PC_RIGHT_SHOULDER].x);
        free(p.rgb);
    }
}

static void finds_nobody_on_a_blank_wall(void **state)
{
    if (!*state)
        skip_because("the model is not installed");
    static const int sizes[][2] = {{640, 480}, {1, 1}, {3000, 2}, {5, 900}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct test_pixels p = test_pixels_grey(sizes[i][0], sizes[i][1]);
        assert_int_equal(detect(*state, &p).n, 0);
        free(p.rgb);
    }
}

/* In the whole of such an image, a person is some twenty pixels of the network's input high. */
static void finds_each_person_of_a_very_long_image_once(void **state)
{
    if (!*state)
        skip_because("the model is not installed");
    static const struct {
        int w, h, n, at[2][2];
    } cases[] = {
        {4000, 400, 1, {{1830, 0}}},
        {6000, 400, 2, {{310, 0}, {5500, 0}}},
        {300, 4500, 1, {{0, 2333}}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct test_pixels wall = test_pixels_grey(cases[i].w, cases[i].h);
        struct test_pixels figure = test_pixels_figure(266, 400);
        for (int k = 0; k < cases[i].n; k++)
            test_pixels_paste(&wall, &figure, cases[i].at[k][0], cases[i].at[k][1]);
        struct pc_people people = detect(*state, &wall);
        assert_int_equal(people.n, cases[i].n);
        for (int k = 0; k < people.n; k++) {
            int which = cases[i].n > 1 && people.p[k].box.x > cases[i].w / 2.0;
            assert_true(people.p[k].score >= .4);
            assert_is_figure(&people.p[k], 266, 400, cases[i].at[which][0], cases[i].at[which][1]);
        }
        free(figure.rgb);
        free(wall.rgb);
    }
}

/* Two beside each other, the right one larger. */
static struct test_pixels two_people(void)
{
    struct test_pixels wall = test_pixels_grey(1000, 900);
    struct test_pixels small = test_pixels_figure(450, 700), large = test_pixels_figure(500, 900);
    test_pixels_paste(&wall, &small, 20, 100);
    test_pixels_paste(&wall, &large, 500, 0);
    free(small.rgb);
    free(large.rgb);
    return wall;
}

static void finds_two_people_each_with_their_own_keypoints(void **state)
{
    if (!*state)
        skip_because("the model is not installed");
    struct test_pixels p = two_people();
    struct pc_people people = detect(*state, &p);
    assert_int_equal(people.n, 2);
    assert_true(people.p[0].score >= people.p[1].score);
    int left = people.p[0].box.x < people.p[1].box.x ? 0 : 1;
    assert_is_figure(&people.p[left], 450, 700, 20, 100);
    assert_is_figure(&people.p[1 - left], 500, 900, 500, 0);
    free(p.rgb);
}

static void keypoints_of_a_cut_off_body_may_lie_outside(void **state)
{
    if (!*state)
        skip_because("the model is not installed");
    struct test_pixels whole = test_pixels_figure(960, 1440);
    whole.h = 760; /* cut at the hips */
    struct pc_people people = detect(*state, &whole);
    assert_int_equal(people.n, 1);
    assert_true(people.p[0].box.y + people.p[0].box.h <= 760.01);
    assert_true(people.p[0].keypoints[PC_LEFT_SHOULDER].score > .3);
    assert_true(people.p[0].keypoints[PC_LEFT_ANKLE].score < .2);
    free(whole.rgb);
}

static void as_many_people_are_refined_as_asked(void **state)
{
    if (!*state)
        skip_because("the model is not installed");
    struct test_pixels p = two_people();
    struct pc_people all = detect(*state, &p);
    struct pc_pose *one = test_pose_open(1);
    struct pc_people first = detect(one, &p);
    assert_int_equal(first.n, 2);
    assert_near(first.p[0].keypoints[0].score, all.p[0].keypoints[0].score, 1e-4);
    double change = 0;
    for (int k = 0; k < PC_KEYPOINT_COUNT; k++)
        change += fabs(first.p[1].keypoints[k].score - all.p[1].keypoints[k].score);
    assert_true(change > .05); /* the second person keeps what the first network said */
    assert_near(first.p[1].box.x, all.p[1].box.x, .1);
    assert_string_equal(pc_pose_model_id(one), pc_pose_model_id(*state));
    pc_pose_destroy(one);
    free(p.rgb);
}

static void model_id_names_the_files(void **state)
{
    if (!*state)
        skip_because("the model is not installed");
    const char *id = pc_pose_model_id(*state), *prefix = "movenet-multipose+thunder@";
    assert_memory_equal(id, prefix, strlen(prefix));
    assert_int_equal(strlen(id), strlen(prefix) + 12);
    assert_int_equal(strspn(id + strlen(prefix), "0123456789abcdef"), 12);
}

static void a_time_limit_is_kept(void **state)
{
    if (!*state)
        skip_because("the model is not installed");
    struct pc_err err = PC_ERR_INIT;
    struct test_pixels p = test_pixels_figure(320, 480);
    struct pc_pose_source src = test_source_of(&p);
    struct pc_people people = {3};
    struct pc_deadline over = {pc_clock_mono_ms() - 1};
    assert_code(pc_pose_detect(*state, &src, over, &people, &err), PC_E_TIMEOUT_POSE);
    assert_int_equal(people.n, 0);
    free(p.rgb);
}

struct failing {
    struct pc_pose_source inner;
    int left; /* views that work */
};

static enum pc_code failing_view(void *ctx, struct pc_box square, int size, uint8_t *rgb,
                                 struct pc_err *err)
{
    struct failing *f = ctx;
    if (f->left-- == 0)
        return pc_fail(err, PC_E_IMAGE_CORRUPT, NULL);
    return f->inner.view(f->inner.ctx, square, size, rgb, err);
}

static void a_failing_source_is_passed_on(void **state)
{
    if (!*state)
        skip_because("the model is not installed");
    struct test_pixels p = test_pixels_figure(320, 480);
    for (int works = 0; works < 2; works++) {
        struct pc_err err = PC_ERR_INIT;
        struct failing f = {test_source_of(&p), works};
        struct pc_pose_source src = {p.w, p.h, &f, failing_view};
        struct pc_people people;
        assert_code(pc_pose_detect(*state, &src, NO_LIMIT, &people, &err), PC_E_IMAGE_CORRUPT);
        assert_int_equal(people.n, 0);
    }
    assert_int_equal(detect(*state, &p).n, 1);
    free(p.rgb);
}

struct job {
    struct pc_pose *pose;
    struct test_pixels *pixels;
    struct pc_people people[4];
    enum pc_code rc;
};

static void *run_job(void *arg)
{
    struct job *job = arg;
    struct pc_pose_source src = test_source_of(job->pixels);
    struct pc_err err = PC_ERR_INIT;
    for (int i = 0; i < 4 && !job->rc; i++)
        job->rc = pc_pose_detect(job->pose, &src, NO_LIMIT, &job->people[i], &err);
    return NULL;
}

static void assert_same(const struct pc_people *a, const struct pc_people *b)
{
    assert_int_equal(a->n, b->n);
    for (int i = 0; i < a->n; i++) {
        assert_near(a->p[i].score, b->p[i].score, 1e-5);
        for (int k = 0; k < PC_KEYPOINT_COUNT; k++) {
            assert_near(a->p[i].keypoints[k].x, b->p[i].keypoints[k].x, 1e-2);
            assert_near(a->p[i].keypoints[k].y, b->p[i].keypoints[k].y, 1e-2);
            assert_near(a->p[i].keypoints[k].score, b->p[i].keypoints[k].score, 1e-5);
        }
    }
}

static void four_threads_answer_as_one(void **state)
{
    if (!*state)
        skip_because("the model is not installed");
    enum { THREADS = 4 };
    struct test_pixels one = test_pixels_figure(480, 720), two = two_people();
    struct pc_people expected[2] = {detect(*state, &one), detect(*state, &two)};
    struct job jobs[THREADS] = {0};
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        jobs[i].pose = *state;
        jobs[i].pixels = i % 2 ? &two : &one;
        assert_int_equal(pthread_create(&threads[i], NULL, run_job, &jobs[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(jobs[i].rc, PC_OK);
        for (int j = 0; j < 4; j++)
            assert_same(&expected[i % 2], &jobs[i].people[j]);
    }
    free(one.rgb);
    free(two.rgb);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_figure_at_any_size),
        cmocka_unit_test(finds_nobody_on_a_blank_wall),
        cmocka_unit_test(finds_each_person_of_a_very_long_image_once),
        cmocka_unit_test(finds_two_people_each_with_their_own_keypoints),
        cmocka_unit_test(keypoints_of_a_cut_off_body_may_lie_outside),
        cmocka_unit_test(as_many_people_are_refined_as_asked),
        cmocka_unit_test(model_id_names_the_files),
        cmocka_unit_test(a_time_limit_is_kept),
        cmocka_unit_test(a_failing_source_is_passed_on),
        cmocka_unit_test(four_threads_answer_as_one),
    };
    return cmocka_run_group_tests_name("pose", tests, setup, teardown);
}
