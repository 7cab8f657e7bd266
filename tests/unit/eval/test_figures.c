/* From pictures to figures, to JSON, back, and to the difference between two runs. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/str.h"
#include "eval/report.h"
#include "figure.h"
#include "support.h"

enum { W = 400, H = 600 };

struct stage {
    char *dir;
    struct pc_recipes recipes;
    struct pc_eval eval;
};

static void write_text(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

static json_t *figure_note(int id)
{
    struct pc_landmark l[PC_LANDMARK_COUNT];
    struct pc_box b = test_figure_box(W, H);
    json_t *points = json_array();
    test_figure_landmarks(W, H, l);
    for (int i = 0; i < PC_LANDMARK_COUNT; i++) {
        json_array_append_new(points, json_real(l[i].x));
        json_array_append_new(points, json_real(l[i].y));
        json_array_append_new(points, json_integer(2));
    }
    return json_pack("{s:i, s:i, s:[f, f, f, f], s:o}", "image_id", id, "category_id", 1, "bbox",
                     b.x, b.y, b.w, b.h, "keypoints", points);
}

/* Four pictures: 1 and 2 hold the figure, 3 nobody, 4 is not in the folder. */
static struct stage *set_up(void)
{
    struct stage *s = pc_xmalloc(sizeof *s);
    struct pc_err err = PC_ERR_INIT;
    s->dir = test_mkdir();
    json_t *truth = json_pack("{s:[{s:i, s:s}, {s:i, s:s}, {s:i, s:s}, {s:i, s:s}], s:[o, o]}",
                              "images", "id", 1, "file_name", "1.bmp", "id", 2, "file_name",
                              "2.bmp", "id", 3, "file_name", "<3>.bmp", "id", 4, "file_name",
                              "4.bmp", "annotations", figure_note(1), figure_note(2));
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

/* What the pipeline would have made, were all points off by dx. person false: nobody found. */
static void take(struct stage *s, int i, double dx, bool person)
{
    struct pc_made *made = pc_xmalloc(sizeof *made);
    made->info = (struct pc_image_info){.width = W, .height = H, .orientation = 1};
    if (person) {
        made->people.n = 1;
        struct pc_person *p = &made->people.p[0];
        p->score = .9;
        p->box = test_figure_box(W, H);
        test_figure_landmarks(W, H, p->landmarks);
        for (int k = 0; k < PC_LANDMARK_COUNT; k++)
            p->landmarks[k].x += dx;
    }
    struct pc_scene scene = {.width = W,
                             .height = H,
                             .people = &made->people,
                             .person_sure = .4,
                             .person_maybe = .25,
                             .person = -1};
    pc_shots_plan(&s->recipes, &scene, &made->plan);
    pc_eval_take(&s->eval, i, made);
    free(made);
}

static void refuse(struct stage *s, int i)
{
    struct pc_err err = PC_ERR_INIT;
    assert_code(pc_fail(&err, PC_E_FILE_UNREADABLE, NULL), PC_E_FILE_UNREADABLE);
    pc_eval_refuse(&s->eval, i, &err);
}

static void assert_figure(const struct pc_figures *f, const char *name, double value, int n)
{
    const struct pc_figure *one = pc_figures_find(f, name);
    assert_non_null(one);
    bool same = isnan(value) ? isnan(one->value) : fabs(one->value - value) < 1e-4;
    if (!same || one->of != n)
        fail_msg("%s: %f of %d, not %f of %d", name, one->value, one->of, value, n);
}

static void sums_up_what_was_measured(void **state)
{
    struct stage *s = set_up();
    struct pc_figures f;
    (void)state;
    take(s, 0, 0, true);
    take(s, 1, 0, false);
    take(s, 2, 0, true); /* somebody where nobody is */
    refuse(s, 3);
    assert_int_equal(pc_eval_count(&s->eval, PC_EVAL_MEASURED), 3);
    assert_int_equal(pc_eval_count(&s->eval, PC_EVAL_MISSING), 1);
    pc_figures_of(&s->eval, &f);
    assert_figure(&f, "landmarks.oks", .5, 2);
    assert_figure(&f, "landmarks.oks_of_found", 1, 1);
    assert_figure(&f, "landmarks.pck", .5, 34);
    assert_figure(&f, "people.found", .5, 2);
    assert_figure(&f, "people.box_iou", 1, 1);
    assert_figure(&f, "pictures.person_shot", .5, 2);
    assert_figure(&f, "pictures.no_person_shot", 1, 1);
    assert_figure(&f, "shots.neck.hit", .5, 2);
    assert_figure(&f, "shots.neck.iou", 1, 1);
    assert_figure(&f, "shots.neck.absent", 1, 2);
    assert_figure(&f, "shots.all.hit", .5, 10);
    assert_non_null(pc_figures_find(&f, "length.person_iou"));
    assert_null(pc_figures_find(&f, "shots.nowhere.hit"));
    pc_figures_finish(&f);
    tear_down(s);
}

static void nothing_measured_is_no_number(void **state)
{
    struct stage *s = set_up();
    struct pc_figures f;
    struct pc_buf text = PC_BUF_INIT;
    (void)state;
    pc_figures_of(&s->eval, &f);
    assert_figure(&f, "landmarks.oks", NAN, 0);
    pc_figures_table(&f, &s->eval, &text);
    assert_non_null(strstr(text.data, "0 of 4 pictures measured"));
    assert_null(strstr(text.data, "nan"));
    pc_buf_clear(&text);
    pc_results_json(&s->eval, &f, "model", &text);
    json_t *root = json_loadb(text.data, text.len, 0, NULL);
    assert_true(json_is_null(json_object_get(
        json_object_get(json_object_get(root, "figures"), "landmarks.oks"), "value")));
    json_decref(root);
    pc_buf_finish(&text);
    pc_figures_finish(&f);
    tear_down(s);
}

static void a_picture_of_another_size_fails(void **state)
{
    struct stage *s = set_up();
    (void)state;
    s->eval.truth.images[0].width = 17;
    s->eval.truth.images[0].height = 23;
    write_text(s->eval.pictures[0].path, ""); /* a file is there */
    take(s, 0, 0, true);
    assert_int_equal(s->eval.pictures[0].status, PC_EVAL_FAILED);
    assert_int_equal(s->eval.pictures[0].err.code, PC_E_BAD_TRUTH);
    tear_down(s);
}

static void a_later_run_is_compared_by_name(void **state)
{
    struct stage *s = set_up();
    struct pc_figures before, now, read;
    struct pc_buf text = PC_BUF_INIT;
    struct pc_err err = PC_ERR_INIT;
    char *path = pc_xasprintf("%s/before.json", s->dir);
    (void)state;
    take(s, 0, 9, true);
    pc_figures_of(&s->eval, &before);
    pc_results_json(&s->eval, &before, "model", &text);
    write_text(path, text.data);
    assert_ok(pc_results_read(path, &read, &err), &err);
    assert_int_equal(read.n, before.n);
    assert_figure(&read, "landmarks.oks", pc_figures_find(&before, "landmarks.oks")->value, 1);
    take(s, 1, 0, true);
    pc_figures_of(&s->eval, &now);
    pc_str_copy(read.f[0].name, sizeof read.f[0].name, "landmarks.gone");
    pc_buf_clear(&text);
    pc_figures_difference(&read, &now, &text);
    assert_non_null(strstr(text.data, "↑ +"));
    assert_non_null(strstr(text.data, "better"));
    assert_non_null(strstr(text.data, "another number"));
    assert_non_null(strstr(text.data, "new"));
    assert_non_null(strstr(text.data, "gone"));
    free(path);
    pc_buf_finish(&text);
    pc_figures_finish(&before);
    pc_figures_finish(&now);
    pc_figures_finish(&read);
    tear_down(s);
}

static void a_baseline_of_another_kind_is_refused(void **state)
{
    static const char *const wrong[] = {"", "{", "[]", "{\"figures\": 3}", "{\"a\": 1}"};
    char *dir = test_mkdir(), *path = pc_xasprintf("%s/b.json", dir);
    struct pc_figures f;
    struct pc_err err = PC_ERR_INIT;
    (void)state;
    assert_code(pc_results_read(path, &f, &err), PC_E_FILE_UNREADABLE);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        write_text(path, wrong[i]);
        assert_code(pc_results_read(path, &f, &err), PC_E_BAD_TRUTH);
        assert_int_equal(f.n, 0);
    }
    free(path);
    test_rmdir(dir);
}

/* Names from outside do not become markup; pictures that are gone are told. */
static void the_report_escapes_names(void **state)
{
    struct stage *s = set_up();
    struct pc_config cfg;
    struct pc_figures f;
    struct pc_buf html = PC_BUF_INIT;
    (void)state;
    pc_config_init(&cfg);
    take(s, 0, 0, true);
    take(s, 2, 0, true);
    refuse(s, 3);
    pc_figures_of(&s->eval, &f);
    struct pc_report_options options = {.worst = 10, .config = &cfg, .model = "m"};
    pc_eval_report(&s->eval, &f, &options, &html);
    assert_non_null(strstr(html.data, "&lt;3&gt;.bmp"));
    assert_null(strstr(html.data, "<3>"));
    assert_non_null(strstr(html.data, "4.bmp: not in the folder"));
    assert_true(strstr(html.data, "&lt;3&gt;.bmp") < strstr(html.data, ">1.bmp")); /* worst first */
    pc_buf_finish(&html);
    pc_figures_finish(&f);
    pc_config_finish(&cfg);
    tear_down(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_up_what_was_measured),
        cmocka_unit_test(nothing_measured_is_no_number),
        cmocka_unit_test(a_picture_of_another_size_fails),
        cmocka_unit_test(a_later_run_is_compared_by_name),
        cmocka_unit_test(a_baseline_of_another_kind_is_refused),
        cmocka_unit_test(the_report_escapes_names),
    };
    return cmocka_run_group_tests_name("eval figures", tests, NULL, NULL);
}
