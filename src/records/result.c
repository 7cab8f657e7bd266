#include "records/result.h"

#include <string.h>

#include "base/str.h"

static const char *copy_text(struct pc_arena *arena, const char *text)
{
    return text ? pc_arena_strdup(arena, text) : NULL;
}

/* NULL stays NULL. */
static const char **copy_texts(struct pc_arena *arena, const char *const *texts, int n)
{
    if (!texts)
        return NULL;
    const char **copy = pc_arena_alloc(arena, (size_t)n * sizeof *copy);
    for (int i = 0; i < n; i++)
        copy[i] = copy_text(arena, texts[i]);
    return copy;
}

/* --- result --- */

void pc_record_result_finish(struct pc_record_result *result)
{
    pc_arena_finish(&result->arena);
    *result = (struct pc_record_result){.n_shots = 0};
}

static void copy_shot(struct pc_arena *arena, struct pc_record_shot *dst,
                      const struct pc_record_shot *src)
{
    *dst = *src;
    const char **texts[] = {&dst->label,  &dst->title, &dst->state, &dst->recipe, &dst->origin,
                            &dst->format, &dst->key,   &dst->url,   &dst->extra};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = copy_text(arena, *texts[i]);
    dst->reasons = copy_texts(arena, src->reasons, src->n_reasons);
}

void pc_record_result_copy(struct pc_record_result *dst, const struct pc_record_result *src)
{
    *dst = *src;
    dst->arena = (struct pc_arena)PC_ARENA_INIT;
    struct pc_arena *arena = &dst->arena;
    if (src->n_shots) {
        dst->shots = pc_arena_alloc(arena, (size_t)src->n_shots * sizeof *dst->shots);
        for (int i = 0; i < src->n_shots; i++)
            copy_shot(arena, &dst->shots[i], &src->shots[i]);
    }
    if (src->people) {
        struct pc_people *people = pc_arena_alloc(arena, sizeof *people);
        *people = *src->people;
        dst->people = people;
        dst->facings = copy_texts(arena, src->facings, people->n);
        dst->person_extras = copy_texts(arena, src->person_extras, people->n);
    }
    dst->attention = copy_texts(arena, src->attention, src->n_attention);
    dst->facing = copy_text(arena, src->facing);
    dst->model = copy_text(arena, src->model);
    dst->thumbnail = copy_text(arena, src->thumbnail);
    dst->extra = copy_text(arena, src->extra);
}

const struct pc_record_shot *pc_record_result_find(const struct pc_record_result *result,
                                                   const char *label)
{
    for (int i = 0; i < result->n_shots; i++)
        if (result->shots[i].label && pc_str_eq(result->shots[i].label, label))
            return &result->shots[i];
    return NULL;
}

/* --- edits --- */

void pc_record_edits_finish(struct pc_record_edits *edits)
{
    pc_arena_finish(&edits->arena);
    *edits = (struct pc_record_edits){.n_boxes = 0};
}

void pc_record_edits_copy(struct pc_record_edits *dst, const struct pc_record_edits *src)
{
    *dst = *src;
    dst->arena = (struct pc_arena)PC_ARENA_INIT;
    if (src->n_boxes) {
        dst->boxes = pc_arena_alloc(&dst->arena, (size_t)src->n_boxes * sizeof *dst->boxes);
        for (int i = 0; i < src->n_boxes; i++)
            dst->boxes[i] = (struct pc_record_manual_box){
                .label = copy_text(&dst->arena, src->boxes[i].label),
                .box = src->boxes[i].box,
                .origin = copy_text(&dst->arena, src->boxes[i].origin),
                .extra = copy_text(&dst->arena, src->boxes[i].extra),
            };
    }
    dst->recipes = copy_texts(&dst->arena, src->recipes, src->n_recipes);
    dst->extra = copy_text(&dst->arena, src->extra);
}

bool pc_record_edits_equal(const struct pc_record_edits *a, const struct pc_record_edits *b)
{
    if (a->has_person != b->has_person || (a->has_person && a->person != b->person) ||
        !pc_ibox_equal(a->person_box, b->person_box) || a->n_boxes != b->n_boxes ||
        a->has_recipes != b->has_recipes || a->n_recipes != b->n_recipes ||
        !pc_str_eq(a->extra, b->extra))
        return false;
    for (int i = 0; i < a->n_recipes; i++)
        if (!pc_str_eq(a->recipes[i], b->recipes[i]))
            return false;
    for (int i = 0; i < a->n_boxes; i++) {
        const struct pc_record_manual_box *mine = &a->boxes[i],
                                          *other = pc_record_edits_find_box(b, mine->label);
        if (!other || !pc_ibox_equal(mine->box, other->box) ||
            !pc_str_eq(mine->origin, other->origin) || !pc_str_eq(mine->extra, other->extra))
            return false;
    }
    return true;
}

static int index_of_box(const struct pc_record_edits *edits, const char *label)
{
    int i = 0;
    while (i < edits->n_boxes && !pc_str_eq(edits->boxes[i].label, label))
        i++;
    return i;
}

const struct pc_record_manual_box *pc_record_edits_find_box(const struct pc_record_edits *edits,
                                                            const char *label)
{
    int i = index_of_box(edits, label);
    return i < edits->n_boxes ? &edits->boxes[i] : NULL;
}

void pc_record_edits_put_box(struct pc_record_edits *edits, const char *label, struct pc_ibox box,
                             const char *origin)
{
    int i = index_of_box(edits, label);
    if (i == edits->n_boxes) {
        edits->boxes =
            pc_arena_extend(&edits->arena, edits->boxes, edits->n_boxes, sizeof *edits->boxes);
        edits->boxes[edits->n_boxes++].label = pc_arena_strdup(&edits->arena, label);
    }
    edits->boxes[i].box = box;
    edits->boxes[i].origin = copy_text(&edits->arena, origin);
    edits->boxes[i].extra = NULL;
}

void pc_record_edits_remove_box(struct pc_record_edits *edits, const char *label)
{
    int i = index_of_box(edits, label);
    if (i == edits->n_boxes)
        return;
    edits->n_boxes--;
    memmove(&edits->boxes[i], &edits->boxes[i + 1],
            (size_t)(edits->n_boxes - i) * sizeof *edits->boxes);
}

void pc_record_edits_set_recipes(struct pc_record_edits *edits, const char *const *labels, int n)
{
    edits->has_recipes = labels != NULL;
    edits->n_recipes = labels ? n : 0;
    edits->recipes = copy_texts(&edits->arena, labels, n);
}

/* --- decisions --- */

void pc_record_decisions_finish(struct pc_record_decisions *decisions)
{
    pc_arena_finish(&decisions->arena);
    *decisions = (struct pc_record_decisions){.n = 0};
}

void pc_record_decisions_copy(struct pc_record_decisions *dst,
                              const struct pc_record_decisions *src)
{
    *dst = (struct pc_record_decisions){.n = src->n};
    if (!src->n)
        return;
    dst->items = pc_arena_alloc(&dst->arena, (size_t)src->n * sizeof *dst->items);
    for (int i = 0; i < src->n; i++) {
        struct pc_record_decision *d = &dst->items[i];
        *d = src->items[i];
        const char **texts[] = {&d->label, &d->verdict, &d->at,   &d->reason,
                                &d->first, &d->why,     &d->extra};
        for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
            *texts[k] = copy_text(&dst->arena, *texts[k]);
    }
}

struct pc_record_decision *pc_record_decisions_find(const struct pc_record_decisions *decisions,
                                                    const char *label)
{
    for (int i = 0; i < decisions->n; i++)
        if (label && pc_str_eq(decisions->items[i].label, label))
            return &decisions->items[i];
    return NULL;
}

struct pc_record_decision *pc_record_decisions_add(struct pc_record_decisions *decisions,
                                                   const char *label)
{
    struct pc_record_decision *known = pc_record_decisions_find(decisions, label);
    if (known)
        return known;
    decisions->items = pc_arena_extend(&decisions->arena, decisions->items, decisions->n,
                                       sizeof *decisions->items);
    struct pc_record_decision *d = &decisions->items[decisions->n++];
    *d = (struct pc_record_decision){.label = pc_arena_strdup(&decisions->arena, label)};
    return d;
}

void pc_record_decisions_remove(struct pc_record_decisions *decisions, const char *label)
{
    struct pc_record_decision *d = pc_record_decisions_find(decisions, label);
    if (!d)
        return;
    decisions->n--;
    memmove(d, d + 1, (size_t)(decisions->n - (d - decisions->items)) * sizeof *d);
}
