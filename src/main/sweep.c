/* `posecraft sweep`: removes stored files that no record refers to. */
#include <stdio.h>

#include "main/app.h"
#include "main/cli.h"
#include "main/commands.h"
#include "main/options.h"

static const char usage[] =
    "usage: posecraft sweep [--older TIME] [--dry-run] [--data DIR]\n"
    "\n"
    "Removes stored files that no record refers to. A process that was killed at the wrong moment\n"
    "leaves such files.\n"
    "  --older TIME  only files older than this (default 24h). A time shorter than an upload or a\n"
    "                cut takes is safe only while nothing else uses these stores\n"
    "  --dry-run     only counts\n"
    "  --records URL, --queue URL, --blobs URL   other stores than those in the data folder\n";

struct sweep {
    struct pc_config cfg;
    int64_t older_ms;
    bool dry_run;
};

static bool parse_duration(void *target, const char *value)
{
    return pc_config_parse_duration(value, target);
}

static enum pc_code sweep(const struct sweep *s, struct pc_err *err)
{
    struct pc_app app;
    struct pc_orphans found;
    enum pc_code rc = pc_app_open_service(&s->cfg, false, &app, err);
    if (rc)
        return rc;
    rc = pc_service_orphans(app.service, s->older_ms, s->dry_run, &found, err);
    printf("%lld files checked, %lld that no record refers to%s: %lld bytes\n",
           (long long)found.looked, (long long)found.blobs, s->dry_run ? "" : " removed",
           (long long)found.bytes);
    pc_app_close(&app);
    return rc;
}

int pc_command_sweep(int argc, char **argv)
{
    struct sweep s = {.older_ms = 24 * 60 * 60 * 1000};
    const struct pc_option options[] = {{"data", PC_OPTION_SETTING, NULL, 0, NULL},
                                        {"records", PC_OPTION_SETTING, NULL, 0, NULL},
                                        {"queue", PC_OPTION_SETTING, NULL, 0, NULL},
                                        {"blobs", PC_OPTION_SETTING, NULL, 0, NULL},
                                        {"older", PC_OPTION_CUSTOM, &s.older_ms, 0, parse_duration},
                                        {"dry-run", PC_OPTION_FLAG, &s.dry_run, 0, NULL},
                                        {0}};
    const struct pc_command_line line = {.usage = usage, .options = options};
    struct pc_err err = PC_ERR_INIT;
    int status;
    if (pc_options_read(&s.cfg, &line, argc, argv, &status))
        status = sweep(&s, &err) ? pc_cli_fail(&err) : PC_CLI_OK;
    pc_config_finish(&s.cfg);
    return status;
}
