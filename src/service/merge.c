#include "service/merge.h"

#include <math.h>

#include "recipes/recipes.h"
#include "service/planning.h"

static enum pc_code set_person(const struct pc_record *r, const struct pc_edit_request *request,
                               struct pc_record_edits *edits, struct pc_err *err)
{
    const struct pc_people *people = r->result.people;
    int n = people ? people->n : 0;
    edits->has_person = request->person >= 0;
    edits->person = 0;
    edits->person_box = (struct pc_ibox){.w = 0};
    if (request->person < 0)
        return PC_OK;
    if (request->person >= n)
        return pc_fail(err, PC_E_BAD_REQUEST, "This image has %d people.", n);
    const struct pc_box *box = &people->p[request->person].box;
    edits->person = (int)request->person;
    edits->person_box = (struct pc_ibox){(int)round(box->x), (int)round(box->y), (int)round(box->w),
                                         (int)round(box->h)};
    return PC_OK;
}

/* plan: without boxes set by people; no shots when the image cannot be planned. */
static enum pc_code check_box(const struct pc_record *r, const struct pc_recipe_set *recipes,
                              const struct pc_plan *plan, const struct pc_edit_box *set,
                              struct pc_err *err)
{
    const char *label = set->label;
    const struct pc_shot *shot = pc_planning_find_shot(plan, label);
    const struct pc_recipe *recipe = shot ? shot->recipe : NULL;
    struct pc_ibox planned = shot ? shot->box : (struct pc_ibox){0};
    if (!recipe && plan->n_shots == 0)
        recipe = pc_recipes_find(recipes, label);
    if (!recipe)
        return pc_fail(err, PC_E_BAD_REQUEST, "This image has no shot called '%.40s'.", label);
    if (set->box.w < PC_MANUAL_BOX_MIN_PX || set->box.h < PC_MANUAL_BOX_MIN_PX)
        return pc_fail(err, PC_E_BAD_REQUEST, "The box of '%.40s' is smaller than %d pixels.",
                       label, PC_MANUAL_BOX_MIN_PX);
    if (!pc_manual_box_inside(set->box, r->width, r->height))
        return pc_fail(err, PC_E_BAD_REQUEST,
                       "The box of '%.40s' is not within the image, which is %d x %d.", label,
                       r->width, r->height);
    if (!pc_manual_box_fits(recipe, planned, set->box))
        return pc_fail(err, PC_E_BAD_REQUEST,
                       "The box of '%.40s' does not have the shape that its recipe asks for.",
                       label);
    return PC_OK;
}

enum pc_code pc_merge_edits(const struct pc_pipeline *pipeline, const struct pc_record *r,
                            const struct pc_recipe_set *recipes,
                            const struct pc_edit_request *request, struct pc_record_edits *edits,
                            struct pc_err *err)
{
    struct pc_pipeline_overrides overrides;
    struct pc_plan plan;
    pc_record_edits_copy(edits, &r->edits);
    enum pc_code rc = request->sets_person ? set_person(r, request, edits, err) : PC_OK;
    pc_planning_read_overrides(edits, &overrides);
    overrides.n_boxes = 0;
    if (!pc_planning_replan(pipeline, r, &overrides, recipes, &plan))
        plan.n_shots = 0;
    for (int i = 0; i < request->n_boxes && !rc; i++) {
        const struct pc_edit_box *set = &request->boxes[i];
        if (set->clear)
            pc_record_edits_remove_box(edits, set->label);
        else if (!(rc = check_box(r, recipes, &plan, set, err)))
            pc_record_edits_put_box(edits, set->label, set->box, pc_origin_name(PC_ORIGIN_HAND));
    }
    if (rc)
        pc_record_edits_finish(edits);
    return rc;
}
