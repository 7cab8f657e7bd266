/* One correction for many images: the planned box of a shot, moved and scaled by the same part of
 * itself. The plan is made from the stored landmarks, so a preview costs no decoding. */
#include "service/edits.h"
#include "service/encode.h"
#include "service/internal.h"
#include "service/planning.h"
#include "service/review.h"
#include "service/selector.h"

enum outcome { SKIPPED, SAME, CHANGED };

struct candidate {
    enum outcome outcome;
    struct pc_ibox planned, box;
    json_t *edits; /* owned; of CHANGED */
};

static bool is_same_box(struct pc_ibox a, struct pc_ibox b)
{
    return a.x == b.x && a.y == b.y && a.w == b.w && a.h == b.h;
}

/* The shot as the recipes place it; false when there is none in this picture. */
static bool planned_box(struct pc_service *svc, const struct pc_record *r, const char *label,
                        struct pc_ibox *out)
{
    struct pc_registry_ref ref;
    struct pc_plan plan;
    json_t *bare = json_copy(r->edits);
    const struct pc_shot *shot = NULL;
    json_object_del(bare, "boxes");
    pc_registry_acquire(svc->registry, json_object_get(r->edits, "recipes"), &ref);
    if (pc_planning_replan(&svc->pipeline, r, bare, ref.recipes, &plan))
        shot = pc_edits_find_shot(&plan, label);
    bool found = shot && shot->state != PC_SHOT_ABSENT;
    if (found)
        *out = shot->box;
    pc_registry_release(svc->registry, &ref);
    json_decref(bare);
    return found;
}

/* Fills edits and verdict of l; boxes are known. */
static void compare(struct candidate *l, const struct pc_record *r, const char *label)
{
    bool restored = is_same_box(l->planned, l->box);
    l->edits = json_deep_copy(r->edits);
    pc_edits_put_box(l->edits, label, restored ? NULL : &l->box, PC_ORIGIN_BATCH);
    l->outcome = json_equal(l->edits, r->edits) ? SAME : CHANGED;
}

static void examine(struct pc_service *svc, const struct pc_offset_request *what,
                    const struct pc_record *r, struct candidate *l)
{
    l->outcome = SKIPPED;
    if (r->status != PC_PROCESSED || pc_edits_box_by(r->edits, what->label) == PC_ORIGIN_HAND ||
        !planned_box(svc, r, what->label, &l->planned))
        return;
    l->box = what->clear ? l->planned
                         : pc_manual_box_offset(l->planned, what->x, what->y, what->scale, r->width,
                                                r->height);
    if (what->clear || pc_manual_box_inside(l->box, r->width, r->height))
        compare(l, r, what->label);
}

/* What others changed or removed meanwhile is skipped. */
static enum pc_code write_one(struct pc_service *svc, const struct pc_record *seen,
                              struct candidate *l, struct pc_err *err)
{
    struct pc_record r = {0};
    enum pc_code rc = pc_edits_write(svc, seen, l->edits, PC_PRIORITY_BATCH, &r, err);
    pc_record_finish(&r);
    if (rc != PC_E_NOT_PROCESSED && rc != PC_E_NOT_FOUND && rc != PC_E_CHANGED_MEANWHILE)
        return rc;
    l->outcome = SKIPPED;
    return PC_OK;
}

static int count(const struct candidate *candidates, int n, enum outcome outcome)
{
    int found = 0;
    for (int i = 0; i < n; i++)
        found += candidates[i].outcome == outcome;
    return found;
}

static enum pc_code write_all(struct pc_service *svc, const struct pc_record_list *list,
                              struct candidate *candidates, struct pc_err *err)
{
    int changed = count(candidates, list->n, CHANGED);
    enum pc_code rc = changed ? pc_queue_check_capacity(svc->parts.queue, changed, err) : PC_OK;
    for (int i = 0; i < list->n && !rc; i++)
        if (candidates[i].outcome == CHANGED)
            rc = write_one(svc, &list->items[i], &candidates[i], err);
    return rc;
}

static json_t *encode_answer(struct pc_service *svc, const struct pc_selector *selector,
                             const struct pc_record_list *list, const struct candidate *candidates)
{
    struct pc_encode_links links = pc_encode_links_of(svc);
    json_t *changed = json_array();
    for (int i = 0; i < list->n; i++) {
        if (candidates[i].outcome != CHANGED)
            continue;
        json_t *o = pc_encode_brief(&links, &list->items[i]);
        json_object_set_new(o, "planned", pc_encode_ibox(candidates[i].planned));
        json_object_set_new(o, "box", pc_encode_ibox(candidates[i].box));
        json_array_append_new(changed, o);
    }
    int examined = pc_selector_examined(selector, list);
    int skipped = count(candidates, list->n, SKIPPED) + examined - list->n;
    return json_pack("{s:i, s:o, s:i, s:o}", "looked", examined, "changed", changed, "skipped",
                     skipped, "next", pc_selector_next(svc, selector, list));
}

enum pc_code pc_service_offset(struct pc_service *svc, const struct pc_offset_request *what,
                               json_t **out, struct pc_err *err)
{
    struct pc_selector selector = {what->ids, what->n_ids, what->batch, what->after_id};
    struct pc_record_list list;
    struct candidate candidates[PC_SELECTOR_MAX] = {{.edits = NULL}};
    pc_registry_refresh(svc->registry);
    enum pc_code rc = pc_selector_read(svc, &selector, &list, err);
    for (int i = 0; i < list.n && !rc; i++)
        examine(svc, what, &list.items[i], &candidates[i]);
    if (!rc && !what->dry_run)
        rc = write_all(svc, &list, candidates, err);
    if (!rc)
        *out = encode_answer(svc, &selector, &list, candidates);
    for (int i = 0; i < list.n; i++)
        json_decref(candidates[i].edits);
    pc_record_list_finish(&list);
    return rc;
}
