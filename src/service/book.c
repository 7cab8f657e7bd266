/* Editions are counted: the book holds one use of the edition in force, each taker one more; the
 * last to leave frees it. The setting's edition belongs to the book for its whole life. */
#include "service/book.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"

struct pc_edition {
    int uses; /* under the lock of the book */
    enum pc_book_source source;
    char *text;
    struct pc_recipes own; /* empty: those of the setting */
};

struct pc_book {
    struct pc_records *store;
    const struct pc_recipes *setting;
    struct pc_recipes ready;
    struct pc_edition base; /* the setting's */
    pthread_mutex_t lock;   /* guards all below, and the uses of editions */
    struct pc_edition *current;
    int64_t version; /* of what is kept, readable or not */
    int64_t looked_ms;
    bool silent; /* the store did not answer the last time */
    char problem[PC_BOOK_PROBLEM_BYTES];
};

const char *pc_book_source_name(enum pc_book_source s)
{
    static const char *const names[] = {"default", "setting", "page"};
    return names[s];
}

static void release(struct pc_book *book, struct pc_edition *edition)
{
    pthread_mutex_lock(&book->lock);
    bool last = --edition->uses == 0;
    pthread_mutex_unlock(&book->lock);
    if (!last || edition == &book->base)
        return;
    pc_recipes_finish(&edition->own);
    free(edition->text);
    free(edition);
}

static struct pc_edition *use(struct pc_edition *edition)
{
    edition->uses++;
    return edition;
}

/* Puts edition in force (takes one use of it), or, where it is NULL, notes why it cannot be. What
 * is newer already stays. */
static void install(struct pc_book *book, struct pc_edition *edition, int64_t version,
                    const char *problem)
{
    struct pc_edition *old = edition;
    pthread_mutex_lock(&book->lock);
    if (version > book->version) {
        book->version = version;
        pc_str_copy(book->problem, sizeof book->problem, problem);
        if (edition) {
            old = book->current;
            book->current = edition;
        }
    }
    pthread_mutex_unlock(&book->lock);
    if (old)
        release(book, old);
}

/* Gives one use of the edition of text; NULL text is the setting's. NULL when it is no recipes. */
static struct pc_edition *read_edition(struct pc_book *book, const char *text, struct pc_err *err)
{
    struct pc_recipes own;
    if (!text) {
        pthread_mutex_lock(&book->lock);
        struct pc_edition *base = use(&book->base);
        pthread_mutex_unlock(&book->lock);
        return base;
    }
    if (pc_recipes_parse(text, strlen(text), &own, err))
        return NULL;
    struct pc_edition *edition = pc_xmalloc(sizeof *edition);
    *edition = (struct pc_edition){
        .uses = 1, .source = PC_BOOK_PAGE, .text = pc_xstrdup(text), .own = own};
    return edition;
}

static bool is_news(struct pc_book *book, int64_t version)
{
    pthread_mutex_lock(&book->lock);
    bool news = version > book->version;
    pthread_mutex_unlock(&book->lock);
    return news;
}

static void take_in(struct pc_book *book, const char *text, int64_t version)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_edition *edition = read_edition(book, text, &err);
    install(book, edition, version, edition ? "" : err.message);
    if (!edition)
        pc_log_err(PC_LOG_ERROR, "the recipes that are kept cannot be read; the last ones stay",
                   &err, PC_LOG_I64("version", version));
    else
        pc_log(PC_LOG_INFO, text ? "kept recipes are in force" : "the setting's recipes are back",
               PC_LOG_I64("version", version));
}

static void note_silence(struct pc_book *book, bool silent, const struct pc_err *err)
{
    pthread_mutex_lock(&book->lock);
    bool news = silent && !book->silent;
    book->silent = silent;
    pthread_mutex_unlock(&book->lock);
    if (news)
        pc_log_err(PC_LOG_WARN, "recipes not looked up, the last ones stay", err);
}

static void look_now(struct pc_book *book)
{
    struct pc_err err = PC_ERR_INIT;
    char *text;
    int64_t version;
    enum pc_code rc = pc_records_kept(book->store, PC_BOOK_NAME, &text, &version, &err);
    note_silence(book, rc != PC_OK, &err);
    if (!rc && is_news(book, version))
        take_in(book, text, version);
    free(text);
}

void pc_book_look(struct pc_book *book)
{
    int64_t now = pc_mono_ms();
    pthread_mutex_lock(&book->lock);
    bool due = now - book->looked_ms >= PC_BOOK_LOOK_MS;
    if (due)
        book->looked_ms = now;
    pthread_mutex_unlock(&book->lock);
    if (due)
        look_now(book);
}

struct pc_book *pc_book_open(struct pc_records *store, const struct pc_recipes *setting,
                             bool by_default)
{
    struct pc_book *book = pc_xmalloc(sizeof *book);
    *book = (struct pc_book){.store = store, .setting = setting, .looked_ms = pc_mono_ms()};
    book->base.source = by_default ? PC_BOOK_DEFAULT : PC_BOOK_SETTING;
    pthread_mutex_init(&book->lock, NULL);
    book->current = use(&book->base);
    pc_recipes_ready(&book->ready);
    look_now(book);
    return book;
}

void pc_book_close(struct pc_book *book)
{
    if (!book)
        return;
    release(book, book->current);
    pc_recipes_finish(&book->ready);
    pthread_mutex_destroy(&book->lock);
    free(book);
}

/* --- taking ------------------------------------------------------------------------------------
 */

const struct pc_recipe *pc_book_find(const struct pc_book *book, const struct pc_taken *taken,
                                     const char *label)
{
    const struct pc_edition *edition = taken->edition;
    const struct pc_recipes *all = edition->own.n ? &edition->own : book->setting;
    const struct pc_recipe *found = pc_recipes_find(all, label);
    return found ? found : pc_recipes_find(&book->ready, label);
}

/* The texts of picked recipes stay those of the edition. */
static void pick(const struct pc_book *book, const json_t *labels, struct pc_taken *out)
{
    struct pc_recipes *picked = pc_xmalloc(sizeof *picked);
    picked->r = pc_xmalloc((json_array_size(labels) + 1) * sizeof *picked->r);
    for (size_t i = 0; i < json_array_size(labels) && picked->n < PC_MAX_RECIPES; i++) {
        const char *label = json_string_value(json_array_get(labels, i));
        const struct pc_recipe *found = label ? pc_book_find(book, out, label) : NULL;
        if (found && !pc_recipes_find(picked, label))
            picked->r[picked->n++] = *found;
    }
    out->picked = picked;
    if (picked->n > 0)
        out->recipes = picked;
}

void pc_book_take(struct pc_book *book, const json_t *labels, struct pc_taken *out)
{
    *out = (struct pc_taken){0};
    pthread_mutex_lock(&book->lock);
    struct pc_edition *edition = use(book->current);
    out->version = book->version;
    pthread_mutex_unlock(&book->lock);
    out->edition = edition;
    out->source = edition->source;
    out->text = edition->text;
    out->recipes = edition->own.n ? &edition->own : book->setting;
    if (json_array_size(labels) > 0)
        pick(book, labels, out);
}

void pc_book_give(struct pc_book *book, struct pc_taken *taken)
{
    if (taken->picked)
        free(taken->picked->r);
    free(taken->picked);
    if (taken->edition)
        release(book, taken->edition);
    *taken = (struct pc_taken){0};
}

const struct pc_recipes *pc_book_ready(const struct pc_book *book)
{
    return &book->ready;
}

/* --- keeping -----------------------------------------------------------------------------------
 */

enum pc_code pc_book_keep(struct pc_book *book, const char *text, int64_t seen_version,
                          struct pc_err *err)
{
    int64_t version;
    struct pc_edition *edition = read_edition(book, text, err);
    if (!edition)
        return err->code;
    enum pc_code rc = pc_records_keep(book->store, PC_BOOK_NAME, text, seen_version, &version, err);
    if (!rc) {
        install(book, edition, version, "");
        return PC_OK;
    }
    release(book, edition);
    if (rc == PC_E_CHANGED_MEANWHILE)
        look_now(book);
    return rc;
}

bool pc_book_problem(struct pc_book *book, char out[PC_BOOK_PROBLEM_BYTES])
{
    pthread_mutex_lock(&book->lock);
    memcpy(out, book->problem, PC_BOOK_PROBLEM_BYTES);
    pthread_mutex_unlock(&book->lock);
    return *out != 0;
}
