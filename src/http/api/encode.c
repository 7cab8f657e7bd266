#include "http/api/encode.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "image/image.h"

static json_t *id_or_null(bool is_there, int64_t id)
{
    return is_there ? json_integer(id) : json_null();
}

/* --- lists --- */

json_t *pc_encode_counts(const struct pc_query_counts *counts)
{
    return json_pack("{s:I, s:I, s:I, s:I}", "pending", (json_int_t)counts->by_status[PC_PENDING],
                     "processed", (json_int_t)counts->by_status[PC_PROCESSED], "failed",
                     (json_int_t)counts->by_status[PC_FAILED], "attention",
                     (json_int_t)counts->attention);
}

json_t *pc_encode_list(struct pc_service *svc, const struct pc_query_list *list)
{
    json_t *o = json_pack("{s:o, s:I, s:I, s:o}", "images", pc_encode_images(svc, &list->records),
                          "total", (json_int_t)list->records.total, "seq", (json_int_t)list->seq,
                          "counts", pc_encode_counts(&list->counts));
    if (list->has_removed) {
        json_t *removed = json_array();
        for (int i = 0; i < list->n_removed; i++)
            json_array_append_new(removed, json_integer(list->removed[i]));
        json_object_set_new(o, "removed", removed);
        json_object_set_new(o, "reset", json_boolean(list->reset));
    }
    return o;
}

/* --- submitted --- */

json_t *pc_encode_submitted(const struct pc_submitted *s)
{
    return json_pack("{s:s, s:I, s:I, s:s}", "message",
                     s->created ? "Image received and queued for processing"
                                : "Image is known already",
                     "imageId", (json_int_t)s->id, "id", (json_int_t)s->id, "status",
                     pc_record_status_name(s->status));
}

json_t *pc_encode_rejected(const struct pc_submit_batch *batch)
{
    json_t *list = json_array();
    for (int i = 0; i < batch->n_rejected; i++) {
        const struct pc_submit_rejected *r = &batch->rejected[i];
        json_array_append_new(list,
                              json_pack("{s:s, s:i, s:s, s:s}", "url", r->url, "line", r->line,
                                        "code", pc_code_name(r->code), "message", r->message));
    }
    return list;
}

json_t *pc_encode_batch(const struct pc_submit_batch *batch)
{
    json_t *ids = json_array(), *images = json_array();
    for (int i = 0; i < batch->n_accepted; i++) {
        const struct pc_submit_accepted *a = &batch->accepted[i];
        json_array_append_new(ids, json_integer(a->id));
        json_array_append_new(
            images, json_pack("{s:I, s:s, s:s, s:b}", "id", (json_int_t)a->id, "url", a->url,
                              "status", pc_record_status_name(a->status), "known", !a->created));
    }
    return json_pack("{s:o, s:o, s:o, s:o}", "imageIds", ids, "images", images, "rejected",
                     pc_encode_rejected(batch), "message",
                     json_sprintf("%d taken, %d rejected", batch->n_accepted, batch->n_rejected));
}

/* --- changes of many --- */

json_t *pc_encode_bulk(const struct pc_bulk_result *result)
{
    json_t *done = json_array(), *skipped = json_array();
    for (int i = 0; i < result->n_done; i++)
        json_array_append_new(done, json_integer(result->done[i]));
    for (int i = 0; i < result->n_skipped; i++)
        json_array_append_new(skipped,
                              json_pack("{s:I, s:s, s:s}", "id", (json_int_t)result->skipped[i].id,
                                        "code", pc_code_name(result->skipped[i].code), "message",
                                        result->skipped[i].message));
    return json_pack("{s:o, s:o, s:b, s:o}", "done", done, "skipped", skipped, "more", result->more,
                     "next", id_or_null(result->more, result->next));
}

static json_t *tally_json(const struct pc_tally *tally)
{
    json_t *o = json_object();
    for (int i = 0; i < tally->n; i++)
        json_object_set_new(o, tally->entries[i].text, json_integer(tally->entries[i].count));
    return o;
}

json_t *pc_encode_recut(const struct pc_recut_result *result)
{
    return json_pack("{s:i, s:i, s:i, s:i, s:o, s:i, s:o}", "looked", result->looked, "changed",
                     result->changed, "unchanged", result->unchanged, "skipped", result->skipped,
                     "shots", tally_json(&result->shots), "queued", result->queued, "next",
                     id_or_null(result->more, result->next));
}

json_t *pc_encode_offset(struct pc_service *svc, const struct pc_offset_result *result)
{
    json_t *changed = json_array();
    for (int i = 0; i < result->n_changed; i++) {
        const struct pc_offset_change *change = &result->changed[i];
        json_t *o = pc_encode_image_brief(svc, change->record);
        json_object_set_new(o, "planned", pc_encode_box(change->planned));
        json_object_set_new(o, "box", pc_encode_box(change->box));
        json_array_append_new(changed, o);
    }
    return json_pack("{s:i, s:o, s:i, s:o}", "looked", result->looked, "changed", changed,
                     "skipped", result->skipped, "next", id_or_null(result->more, result->next));
}

json_t *pc_encode_rates(const struct pc_review_rates *rates)
{
    json_t *list = json_array();
    for (int i = 0; i < rates->n; i++) {
        const struct pc_review_rate *rate = &rates->rates[i];
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:i, s:i, s:o, s:f}", "label", rate->label,
                                        "title", rate->title, "reviewed", rate->reviewed, "first",
                                        rate->first, "reasons", tally_json(&rate->reasons), "rate",
                                        (double)rate->first / rate->reviewed));
    }
    return json_pack("{s:i, s:o}", "images", rates->images, "recipes", list);
}

/* --- health and limits --- */

json_t *pc_encode_health(const struct pc_query_health *health)
{
    json_t *parts = json_object();
    for (int i = 0; i < health->n; i++) {
        const struct pc_query_health_part *part = &health->parts[i];
        json_t *o = json_pack("{s:b}", "ok", part->err.code == PC_OK);
        if (part->err.code) {
            json_object_set_new(o, "code", json_string(pc_code_name(part->err.code)));
            json_object_set_new(o, "message", json_string(part->err.message));
        }
        json_object_set_new(parts, part->name, o);
    }
    return json_pack("{s:s, s:o}", "status", health->ready ? "ready" : "unready", "parts", parts);
}

json_t *pc_encode_limits(struct pc_service *svc)
{
    const struct pc_config *cfg = pc_service_config(svc);
    struct pc_registry *registry = pc_service_registry(svc);
    struct pc_registry_ref ref;
    json_t *formats = json_array(), *shots = json_array();
    for (int f = PC_FORMAT_UNKNOWN + 1; f <= PC_FORMAT_BMP; f++)
        json_array_append_new(formats, json_string(pc_format_name((enum pc_format)f)));
    pc_registry_acquire(registry, NULL, 0, &ref);
    for (int i = 0; i < ref.recipes->n; i++) {
        const struct pc_recipe *r = &ref.recipes->r[i];
        json_array_append_new(shots, json_pack("{s:s, s:s}", "label", r->label, "title", r->title));
    }
    pc_registry_release(registry, &ref);
    return json_pack("{s:I, s:I, s:I, s:o, s:o}", "maxUploadBytes",
                     (json_int_t)cfg->max_upload_bytes, "maxPixels", (json_int_t)cfg->max_pixels,
                     "maxBatch", (json_int_t)cfg->max_batch, "formats", formats, "shots", shots);
}

/* --- recipes --- */

static json_t *recipe_json(const struct pc_recipe *r)
{
    char *text = pc_recipes_text_of(r);
    json_t *whole = json_loads(r->source, 0, NULL), *about = json_object_get(whole, "about");
    json_t *o =
        json_pack("{s:s, s:s, s:s, s:s, s:s}", "label", r->label, "title", r->title, "description",
                  about ? json_string_value(about) : "", "json", text, "hash", r->hash);
    json_decref(whole);
    free(text);
    return o;
}

/* Those of set whose labels are not in except (may be NULL). */
static json_t *recipe_list(const struct pc_recipe_set *set, const struct pc_recipe_set *except)
{
    json_t *list = json_array();
    for (int i = 0; i < set->n; i++)
        if (!except || !pc_recipes_find(except, set->r[i].label))
            json_array_append_new(list, recipe_json(&set->r[i]));
    return list;
}

json_t *pc_encode_recipes(struct pc_registry *registry)
{
    struct pc_registry_ref ref;
    char problem[PC_REGISTRY_PROBLEM_BYTES];
    pc_registry_acquire(registry, NULL, 0, &ref);
    char *own = ref.text ? NULL : pc_recipes_text(ref.recipes);
    json_t *o = json_pack("{s:I, s:s, s:s, s:o, s:o}", "version", (json_int_t)ref.version, "source",
                          pc_registry_source_name(ref.source), "text", own ? own : ref.text,
                          "recipes", recipe_list(ref.recipes, NULL), "ready",
                          recipe_list(pc_registry_builtin(registry), ref.recipes));
    if (pc_registry_problem(registry, problem))
        json_object_set_new(o, "problem", json_string(problem));
    free(own);
    pc_registry_release(registry, &ref);
    return o;
}

json_t *pc_encode_recipes_check(const char *text)
{
    struct pc_recipe_set set;
    struct pc_recipes_problems *found = pc_xzalloc(sizeof *found);
    json_t *problems = json_array();
    pc_recipes_validate(text, strlen(text), &set, found);
    for (int i = 0; i < found->n; i++) {
        const struct pc_recipes_problem *p = &found->p[i];
        json_t *problem = json_pack("{s:s}", "message", p->message);
        if (*p->place)
            json_object_set_new(problem, "place", json_string(p->place));
        if (p->line > 0) {
            json_object_set_new(problem, "line", json_integer(p->line));
            json_object_set_new(problem, "column", json_integer(p->column));
        }
        json_array_append_new(problems, problem);
    }
    json_t *o = json_pack("{s:b, s:o}", "ok", found->n == 0, "problems", problems);
    if (found->n == 0)
        json_object_set_new(o, "recipes", recipe_list(&set, NULL));
    pc_recipes_finish(&set);
    free(found);
    return o;
}
