/* Shots and people, for the API's images and for the manifest of `posecraft shoot`. */
#include <math.h>

#include "base/str.h"
#include "http/api/encode.h"
#include "shots/shots.h"

void pc_encode_put_text(json_t *o, const char *name, const char *text)
{
    if (text)
        json_object_set_new(o, name, json_string(text));
}

json_t *pc_encode_box(struct pc_ibox b)
{
    return json_pack("[i, i, i, i]", b.x, b.y, b.w, b.h);
}

/* A fraction to five digits: exact to the pixel up to sizes that no image has. */
static json_t *fraction(double v, int whole)
{
    return json_real(whole > 0 ? round(v / whole * 1e5) / 1e5 : 0);
}

static void put_relative_box(json_t *o, struct pc_box b, int width, int height,
                             enum pc_encode_form form)
{
    json_object_set_new(o, form == PC_ENCODE_API ? "boxRelative" : "box_relative",
                        json_pack("[o, o, o, o]", fraction(b.x, width), fraction(b.y, height),
                                  fraction(b.w, width), fraction(b.h, height)));
}

json_t *pc_encode_reasons(const char *const *codes, int n, enum pc_encode_form form)
{
    json_t *list = json_array();
    for (int i = 0; i < n && form == PC_ENCODE_MANIFEST; i++)
        json_array_append_new(list, json_string(codes[i]));
    for (int i = 0; i < n && form == PC_ENCODE_API; i++) {
        const char *message = ""; /* a code that a newer version wrote */
        for (int r = 0; r < PC_REASON_COUNT; r++)
            if (pc_str_eq(codes[i], pc_reason_name((enum pc_reason)r)))
                message = pc_reason_text((enum pc_reason)r);
        json_array_append_new(list, json_pack("{s:s, s:s}", "code", codes[i], "message", message));
    }
    return list;
}

/* A shot of the first version is a label and a url: it is ok, and its label is its title. */
json_t *pc_encode_shot(const struct pc_record_shot *shot, int width, int height,
                       enum pc_encode_form form)
{
    struct pc_box box = {shot->box.x, shot->box.y, shot->box.w, shot->box.h};
    json_t *o = json_object();
    pc_encode_put_text(o, "label", shot->label);
    pc_encode_put_text(o, "title", shot->title ? shot->title : shot->label);
    pc_encode_put_text(o, "state", shot->has_reasons ? shot->state : "ok");
    json_object_set_new(o, "reasons", pc_encode_reasons(shot->reasons, shot->n_reasons, form));
    if (shot->has_score)
        json_object_set_new(o, "score", json_real(shot->score));
    pc_encode_put_text(o, "recipe", shot->recipe);
    if (shot->recipe_version)
        json_object_set_new(o, "recipeVersion", json_integer(shot->recipe_version));
    pc_encode_put_text(o, "by", shot->origin);
    if (box.w > 0)
        json_object_set_new(o, "box", pc_encode_box(shot->box));
    if (box.w > 0 && form == PC_ENCODE_API)
        put_relative_box(o, box, width, height, form);
    if (shot->width > 0) {
        json_object_set_new(o, "width", json_integer(shot->width));
        json_object_set_new(o, "height", json_integer(shot->height));
    }
    pc_encode_put_text(o, "format", shot->format);
    if (box.w > 0 && form == PC_ENCODE_MANIFEST)
        put_relative_box(o, box, width, height, form);
    if (shot->has_face_score)
        json_object_set_new(o, "faceScore", json_real(shot->face_score));
    if (shot->bytes > 0)
        json_object_set_new(o, "bytes", json_integer(shot->bytes));
    return o;
}

/* [{name, x, y, score, rx, ry}]; rx and ry, the parts of width and height, only where the size is
 * known. */
static json_t *landmarks_json(const struct pc_person *person, int width, int height)
{
    json_t *list = json_array();
    for (int k = 0; k < PC_KEYPOINT_COUNT; k++) {
        const struct pc_keypoint *at = &person->keypoints[k];
        json_t *o =
            json_pack("{s:s, s:f, s:f, s:f}", "name", pc_keypoint_name((enum pc_keypoint_id)k), "x",
                      at->x, "y", at->y, "score", at->score);
        if (width > 0 && height > 0) {
            json_object_set_new(o, "rx", fraction(at->x, width));
            json_object_set_new(o, "ry", fraction(at->y, height));
        }
        json_array_append_new(list, o);
    }
    return list;
}

json_t *pc_encode_person(const struct pc_record_result *result, int i, int width, int height,
                         enum pc_encode_form form)
{
    const struct pc_person *p = &result->people->p[i];
    json_t *o = json_pack("{s:f, s:[f, f, f, f]}", "score", p->score, "box", p->box.x, p->box.y,
                          p->box.w, p->box.h);
    pc_encode_put_text(o, "facing", result->facings ? result->facings[i] : NULL);
    json_object_set_new(o, "landmarks", landmarks_json(p, width, height));
    put_relative_box(o, p->box, width, height, form);
    return o;
}
