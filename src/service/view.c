/* JSON views in the shapes of api/openapi.yaml, and the short form that records keep of a run.
 *
 * Kept (short)                                   shown
 * shots[]: label title state reasons:[code]      + reasons:[{code, message}], url of key,
 * boxRelative score key box width height format bytes recipe detail:  person facing
 * attention:[code]        + names, relative coordinates, sentences people:[{score, box, facing,
 * landmarks:[[x, y, score] x 17]}] model timingsMs Shots of a document that the first version wrote
 * ({label, url}) pass as they are. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "service/internal.h"
#include "service/kept.h"
#include "service/verdicts.h"
#include "service/view.h"

/* --- short form ----------------------------------------------------------------------------------
 */

static json_t *tenths(double v) /* a tenth of a pixel is more than the network knows */
{
    return json_real(round(v * 10) / 10);
}

static json_t *thousandths(double v)
{
    return json_real(round(v * 1000) / 1000);
}

static json_t *box_json(double x, double y, double w, double h)
{
    json_t *box = json_array();
    json_array_append_new(box, tenths(x));
    json_array_append_new(box, tenths(y));
    json_array_append_new(box, tenths(w));
    json_array_append_new(box, tenths(h));
    return box;
}

json_t *pc_ibox_json(struct pc_ibox b)
{
    return json_pack("[i, i, i, i]", b.x, b.y, b.w, b.h);
}

static json_t *reason_codes(const enum pc_reason *reasons, int n)
{
    json_t *list = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(list, json_string(pc_reason_name(reasons[i])));
    return list;
}

static json_t *shot_json(const struct pc_shot *shot)
{
    char label[PC_SHOT_LABEL_BYTES];
    pc_shot_label(shot, label);
    json_t *o = json_pack("{s:s, s:s, s:s, s:o, s:o, s:s}", "label", label, "title",
                          shot->recipe->title, "state", pc_shot_state_name(shot->state), "reasons",
                          reason_codes(shot->reasons, shot->n_reasons), "score",
                          thousandths(shot->score), "recipe", shot->recipe->hash);
    json_object_set_new(o, "recipeVersion", json_integer(shot->recipe->version));
    if (shot->by != PC_BY_RECIPE)
        json_object_set_new(o, "by", json_string(pc_by_name(shot->by)));
    if (shot->state == PC_SHOT_ABSENT)
        return o;
    json_object_set_new(o, "box", pc_ibox_json(shot->box));
    json_object_set_new(o, "width", json_integer(shot->width));
    json_object_set_new(o, "height", json_integer(shot->height));
    json_object_set_new(o, "format", json_string(pc_recipe_format_name(shot->recipe->format)));
    return o;
}

static json_t *made_json(const struct pc_shot *shot, const struct pc_buf *file, double face_score,
                         const char *key)
{
    json_t *o = shot_json(shot);
    if (face_score >= 0)
        json_object_set_new(o, "faceScore", thousandths(face_score));
    if (key) {
        json_object_set_new(o, "key", json_string(key));
        json_object_set_new(o, "bytes", json_integer((json_int_t)file->len));
    }
    return o;
}

json_t *pc_made_shots_json(const struct pc_made *made, char *const keys[])
{
    json_t *list = json_array();
    for (int i = 0; i < made->plan.n_shots; i++)
        json_array_append_new(
            list, made_json(&made->plan.shots[i], &made->files[i], made->face_scores[i], keys[i]));
    return list;
}

static json_t *person_short(const struct pc_person *p)
{
    json_t *points = json_array();
    for (int k = 0; k < PC_LANDMARK_COUNT; k++) {
        const struct pc_landmark *l = &p->landmarks[k];
        json_t *point = json_array();
        json_array_append_new(point, tenths(l->x));
        json_array_append_new(point, tenths(l->y));
        json_array_append_new(point, thousandths(l->score));
        json_array_append_new(points, point);
    }
    return json_pack("{s:o, s:o, s:s, s:o}", "score", thousandths(p->score), "box",
                     box_json(p->box.x, p->box.y, p->box.w, p->box.h), "facing",
                     pc_facing_name(pc_body_facing(p)), "landmarks", points);
}

json_t *pc_made_detail_json(const struct pc_made *made, const char *model_id)
{
    json_t *people = json_array();
    for (int i = 0; i < made->people.n; i++)
        json_array_append_new(people, person_short(&made->people.p[i]));
    const struct pc_timings_ms *t = &made->timings;
    json_t *detail = json_pack("{s:o, s:s, s:o, s:s, s:{s:o, s:o, s:o, s:o}}", "people", people,
                               "facing", pc_facing_name(made->plan.facing), "attention",
                               reason_codes(made->plan.attention, made->plan.n_attention), "model",
                               model_id, "timingsMs", "decode", tenths(t->decode), "pose",
                               tenths(t->pose), "cut", tenths(t->cut), "total", tenths(t->total));
    if (made->plan.person < 0)
        json_object_set_new(detail, "object", pc_object_json(&made->object));
    json_object_set_new(detail, "person",
                        made->plan.person < 0 ? json_null() : json_integer(made->plan.person));
    return detail;
}

/* --- views
 * ----------------------------------------------------------------------------------------- */

static const char *text_of_reason(const char *name)
{
    for (int r = 0; r < PC_REASON_COUNT; r++)
        if (pc_streq(name, pc_reason_name((enum pc_reason)r)))
            return pc_reason_text((enum pc_reason)r);
    return ""; /* written by a newer version */
}

static json_t *unfold_reasons(const json_t *codes)
{
    json_t *list = json_array();
    size_t i;
    json_t *code;
    json_array_foreach(codes, i, code)
    {
        const char *name = json_string_value(code);
        json_array_append_new(list, json_pack("{s:s, s:s}", "code", name ? name : "", "message",
                                              text_of_reason(name)));
    }
    return list;
}

static json_t *relative_box(const json_t *box, int width, int height)
{
    json_t *list = json_array();
    for (size_t i = 0; i < 4; i++) {
        double v = json_number_value(json_array_get(box, i));
        double whole = i % 2 ? height : width;
        json_array_append_new(list, json_real(whole > 0 ? round(v / whole * 1e5) / 1e5 : 0));
    }
    return list;
}

/* True when it leads elsewhere than to us. */
static bool set_url(json_t *o, const struct pc_view *view, const char *field, const char *key)
{
    char *link = pc_blob_link(view->blobs, key, view->link_s);
    bool elsewhere = link != NULL;
    json_object_set_new(
        o, field, link ? json_string(link) : json_sprintf("%s/files/%s", view->public_url, key));
    free(link);
    return elsewhere;
}

/* What the short form leaves out of a shot. */
static void unfold_shot(json_t *o, int width, int height)
{
    const json_t *box = json_object_get(o, "box");
    json_object_set_new(o, "reasons", unfold_reasons(json_object_get(o, "reasons")));
    if (box)
        json_object_set_new(o, "boxRelative", relative_box(box, width, height));
}

static json_t *shot_view(const struct pc_view *view, const struct pc_record *r, json_t *kept)
{
    json_t *o = json_copy(kept);
    const char *key = json_string_value(json_object_get(kept, "key"));
    if (!json_object_get(kept, "reasons")) /* of the first version: label and url, nothing else */
        json_object_set_new(o, "state", json_string("ok"));
    unfold_shot(o, r->width, r->height);
    if (!json_object_get(o, "title"))
        json_object_set(o, "title", json_object_get(o, "label"));
    json_t *verdict = pc_verdict_view(r->verdicts, json_string_value(json_object_get(o, "label")));
    if (verdict)
        json_object_set_new(o, "verdict", verdict);
    if (key) {
        if (set_url(o, view, "url", key)) /* where no browser would save it under a name */
            json_object_set_new(o, "download", json_sprintf("%s/files/%s", view->public_url, key));
        json_object_del(o, "key");
    }
    return o;
}

static json_t *error_view(const struct pc_record *r)
{
    if (!r->error_code || !*r->error_code)
        return json_null();
    return json_pack("{s:s, s:s, s:s}", "code", r->error_code, "message",
                     r->error_message ? r->error_message : "", "hint",
                     pc_code_info(pc_code_by_name(r->error_code))->hint);
}

static json_t *time_view(int64_t ms)
{
    char text[25];
    return ms > 0 ? json_string(pc_clock_iso(ms, text)) : json_null();
}

static json_t *text(const char *s)
{
    return json_string(s ? s : "");
}

json_t *pc_view_brief(const struct pc_view *view, const struct pc_record *r)
{
    const char *thumbnail = json_string_value(json_object_get(r->detail, "thumbnail"));
    json_t *o = json_object();
    json_object_set_new(o, "id", json_integer(r->id));
    json_object_set_new(o, "name", text(r->name));
    if (r->original_key && *r->original_key)
        set_url(o, view, "original", r->original_key);
    else
        json_object_set_new(o, "original", json_null());
    if (thumbnail)
        set_url(o, view, "thumbnail", thumbnail);
    json_object_set_new(o, "width", json_integer(r->width));
    json_object_set_new(o, "height", json_integer(r->height));
    return o;
}

json_t *pc_view_image(const struct pc_view *view, const struct pc_record *r)
{
    json_t *shots = json_array(), *shot;
    size_t i;
    json_array_foreach(r->shots, i, shot) json_array_append_new(shots, shot_view(view, r, shot));
    json_t *o = pc_view_brief(view, r);
    json_object_set_new(o, "seq", json_integer(r->seq));
    json_object_set_new(o, "url", text(r->url));
    json_object_set_new(o, "sku", text(r->sku));
    json_object_set_new(o, "label", text(r->label));
    json_object_set_new(o, "batch", text(r->batch));
    json_object_set_new(o, "status", json_string(pc_status_name(r->status)));
    json_object_set_new(o, "stage", text(r->status == PC_PENDING ? r->stage : ""));
    json_object_set_new(o, "progress", json_integer(r->progress));
    json_object_set_new(o, "attempts", json_integer(r->attempts));
    json_object_set_new(o, "attention", unfold_reasons(json_object_get(r->detail, "attention")));
    json_object_set_new(o, "error", error_view(r));
    json_object_set_new(o, "review", json_string(pc_review_name(r->review)));
    if (json_object_size(r->edits) > 0)
        json_object_set(o, "edits", r->edits);
    json_object_set_new(o, "format", text(r->format));
    json_object_set_new(o, "bytes", json_integer(r->bytes));
    json_object_set_new(o, "shots", shots);
    json_object_set_new(o, "createdAt", time_view(r->created_ms));
    json_object_set_new(o, "updatedAt", time_view(r->updated_ms));
    json_object_set_new(o, "finishedAt", time_view(r->finished_ms));
    return o;
}

json_t *pc_view_landmarks(const json_t *kept, int width, int height)
{
    json_t *list = json_array(), *point;
    size_t k;
    json_array_foreach(kept, k, point)
    {
        if (k >= PC_LANDMARK_COUNT)
            break;
        double x = json_number_value(json_array_get(point, 0));
        double y = json_number_value(json_array_get(point, 1));
        json_t *o =
            json_pack("{s:s, s:f, s:f, s:O}", "name", pc_landmark_name((enum pc_landmark_id)k), "x",
                      x, "y", y, "score", json_array_get(point, 2));
        if (width > 0 && height > 0) {
            json_object_set_new(o, "rx", json_real(round(x / width * 1e5) / 1e5));
            json_object_set_new(o, "ry", json_real(round(y / height * 1e5) / 1e5));
        }
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *person_view(const struct pc_record *r, json_t *kept)
{
    json_t *o = json_copy(kept);
    json_object_set_new(o, "boxRelative",
                        relative_box(json_object_get(kept, "box"), r->width, r->height));
    json_object_set_new(o, "landmarks",
                        pc_view_landmarks(json_object_get(kept, "landmarks"), r->width, r->height));
    return o;
}

json_t *pc_view_detail(const struct pc_view *view, const struct pc_record *r)
{
    static const char *const as_kept[] = {"person", "facing", "model", "timingsMs"};
    json_t *o = pc_view_image(view, r);
    json_t *people = json_array(), *person;
    size_t i;
    json_array_foreach(json_object_get(r->detail, "people"), i, person)
        json_array_append_new(people, person_view(r, person));
    json_object_set_new(o, "people", people);
    json_object_set_new(o, "person", json_null());
    for (i = 0; i < sizeof as_kept / sizeof *as_kept; i++) {
        json_t *value = json_object_get(r->detail, as_kept[i]);
        if (value)
            json_object_set(o, as_kept[i], value);
    }
    return o;
}

json_t *pc_view_plan(const struct pc_record *r, const struct pc_plan *plan)
{
    json_t *shots = json_array(), *codes = reason_codes(plan->attention, plan->n_attention);
    for (int i = 0; i < plan->n_shots; i++) {
        json_t *o = shot_json(&plan->shots[i]);
        unfold_shot(o, r->width, r->height);
        json_array_append_new(shots, o);
    }
    json_t *o =
        json_pack("{s:o, s:s, s:o, s:o}", "person",
                  plan->person < 0 ? json_null() : json_integer(plan->person), "facing",
                  pc_facing_name(plan->facing), "attention", unfold_reasons(codes), "shots", shots);
    json_decref(codes);
    return o;
}
