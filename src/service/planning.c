#include "service/planning.h"

#include <string.h>

#include "base/str.h"
#include "service/result_decoder.h"

static void read_manual_box(const char *label, const json_t *stored,
                            struct pc_pipeline_overrides *out)
{
    struct pc_manual_box *p = &out->boxes[out->n_boxes];
    const char *by = json_string_value(json_object_get(stored, "by"));
    if (out->n_boxes == PC_MAX_SHOTS || strlen(label) >= sizeof p->label ||
        !pc_result_decode_box(json_object_get(stored, "box"), &p->box))
        return;
    memcpy(p->label, label, strlen(label) + 1);
    p->origin = pc_str_eq(by, pc_origin_name(PC_ORIGIN_BATCH)) ? PC_ORIGIN_BATCH : PC_ORIGIN_HAND;
    out->n_boxes++;
}

void pc_planning_read_overrides(const json_t *edits, struct pc_pipeline_overrides *out)
{
    const json_t *person = json_object_get(edits, "person");
    const char *label;
    json_t *box;
    json_int_t chosen = json_is_integer(person) ? json_integer_value(person) : -1;
    struct pc_ibox at = {0};
    out->person = chosen >= 0 && chosen < PC_MAX_PEOPLE ? (int)chosen : -1;
    if (!pc_result_decode_box(json_object_get(edits, "personBox"), &at))
        at.w = 0;
    out->person_box = (struct pc_box){at.x, at.y, at.w, at.h};
    out->n_boxes = 0;
    json_object_foreach(json_object_get(edits, "boxes"), label, box)
        read_manual_box(label, box, out);
}

bool pc_planning_replan(const struct pc_pipeline *pipeline, const struct pc_record *r,
                        const json_t *edits, const struct pc_recipe_set *recipes,
                        struct pc_plan *plan)
{
    struct pc_people people;
    struct pc_object object;
    struct pc_pipeline_overrides overrides;
    if (!pc_result_decode_people(r->detail, &people))
        return false;
    pc_planning_read_overrides(edits, &overrides);
    struct pc_scene scene = pc_pipeline_scene(pipeline, &overrides, r->width, r->height, &people);
    if (pc_shots_subject(&scene) < 0) {
        if (!pc_result_decode_object(r->detail, &object))
            return false;
        scene.object = &object;
    }
    pc_shots_plan(recipes, &scene, plan);
    return true;
}
