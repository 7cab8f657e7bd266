#include "service/result_decoder.h"

#include <string.h>

static bool read_numbers(const json_t *list, size_t n, double *out)
{
    if (json_array_size(list) != n)
        return false;
    for (size_t i = 0; i < n; i++) {
        const json_t *v = json_array_get(list, i);
        if (!json_is_number(v))
            return false;
        out[i] = json_number_value(v);
    }
    return true;
}

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

bool pc_result_decode_people(const json_t *detail, struct pc_people *out)
{
    const json_t *people = json_object_get(detail, "people");
    size_t n = json_array_size(people);
    memset(out, 0, sizeof *out);
    if (!json_is_array(people) || n > PC_MAX_PEOPLE)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!read_person(json_array_get(people, i), &out->p[i]))
            return false;
    out->n = (int)n;
    return true;
}

bool pc_result_decode_box(const json_t *list, struct pc_ibox *out)
{
    double v[4];
    if (!read_numbers(list, 4, v))
        return false;
    *out = (struct pc_ibox){(int)v[0], (int)v[1], (int)v[2], (int)v[3]};
    return true;
}

bool pc_result_decode_object(const json_t *detail, struct pc_object *out)
{
    const json_t *stored = json_object_get(detail, "object");
    return pc_result_decode_box(json_object_get(stored, "trimmed"), &out->trimmed) &&
           pc_result_decode_box(json_object_get(stored, "interest"), &out->interest);
}

json_t *pc_result_encode_object(const struct pc_object *o)
{
    return json_pack("{s:[i, i, i, i], s:[i, i, i, i]}", "trimmed", o->trimmed.x, o->trimmed.y,
                     o->trimmed.w, o->trimmed.h, "interest", o->interest.x, o->interest.y,
                     o->interest.w, o->interest.h);
}
