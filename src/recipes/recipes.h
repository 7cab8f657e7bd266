/* Reads recipes from JSON; the planner takes them as structs (shots/recipe_spec.h).
 *
 * docs/recipes.md is the reference of the language. The folder recipes/ at the root of the
 * repository holds the built-in recipes; recipe.schema.json there describes the language to other
 * programs.
 *
 * Life-cycle: the functions that give a set fill a zeroed or finished one; pc_recipes_finish
 * (set.h) frees it. A set is not changed once it is made.
 * Ownership: a set owns its recipes and their texts; plans and shots borrow them.
 * Threads: all functions are pure; all threads may read a finished set.
 * Errors: bad_recipe; the message names the place and the fix ("recipes[2].keep[0]: ...").
 */
#ifndef PC_RECIPES_RECIPES_H
#define PC_RECIPES_RECIPES_H

#include <stddef.h>

#include "base/err.h"
#include "recipes/problems.h"
#include "recipes/set.h"
#include "shots/recipe_spec.h"

/* The five recipes that every image gets by default. Gives into *out. */
void pc_recipes_default(struct pc_recipe_set *out);
/* All built-in recipes, those five first. Gives into *out. */
void pc_recipes_builtin(struct pc_recipe_set *out);

/* Reads {"recipes": [...]}, or the bare array, or one recipe. An entry of the list is a recipe or
 * the label of a built-in one. On failure *out is empty. Gives into *out. */
PC_NODISCARD enum pc_code pc_recipes_parse(const char *json, size_t len, struct pc_recipe_set *out,
                                           struct pc_err *err);
/* As pc_recipes_parse, but goes on after a mistake as far as possible. Fills found with each
 * mistake and its place, in the order of the text. With any, *out is empty. Gives into *out. */
void pc_recipes_validate(const char *json, size_t len, struct pc_recipe_set *out,
                         struct pc_recipes_problems *found);

/* Chooses by labels, separated by commas, in that order. "all" and "default" are known words; a
 * label that `from` lacks is looked for among the built-in recipes. bad_recipe names an unknown
 * label and the nearest known one. Gives copies into *out. */
PC_NODISCARD enum pc_code pc_recipes_select(const struct pc_recipe_set *from, const char *labels,
                                            struct pc_recipe_set *out, struct pc_err *err);

/* A recipe, or a set as {"recipes": [...]}, as people write it: keys in the order of the reference,
 * short values on one line. Both give. */
char *pc_recipes_text_of(const struct pc_recipe *recipe);
char *pc_recipes_text(const struct pc_recipe_set *set);

/* The JSON Schema of recipe files. Borrows: static text. */
const char *pc_recipes_schema(void);

#endif
