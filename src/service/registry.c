/* Editions are counted: the book holds one use of the edition in force, each taker one more; the
 * last to leave frees it. The setting's edition belongs to the book for its whole life. */
#include "service/registry.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"

struct pc_registry_snapshot {
    int refs; /* under the lock of the book */
    enum pc_registry_source source;
    char *text;
    struct pc_recipe_set own; /* empty: those of the setting */
};

struct pc_registry {
    struct pc_records *store;
    const struct pc_recipe_set *setting;
    struct pc_recipe_set builtin;
    struct pc_registry_snapshot base; /* the setting's */
    pthread_mutex_t lock;             /* guards all below, and the uses of editions */
    struct pc_registry_snapshot *current;
    int64_t version; /* of what is kept, readable or not */
    int64_t refreshed_ms;
    bool unreachable; /* the store did not answer the last time */
    char problem[PC_REGISTRY_PROBLEM_BYTES];
};

const char *pc_registry_source_name(enum pc_registry_source s)
{
    static const char *const names[] = {"default", "setting", "page"};
    return names[s];
}

static void release(struct pc_registry *registry, struct pc_registry_snapshot *snapshot)
{
    pthread_mutex_lock(&registry->lock);
    bool last = --snapshot->refs == 0;
    pthread_mutex_unlock(&registry->lock);
    if (!last || snapshot == &registry->base)
        return;
    pc_recipes_finish(&snapshot->own);
    free(snapshot->text);
    free(snapshot);
}

static struct pc_registry_snapshot *retain(struct pc_registry_snapshot *snapshot)
{
    snapshot->refs++;
    return snapshot;
}

/* Puts edition in force (takes one use of it), or, where it is NULL, notes why it cannot be. What
 * is newer already stays. */
static void install(struct pc_registry *registry, struct pc_registry_snapshot *snapshot,
                    int64_t version, const char *problem)
{
    struct pc_registry_snapshot *old = snapshot;
    pthread_mutex_lock(&registry->lock);
    if (version > registry->version) {
        registry->version = version;
        pc_str_copy(registry->problem, sizeof registry->problem, problem);
        if (snapshot) {
            old = registry->current;
            registry->current = snapshot;
        }
    }
    pthread_mutex_unlock(&registry->lock);
    if (old)
        release(registry, old);
}

/* Gives one use of the edition of text; NULL text is the setting's. NULL when it is no recipes. */
static struct pc_registry_snapshot *read_snapshot(struct pc_registry *registry, const char *text,
                                                  struct pc_err *err)
{
    struct pc_recipe_set own;
    if (!text) {
        pthread_mutex_lock(&registry->lock);
        struct pc_registry_snapshot *base = retain(&registry->base);
        pthread_mutex_unlock(&registry->lock);
        return base;
    }
    if (pc_recipes_parse(text, strlen(text), &own, err))
        return NULL;
    struct pc_registry_snapshot *snapshot = pc_xzalloc(sizeof *snapshot);
    *snapshot = (struct pc_registry_snapshot){
        .refs = 1, .source = PC_REGISTRY_PAGE, .text = pc_xstrdup(text), .own = own};
    return snapshot;
}

static bool is_newer(struct pc_registry *registry, int64_t version)
{
    pthread_mutex_lock(&registry->lock);
    bool newer = version > registry->version;
    pthread_mutex_unlock(&registry->lock);
    return newer;
}

static void install_text(struct pc_registry *registry, const char *text, int64_t version)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_registry_snapshot *snapshot = read_snapshot(registry, text, &err);
    install(registry, snapshot, version, snapshot ? "" : err.message);
    if (!snapshot)
        pc_log_err(PC_LOG_ERROR, "the recipes that are kept cannot be read; the last ones stay",
                   &err, PC_LOG_I64("version", version));
    else
        pc_log(PC_LOG_INFO, text ? "kept recipes are in force" : "the setting's recipes are back",
               PC_LOG_I64("version", version));
}

static void note_unreachable(struct pc_registry *registry, bool unreachable,
                             const struct pc_err *err)
{
    pthread_mutex_lock(&registry->lock);
    bool newer = unreachable && !registry->unreachable;
    registry->unreachable = unreachable;
    pthread_mutex_unlock(&registry->lock);
    if (newer)
        pc_log_err(PC_LOG_WARN, "recipes not looked up, the last ones stay", err);
}

static void refresh_now(struct pc_registry *registry)
{
    struct pc_err err = PC_ERR_INIT;
    char *text;
    int64_t version;
    enum pc_code rc =
        pc_records_get_setting(registry->store, PC_REGISTRY_NAME, &text, &version, &err);
    note_unreachable(registry, rc != PC_OK, &err);
    if (!rc && is_newer(registry, version))
        install_text(registry, text, version);
    free(text);
}

void pc_registry_refresh(struct pc_registry *registry)
{
    int64_t now = pc_clock_mono_ms();
    pthread_mutex_lock(&registry->lock);
    bool due = now - registry->refreshed_ms >= PC_REGISTRY_REFRESH_MS;
    if (due)
        registry->refreshed_ms = now;
    pthread_mutex_unlock(&registry->lock);
    if (due)
        refresh_now(registry);
}

struct pc_registry *pc_registry_open(struct pc_records *store, const struct pc_recipe_set *setting,
                                     bool by_default)
{
    struct pc_registry *registry = pc_xzalloc(sizeof *registry);
    *registry = (struct pc_registry){
        .store = store, .setting = setting, .refreshed_ms = pc_clock_mono_ms()};
    registry->base.source = by_default ? PC_REGISTRY_DEFAULT : PC_REGISTRY_SETTING;
    pthread_mutex_init(&registry->lock, NULL);
    registry->current = retain(&registry->base);
    pc_recipes_builtin(&registry->builtin);
    refresh_now(registry);
    return registry;
}

void pc_registry_close(struct pc_registry *registry)
{
    if (!registry)
        return;
    release(registry, registry->current);
    pc_recipes_finish(&registry->builtin);
    pthread_mutex_destroy(&registry->lock);
    free(registry);
}

/* --- taking ------------------------------------------------------------------------------------
 */

const struct pc_recipe *pc_registry_find(const struct pc_registry *registry,
                                         const struct pc_registry_ref *ref, const char *label)
{
    const struct pc_registry_snapshot *snapshot = ref->snapshot;
    const struct pc_recipe_set *all = snapshot->own.n ? &snapshot->own : registry->setting;
    const struct pc_recipe *found = pc_recipes_find(all, label);
    return found ? found : pc_recipes_find(&registry->builtin, label);
}

/* The texts of picked recipes stay those of the edition. */
static void select_labels(const struct pc_registry *registry, const json_t *labels,
                          struct pc_registry_ref *out)
{
    struct pc_recipe_set *selected = pc_xzalloc(sizeof *selected);
    selected->r = pc_xzalloc((json_array_size(labels) + 1) * sizeof *selected->r);
    for (size_t i = 0; i < json_array_size(labels) && selected->n < PC_MAX_RECIPES; i++) {
        const char *label = json_string_value(json_array_get(labels, i));
        const struct pc_recipe *found = label ? pc_registry_find(registry, out, label) : NULL;
        if (found && !pc_recipes_find(selected, label))
            selected->r[selected->n++] = *found;
    }
    out->selected = selected;
    if (selected->n > 0)
        out->recipes = selected;
}

void pc_registry_acquire(struct pc_registry *registry, const json_t *labels,
                         struct pc_registry_ref *out)
{
    *out = (struct pc_registry_ref){0};
    pthread_mutex_lock(&registry->lock);
    struct pc_registry_snapshot *snapshot = retain(registry->current);
    out->version = registry->version;
    pthread_mutex_unlock(&registry->lock);
    out->snapshot = snapshot;
    out->source = snapshot->source;
    out->text = snapshot->text;
    out->recipes = snapshot->own.n ? &snapshot->own : registry->setting;
    if (json_array_size(labels) > 0)
        select_labels(registry, labels, out);
}

void pc_registry_release(struct pc_registry *registry, struct pc_registry_ref *ref)
{
    if (ref->selected)
        free(ref->selected->r);
    free(ref->selected);
    if (ref->snapshot)
        release(registry, ref->snapshot);
    *ref = (struct pc_registry_ref){0};
}

const struct pc_recipe_set *pc_registry_builtin(const struct pc_registry *registry)
{
    return &registry->builtin;
}

/* --- keeping -----------------------------------------------------------------------------------
 */

enum pc_code pc_registry_put(struct pc_registry *registry, const char *text, int64_t seen_version,
                             struct pc_err *err)
{
    int64_t version;
    struct pc_registry_snapshot *snapshot = read_snapshot(registry, text, err);
    if (!snapshot)
        return err->code;
    enum pc_code rc = pc_records_put_setting(registry->store, PC_REGISTRY_NAME, text, seen_version,
                                             &version, err);
    if (!rc) {
        install(registry, snapshot, version, "");
        return PC_OK;
    }
    release(registry, snapshot);
    if (rc == PC_E_CHANGED_MEANWHILE)
        refresh_now(registry);
    return rc;
}

bool pc_registry_problem(struct pc_registry *registry, char out[PC_REGISTRY_PROBLEM_BYTES])
{
    pthread_mutex_lock(&registry->lock);
    memcpy(out, registry->problem, PC_REGISTRY_PROBLEM_BYTES);
    pthread_mutex_unlock(&registry->lock);
    return *out != 0;
}
