#include "main/manifest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "http/api/encode.h"
#include "service/recording.h"

static void put_text(json_t *o, const char *name, const char *text)
{
    if (text)
        json_object_set_new(o, name, json_string(text));
}

static json_t *texts_json(const char *const *texts, int n)
{
    json_t *list = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(list, json_string(texts[i]));
    return list;
}

static void put_relative(json_t *o, struct pc_box box, const struct pc_image_info *info)
{
    const double parts[] = {box.x / info->width, box.y / info->height, box.w / info->width,
                            box.h / info->height};
    json_t *list = json_array();
    for (size_t i = 0; i < 4; i++)
        json_array_append_new(list, json_real(round(parts[i] * 1e5) / 1e5));
    json_object_set_new(o, "box_relative", list);
}

static json_t *people_json(const struct pc_record_result *found, const struct pc_image_info *info)
{
    json_t *list = json_array();
    for (int i = 0; i < found->people->n; i++) {
        const struct pc_person *p = &found->people->p[i];
        json_t *o = json_pack("{s:f, s:[f, f, f, f], s:s}", "score", p->score, "box", p->box.x,
                              p->box.y, p->box.w, p->box.h, "facing", found->facings[i]);
        json_object_set_new(o, "landmarks", pc_encode_landmarks(p, info->width, info->height));
        put_relative(o, p->box, info);
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *shot_json(const struct pc_record_shot *shot, const struct pc_image_info *info)
{
    json_t *o = json_pack("{s:s, s:s, s:s, s:o, s:f, s:s, s:i}", "label", shot->label, "title",
                          shot->title, "state", shot->state, "reasons",
                          texts_json(shot->reasons, shot->n_reasons), "score", shot->score,
                          "recipe", shot->recipe, "recipeVersion", shot->recipe_version);
    put_text(o, "by", shot->origin);
    if (shot->box.w > 0) {
        struct pc_box box = {shot->box.x, shot->box.y, shot->box.w, shot->box.h};
        json_object_set_new(o, "box", pc_encode_box(shot->box));
        json_object_set_new(o, "width", json_integer(shot->width));
        json_object_set_new(o, "height", json_integer(shot->height));
        json_object_set_new(o, "format", json_string(shot->format));
        put_relative(o, box, info);
    }
    if (shot->has_face_score)
        json_object_set_new(o, "faceScore", json_real(shot->face_score));
    if (shot->key)
        json_object_set_new(o, "bytes", json_integer(shot->bytes));
    json_object_set_new(o, "file", shot->key ? json_string(shot->key) : json_null());
    return o;
}

/* A file name may be any bytes; JSON takes UTF-8 only. */
static json_t *name_json(const char *input)
{
    if (pc_str_is_utf8(input, strlen(input)))
        return json_string(input);
    char *clean = pc_xstrdup(input);
    for (char *c = clean; *c; c++)
        if ((unsigned char)*c >= 0x80)
            *c = '?';
    json_t *name = json_string(clean);
    free(clean);
    return name;
}

json_t *pc_manifest_line(const char *input, const struct pc_pipeline_result *result,
                         char *const files[], const struct pc_err *why)
{
    struct pc_record_result found;
    json_t *shots = json_array();
    pc_recording_of_run(result, files, "", NULL, &found);
    for (int i = 0; i < found.n_shots; i++)
        json_array_append_new(shots, shot_json(&found.shots[i], &result->info));
    json_t *line = json_pack(
        "{s:o, s:i, s:i, s:s, s:o, s:o, s:o, s:o, s:s, s:o, s:{s:f, s:f, s:f, s:f}}", "input",
        name_json(input), "width", result->info.width, "height", result->info.height, "status",
        why ? "failed" : "processed", "error",
        why ? json_pack("{s:s, s:s}", "code", pc_code_name(why->code), "message", why->message)
            : json_null(),
        "attention", texts_json(found.attention, found.n_attention), "people",
        people_json(&found, &result->info), "person",
        found.person < 0 ? json_null() : json_integer(found.person), "facing", found.facing,
        "shots", shots, "timings_ms", "decode", found.timings.decode, "pose", found.timings.pose,
        "cut", found.timings.cut, "total", found.timings.total);
    pc_record_result_finish(&found);
    return line;
}
