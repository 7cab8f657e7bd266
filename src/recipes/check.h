/* Finds contradictions in a recipe that no standing person could satisfy. Private to src/recipes.
 * Threads: pure. */
#ifndef PC_RECIPES_CHECK_H
#define PC_RECIPES_CHECK_H

#include "recipes/reader.h"
#include "shots/recipe_spec.h"

/* Plans the recipe on a standing figure that is wholly in the image. Rejects it if
 * not even there its keypoints, cut lines and aspect ratio can be satisfied together. */
PC_NODISCARD enum pc_code pc_recipes_check(const struct pc_recipe *recipe,
                                           const struct pc_reader *p);

#endif
