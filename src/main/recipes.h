/* Recipes from where a setting says: the five, a file, or a folder of files.
 * Threads: the main thread only. */
#ifndef PC_MAIN_RECIPES_H
#define PC_MAIN_RECIPES_H

#include "base/err.h"
#include "shots/recipe_spec.h"

/* path "": the five. A folder: its *.json files by name, labels unique over all. Gives into *out.
 * bad_recipe names file, place and fix. */
PC_NODISCARD enum pc_code pc_app_load_recipes(const char *path, struct pc_recipe_set *out,
                                              struct pc_err *err);

#endif
