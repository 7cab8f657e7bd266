/* The JSON of shots and people, byte for byte, in the two documents that have it: an image of the
 * API, and a line of the manifest of `posecraft shoot`. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "http/api/encode.h"
#include "main/manifest.h"
#include "service/recording.h"

static struct pc_recipe neck = {
    .label = "neck", .title = "Neck view", .version = 3, .hash = "0123456789abcdef"};
static struct pc_recipe back = {
    .label = "back", .title = "Back view", .version = 1, .hash = "fedcba9876543210"};

static char key[] = "shots/7/neck.jpg";
static char *const keys[PC_MAX_SHOTS] = {key};

/* A run on an image of 300 x 700 pixels: one person, a shot with a file and a shot without. */
static void fill_run(struct pc_pipeline_result *run)
{
    *run = (struct pc_pipeline_result){
        .info = {.width = 300, .height = 700},
        .people = {.n = 1},
        .face_scores = {.125, -1},
        .timings = {.decode = 1.5, .pose = 20.25, .cut = 3, .total = 24.75},
        .plan = {.person = 0,
                 .facing = PC_FACING_FRONT,
                 .n_attention = 1,
                 .attention = {PC_REASON_SEVERAL_PEOPLE},
                 .n_shots = 2,
                 .shots = {{.recipe = &neck,
                            .state = PC_SHOT_REVIEW,
                            .n_reasons = 1,
                            .reasons = {PC_REASON_FACE_SHOWN},
                            .score = .8125,
                            .origin = PC_ORIGIN_HAND,
                            .box = {10, 20, 200, 100},
                            .width = 400,
                            .height = 200},
                           {.recipe = &back,
                            .state = PC_SHOT_ABSENT,
                            .n_reasons = 1,
                            .reasons = {PC_REASON_NO_PERSON}}}},
    };
    struct pc_person *person = &run->people.p[0];
    person->score = .75;
    person->box = (struct pc_box){10, 20, 100.5, 600};
    for (int k = 0; k < PC_KEYPOINT_COUNT; k++)
        person->keypoints[k] = (struct pc_keypoint){k, 2 * k + .5, round(k / 32.0 * 1000) / 1000};
    pc_buf_puts(&run->files[0], "12345");
}

/* Is o written as the one line of this file? Takes o. */
static void assert_file(json_t *o, const char *name)
{
    char *relative = pc_xasprintf("tests/data/shot-json/%s", name), *path = test_source(relative);
    char *text = json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(15)), *wanted = NULL;
    size_t capacity = 0;
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    ssize_t len = getline(&wanted, &capacity, file);
    assert_true(len > 0);
    wanted[len - 1] = 0;
    if (strcmp(text, wanted) != 0)
        fail_msg("%s is otherwise now:\n%s", name, text);
    fclose(file);
    free(wanted);
    free(text);
    free(path);
    free(relative);
    json_decref(o);
}

static void a_line_of_the_manifest(void **state)
{
    struct pc_pipeline_result *run = pc_xzalloc(sizeof *run);
    (void)state;
    fill_run(run);
    assert_file(pc_manifest_line("in/a.jpg", run, keys, NULL), "manifest.json");
    pc_pipeline_result_finish(run);
    free(run);
}

static void an_image_of_the_api(void **state)
{
    struct served *s = *state;
    struct pc_pipeline_result *run = pc_xzalloc(sizeof *run);
    struct pc_record r = {
        .id = 7, .width = 300, .height = 700, .url = pc_xstrdup("u"), .status = PC_PROCESSED};
    fill_run(run);
    pc_recording_of_run(run, keys, "model", "http://old.example", &r.result);
    assert_file(pc_encode_image_detail(s->parts.service, &r), "image.json");
    pc_record_finish(&r);
    pc_pipeline_result_finish(run);
    free(run);
}

static void a_plan_of_the_api(void **state)
{
    struct pc_pipeline_result *run = pc_xzalloc(sizeof *run);
    struct pc_edit_preview preview = {.width = 300, .height = 700};
    (void)state;
    fill_run(run);
    pc_recording_of_plan(&run->plan, &preview.result);
    assert_file(pc_encode_preview(&preview), "plan.json");
    pc_edit_preview_finish(&preview);
    pc_pipeline_result_finish(run);
    free(run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_of_the_manifest),
        cmocka_unit_test_setup_teardown(an_image_of_the_api, served_setup, served_teardown),
        cmocka_unit_test(a_plan_of_the_api),
    };
    return cmocka_run_group_tests_name("shot json", tests, NULL, NULL);
}
