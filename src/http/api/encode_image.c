/* An image as the API shows it: what its record says, and what can be derived from it: relative
 * boxes, the sentences of reasons, the URLs of files, the hint of an error. */
#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/str.h"
#include "http/api/encode.h"
#include "shots/shots.h"

static json_t *text_or_empty(const char *text)
{
    return json_string(text ? text : "");
}

static void put_text(json_t *o, const char *name, const char *text)
{
    if (text)
        json_object_set_new(o, name, json_string(text));
}

static json_t *time_or_null(int64_t ms)
{
    char text[25];
    return ms > 0 ? json_string(pc_clock_iso(ms, text)) : json_null();
}

json_t *pc_encode_box(struct pc_ibox b)
{
    return json_pack("[i, i, i, i]", b.x, b.y, b.w, b.h);
}

/* A fraction to five digits: exact to the pixel up to sizes that no image has. */
static json_t *fraction(double v, int whole)
{
    return json_real(whole > 0 ? round(v / whole * 1e5) / 1e5 : 0);
}

static json_t *relative_box(struct pc_box b, int width, int height)
{
    return json_pack("[o, o, o, o]", fraction(b.x, width), fraction(b.y, height),
                     fraction(b.w, width), fraction(b.h, height));
}

static json_t *reasons_json(const char *const *codes, int n)
{
    json_t *list = json_array();
    for (int i = 0; i < n; i++) {
        const char *message = ""; /* a code that a newer version wrote */
        for (int r = 0; r < PC_REASON_COUNT; r++)
            if (pc_str_eq(codes[i], pc_reason_name((enum pc_reason)r)))
                message = pc_reason_text((enum pc_reason)r);
        json_array_append_new(list, json_pack("{s:s, s:s}", "code", codes[i], "message", message));
    }
    return list;
}

/* --- files --- */

static json_t *own_url(struct pc_service *svc, const char *key)
{
    return json_sprintf("%s/files/%s", pc_service_config(svc)->public_url, key);
}

/* True when the URL leads to another host. */
static bool put_url(json_t *o, struct pc_service *svc, const char *name, const char *key)
{
    char *link = pc_service_link(svc, key);
    bool elsewhere = link != NULL;
    json_object_set_new(o, name, link ? json_string(link) : own_url(svc, key));
    free(link);
    return elsewhere;
}

/* --- shots --- */

static json_t *decision_json(const struct pc_record_decision *d)
{
    json_t *o = json_pack("{s:s}", "verdict", d->verdict);
    put_text(o, "reason", d->reason);
    put_text(o, "at", d->at);
    put_text(o, "first", d->first);
    return o;
}

/* What the shot is, without its file and what people decided. A shot of the first version is a
 * label and a url: it is ok, and its label is its title. */
static json_t *shot_json(const struct pc_record_shot *shot, int width, int height)
{
    const char *state = shot->has_reasons ? shot->state : "ok";
    json_t *o = json_object();
    put_text(o, "label", shot->label);
    put_text(o, "title", shot->title ? shot->title : shot->label);
    put_text(o, "state", state);
    json_object_set_new(o, "reasons", reasons_json(shot->reasons, shot->n_reasons));
    if (shot->has_score)
        json_object_set_new(o, "score", json_real(shot->score));
    put_text(o, "recipe", shot->recipe);
    if (shot->recipe_version)
        json_object_set_new(o, "recipeVersion", json_integer(shot->recipe_version));
    put_text(o, "by", shot->origin);
    if (shot->box.w > 0) {
        struct pc_box box = {shot->box.x, shot->box.y, shot->box.w, shot->box.h};
        json_object_set_new(o, "box", pc_encode_box(shot->box));
        json_object_set_new(o, "boxRelative", relative_box(box, width, height));
    }
    if (shot->width > 0) {
        json_object_set_new(o, "width", json_integer(shot->width));
        json_object_set_new(o, "height", json_integer(shot->height));
    }
    put_text(o, "format", shot->format);
    if (shot->has_face_score)
        json_object_set_new(o, "faceScore", json_real(shot->face_score));
    if (shot->bytes > 0)
        json_object_set_new(o, "bytes", json_integer(shot->bytes));
    return o;
}

static json_t *shots_json(struct pc_service *svc, const struct pc_record *r)
{
    json_t *list = json_array();
    for (int i = 0; i < r->result.n_shots; i++) {
        const struct pc_record_shot *shot = &r->result.shots[i];
        json_t *o = shot_json(shot, r->width, r->height);
        const struct pc_record_decision *decision =
            shot->label ? pc_record_decisions_find(&r->decisions, shot->label) : NULL;
        if (decision && decision->verdict)
            json_object_set_new(o, "verdict", decision_json(decision));
        if (!shot->key)
            put_text(o, "url", shot->url);
        else if (put_url(o, svc, "url", shot->key)) /* where browsers save it under no good name */
            json_object_set_new(o, "download", own_url(svc, shot->key));
        json_array_append_new(list, o);
    }
    return list;
}

/* --- images --- */

json_t *pc_encode_image_brief(struct pc_service *svc, const struct pc_record *r)
{
    json_t *o = json_pack("{s:I, s:o, s:n}", "id", (json_int_t)r->id, "name",
                          text_or_empty(r->name), "original");
    if (r->original_key && *r->original_key)
        put_url(o, svc, "original", r->original_key);
    if (r->result.thumbnail)
        put_url(o, svc, "thumbnail", r->result.thumbnail);
    json_object_set_new(o, "width", json_integer(r->width));
    json_object_set_new(o, "height", json_integer(r->height));
    return o;
}

static json_t *error_json(const struct pc_record *r)
{
    if (!r->error_code || !*r->error_code)
        return json_null();
    return json_pack("{s:s, s:o, s:s}", "code", r->error_code, "message",
                     text_or_empty(r->error_message), "hint",
                     pc_code_info(pc_code_by_name(r->error_code))->hint);
}

static json_t *edits_json(const struct pc_record_edits *edits)
{
    json_t *o = json_object();
    if (edits->has_person)
        json_object_set_new(o, "person", json_integer(edits->person));
    if (edits->person_box.w > 0)
        json_object_set_new(o, "personBox", pc_encode_box(edits->person_box));
    if (edits->n_boxes) {
        json_t *boxes = json_object();
        for (int i = 0; i < edits->n_boxes; i++) {
            json_t *box = json_pack("{s:o}", "box", pc_encode_box(edits->boxes[i].box));
            put_text(box, "by", edits->boxes[i].origin);
            json_object_set_new(boxes, edits->boxes[i].label, box);
        }
        json_object_set_new(o, "boxes", boxes);
    }
    if (edits->has_recipes) {
        json_t *labels = json_array();
        for (int i = 0; i < edits->n_recipes; i++)
            json_array_append_new(labels, json_string(edits->recipes[i]));
        json_object_set_new(o, "recipes", labels);
    }
    return o;
}

json_t *pc_encode_image(struct pc_service *svc, const struct pc_record *r)
{
    json_t *o = pc_encode_image_brief(svc, r), *edits = edits_json(&r->edits);
    json_object_set_new(o, "seq", json_integer(r->seq));
    json_object_set_new(o, "url", text_or_empty(r->url));
    json_object_set_new(o, "sku", text_or_empty(r->sku));
    json_object_set_new(o, "label", text_or_empty(r->label));
    json_object_set_new(o, "batch", text_or_empty(r->batch));
    json_object_set_new(o, "status", json_string(pc_record_status_name(r->status)));
    json_object_set_new(o, "stage", text_or_empty(r->status == PC_PENDING ? r->stage : ""));
    json_object_set_new(o, "progress", json_integer(r->progress));
    json_object_set_new(o, "attempts", json_integer(r->attempts));
    json_object_set_new(o, "attention", reasons_json(r->result.attention, r->result.n_attention));
    json_object_set_new(o, "error", error_json(r));
    json_object_set_new(o, "review", json_string(pc_record_review_name(r->review)));
    if (json_object_size(edits) > 0)
        json_object_set(o, "edits", edits);
    json_decref(edits);
    json_object_set_new(o, "format", text_or_empty(r->format));
    json_object_set_new(o, "bytes", json_integer(r->bytes));
    json_object_set_new(o, "shots", shots_json(svc, r));
    json_object_set_new(o, "createdAt", time_or_null(r->created_ms));
    json_object_set_new(o, "updatedAt", time_or_null(r->updated_ms));
    json_object_set_new(o, "finishedAt", time_or_null(r->finished_ms));
    return o;
}

json_t *pc_encode_images(struct pc_service *svc, const struct pc_record_list *list)
{
    json_t *images = json_array();
    for (int i = 0; i < list->n; i++)
        json_array_append_new(images, pc_encode_image(svc, &list->items[i]));
    return images;
}

/* --- people --- */

json_t *pc_encode_landmarks(const struct pc_person *person, int width, int height)
{
    json_t *list = json_array();
    for (int k = 0; k < PC_KEYPOINT_COUNT; k++) {
        const struct pc_keypoint *at = &person->keypoints[k];
        json_t *o =
            json_pack("{s:s, s:f, s:f, s:f}", "name", pc_keypoint_name((enum pc_keypoint_id)k), "x",
                      at->x, "y", at->y, "score", at->score);
        if (width > 0 && height > 0) {
            json_object_set_new(o, "rx", fraction(at->x, width));
            json_object_set_new(o, "ry", fraction(at->y, height));
        }
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *person_json(const struct pc_record *r, int i)
{
    const struct pc_person *p = &r->result.people->p[i];
    json_t *o = json_pack("{s:f, s:[f, f, f, f]}", "score", p->score, "box", p->box.x, p->box.y,
                          p->box.w, p->box.h);
    put_text(o, "facing", r->result.facings ? r->result.facings[i] : NULL);
    json_object_set_new(o, "landmarks", pc_encode_landmarks(p, r->width, r->height));
    json_object_set_new(o, "boxRelative", relative_box(p->box, r->width, r->height));
    return o;
}

static json_t *person_or_null(const struct pc_record_result *result)
{
    return result->has_person && result->person >= 0 ? json_integer(result->person) : json_null();
}

json_t *pc_encode_image_detail(struct pc_service *svc, const struct pc_record *r)
{
    const struct pc_record_result *result = &r->result;
    json_t *o = pc_encode_image(svc, r), *people = json_array();
    for (int i = 0; result->people && i < result->people->n; i++)
        json_array_append_new(people, person_json(r, i));
    json_object_set_new(o, "people", people);
    json_object_set_new(o, "person", person_or_null(result));
    put_text(o, "facing", result->facing);
    put_text(o, "model", result->model);
    if (result->has_timings)
        json_object_set_new(o, "timingsMs",
                            json_pack("{s:f, s:f, s:f, s:f}", "decode", result->timings.decode,
                                      "pose", result->timings.pose, "cut", result->timings.cut,
                                      "total", result->timings.total));
    return o;
}

json_t *pc_encode_preview(const struct pc_edit_preview *preview)
{
    const struct pc_record_result *result = &preview->result;
    json_t *shots = json_array();
    for (int i = 0; i < result->n_shots; i++)
        json_array_append_new(shots, shot_json(&result->shots[i], preview->width, preview->height));
    return json_pack("{s:o, s:s, s:o, s:o}", "person", person_or_null(result), "facing",
                     result->facing, "attention",
                     reasons_json(result->attention, result->n_attention), "shots", shots);
}
