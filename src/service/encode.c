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
#include "service/decisions.h"
#include "service/encode.h"
#include "service/internal.h"
#include "service/result_decoder.h"

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

json_t *pc_encode_ibox(struct pc_ibox b)
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
    if (shot->origin != PC_ORIGIN_RECIPE)
        json_object_set_new(o, "by", json_string(pc_origin_name(shot->origin)));
    if (shot->state == PC_SHOT_ABSENT)
        return o;
    json_object_set_new(o, "box", pc_encode_ibox(shot->box));
    json_object_set_new(o, "width", json_integer(shot->width));
    json_object_set_new(o, "height", json_integer(shot->height));
    json_object_set_new(o, "format", json_string(pc_recipe_format_name(shot->recipe->format)));
    return o;
}

static json_t *cut_shot_json(const struct pc_shot *shot, const struct pc_buf *file,
                             double face_score, const char *key)
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

json_t *pc_result_encode_shots(const struct pc_pipeline_result *result, char *const keys[])
{
    json_t *list = json_array();
    for (int i = 0; i < result->plan.n_shots; i++)
        json_array_append_new(list, cut_shot_json(&result->plan.shots[i], &result->files[i],
                                                  result->face_scores[i], keys[i]));
    return list;
}

static json_t *person_short(const struct pc_person *p)
{
    json_t *points = json_array();
    for (int k = 0; k < PC_KEYPOINT_COUNT; k++) {
        const struct pc_keypoint *l = &p->keypoints[k];
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

json_t *pc_result_encode_detail(const struct pc_pipeline_result *result, const char *model_id)
{
    json_t *people = json_array();
    for (int i = 0; i < result->people.n; i++)
        json_array_append_new(people, person_short(&result->people.p[i]));
    const struct pc_pipeline_timings_ms *t = &result->timings;
    json_t *detail = json_pack("{s:o, s:s, s:o, s:s, s:{s:o, s:o, s:o, s:o}}", "people", people,
                               "facing", pc_facing_name(result->plan.facing), "attention",
                               reason_codes(result->plan.attention, result->plan.n_attention),
                               "model", model_id, "timingsMs", "decode", tenths(t->decode), "pose",
                               tenths(t->pose), "cut", tenths(t->cut), "total", tenths(t->total));
    if (result->plan.person < 0)
        json_object_set_new(detail, "object", pc_result_encode_object(&result->object));
    json_object_set_new(detail, "person",
                        result->plan.person < 0 ? json_null() : json_integer(result->plan.person));
    return detail;
}

/* --- views
 * ----------------------------------------------------------------------------------------- */

static const char *reason_message(const char *name)
{
    for (int r = 0; r < PC_REASON_COUNT; r++)
        if (pc_str_eq(name, pc_reason_name((enum pc_reason)r)))
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
                                              reason_message(name)));
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
static bool set_url(json_t *o, const struct pc_encode_links *links, const char *field,
                    const char *key)
{
    char *link = pc_blobs_link(links->blobs, key, links->link_s);
    bool elsewhere = link != NULL;
    json_object_set_new(
        o, field, link ? json_string(link) : json_sprintf("%s/files/%s", links->public_url, key));
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

static json_t *shot_view(const struct pc_encode_links *links, const struct pc_record *r,
                         json_t *stored)
{
    json_t *o = json_copy(stored);
    const char *key = json_string_value(json_object_get(stored, "key"));
    if (!json_object_get(stored, "reasons")) /* of the first version: label and url, nothing else */
        json_object_set_new(o, "state", json_string("ok"));
    unfold_shot(o, r->width, r->height);
    if (!json_object_get(o, "title"))
        json_object_set(o, "title", json_object_get(o, "label"));
    json_t *verdict =
        pc_decisions_encode(r->decisions, json_string_value(json_object_get(o, "label")));
    if (verdict)
        json_object_set_new(o, "verdict", verdict);
    if (key) {
        if (set_url(o, links, "url", key)) /* where no browser would save it under a name */
            json_object_set_new(o, "download", json_sprintf("%s/files/%s", links->public_url, key));
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

json_t *pc_encode_brief(const struct pc_encode_links *links, const struct pc_record *r)
{
    const char *thumbnail = json_string_value(json_object_get(r->detail, "thumbnail"));
    json_t *o = json_object();
    json_object_set_new(o, "id", json_integer(r->id));
    json_object_set_new(o, "name", text(r->name));
    if (r->original_key && *r->original_key)
        set_url(o, links, "original", r->original_key);
    else
        json_object_set_new(o, "original", json_null());
    if (thumbnail)
        set_url(o, links, "thumbnail", thumbnail);
    json_object_set_new(o, "width", json_integer(r->width));
    json_object_set_new(o, "height", json_integer(r->height));
    return o;
}

json_t *pc_encode_image(const struct pc_encode_links *links, const struct pc_record *r)
{
    json_t *shots = json_array(), *shot;
    size_t i;
    json_array_foreach(r->shots, i, shot) json_array_append_new(shots, shot_view(links, r, shot));
    json_t *o = pc_encode_brief(links, r);
    json_object_set_new(o, "seq", json_integer(r->seq));
    json_object_set_new(o, "url", text(r->url));
    json_object_set_new(o, "sku", text(r->sku));
    json_object_set_new(o, "label", text(r->label));
    json_object_set_new(o, "batch", text(r->batch));
    json_object_set_new(o, "status", json_string(pc_record_status_name(r->status)));
    json_object_set_new(o, "stage", text(r->status == PC_PENDING ? r->stage : ""));
    json_object_set_new(o, "progress", json_integer(r->progress));
    json_object_set_new(o, "attempts", json_integer(r->attempts));
    json_object_set_new(o, "attention", unfold_reasons(json_object_get(r->detail, "attention")));
    json_object_set_new(o, "error", error_view(r));
    json_object_set_new(o, "review", json_string(pc_record_review_name(r->review)));
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

json_t *pc_encode_landmarks(const json_t *stored, int width, int height)
{
    json_t *list = json_array(), *point;
    size_t k;
    json_array_foreach(stored, k, point)
    {
        if (k >= PC_KEYPOINT_COUNT)
            break;
        double x = json_number_value(json_array_get(point, 0));
        double y = json_number_value(json_array_get(point, 1));
        json_t *o =
            json_pack("{s:s, s:f, s:f, s:O}", "name", pc_keypoint_name((enum pc_keypoint_id)k), "x",
                      x, "y", y, "score", json_array_get(point, 2));
        if (width > 0 && height > 0) {
            json_object_set_new(o, "rx", json_real(round(x / width * 1e5) / 1e5));
            json_object_set_new(o, "ry", json_real(round(y / height * 1e5) / 1e5));
        }
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *person_view(const struct pc_record *r, json_t *stored)
{
    json_t *o = json_copy(stored);
    json_object_set_new(o, "boxRelative",
                        relative_box(json_object_get(stored, "box"), r->width, r->height));
    json_object_set_new(
        o, "landmarks",
        pc_encode_landmarks(json_object_get(stored, "landmarks"), r->width, r->height));
    return o;
}

json_t *pc_encode_image_detail(const struct pc_encode_links *links, const struct pc_record *r)
{
    static const char *const as_stored[] = {"person", "facing", "model", "timingsMs"};
    json_t *o = pc_encode_image(links, r);
    json_t *people = json_array(), *person;
    size_t i;
    json_array_foreach(json_object_get(r->detail, "people"), i, person)
        json_array_append_new(people, person_view(r, person));
    json_object_set_new(o, "people", people);
    json_object_set_new(o, "person", json_null());
    for (i = 0; i < sizeof as_stored / sizeof *as_stored; i++) {
        json_t *value = json_object_get(r->detail, as_stored[i]);
        if (value)
            json_object_set(o, as_stored[i], value);
    }
    return o;
}

json_t *pc_encode_plan(const struct pc_record *r, const struct pc_plan *plan)
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
