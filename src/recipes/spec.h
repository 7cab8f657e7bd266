/* One recipe from its JSON object. Private to src/recipes and its tests. Threads: pure. */
#ifndef PC_RECIPES_SPEC_H
#define PC_RECIPES_SPEC_H

#include "recipes/reader.h"
#include "shots/recipe_spec.h"

/* Fills out from the object at p ("recipes[2]" or ""). Messages about unknown keys, keypoints and
 * words name the nearest known one. Gives out->source. */
PC_NODISCARD enum pc_code pc_recipes_read_spec(const struct pc_reader *p, struct pc_recipe *out);

/* The keys that a recipe may have, in the order of docs/recipes.md; ended by NULL. "based_on" is
 * not among them: parse.c replaces it by the recipe that it names. */
extern const char *const pc_recipes_keys[];

#endif
