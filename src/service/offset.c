/* One correction for many images: the planned box of a shot, moved and scaled by the same part of
 * itself. The plan is made from the stored landmarks, so a preview costs no decoding. */
#include "service/edits.h"
#include "service/hands.h"
#include "service/internal.h"
#include "service/pages.h"
#include "service/planning.h"
#include "service/view.h"

enum verdict { SKIPPED, SAME, CHANGED };

struct look {
    enum verdict verdict;
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
    struct pc_taken taken;
    struct pc_plan plan;
    json_t *bare = json_copy(r->edits);
    const struct pc_shot *shot = NULL;
    json_object_del(bare, "boxes");
    pc_book_take(svc->book, json_object_get(r->edits, "recipes"), &taken);
    if (pc_plan_kept(&svc->line, r, bare, taken.recipes, &plan))
        shot = pc_plan_find(&plan, label);
    bool found = shot && shot->state != PC_SHOT_ABSENT;
    if (found)
        *out = shot->box;
    pc_book_give(svc->book, &taken);
    json_decref(bare);
    return found;
}

/* Fills edits and verdict of l; boxes are known. */
static void compare(struct look *l, const struct pc_record *r, const char *label)
{
    bool back = is_same_box(l->planned, l->box);
    l->edits = json_deep_copy(r->edits);
    pc_edits_put_box(l->edits, label, back ? NULL : &l->box, PC_BY_BATCH);
    l->verdict = json_equal(l->edits, r->edits) ? SAME : CHANGED;
}

static void look(struct pc_service *svc, const struct pc_offset *what, const struct pc_record *r,
                 struct look *l)
{
    l->verdict = SKIPPED;
    if (r->status != PC_PROCESSED || pc_edits_box_by(r->edits, what->label) == PC_BY_HAND ||
        !planned_box(svc, r, what->label, &l->planned))
        return;
    l->box = what->take_back
                 ? l->planned
                 : pc_placed_offset(l->planned, what->x, what->y, what->scale, r->width, r->height);
    if (what->take_back || pc_placed_inside(l->box, r->width, r->height))
        compare(l, r, what->label);
}

/* What others changed or removed meanwhile is skipped. */
static enum pc_code write_one(struct pc_service *svc, const struct pc_record *seen, struct look *l,
                              struct pc_err *err)
{
    struct pc_record r = {0};
    enum pc_code rc = pc_edits_write(svc, seen, l->edits, PC_PRIORITY_BATCH, &r, err);
    pc_record_finish(&r);
    if (rc != PC_E_NOT_PROCESSED && rc != PC_E_NOT_FOUND && rc != PC_E_CHANGED_MEANWHILE)
        return rc;
    l->verdict = SKIPPED;
    return PC_OK;
}

static int count(const struct look *looks, int n, enum verdict verdict)
{
    int found = 0;
    for (int i = 0; i < n; i++)
        found += looks[i].verdict == verdict;
    return found;
}

static enum pc_code write_all(struct pc_service *svc, const struct pc_record_list *list,
                              struct look *looks, struct pc_err *err)
{
    int changed = count(looks, list->n, CHANGED);
    enum pc_code rc = changed ? pc_queue_room(svc->parts.queue, changed, err) : PC_OK;
    for (int i = 0; i < list->n && !rc; i++)
        if (looks[i].verdict == CHANGED)
            rc = write_one(svc, &list->items[i], &looks[i], err);
    return rc;
}

static json_t *answer(struct pc_service *svc, const struct pc_page *page,
                      const struct pc_record_list *list, const struct look *looks)
{
    struct pc_view view = pc_view_of(svc);
    json_t *changed = json_array();
    for (int i = 0; i < list->n; i++) {
        if (looks[i].verdict != CHANGED)
            continue;
        json_t *o = pc_view_brief(&view, &list->items[i]);
        json_object_set_new(o, "planned", pc_ibox_json(looks[i].planned));
        json_object_set_new(o, "box", pc_ibox_json(looks[i].box));
        json_array_append_new(changed, o);
    }
    int looked = pc_page_looked(page, list);
    int skipped = count(looks, list->n, SKIPPED) + looked - list->n;
    return json_pack("{s:i, s:o, s:i, s:o}", "looked", looked, "changed", changed, "skipped",
                     skipped, "next", pc_page_next(svc, page, list));
}

enum pc_code pc_service_offset(struct pc_service *svc, const struct pc_offset *what, json_t **out,
                               struct pc_err *err)
{
    struct pc_page page = {what->ids, what->n_ids, what->batch, what->after_id};
    struct pc_record_list list;
    struct look looks[PC_PAGE_MAX] = {{.edits = NULL}};
    pc_book_look(svc->book);
    enum pc_code rc = pc_page_read(svc, &page, &list, err);
    for (int i = 0; i < list.n && !rc; i++)
        look(svc, what, &list.items[i], &looks[i]);
    if (!rc && !what->dry_run)
        rc = write_all(svc, &list, looks, err);
    if (!rc)
        *out = answer(svc, &page, &list, looks);
    for (int i = 0; i < list.n; i++)
        json_decref(looks[i].edits);
    pc_record_list_finish(&list);
    return rc;
}
