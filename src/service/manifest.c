#include "service/manifest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "service/encode.h"
#include "service/internal.h"

static json_t *box_relative(const json_t *box, const struct pc_image_info *info)
{
    json_t *list = json_array();
    for (size_t i = 0; i < 4; i++) {
        double v = json_number_value(json_array_get(box, i));
        json_array_append_new(
            list, json_real(round(v / (i % 2 ? info->height : info->width) * 1e5) / 1e5));
    }
    return list;
}

static void put_relative(json_t *o, const struct pc_image_info *info)
{
    json_t *box = json_object_get(o, "box");
    if (box)
        json_object_set_new(o, "box_relative", box_relative(box, info));
}

static json_t *people_of(json_t *detail, const struct pc_image_info *info)
{
    json_t *people = json_incref(json_object_get(detail, "people")), *person;
    size_t i;
    json_array_foreach(people, i, person)
    {
        put_relative(person, info);
        json_object_set_new(
            person, "landmarks",
            pc_encode_landmarks(json_object_get(person, "landmarks"), info->width, info->height));
    }
    return people;
}

static json_t *shots_of(const struct pc_pipeline_result *result, char *const files[])
{
    json_t *shots = pc_result_encode_shots(result, files), *shot;
    size_t i;
    json_array_foreach(shots, i, shot)
    {
        json_t *file = json_object_get(shot, "key");
        json_object_set(shot, "file", file ? file : json_null());
        json_object_del(shot, "key");
        put_relative(shot, &result->info);
    }
    return shots;
}

static json_t *error_of(const struct pc_err *why)
{
    return why ? json_pack("{s:s, s:s}", "code", pc_code_name(why->code), "message", why->message)
               : json_null();
}

/* A file name may be any bytes; JSON takes UTF-8 only. */
static json_t *name_of(const char *input)
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
    json_t *line = json_pack("{s:o, s:i, s:i, s:s, s:o}", "input", name_of(input), "width",
                             result->info.width, "height", result->info.height, "status",
                             why ? "failed" : "processed", "error", error_of(why));
    json_t *detail = pc_result_encode_detail(result, "");
    json_object_set(line, "attention", json_object_get(detail, "attention"));
    json_object_set_new(line, "people", people_of(detail, &result->info));
    json_object_set(line, "person", json_object_get(detail, "person"));
    json_object_set(line, "facing", json_object_get(detail, "facing"));
    json_object_set_new(line, "shots", shots_of(result, files));
    json_object_set(line, "timings_ms", json_object_get(detail, "timingsMs"));
    json_decref(detail);
    return line;
}
