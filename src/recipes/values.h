/* The values that keys of a recipe have: keypoints, lengths, lines, colours. Private to src/recipes.
 * Each function fills its last argument. Errors: bad_recipe, with the place and what is wanted.
 * Threads: pure. */
#ifndef PC_RECIPES_VALUES_H
#define PC_RECIPES_VALUES_H

#include "recipes/reader.h"
#include "shots/recipe_spec.h"

/* A list of names, as bits (PC_BODY_BIT). */
PC_NODISCARD enum pc_code pc_values_keypoints(const struct pc_reader *p, uint64_t *out);
/* "0.2 head", "10 %", "24 px", or a number of pixels. */
PC_NODISCARD enum pc_code pc_values_length(const struct pc_reader *p, struct pc_recipe_length *out);
/* "mouth"
 * {"at": "mouth", "offset": "0.1 head"}
 * {"between": ["eyes", "mouth"], "share": 0.5} */
PC_NODISCARD enum pc_code pc_values_line(const struct pc_reader *p, struct pc_recipe_line *line);
/* "#f4f4f4", "white" or "black". */
PC_NODISCARD enum pc_code pc_values_colour(const struct pc_reader *p, uint8_t rgb[3]);
/* "4:5" (width:height) or a number, from 1:10 to 10:1. */
PC_NODISCARD enum pc_code pc_values_ratio(const struct pc_reader *p, double *out);
/* 20000, "20k", "2m". */
PC_NODISCARD enum pc_code pc_values_bytes(const struct pc_reader *p, int *out);

#endif
