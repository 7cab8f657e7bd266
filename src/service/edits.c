/* The edits of a record are read, changed and written back only if nobody else changed the record
 * meanwhile; else all is decided again on what is there by then. */
#include "service/edits.h"

#include <math.h>
#include <string.h>

#include "base/str.h"
#include "service/encode.h"
#include "service/internal.h"
#include "service/planning.h"
#include "service/result_decoder.h"
#include "service/review.h"

enum { ATTEMPTS = 3 };

/* --- the JSON ----------------------------------------------------------------------------------
 */

void pc_edits_put_box(json_t *edits, const char *label, const struct pc_ibox *box,
                      enum pc_origin by)
{
    json_t *boxes = json_object_get(edits, "boxes");
    if (box && !boxes) {
        boxes = json_object();
        json_object_set_new(edits, "boxes", boxes);
    }
    if (box)
        json_object_set_new(boxes, label,
                            json_pack("{s:[i, i, i, i], s:s}", "box", box->x, box->y, box->w,
                                      box->h, "by", pc_origin_name(by)));
    else
        json_object_del(boxes, label);
    if (json_object_size(boxes) == 0)
        json_object_del(edits, "boxes");
}

enum pc_origin pc_edits_box_by(const json_t *edits, const char *label)
{
    const json_t *stored = json_object_get(json_object_get(edits, "boxes"), label);
    const char *by = json_string_value(json_object_get(stored, "by"));
    if (!stored)
        return PC_ORIGIN_RECIPE;
    return pc_str_eq(by, pc_origin_name(PC_ORIGIN_BATCH)) ? PC_ORIGIN_BATCH : PC_ORIGIN_HAND;
}

const struct pc_shot *pc_edits_find_shot(const struct pc_plan *plan, const char *label)
{
    for (int i = 0; i < plan->n_shots; i++) {
        char name[PC_SHOT_LABEL_BYTES];
        pc_shot_label(&plan->shots[i], name);
        if (strcmp(name, label) == 0)
            return &plan->shots[i];
    }
    return NULL;
}

/* --- a change ----------------------------------------------------------------------------------
 */

struct merge {
    struct pc_service *svc;
    const struct pc_record *r;
    const struct pc_recipe_set *recipes;
    struct pc_plan plan; /* without boxes by people; no shots when it cannot be planned */
    json_t *edits;
};

static enum pc_code put_person(struct merge *m, const json_t *person, struct pc_err *err)
{
    struct pc_people people;
    if (!person)
        return PC_OK;
    if (json_is_null(person)) {
        json_object_del(m->edits, "person");
        json_object_del(m->edits, "personBox");
        return PC_OK;
    }
    if (!json_is_integer(person) || json_integer_value(person) < 0)
        return pc_fail(err, PC_E_BAD_JSON, "person is a place in the list of people, or null.");
    int n = pc_result_decode_people(m->r->detail, &people) ? people.n : 0;
    if (json_integer_value(person) >= n)
        return pc_fail(err, PC_E_BAD_REQUEST, "This picture has %d people.", n);
    const struct pc_box *b = &people.p[json_integer_value(person)].box;
    json_object_set_new(m->edits, "person", json_integer(json_integer_value(person)));
    json_object_set_new(m->edits, "personBox",
                        json_pack("[i, i, i, i]", (int)round(b->x), (int)round(b->y),
                                  (int)round(b->w), (int)round(b->h)));
    return PC_OK;
}

/* To whole pixels, edge by edge. */
static bool parse_box(const json_t *list, struct pc_ibox *out)
{
    double v[4];
    for (size_t i = 0; i < 4; i++) {
        const json_t *number = json_array_get(list, i);
        v[i] = json_number_value(number);
        if (!json_is_number(number) || !(fabs(v[i]) < 1e6))
            return false;
    }
    out->x = (int)round(v[0]);
    out->y = (int)round(v[1]);
    out->w = (int)round(v[0] + v[2]) - out->x;
    out->h = (int)round(v[1] + v[3]) - out->y;
    return json_array_size(list) == 4;
}

static enum pc_code validate_box(const struct merge *m, const char *label, struct pc_ibox box,
                                 struct pc_err *err)
{
    const struct pc_shot *shot = pc_edits_find_shot(&m->plan, label);
    const struct pc_recipe *recipe = shot ? shot->recipe : NULL;
    struct pc_ibox planned = shot ? shot->box : (struct pc_ibox){0};
    if (!recipe && m->plan.n_shots == 0)
        recipe = pc_recipes_find(m->recipes, label);
    if (!recipe)
        return pc_fail(err, PC_E_BAD_REQUEST, "This image has no shot called '%.40s'.", label);
    if (box.w < PC_MANUAL_BOX_MIN_PX || box.h < PC_MANUAL_BOX_MIN_PX)
        return pc_fail(err, PC_E_BAD_REQUEST, "The box of '%.40s' is smaller than %d pixels.",
                       label, PC_MANUAL_BOX_MIN_PX);
    if (!pc_manual_box_inside(box, m->r->width, m->r->height))
        return pc_fail(err, PC_E_BAD_REQUEST, "The box of '%.40s' leaves the photo of %d x %d.",
                       label, m->r->width, m->r->height);
    if (!pc_manual_box_fits(recipe, planned, box))
        return pc_fail(err, PC_E_BAD_REQUEST,
                       "The box of '%.40s' has not the shape that its recipe asks for.", label);
    return PC_OK;
}

static enum pc_code put_boxes(struct merge *m, const json_t *boxes, struct pc_err *err)
{
    const char *label;
    json_t *value;
    struct pc_ibox box;
    enum pc_code rc = PC_OK;
    if (boxes && !json_is_object(boxes))
        return pc_fail(err, PC_E_BAD_JSON, "boxes is an object of boxes by label.");
    json_object_foreach((json_t *)boxes, label, value)
    {
        if (!json_is_null(value) && !parse_box(value, &box))
            return pc_fail(err, PC_E_BAD_JSON, "A box is [x, y, width, height], or null.");
        if (!json_is_null(value))
            rc = validate_box(m, label, box, err);
        if (rc)
            return rc;
        pc_edits_put_box(m->edits, label, json_is_null(value) ? NULL : &box, PC_ORIGIN_HAND);
    }
    return PC_OK;
}

static void plan_without_boxes(struct merge *m)
{
    json_t *bare = json_copy(m->edits);
    json_object_del(bare, "boxes");
    if (!pc_planning_replan(&m->svc->pipeline, m->r, bare, m->recipes, &m->plan))
        m->plan.n_shots = 0;
    json_decref(bare);
}

static enum pc_code check_names(const json_t *change, struct pc_err *err)
{
    const char *key;
    json_t *value;
    if (change && !json_is_object(change))
        return pc_fail(err, PC_E_BAD_JSON, "Edits are an object of person and boxes.");
    json_object_foreach((json_t *)change, key, value)
    {
        if (!pc_str_eq(key, "person") && !pc_str_eq(key, "boxes"))
            return pc_fail(err, PC_E_BAD_JSON, "There is no member '%.40s' here.", key);
    }
    return PC_OK;
}

enum pc_code pc_edits_merge(struct pc_service *svc, const struct pc_record *r,
                            const struct pc_recipe_set *recipes, const json_t *change,
                            json_t **edits, struct pc_err *err)
{
    struct merge m = {.svc = svc, .r = r, .recipes = recipes, .edits = json_deep_copy(r->edits)};
    enum pc_code rc = check_names(change, err);
    if (!rc)
        rc = put_person(&m, json_object_get(change, "person"), err);
    if (!rc) {
        plan_without_boxes(&m);
        rc = put_boxes(&m, json_object_get(change, "boxes"), err);
    }
    if (rc)
        json_decref(m.edits);
    else
        *edits = m.edits;
    return rc;
}

/* --- storing -----------------------------------------------------------------------------------
 */

enum pc_code pc_edits_write(struct pc_service *svc, const struct pc_record *seen, json_t *edits,
                            enum pc_priority priority, struct pc_record *r, struct pc_err *err)
{
    struct pc_record_annotations annotations = {.edits = edits, .review = -1, .reopen = true};
    struct pc_err late = PC_ERR_INIT;
    bool added;
    enum pc_code rc =
        pc_records_annotate(svc->parts.records, seen->id, seen->seq, &annotations, r, err);
    if (rc)
        return rc;
    if (pc_queue_add(svc->parts.queue, r->id, r->url, priority, &added, &late))
        pc_log_err(PC_LOG_WARN, "not queued yet, the sweeper will", &late, PC_LOG_I64("id", r->id));
    pc_events_changed(svc->events, r->id);
    return PC_OK;
}

/* Without its original the cut would fail, and a good image with it. */
static enum pc_code check_original(struct pc_service *svc, const struct pc_record *r,
                                   struct pc_err *err)
{
    struct pc_blob_reader *reader = NULL;
    if (!*r->original_key) /* it is fetched again */
        return PC_OK;
    enum pc_code rc = pc_blobs_read(svc->parts.blobs, r->original_key, &reader, err);
    pc_blob_close(reader);
    return rc == PC_E_NOT_FOUND ? pc_fail(err, PC_E_ORIGINAL_MISSING, NULL) : rc;
}

static enum pc_code merge_by_own(struct pc_service *svc, const struct pc_record *r,
                                 const json_t *change, json_t **edits, struct pc_err *err)
{
    struct pc_registry_ref ref;
    pc_registry_acquire(svc->registry, json_object_get(r->edits, "recipes"), &ref);
    enum pc_code rc = pc_edits_merge(svc, r, ref.recipes, change, edits, err);
    pc_registry_release(svc->registry, &ref);
    return rc;
}

static enum pc_code edit_once(struct pc_service *svc, int64_t id, const json_t *change,
                              json_t **out, struct pc_err *err)
{
    struct pc_encode_links links = pc_encode_links_of(svc);
    struct pc_record seen = {0}, r = {0};
    json_t *edits = NULL;
    enum pc_code rc = pc_records_get(svc->parts.records, id, &seen, err);
    if (!rc && seen.status != PC_PROCESSED)
        rc = pc_fail(err, PC_E_NOT_PROCESSED, NULL);
    if (!rc)
        rc = merge_by_own(svc, &seen, change, &edits, err);
    bool same = !rc && json_equal(edits, seen.edits);
    if (!rc && !same)
        rc = check_original(svc, &seen, err);
    if (!rc && !same)
        rc = pc_queue_check_capacity(svc->parts.queue, 1, err);
    if (!rc && !same)
        rc = pc_edits_write(svc, &seen, edits, PC_PRIORITY_SINGLE, &r, err);
    if (!rc)
        *out = pc_encode_image_detail(&links, same ? &seen : &r);
    json_decref(edits);
    pc_record_finish(&seen);
    pc_record_finish(&r);
    return rc;
}

enum pc_code pc_service_edit(struct pc_service *svc, int64_t id, const json_t *change, json_t **out,
                             struct pc_err *err)
{
    enum pc_code rc = PC_E_CHANGED_MEANWHILE;
    pc_registry_refresh(svc->registry);
    for (int i = 0; i < ATTEMPTS && rc == PC_E_CHANGED_MEANWHILE; i++)
        rc = edit_once(svc, id, change, out, err);
    return rc;
}
