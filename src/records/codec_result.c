/* Shots and detail. */
#include "records/codec.h"

#include <string.h>

#include "records/codec_members.h"

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

static void put_count(json_t *o, const char *key, json_int_t n)
{
    if (n > 0)
        json_object_set_new(o, key, json_integer(n));
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
            return pc_codec_read_text(a, v, texts[i].text);
    if (strcmp(key, "reasons") == 0)
        return s->has_reasons = pc_codec_read_texts(a, v, &s->reasons, &s->n_reasons);
    if (strcmp(key, "score") == 0)
        return s->has_score = read_number(v, &s->score);
    if (strcmp(key, "recipeVersion") == 0)
        return read_count(v, &s->recipe_version);
    if (strcmp(key, "box") == 0)
        return pc_codec_read_box(v, &s->box);
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
            pc_codec_keep_extra(&extra, key, value);
    }
    shot->extra = pc_codec_extra_text(arena, extra);
}

json_t *pc_codec_encode_shot(const struct pc_record_shot *s)
{
    json_t *o = json_object();
    pc_codec_put_text(o, "label", s->label);
    pc_codec_put_text(o, "title", s->title);
    pc_codec_put_text(o, "state", s->state);
    if (s->has_reasons)
        json_object_set_new(o, "reasons", pc_codec_texts_json(s->reasons, s->n_reasons));
    if (s->has_score)
        json_object_set_new(o, "score", json_real(s->score));
    pc_codec_put_text(o, "recipe", s->recipe);
    put_count(o, "recipeVersion", s->recipe_version);
    pc_codec_put_text(o, "by", s->origin);
    pc_codec_put_box(o, "box", s->box);
    put_count(o, "width", s->width);
    put_count(o, "height", s->height);
    pc_codec_put_text(o, "format", s->format);
    if (s->has_face_score)
        json_object_set_new(o, "faceScore", json_real(s->face_score));
    pc_codec_put_text(o, "key", s->key);
    put_count(o, "bytes", s->bytes);
    pc_codec_put_text(o, "url", s->url);
    return pc_codec_with_extra(o, s->extra);
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
        bool facing =
            strcmp(key, "facing") == 0 && pc_codec_read_text(&out->arena, value, &out->facings[i]);
        if (!numbers && !facing)
            pc_codec_keep_extra(&extra, key, value);
    }
    out->person_extras[i] = pc_codec_extra_text(&out->arena, extra);
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

static bool claim_detail(struct pc_record_result *out, const char *key, const json_t *v)
{
    struct pc_arena *a = &out->arena;
    if (strcmp(key, "people") == 0)
        return read_people(out, v);
    if (strcmp(key, "facing") == 0)
        return pc_codec_read_text(a, v, &out->facing);
    if (strcmp(key, "attention") == 0)
        return out->has_attention = pc_codec_read_texts(a, v, &out->attention, &out->n_attention);
    if (strcmp(key, "model") == 0)
        return pc_codec_read_text(a, v, &out->model);
    if (strcmp(key, "timingsMs") == 0)
        return out->has_timings = json_object_size(v) == 4 &&
                                  read_number(json_object_get(v, "decode"), &out->timings.decode) &&
                                  read_number(json_object_get(v, "pose"), &out->timings.pose) &&
                                  read_number(json_object_get(v, "cut"), &out->timings.cut) &&
                                  read_number(json_object_get(v, "total"), &out->timings.total);
    if (strcmp(key, "object") == 0)
        return out->has_object =
                   json_object_size(v) == 2 &&
                   pc_codec_read_ibox(json_object_get(v, "trimmed"), &out->object.trimmed) &&
                   pc_codec_read_ibox(json_object_get(v, "interest"), &out->object.interest);
    if (strcmp(key, "thumbnail") == 0)
        return pc_codec_read_text(a, v, &out->thumbnail);
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
            pc_codec_keep_extra(&extra, key, value);
    }
    out->extra = pc_codec_extra_text(&out->arena, extra);
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
    pc_codec_put_text(o, "facing", result->facings ? result->facings[i] : NULL);
    json_object_set_new(o, "landmarks", points);
    return pc_codec_with_extra(o, result->person_extras ? result->person_extras[i] : NULL);
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
    pc_codec_put_text(o, "facing", result->facing);
    if (result->has_attention)
        json_object_set_new(o, "attention",
                            pc_codec_texts_json(result->attention, result->n_attention));
    pc_codec_put_text(o, "model", result->model);
    if (result->has_timings)
        json_object_set_new(o, "timingsMs",
                            json_pack("{s:f, s:f, s:f, s:f}", "decode", result->timings.decode,
                                      "pose", result->timings.pose, "cut", result->timings.cut,
                                      "total", result->timings.total));
    if (result->has_object)
        json_object_set_new(o, "object",
                            json_pack("{s:o, s:o}", "trimmed",
                                      pc_codec_box_json(result->object.trimmed), "interest",
                                      pc_codec_box_json(result->object.interest)));
    if (result->has_person)
        json_object_set_new(o, "person",
                            result->person < 0 ? json_null() : json_integer(result->person));
    pc_codec_put_text(o, "thumbnail", result->thumbnail);
    return pc_codec_with_extra(o, result->extra);
}
