/* Results as JSON, and the metrics read back from an earlier run. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "eval/metrics.h"

enum { RESULT_MAX_BYTES = 1 << 28 };

static json_t *number(double v) /* five digits, more than the precision of the labels */
{
    return isfinite(v) ? json_real(round(v * 1e5) / 1e5) : json_null();
}

static json_t *text(const char *bytes) /* file names need not be UTF-8 */
{
    return json_string(pc_str_is_utf8(bytes, strlen(bytes)) ? bytes : "?");
}

/* --- one image --- */

static json_t *keypoint_names(uint64_t bits)
{
    json_t *list = json_array();
    for (int i = 0; i < PC_BODY_KEYPOINT_COUNT; i++)
        if (bits & PC_BODY_BIT(i))
            json_array_append_new(list, json_string(pc_body_keypoint_name(i)));
    return list;
}

static json_t *side_names(unsigned sides)
{
    static const char *const names[PC_SIDES] = {
        [PC_TOP] = "top", [PC_RIGHT] = "right", [PC_BOTTOM] = "bottom", [PC_LEFT] = "left"};
    json_t *list = json_array();
    for (int i = 0; i < PC_SIDES; i++)
        if (sides & 1u << i)
            json_array_append_new(list, json_string(names[i]));
    return list;
}

static json_t *box(struct pc_ibox b)
{
    return b.w > 0 ? json_pack("[i, i, i, i]", b.x, b.y, b.w, b.h) : json_null();
}

static json_t *shot_json(const struct pc_eval_shot *v)
{
    return json_pack("{s:s, s:s, s:s, s:o, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "label",
                     v->recipe->label, "state", pc_shot_state_name(v->state), "expected",
                     pc_shot_state_name(v->expected), "hit",
                     v->scored ? json_boolean(v->hit) : json_null(), "truth", v->truth, "box",
                     box(v->found), "planned", box(v->planned), "iou", number(v->iou), "person_iou",
                     number(v->person_iou), "misses", keypoint_names(v->misses), "shows",
                     keypoint_names(v->shows), "passes", side_names(v->passes), "stops_short",
                     side_names(v->stops_short));
}

static json_t *image_json(const struct pc_eval_image *p)
{
    static const char *const statuses[] = {[PC_EVAL_PENDING] = "not_looked_at",
                                           [PC_EVAL_MEASURED] = "measured",
                                           [PC_EVAL_MISSING] = "missing",
                                           [PC_EVAL_FAILED] = "failed"};
    json_t *people = json_array(), *shots = json_array();
    for (int i = 0; i < p->n_persons; i++) {
        const struct pc_eval_person *m = &p->persons[i];
        json_array_append_new(people, json_pack("{s:i, s:b, s:o, s:o, s:i, s:i}", "truth", m->truth,
                                                "found", m->found >= 0, "oks", number(m->oks),
                                                "box_iou", number(m->iou), "labelled",
                                                m->n_labelled, "right", m->n_right));
    }
    for (int i = 0; i < p->n_shots; i++)
        json_array_append_new(shots, shot_json(&p->shots[i]));
    bool bad = p->status == PC_EVAL_FAILED || p->status == PC_EVAL_MISSING;
    json_t *error = bad ? json_pack("{s:s, s:o}", "code", pc_code_name(p->err.code), "message",
                                    text(p->err.message))
                        : json_null();
    return json_pack("{s:o, s:s, s:o, s:b, s:o, s:o}", "file", text(p->name), "status",
                     statuses[p->status], "error", error, "body_shot", p->body_shot, "people",
                     people, "shots", shots);
}

/* --- the whole --- */

void pc_eval_results_json(const struct pc_eval *eval, const struct pc_eval_metrics *metrics,
                          const char *model, struct pc_buf *out)
{
    json_t *images = json_array(), *recipes = json_object(), *values = json_object();
    for (int i = 0; i < metrics->n; i++)
        json_object_set_new(
            values, metrics->f[i].name,
            json_pack("{s:o, s:i}", "value", number(metrics->f[i].value), "of", metrics->f[i].of));
    for (int i = 0; i < eval->recipes->n; i++)
        json_object_set_new(recipes, eval->recipes->r[i].label,
                            json_string(eval->recipes->r[i].hash));
    json_t *counts = json_pack("{s:i, s:i, s:i, s:i}", "pictures", eval->n, "measured",
                               pc_eval_count(eval, PC_EVAL_MEASURED), "missing",
                               pc_eval_count(eval, PC_EVAL_MISSING), "failed",
                               pc_eval_count(eval, PC_EVAL_FAILED));
    for (int i = 0; i < eval->n; i++)
        json_array_append_new(images, image_json(&eval->images[i]));
    json_t *root =
        json_pack("{s:s, s:s, s:o, s:o, s:o, s:o}", "posecraft", PC_VERSION, "model", model,
                  "counts", counts, "recipes", recipes, "figures", values, "pictures", images);
    char *json = json_dumps(root, JSON_INDENT(1) | JSON_SORT_KEYS | JSON_REAL_PRECISION(10));
    pc_buf_puts(out, json);
    pc_buf_putc(out, '\n');
    free(json);
    json_decref(root);
}

/* --- an earlier run --- */

static enum pc_code read_metrics(const json_t *root, struct pc_eval_metrics *out,
                                 struct pc_err *err)
{
    json_t *metrics = json_object_get(root, "figures"), *metric;
    const char *name;
    if (!json_is_object(metrics))
        return pc_fail(err, PC_E_BAD_TRUTH,
                       "The baseline has no metrics: it must be a file that eval --json wrote.");
    out->f = pc_xzalloc((json_object_size(metrics) + 1) * sizeof *out->f);
    json_object_foreach(metrics, name, metric)
    {
        struct pc_eval_metric *f = &out->f[out->n++];
        const json_t *value = json_object_get(metric, "value");
        pc_str_copy(f->name, sizeof f->name, name);
        f->value = json_is_number(value) ? json_number_value(value) : NAN;
        f->of = (int)json_integer_value(json_object_get(metric, "of"));
        f->target = NAN;
    }
    return PC_OK;
}

enum pc_code pc_eval_results_read(const char *file, struct pc_eval_metrics *out, struct pc_err *err)
{
    struct pc_buf bytes = PC_BUF_INIT;
    *out = (struct pc_eval_metrics){0};
    enum pc_code rc = pc_buf_read_file(&bytes, file, RESULT_MAX_BYTES, err);
    json_t *root = rc ? NULL : json_loadb(pc_buf_text(&bytes), bytes.len, 0, NULL);
    pc_buf_finish(&bytes);
    if (!rc)
        rc = read_metrics(root, out, err);
    json_decref(root);
    return rc ? pc_err_wrap(err, "%s", file) : PC_OK;
}
