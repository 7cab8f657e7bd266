#include "service/planning.h"

#include <string.h>

#include "base/str.h"
#include "service/kept.h"

static void read_placed(const char *label, const json_t *kept, struct pc_hand *out)
{
    struct pc_placed *p = &out->placed[out->n_placed];
    const char *by = json_string_value(json_object_get(kept, "by"));
    if (out->n_placed == PC_MAX_SHOTS || strlen(label) >= sizeof p->label ||
        !pc_kept_box(json_object_get(kept, "box"), &p->box))
        return;
    memcpy(p->label, label, strlen(label) + 1);
    p->by = pc_streq(by, pc_by_name(PC_BY_BATCH)) ? PC_BY_BATCH : PC_BY_HAND;
    out->n_placed++;
}

void pc_hand_read(const json_t *edits, struct pc_hand *out)
{
    const json_t *person = json_object_get(edits, "person");
    const char *label;
    json_t *box;
    json_int_t chosen = json_is_integer(person) ? json_integer_value(person) : -1;
    struct pc_ibox at = {0};
    out->person = chosen >= 0 && chosen < PC_MAX_PEOPLE ? (int)chosen : -1;
    if (!pc_kept_box(json_object_get(edits, "personBox"), &at))
        at.w = 0;
    out->at = (struct pc_box){at.x, at.y, at.w, at.h};
    out->n_placed = 0;
    json_object_foreach(json_object_get(edits, "boxes"), label, box) read_placed(label, box, out);
}

bool pc_plan_kept(const struct pc_pipeline *line, const struct pc_record *r, const json_t *edits,
                  const struct pc_recipes *recipes, struct pc_plan *plan)
{
    struct pc_people people;
    struct pc_object object;
    struct pc_hand hand;
    struct pc_pipeline with = *line;
    if (!pc_kept_people(r->detail, &people))
        return false;
    pc_hand_read(edits, &hand);
    with.hand = &hand;
    struct pc_scene scene = pc_pipeline_scene(&with, r->width, r->height, &people);
    if (pc_shots_subject(&scene) < 0) {
        if (!pc_kept_object(r->detail, &object))
            return false;
        scene.object = &object;
    }
    pc_shots_plan(recipes, &scene, plan);
    return true;
}
