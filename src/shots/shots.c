/* What a shot says of itself: names of states, reasons and facings, and how a state gets worse. */
#include <stdio.h>

#include "shots/shots.h"

const char *pc_shot_state_name(enum pc_shot_state s)
{
    static const char *const names[] = {"ok", "partial", "absent", "review"};
    return (unsigned)s < sizeof names / sizeof *names ? names[s] : "";
}

const char *pc_reason_name(enum pc_reason r)
{
    static const char *const names[] = {
#define PC_REASON(id, name, text) name,
#include "shots/reasons.def"
#undef PC_REASON
    };
    return (unsigned)r < PC_REASON_COUNT ? names[r] : "";
}

const char *pc_reason_text(enum pc_reason r)
{
    static const char *const texts[] = {
#define PC_REASON(id, name, text) text,
#include "shots/reasons.def"
#undef PC_REASON
    };
    return (unsigned)r < PC_REASON_COUNT ? texts[r] : "";
}

const char *pc_facing_name(enum pc_facing f)
{
    static const char *const names[] = {"unknown", "front", "back", "side"};
    return (unsigned)f < sizeof names / sizeof *names ? names[f] : "";
}

const char *pc_origin_name(enum pc_origin origin)
{
    static const char *const names[] = {"recipe", "hand", "batch"};
    return (unsigned)origin < sizeof names / sizeof *names ? names[origin] : "";
}

void pc_shot_label(const struct pc_shot *shot, char out[PC_SHOT_LABEL_BYTES])
{
    if (shot->copy == 0)
        snprintf(out, PC_SHOT_LABEL_BYTES, "%s", shot->recipe->label);
    else
        snprintf(out, PC_SHOT_LABEL_BYTES, "%s-%d", shot->recipe->label, shot->copy + 1);
}

void pc_shot_downgrade(struct pc_shot *shot, enum pc_shot_state state, enum pc_reason reason)
{
    static const int severity[] = {
        [PC_SHOT_OK] = 0, [PC_SHOT_PARTIAL] = 1, [PC_SHOT_REVIEW] = 2, [PC_SHOT_ABSENT] = 3};
    if (severity[state] > severity[shot->state])
        shot->state = state;
    if (!pc_shot_has_reason(shot, reason) && shot->n_reasons < PC_MAX_REASONS)
        shot->reasons[shot->n_reasons++] = reason;
}

void pc_shot_set_absent(struct pc_shot *shot, enum pc_reason reason)
{
    shot->n_reasons = 0;
    pc_shot_downgrade(shot, PC_SHOT_ABSENT, reason);
    shot->box = (struct pc_ibox){0};
    shot->width = shot->height = 0;
}

bool pc_shot_has_reason(const struct pc_shot *shot, enum pc_reason reason)
{
    for (int i = 0; i < shot->n_reasons; i++)
        if (shot->reasons[i] == reason)
            return true;
    return false;
}
