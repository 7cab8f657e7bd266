/* Edits and decisions. */
#include "records/codec.h"

#include <string.h>

#include "records/codec_members.h"

/* --- edits --- */

static void decode_manual_box(struct pc_arena *arena, const char *label, json_t *stored,
                              struct pc_record_manual_box *box)
{
    const char *key;
    json_t *value, *extra = json_is_object(stored) ? NULL : json_incref(stored);
    box->label = pc_arena_strdup(arena, label);
    json_object_foreach(stored, key, value)
    {
        if (!(strcmp(key, "box") == 0 && pc_codec_read_box(value, &box->box)) &&
            !(strcmp(key, "by") == 0 && pc_codec_read_text(arena, value, &box->origin)))
            pc_codec_keep_extra(&extra, key, value);
    }
    box->extra = pc_codec_extra_text(arena, extra);
}

static bool read_boxes(struct pc_record_edits *out, json_t *stored)
{
    const char *label;
    json_t *value;
    if (json_object_size(stored) == 0)
        return false;
    out->boxes = pc_arena_alloc(&out->arena, json_object_size(stored) * sizeof *out->boxes);
    json_object_foreach(stored, label, value)
    {
        decode_manual_box(&out->arena, label, value, &out->boxes[out->n_boxes++]);
    }
    return true;
}

void pc_codec_decode_edits(const json_t *stored, struct pc_record_edits *out)
{
    const char *key;
    json_t *value, *extra = NULL;
    *out = (struct pc_record_edits){.n_boxes = 0};
    json_object_foreach((json_t *)(uintptr_t)stored, key, value)
    {
        bool claimed = false;
        if (strcmp(key, "person") == 0) {
            json_int_t person = json_integer_value(value);
            claimed = json_is_integer(value) && person >= 0 && person <= INT32_MAX;
            out->has_person = claimed;
            out->person = claimed ? (int)person : 0;
        } else if (strcmp(key, "personBox") == 0) {
            claimed = pc_codec_read_box(value, &out->person_box);
        } else if (strcmp(key, "boxes") == 0) {
            claimed = read_boxes(out, value);
        } else if (strcmp(key, "recipes") == 0) {
            claimed = pc_codec_read_texts(&out->arena, value, &out->recipes, &out->n_recipes);
            out->has_recipes = claimed;
        }
        if (!claimed)
            pc_codec_keep_extra(&extra, key, value);
    }
    out->extra = pc_codec_extra_text(&out->arena, extra);
}

json_t *pc_codec_encode_edits(const struct pc_record_edits *edits)
{
    json_t *o = json_object();
    if (edits->has_person)
        json_object_set_new(o, "person", json_integer(edits->person));
    pc_codec_put_box(o, "personBox", edits->person_box);
    if (edits->n_boxes) {
        json_t *boxes = json_object();
        for (int i = 0; i < edits->n_boxes; i++) {
            const struct pc_record_manual_box *box = &edits->boxes[i];
            json_t *entry = json_object();
            pc_codec_put_box(entry, "box", box->box);
            pc_codec_put_text(entry, "by", box->origin);
            json_object_set_new(boxes, box->label, pc_codec_with_extra(entry, box->extra));
        }
        json_object_set_new(o, "boxes", boxes);
    }
    if (edits->has_recipes)
        json_object_set_new(o, "recipes", pc_codec_texts_json(edits->recipes, edits->n_recipes));
    return pc_codec_with_extra(o, edits->extra);
}

/* --- decisions --- */

static bool claim_decision(struct pc_arena *a, const char *key, const json_t *v,
                           struct pc_record_decision *d)
{
    const struct {
        const char *key, **text;
    } texts[] = {{"verdict", &d->verdict},
                 {"at", &d->at},
                 {"reason", &d->reason},
                 {"first", &d->first},
                 {"why", &d->why}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strcmp(key, texts[i].key) == 0)
            return pc_codec_read_text(a, v, texts[i].text);
    return strcmp(key, "fresh") == 0 && (d->fresh = json_is_true(v));
}

void pc_codec_decode_decisions(const json_t *stored, struct pc_record_decisions *out)
{
    const char *label, *key;
    json_t *entry, *value;
    *out = (struct pc_record_decisions){.n = 0};
    if (json_object_size(stored))
        out->items = pc_arena_alloc(&out->arena, json_object_size(stored) * sizeof *out->items);
    json_object_foreach((json_t *)(uintptr_t)stored, label, entry)
    {
        struct pc_record_decision *d = &out->items[out->n++];
        json_t *extra = json_is_object(entry) ? NULL : json_incref(entry);
        d->label = pc_arena_strdup(&out->arena, label);
        json_object_foreach(entry, key, value)
        {
            if (!claim_decision(&out->arena, key, value, d))
                pc_codec_keep_extra(&extra, key, value);
        }
        d->extra = pc_codec_extra_text(&out->arena, extra);
    }
}

json_t *pc_codec_encode_decisions(const struct pc_record_decisions *decisions)
{
    json_t *all = json_object();
    for (int i = 0; i < decisions->n; i++) {
        const struct pc_record_decision *d = &decisions->items[i];
        json_t *o = json_object();
        pc_codec_put_text(o, "verdict", d->verdict);
        pc_codec_put_text(o, "at", d->at);
        pc_codec_put_text(o, "reason", d->reason);
        if (d->fresh)
            json_object_set_new(o, "fresh", json_true());
        pc_codec_put_text(o, "first", d->first);
        pc_codec_put_text(o, "why", d->why);
        json_object_set_new(all, d->label, pc_codec_with_extra(o, d->extra));
    }
    return all;
}
