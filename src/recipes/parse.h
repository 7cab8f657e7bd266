/* From the text of a recipe file to a set. Private to src/recipes; callers use recipes.h.
 * Threads: pure. */
#ifndef PC_RECIPES_PARSE_H
#define PC_RECIPES_PARSE_H

#include "recipes/reader.h"
#include "shots/recipe_spec.h"

struct pc_recipes_parser {
    const struct pc_recipe_set *builtin;  /* labels are looked up here too; may be NULL */
    bool trusted;                         /* the program's own files: the tests have checked them */
    struct pc_recipes_problems *problems; /* notes each mistake; NULL: the first one ends */
};

/* Adds the recipes of the text to *out, also when it fails: the caller empties it then. */
PC_NODISCARD enum pc_code pc_recipes_parse_text(const struct pc_recipes_parser *parser,
                                                const char *json, size_t len,
                                                struct pc_recipe_set *out, struct pc_err *err);

/* Rejects a label that neither set has (second: NULL for none); names the nearest known one. */
enum pc_code pc_recipes_reject_label(const struct pc_reader *p, const char *label,
                                     const struct pc_recipe_set *first,
                                     const struct pc_recipe_set *second);

#endif
