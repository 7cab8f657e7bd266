#include "recipes/reader.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/str.h"
#include "recipes/suggestions.h"

enum { ADVICE_BYTES = 170 }; /* a message has room for so much behind the word */

static enum pc_code reject(const struct pc_reader *p, const char *place, const char *fmt,
                           va_list args)
{
    char text[256];
    vsnprintf(text, sizeof text, fmt, args);
    if (p->problems && p->problems->n < PC_RECIPES_MAX_PROBLEMS) {
        struct pc_recipes_problem *noted = &p->problems->p[p->problems->n++];
        *noted = (struct pc_recipes_problem){.line = 0};
        pc_str_copy(noted->message, sizeof noted->message, text);
        pc_str_copy(noted->place, sizeof noted->place, place);
    }
    return pc_fail(p->err, PC_E_BAD_RECIPE, "%s%s%s", p->path, *p->path ? ": " : "", text);
}

enum pc_code pc_reader_reject(const struct pc_reader *p, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    enum pc_code rc = reject(p, p->path, fmt, args);
    va_end(args);
    return rc;
}

enum pc_code pc_reader_reject_member(const struct pc_reader *p, const char *key, const char *fmt,
                                     ...)
{
    struct pc_reader member = pc_reader_member(p, key);
    va_list args;
    va_start(args, fmt);
    enum pc_code rc = reject(p, member.path, fmt, args);
    va_end(args);
    return rc;
}

struct pc_reader pc_reader_member(const struct pc_reader *p, const char *key)
{
    struct pc_reader m = {
        .value = json_object_get(p->value, key), .err = p->err, .problems = p->problems};
    snprintf(m.path, sizeof m.path, "%.80s%s%.40s", p->path, *p->path ? "." : "", key);
    return m;
}

struct pc_reader pc_reader_element(const struct pc_reader *p, size_t i)
{
    struct pc_reader m = {
        .value = json_array_get(p->value, i), .err = p->err, .problems = p->problems};
    snprintf(m.path, sizeof m.path, "%.100s[%zu]", p->path, i);
    return m;
}

/* Appends what to write instead of a word that is not in the list: the nearest of it, or all of a
 * list that fits an error message. Gives its text. */
static const char *put_advice(struct pc_buf *advice, const char *const *list, const char *word)
{
    const char *near = pc_suggestions_nearest(list, word);
    if (near) {
        pc_buf_printf(advice, "did you mean '%s'?", near);
        return pc_buf_text(advice);
    }
    for (int i = 0; list[i]; i++)
        pc_buf_printf(advice, "%s%s", i ? ", " : "one of: ", list[i]);
    if (advice->len > ADVICE_BYTES) {
        pc_buf_clear(advice);
        pc_buf_puts(advice, "the schema of recipes lists all");
    }
    return pc_buf_text(advice);
}

enum pc_code pc_reader_keys(const struct pc_reader *p, const char *const *keys)
{
    const char *key;
    json_t *value;
    struct pc_buf advice = PC_BUF_INIT;
    enum pc_code rc = PC_OK;
    if (!json_is_object(p->value))
        return pc_reader_reject(p, "an object in { } is wanted");
    json_object_foreach((json_t *)p->value, key, value)
    {
        if (pc_suggestions_find(keys, key) >= 0)
            continue;
        pc_buf_clear(&advice);
        rc = pc_reader_reject_member(p, key, "unknown key '%.40s'; %s", key,
                                     put_advice(&advice, keys, key));
        if (!pc_reader_continues(p, rc))
            break;
    }
    pc_buf_finish(&advice);
    return rc;
}

enum pc_code pc_reader_word(const struct pc_reader *p, const char *const *list, const char *what,
                            int *out)
{
    const char *word = json_string_value(p->value);
    if (!word)
        return pc_reader_reject(p, "the name of a %s is wanted, in quotes", what);
    *out = pc_suggestions_find(list, word);
    if (*out >= 0)
        return PC_OK;
    struct pc_buf advice = PC_BUF_INIT;
    enum pc_code rc =
        pc_reader_reject(p, "unknown %s '%.40s'; %s", what, word, put_advice(&advice, list, word));
    pc_buf_finish(&advice);
    return rc;
}

enum pc_code pc_reader_number(const struct pc_reader *p, double min, double max, double *out)
{
    double v = json_number_value(p->value);
    if (!json_is_number(p->value) || !(v >= min && v <= max))
        return pc_reader_reject(p, "a number from %g to %g is wanted", min, max);
    *out = v;
    return PC_OK;
}

enum pc_code pc_reader_int(const struct pc_reader *p, int min, int max, int *out)
{
    json_int_t v = json_integer_value(p->value);
    if (!json_is_integer(p->value) || v < min || v > max)
        return pc_reader_reject(p, "a whole number from %d to %d is wanted", min, max);
    *out = (int)v;
    return PC_OK;
}

enum pc_code pc_reader_bool(const struct pc_reader *p, bool *out)
{
    if (!json_is_boolean(p->value))
        return pc_reader_reject(p, "true or false is wanted");
    *out = json_is_true(p->value);
    return PC_OK;
}
