/* Text files that are compiled into the program; scripts/embed.py writes the tables. Constant. */
#ifndef PC_BASE_EMBEDDED_H
#define PC_BASE_EMBEDDED_H

#include <stddef.h>

struct pc_embedded {
    const char *name; /* "default.json"; NULL ends a table */
    const char *text;
    size_t len;
};
extern const struct pc_embedded pc_embedded_recipes[]; /* src/recipes: the default ones first */
extern const struct pc_embedded pc_embedded_schema[];  /* src/recipes */
extern const struct pc_embedded pc_embedded_openapi[]; /* src/http */
extern const struct pc_embedded pc_embedded_bull[];    /* src/queue/bull: the scripts for Redis */

#endif
