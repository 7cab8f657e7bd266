/* `posecraft recipes`, and the loading of recipes that all commands share. */
#include "main/recipes.h"

#include <glob.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/str.h"
#include "main/commands.h"

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

/* Moves all of from behind those of into. */
static enum pc_code append(struct pc_recipe_set *into, struct pc_recipe_set *from,
                           struct pc_err *err)
{
    for (int i = 0; i < from->n; i++)
        if (pc_recipes_find(into, from->r[i].label))
            return pc_fail(err, PC_E_BAD_RECIPE, "The label '%s' stands in two recipe files.",
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
        return pc_fail(err, PC_E_BAD_RECIPE, "The folder %s holds no recipe (*.json).", path);
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

/* --- the command
 * ----------------------------------------------------------------------------------- */

static const char usage[] =
    "usage: posecraft recipes list            the ready recipes\n"
    "       posecraft recipes show LABEL...   as JSON, to start your own from\n"
    "       posecraft recipes check PATH...   is a file or folder of recipes valid?\n"
    "       posecraft recipes schema          the JSON Schema of recipe files\n";

static int list(void)
{
    struct pc_recipe_set all, defaults;
    pc_recipes_builtin(&all);
    pc_recipes_default(&defaults);
    for (int i = 0; i < all.n; i++)
        printf("%-28s %s%s\n", all.r[i].label, all.r[i].title,
               pc_recipes_find(&defaults, all.r[i].label) ? " (default)" : "");
    pc_recipes_finish(&all);
    pc_recipes_finish(&defaults);
    return PC_CLI_OK;
}

static void print_pretty(const char *canonical)
{
    json_t *recipe = json_loads(canonical, 0, NULL);
    json_dumpf(recipe, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
    putchar('\n');
    json_decref(recipe);
}

static int show(int n, char **labels)
{
    struct pc_recipe_set all;
    int status = n > 0 ? PC_CLI_OK : PC_CLI_USAGE;
    pc_recipes_builtin(&all);
    for (int i = 0; i < n && status == PC_CLI_OK; i++) {
        struct pc_recipe_set one = {0};
        struct pc_err err = PC_ERR_INIT;
        if (pc_recipes_select(&all, labels[i], &one, &err))
            status = pc_cli_fail(&err);
        for (int k = 0; k < one.n; k++)
            print_pretty(one.r[k].json);
        pc_recipes_finish(&one);
    }
    pc_recipes_finish(&all);
    return status;
}

static int check(int n, char **paths)
{
    int status = n > 0 ? PC_CLI_OK : PC_CLI_USAGE;
    for (int i = 0; i < n; i++) {
        struct pc_recipe_set set = {0};
        struct pc_err err = PC_ERR_INIT;
        if (pc_app_load_recipes(paths[i], &set, &err))
            status = pc_cli_fail(&err);
        for (int k = 0; k < set.n; k++)
            printf("ok  %s  %s  %s\n", set.r[k].label, set.r[k].hash, paths[i]);
        pc_recipes_finish(&set);
    }
    return status;
}

int pc_command_recipes(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    int status = PC_CLI_USAGE;
    if (strcmp(what, "list") == 0)
        status = list();
    else if (strcmp(what, "show") == 0)
        status = show(argc - 2, argv + 2);
    else if (strcmp(what, "check") == 0)
        status = check(argc - 2, argv + 2);
    else if (strcmp(what, "schema") == 0)
        status = fputs(pc_recipes_schema(), stdout) < 0 ? PC_CLI_FAILED : PC_CLI_OK;
    else if (strcmp(what, "--help") == 0)
        status = fputs(usage, stdout) < 0 ? PC_CLI_FAILED : PC_CLI_OK;
    if (status == PC_CLI_USAGE && strcmp(what, "check") != 0)
        fputs(usage, stderr);
    return status;
}
