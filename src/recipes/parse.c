#include "recipes/parse.h"

#include <stdio.h>
#include <stdlib.h>

#include "recipes/check.h"
#include "recipes/set.h"
#include "recipes/spec.h"
#include "recipes/suggestions.h"

struct parse {
    const struct pc_recipes_parser *parser;
    struct pc_recipe_set *out;
    json_t *failed; /* labels of recipes with mistakes: what is based on them is not to blame */
};

enum pc_code pc_recipes_reject_label(const struct pc_reader *p, const char *label,
                                     const struct pc_recipe_set *first,
                                     const struct pc_recipe_set *second)
{
    const char *labels[2 * PC_MAX_RECIPES + 1] = {0};
    int n = 0;
    for (int i = 0; i < first->n; i++)
        labels[n++] = first->r[i].label;
    for (int i = 0; second && i < second->n; i++)
        labels[n++] = second->r[i].label;
    const char *near = pc_suggestions_nearest(labels, label);
    return near ? pc_reader_reject(p, "unknown recipe '%.40s'; did you mean '%s'?", label, near)
                : pc_reader_reject(p, "unknown recipe '%.40s'", label);
}

static const struct pc_recipe *find_builtin(const struct parse *ps, const char *label)
{
    return ps->parser->builtin ? pc_recipes_find(ps->parser->builtin, label) : NULL;
}

/* The entry laid over the recipe that it is based on, as one object. Gives *out. */
static enum pc_code merge_base(const struct parse *ps, const struct pc_reader *p, json_t **out)
{
    struct pc_reader base = pc_reader_member(p, "based_on");
    const char *label = json_string_value(base.value);
    const struct pc_recipe *found = label ? pc_recipes_find(ps->out, label) : NULL;
    if (base.value && !label)
        return pc_reader_reject(&base, "the label of a recipe is wanted, in quotes");
    if (label && !found)
        found = find_builtin(ps, label);
    if (label && !found)
        return json_object_get(ps->failed, label)
                   ? PC_E_BAD_RECIPE /* its own mistake is noted */
                   : pc_recipes_reject_label(&base, label, ps->out, ps->parser->builtin);
    *out = found ? json_loads(found->source, 0, NULL) : json_object();
    json_object_update(*out, (json_t *)p->value);
    json_object_del(*out, "based_on");
    return PC_OK;
}

static enum pc_code read_recipe(const struct parse *ps, const struct pc_reader *p)
{
    struct pc_recipe recipe = {0};
    struct pc_reader merged = *p;
    json_t *whole = NULL;
    if (!json_is_object(p->value))
        return pc_reader_reject(p, "a recipe in { }, or the label of a built-in one, is wanted");
    PC_TRY(merge_base(ps, p, &whole));
    merged.value = whole;
    enum pc_code rc = pc_recipes_read_spec(&merged, &recipe);
    if (rc == PC_OK && pc_recipes_find(ps->out, recipe.label))
        rc = pc_reader_reject(p, "label '%s' is taken by an earlier recipe", recipe.label);
    if (rc == PC_OK && !ps->parser->trusted)
        rc = pc_recipes_check(&recipe, p);
    if (rc == PC_OK)
        pc_recipes_add(ps->out, &recipe);
    else
        free(recipe.source);
    json_decref(whole);
    return rc;
}

/* An entry of the list: a recipe, or the label of a built-in one. */
static enum pc_code read_entry(const struct parse *ps, const struct pc_reader *p)
{
    const char *label = json_string_value(p->value);
    const struct pc_recipe *found = label ? find_builtin(ps, label) : NULL;
    if (ps->out->n == PC_MAX_RECIPES)
        return pc_reader_reject(p, "at most %d recipes are possible", PC_MAX_RECIPES);
    if (!label)
        return read_recipe(ps, p);
    if (!found)
        return json_object_get(ps->failed, label)
                   ? PC_E_BAD_RECIPE
                   : pc_recipes_reject_label(p, label, ps->out, ps->parser->builtin);
    if (pc_recipes_find(ps->out, label))
        return pc_reader_reject(p, "recipe '%s' is there already", label);
    pc_recipes_add_copy(ps->out, found);
    return PC_OK;
}

static enum pc_code read_list(const struct parse *ps, const struct pc_reader *p)
{
    if (!json_is_array(p->value) || json_array_size(p->value) == 0)
        return pc_reader_reject(p, "a list in [ ] with at least one recipe is wanted");
    enum pc_code rc = PC_OK;
    for (size_t i = 0; i < json_array_size(p->value) && pc_reader_continues(p, rc); i++) {
        struct pc_reader e = pc_reader_element(p, i);
        enum pc_code one = read_entry(ps, &e);
        json_t *label = json_object_get(e.value, "label");
        if (one && json_is_string(label))
            json_object_set_new(ps->failed, json_string_value(label), json_true());
        rc = one ? one : rc;
    }
    return rc;
}

/* The whole text: a list, one recipe, or an object that holds a list. */
static enum pc_code read_root(const struct parse *ps, json_t *root, struct pc_err *err)
{
    static const char *const keys[] = {"recipes", "$schema", "about", NULL};
    struct pc_reader p = {.value = root, .err = err, .problems = ps->parser->problems};
    if (json_is_array(root)) {
        snprintf(p.path, sizeof p.path, "recipes");
        return read_list(ps, &p);
    }
    if (json_object_get(root, "label") || json_object_get(root, "based_on"))
        return read_recipe(ps, &p);
    enum pc_code rc = pc_reader_keys(&p, keys);
    struct pc_reader list = pc_reader_member(&p, "recipes");
    if (pc_reader_continues(&p, rc) && json_is_object(root)) {
        enum pc_code of_list = read_list(ps, &list);
        rc = of_list ? of_list : rc;
    }
    return rc;
}

enum pc_code pc_recipes_parse_text(const struct pc_recipes_parser *parser, const char *json,
                                   size_t len, struct pc_recipe_set *out, struct pc_err *err)
{
    struct pc_recipes_problems *problems = parser->problems;
    json_error_t at;
    json_t *root = json_loadb(json, len, JSON_REJECT_DUPLICATES, &at);
    if (!root && problems) {
        struct pc_recipes_problem *p = &problems->p[problems->n++];
        *p = (struct pc_recipes_problem){.line = at.line > 0 ? at.line : 1,
                                         .column = at.column > 0 ? at.column : 1};
        snprintf(p->message, sizeof p->message, "This is no JSON: %.200s", at.text);
    }
    if (!root)
        return pc_fail(err, PC_E_BAD_RECIPE, "Line %d, column %d is no JSON: %.120s", at.line,
                       at.column, at.text);
    struct parse ps = {.parser = parser, .out = out, .failed = json_object()};
    enum pc_code rc = read_root(&ps, root, err);
    json_decref(ps.failed);
    json_decref(root);
    return rc;
}
