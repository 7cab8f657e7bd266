/* Snapshots are counted: the registry holds one reference to the active snapshot, each user one
 * more; the last one frees it. The setting's snapshot lives as long as the registry. */
#include "service/registry.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"

struct pc_registry_snapshot {
    int refs; /* guarded by the lock of the registry */
    enum pc_registry_source source;
    char *text;
    struct pc_recipe_set own; /* empty: the setting's */
};

struct pc_registry {
    struct pc_records *store;
    const struct pc_recipe_set *setting;
    struct pc_recipe_set builtin;
    struct pc_registry_snapshot base; /* the setting's */
    pthread_mutex_t lock;             /* guards all below, and the refs of snapshots */
    struct pc_registry_snapshot *current;
    int64_t version; /* of the stored text, readable or not */
    int64_t refreshed_ms;
    bool unreachable; /* the store could not be read the last time */
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

/* Makes snapshot active and takes over its reference; where it is NULL, notes the problem. A
 * version that is not newer changes nothing. */
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

/* Gives a reference to the snapshot of text (NULL: the setting's); NULL when the text is bad. */
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

static void refresh_now(struct pc_registry *registry)
{
    struct pc_err err = PC_ERR_INIT;
    char *text;
    int64_t version;
    enum pc_code rc =
        pc_records_get_setting(registry->store, PC_REGISTRY_NAME, &text, &version, &err);
    pthread_mutex_lock(&registry->lock);
    bool newly_unreachable = rc && !registry->unreachable;
    bool newer = !rc && version > registry->version;
    registry->unreachable = rc != PC_OK;
    pthread_mutex_unlock(&registry->lock);
    if (newly_unreachable)
        pc_log_err(PC_LOG_WARN, "stored recipes could not be read; the last ones stay active",
                   &err);
    if (newer) {
        struct pc_registry_snapshot *snapshot = read_snapshot(registry, text, &err);
        install(registry, snapshot, version, snapshot ? "" : err.message);
        if (!snapshot)
            pc_log_err(PC_LOG_ERROR, "the stored recipes are not valid; the last ones stay active",
                       &err, PC_LOG_I64("version", version));
        else
            pc_log(PC_LOG_INFO,
                   text ? "stored recipes are active" : "the setting's recipes are active again",
                   PC_LOG_I64("version", version));
    }
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

/* --- references --- */

const struct pc_recipe *pc_registry_find(const struct pc_registry *registry,
                                         const struct pc_registry_ref *ref, const char *label)
{
    const struct pc_registry_snapshot *snapshot = ref->snapshot;
    const struct pc_recipe_set *all = snapshot->own.n ? &snapshot->own : registry->setting;
    const struct pc_recipe *found = pc_recipes_find(all, label);
    return found ? found : pc_recipes_find(&registry->builtin, label);
}

void pc_registry_acquire(struct pc_registry *registry, const char *const *labels, int n,
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
    if (!labels || n <= 0)
        return;
    struct pc_recipe_set *selected = out->selected = pc_xzalloc(sizeof *selected);
    selected->r = pc_xzalloc((size_t)n * sizeof *selected->r);
    for (int i = 0; i < n && selected->n < PC_MAX_RECIPES; i++) {
        const struct pc_recipe *found = pc_registry_find(registry, out, labels[i]);
        if (found && !pc_recipes_find(selected, labels[i]))
            selected->r[selected->n++] = *found; /* its texts stay the snapshot's */
    }
    if (selected->n > 0)
        out->recipes = selected;
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

/* --- changing --- */

enum pc_code pc_registry_put(struct pc_registry *registry, const char *text, int64_t seen_version,
                             struct pc_err *err)
{
    int64_t version;
    if (text && strlen(text) > PC_REGISTRY_TEXT_MAX)
        return pc_fail(err, PC_E_BODY_TOO_LARGE, "A set of recipes has at most %d KiB.",
                       PC_REGISTRY_TEXT_MAX / 1024);
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
