/* Recipes from files, for pc_app_load_recipes. */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/str.h"
#include "main/app.h"
#include "recipes/recipes.h"

enum { FILE_MAX_BYTES = 1 << 20 };

static enum pc_code load_file(const char *path, struct pc_recipe_set *out, struct pc_err *err)
{
    struct pc_buf text = PC_BUF_INIT;
    enum pc_code rc = pc_buf_read_file(&text, path, FILE_MAX_BYTES, err);
    if (!rc)
        rc = pc_recipes_parse(text.data, text.len, out, err);
    pc_buf_finish(&text);
    if (rc == PC_E_BAD_RECIPE) { /* the place within the file means little without the file */
        char message[sizeof err->message];
        const char *name = strrchr(path, '/');
        snprintf(message, sizeof message, "%s: %s", name ? name + 1 : path, err->message);
        pc_str_copy(err->message, sizeof err->message, message);
    }
    return rc ? pc_err_wrap(err, "%s", path) : PC_OK;
}

/* Moves all recipes of from to the end of into. */
static enum pc_code append(struct pc_recipe_set *into, struct pc_recipe_set *from,
                           struct pc_err *err)
{
    for (int i = 0; i < from->n; i++)
        if (pc_recipes_find(into, from->r[i].label))
            return pc_fail(err, PC_E_BAD_RECIPE, "The label '%s' is used in two recipe files.",
                           from->r[i].label);
    if (into->n + from->n > PC_MAX_RECIPES)
        return pc_fail(err, PC_E_BAD_RECIPE, "There are more than %d recipes.", PC_MAX_RECIPES);
    if (from->n == 0)
        return PC_OK;
    into->r = pc_xrealloc(into->r, (size_t)(into->n + from->n) * sizeof *into->r);
    memcpy(into->r + into->n, from->r, (size_t)from->n * sizeof *from->r);
    into->n += from->n;
    free(from->r);
    *from = (struct pc_recipe_set){0};
    return PC_OK;
}

static enum pc_code load_folder(const char *path, struct pc_recipe_set *out, struct pc_err *err)
{
    char *pattern = pc_xasprintf("%s/*.json", path);
    glob_t found;
    int none = glob(pattern, 0, NULL, &found);
    free(pattern);
    if (none)
        return pc_fail(err, PC_E_BAD_RECIPE, "The folder %s contains no recipe (*.json).", path);
    enum pc_code rc = PC_OK;
    for (size_t i = 0; i < found.gl_pathc && !rc; i++) {
        struct pc_recipe_set one = {0};
        if (pc_str_ends_ci(found.gl_pathv[i], ".schema.json"))
            continue;
        rc = load_file(found.gl_pathv[i], &one, err);
        if (!rc)
            rc = append(out, &one, err);
        pc_recipes_finish(&one);
    }
    globfree(&found);
    if (rc)
        pc_recipes_finish(out);
    return rc;
}

enum pc_code pc_app_load_recipes(const char *path, struct pc_recipe_set *out, struct pc_err *err)
{
    struct stat st;
    *out = (struct pc_recipe_set){0};
    if (!*path) {
        pc_recipes_default(out);
        return PC_OK;
    }
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return load_folder(path, out, err);
    return load_file(path, out, err);
}
