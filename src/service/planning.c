#include "service/planning.h"

#include <string.h>

#include "base/str.h"

void pc_planning_read_overrides(const struct pc_record_edits *edits,
                                struct pc_pipeline_overrides *out)
{
    struct pc_ibox at = edits->person_box;
    bool chosen = edits->has_person && edits->person >= 0 && edits->person < PC_MAX_PEOPLE;
    out->person = chosen ? edits->person : -1;
    out->person_box = (struct pc_box){at.x, at.y, at.w, at.h};
    out->n_boxes = 0;
    for (int i = 0; i < edits->n_boxes && out->n_boxes < PC_MAX_SHOTS; i++) {
        const struct pc_record_manual_box *set = &edits->boxes[i];
        struct pc_manual_box *box = &out->boxes[out->n_boxes];
        bool by_batch = pc_str_eq(set->origin, pc_origin_name(PC_ORIGIN_BATCH));
        if (set->box.w <= 0 || strlen(set->label) >= sizeof box->label)
            continue;
        pc_str_copy(box->label, sizeof box->label, set->label);
        box->box = set->box;
        box->origin = by_batch ? PC_ORIGIN_BATCH : PC_ORIGIN_HAND;
        out->n_boxes++;
    }
}

bool pc_planning_replan(const struct pc_pipeline *pipeline, const struct pc_record *r,
                        const struct pc_pipeline_overrides *overrides,
                        const struct pc_recipe_set *recipes, struct pc_plan *plan)
{
    if (!r->result.people)
        return false;
    struct pc_object object = {r->result.object.trimmed, r->result.object.interest};
    struct pc_scene scene =
        pc_pipeline_scene(pipeline, overrides, r->width, r->height, r->result.people);
    if (pc_shots_subject(&scene) < 0) {
        if (!r->result.has_object)
            return false;
        scene.object = &object;
    }
    pc_shots_plan(recipes, &scene, plan);
    return true;
}

const struct pc_shot *pc_planning_find_shot(const struct pc_plan *plan, const char *label)
{
    for (int i = 0; i < plan->n_shots; i++) {
        char name[PC_SHOT_LABEL_BYTES];
        pc_shot_label(&plan->shots[i], name);
        if (strcmp(name, label) == 0)
            return &plan->shots[i];
    }
    return NULL;
}
