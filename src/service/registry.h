/* The active recipes: the same for all processes at one records store.
 *
 * A registry opens with the recipes of the setting. A text stored under PC_REGISTRY_NAME replaces
 * them; removing that text brings them back. pc_registry_refresh notices what another process has
 * stored, and asks the store at most every PC_REGISTRY_REFRESH_MS. A stored text that this program
 * cannot read (a newer one wrote it) only shows in pc_registry_problem: the last good recipes stay
 * active.
 *
 * The recipes of one moment are a snapshot, counted by its users. Plans borrow recipes, so they
 * hold a reference from pc_registry_acquire to pc_registry_release; a snapshot that is replaced
 * meanwhile lives until the last reference is released.
 *
 * Ownership: the registry borrows the store and the setting's recipes, which outlive it. Release
 * all references before closing it.
 * Threads: one registry serves all threads. open, refresh and put call the store; acquire and
 * release do not.
 */
#ifndef PC_SERVICE_REGISTRY_H
#define PC_SERVICE_REGISTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "recipes/recipes.h"
#include "records/records.h"

#define PC_REGISTRY_NAME "recipes"
enum { PC_REGISTRY_REFRESH_MS = 2000, PC_REGISTRY_TEXT_MAX = 256 * 1024 };

enum pc_registry_source {
    PC_REGISTRY_DEFAULT, /* nobody chose any */
    PC_REGISTRY_SETTING,
    PC_REGISTRY_PAGE /* stored */
};
const char *pc_registry_source_name(enum pc_registry_source s); /* "default", "setting", "page" */

struct pc_registry;
struct pc_registry_snapshot;

struct pc_registry_ref {                 /* all of it borrows until the release */
    const struct pc_recipe_set *recipes; /* at least one */
    enum pc_registry_source source;
    const char *text; /* as stored; NULL unless source is PC_REGISTRY_PAGE */
    int64_t version;
    struct pc_registry_snapshot *snapshot; /* private */
    struct pc_recipe_set *selected;        /* private: those chosen by labels */
};

/* setting: the recipes while none are stored; by_default: nobody chose them. Asks the store once;
 * one that cannot be reached is asked again later. Gives. */
struct pc_registry *pc_registry_open(struct pc_records *store, const struct pc_recipe_set *setting,
                                     bool by_default);
void pc_registry_close(struct pc_registry *registry); /* takes NULL */

void pc_registry_refresh(struct pc_registry *registry);

/* The active recipes. Where n labels are given (NULL: none): those recipes, looked up among the
 * active ones, then among the built-in ones. Unknown labels are left out; where none remains, all
 * active ones. */
void pc_registry_acquire(struct pc_registry *registry, const char *const *labels, int n,
                         struct pc_registry_ref *out);
/* Leaves ref zeroed; a zeroed one may be released too. */
void pc_registry_release(struct pc_registry *registry, struct pc_registry_ref *ref);

/* The active or built-in recipe of this label, or NULL. Borrows from ref. */
const struct pc_recipe *pc_registry_find(const struct pc_registry *registry,
                                         const struct pc_registry_ref *ref, const char *label);
const struct pc_recipe_set *pc_registry_builtin(const struct pc_registry *registry); /* borrows */

/* Stores text for all processes (NULL: back to the setting) if the version is still seen_version.
 * Images that are cut already stay as they are. Errors: bad_recipe, body_too_large (more than
 * PC_REGISTRY_TEXT_MAX bytes), changed_meanwhile (the newest recipes are active here then),
 * store_unavailable. */
PC_NODISCARD enum pc_code pc_registry_put(struct pc_registry *registry, const char *text,
                                          int64_t seen_version, struct pc_err *err);

/* Why the stored text is not active; false when it is, or when none is stored. */
enum { PC_REGISTRY_PROBLEM_BYTES = 400 };
bool pc_registry_problem(struct pc_registry *registry, char out[PC_REGISTRY_PROBLEM_BYTES]);

#endif
