#include "service/decisions.h"

#include "base/clock.h"
#include "base/str.h"

static json_t *entry_of(json_t *decisions, const char *label)
{
    json_t *entry = json_object_get(decisions, label);
    if (!entry) {
        entry = json_object();
        json_object_set_new(decisions, label, entry);
    }
    return entry;
}

static void put_reason(json_t *entry, const char *field, const char *reason)
{
    if (reason && *reason)
        json_object_set_new(entry, field, json_string(reason));
}

void pc_decisions_set(json_t *decisions, const char *label, enum pc_record_review decision,
                      const char *reason, bool by_hand, int64_t now_ms)
{
    json_t *entry = entry_of(decisions, label);
    char at[25];
    bool is_first = !json_object_get(entry, "first");
    json_object_set_new(entry, "verdict", json_string(pc_record_review_name(decision)));
    json_object_set_new(entry, "at", json_string(pc_clock_iso(now_ms, at)));
    json_object_del(entry, "reason");
    json_object_del(entry, "fresh");
    if (decision == PC_REVIEW_REJECTED)
        put_reason(entry, "reason", reason);
    if (!is_first)
        return;
    json_object_set_new(entry, "fresh", json_true());
    json_object_set_new(entry, "first",
                        json_string(by_hand ? "corrected" : pc_record_review_name(decision)));
    if (decision == PC_REVIEW_REJECTED)
        put_reason(entry, "why", reason);
}

/* What stays of an entry without its verdict. */
static void clear_decision(json_t *entry)
{
    json_object_del(entry, "verdict");
    json_object_del(entry, "reason");
    json_object_del(entry, "at");
    json_object_del(entry, "fresh");
}

void pc_decisions_clear(json_t *decisions, const char *label)
{
    json_t *entry = json_object_get(decisions, label);
    if (json_object_get(entry, "fresh"))
        json_object_del(decisions, label);
    else if (entry)
        clear_decision(entry);
}

static const json_t *shot_of(const json_t *shots, const char *label)
{
    for (size_t i = 0; i < json_array_size(shots); i++) {
        const json_t *shot = json_array_get(shots, i);
        if (pc_str_eq(json_string_value(json_object_get(shot, "label")), label))
            return shot;
    }
    return NULL;
}

static bool same(const json_t *a, const json_t *b, const char *field)
{
    const json_t *x = json_object_get(a, field), *y = json_object_get(b, field);
    return x && y ? json_equal(x, y) : x == y;
}

json_t *pc_decisions_after_cut(const json_t *decisions, const json_t *before, const json_t *shots)
{
    json_t *left = json_deep_copy(decisions), *entry;
    const char *label;
    json_object_foreach(left, label, entry)
    {
        const json_t *old = shot_of(before, label), *now = shot_of(shots, label);
        if (!now || !old || !same(old, now, "box") || !same(old, now, "recipe"))
            clear_decision(entry);
    }
    return left;
}

static bool has_file(const json_t *shot)
{
    return json_object_get(shot, "key") || json_object_get(shot, "url");
}

bool pc_decisions_wanted(const json_t *shots, const json_t *shot)
{
    if (has_file(shot))
        return true;
    for (size_t i = 0; i < json_array_size(shots); i++)
        if (has_file(json_array_get(shots, i)))
            return false;
    return true;
}

enum pc_record_review pc_decisions_review(const json_t *decisions, const json_t *shots)
{
    size_t asked = 0, approved = 0;
    for (size_t i = 0; i < json_array_size(shots); i++) {
        const json_t *shot = json_array_get(shots, i);
        const char *label = json_string_value(json_object_get(shot, "label"));
        const json_t *entry = label ? json_object_get(decisions, label) : NULL;
        const char *decision = json_string_value(json_object_get(entry, "verdict"));
        if (pc_str_eq(decision, pc_record_review_name(PC_REVIEW_REJECTED)))
            return PC_REVIEW_REJECTED;
        if (!pc_decisions_wanted(shots, shot))
            continue;
        asked++;
        approved += pc_str_eq(decision, pc_record_review_name(PC_REVIEW_APPROVED));
    }
    return asked > 0 && approved == asked ? PC_REVIEW_APPROVED : PC_REVIEW_NONE;
}

json_t *pc_decisions_encode(const json_t *decisions, const char *label)
{
    static const char *const shown[] = {"verdict", "reason", "at", "first"};
    const json_t *entry = label ? json_object_get(decisions, label) : NULL;
    if (!json_object_get(entry, "verdict"))
        return NULL;
    json_t *o = json_object();
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        json_t *value = json_object_get(entry, shown[i]);
        if (value)
            json_object_set(o, shown[i], value);
    }
    return o;
}
