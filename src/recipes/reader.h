/* Reading JSON with errors that name the place: "recipes[2].keep[0]: ...". Private to src/shots.
 * A reader that refuses has filled the error, so callers pass its code on (PC_TRY).
 * Threads: pure. */
#ifndef PC_RECIPES_READER_H
#define PC_RECIPES_READER_H

#include <jansson.h>
#include <stdbool.h>

#include "base/err.h"
#include "shots/recipe_spec.h"

struct pc_reader {       /* a value and the way to it */
    const json_t *value; /* borrows; NULL when the member is missing */
    char path[128];
    struct pc_err *err;
    struct pc_recipes_problems *problems; /* each refusal is noted here; NULL: the first one ends */
};

#define PC_TRY(call)                                                                               \
    do {                                                                                           \
        enum pc_code try_rc = (call);                                                              \
        if (try_rc != PC_OK)                                                                       \
            return try_rc;                                                                         \
    } while (0)

enum pc_code pc_reader_reject(const struct pc_reader *p, const char *fmt, ...) PC_PRINTF(2, 3);
/* The same of a member that should not be there: noted at its own place. */
enum pc_code pc_reader_reject_member(const struct pc_reader *p, const char *key, const char *fmt,
                                     ...) PC_PRINTF(3, 4);
/* After rc: are further mistakes looked for? */
static inline bool pc_reader_continues(const struct pc_reader *p, enum pc_code rc)
{
    return rc == PC_OK || (p->problems && p->problems->n < PC_RECIPES_MAX_PROBLEMS);
}
struct pc_reader pc_reader_member(const struct pc_reader *p, const char *key);
struct pc_reader pc_reader_element(const struct pc_reader *p, size_t i);

/* Refuses what is no object, and keys that are not in the list (ended by NULL). */
PC_NODISCARD enum pc_code pc_reader_keys(const struct pc_reader *p, const char *const *keys);
/* A word of a closed list; its index in *out. `what` names the kind for the message. */
PC_NODISCARD enum pc_code pc_reader_word(const struct pc_reader *p, const char *const *list,
                                         const char *what, int *out);
PC_NODISCARD enum pc_code pc_reader_number(const struct pc_reader *p, double min, double max,
                                           double *out);
PC_NODISCARD enum pc_code pc_reader_int(const struct pc_reader *p, int min, int max, int *out);
PC_NODISCARD enum pc_code pc_reader_bool(const struct pc_reader *p, bool *out);

#endif
