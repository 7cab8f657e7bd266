/* `posecraft recut`: cuts stored images again with the recipes of the settings and the stored
 * landmarks. It first prints what would change, then queues those images and runs workers until
 * they are done. A running `serve` on the same stores takes jobs too: start it with the new recipes
 * first. */
#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"
#include "main/app.h"
#include "main/cli.h"
#include "main/commands.h"
#include "main/options.h"
#include "main/signals.h"
#include "service/change.h"
#include "service/registry.h"
#include "worker/pool.h"

static const char usage[] = "usage: posecraft recut [--dry-run] [--batch NAME] [--data DIR] "
                            "[--recipes PATH] [--workers N]\n"
                            "\n"
                            "Cuts processed images again where the recipes give other shots than "
                            "the stored ones. Landmarks come\n"
                            "from the records, so no network runs. --dry-run only counts. "
                            "--records, --queue and --blobs name other stores "
                            "than those\nin the data folder.\n";

enum { POLL_MS = 200 };

struct recut {
    struct pc_config cfg;
    const char *batch;
    bool dry_run;
};

struct totals {
    int64_t looked, changed, unchanged, skipped, queued;
    struct pc_tally shots; /* by label */
    struct pc_arena arena;
};

static void add_page(struct totals *totals, const struct pc_recut_result *page)
{
    totals->looked += page->looked;
    totals->changed += page->changed;
    totals->unchanged += page->unchanged;
    totals->skipped += page->skipped;
    totals->queued += page->queued;
    for (int i = 0; i < page->shots.n; i++)
        pc_tally_add(&totals->shots, &totals->arena, page->shots.entries[i].text,
                     page->shots.entries[i].count);
}

/* When the queue is full, waits until the workers have taken jobs from it. */
static enum pc_code recut_page(struct pc_service *svc, const struct pc_recut_request *request,
                               struct pc_recut_result *page, struct pc_err *err)
{
    enum pc_code rc = pc_service_recut(svc, request, page, err);
    while (rc == PC_E_QUEUE_FULL && !pc_signals_stop_requested()) {
        pc_clock_sleep_ms(POLL_MS);
        rc = pc_service_recut(svc, request, page, err);
    }
    return rc;
}

/* Handles all pages of the store. Fills totals, whose arena the caller ends also after an error. */
static enum pc_code recut_all(struct pc_service *svc, const struct recut *r, bool dry_run,
                              struct totals *totals, struct pc_err *err)
{
    struct pc_recut_request request = {.dry_run = dry_run, .images.batch = r->batch};
    enum pc_code rc = PC_OK;
    *totals = (struct totals){.looked = 0};
    for (bool more = true; more && !rc;) {
        struct pc_recut_result page;
        rc = recut_page(svc, &request, &page, err);
        if (rc)
            break;
        add_page(totals, &page);
        more = page.more;
        request.images.after_id = page.next;
        pc_recut_result_finish(&page);
    }
    return rc;
}

static void print_preview(const struct totals *totals)
{
    printf("%lld images checked: %lld would change, %lld stay as they are, %lld skipped\n",
           (long long)totals->looked, (long long)totals->changed, (long long)totals->unchanged,
           (long long)totals->skipped);
    for (int i = 0; i < totals->shots.n; i++)
        printf("  %-28s %d\n", totals->shots.entries[i].text, totals->shots.entries[i].count);
    fflush(stdout);
}

static enum pc_code wait_until_done(struct pc_app *app, struct pc_err *err)
{
    struct pc_queue_stats jobs = {.waiting = 1};
    enum pc_code rc = PC_OK;
    while (!rc && !pc_signals_stop_requested() && jobs.waiting + jobs.delayed + jobs.active > 0) {
        pc_clock_sleep_ms(POLL_MS);
        rc = pc_queue_stats(app->queue, &jobs, err);
    }
    return rc;
}

/* Checks that nothing would change any more: a `serve` or `work` on the same stores takes jobs too,
 * and cuts with its own recipes. */
static enum pc_code report_result(struct pc_app *app, const struct recut *r, int64_t queued,
                                  struct pc_err *err)
{
    struct totals totals;
    enum pc_code rc = recut_all(app->service, r, true, &totals, err);
    int64_t differ = totals.changed;
    pc_arena_finish(&totals.arena);
    if (rc)
        return rc;
    printf("%lld images cut again\n", (long long)queued);
    return differ == 0 ? PC_OK
                       : pc_fail(err, PC_E_CONFIG,
                                 "%lld of them do not match these recipes: another process on this "
                                 "store uses others. Start it with these, then recut again.",
                                 (long long)differ);
}

/* The workers run while images are queued, so that the queue may be shorter than the store. */
static enum pc_code queue_and_work(struct pc_app *app, const struct recut *r, struct pc_err *err)
{
    struct pc_worker_pool *pool = NULL;
    struct totals totals;
    pc_signals_catch(NULL, NULL);
    enum pc_code rc = pc_worker_pool_start(app->service, app->queue,
                                           pc_cli_worker_count(app->config), &pool, err);
    if (rc)
        return rc;
    rc = recut_all(app->service, r, false, &totals, err);
    if (!rc)
        rc = wait_until_done(app, err);
    pc_worker_pool_stop(pool, app->config->stop_ms);
    if (pc_signals_stop_requested())
        puts("stopped: images that are queued wait for `posecraft serve` or `posecraft work`");
    else if (!rc)
        rc = report_result(app, r, totals.queued, err);
    pc_arena_finish(&totals.arena);
    return rc;
}

/* Recipes that were saved on the page take precedence over the setting, in every process. */
static void warn_of_stored_recipes(struct pc_app *app)
{
    struct pc_registry *registry = pc_service_registry(app->service);
    struct pc_registry_ref ref;
    pc_registry_acquire(registry, NULL, 0, &ref);
    if (*app->config->recipes && ref.source == PC_REGISTRY_PAGE)
        fputs("The recipes stored with the records are active, not those of --recipes.\n", stderr);
    pc_registry_release(registry, &ref);
}

static enum pc_code preview_and_work(struct pc_app *app, const struct recut *r, struct pc_err *err)
{
    struct totals totals;
    warn_of_stored_recipes(app);
    enum pc_code rc = recut_all(app->service, r, true, &totals, err);
    if (!rc)
        print_preview(&totals);
    bool nothing = totals.changed == 0;
    pc_arena_finish(&totals.arena);
    return rc || r->dry_run || nothing ? rc : queue_and_work(app, r, err);
}

static enum pc_code recut(const struct recut *r, struct pc_err *err)
{
    struct pc_app app;
    enum pc_code rc = pc_app_open_service(&r->cfg, true, &app, err);
    if (rc)
        return rc;
    rc = preview_and_work(&app, r, err);
    pc_app_close(&app);
    return rc;
}

int pc_command_recut(int argc, char **argv)
{
    struct recut r = {.batch = ""};
    const struct pc_option options[] = {{"data", PC_OPTION_SETTING, NULL, 0, NULL},
                                        {"records", PC_OPTION_SETTING, NULL, 0, NULL},
                                        {"queue", PC_OPTION_SETTING, NULL, 0, NULL},
                                        {"blobs", PC_OPTION_SETTING, NULL, 0, NULL},
                                        {"recipes", PC_OPTION_SETTING, NULL, 0, NULL},
                                        {"workers", PC_OPTION_SETTING, NULL, 0, NULL},
                                        {"batch", PC_OPTION_TEXT, &r.batch, 0, NULL},
                                        {"dry-run", PC_OPTION_FLAG, &r.dry_run, 0, NULL},
                                        {0}};
    const struct pc_command_line line = {.usage = usage, .options = options};
    struct pc_err err = PC_ERR_INIT;
    int status;
    if (pc_options_read(&r.cfg, &line, argc, argv, &status))
        status = recut(&r, &err) ? pc_cli_fail(&err) : PC_CLI_OK;
    pc_config_finish(&r.cfg);
    return status;
}
