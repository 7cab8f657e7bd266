#include "recipes/values.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

static enum pc_code read_keypoint(const struct pc_reader *p, int *out)
{
    const char *names[PC_BODY_KEYPOINT_COUNT + 1] = {0};
    for (int i = 0; i < PC_BODY_KEYPOINT_COUNT; i++)
        names[i] = pc_body_keypoint_name(i);
    return pc_reader_word(p, names, "landmark", out);
}

enum pc_code pc_values_keypoints(const struct pc_reader *p, uint64_t *out)
{
    if (!json_is_array(p->value))
        return pc_reader_reject(p, "a list of landmarks in [ ] is wanted");
    *out = 0;
    for (size_t i = 0; i < json_array_size(p->value); i++) {
        struct pc_reader e = pc_reader_element(p, i);
        int keypoint;
        PC_TRY(read_keypoint(&e, &keypoint));
        *out |= PC_BODY_BIT(keypoint);
    }
    return PC_OK;
}

enum pc_code pc_values_length(const struct pc_reader *p, struct pc_recipe_length *out)
{
    static const char *const units[] = {"px", "%", "head", "torso", "shoulders", NULL};
    const char *text = json_string_value(p->value);
    char *end, unit[16];
    *out = (struct pc_recipe_length){json_number_value(p->value), PC_UNIT_PX};
    if (json_is_number(p->value) && fabs(out->value) <= 1e5)
        return PC_OK;
    if (!text)
        return pc_reader_reject(p,
                                "a length such as \"0.2 head\", \"10 %%\" or \"24 px\" is wanted");
    out->value = strtod(text, &end);
    pc_str_copy(unit, sizeof unit, end + strspn(end, " "));
    for (int i = 0; units[i]; i++) {
        out->unit = (enum pc_recipe_unit)i;
        if (end != text && isfinite(out->value) && fabs(out->value) <= 1e5 &&
            pc_str_eq(units[i], unit))
            return PC_OK;
    }
    return pc_reader_reject(
        p, "'%.30s' is no length; write a number and head, torso, shoulders, %% or px", text);
}

enum pc_code pc_values_colour(const struct pc_reader *p, uint8_t rgb[3])
{
    const char *text = json_string_value(p->value);
    if (pc_str_eq(text, "white"))
        text = "#ffffff";
    else if (pc_str_eq(text, "black"))
        text = "#000000";
    if (!text || strlen(text) != 7 || *text != '#' ||
        strspn(text + 1, "0123456789abcdefABCDEF") != 6)
        return pc_reader_reject(p,
                                "a colour such as \"#f4f4f4\", \"white\" or \"black\" is wanted");
    unsigned long all = strtoul(text + 1, NULL, 16);
    for (int i = 0; i < 3; i++)
        rgb[i] = (uint8_t)(all >> (16 - 8 * i) & 255);
    return PC_OK;
}

enum pc_code pc_values_ratio(const struct pc_reader *p, double *out)
{
    const char *text = json_string_value(p->value);
    char *colon = NULL, *end = NULL;
    double w = json_number_value(p->value), h = 1;
    if (text)
        w = strtod(text, &colon);
    if (text && *colon == ':')
        h = strtod(colon + 1, &end);
    if (!json_is_number(p->value) && (!end || end == colon + 1 || *end))
        return pc_reader_reject(p, "an aspect such as \"4:5\" (width:height) is wanted");
    *out = w / h;
    if (!(w > 0 && h > 0 && *out >= .1 && *out <= 10))
        return pc_reader_reject(p, "an aspect from 1:10 to 10:1 is wanted");
    return PC_OK;
}

enum pc_code pc_values_bytes(const struct pc_reader *p, int *out)
{
    int64_t n = json_integer_value(p->value);
    const char *text = json_string_value(p->value);
    bool good = json_is_integer(p->value) ? n >= 0 && n <= 1 << 30
                                          : text && pc_str_to_bytes(text, 0, 1 << 30, &n);
    if (!good)
        return pc_reader_reject(p, "a number of bytes such as 200000 or \"200k\" is wanted");
    *out = (int)n;
    return PC_OK;
}

static enum pc_code read_between(const struct pc_reader *p, struct pc_recipe_line *line)
{
    if (json_array_size(p->value) != 2)
        return pc_reader_reject(p, "two landmarks in [ ] are wanted");
    struct pc_reader a = pc_reader_element(p, 0), b = pc_reader_element(p, 1);
    PC_TRY(read_keypoint(&a, &line->a));
    return read_keypoint(&b, &line->b);
}

enum pc_code pc_values_line(const struct pc_reader *p, struct pc_recipe_line *line)
{
    static const char *const keys[] = {"at", "between", "share", "offset", NULL};
    if (json_is_string(p->value))
        return read_keypoint(p, &line->a);
    PC_TRY(pc_reader_keys(p, keys));
    struct pc_reader at = pc_reader_member(p, "at"), two = pc_reader_member(p, "between");
    struct pc_reader share = pc_reader_member(p, "share"), offset = pc_reader_member(p, "offset");
    if (!at.value == !two.value)
        return pc_reader_reject(p, "either \"at\" or \"between\" is wanted");
    if (share.value && !two.value)
        return pc_reader_reject(&share, "only \"between\" has a share");
    PC_TRY(at.value ? read_keypoint(&at, &line->a) : read_between(&two, line));
    line->at = two.value ? .5 : 0;
    if (share.value)
        PC_TRY(pc_reader_number(&share, 0, 1, &line->at));
    return offset.value ? pc_values_length(&offset, &line->offset) : PC_OK;
}
