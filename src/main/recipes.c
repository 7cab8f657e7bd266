/* `posecraft recipes`: lists, shows and checks recipes. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "main/app.h"
#include "main/cli.h"
#include "main/commands.h"
#include "recipes/recipes.h"

static const char usage[] =
    "usage: posecraft recipes list            the built-in recipes\n"
    "       posecraft recipes show LABEL...   prints recipes as JSON, to base your own on\n"
    "       posecraft recipes check PATH...   checks files or folders of recipes; prints every "
    "mistake\n"
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
        for (int k = 0; k < one.n; k++) {
            json_t *recipe = json_loads(one.r[k].source, 0, NULL);
            json_dumpf(recipe, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
            putchar('\n');
            json_decref(recipe);
        }
        pc_recipes_finish(&one);
    }
    pc_recipes_finish(&all);
    return status;
}

static int check(int n, char **paths)
{
    int status = n > 0 ? PC_CLI_OK : PC_CLI_USAGE;
    for (int i = 0; i < n; i++) {
        struct pc_recipe_set set;
        if (!pc_app_check_recipes(paths[i], &set, stderr))
            status = PC_CLI_USAGE;
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
    if (status == PC_CLI_USAGE && (strcmp(what, "check") != 0 || argc == 2))
        fputs(usage, stderr);
    return status;
}
