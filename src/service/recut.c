/* Cuts stored images again. Plans each from its stored keypoints, with the active recipes or those
 * chosen for it; if its shots would differ, the image goes back to the queue. The worker reads the
 * people from the record and runs no network. */

#include "base/str.h"
#include "service/change.h"
#include "service/internal.h"
#include "service/planning.h"

/* --- comparing --- */

/* The plan does not know what only the pixels and the file tell: the second look at a headless
 * shot, and the size of its file. A shot that these lowered to review is the same whatever state is
 * planned. */
static bool is_same_shot(const struct pc_record_shot *stored, const struct pc_shot *planned)
{
    bool lowered = stored->has_face_score;
    if (!pc_str_eq(stored->recipe, planned->recipe->hash))
        return false;
    if (planned->state == PC_SHOT_ABSENT)
        return pc_str_eq(stored->state, pc_shot_state_name(PC_SHOT_ABSENT));
    for (int i = 0; i < stored->n_reasons && !lowered; i++)
        lowered = pc_str_eq(stored->reasons[i], pc_reason_name(PC_REASON_BYTES_MISSED));
    lowered = lowered && pc_str_eq(stored->state, pc_shot_state_name(PC_SHOT_REVIEW));
    return (lowered || pc_str_eq(stored->state, pc_shot_state_name(planned->state))) &&
           pc_ibox_equal(stored->box, planned->box);
}

/* Counts the shots that differ. A stored shot that no recipe makes any more differs too. */
static bool differs(const struct pc_record *r, const struct pc_plan *plan,
                    struct pc_recut_result *out)
{
    bool any = r->result.n_shots > plan->n_shots;
    for (int i = 0; i < plan->n_shots; i++) {
        char label[PC_SHOT_LABEL_BYTES];
        pc_shot_label(&plan->shots[i], label);
        const struct pc_record_shot *stored = pc_record_result_find(&r->result, label);
        if (stored && is_same_shot(stored, &plan->shots[i]))
            continue;
        pc_tally_add(&out->shots, &out->arena, label, 1);
        any = true;
    }
    return any;
}

/* Would the choice of labels change what the edits say? */
static bool labels_differ(const struct pc_recut_request *request, const struct pc_record *r)
{
    const struct pc_record_edits *edits = &r->edits;
    if (!request->choose)
        return false;
    if (!request->labels || !edits->has_recipes || edits->n_recipes != request->n_labels)
        return request->labels || edits->has_recipes;
    for (int i = 0; i < request->n_labels; i++)
        if (!pc_str_eq(edits->recipes[i], request->labels[i]))
            return true;
    return false;
}

enum outcome { SKIPPED, SAME, OTHER_LABELS, OTHER_SHOTS };

static enum outcome classify(struct pc_service *svc, const struct pc_recut_request *request,
                             const struct pc_record *r, struct pc_recut_result *out)
{
    const struct pc_record_edits *edits = &r->edits;
    const char *const *labels = request->choose ? request->labels : edits->recipes;
    int n_labels = request->choose ? request->n_labels : edits->n_recipes;
    struct pc_registry_ref ref;
    struct pc_pipeline_overrides overrides;
    struct pc_plan plan;
    enum outcome outcome = SKIPPED;
    if (r->status != PC_PROCESSED)
        return SKIPPED;
    pc_planning_read_overrides(edits, &overrides);
    pc_registry_acquire(svc->registry, labels, n_labels, &ref);
    if (pc_planning_replan(&svc->pipeline, r, &overrides, ref.recipes, &plan))
        outcome = differs(r, &plan, out)      ? OTHER_SHOTS
                  : labels_differ(request, r) ? OTHER_LABELS
                                              : SAME;
    pc_registry_release(svc->registry, &ref);
    return outcome;
}

/* --- requeueing --- */

static enum pc_code requeue(struct pc_service *svc, const struct pc_recut_request *request,
                            const struct pc_record *seen, bool reopen, int *queued,
                            struct pc_err *err)
{
    struct pc_record r = {0};
    enum pc_code rc;
    if (request->choose) {
        struct pc_record_edits edits;
        pc_record_edits_copy(&edits, &seen->edits);
        pc_record_edits_set_recipes(&edits, request->labels, request->n_labels);
        struct pc_record_annotations annotations = {
            .edits = &edits, .review = -1, .reopen = reopen};
        rc = pc_records_annotate(svc->parts.records, seen->id, seen->seq, &annotations, &r, err);
        pc_record_edits_finish(&edits);
    } else {
        rc = pc_records_recut(svc->parts.records, seen->id, &r, err);
    }
    if (pc_selector_skips(rc))
        return PC_OK;
    if (!rc && reopen) {
        pc_service_queue_image(svc, r.id, r.url, pc_selector_priority(request->images.n_ids));
        ++*queued;
    } else if (!rc) {
        pc_events_changed(svc->events, r.id);
    }
    pc_record_finish(&r);
    return rc;
}

static enum pc_code check_labels(struct pc_service *svc, const struct pc_recut_request *request,
                                 struct pc_err *err)
{
    struct pc_buf unknown = PC_BUF_INIT;
    struct pc_registry_ref ref;
    pc_registry_acquire(svc->registry, NULL, 0, &ref);
    for (int i = 0; i < request->n_labels; i++)
        if (!pc_registry_find(svc->registry, &ref, request->labels[i]))
            pc_buf_printf(&unknown, "%s'%.40s'", unknown.len ? ", " : "", request->labels[i]);
    pc_registry_release(svc->registry, &ref);
    enum pc_code rc = unknown.len ? pc_fail(err, PC_E_BAD_REQUEST, "No recipe is called %s.",
                                            pc_buf_text(&unknown))
                                  : PC_OK;
    pc_buf_finish(&unknown);
    return rc;
}

enum pc_code pc_service_recut(struct pc_service *svc, const struct pc_recut_request *request,
                              struct pc_recut_result *out, struct pc_err *err)
{
    const struct pc_selector *selector = &request->images;
    struct pc_record_list list = {0};
    enum outcome outcomes[PC_SELECTOR_MAX];
    *out = (struct pc_recut_result){.looked = 0};
    pc_registry_refresh(svc->registry);
    enum pc_code rc = check_labels(svc, request, err);
    if (!rc)
        rc = pc_selector_read(svc, selector, &list, err);
    for (int i = 0; i < list.n && !rc; i++) {
        outcomes[i] = classify(svc, request, &list.items[i], out);
        out->skipped += outcomes[i] == SKIPPED;
        out->changed += outcomes[i] == OTHER_SHOTS;
        out->unchanged += outcomes[i] == SAME || outcomes[i] == OTHER_LABELS;
    }
    if (!rc && !request->dry_run && out->changed)
        rc = pc_queue_check_capacity(svc->parts.queue, out->changed, err);
    for (int i = 0; i < list.n && !rc && !request->dry_run; i++)
        if (outcomes[i] >= OTHER_LABELS)
            rc = requeue(svc, request, &list.items[i], outcomes[i] == OTHER_SHOTS, &out->queued,
                         err);
    if (!rc) {
        out->looked = pc_selector_looked(selector, &list);
        out->skipped += out->looked - list.n; /* removed meanwhile */
        out->more = pc_selector_more(svc, selector, &list, &out->next);
    }
    pc_record_list_finish(&list);
    if (rc)
        pc_recut_result_finish(out);
    return rc;
}

void pc_recut_result_finish(struct pc_recut_result *result)
{
    pc_arena_finish(&result->arena);
    *result = (struct pc_recut_result){.looked = 0};
}
