#include "records/codec_members.h"

#include <stdlib.h>

bool pc_codec_read_text(struct pc_arena *arena, const json_t *value, const char **out)
{
    if (!json_is_string(value))
        return false;
    *out = pc_arena_strdup(arena, json_string_value(value));
    return true;
}

bool pc_codec_read_texts(struct pc_arena *arena, const json_t *value, const char ***out, int *n)
{
    size_t count = json_array_size(value);
    if (!json_is_array(value))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!json_is_string(json_array_get(value, i)))
            return false;
    *out = pc_arena_alloc(arena, count * sizeof **out);
    for (size_t i = 0; i < count; i++)
        (*out)[i] = pc_arena_strdup(arena, json_string_value(json_array_get(value, i)));
    *n = (int)count;
    return true;
}

bool pc_codec_read_ibox(const json_t *value, struct pc_ibox *out)
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

bool pc_codec_read_box(const json_t *value, struct pc_ibox *out)
{
    struct pc_ibox box;
    if (!pc_codec_read_ibox(value, &box) || box.w <= 0)
        return false;
    *out = box;
    return true;
}

json_t *pc_codec_box_json(struct pc_ibox b)
{
    return json_pack("[i, i, i, i]", b.x, b.y, b.w, b.h);
}

json_t *pc_codec_texts_json(const char *const *texts, int n)
{
    json_t *list = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(list, json_string(texts[i]));
    return list;
}

void pc_codec_put_text(json_t *o, const char *key, const char *text)
{
    if (text)
        json_object_set_new(o, key, json_string(text));
}

void pc_codec_put_box(json_t *o, const char *key, struct pc_ibox box)
{
    if (box.w > 0)
        json_object_set_new(o, key, pc_codec_box_json(box));
}

void pc_codec_keep_extra(json_t **extra, const char *key, json_t *value)
{
    if (!*extra)
        *extra = json_object();
    json_object_set(*extra, key, value);
}

const char *pc_codec_extra_text(struct pc_arena *arena, json_t *extra)
{
    char *text = extra ? json_dumps(extra, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    const char *copy = text ? pc_arena_strdup(arena, text) : NULL;
    free(text);
    json_decref(extra);
    return copy;
}

json_t *pc_codec_with_extra(json_t *o, const char *extra)
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
