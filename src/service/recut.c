/* Cutting anew from stored landmarks: which images would change under the recipes in force, or
 * under those chosen for them, and sending those back to the queue. The worker then finds the
 * landmarks in the record and asks no network. */
#include <string.h>

#include "base/str.h"
#include "service/internal.h"
#include "service/planning.h"
#include "service/selector.h"

_Static_assert((int)PC_RECUT_IDS_MAX <= (int)PC_SELECTOR_MAX, "the ids of a call are one page");

/* The second look at a headless shot may have lowered the planned state. */
static bool same_state(const json_t *stored, enum pc_shot_state now)
{
    const char *before = json_string_value(json_object_get(stored, "state"));
    return pc_str_eq(before, pc_shot_state_name(now)) ||
           (json_object_get(stored, "faceScore") &&
            pc_str_eq(before, pc_shot_state_name(PC_SHOT_REVIEW)) && now != PC_SHOT_ABSENT);
}

/* Does the shot that is stored equal the planned one? */
static bool same_shot(const json_t *stored, const struct pc_shot *shot)
{
    if (!pc_str_eq(json_string_value(json_object_get(stored, "recipe")), shot->recipe->hash) ||
        !same_state(stored, shot->state))
        return false;
    if (shot->state == PC_SHOT_ABSENT)
        return true;
    const json_t *box = json_object_get(stored, "box");
    const int now[] = {shot->box.x, shot->box.y, shot->box.w, shot->box.h};
    for (size_t i = 0; i < 4; i++)
        if ((int)json_number_value(json_array_get(box, i)) != now[i])
            return false;
    return true;
}

static const json_t *stored_shot(const struct pc_record *r, const char *label)
{
    size_t i;
    json_t *shot;
    json_array_foreach(
        r->shots, i,
        shot) if (pc_str_eq(json_string_value(json_object_get(shot, "label")), label)) return shot;
    return NULL;
}

static void count_shot(json_t *shots, const char *label)
{
    json_int_t n = json_integer_value(json_object_get(shots, label));
    json_object_set_new(shots, label, json_integer(n + 1));
}

/* Counts the shots that differ; a shot that no recipe makes any more differs too. */
static int differences(const struct pc_record *r, const struct pc_plan *plan, json_t *shots)
{
    int n = 0;
    for (int i = 0; i < plan->n_shots; i++) {
        char label[PC_SHOT_LABEL_BYTES];
        pc_shot_label(&plan->shots[i], label);
        const json_t *stored = stored_shot(r, label);
        if (stored && same_shot(stored, &plan->shots[i]))
            continue;
        count_shot(shots, label);
        n++;
    }
    int gone = (int)json_array_size(r->shots) - plan->n_shots;
    return n + (gone > 0 ? gone : 0);
}

/* --- choosing ----------------------------------------------------------------------------------
 */

enum outcome { SKIPPED, SAME, OTHER_NAMES, OTHER_SHOTS };

/* Labels that an image is cut by; NULL: all in force. */
static const json_t *labels_of(const struct pc_recut_request *what, const struct pc_record *r)
{
    const json_t *stored = json_object_get(r->edits, "recipes");
    if (!what->choose)
        return stored;
    return json_is_array(what->recipes) ? what->recipes : NULL;
}

static bool names_differ(const struct pc_recut_request *what, const struct pc_record *r)
{
    const json_t *stored = json_object_get(r->edits, "recipes"), *wanted = labels_of(what, r);
    return wanted ? !json_equal(stored, wanted) : stored != NULL;
}

static enum outcome classify(struct pc_service *svc, const struct pc_recut_request *what,
                             const struct pc_record *r, json_t *shots)
{
    struct pc_registry_ref ref;
    struct pc_plan plan;
    enum outcome outcome = SKIPPED;
    pc_registry_acquire(svc->registry, labels_of(what, r), &ref);
    if (r->status == PC_PROCESSED &&
        pc_planning_replan(&svc->pipeline, r, r->edits, ref.recipes, &plan))
        outcome = differences(r, &plan, shots) ? OTHER_SHOTS
                  : names_differ(what, r)      ? OTHER_NAMES
                                               : SAME;
    pc_registry_release(svc->registry, &ref);
    return outcome;
}

static enum pc_code check_labels(struct pc_service *svc, const json_t *labels, struct pc_err *err)
{
    struct pc_buf unknown = PC_BUF_INIT;
    struct pc_registry_ref ref;
    pc_registry_acquire(svc->registry, NULL, &ref);
    for (size_t i = 0; i < json_array_size(labels); i++) {
        const char *label = json_string_value(json_array_get(labels, i));
        if (!label || !pc_registry_find(svc->registry, &ref, label))
            pc_buf_printf(&unknown, "%s'%.40s'", unknown.len ? ", " : "", label ? label : "");
    }
    pc_registry_release(svc->registry, &ref);
    enum pc_code rc = unknown.len ? pc_fail(err, PC_E_BAD_REQUEST, "No recipe is called %s.",
                                            pc_buf_text(&unknown))
                                  : PC_OK;
    pc_buf_finish(&unknown);
    return rc;
}

/* --- sending back ------------------------------------------------------------------------------
 */

struct tally {
    int changed, unchanged, skipped, queued;
    json_t *shots;
};

/* With other names in its edits, when some were chosen. */
static enum pc_code annotate(struct pc_service *svc, const struct pc_recut_request *what,
                             const struct pc_record *seen, bool reopen, struct pc_record *r,
                             struct pc_err *err)
{
    if (!what->choose)
        return pc_records_recut(svc->parts.records, seen->id, r, err);
    json_t *edits = json_copy(seen->edits);
    if (json_is_array(what->recipes))
        json_object_set(edits, "recipes", (json_t *)what->recipes);
    else
        json_object_del(edits, "recipes");
    struct pc_record_annotations annotations = {.edits = edits, .review = -1, .reopen = reopen};
    enum pc_code rc =
        pc_records_annotate(svc->parts.records, seen->id, seen->seq, &annotations, r, err);
    json_decref(edits);
    return rc;
}

static enum pc_code requeue(struct pc_service *svc, const struct pc_recut_request *what,
                            const struct pc_record *seen, bool reopen, struct tally *t,
                            struct pc_err *err)
{
    struct pc_record r = {0};
    struct pc_err late = PC_ERR_INIT;
    bool added;
    enum pc_code rc = annotate(svc, what, seen, reopen, &r, err);
    if (rc == PC_E_NOT_PROCESSED || rc == PC_E_NOT_FOUND || rc == PC_E_CHANGED_MEANWHILE)
        return PC_OK; /* since the list was read */
    if (!rc) {
        pc_events_changed(svc->events, seen->id);
        t->queued += reopen;
        if (reopen &&
            pc_queue_add(svc->parts.queue, seen->id, r.url, PC_PRIORITY_BATCH, &added, &late))
            pc_log_err(PC_LOG_WARN, "not queued yet, the sweeper will", &late,
                       PC_LOG_I64("id", seen->id));
    }
    pc_record_finish(&r);
    return rc;
}

static enum pc_code requeue_all(struct pc_service *svc, const struct pc_recut_request *what,
                                const struct pc_record_list *list, const enum outcome outcomes[],
                                struct tally *t, struct pc_err *err)
{
    enum pc_code rc =
        t->changed ? pc_queue_check_capacity(svc->parts.queue, t->changed, err) : PC_OK;
    for (int i = 0; i < list->n && !rc; i++)
        if (outcomes[i] >= OTHER_NAMES)
            rc = requeue(svc, what, &list->items[i], outcomes[i] == OTHER_SHOTS, t, err);
    return rc;
}

/* --- a page of records -------------------------------------------------------------------------
 */

static void examine(struct pc_service *svc, const struct pc_recut_request *what,
                    const struct pc_selector *selector, const struct pc_record_list *list,
                    enum outcome outcomes[], struct tally *t)
{
    for (int i = 0; i < list->n; i++) {
        outcomes[i] = classify(svc, what, &list->items[i], t->shots);
        t->skipped += outcomes[i] == SKIPPED;
        t->changed += outcomes[i] == OTHER_SHOTS;
        t->unchanged += outcomes[i] == SAME || outcomes[i] == OTHER_NAMES;
    }
    t->skipped += pc_selector_examined(selector, list) - list->n; /* gone */
}

static json_t *encode_answer(struct pc_service *svc, const struct pc_selector *selector,
                             const struct pc_record_list *list, const struct tally *t)
{
    return json_pack("{s:i, s:i, s:i, s:i, s:O, s:i, s:o}", "looked",
                     pc_selector_examined(selector, list), "changed", t->changed, "unchanged",
                     t->unchanged, "skipped", t->skipped, "shots", t->shots, "queued", t->queued,
                     "next", pc_selector_next(svc, selector, list));
}

enum pc_code pc_service_recut(struct pc_service *svc, const struct pc_recut_request *what,
                              json_t **out, struct pc_err *err)
{
    struct pc_selector selector = {what->ids, what->n_ids, what->batch, what->after_id};
    struct pc_record_list list = {0};
    enum outcome outcomes[PC_SELECTOR_MAX];
    struct tally t = {.shots = json_object()};
    pc_registry_refresh(svc->registry);
    enum pc_code rc = check_labels(svc, what->recipes, err);
    if (!rc)
        rc = pc_selector_read(svc, &selector, &list, err);
    if (!rc) {
        examine(svc, what, &selector, &list, outcomes, &t);
        if (!what->dry_run)
            rc = requeue_all(svc, what, &list, outcomes, &t, err);
    }
    if (!rc)
        *out = encode_answer(svc, &selector, &list, &t);
    pc_record_list_finish(&list);
    json_decref(t.shots);
    return rc;
}
