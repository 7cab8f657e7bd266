/* Our outputs against those of TensorFlow.js on the same pixels: tests/data/pose/reference.txt,
 * recorded by models/record_reference.mjs. Checks the converter, the session and the decoders. */
#include "pose_support.h"

#include <math.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/str.h"
#include "figure.h"
#include "pose/heads.h"
#include "pose/movenet.h"
#include "pose/runtime.h"
#include "pose/session.h"

static const double TOLERANCE = 1e-3;
static const double SEEN = .1; /* below, which of many equal cells wins is chance */

enum { VALUES_A_PERSON = 56, LINES = 3000 };

struct line {
    char pixels[16], model[16], tensor[16];
    int index;
    double value;
};

struct reference {
    int n;
    struct line lines[LINES];
};

static struct reference *read_reference(void)
{
    char *path = test_source("tests/data/pose/reference.txt");
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    struct reference *ref = pc_xzalloc(sizeof *ref);
    struct line l = {0};
    char index[16], value[32];
    int64_t i;
    while (ref->n < LINES &&
           fscanf(f, "%15s %15s %15s %15s %31s", l.pixels, l.model, l.tensor, index, value) == 5) {
        assert_true(pc_str_to_i64(index, 0, 1 << 20, &i));
        assert_true(pc_str_to_double(value, -1e9, 1e9, &l.value));
        l.index = (int)i;
        ref->lines[ref->n++] = l;
    }
    assert_true(feof(f));
    fclose(f);
    free(path);
    assert_in_range(ref->n, 1000, LINES - 1);
    return ref;
}

static void fill_pixels(const char *which, uint8_t *rgb)
{
    if (strcmp(which, "figure") == 0) {
        test_figure_draw(PC_INPUT_SIDE, PC_INPUT_SIDE, rgb);
        return;
    }
    for (uint32_t i = 0; i < PC_INPUT_SIDE * PC_INPUT_SIDE * 3; i++) {
        uint32_t v = (i + 1) * 0x9E3779B1U;
        v ^= v >> 15;
        rgb[i] = (uint8_t)(v * 0x85EBCA77U >> 24);
    }
}

static struct pc_run *run_on(struct pc_session *session, const char *pixels)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_run *run;
    uint8_t *rgb = pc_xzalloc(PC_INPUT_SIDE * PC_INPUT_SIDE * 3);
    fill_pixels(pixels, rgb);
    assert_ok(pc_session_acquire_run(session, &run, &err), &err);
    pc_movenet_fill(run, rgb);
    assert_ok(pc_run_execute(run, &err), &err);
    free(rgb);
    return run;
}

static void put_landmarks(const struct pc_keypoint *keypoints, double *out)
{
    for (int k = 0; k < PC_KEYPOINT_COUNT; k++) {
        out[3 * k] = keypoints[k].y / PC_INPUT_SIDE;
        out[3 * k + 1] = keypoints[k].x / PC_INPUT_SIDE;
        out[3 * k + 2] = keypoints[k].score;
    }
}

/* The model's own layout of its answer: people x (17 x (y, x, score), box y, x, y, x, score). */
static void put_people(const struct pc_people *people, double *out)
{
    for (int i = 0; i < people->n; i++, out += VALUES_A_PERSON) {
        const struct pc_person *p = &people->p[i];
        put_landmarks(p->keypoints, out);
        out[51] = p->box.y / PC_INPUT_SIDE;
        out[52] = p->box.x / PC_INPUT_SIDE;
        out[53] = (p->box.y + p->box.h) / PC_INPUT_SIDE;
        out[54] = (p->box.x + p->box.w) / PC_INPUT_SIDE;
        out[55] = p->score;
    }
}

static double head_value(const struct pc_model_spec *spec, const struct pc_run *run,
                         const struct line *l)
{
    for (int i = 0; i < spec->n_heads; i++)
        if (strcmp(spec->heads[i].name, l->tensor) == 0)
            return (double)run->heads[i][l->index];
    fail_msg("no head %s", l->tensor);
    return 0;
}

/* Is the value at that index of the answer of something that was seen at all? */
static int is_seen(const double *out, int people, int index)
{
    int person = people ? index / VALUES_A_PERSON : 0, part = index - person * VALUES_A_PERSON;
    if (people && out[person * VALUES_A_PERSON + 55] < SEEN)
        return 0;
    return part >= 51 || out[person * VALUES_A_PERSON + part / 3 * 3 + 2] >= SEEN;
}

/* Returns how many values were compared. */
static int compare(const struct reference *ref, const char *pixels, const char *model,
                   const struct pc_model_spec *spec, const struct pc_run *run, const double *out)
{
    int compared = 0, people = strcmp(model, "multipose") == 0;
    for (int i = 0; i < ref->n; i++) {
        const struct line *l = &ref->lines[i];
        if (strcmp(l->pixels, pixels) != 0 || strcmp(l->model, model) != 0)
            continue;
        int decoded = strcmp(l->tensor, "out") == 0;
        if (decoded && !is_seen(out, people, l->index))
            continue;
        double ours = decoded ? out[l->index] : head_value(spec, run, l);
        double allowed = TOLERANCE * (decoded ? 1 : fmax(1, fabs(l->value)));
        if (fabs(ours - l->value) > allowed)
            fail_msg("%s %s %s %d: %.6f, not %.6f", pixels, model, l->tensor, l->index, ours,
                     l->value);
        compared++;
    }
    return compared;
}

static void check_model(const char *model, const struct pc_model_spec *spec)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_runtime *runtime;
    struct pc_session *session;
    struct reference *ref = read_reference();
    char *library = test_share("lib/libonnxruntime.so.1"), *models = test_share("models");
    char *path = pc_xasprintf("%s/movenet-%s.onnx", models, model);
    assert_ok(pc_runtime_open(library, &runtime, &err), &err);
    assert_ok(pc_session_create(runtime, path, spec, &session, &err), &err);
    static const char *const pixels[] = {"figure", "noise"};
    for (size_t i = 0; i < 2; i++) {
        struct pc_run *run = run_on(session, pixels[i]);
        double out[PC_MAX_PEOPLE * VALUES_A_PERSON] = {0};
        struct pc_people people;
        struct pc_keypoint keypoints[PC_KEYPOINT_COUNT];
        if (spec == &pc_movenet_multipose) {
            pc_movenet_read_multipose(run, &people);
            put_people(&people, out);
        } else {
            pc_movenet_read_thunder(run, keypoints);
            put_landmarks(keypoints, out);
        }
        assert_true(compare(ref, pixels[i], model, spec, run, out) >= 160);
        pc_session_release_run(session, run);
    }
    pc_session_destroy(session);
    pc_runtime_close(runtime);
    free(ref);
    free(library);
    free(models);
    free(path);
}

static void multipose_answers_as_recorded(void **state)
{
    (void)state;
    skip_without_model();
    check_model("multipose", &pc_movenet_multipose);
}

static void thunder_answers_as_recorded(void **state)
{
    (void)state;
    skip_without_model();
    check_model("thunder", &pc_movenet_thunder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(multipose_answers_as_recorded),
        cmocka_unit_test(thunder_answers_as_recorded),
    };
    return cmocka_run_group_tests_name("pose-parity", tests, NULL, NULL);
}
