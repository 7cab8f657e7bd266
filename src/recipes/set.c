#include "recipes/set.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"

const struct pc_recipe *pc_recipes_find(const struct pc_recipe_set *set, const char *label)
{
    for (int i = 0; i < set->n; i++)
        if (pc_str_eq(set->r[i].label, label))
            return &set->r[i];
    return NULL;
}

void pc_recipes_add(struct pc_recipe_set *set, const struct pc_recipe *recipe)
{
    set->r = pc_xrealloc(set->r, (size_t)(set->n + 1) * sizeof *set->r);
    set->r[set->n++] = *recipe;
}

void pc_recipes_add_copy(struct pc_recipe_set *set, const struct pc_recipe *recipe)
{
    struct pc_recipe copy = *recipe;
    copy.source = pc_xstrdup(recipe->source);
    pc_recipes_add(set, &copy);
}

void pc_recipes_finish(struct pc_recipe_set *set)
{
    for (int i = 0; i < set->n; i++)
        free(set->r[i].source);
    free(set->r);
    *set = (struct pc_recipe_set){0};
}
