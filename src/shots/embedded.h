/* Files of recipes/ that the library carries (scripts/embed.py). Private to src/shots.
 * Threads: constants. */
#ifndef PC_SHOTS_EMBEDDED_H
#define PC_SHOTS_EMBEDDED_H

#include <stddef.h>

struct pc_embedded {
    const char *name; /* "default.json"; NULL ends the table */
    const char *text;
    size_t len;
};
extern const struct pc_embedded pc_embedded_recipes[]; /* the default ones first */
extern const struct pc_embedded pc_embedded_schema[];

#endif
