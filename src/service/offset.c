/* One correction for many images: the planned box of a shot, moved and scaled by the same part of
 * itself. The plan comes from stored keypoints, so that a preview decodes nothing. */
#include <stdlib.h>

#include "service/edits.h"
#include "service/internal.h"
#include "service/planning.h"

enum outcome { SKIPPED, SAME, CHANGED };

struct candidate {
    enum outcome outcome;
    struct pc_ibox planned, box;
    struct pc_record_edits edits; /* of CHANGED */
};

/* Plans the shot without boxes that people set, and moves its box. */
static void examine(struct pc_service *svc, const struct pc_offset_request *request,
                    const struct pc_record *r, struct candidate *c)
{
    struct pc_registry_ref ref;
    struct pc_pipeline_overrides overrides;
    struct pc_plan plan;
    const struct pc_shot *shot = NULL;
    if (r->status != PC_PROCESSED || pc_service_is_drawn(&r->edits, request->label))
        return;
    pc_planning_read_overrides(&r->edits, &overrides);
    overrides.n_boxes = 0;
    pc_registry_acquire(svc->registry, r->edits.recipes, r->edits.n_recipes, &ref);
    if (pc_planning_replan(&svc->pipeline, r, &overrides, ref.recipes, &plan))
        shot = pc_planning_find_shot(&plan, request->label);
    bool found = shot && shot->state != PC_SHOT_ABSENT;
    if (found)
        c->planned = shot->box;
    pc_registry_release(svc->registry, &ref);
    if (!found)
        return;
    c->box = request->clear ? c->planned
                            : pc_manual_box_offset(c->planned, request->x, request->y,
                                                   request->scale, r->width, r->height);
    if (!request->clear && !pc_manual_box_inside(c->box, r->width, r->height))
        return;
    pc_record_edits_copy(&c->edits, &r->edits);
    if (pc_ibox_equal(c->box, c->planned))
        pc_record_edits_remove_box(&c->edits, request->label);
    else
        pc_record_edits_put_box(&c->edits, request->label, c->box, pc_origin_name(PC_ORIGIN_BATCH));
    c->outcome = pc_record_edits_equal(&c->edits, &r->edits) ? SAME : CHANGED;
}

static enum pc_code write_all(struct pc_service *svc, const struct pc_record_list *list,
                              struct candidate *candidates, int changed, enum pc_priority priority,
                              struct pc_err *err)
{
    enum pc_code rc = changed ? pc_queue_check_capacity(svc->parts.queue, changed, err) : PC_OK;
    for (int i = 0; i < list->n && !rc; i++) {
        struct pc_record r = {0};
        if (candidates[i].outcome != CHANGED)
            continue;
        rc = pc_service_write_edits(svc, &list->items[i], &candidates[i].edits, priority, &r, err);
        pc_record_finish(&r);
        if (pc_selector_skips(rc)) {
            candidates[i].outcome = SKIPPED;
            rc = PC_OK;
        }
    }
    return rc;
}

enum pc_code pc_service_offset(struct pc_service *svc, const struct pc_offset_request *request,
                               struct pc_offset_result *out, struct pc_err *err)
{
    const struct pc_selector *selector = &request->images;
    struct candidate *candidates = pc_xzalloc(PC_SELECTOR_MAX * sizeof *candidates);
    struct pc_record_list *list = &out->records;
    int changed = 0;
    *out = (struct pc_offset_result){.looked = 0};
    pc_registry_refresh(svc->registry);
    enum pc_code rc = pc_selector_read(svc, selector, list, err);
    for (int i = 0; i < list->n && !rc; i++) {
        examine(svc, request, &list->items[i], &candidates[i]);
        changed += candidates[i].outcome == CHANGED;
    }
    if (!rc && !request->dry_run)
        rc = write_all(svc, list, candidates, changed, pc_selector_priority(request->images.n_ids),
                       err);
    if (!rc) {
        out->looked = pc_selector_looked(selector, list);
        out->skipped = out->looked - list->n;
        out->changed = pc_xzalloc((size_t)(changed + 1) * sizeof *out->changed);
        out->more = pc_selector_more(svc, selector, list, &out->next);
    }
    for (int i = 0; i < list->n; i++) {
        struct candidate *c = &candidates[i];
        out->skipped += c->outcome == SKIPPED;
        if (!rc && c->outcome == CHANGED)
            out->changed[out->n_changed++] =
                (struct pc_offset_change){&list->items[i], c->planned, c->box};
        pc_record_edits_finish(&c->edits);
    }
    free(candidates);
    if (rc)
        pc_offset_result_finish(out);
    return rc;
}

void pc_offset_result_finish(struct pc_offset_result *result)
{
    free(result->changed);
    pc_record_list_finish(&result->records);
    *result = (struct pc_offset_result){.looked = 0};
}
