/* The recipes in force, the same for all processes at one records store.
 *
 * A book opens with the recipes of the setting. A text kept in the store under PC_REGISTRY_NAME takes
 * their place; taking it back brings them back. pc_registry_refresh notices what another process kept; it
 * asks the store at most every PC_REGISTRY_REFRESH_MS. A kept text that this program cannot read (a newer
 * one wrote it) changes nothing but pc_registry_problem: the last good recipes stay in force.
 *
 * Ownership: the book borrows store and the setting's recipes, which outlive it. What is taken is
 * given back before the book is closed; until then its recipes stay, also when others come in force
 * meanwhile: plans borrow them.
 * Threads: one book serves all threads. look, keep and open ask the store; take and give do not.
 */
#ifndef PC_SERVICE_REGISTRY_H
#define PC_SERVICE_REGISTRY_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "recipes/recipes.h"
#include "records/records.h"

#define PC_REGISTRY_NAME "recipes"
enum { PC_REGISTRY_REFRESH_MS = 2000, PC_REGISTRY_TEXT_MAX = 256 * 1024 };

enum pc_registry_source { PC_REGISTRY_DEFAULT, PC_REGISTRY_SETTING, PC_REGISTRY_PAGE };
const char *pc_registry_source_name(enum pc_registry_source s); /* "default", "setting", "page" */

struct pc_registry;
struct pc_registry_snapshot; /* recipes that were in force at some time */

struct pc_registry_ref {                 /* from take to give; borrows */
    const struct pc_recipe_set *recipes; /* at least one */
    enum pc_registry_source source;
    const char *text; /* as it was kept; NULL unless source is PC_REGISTRY_PAGE */
    int64_t version;
    struct pc_registry_snapshot *snapshot; /* of the book */
    struct pc_recipe_set *selected;        /* of labels; NULL: all of the edition */
};

/* setting: the recipes while none are kept; by_default: nobody chose them. Looks once: a store that
 * cannot be reached is asked again later. Gives. */
struct pc_registry *pc_registry_open(struct pc_records *store, const struct pc_recipe_set *setting,
                                     bool by_default);
void pc_registry_close(struct pc_registry *registry); /* takes NULL */

void pc_registry_refresh(struct pc_registry *registry);

/* The recipes in force, or, where labels (a JSON array, may be NULL) names some: those, looked for
 * in force, then among the ready ones. Names that are known no more are left out; where none is
 * left, all in force. */
void pc_registry_acquire(struct pc_registry *registry, const json_t *labels,
                         struct pc_registry_ref *out);
void pc_registry_release(struct pc_registry *registry,
                         struct pc_registry_ref *ref); /* a zeroed one too */

/* The recipe of this label, in force or ready; NULL when there is none. Borrows from taken. */
const struct pc_recipe *pc_registry_find(const struct pc_registry *registry,
                                         const struct pc_registry_ref *ref, const char *label);
const struct pc_recipe_set *pc_registry_builtin(const struct pc_registry *registry); /* borrows */

/* Keeps text for all processes (NULL: back to the setting), when the version is still seen_version.
 * bad_recipe, changed_meanwhile (the newest is in force here then), store_unavailable. */
PC_NODISCARD enum pc_code pc_registry_put(struct pc_registry *registry, const char *text,
                                          int64_t seen_version, struct pc_err *err);

/* Why the text that is kept is not in force; false when it is, or none is kept. */
enum { PC_REGISTRY_PROBLEM_BYTES = 400 };
bool pc_registry_problem(struct pc_registry *registry, char out[PC_REGISTRY_PROBLEM_BYTES]);

#endif
