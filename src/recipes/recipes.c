#include "recipes/recipes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/embedded.h"
#include "base/mem.h"
#include "base/str.h"
#include "recipes/locate.h"
#include "recipes/parse.h"

const char *pc_recipes_schema(void)
{
    return pc_embedded_schema[0].text;
}

/* --- built-in recipes --- */

static void read_embedded(const struct pc_embedded *file, struct pc_recipe_set *out)
{
    const struct pc_recipes_parser parser = {.trusted = true};
    struct pc_err err = PC_ERR_INIT;
    if (pc_recipes_parse_text(&parser, file->text, file->len, out, &err)) {
        fprintf(stderr, "%s: %s\n", file->name, err.message);
        abort(); /* the tests read all of them: this build is broken */
    }
}

void pc_recipes_default(struct pc_recipe_set *out)
{
    *out = (struct pc_recipe_set){0};
    read_embedded(&pc_embedded_recipes[0], out);
}

void pc_recipes_builtin(struct pc_recipe_set *out)
{
    *out = (struct pc_recipe_set){0};
    for (const struct pc_embedded *f = pc_embedded_recipes; f->name; f++)
        read_embedded(f, out);
}

/* --- recipes of users --- */

static enum pc_code parse(const char *json, size_t len, struct pc_recipes_problems *problems,
                          struct pc_recipe_set *out, struct pc_err *err)
{
    struct pc_recipe_set builtin;
    *out = (struct pc_recipe_set){0};
    pc_recipes_builtin(&builtin);
    const struct pc_recipes_parser parser = {.builtin = &builtin, .problems = problems};
    enum pc_code rc = pc_recipes_parse_text(&parser, json, len, out, err);
    if (rc != PC_OK)
        pc_recipes_finish(out);
    pc_recipes_finish(&builtin);
    return rc;
}

enum pc_code pc_recipes_parse(const char *json, size_t len, struct pc_recipe_set *out,
                              struct pc_err *err)
{
    return parse(json, len, NULL, out, err);
}

static int by_position(const void *a, const void *b)
{
    const struct pc_recipes_problem *one = a, *two = b;
    return one->line != two->line ? one->line - two->line : one->column - two->column;
}

void pc_recipes_validate(const char *json, size_t len, struct pc_recipe_set *out,
                         struct pc_recipes_problems *found)
{
    struct pc_err err = PC_ERR_INIT;
    found->n = 0;
    if (!parse(json, len, found, out, &err))
        return;
    for (int i = 0; i < found->n; i++)
        if (found->p[i].line == 0)
            pc_locate_value(json, len, found->p[i].place, &found->p[i].line, &found->p[i].column);
    qsort(found->p, (size_t)found->n, sizeof *found->p, by_position);
}

/* --- choosing by label --- */

static void add_all(struct pc_recipe_set *out, const struct pc_recipe_set *from)
{
    for (int i = 0; i < from->n; i++)
        if (!pc_recipes_find(out, from->r[i].label) && out->n < PC_MAX_RECIPES)
            pc_recipes_add_copy(out, &from->r[i]);
}

enum pc_code pc_recipes_select(const struct pc_recipe_set *from, const char *labels,
                               struct pc_recipe_set *out, struct pc_err *err)
{
    struct pc_recipe_set builtin, defaults;
    const struct pc_reader nowhere = {.err = err};
    char *list = pc_xstrdup(labels), *rest = NULL;
    enum pc_code rc = PC_OK;
    *out = (struct pc_recipe_set){0};
    pc_recipes_builtin(&builtin);
    pc_recipes_default(&defaults);
    for (char *t = strtok_r(list, ",", &rest); t && rc == PC_OK; t = strtok_r(NULL, ",", &rest)) {
        const char *label = pc_str_trim(t);
        const struct pc_recipe *found = pc_recipes_find(from, label);
        if (!found)
            found = pc_recipes_find(&builtin, label);
        if (pc_str_eq(label, "all")) {
            add_all(out, from);
            add_all(out, &builtin);
        } else if (pc_str_eq(label, "default"))
            add_all(out, &defaults);
        else if (*label && !found)
            rc = pc_recipes_reject_label(&nowhere, label, from, &builtin);
        else if (*label && out->n < PC_MAX_RECIPES && !pc_recipes_find(out, label))
            pc_recipes_add_copy(out, found);
    }
    if (rc == PC_OK && out->n == 0)
        rc = pc_fail(err, PC_E_BAD_RECIPE, "No shot is named; try 'default' or 'all'.");
    if (rc != PC_OK)
        pc_recipes_finish(out);
    pc_recipes_finish(&builtin);
    pc_recipes_finish(&defaults);
    free(list);
    return rc;
}
