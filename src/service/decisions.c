#include "service/decisions.h"

#include "base/clock.h"
#include "base/str.h"

static bool stands(const struct pc_record_decision *decision, enum pc_record_review review)
{
    return decision && pc_str_eq(decision->verdict, pc_record_review_name(review));
}

void pc_decisions_set(struct pc_record_decisions *decisions, const char *label,
                      enum pc_record_review decision, const char *reason, bool drawn,
                      int64_t now_ms)
{
    struct pc_record_decision *entry = pc_record_decisions_add(decisions, label);
    char at[25];
    bool has_reason = decision == PC_REVIEW_REJECTED && reason && *reason;
    entry->verdict = pc_record_review_name(decision);
    entry->at = pc_arena_strdup(&decisions->arena, pc_clock_iso(now_ms, at));
    entry->reason = has_reason ? pc_arena_strdup(&decisions->arena, reason) : NULL;
    entry->fresh = !entry->first;
    if (!entry->fresh)
        return;
    entry->first = drawn ? "corrected" : entry->verdict;
    if (has_reason)
        entry->why = entry->reason;
}

static void drop(struct pc_record_decision *entry)
{
    entry->verdict = entry->reason = entry->at = NULL;
    entry->fresh = false;
}

void pc_decisions_clear(struct pc_record_decisions *decisions, const char *label)
{
    struct pc_record_decision *entry = pc_record_decisions_find(decisions, label);
    if (entry && entry->fresh)
        pc_record_decisions_remove(decisions, label);
    else if (entry)
        drop(entry);
}

void pc_decisions_drop_changed(struct pc_record_decisions *decisions,
                               const struct pc_record_result *before,
                               const struct pc_record_result *now)
{
    for (int i = 0; i < decisions->n; i++) {
        const char *label = decisions->items[i].label;
        const struct pc_record_shot *a = pc_record_result_find(before, label);
        const struct pc_record_shot *b = pc_record_result_find(now, label);
        if (!a || !b || !pc_str_eq(a->recipe, b->recipe) || !pc_ibox_equal(a->box, b->box))
            drop(&decisions->items[i]);
    }
}

static bool has_file(const struct pc_record_shot *shot)
{
    return shot->key || shot->url;
}

bool pc_decisions_wanted(const struct pc_record_result *result, const struct pc_record_shot *shot)
{
    if (has_file(shot))
        return true;
    for (int i = 0; i < result->n_shots; i++)
        if (has_file(&result->shots[i]))
            return false;
    return true;
}

enum pc_record_review pc_decisions_review(const struct pc_record_decisions *decisions,
                                          const struct pc_record_result *result)
{
    int wanted = 0, approved = 0;
    for (int i = 0; i < result->n_shots; i++) {
        const struct pc_record_shot *shot = &result->shots[i];
        const struct pc_record_decision *entry =
            shot->label ? pc_record_decisions_find(decisions, shot->label) : NULL;
        if (stands(entry, PC_REVIEW_REJECTED))
            return PC_REVIEW_REJECTED;
        if (!pc_decisions_wanted(result, shot))
            continue;
        wanted++;
        approved += stands(entry, PC_REVIEW_APPROVED);
    }
    return wanted > 0 && approved == wanted ? PC_REVIEW_APPROVED : PC_REVIEW_NONE;
}
