/* Contradictions in a recipe: what no standing person can give. Private to src/shots. Threads:
 * pure.
 */
#ifndef PC_RECIPES_CHECK_H
#define PC_RECIPES_CHECK_H

#include "recipes/reader.h"
#include "shots/recipe_spec.h"

/* Frames a standing figure that is wholly in the picture; bad_recipe when kept, cut and avoided
 * points or the aspect cannot go together even there. */
PC_NODISCARD enum pc_code pc_recipes_check(const struct pc_recipe *recipe,
                                           const struct pc_reader *p);

#endif
