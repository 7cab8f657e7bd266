/* A member is claimed when it has exactly the form that encoding gives it; all others are collected
 * in `extra`. */
#include "records/codec.h"

#include <stdlib.h>
#include <string.h>

/* --- members --- */

static const char *text_of(struct pc_arena *arena, const json_t *value)
{
    return pc_arena_strdup(arena, json_string_value(value));
}

/* Claims a text. */
static bool read_text(struct pc_arena *arena, const json_t *value, const char **out)
{
    if (!json_is_string(value))
        return false;
    *out = text_of(arena, value);
    return true;
}

/* Claims an array of texts. */
static bool read_texts(struct pc_arena *arena, const json_t *value, const char ***out, int *n)
{
    size_t count = json_array_size(value);
    if (!json_is_array(value))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!json_is_string(json_array_get(value, i)))
            return false;
    *out = pc_arena_alloc(arena, count * sizeof **out);
    for (size_t i = 0; i < count; i++)
        (*out)[i] = text_of(arena, json_array_get(value, i));
    *n = (int)count;
    return true;
}

/* Claims an array of n numbers. */
static bool read_numbers(const json_t *value, size_t n, double *out)
{
    if (json_array_size(value) != n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!json_is_number(json_array_get(value, i)))
            return false;
        out[i] = json_number_value(json_array_get(value, i));
    }
    return true;
}

static bool read_number(const json_t *value, double *out)
{
    *out = json_number_value(value);
    return json_is_number(value);
}

/* Claims a whole number above 0 that an int holds. */
static bool read_count(const json_t *value, int *out)
{
    json_int_t n = json_integer_value(value);
    if (n <= 0 || n > INT32_MAX)
        return false;
    *out = (int)n;
    return true;
}

/* Claims four whole numbers. */
static bool read_ibox(const json_t *value, struct pc_ibox *out)
{
    int v[4];
    if (json_array_size(value) != 4)
        return false;
    for (size_t i = 0; i < 4; i++) {
        json_int_t n = json_integer_value(json_array_get(value, i));
        if (!json_is_integer(json_array_get(value, i)) || n < INT32_MIN || n > INT32_MAX)
            return false;
        v[i] = (int)n;
    }
    *out = (struct pc_ibox){v[0], v[1], v[2], v[3]};
    return true;
}

/* The same, of which the third, the width, is above 0. */
static bool read_box(const json_t *value, struct pc_ibox *out)
{
    struct pc_ibox box;
    if (!read_ibox(value, &box) || box.w <= 0)
        return false;
    *out = box;
    return true;
}

static json_t *box_json(struct pc_ibox b)
{
    return json_pack("[i, i, i, i]", b.x, b.y, b.w, b.h);
}

static json_t *texts_json(const char *const *texts, int n)
{
    json_t *list = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(list, json_string(texts[i]));
    return list;
}

static void put_text(json_t *o, const char *key, const char *text)
{
    if (text)
        json_object_set_new(o, key, json_string(text));
}

static void put_count(json_t *o, const char *key, json_int_t n)
{
    if (n > 0)
        json_object_set_new(o, key, json_integer(n));
}

static void put_box(json_t *o, const char *key, struct pc_ibox box)
{
    if (box.w > 0)
        json_object_set_new(o, key, box_json(box));
}

/* Members that nobody claimed. Borrows them until extra_text. */
static void keep_extra(json_t **extra, const char *key, json_t *value)
{
    if (!*extra)
        *extra = json_object();
    json_object_set(*extra, key, value);
}

/* Takes extra, which may be NULL. */
static const char *extra_text(struct pc_arena *arena, json_t *extra)
{
    char *text = extra ? json_dumps(extra, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    const char *copy = text ? pc_arena_strdup(arena, text) : NULL;
    free(text);
    json_decref(extra);
    return copy;
}

/* Takes o, the known members. Gives it with the others, which never replace a known one; where the
 * stored value was no object at all, that value instead. */
static json_t *with_extra(json_t *o, const char *extra)
{
    json_t *more = extra ? json_loads(extra, JSON_DECODE_ANY, NULL) : NULL;
    if (!more)
        return o;
    if (!json_is_object(more)) {
        json_decref(o);
        return more;
    }
    json_object_update_missing(o, more);
    json_decref(more);
    return o;
}

/* --- shots --- */

static bool claim_shot(struct pc_arena *a, const char *key, const json_t *v,
                       struct pc_record_shot *s)
{
    const struct {
        const char *key, **text;
    } texts[] = {{"label", &s->label},   {"title", &s->title}, {"state", &s->state},
                 {"recipe", &s->recipe}, {"by", &s->origin},   {"format", &s->format},
                 {"key", &s->key},       {"url", &s->url}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strcmp(key, texts[i].key) == 0)
            return read_text(a, v, texts[i].text);
    if (strcmp(key, "reasons") == 0)
        return s->has_reasons = read_texts(a, v, &s->reasons, &s->n_reasons);
    if (strcmp(key, "score") == 0)
        return s->has_score = read_number(v, &s->score);
    if (strcmp(key, "recipeVersion") == 0)
        return read_count(v, &s->recipe_version);
    if (strcmp(key, "box") == 0)
        return read_box(v, &s->box);
    if (strcmp(key, "width") == 0)
        return read_count(v, &s->width);
    if (strcmp(key, "height") == 0)
        return read_count(v, &s->height);
    if (strcmp(key, "faceScore") == 0)
        return s->has_face_score = read_number(v, &s->face_score);
    if (strcmp(key, "bytes") == 0 && json_integer_value(v) > 0) {
        s->bytes = json_integer_value(v);
        return true;
    }
    return false;
}

static void decode_shot(struct pc_arena *arena, json_t *stored, struct pc_record_shot *shot)
{
    const char *key;
    json_t *value, *extra = json_is_object(stored) ? NULL : json_incref(stored);
    json_object_foreach(stored, key, value)
    {
        if (!claim_shot(arena, key, value, shot))
            keep_extra(&extra, key, value);
    }
    shot->extra = extra_text(arena, extra);
}

json_t *pc_codec_encode_shot(const struct pc_record_shot *s)
{
    json_t *o = json_object();
    put_text(o, "label", s->label);
    put_text(o, "title", s->title);
    put_text(o, "state", s->state);
    if (s->has_reasons)
        json_object_set_new(o, "reasons", texts_json(s->reasons, s->n_reasons));
    if (s->has_score)
        json_object_set_new(o, "score", json_real(s->score));
    put_text(o, "recipe", s->recipe);
    put_count(o, "recipeVersion", s->recipe_version);
    put_text(o, "by", s->origin);
    put_box(o, "box", s->box);
    put_count(o, "width", s->width);
    put_count(o, "height", s->height);
    put_text(o, "format", s->format);
    if (s->has_face_score)
        json_object_set_new(o, "faceScore", json_real(s->face_score));
    put_text(o, "key", s->key);
    put_count(o, "bytes", s->bytes);
    put_text(o, "url", s->url);
    return with_extra(o, s->extra);
}

json_t *pc_codec_encode_shots(const struct pc_record_result *result)
{
    json_t *list = json_array();
    for (int i = 0; i < result->n_shots; i++)
        json_array_append_new(list, pc_codec_encode_shot(&result->shots[i]));
    return list;
}

/* --- detail --- */

static bool read_person(const json_t *stored, struct pc_person *p)
{
    const json_t *points = json_object_get(stored, "landmarks");
    double box[4];
    if (!read_numbers(json_object_get(stored, "box"), 4, box) ||
        json_array_size(points) != PC_KEYPOINT_COUNT)
        return false;
    p->score = json_number_value(json_object_get(stored, "score"));
    p->box = (struct pc_box){box[0], box[1], box[2], box[3]};
    for (size_t k = 0; k < PC_KEYPOINT_COUNT; k++) {
        double v[3];
        if (!read_numbers(json_array_get(points, k), 3, v))
            return false;
        p->keypoints[k] = (struct pc_keypoint){v[0], v[1], v[2]};
    }
    return true;
}

/* What of a person struct pc_person does not hold. */
static void read_person_texts(struct pc_record_result *out, const json_t *stored, size_t i)
{
    const char *key;
    json_t *value, *extra = NULL;
    json_object_foreach((json_t *)(uintptr_t)stored, key, value)
    {
        bool numbers =
            strcmp(key, "score") == 0 || strcmp(key, "box") == 0 || strcmp(key, "landmarks") == 0;
        bool facing = strcmp(key, "facing") == 0 && read_text(&out->arena, value, &out->facings[i]);
        if (!numbers && !facing)
            keep_extra(&extra, key, value);
    }
    out->person_extras[i] = extra_text(&out->arena, extra);
}

static bool read_people(struct pc_record_result *out, const json_t *stored)
{
    size_t n = json_array_size(stored);
    if (!json_is_array(stored) || n > PC_MAX_PEOPLE)
        return false;
    struct pc_people *people = pc_arena_alloc(&out->arena, sizeof *people);
    for (size_t i = 0; i < n; i++)
        if (!read_person(json_array_get(stored, i), &people->p[i]))
            return false;
    people->n = (int)n;
    out->people = people;
    out->facings = pc_arena_alloc(&out->arena, n * sizeof *out->facings);
    out->person_extras = pc_arena_alloc(&out->arena, n * sizeof *out->person_extras);
    for (size_t i = 0; i < n; i++)
        read_person_texts(out, json_array_get(stored, i), i);
    return true;
}

static bool read_timings(const json_t *v, struct pc_record_timings *t)
{
    return json_object_size(v) == 4 && read_number(json_object_get(v, "decode"), &t->decode) &&
           read_number(json_object_get(v, "pose"), &t->pose) &&
           read_number(json_object_get(v, "cut"), &t->cut) &&
           read_number(json_object_get(v, "total"), &t->total);
}

static bool read_object(const json_t *v, struct pc_record_object *o)
{
    return json_object_size(v) == 2 && read_ibox(json_object_get(v, "trimmed"), &o->trimmed) &&
           read_ibox(json_object_get(v, "interest"), &o->interest);
}

static bool claim_detail(struct pc_record_result *out, const char *key, const json_t *v)
{
    struct pc_arena *a = &out->arena;
    if (strcmp(key, "people") == 0)
        return read_people(out, v);
    if (strcmp(key, "facing") == 0)
        return read_text(a, v, &out->facing);
    if (strcmp(key, "attention") == 0)
        return out->has_attention = read_texts(a, v, &out->attention, &out->n_attention);
    if (strcmp(key, "model") == 0)
        return read_text(a, v, &out->model);
    if (strcmp(key, "timingsMs") == 0)
        return out->has_timings = read_timings(v, &out->timings);
    if (strcmp(key, "object") == 0)
        return out->has_object = read_object(v, &out->object);
    if (strcmp(key, "thumbnail") == 0)
        return read_text(a, v, &out->thumbnail);
    if (strcmp(key, "person") != 0)
        return false;
    json_int_t person = json_is_null(v) ? -1 : json_integer_value(v);
    out->person = (int)person;
    return out->has_person =
               json_is_null(v) || (json_is_integer(v) && person >= 0 && person <= INT32_MAX);
}

void pc_codec_decode_result(const json_t *shots, const json_t *detail, struct pc_record_result *out)
{
    const char *key;
    json_t *value, *extra = NULL;
    *out = (struct pc_record_result){.n_shots = (int)json_array_size(shots)};
    if (out->n_shots)
        out->shots = pc_arena_alloc(&out->arena, (size_t)out->n_shots * sizeof *out->shots);
    for (size_t i = 0; i < json_array_size(shots); i++)
        decode_shot(&out->arena, json_array_get(shots, i), &out->shots[i]);
    json_object_foreach((json_t *)(uintptr_t)detail, key, value)
    {
        if (!claim_detail(out, key, value))
            keep_extra(&extra, key, value);
    }
    out->extra = extra_text(&out->arena, extra);
}

static json_t *person_json(const struct pc_record_result *result, int i)
{
    const struct pc_person *p = &result->people->p[i];
    json_t *points = json_array();
    for (int k = 0; k < PC_KEYPOINT_COUNT; k++)
        json_array_append_new(points, json_pack("[f, f, f]", p->keypoints[k].x, p->keypoints[k].y,
                                                p->keypoints[k].score));
    json_t *o = json_pack("{s:f, s:[f, f, f, f]}", "score", p->score, "box", p->box.x, p->box.y,
                          p->box.w, p->box.h);
    put_text(o, "facing", result->facings ? result->facings[i] : NULL);
    json_object_set_new(o, "landmarks", points);
    return with_extra(o, result->person_extras ? result->person_extras[i] : NULL);
}

json_t *pc_codec_encode_detail(const struct pc_record_result *result)
{
    json_t *o = json_object();
    if (result->people) {
        json_t *people = json_array();
        for (int i = 0; i < result->people->n; i++)
            json_array_append_new(people, person_json(result, i));
        json_object_set_new(o, "people", people);
    }
    put_text(o, "facing", result->facing);
    if (result->has_attention)
        json_object_set_new(o, "attention", texts_json(result->attention, result->n_attention));
    put_text(o, "model", result->model);
    if (result->has_timings)
        json_object_set_new(o, "timingsMs",
                            json_pack("{s:f, s:f, s:f, s:f}", "decode", result->timings.decode,
                                      "pose", result->timings.pose, "cut", result->timings.cut,
                                      "total", result->timings.total));
    if (result->has_object)
        json_object_set_new(o, "object",
                            json_pack("{s:o, s:o}", "trimmed", box_json(result->object.trimmed),
                                      "interest", box_json(result->object.interest)));
    if (result->has_person)
        json_object_set_new(o, "person",
                            result->person < 0 ? json_null() : json_integer(result->person));
    put_text(o, "thumbnail", result->thumbnail);
    return with_extra(o, result->extra);
}

/* --- edits --- */

static void decode_manual_box(struct pc_arena *arena, const char *label, json_t *stored,
                              struct pc_record_manual_box *box)
{
    const char *key;
    json_t *value, *extra = json_is_object(stored) ? NULL : json_incref(stored);
    box->label = pc_arena_strdup(arena, label);
    json_object_foreach(stored, key, value)
    {
        if (!(strcmp(key, "box") == 0 && read_box(value, &box->box)) &&
            !(strcmp(key, "by") == 0 && read_text(arena, value, &box->origin)))
            keep_extra(&extra, key, value);
    }
    box->extra = extra_text(arena, extra);
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
            claimed = read_box(value, &out->person_box);
        } else if (strcmp(key, "boxes") == 0) {
            claimed = read_boxes(out, value);
        } else if (strcmp(key, "recipes") == 0) {
            claimed = read_texts(&out->arena, value, &out->recipes, &out->n_recipes);
            out->has_recipes = claimed;
        }
        if (!claimed)
            keep_extra(&extra, key, value);
    }
    out->extra = extra_text(&out->arena, extra);
}

json_t *pc_codec_encode_edits(const struct pc_record_edits *edits)
{
    json_t *o = json_object();
    if (edits->has_person)
        json_object_set_new(o, "person", json_integer(edits->person));
    put_box(o, "personBox", edits->person_box);
    if (edits->n_boxes) {
        json_t *boxes = json_object();
        for (int i = 0; i < edits->n_boxes; i++) {
            const struct pc_record_manual_box *box = &edits->boxes[i];
            json_t *entry = json_object();
            put_box(entry, "box", box->box);
            put_text(entry, "by", box->origin);
            json_object_set_new(boxes, box->label, with_extra(entry, box->extra));
        }
        json_object_set_new(o, "boxes", boxes);
    }
    if (edits->has_recipes)
        json_object_set_new(o, "recipes", texts_json(edits->recipes, edits->n_recipes));
    return with_extra(o, edits->extra);
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
            return read_text(a, v, texts[i].text);
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
                keep_extra(&extra, key, value);
        }
        d->extra = extra_text(&out->arena, extra);
    }
}

json_t *pc_codec_encode_decisions(const struct pc_record_decisions *decisions)
{
    json_t *all = json_object();
    for (int i = 0; i < decisions->n; i++) {
        const struct pc_record_decision *d = &decisions->items[i];
        json_t *o = json_object();
        put_text(o, "verdict", d->verdict);
        put_text(o, "at", d->at);
        put_text(o, "reason", d->reason);
        if (d->fresh)
            json_object_set_new(o, "fresh", json_true());
        put_text(o, "first", d->first);
        put_text(o, "why", d->why);
        json_object_set_new(all, d->label, with_extra(o, d->extra));
    }
    return all;
}
