/* `posecraft serve`: API, page and workers in one process. `posecraft work`: workers only. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "http/http.h"
#include "main/cli.h"
#include "main/commands.h"
#include "main/options.h"
#include "main/signals.h"
#include "main/startup.h"
#include "main/watchdog.h"
#include "worker/pool.h"

static const char serve_usage[] =
    "usage: posecraft serve [--host ADDRESS] [--port N] [--data DIR] [--workers N] "
    "[--wait[=TIME]]\n"
    "\n"
    "Runs API, page and workers in one process. Prints `listening on http://HOST:PORT` when "
    "ready.\n"
    "  --host ADDRESS  address to bind (default 127.0.0.1)\n"
    "  --port N        port; 0 takes a free one (default 8080)\n"
    "  --data DIR      database and files (default data)\n"
    "  --records URL, --queue URL, --blobs URL\n"
    "                  other stores than those in the data folder, such as mongodb://...\n"
    "  --workers N     worker threads; 0 for none (default: one per core)\n"
    "  --recipes PATH  file or folder of recipes (default: the five default recipes)\n"
    "  --wait[=TIME]   waits for unavailable stores: 30 (seconds), 5m; without TIME one hour\n"
    "More settings: posecraft doctor, docs/settings.md.\n";

static const char work_usage[] =
    "usage: posecraft work [--workers N] [--data DIR] [--recipes PATH] [--wait[=TIME]]\n"
    "\n"
    "Runs workers only: they take jobs from the queue until the process is stopped.\n"
    "  --records URL, --queue URL, --blobs URL   other stores than those in the data folder\n";

static void stop_http(void *http)
{
    pc_http_stop(http);
}

static enum pc_code serve(struct pc_app *app, int workers, struct pc_err *err)
{
    struct pc_http *http = NULL;
    struct pc_worker_pool *pool = NULL;
    int64_t remaining_ms = 0;
    char *page = pc_xasprintf("%s/page", app->share_dir ? app->share_dir : "");
    struct pc_http_options options = {
        .host = app->config->host,
        .port = (int)app->config->port,
        .page_dir = access(page, R_OK) == 0 ? page : "",
    };
    enum pc_code rc = pc_http_create(app->service, &options, &http, err);
    free(page);
    if (rc)
        return rc;
    pc_signals_catch(stop_http, http);
    if (workers > 0)
        rc = pc_worker_pool_start(app->service, app->queue, workers, &pool, err);
    if (!rc) {
        const char *host = app->config->host;
        bool v6 = strchr(host, ':') != NULL;
        printf("listening on http://%s%s%s:%d\n", v6 ? "[" : "", host, v6 ? "]" : "",
               pc_http_port(http));
        fflush(stdout);
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

/* What serve and work share: options, settings, and opening the app. body does the rest. */
static int run(int argc, char **argv, const char *usage, enum pc_startup_role role,
               enum pc_code (*body)(struct pc_app *app, int workers, struct pc_err *err))
{
    struct pc_config cfg;
    const struct pc_command_line line = {.usage = usage, .options = pc_options_service};
    struct pc_app app;
    struct pc_err err = PC_ERR_INIT;
    int status;
    if (pc_options_read(&cfg, &line, argc, argv, &status)) {
        int workers = pc_cli_worker_count(&cfg);
        if (role == PC_STARTUP_WORK && workers < 1)
            workers = 1;
        enum pc_code rc = pc_startup_check(&cfg, role, workers, &err);
        if (!rc)
            rc = pc_startup_open(&cfg, workers > 0, &app, &err);
        if (!rc) {
            rc = body(&app, workers, &err);
            pc_app_close(&app);
            pc_watchdog_stop();
        }
        status = rc ? pc_cli_fail(&err) : PC_CLI_OK;
    }
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
