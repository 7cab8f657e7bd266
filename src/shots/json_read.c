#include "shots/json_read.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/str.h"
#include "shots/words.h"

static enum pc_code refuse(const struct pc_place *p, const char *place, const char *fmt,
                           va_list args)
{
    char text[256];
    vsnprintf(text, sizeof text, fmt, args);
    if (p->problems && p->problems->n < PC_MAX_RECIPE_PROBLEMS) {
        struct pc_recipe_problem *noted = &p->problems->p[p->problems->n++];
        *noted = (struct pc_recipe_problem){.line = 0};
        pc_str_copy(noted->message, sizeof noted->message, text);
        pc_str_copy(noted->place, sizeof noted->place, place);
    }
    return pc_fail(p->err, PC_E_BAD_RECIPE, "%s%s%s", p->path, *p->path ? ": " : "", text);
}

enum pc_code pc_refuse(const struct pc_place *p, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    enum pc_code rc = refuse(p, p->path, fmt, args);
    va_end(args);
    return rc;
}

enum pc_code pc_refuse_member(const struct pc_place *p, const char *key, const char *fmt, ...)
{
    struct pc_place member = pc_place_member(p, key);
    va_list args;
    va_start(args, fmt);
    enum pc_code rc = refuse(p, member.path, fmt, args);
    va_end(args);
    return rc;
}

struct pc_place pc_place_member(const struct pc_place *p, const char *key)
{
    struct pc_place m = {
        .value = json_object_get(p->value, key), .err = p->err, .problems = p->problems};
    snprintf(m.path, sizeof m.path, "%.80s%s%.40s", p->path, *p->path ? "." : "", key);
    return m;
}

struct pc_place pc_place_element(const struct pc_place *p, size_t i)
{
    struct pc_place m = {
        .value = json_array_get(p->value, i), .err = p->err, .problems = p->problems};
    snprintf(m.path, sizeof m.path, "%.100s[%zu]", p->path, i);
    return m;
}

static enum pc_code unknown_key(const struct pc_place *p, const char *const *keys, const char *key)
{
    const char *near = pc_word_nearest(keys, key);
    return near ? pc_refuse_member(p, key, "unknown key '%.40s'; did you mean '%s'?", key, near)
                : pc_refuse_member(p, key, "unknown key '%.40s'; docs/recipes.md lists those known",
                                   key);
}

enum pc_code pc_read_keys(const struct pc_place *p, const char *const *keys)
{
    const char *key;
    json_t *value;
    enum pc_code rc = PC_OK;
    if (!json_is_object(p->value))
        return pc_refuse(p, "an object in { } is wanted");
    json_object_foreach((json_t *)p->value, key, value)
    {
        if (pc_word_find(keys, key) >= 0)
            continue;
        rc = unknown_key(p, keys, key);
        if (!pc_reads_on(p, rc))
            break;
    }
    return rc;
}

/* Nothing is near: a short list is told whole, a long one is in the manual. */
static enum pc_code unknown_word(const struct pc_place *p, const char *const *list,
                                 const char *what, const char *word)
{
    struct pc_buf known = PC_BUF_INIT;
    enum pc_code rc;
    for (int i = 0; list[i]; i++)
        pc_buf_printf(&known, "%s%s", i ? ", " : "", list[i]);
    rc = known.len < 100
             ? pc_refuse(p, "unknown %s '%.40s'; one of: %s", what, word, pc_buf_text(&known))
             : pc_refuse(p, "unknown %s '%.40s'; docs/recipes.md lists those known", what, word);
    pc_buf_finish(&known);
    return rc;
}

enum pc_code pc_read_word(const struct pc_place *p, const char *const *list, const char *what,
                          int *out)
{
    const char *word = json_string_value(p->value);
    if (!word)
        return pc_refuse(p, "the name of a %s is wanted, in quotes", what);
    *out = pc_word_find(list, word);
    if (*out >= 0)
        return PC_OK;
    const char *near = pc_word_nearest(list, word);
    if (near)
        return pc_refuse(p, "unknown %s '%.40s'; did you mean '%s'?", what, word, near);
    return unknown_word(p, list, what, word);
}

enum pc_code pc_read_number(const struct pc_place *p, double min, double max, double *out)
{
    double v = json_number_value(p->value);
    if (!json_is_number(p->value) || !(v >= min && v <= max))
        return pc_refuse(p, "a number from %g to %g is wanted", min, max);
    *out = v;
    return PC_OK;
}

enum pc_code pc_read_int(const struct pc_place *p, int min, int max, int *out)
{
    json_int_t v = json_integer_value(p->value);
    if (!json_is_integer(p->value) || v < min || v > max)
        return pc_refuse(p, "a whole number from %d to %d is wanted", min, max);
    *out = (int)v;
    return PC_OK;
}

enum pc_code pc_read_bool(const struct pc_place *p, bool *out)
{
    if (!json_is_boolean(p->value))
        return pc_refuse(p, "true or false is wanted");
    *out = json_is_true(p->value);
    return PC_OK;
}
