/* From images to metrics, to JSON and back, and to the difference between two runs. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/str.h"
#include "eval/report.h"
#include "figure.h"
#include "recipes/recipes.h"
#include "support.h"

enum { W = 400, H = 600 };

struct stage {
    char *dir;
    struct pc_recipe_set recipes;
    struct pc_eval eval;
};

static void write_text(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

static json_t *figure_annotation(int id)
{
    struct pc_keypoint l[PC_KEYPOINT_COUNT];
    struct pc_box b = test_figure_box(W, H);
    json_t *points = json_array();
    test_figure_keypoints(W, H, l);
    for (int i = 0; i < PC_KEYPOINT_COUNT; i++) {
        json_array_append_new(points, json_real(l[i].x));
        json_array_append_new(points, json_real(l[i].y));
        json_array_append_new(points, json_integer(2));
    }
    return json_pack("{s:i, s:i, s:[f, f, f, f], s:o}", "image_id", id, "category_id", 1, "bbox",
                     b.x, b.y, b.w, b.h, "keypoints", points);
}

/* Four images: 1 and 2 show the figure, 3 nobody, 4 is not in the folder. */
static struct stage *set_up(void)
{
    struct stage *s = pc_xzalloc(sizeof *s);
    struct pc_err err = PC_ERR_INIT;
    s->dir = test_mkdir();
    json_t *truth = json_pack("{s:[{s:i, s:s}, {s:i, s:s}, {s:i, s:s}, {s:i, s:s}], s:[o, o]}",
                              "images", "id", 1, "file_name", "1.bmp", "id", 2, "file_name",
                              "2.bmp", "id", 3, "file_name", "<3>.bmp", "id", 4, "file_name",
                              "4.bmp", "annotations", figure_annotation(1), figure_annotation(2));
    char *text = json_dumps(truth, 0), *path = pc_xasprintf("%s/truth.json", s->dir);
    write_text(path, text);
    pc_recipes_default(&s->recipes);
    s->eval = (struct pc_eval){.recipes = &s->recipes, .person_sure = .4, .person_maybe = .25};
    assert_ok(pc_eval_open(&s->eval, path, s->dir, &err), &err);
    free(path);
    free(text);
    json_decref(truth);
    return s;
}

static void tear_down(struct stage *s)
{
    pc_eval_close(&s->eval);
    pc_recipes_finish(&s->recipes);
    test_rmdir(s->dir);
    free(s);
}

/* The result of the pipeline if all keypoints were off by dx. person false: nobody was found. */
static void measure(struct stage *s, int i, double dx, bool person)
{
    struct pc_pipeline_result *result = pc_xzalloc(sizeof *result);
    result->info = (struct pc_image_info){.width = W, .height = H, .orientation = 1};
    if (person) {
        result->people.n = 1;
        struct pc_person *p = &result->people.p[0];
        p->score = .9;
        p->box = test_figure_box(W, H);
        test_figure_keypoints(W, H, p->keypoints);
        for (int k = 0; k < PC_KEYPOINT_COUNT; k++)
            p->keypoints[k].x += dx;
    }
    struct pc_scene scene = {.width = W,
                             .height = H,
                             .people = &result->people,
                             .person_sure = .4,
                             .person_maybe = .25,
                             .person = -1};
    pc_shots_plan(&s->recipes, &scene, &result->plan);
    pc_eval_measure(&s->eval, i, result);
    free(result);
}

static void set_error(struct stage *s, int i)
{
    struct pc_err err = PC_ERR_INIT;
    assert_code(pc_fail(&err, PC_E_FILE_UNREADABLE, NULL), PC_E_FILE_UNREADABLE);
    pc_eval_set_error(&s->eval, i, &err);
}

static void assert_metric(const struct pc_eval_metrics *f, const char *name, double value, int n)
{
    const struct pc_eval_metric *one = pc_eval_metrics_find(f, name);
    assert_non_null(one);
    bool same = isnan(value) ? isnan(one->value) : fabs(one->value - value) < 1e-4;
    if (!same || one->of != n)
        fail_msg("%s: %f of %d, not %f of %d", name, one->value, one->of, value, n);
}

static void sums_up_what_was_measured(void **state)
{
    struct stage *s = set_up();
    struct pc_eval_metrics f;
    (void)state;
    measure(s, 0, 0, true);
    measure(s, 1, 0, false);
    measure(s, 2, 0, true); /* a person where there is none */
    set_error(s, 3);
    assert_int_equal(pc_eval_count(&s->eval, PC_EVAL_MEASURED), 3);
    assert_int_equal(pc_eval_count(&s->eval, PC_EVAL_MISSING), 1);
    pc_eval_metrics_compute(&s->eval, &f);
    assert_metric(&f, "landmarks.oks", .5, 2);
    assert_metric(&f, "landmarks.oks_of_found", 1, 1);
    assert_metric(&f, "landmarks.pck", .5, 34);
    assert_metric(&f, "people.found", .5, 2);
    assert_metric(&f, "people.box_iou", 1, 1);
    assert_metric(&f, "pictures.person_shot", .5, 2);
    assert_metric(&f, "pictures.no_person_shot", 1, 1);
    assert_metric(&f, "shots.neck.hit", .5, 2);
    assert_metric(&f, "shots.neck.iou", 1, 1);
    assert_metric(&f, "shots.neck.absent", 1, 2);
    assert_metric(&f, "shots.all.hit", .5, 10);
    assert_non_null(pc_eval_metrics_find(&f, "length.person_iou"));
    assert_null(pc_eval_metrics_find(&f, "shots.nowhere.hit"));
    pc_eval_metrics_finish(&f);
    tear_down(s);
}

static void nothing_measured_is_no_number(void **state)
{
    struct stage *s = set_up();
    struct pc_eval_metrics f;
    struct pc_buf text = PC_BUF_INIT;
    (void)state;
    pc_eval_metrics_compute(&s->eval, &f);
    assert_metric(&f, "landmarks.oks", NAN, 0);
    pc_eval_metrics_table(&f, &s->eval, &text);
    assert_non_null(strstr(text.data, "0 of 4 images measured"));
    assert_null(strstr(text.data, "nan"));
    pc_buf_clear(&text);
    pc_eval_results_json(&s->eval, &f, "model", &text);
    json_t *root = json_loadb(text.data, text.len, 0, NULL);
    assert_true(json_is_null(json_object_get(
        json_object_get(json_object_get(root, "figures"), "landmarks.oks"), "value")));
    json_decref(root);
    pc_buf_finish(&text);
    pc_eval_metrics_finish(&f);
    tear_down(s);
}

static void an_image_of_another_size_fails(void **state)
{
    struct stage *s = set_up();
    (void)state;
    s->eval.truth.images[0].width = 17;
    s->eval.truth.images[0].height = 23;
    write_text(s->eval.images[0].path, ""); /* a file is there */
    measure(s, 0, 0, true);
    assert_int_equal(s->eval.images[0].status, PC_EVAL_FAILED);
    assert_int_equal(s->eval.images[0].err.code, PC_E_BAD_TRUTH);
    tear_down(s);
}

static void a_later_run_is_compared_by_name(void **state)
{
    struct stage *s = set_up();
    struct pc_eval_metrics before, now, read;
    struct pc_buf text = PC_BUF_INIT;
    struct pc_err err = PC_ERR_INIT;
    char *path = pc_xasprintf("%s/before.json", s->dir);
    (void)state;
    measure(s, 0, 9, true);
    pc_eval_metrics_compute(&s->eval, &before);
    pc_eval_results_json(&s->eval, &before, "model", &text);
    write_text(path, text.data);
    assert_ok(pc_eval_results_read(path, &read, &err), &err);
    assert_int_equal(read.n, before.n);
    assert_metric(&read, "landmarks.oks", pc_eval_metrics_find(&before, "landmarks.oks")->value, 1);
    measure(s, 1, 0, true);
    pc_eval_metrics_compute(&s->eval, &now);
    pc_str_copy(read.f[0].name, sizeof read.f[0].name, "landmarks.gone");
    pc_buf_clear(&text);
    pc_eval_metrics_diff(&read, &now, &text);
    assert_non_null(strstr(text.data, "↑ +"));
    assert_non_null(strstr(text.data, "better"));
    assert_non_null(strstr(text.data, "another number"));
    assert_non_null(strstr(text.data, "new"));
    assert_non_null(strstr(text.data, "gone"));
    free(path);
    pc_buf_finish(&text);
    pc_eval_metrics_finish(&before);
    pc_eval_metrics_finish(&now);
    pc_eval_metrics_finish(&read);
    tear_down(s);
}

static void a_baseline_of_another_kind_is_rejected(void **state)
{
    static const char *const wrong[] = {"", "{", "[]", "{\"figures\": 3}", "{\"a\": 1}"};
    char *dir = test_mkdir(), *path = pc_xasprintf("%s/b.json", dir);
    struct pc_eval_metrics f;
    struct pc_err err = PC_ERR_INIT;
    (void)state;
    assert_code(pc_eval_results_read(path, &f, &err), PC_E_FILE_UNREADABLE);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        write_text(path, wrong[i]);
        assert_code(pc_eval_results_read(path, &f, &err), PC_E_BAD_TRUTH);
        assert_int_equal(f.n, 0);
    }
    free(path);
    test_rmdir(dir);
}

/* Names from outside do not become markup, and missing images are listed. */
static void the_report_escapes_names(void **state)
{
    struct stage *s = set_up();
    struct pc_config cfg;
    struct pc_eval_metrics f;
    struct pc_buf html = PC_BUF_INIT;
    (void)state;
    pc_config_init(&cfg);
    measure(s, 0, 0, true);
    measure(s, 2, 0, true);
    set_error(s, 3);
    pc_eval_metrics_compute(&s->eval, &f);
    struct pc_eval_report_options options = {.worst = 10, .config = &cfg, .model = "m"};
    pc_eval_report(&s->eval, &f, &options, &html);
    assert_non_null(strstr(html.data, "&lt;3&gt;.bmp"));
    assert_null(strstr(html.data, "<3>"));
    assert_non_null(strstr(html.data, "4.bmp: not in the folder"));
    assert_true(strstr(html.data, "&lt;3&gt;.bmp") < strstr(html.data, ">1.bmp")); /* worst first */
    pc_buf_finish(&html);
    pc_eval_metrics_finish(&f);
    pc_config_finish(&cfg);
    tear_down(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_up_what_was_measured),
        cmocka_unit_test(nothing_measured_is_no_number),
        cmocka_unit_test(an_image_of_another_size_fails),
        cmocka_unit_test(a_later_run_is_compared_by_name),
        cmocka_unit_test(a_baseline_of_another_kind_is_rejected),
        cmocka_unit_test(the_report_escapes_names),
    };
    return cmocka_run_group_tests_name("eval metrics", tests, NULL, NULL);
}
