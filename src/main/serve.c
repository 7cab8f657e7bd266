/* `posecraft serve`: API, page and workers in one process. `posecraft work`: workers only. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "http/http.h"
#include "main/commands.h"
#include "main/options.h"
#include "main/startup.h"
#include "main/watchdog.h"
#include "worker/pool.h"

static const char serve_usage[] =
    "usage: posecraft serve [--host ADDRESS] [--port N] [--data DIR] [--workers N] "
    "[--wait[=TIME]]\n"
    "\n"
    "API, page and workers in one process. Prints `listening on http://HOST:PORT` when ready.\n"
    "  --host ADDRESS  address to bind (default 127.0.0.1)\n"
    "  --port N        port; 0 takes a free one (default 8080)\n"
    "  --data DIR      database and files (default data)\n"
    "  --workers N     workers inside; 0 none (default: one per core)\n"
    "  --recipes PATH  file or folder of recipes (default: the five)\n"
    "  --wait[=TIME]   waits for stores that are away: 30 (seconds), 5m; without TIME an hour\n"
    "More settings: posecraft doctor, docs/settings.md.\n";

static const char work_usage[] =
    "usage: posecraft work [--workers N] [--data DIR] [--recipes PATH] [--wait[=TIME]]\n"
    "\n"
    "Workers only: takes jobs from the queue of the settings until it is stopped.\n";

/* TIME of --wait as the setting has it: a bare number is seconds here, as in `sleep`. */
static bool parse_wait(void *cfg, const char *time)
{
    char text[32];
    bool bare = time && *time && !time[strspn(time, "0123456789")];
    snprintf(text, sizeof text, "%s%s", time ? time : "1h", bare ? "s" : "");
    return pc_cli_config_set(cfg, "wait", text);
}

static enum pc_code open_http(const struct pc_app *app, struct pc_http **http, struct pc_err *err)
{
    const char *share = app->share_dir ? app->share_dir : "";
    char *page = pc_xasprintf("%s/page", share);
    struct pc_http_options options = {
        .host = app->config->host,
        .port = (int)app->config->port,
        .page_dir = access(page, R_OK) == 0 ? page : "",
    };
    enum pc_code rc = pc_http_create(app->service, &options, http, err);
    free(page);
    return rc;
}

static void announce(const struct pc_config *cfg, const struct pc_http *http)
{
    bool v6 = strchr(cfg->host, ':') != NULL;
    printf("listening on http://%s%s%s:%d\n", v6 ? "[" : "", cfg->host, v6 ? "]" : "",
           pc_http_port(http));
    fflush(stdout);
}

static void stop_http(void *http)
{
    pc_http_stop(http);
}

static enum pc_code serve(struct pc_app *app, int workers, struct pc_err *err)
{
    struct pc_http *http = NULL;
    struct pc_worker_pool *pool = NULL;
    int64_t remaining_ms = 0;
    enum pc_code rc = open_http(app, &http, err);
    if (rc)
        return rc;
    pc_signals_catch(stop_http, http);
    if (workers > 0)
        rc = pc_worker_pool_start(app->service, app->queue, workers, &pool, err);
    if (!rc) {
        announce(app->config, http);
        pc_http_run(http, app->config->stop_ms);
        pc_log(PC_LOG_INFO, "stopping");
        remaining_ms = pc_watchdog_start(app->config->stop_ms);
    }
    pc_worker_pool_stop(pool, remaining_ms);
    pc_http_destroy(http);
    return rc;
}

static enum pc_code work(struct pc_app *app, int workers, struct pc_err *err)
{
    struct pc_worker_pool *pool = NULL;
    pc_signals_catch(NULL, NULL);
    enum pc_code rc = pc_worker_pool_start(app->service, app->queue, workers, &pool, err);
    if (rc)
        return rc;
    pc_log(PC_LOG_INFO, "working", PC_LOG_I64("workers", workers));
    pc_signals_wait();
    pc_log(PC_LOG_INFO, "stopping");
    pc_worker_pool_stop(pool, pc_watchdog_start(app->config->stop_ms));
    return PC_OK;
}

static int open_and_run(const struct pc_config *cfg, enum pc_startup_role role,
                        enum pc_code (*body)(struct pc_app *app, int workers, struct pc_err *err))
{
    struct pc_app app;
    struct pc_err err = PC_ERR_INIT;
    int workers = pc_cli_worker_count(cfg);
    if (role == PC_STARTUP_WORK && workers < 1)
        workers = 1;
    enum pc_code rc = pc_startup_check(cfg, role, workers, &err);
    if (!rc)
        rc = pc_startup_open(cfg, workers > 0, &app, &err);
    if (!rc) {
        rc = body(&app, workers, &err);
        pc_app_close(&app);
        pc_watchdog_stop();
    }
    return rc ? pc_cli_fail(&err) : PC_CLI_OK;
}

/* What serve and work share: settings, options, parts; body does the rest. */
static int run(int argc, char **argv, const char *usage, enum pc_startup_role role,
               enum pc_code (*body)(struct pc_app *app, int workers, struct pc_err *err))
{
    struct pc_config cfg;
    const struct pc_option options[] = {{"host", PC_OPTION_SETTING, NULL, 0, NULL},
                                        {"port", PC_OPTION_SETTING, NULL, 0, NULL},
                                        {"data", PC_OPTION_SETTING, NULL, 0, NULL},
                                        {"workers", PC_OPTION_SETTING, NULL, 0, NULL},
                                        {"recipes", PC_OPTION_SETTING, NULL, 0, NULL},
                                        {"wait", PC_OPTION_CUSTOM_OPTIONAL, &cfg, 0, parse_wait},
                                        {0}};
    const struct pc_command_line line = {.usage = usage, .options = options};
    int status;
    if (pc_options_read(&cfg, &line, argc, argv, &status))
        status = open_and_run(&cfg, role, body);
    pc_config_finish(&cfg);
    return status;
}

int pc_command_serve(int argc, char **argv)
{
    return run(argc, argv, serve_usage, PC_STARTUP_SERVE, serve);
}

int pc_command_work(int argc, char **argv)
{
    return run(argc, argv, work_usage, PC_STARTUP_WORK, work);
}
