/* An image as the API shows it: what its record says, and what can be derived from it: the URLs of
 * files, the hint of an error. */
#include <stdlib.h>

#include "base/clock.h"
#include "http/api/encode.h"

static json_t *text_or_empty(const char *text)
{
    return json_string(text ? text : "");
}

static json_t *time_or_null(int64_t ms)
{
    char text[25];
    return ms > 0 ? json_string(pc_clock_iso(ms, text)) : json_null();
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
    pc_encode_put_text(o, "reason", d->reason);
    pc_encode_put_text(o, "at", d->at);
    pc_encode_put_text(o, "first", d->first);
    return o;
}

static json_t *shots_json(struct pc_service *svc, const struct pc_record *r)
{
    json_t *list = json_array();
    for (int i = 0; i < r->result.n_shots; i++) {
        const struct pc_record_shot *shot = &r->result.shots[i];
        json_t *o = pc_encode_shot(shot, r->width, r->height, PC_ENCODE_API);
        const struct pc_record_decision *decision =
            shot->label ? pc_record_decisions_find(&r->decisions, shot->label) : NULL;
        if (decision && decision->verdict)
            json_object_set_new(o, "verdict", decision_json(decision));
        if (!shot->key)
            pc_encode_put_text(o, "url", shot->url);
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
            pc_encode_put_text(box, "by", edits->boxes[i].origin);
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
    json_object_set_new(
        o, "attention",
        pc_encode_reasons(r->result.attention, r->result.n_attention, PC_ENCODE_API));
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

static json_t *person_or_null(const struct pc_record_result *result)
{
    return result->has_person && result->person >= 0 ? json_integer(result->person) : json_null();
}

json_t *pc_encode_image_detail(struct pc_service *svc, const struct pc_record *r)
{
    const struct pc_record_result *result = &r->result;
    json_t *o = pc_encode_image(svc, r), *people = json_array();
    for (int i = 0; result->people && i < result->people->n; i++)
        json_array_append_new(people,
                              pc_encode_person(result, i, r->width, r->height, PC_ENCODE_API));
    json_object_set_new(o, "people", people);
    json_object_set_new(o, "person", person_or_null(result));
    pc_encode_put_text(o, "facing", result->facing);
    pc_encode_put_text(o, "model", result->model);
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
        json_array_append_new(shots, pc_encode_shot(&result->shots[i], preview->width,
                                                    preview->height, PC_ENCODE_API));
    return json_pack("{s:o, s:s, s:o, s:o}", "person", person_or_null(result), "facing",
                     result->facing, "attention",
                     pc_encode_reasons(result->attention, result->n_attention, PC_ENCODE_API),
                     "shots", shots);
}
