/* Cutting anew from stored landmarks: which images would change under the recipes in force, and
 * sending those back to the queue. The worker then finds the landmarks in the record and asks no
 * network. */
#include <string.h>

#include "base/str.h"
#include "service/internal.h"
#include "service/kept.h"

enum { PAGE = 250 }; /* records in memory at a time */

/* The second look at a headless shot may have lowered the planned state. */
static bool same_state(const json_t *kept, enum pc_shot_state now)
{
    const char *before = json_string_value(json_object_get(kept, "state"));
    return pc_streq(before, pc_shot_state_name(now)) ||
           (json_object_get(kept, "faceScore") &&
            pc_streq(before, pc_shot_state_name(PC_SHOT_REVIEW)) && now != PC_SHOT_ABSENT);
}

/* Does the shot that is stored equal the planned one? */
static bool same_shot(const json_t *kept, const struct pc_shot *shot)
{
    if (!pc_streq(json_string_value(json_object_get(kept, "recipe")), shot->recipe->hash) ||
        !same_state(kept, shot->state))
        return false;
    if (shot->state == PC_SHOT_ABSENT)
        return true;
    const json_t *box = json_object_get(kept, "box");
    const int now[] = {shot->box.x, shot->box.y, shot->box.w, shot->box.h};
    for (size_t i = 0; i < 4; i++)
        if ((int)json_number_value(json_array_get(box, i)) != now[i])
            return false;
    return true;
}

static const json_t *kept_shot(const struct pc_record *r, const char *label)
{
    size_t i;
    json_t *shot;
    json_array_foreach(
        r->shots, i,
        shot) if (pc_streq(json_string_value(json_object_get(shot, "label")), label)) return shot;
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
        const json_t *kept = kept_shot(r, label);
        if (kept && same_shot(kept, &plan->shots[i]))
            continue;
        count_shot(shots, label);
        n++;
    }
    int gone = (int)json_array_size(r->shots) - plan->n_shots;
    return n + (gone > 0 ? gone : 0);
}

/* Answers whether the record can be planned again: processed, with landmarks or with a measured
 * object. */
static bool plan_again(struct pc_service *svc, const struct pc_record *r, struct pc_plan *plan)
{
    struct pc_people people;
    struct pc_object object;
    if (r->status != PC_PROCESSED || !pc_kept_people(r->detail, &people))
        return false;
    struct pc_scene scene = pc_pipeline_scene(&svc->line, r->width, r->height, &people);
    if (pc_shots_subject(&scene) < 0) {
        if (!pc_kept_object(r->detail, &object))
            return false;
        scene.object = &object;
    }
    pc_shots_plan(svc->parts.recipes, &scene, plan);
    return true;
}

static enum pc_code reopen(struct pc_service *svc, int64_t id, int *queued, struct pc_err *err)
{
    struct pc_record r = {0};
    bool added;
    enum pc_code rc = pc_records_recut(svc->parts.records, id, &r, err);
    if (rc == PC_E_NOT_PROCESSED || rc == PC_E_NOT_FOUND) /* changed since the list was read */
        return PC_OK;
    if (!rc) {
        struct pc_err late = PC_ERR_INIT;
        (*queued)++;
        pc_events_changed(svc->events, id);
        if (pc_queue_add(svc->parts.queue, id, r.url, PC_PRIORITY_BATCH, &added, &late))
            pc_log_err(PC_LOG_WARN, "not queued yet, the sweeper will", &late,
                       PC_LOG_I64("id", id));
    }
    pc_record_finish(&r);
    return rc;
}

struct tally {
    int changed, unchanged, skipped, queued;
    json_t *shots;
};

/* Notes the ids of those that would change in changed. */
static void look(struct pc_service *svc, const struct pc_record_list *list, struct tally *t,
                 int64_t changed[])
{
    struct pc_plan plan;
    for (int i = 0; i < list->n; i++) {
        if (!plan_again(svc, &list->items[i], &plan))
            t->skipped++;
        else if (!differences(&list->items[i], &plan, t->shots))
            t->unchanged++;
        else
            changed[t->changed++] = list->items[i].id;
    }
}

static enum pc_code reopen_all(struct pc_service *svc, const int64_t ids[], struct tally *t,
                               struct pc_err *err)
{
    enum pc_code rc = pc_queue_room(svc->parts.queue, t->changed, err);
    for (int i = 0; i < t->changed && !rc; i++)
        rc = reopen(svc, ids[i], &t->queued, err);
    return rc;
}

enum pc_code pc_service_recut(struct pc_service *svc, const struct pc_recut *what, json_t **out,
                              struct pc_err *err)
{
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    struct pc_record_list list = {0};
    int64_t changed[PAGE], room = svc->parts.config->queue_max;
    q.limit = room < PAGE ? (int)room : PAGE; /* a page that always finds room some day */
    q.after_id = what->after_id;
    q.batch = what->batch && *what->batch ? what->batch : NULL;
    q.descending = false;
    enum pc_code rc = pc_records_list(svc->parts.records, &q, &list, err);
    struct tally t = {.shots = json_object()};
    look(svc, &list, &t, changed);
    if (!rc && !what->dry_run)
        rc = reopen_all(svc, changed, &t, err);
    int n = list.n;
    int64_t last = n ? list.items[n - 1].id : 0;
    pc_record_list_finish(&list);
    if (rc) {
        json_decref(t.shots);
        return rc;
    }
    *out =
        json_pack("{s:i, s:i, s:i, s:i, s:o, s:i}", "looked", n, "changed", t.changed, "unchanged",
                  t.unchanged, "skipped", t.skipped, "shots", t.shots, "queued", t.queued);
    json_object_set_new(*out, "next", n == q.limit ? json_integer(last) : json_null());
    return PC_OK;
}
