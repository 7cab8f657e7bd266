/* Finds the place of a value in a JSON text. Private to src/recipes. Threads: pure. */
#ifndef PC_RECIPES_LOCATE_H
#define PC_RECIPES_LOCATE_H

#include <stddef.h>

/* Fills line and column (from 1, in characters) of the value at a path such as
 * "recipes[2].keep[0]"; of its key, when it is a member. If there is no such value, they are those
 * of the innermost value on the path that exists. When the text is a bare list, "recipes[2]" is its
 * element 2. text must be valid JSON. */
void pc_locate_value(const char *text, size_t len, const char *path, int *line, int *column);

#endif
