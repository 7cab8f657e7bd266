#include "main/manifest.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "http/api/encode.h"
#include "service/recording.h"

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
    json_t *people = json_array(), *shots = json_array();
    int width = result->info.width, height = result->info.height;
    pc_recording_of_run(result, files, "", NULL, &found);
    for (int i = 0; i < found.people->n; i++)
        json_array_append_new(people,
                              pc_encode_person(&found, i, width, height, PC_ENCODE_MANIFEST));
    for (int i = 0; i < found.n_shots; i++) {
        const char *file = found.shots[i].key;
        json_t *shot = pc_encode_shot(&found.shots[i], width, height, PC_ENCODE_MANIFEST);
        json_object_set_new(shot, "file", file ? json_string(file) : json_null());
        json_array_append_new(shots, shot);
    }
    json_t *line = json_pack(
        "{s:o, s:i, s:i, s:s, s:o, s:o, s:o, s:o, s:s, s:o, s:{s:f, s:f, s:f, s:f}}", "input",
        name_json(input), "width", width, "height", height, "status", why ? "failed" : "processed",
        "error",
        why ? json_pack("{s:s, s:s}", "code", pc_code_name(why->code), "message", why->message)
            : json_null(),
        "attention", pc_encode_reasons(found.attention, found.n_attention, PC_ENCODE_MANIFEST),
        "people", people, "person", found.person < 0 ? json_null() : json_integer(found.person),
        "facing", found.facing, "shots", shots, "timings_ms", "decode", found.timings.decode,
        "pose", found.timings.pose, "cut", found.timings.cut, "total", found.timings.total);
    pc_record_result_finish(&found);
    return line;
}
