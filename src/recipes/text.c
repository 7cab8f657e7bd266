/* Recipes as people write them. Their canonical text (sorted keys, no spaces) is for the hash. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "recipes/recipes.h"
#include "recipes/spec.h"

enum { LINE = 110, STEP = 2 };

static char *on_one_line(const json_t *value)
{
    return json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(12));
}

static void put_value(struct pc_buf *out, const json_t *value, int indent);

/* "key": value, on lines of their own */
static void put_members(struct pc_buf *out, const json_t *object, int indent)
{
    const char *key, *comma = "";
    json_t *value;
    pc_buf_printf(out, "{");
    json_object_foreach((json_t *)object, key, value)
    {
        json_t *name = json_string(key);
        char *quoted = on_one_line(name);
        pc_buf_printf(out, "%s\n%*s%s: ", comma, indent + STEP, "", quoted);
        put_value(out, value, indent + STEP);
        comma = ",";
        free(quoted);
        json_decref(name);
    }
    pc_buf_printf(out, "\n%*s}", indent, "");
}

static void put_elements(struct pc_buf *out, const json_t *list, int indent)
{
    pc_buf_printf(out, "[");
    for (size_t i = 0; i < json_array_size(list); i++) {
        pc_buf_printf(out, "%s\n%*s", i ? "," : "", indent + STEP, "");
        put_value(out, json_array_get(list, i), indent + STEP);
    }
    pc_buf_printf(out, "\n%*s]", indent, "");
}

static void put_value(struct pc_buf *out, const json_t *value, int indent)
{
    char *line = on_one_line(value);
    bool fits = strlen(line) + (size_t)indent <= LINE;
    if (!fits && json_is_object(value))
        put_members(out, value, indent);
    else if (!fits && json_is_array(value))
        put_elements(out, value, indent);
    else
        pc_buf_append(out, line, strlen(line));
    free(line);
}

static void put_recipe(struct pc_buf *out, const struct pc_recipe *recipe, int indent)
{
    json_t *kept = json_loads(recipe->source, 0, NULL), *ordered = json_object();
    for (int i = 0; pc_recipes_keys[i]; i++) {
        json_t *value = json_object_get(kept, pc_recipes_keys[i]);
        if (value)
            json_object_set(ordered, pc_recipes_keys[i], value);
    }
    put_members(out, ordered, indent);
    json_decref(ordered);
    json_decref(kept);
}

/* Gives the text, and leaves buf empty. */
static char *text_of(struct pc_buf *buf)
{
    char *text = pc_xstrdup(pc_buf_text(buf));
    pc_buf_finish(buf);
    return text;
}

char *pc_recipes_text_of(const struct pc_recipe *recipe)
{
    struct pc_buf out = PC_BUF_INIT;
    put_recipe(&out, recipe, 0);
    return text_of(&out);
}

char *pc_recipes_text(const struct pc_recipe_set *set)
{
    struct pc_buf out = PC_BUF_INIT;
    pc_buf_printf(&out, "{\n  \"recipes\": [");
    for (int i = 0; i < set->n; i++) {
        pc_buf_printf(&out, "%s\n    ", i ? "," : "");
        put_recipe(&out, &set->r[i], 4);
    }
    pc_buf_printf(&out, "\n  ]\n}\n");
    return text_of(&out);
}
