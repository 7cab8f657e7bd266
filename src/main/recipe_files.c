/* Recipes from files, for pc_app_load_recipes and pc_app_check_recipes. */
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

/* Fills found with the recipe files of a folder, in order of name. globfree must follow. */
static enum pc_code list_folder(const char *path, glob_t *found, struct pc_err *err)
{
    char *pattern = pc_xasprintf("%s/*.json", path);
    int none = glob(pattern, 0, NULL, found);
    free(pattern);
    size_t n = 0;
    for (size_t i = 0; !none && i < found->gl_pathc; i++) {
        if (pc_str_ends_ci(found->gl_pathv[i], ".schema.json"))
            free(found->gl_pathv[i]);
        else
            found->gl_pathv[n++] = found->gl_pathv[i];
    }
    if (!none)
        found->gl_pathv[found->gl_pathc = n] = NULL;
    return none ? pc_fail(err, PC_E_BAD_RECIPE, "The folder %s contains no recipe (*.json).", path)
                : PC_OK;
}

static enum pc_code load_folder(const char *path, struct pc_recipe_set *out, struct pc_err *err)
{
    glob_t found;
    enum pc_code rc = list_folder(path, &found, err);
    if (rc)
        return rc;
    for (size_t i = 0; i < found.gl_pathc && !rc; i++) {
        struct pc_recipe_set one = {0};
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

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

enum pc_code pc_app_load_recipes(const char *path, struct pc_recipe_set *out, struct pc_err *err)
{
    *out = (struct pc_recipe_set){0};
    if (!*path) {
        pc_recipes_default(out);
        return PC_OK;
    }
    if (is_folder(path))
        return load_folder(path, out, err);
    return load_file(path, out, err);
}

/* --- all mistakes --- */

static void print_problems(const char *path, const struct pc_recipes_problems *found, FILE *out)
{
    for (int i = 0; i < found->n; i++) {
        const struct pc_recipes_problem *p = &found->p[i];
        fprintf(out, "%s:", path);
        if (p->line)
            fprintf(out, "%d:%d:", p->line, p->column);
        fprintf(out, " %s%s%s [%s]\n", p->place, *p->place ? ": " : "", p->message,
                pc_code_name(PC_E_BAD_RECIPE));
    }
    if (found->n == PC_RECIPES_MAX_PROBLEMS)
        fprintf(out, "%s: there may be more; %d are shown for a file\n", path,
                PC_RECIPES_MAX_PROBLEMS);
}

static bool check_file(const char *path, struct pc_recipe_set *out, FILE *problems)
{
    struct pc_buf text = PC_BUF_INIT;
    struct pc_recipe_set one = {0};
    struct pc_recipes_problems found = {0};
    struct pc_err err = PC_ERR_INIT;
    enum pc_code rc = pc_buf_read_file(&text, path, FILE_MAX_BYTES, &err);
    if (!rc) {
        pc_recipes_validate(pc_buf_text(&text), text.len, &one, &found);
        print_problems(path, &found, problems);
    }
    if (!rc && found.n == 0)
        rc = append(out, &one, &err);
    if (rc)
        fprintf(problems, "%s: %s [%s]\n", path, err.message, pc_code_name(rc));
    pc_recipes_finish(&one);
    pc_buf_finish(&text);
    return !rc && found.n == 0;
}

bool pc_app_check_recipes(const char *path, struct pc_recipe_set *out, FILE *problems)
{
    glob_t found;
    struct pc_err err = PC_ERR_INIT;
    bool sound = true;
    *out = (struct pc_recipe_set){0};
    if (!is_folder(path))
        return check_file(path, out, problems);
    enum pc_code rc = list_folder(path, &found, &err);
    if (rc) {
        fprintf(problems, "%s [%s]\n", err.message, pc_code_name(rc));
        return false;
    }
    for (size_t i = 0; i < found.gl_pathc; i++)
        sound = check_file(found.gl_pathv[i], out, problems) && sound;
    globfree(&found);
    return sound;
}
