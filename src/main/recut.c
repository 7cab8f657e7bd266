/* `posecraft recut`: cuts stored pictures anew by the recipes of the settings, from stored
 * landmarks. Says first what would change; then queues those images and works until they are done.
 * A running `serve` on the same store helps: start it with the new recipes before. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "main/commands.h"
#include "main/options.h"
#include "main/wire.h"
#include "worker/worker.h"

static const char usage[] = "usage: posecraft recut [--dry-run] [--batch NAME] [--data DIR] "
                            "[--recipes PATH] [--workers N]\n"
                            "\n"
                            "Cuts processed images anew where the recipes give other shots than "
                            "those stored. Landmarks are taken\n"
                            "from the records: no network runs. --dry-run only counts.\n";

enum { POLL_MS = 200 };

struct recut {
    struct pc_config cfg;
    const char *batch;
    bool dry_run;
};

static void add_up(json_t *sum, const json_t *part)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)part, key, value)
    {
        json_t *have = json_object_get(sum, key);
        if (json_is_object(value)) {
            if (!have)
                json_object_set_new(sum, key, have = json_object());
            add_up(have, value);
        } else if (json_is_integer(value) && strcmp(key, "next") != 0) {
            json_object_set_new(sum, key,
                                json_integer(json_integer_value(have) + json_integer_value(value)));
        }
    }
}

/* A full queue is waited for: workers take from it meanwhile. */
static enum pc_code look_at_page(struct pc_service *svc, const struct pc_recut *what, json_t **page,
                                 struct pc_err *err)
{
    enum pc_code rc = pc_service_recut(svc, what, page, err);
    while (rc == PC_E_QUEUE_FULL && !pc_signals_stop()) {
        pc_sleep_ms(POLL_MS);
        rc = pc_service_recut(svc, what, page, err);
    }
    return rc;
}

/* All pages of the store. Gives *sum. */
static enum pc_code look_at_all(struct pc_service *svc, const struct recut *r, bool dry_run,
                                json_t **sum, struct pc_err *err)
{
    struct pc_recut what = {.dry_run = dry_run, .batch = r->batch};
    enum pc_code rc = PC_OK;
    *sum = json_object();
    for (bool more = true; more && !rc;) {
        json_t *page = NULL;
        rc = look_at_page(svc, &what, &page, err);
        if (rc)
            break;
        add_up(*sum, page);
        more = json_is_integer(json_object_get(page, "next"));
        what.after_id = json_integer_value(json_object_get(page, "next"));
        json_decref(page);
    }
    return rc;
}

static json_int_t figure(const json_t *sum, const char *name)
{
    return json_integer_value(json_object_get(sum, name));
}

static void print_plan(const json_t *sum)
{
    const char *label;
    json_t *n;
    printf("%lld images looked at: %lld would change, %lld stay as they are, %lld skipped\n",
           (long long)figure(sum, "looked"), (long long)figure(sum, "changed"),
           (long long)figure(sum, "unchanged"), (long long)figure(sum, "skipped"));
    json_object_foreach(json_object_get(sum, "shots"), label, n)
        printf("  %-28s %lld\n", label, (long long)json_integer_value(n));
    fflush(stdout);
}

static enum pc_code wait_until_done(struct pc_wire *wire, struct pc_err *err)
{
    struct pc_queue_stats jobs = {.waiting = 1};
    enum pc_code rc = PC_OK;
    while (!rc && !pc_signals_stop() && jobs.waiting + jobs.delayed + jobs.active > 0) {
        pc_sleep_ms(POLL_MS);
        rc = pc_queue_stats(wire->queue, &jobs, err);
    }
    return rc;
}

/* A `serve` or `work` on the same store takes jobs too, by its own recipes. */
static enum pc_code tell_result(struct pc_wire *wire, const struct recut *r, json_int_t queued,
                                struct pc_err *err)
{
    json_t *sum;
    enum pc_code rc = look_at_all(wire->service, r, true, &sum, err);
    json_int_t differ = figure(sum, "changed");
    json_decref(sum);
    if (rc)
        return rc;
    printf("%lld images cut anew\n", (long long)queued);
    return differ == 0 ? PC_OK
                       : pc_fail(err, PC_E_CONFIG,
                                 "%lld of them differ from these recipes: another process on this "
                                 "store cuts by others. Start it with these, then recut again.",
                                 (long long)differ);
}

/* The workers run while the pages are looked at, so that a store larger than the queue goes
 * through it. */
static enum pc_code queue_and_work(struct pc_wire *wire, const struct recut *r, struct pc_err *err)
{
    struct pc_workers *pool = NULL;
    json_t *sum = NULL;
    pc_signals_catch(NULL, NULL);
    enum pc_code rc =
        pc_workers_start(wire->service, wire->queue, pc_worker_count(wire->config), &pool, err);
    if (rc)
        return rc;
    rc = look_at_all(wire->service, r, false, &sum, err);
    if (!rc)
        rc = wait_until_done(wire, err);
    pc_workers_stop(pool, wire->config->stop_ms);
    if (pc_signals_stop())
        puts("stopped: what is queued and not cut waits for `posecraft serve` or `posecraft work`");
    else if (!rc)
        rc = tell_result(wire, r, figure(sum, "queued"), err);
    json_decref(sum);
    return rc;
}

/* What the page keeps at a store goes before the setting, in every process. */
static void tell_whose(struct pc_wire *wire)
{
    json_t *now = pc_service_recipes(wire->service);
    if (*wire->config->recipes &&
        strcmp(json_string_value(json_object_get(now, "source")), "page") == 0)
        fputs("The recipes kept at this store are in force, not those of --recipes.\n", stderr);
    json_decref(now);
}

static enum pc_code look_and_work(struct pc_wire *wire, const struct recut *r, struct pc_err *err)
{
    json_t *sum;
    tell_whose(wire);
    enum pc_code rc = look_at_all(wire->service, r, true, &sum, err);
    if (!rc)
        print_plan(sum);
    bool nothing = figure(sum, "changed") == 0;
    json_decref(sum);
    return rc || r->dry_run || nothing ? rc : queue_and_work(wire, r, err);
}

static enum pc_code recut(const struct recut *r, struct pc_err *err)
{
    struct pc_wire wire;
    enum pc_code rc = pc_wire_open_service(&r->cfg, true, &wire, err);
    if (rc)
        return rc;
    rc = look_and_work(&wire, r, err);
    pc_wire_close(&wire);
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
        status = recut(&r, &err) ? pc_complain(&err) : PC_EXIT_OK;
    pc_config_finish(&r.cfg);
    return status;
}
