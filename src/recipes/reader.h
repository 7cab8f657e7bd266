/* Reads values out of JSON, with errors that name the place: "recipes[2].keep[0]: ...". Private to
 * src/recipes.
 *
 * A reader is one value and its path. Every function that returns a code fills the error when it
 * fails, so callers return the code (PC_TRY). With `problems` set, each mistake is noted there
 * too, and reading may go on (pc_reader_continues).
 * Threads: pure.
 */
#ifndef PC_RECIPES_READER_H
#define PC_RECIPES_READER_H

#include <jansson.h>
#include <stdbool.h>

#include "base/err.h"
#include "recipes/problems.h"

struct pc_reader {
    const json_t *value; /* borrows; NULL: there is no such member */
    char path[128];      /* "recipes[2].keep[0]"; "" for the whole text */
    struct pc_err *err;
    struct pc_recipes_problems *problems; /* NULL: the first mistake ends */
};

#define PC_TRY(call)                                                                               \
    do {                                                                                           \
        enum pc_code try_rc = (call);                                                              \
        if (try_rc != PC_OK)                                                                       \
            return try_rc;                                                                         \
    } while (0)

/* Fails with bad_recipe at this value. */
enum pc_code pc_reader_reject(const struct pc_reader *p, const char *fmt, ...) PC_PRINTF(2, 3);
/* The same for a member that should not be there: the problem is noted at its own place. */
enum pc_code pc_reader_reject_member(const struct pc_reader *p, const char *key, const char *fmt,
                                     ...) PC_PRINTF(3, 4);
/* After rc: is it worth looking for further mistakes? */
static inline bool pc_reader_continues(const struct pc_reader *p, enum pc_code rc)
{
    return rc == PC_OK || (p->problems && p->problems->n < PC_RECIPES_MAX_PROBLEMS);
}

struct pc_reader pc_reader_member(const struct pc_reader *p, const char *key);
struct pc_reader pc_reader_element(const struct pc_reader *p, size_t i);

/* Rejects what is no object, and each key that is not in the list (ended by NULL). */
PC_NODISCARD enum pc_code pc_reader_keys(const struct pc_reader *p, const char *const *keys);
/* A word of a closed list (ended by NULL); fills *out with its index. `what` names the kind in the
 * message. */
PC_NODISCARD enum pc_code pc_reader_word(const struct pc_reader *p, const char *const *list,
                                         const char *what, int *out);
/* Each fills *out. */
PC_NODISCARD enum pc_code pc_reader_number(const struct pc_reader *p, double min, double max,
                                           double *out);
PC_NODISCARD enum pc_code pc_reader_int(const struct pc_reader *p, int min, int max, int *out);
PC_NODISCARD enum pc_code pc_reader_bool(const struct pc_reader *p, bool *out);

#endif
