/* `posecraft recut`: cuts stored images again with the recipes of the settings and the stored
 * landmarks. It first prints what would change, then queues those images and runs workers until
 * they are done. A running `serve` on the same stores takes jobs too: start it with the new recipes
 * first. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "main/app.h"
#include "main/cli.h"
#include "main/commands.h"
#include "main/options.h"
#include "main/signals.h"
#include "worker/pool.h"

static const char usage[] = "usage: posecraft recut [--dry-run] [--batch NAME] [--data DIR] "
                            "[--recipes PATH] [--workers N]\n"
                            "\n"
                            "Cuts processed images again where the recipes give other shots than "
                            "the stored ones. Landmarks come\n"
                            "from the records, so no network runs. --dry-run only counts.\n";

enum { POLL_MS = 200 };

struct recut {
    struct pc_config cfg;
    const char *batch;
    bool dry_run;
};

static void add_counts(json_t *totals, const json_t *part)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)part, key, value)
    {
        json_t *present = json_object_get(totals, key);
        if (json_is_object(value)) {
            if (!present)
                json_object_set_new(totals, key, present = json_object());
            add_counts(present, value);
        } else if (json_is_integer(value) && strcmp(key, "next") != 0) {
            json_object_set_new(
                totals, key, json_integer(json_integer_value(present) + json_integer_value(value)));
        }
    }
}

/* When the queue is full, waits until the workers have taken jobs from it. */
static enum pc_code recut_page(struct pc_service *svc, const struct pc_recut_request *request,
                               json_t **page, struct pc_err *err)
{
    enum pc_code rc = pc_service_recut(svc, request, page, err);
    while (rc == PC_E_QUEUE_FULL && !pc_signals_stop_requested()) {
        pc_clock_sleep_ms(POLL_MS);
        rc = pc_service_recut(svc, request, page, err);
    }
    return rc;
}

/* Handles all pages of the store. Gives *sum. */
static enum pc_code recut_all(struct pc_service *svc, const struct recut *r, bool dry_run,
                              json_t **totals, struct pc_err *err)
{
    struct pc_recut_request request = {.dry_run = dry_run, .batch = r->batch};
    enum pc_code rc = PC_OK;
    *totals = json_object();
    for (bool more = true; more && !rc;) {
        json_t *page = NULL;
        rc = recut_page(svc, &request, &page, err);
        if (rc)
            break;
        add_counts(*totals, page);
        more = json_is_integer(json_object_get(page, "next"));
        request.after_id = json_integer_value(json_object_get(page, "next"));
        json_decref(page);
    }
    return rc;
}

static json_int_t count_of(const json_t *totals, const char *name)
{
    return json_integer_value(json_object_get(totals, name));
}

static void print_preview(const json_t *totals)
{
    const char *label;
    json_t *n;
    printf("%lld images checked: %lld would change, %lld stay as they are, %lld skipped\n",
           (long long)count_of(totals, "looked"), (long long)count_of(totals, "changed"),
           (long long)count_of(totals, "unchanged"), (long long)count_of(totals, "skipped"));
    json_object_foreach(json_object_get(totals, "shots"), label, n)
        printf("  %-28s %lld\n", label, (long long)json_integer_value(n));
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
static enum pc_code report_result(struct pc_app *app, const struct recut *r, json_int_t queued,
                                  struct pc_err *err)
{
    json_t *totals;
    enum pc_code rc = recut_all(app->service, r, true, &totals, err);
    json_int_t differ = count_of(totals, "changed");
    json_decref(totals);
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
    json_t *totals = NULL;
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
        rc = report_result(app, r, count_of(totals, "queued"), err);
    json_decref(totals);
    return rc;
}

/* Recipes that were saved on the page take precedence over the setting, in every process. */
static void warn_of_stored_recipes(struct pc_app *app)
{
    json_t *now = pc_service_recipes(app->service);
    if (*app->config->recipes &&
        strcmp(json_string_value(json_object_get(now, "source")), "page") == 0)
        fputs("The recipes stored with the records are active, not those of --recipes.\n", stderr);
    json_decref(now);
}

static enum pc_code preview_and_work(struct pc_app *app, const struct recut *r, struct pc_err *err)
{
    json_t *totals;
    warn_of_stored_recipes(app);
    enum pc_code rc = recut_all(app->service, r, true, &totals, err);
    if (!rc)
        print_preview(totals);
    bool nothing = count_of(totals, "changed") == 0;
    json_decref(totals);
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
