/* Sets of recipes: find, add, empty. A set is a plain array; labels are unique in it.
 *
 * Life-cycle: a zeroed set is empty. pc_recipes_finish frees what is in it and leaves it empty.
 * Ownership: a set owns its recipes and their sources.
 * Threads: pure.
 */
#ifndef PC_RECIPES_SET_H
#define PC_RECIPES_SET_H

#include "shots/recipe_spec.h"

/* The recipe of that label, or NULL. Borrows from the set. */
const struct pc_recipe *pc_recipes_find(const struct pc_recipe_set *set, const char *label);
/* Takes recipe->source. */
void pc_recipes_add(struct pc_recipe_set *set, const struct pc_recipe *recipe);
void pc_recipes_add_copy(struct pc_recipe_set *set, const struct pc_recipe *recipe);
void pc_recipes_finish(struct pc_recipe_set *set);

#endif
