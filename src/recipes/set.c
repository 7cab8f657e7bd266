/* Sets of recipes: reading a file, the ready ones, choosing by label. */
#include "shots/recipe_spec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/embedded.h"
#include "base/mem.h"
#include "base/str.h"
#include "recipes/check.h"
#include "recipes/locate.h"
#include "recipes/parse.h"
#include "recipes/reader.h"
#include "recipes/suggestions.h"

const char *pc_recipes_schema(void)
{
    return pc_embedded_schema[0].text;
}

void pc_recipes_finish(struct pc_recipe_set *set)
{
    for (int i = 0; i < set->n; i++)
        free(set->r[i].json);
    free(set->r);
    *set = (struct pc_recipe_set){0};
}

const struct pc_recipe *pc_recipes_find(const struct pc_recipe_set *set, const char *label)
{
    for (int i = 0; i < set->n; i++)
        if (pc_str_eq(set->r[i].label, label))
            return &set->r[i];
    return NULL;
}

/* Takes recipe->json. */
static void add(struct pc_recipe_set *set, const struct pc_recipe *recipe)
{
    set->r = pc_xrealloc(set->r, (size_t)(set->n + 1) * sizeof *set->r);
    set->r[set->n++] = *recipe;
}

static void add_copy(struct pc_recipe_set *set, const struct pc_recipe *recipe)
{
    struct pc_recipe copy = *recipe;
    copy.json = pc_xstrdup(recipe->json);
    add(set, &copy);
}

/* ---- reading ---- */

struct parser {
    struct pc_recipe_set *out;
    const struct pc_recipe_set *builtin;  /* where names are looked up after out; may be NULL */
    bool trusted;                         /* our own files were checked by the tests */
    struct pc_recipes_problems *problems; /* NULL: the first mistake ends */
    json_t *failed; /* labels of recipes with mistakes: who is based on them is not to blame */
};

static const struct pc_recipe *look_up(const struct parser *rd, const char *label)
{
    const struct pc_recipe *found = pc_recipes_find(rd->out, label);
    return found || !rd->builtin ? found : pc_recipes_find(rd->builtin, label);
}

static enum pc_code unknown_label(const struct parser *rd, const struct pc_reader *p,
                                  const char *label)
{
    const char *names[2 * PC_MAX_RECIPES + 1] = {0};
    int n = 0;
    if (json_object_get(rd->failed, label))
        return PC_E_BAD_RECIPE;
    for (int i = 0; i < rd->out->n; i++)
        names[n++] = rd->out->r[i].label;
    for (int i = 0; rd->builtin && i < rd->builtin->n; i++)
        names[n++] = rd->builtin->r[i].label;
    const char *near = pc_suggestions_nearest(names, label);
    return near ? pc_reader_reject(p, "unknown recipe '%.40s'; did you mean '%s'?", label, near)
                : pc_reader_reject(p, "unknown recipe '%.40s'", label);
}

/* The entry with what it is based on beneath it. Gives *out (a new reference). */
static enum pc_code merge(const struct parser *rd, const struct pc_reader *p, json_t **out)
{
    struct pc_reader base = pc_reader_member(p, "based_on");
    const char *label = json_string_value(base.value);
    if (base.value && !label)
        return pc_reader_reject(&base, "the label of a recipe is wanted, in quotes");
    const struct pc_recipe *found = label ? look_up(rd, label) : NULL;
    if (label && !found)
        return unknown_label(rd, &base, label);
    *out = found ? json_loads(found->json, 0, NULL) : json_object();
    json_object_update(*out, (json_t *)p->value);
    json_object_del(*out, "based_on");
    return PC_OK;
}

static enum pc_code read_recipe(const struct parser *rd, const struct pc_reader *p)
{
    struct pc_recipe recipe = {0};
    json_t *whole = NULL;
    if (!json_is_object(p->value))
        return pc_reader_reject(p, "a recipe in { }, or the label of a ready one, is wanted");
    PC_TRY(merge(rd, p, &whole));
    struct pc_reader merged = *p;
    merged.value = whole;
    enum pc_code rc = pc_recipes_parse_one(&merged, &recipe);
    if (rc == PC_OK && pc_recipes_find(rd->out, recipe.label))
        rc = pc_reader_reject(p, "label '%s' is taken by an earlier recipe", recipe.label);
    if (rc == PC_OK && !rd->trusted)
        rc = pc_recipes_check(&recipe, p);
    if (rc == PC_OK)
        add(rd->out, &recipe);
    else
        free(recipe.json);
    json_decref(whole);
    return rc;
}

static enum pc_code read_entry(const struct parser *rd, const struct pc_reader *p)
{
    const char *label = json_string_value(p->value);
    if (rd->out->n == PC_MAX_RECIPES)
        return pc_reader_reject(p, "at most %d recipes are possible", PC_MAX_RECIPES);
    if (!label)
        return read_recipe(rd, p);
    const struct pc_recipe *found = rd->builtin ? pc_recipes_find(rd->builtin, label) : NULL;
    if (!found)
        return unknown_label(rd, p, label);
    if (pc_recipes_find(rd->out, label))
        return pc_reader_reject(p, "recipe '%s' is there already", label);
    add_copy(rd->out, found);
    return PC_OK;
}

static enum pc_code read_list(const struct parser *rd, const struct pc_reader *p)
{
    if (!json_is_array(p->value) || json_array_size(p->value) == 0)
        return pc_reader_reject(p, "a list in [ ] with at least one recipe is wanted");
    enum pc_code rc = PC_OK;
    for (size_t i = 0; i < json_array_size(p->value) && pc_reader_continues(p, rc); i++) {
        struct pc_reader e = pc_reader_element(p, i);
        enum pc_code one = read_entry(rd, &e);
        json_t *label = json_object_get(e.value, "label");
        if (one && rd->failed && json_is_string(label))
            json_object_set_new(rd->failed, json_string_value(label), json_true());
        rc = one ? one : rc;
    }
    return rc;
}

static enum pc_code read_root(const struct parser *rd, json_t *root, struct pc_err *err)
{
    static const char *const keys[] = {"recipes", "$schema", "about", NULL};
    struct pc_reader p = {.value = root, .err = err, .problems = rd->problems};
    if (json_is_array(root)) {
        snprintf(p.path, sizeof p.path, "recipes");
        return read_list(rd, &p);
    }
    if (json_object_get(root, "label") || json_object_get(root, "based_on"))
        return read_recipe(rd, &p);
    enum pc_code rc = pc_reader_keys(&p, keys);
    struct pc_reader list = pc_reader_member(&p, "recipes");
    if (pc_reader_continues(&p, rc) && json_is_object(root)) {
        enum pc_code of_list = read_list(rd, &list);
        rc = of_list ? of_list : rc;
    }
    return rc;
}

static void note_syntax_error(struct pc_recipes_problems *problems, const json_error_t *at)
{
    struct pc_recipes_problem *p = &problems->p[problems->n++];
    *p = (struct pc_recipes_problem){.line = at->line > 0 ? at->line : 1,
                                     .column = at->column > 0 ? at->column : 1};
    snprintf(p->message, sizeof p->message, "This is no JSON: %.200s", at->text);
}

static enum pc_code read_text(const struct parser *rd, const char *json, size_t len,
                              struct pc_err *err)
{
    json_error_t at;
    json_t *root = json_loadb(json, len, JSON_REJECT_DUPLICATES, &at);
    if (!root && rd->problems)
        note_syntax_error(rd->problems, &at);
    if (!root)
        return pc_fail(err, PC_E_BAD_RECIPE, "Line %d, column %d is no JSON: %.120s", at.line,
                       at.column, at.text);
    enum pc_code rc = read_root(rd, root, err);
    json_decref(root);
    return rc;
}

static enum pc_code parse(const char *json, size_t len, struct pc_recipes_problems *problems,
                          struct pc_recipe_set *out, struct pc_err *err)
{
    struct pc_recipe_set builtin = {0};
    *out = (struct pc_recipe_set){0};
    pc_recipes_builtin(&builtin);
    struct parser rd = {.out = out,
                        .builtin = &builtin,
                        .problems = problems,
                        .failed = problems ? json_object() : NULL};
    enum pc_code rc = read_text(&rd, json, len, err);
    if (rc != PC_OK)
        pc_recipes_finish(out);
    pc_recipes_finish(&builtin);
    json_decref(rd.failed);
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

/* ---- the ready ones ---- */

static void read_embedded(const struct pc_embedded *file, struct pc_recipe_set *out)
{
    struct pc_err err = PC_ERR_INIT;
    struct parser rd = {.out = out, .trusted = true};
    enum pc_code rc = read_text(&rd, file->text, file->len, &err);
    if (rc != PC_OK) { /* the tests read them all: a broken build */
        fprintf(stderr, "%s: %s\n", file->name, err.message);
        abort();
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

/* ---- choosing ---- */

static void add_all(struct pc_recipe_set *out, const struct pc_recipe_set *from)
{
    for (int i = 0; i < from->n; i++)
        if (!pc_recipes_find(out, from->r[i].label) && out->n < PC_MAX_RECIPES)
            add_copy(out, &from->r[i]);
}

static enum pc_code add_named(struct pc_recipe_set *out, const struct pc_recipe_set *from,
                              const struct pc_recipe_set *builtin, const char *label,
                              struct pc_err *err)
{
    struct parser rd = {.out = (struct pc_recipe_set *)from, .builtin = builtin};
    const struct pc_recipe *found = look_up(&rd, label);
    struct pc_reader nowhere = {.err = err};
    if (!found)
        return unknown_label(&rd, &nowhere, label);
    if (out->n < PC_MAX_RECIPES && !pc_recipes_find(out, label))
        add_copy(out, found);
    return PC_OK;
}

enum pc_code pc_recipes_select(const struct pc_recipe_set *from, const char *labels,
                               struct pc_recipe_set *out, struct pc_err *err)
{
    struct pc_recipe_set builtin = {0}, five = {0};
    char *list = pc_xstrdup(labels), *rest = NULL;
    enum pc_code rc = PC_OK;
    *out = (struct pc_recipe_set){0};
    pc_recipes_builtin(&builtin);
    pc_recipes_default(&five);
    for (char *t = strtok_r(list, ",", &rest); t && rc == PC_OK; t = strtok_r(NULL, ",", &rest)) {
        const char *label = pc_str_trim(t);
        if (pc_str_eq(label, "all")) {
            add_all(out, from);
            add_all(out, &builtin);
        } else if (pc_str_eq(label, "default"))
            add_all(out, &five);
        else if (*label)
            rc = add_named(out, from, &builtin, label, err);
    }
    if (rc == PC_OK && out->n == 0)
        rc = pc_fail(err, PC_E_BAD_RECIPE, "No shot is named; try 'default' or 'all'.");
    if (rc != PC_OK)
        pc_recipes_finish(out);
    pc_recipes_finish(&builtin);
    pc_recipes_finish(&five);
    free(list);
    return rc;
}
