/* One recipe from its JSON object. Private to src/shots. Threads: pure. */
#ifndef PC_SHOTS_RECIPE_JSON_H
#define PC_SHOTS_RECIPE_JSON_H

#include <jansson.h>

#include "shots/json_read.h"
#include "shots/recipe.h"

/* Fills out from the object at p ("recipes[2]" or ""). Names of keys, points and units that are not
 * known are told with the nearest known one. Gives out->json. */
PC_NODISCARD enum pc_code pc_recipe_from_json(const struct pc_place *p, struct pc_recipe *out);
/* The keys that a recipe may have, ended by NULL ("based_on" is settled before, by recipe.c). */
extern const char *const pc_recipe_keys[];

#endif
