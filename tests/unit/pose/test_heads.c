/* The decoders on made-up heads: what each number of a head does, and that the short cut in the
 * search for a keypoint changes nothing. */
#include "pose_support.h"

#include <math.h>

#include "base/mem.h"
#include "pose/heads.h"

enum { PLANES = 1 + 17 + 34 + 34 + 2 + 2 + 1 };

struct fake_heads { /* all heads in one block */
    float *block, *centre, *heatmap, *regression, *offset, *box_scale, *box_offset, *weight;
};

static struct fake_heads make_heads(void)
{
    struct fake_heads m = {pc_xzalloc(PLANES * PC_CELLS * sizeof(float))};
    m.centre = m.block;
    m.heatmap = m.centre + PC_CELLS;
    m.regression = m.heatmap + 17 * PC_CELLS;
    m.offset = m.regression + 34 * PC_CELLS;
    m.box_scale = m.offset + 34 * PC_CELLS;
    m.box_offset = m.box_scale + 2 * PC_CELLS;
    m.weight = m.box_offset + 2 * PC_CELLS;
    for (int i = 0; i < PC_CELLS; i++) {
        m.centre[i] = -20;
        m.weight[i] = 1;
    }
    for (int i = 0; i < 17 * PC_CELLS; i++)
        m.heatmap[i] = -20;
    return m;
}

static struct pc_people decode(const struct fake_heads *m)
{
    struct pc_multipose_heads heads = {m->centre, m->heatmap,   m->regression,
                                       m->offset, m->box_scale, m->box_offset};
    struct pc_people people;
    pc_heads_multipose(&heads, &people);
    return people;
}

static int cell(int y, int x)
{
    return y * PC_GRID + x;
}

/* A body with its middle at (y, x), a box of 40 x 20 cells, and each keypoint k one cell to the
 * right and k - 8 cells below the middle, of heat 2. */
static void put_body(struct fake_heads *m, int y, int x, float centre)
{
    int c = cell(y, x);
    m->centre[c] = centre;
    m->box_scale[c] = 40;
    m->box_scale[PC_CELLS + c] = 20;
    for (int k = 0; k < 17; k++) {
        m->regression[2 * k * PC_CELLS + c] = (float)(k - 8);
        m->regression[(2 * k + 1) * PC_CELLS + c] = 1;
        m->heatmap[k * PC_CELLS + cell(y + k - 8, x + 1)] = 2;
    }
}

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static void multipose_reads_a_body(void **state)
{
    (void)state;
    struct fake_heads m = make_heads();
    put_body(&m, 30, 25, 3);
    m.box_offset[cell(30, 25)] = .5F;
    int at = cell(30 - 8, 26); /* the nose's cell */
    m.offset[at] = .25F;
    m.offset[PC_CELLS + at] = -.5F;
    struct pc_people people = decode(&m);
    struct pc_person *p = &people.p[0];
    assert_near(p->score, sigmoid(3) * sigmoid(2), 1e-5);
    assert_near(p->box.y, (30.5 - 20) * 4, 1e-4);
    assert_near(p->box.x, (25 - 10) * 4, 1e-4);
    assert_near(p->box.w, 80, 1e-4);
    assert_near(p->box.h, 160, 1e-4);
    assert_near(p->keypoints[PC_NOSE].y, 22.25 * 4, 1e-4);
    assert_near(p->keypoints[PC_NOSE].x, 25.5 * 4, 1e-4);
    assert_near(p->keypoints[PC_NOSE].score, sigmoid(2), 1e-5);
    assert_near(p->keypoints[PC_RIGHT_ANKLE].y, 38 * 4, 1e-4);
    free(m.block);
}

static void multipose_prefers_the_keypoint_that_is_near(void **state)
{
    (void)state;
    struct fake_heads m = make_heads();
    put_body(&m, 30, 30, 3);
    float *nose = m.heatmap;
    nose[cell(22, 38)] = 4; /* hotter, 7 cells off: exp(-49 / 19.2) leaves little */
    struct pc_people people = decode(&m);
    assert_near(people.p[0].keypoints[PC_NOSE].x, 31 * 4, 1e-4);
    nose[cell(22, 31)] = -4;
    people = decode(&m);
    assert_near(people.p[0].keypoints[PC_NOSE].x, 38 * 4, 1e-4);
    assert_near(people.p[0].keypoints[PC_NOSE].score, sigmoid(4) * exp(-49 / 19.203125), 1e-5);
    free(m.block);
}

static void multipose_looks_inside_the_box_only(void **state)
{
    (void)state;
    struct fake_heads m = make_heads();
    put_body(&m, 30, 30, 3);
    m.heatmap[cell(22, 31)] = -20;
    m.heatmap[cell(22, 40)] = 9; /* the box holds the columns 20 <= x < 40 */
    struct pc_people people = decode(&m);
    assert_true(people.p[0].keypoints[PC_NOSE].score < 1e-6);
    m.heatmap[cell(22, 39)] = 9;
    people = decode(&m);
    assert_near(people.p[0].keypoints[PC_NOSE].x, 39 * 4, 1e-4);
    free(m.block);
}

static void multipose_clips_the_box_and_takes_no_negative_size(void **state)
{
    (void)state;
    struct fake_heads m = make_heads();
    put_body(&m, 30, 2, 3);
    m.box_scale[cell(30, 2)] = 200;
    struct pc_people people = decode(&m);
    assert_near(people.p[0].box.x, 0, 1e-4);
    assert_near(people.p[0].box.w, 12 * 4, 1e-4);
    assert_near(people.p[0].box.h, 256, 1e-4);
    m.box_scale[cell(30, 2)] = -3;
    people = decode(&m);
    assert_near(people.p[0].box.h, 0, 1e-4);
    assert_near(people.p[0].score, 0, 1e-6);
    free(m.block);
}

static void multipose_finds_peaks_only(void **state)
{
    (void)state;
    struct fake_heads m = make_heads();
    put_body(&m, 20, 12, 1);
    put_body(&m, 40, 50, 3);
    m.centre[cell(41, 51)] = 2;   /* beside the peak: no body */
    m.centre[cell(20, 14)] = .9F; /* two cells beside */
    struct pc_people people = decode(&m);
    assert_int_equal(people.n, PC_MAX_PEOPLE); /* the rest are of score 0 */
    assert_near(people.p[0].box.x, 40 * 4, 1e-4);
    assert_near(people.p[1].box.x, 2 * 4, 1e-4);
    assert_near(people.p[1].score, sigmoid(1) * sigmoid(2), 1e-5);
    for (int i = 2; i < people.n; i++)
        assert_true(people.p[i].score < 1e-3);
    free(m.block);
}

static void multipose_keeps_the_six_best_in_order(void **state)
{
    (void)state;
    struct fake_heads m = make_heads();
    const float centres[8] = {.1F, .8F, .3F, .9F, .5F, .2F, .7F, .6F};
    for (int i = 0; i < 8; i++)
        put_body(&m, 20 + 22 * (i / 4), 6 + 14 * (i % 4), centres[i]);
    struct pc_people people = decode(&m);
    assert_int_equal(people.n, 6);
    const double best[6] = {.9, .8, .7, .6, .5, .3};
    for (int i = 0; i < 6; i++)
        assert_near(people.p[i].score, sigmoid(best[i]) * sigmoid(2), 1e-5);
    free(m.block);
}

static void multipose_counts_seen_keypoints_only(void **state)
{
    (void)state;
    struct fake_heads m = make_heads();
    put_body(&m, 30, 30, 3);
    for (int k = 5; k < 17; k++)
        m.heatmap[k * PC_CELLS + cell(30 + k - 8, 31)] = -3; /* .047: below .127 */
    struct pc_people people = decode(&m);
    assert_near(people.p[0].score, sigmoid(3) * sigmoid(2), 1e-5);
    assert_near(people.p[0].keypoints[9].score, sigmoid(-3), 1e-5);
    free(m.block);
}

static void multipose_scores_a_cell_by_the_body_that_believes_most(void **state)
{
    (void)state;
    struct fake_heads m = make_heads();
    put_body(&m, 30, 30, 3);
    put_body(&m, 30, 33, 2); /* its nose is looked for at (22, 34) */
    m.heatmap[cell(22, 34)] = -20;
    struct pc_people people = decode(&m);
    assert_near(people.p[1].keypoints[PC_NOSE].x, 31 * 4, 1e-4);
    assert_near(people.p[1].keypoints[PC_NOSE].score, sigmoid(2), 1e-5); /* the first one's */
    free(m.block);
}

static void thunder(const struct fake_heads *m, struct pc_keypoint out[17])
{
    struct pc_thunder_heads heads = {m->centre, m->heatmap, m->regression, m->offset, m->weight};
    pc_heads_thunder(&heads, out);
}

static void thunder_reads_the_body_in_the_middle(void **state)
{
    (void)state;
    struct fake_heads m = make_heads();
    struct pc_keypoint out[17];
    put_body(&m, 30, 10, 3);
    put_body(&m, 32, 40, 2);
    thunder(&m, out);
    assert_near(out[PC_NOSE].x, 11 * 4, 1e-4);
    for (int i = 0; i < PC_CELLS; i++)
        m.weight[i] = i % PC_GRID > 32 ? 1.F : .5F;
    int at = cell(24, 41);
    m.offset[at] = -.75F;
    m.offset[PC_CELLS + at] = .5F;
    thunder(&m, out);
    assert_near(out[PC_NOSE].x, 41.5 * 4, 1e-4);
    assert_near(out[PC_NOSE].y, 23.25 * 4, 1e-4);
    assert_near(out[PC_NOSE].score, sigmoid(2), 1e-5);
    free(m.block);
}

static void thunder_weighs_heat_against_distance(void **state)
{
    (void)state;
    struct fake_heads m = make_heads();
    struct pc_keypoint out[17];
    put_body(&m, 30, 30, 3);
    m.heatmap[cell(22, 33)] = 5; /* .993 / (2 + 1.8) < .881 / 1.8 */
    thunder(&m, out);
    assert_near(out[PC_NOSE].x, 31 * 4, 1e-4);
    m.heatmap[cell(22, 31)] = -.5F; /* .378 / 1.8 < .993 / 3.8 */
    thunder(&m, out);
    assert_near(out[PC_NOSE].x, 33 * 4, 1e-4);
    assert_near(out[PC_NOSE].score, sigmoid(5), 1e-5);
    free(m.block);
}

static float random_float(uint32_t *seed, float low, float high)
{
    *seed = *seed * 1664525U + 1013904223U;
    return low + (high - low) * (float)(*seed >> 8) / (float)(1U << 24);
}

static struct fake_heads make_random(uint32_t seed)
{
    struct fake_heads m = make_heads();
    for (int i = 0; i < PLANES * PC_CELLS; i++)
        m.block[i] = random_float(&seed, -6, 4);
    for (int i = 0; i < PC_CELLS; i++) {
        m.box_scale[i] = random_float(&seed, 0, 70);
        m.box_scale[PC_CELLS + i] = random_float(&seed, 0, 70);
    }
    return m;
}

/* The same without short cuts. */
static double full_search(const float *heat, double ty, double tx, int *best)
{
    double most = 0;
    *best = 0;
    for (int i = 0; i < PC_CELLS; i++) {
        int y = i / PC_GRID, x = i % PC_GRID;
        double score = sigmoid(heat[i]) / (hypot(y - ty, x - tx) + 1.7998046875);
        if (score > most) {
            most = score;
            *best = i;
        }
    }
    return most;
}

static void thunder_finds_what_a_full_search_finds(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 5; seed++) {
        struct fake_heads m = make_random(seed);
        for (int i = 0; i < PC_CELLS; i++)
            m.weight[i] = 1;
        m.centre[cell(31, 29)] = 9;
        struct pc_keypoint out[17];
        thunder(&m, out);
        for (int k = 0; k < 17; k++) {
            double ty = 31 + m.regression[2 * k * PC_CELLS + cell(31, 29)];
            double tx = 29 + m.regression[(2 * k + 1) * PC_CELLS + cell(31, 29)];
            int best;
            full_search(m.heatmap + k * PC_CELLS, ty, tx, &best);
            assert_near(out[k].score, sigmoid(m.heatmap[k * PC_CELLS + best]), 1e-5);
        }
        free(m.block);
    }
}

/* Bodies anywhere, boxes of any size, heads full of noise: no answer outside of reason. */
static void random_heads_stay_in_range(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 20; seed++) {
        struct fake_heads m = make_random(seed);
        struct pc_people people = decode(&m);
        assert_in_range(people.n, 1, PC_MAX_PEOPLE);
        for (int i = 0; i < people.n; i++) {
            struct pc_person *p = &people.p[i];
            assert_true(p->score >= 0 && p->score <= 1);
            assert_true(p->box.x >= 0 && p->box.x + p->box.w <= 256.001);
            assert_true(p->box.y >= 0 && p->box.y + p->box.h <= 256.001);
            for (int k = 0; k < 17; k++)
                assert_true(fabs(p->keypoints[k].x - 128) < 160 && p->keypoints[k].score <= 1);
        }
        free(m.block);
    }
}

static void broken_numbers_do_no_harm(void **state)
{
    (void)state;
    struct fake_heads m = make_heads();
    for (int i = 0; i < PLANES * PC_CELLS; i++)
        m.block[i] = i % 3 ? NAN : INFINITY;
    struct pc_people people = decode(&m);
    assert_true(people.n <= PC_MAX_PEOPLE);
    struct pc_keypoint out[17];
    thunder(&m, out);
    free(m.block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(multipose_reads_a_body),
        cmocka_unit_test(multipose_prefers_the_keypoint_that_is_near),
        cmocka_unit_test(multipose_looks_inside_the_box_only),
        cmocka_unit_test(multipose_clips_the_box_and_takes_no_negative_size),
        cmocka_unit_test(multipose_finds_peaks_only),
        cmocka_unit_test(multipose_keeps_the_six_best_in_order),
        cmocka_unit_test(multipose_counts_seen_keypoints_only),
        cmocka_unit_test(multipose_scores_a_cell_by_the_body_that_believes_most),
        cmocka_unit_test(thunder_reads_the_body_in_the_middle),
        cmocka_unit_test(thunder_weighs_heat_against_distance),
        cmocka_unit_test(thunder_finds_what_a_full_search_finds),
        cmocka_unit_test(random_heads_stay_in_range),
        cmocka_unit_test(broken_numbers_do_no_harm),
    };
    return cmocka_run_group_tests_name("pose-heads", tests, NULL, NULL);
}
