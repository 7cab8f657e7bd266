/* The recipes in force, the same for all processes at one records store.
 *
 * A book opens with the recipes of the setting. A text kept in the store under PC_BOOK_NAME takes
 * their place; taking it back brings them back. pc_book_look notices what another process kept; it
 * asks the store at most every PC_BOOK_LOOK_MS. A kept text that this program cannot read (a newer
 * one wrote it) changes nothing but pc_book_problem: the last good recipes stay in force.
 *
 * Ownership: the book borrows store and the setting's recipes, which outlive it. What is taken is
 * given back before the book is closed; until then its recipes stay, also when others come in force
 * meanwhile: plans borrow them.
 * Threads: one book serves all threads. look, keep and open ask the store; take and give do not.
 */
#ifndef PC_SERVICE_BOOK_H
#define PC_SERVICE_BOOK_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "records/records.h"
#include "shots/recipe.h"

#define PC_BOOK_NAME "recipes"
enum { PC_BOOK_LOOK_MS = 2000, PC_BOOK_TEXT_MAX = 256 * 1024 };

enum pc_book_source { PC_BOOK_DEFAULT, PC_BOOK_SETTING, PC_BOOK_PAGE };
const char *pc_book_source_name(enum pc_book_source s); /* "default", "setting", "page" */

struct pc_book;
struct pc_edition; /* recipes that were in force at some time */

struct pc_taken {                     /* from take to give; borrows */
    const struct pc_recipes *recipes; /* at least one */
    enum pc_book_source source;
    const char *text; /* as it was kept; NULL unless source is PC_BOOK_PAGE */
    int64_t version;
    struct pc_edition *edition; /* of the book */
    struct pc_recipes *picked;  /* of labels; NULL: all of the edition */
};

/* setting: the recipes while none are kept; by_default: nobody chose them. Looks once: a store that
 * cannot be reached is asked again later. Gives. */
struct pc_book *pc_book_open(struct pc_records *store, const struct pc_recipes *setting,
                             bool by_default);
void pc_book_close(struct pc_book *book); /* takes NULL */

void pc_book_look(struct pc_book *book);

/* The recipes in force, or, where labels (a JSON array, may be NULL) names some: those, looked for
 * in force, then among the ready ones. Names that are known no more are left out; where none is
 * left, all in force. */
void pc_book_take(struct pc_book *book, const json_t *labels, struct pc_taken *out);
void pc_book_give(struct pc_book *book, struct pc_taken *taken); /* a zeroed one too */

/* The recipe of this label, in force or ready; NULL when there is none. Borrows from taken. */
const struct pc_recipe *pc_book_find(const struct pc_book *book, const struct pc_taken *taken,
                                     const char *label);
const struct pc_recipes *pc_book_ready(const struct pc_book *book); /* borrows */

/* Keeps text for all processes (NULL: back to the setting), when the version is still seen_version.
 * bad_recipe, changed_meanwhile (the newest is in force here then), store_unavailable. */
PC_NODISCARD enum pc_code pc_book_keep(struct pc_book *book, const char *text, int64_t seen_version,
                                       struct pc_err *err);

/* Why the text that is kept is not in force; false when it is, or none is kept. */
enum { PC_BOOK_PROBLEM_BYTES = 400 };
bool pc_book_problem(struct pc_book *book, char out[PC_BOOK_PROBLEM_BYTES]);

#endif
