/* One recipe from its JSON object. Private to src/shots. Threads: pure. */
#ifndef PC_RECIPES_PARSE_H
#define PC_RECIPES_PARSE_H

#include <jansson.h>

#include "recipes/reader.h"
#include "shots/recipe_spec.h"

/* Fills out from the object at p ("recipes[2]" or ""). Names of keys, points and units that are not
 * known are told with the nearest known one. Gives out->json. */
PC_NODISCARD enum pc_code pc_recipes_parse_one(const struct pc_reader *p, struct pc_recipe *out);
/* The keys that a recipe may have, ended by NULL ("based_on" is settled before, by recipe.c). */
extern const char *const pc_recipes_keys[];

#endif
