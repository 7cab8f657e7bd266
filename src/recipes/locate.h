/* Where in a JSON text a value stands. Private to src/shots. Threads: pure. */
#ifndef PC_RECIPES_LOCATE_H
#define PC_RECIPES_LOCATE_H

#include <stddef.h>

/* Line and column (from 1, in characters) of the value at a path such as "recipes[2].keep[0]": of
 * its key where it is a member. What the text lacks, or a part of the path that it lacks, is told
 * by what would hold it. In a bare list "recipes[2]" is [2]. text is valid JSON. */
void pc_locate_value(const char *text, size_t len, const char *path, int *line, int *column);

#endif
