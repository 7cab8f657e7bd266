/* `posecraft sweep`: removes files that no record names. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "main/commands.h"
#include "main/wire.h"

static const char usage[] =
    "usage: posecraft sweep [--older TIME] [--dry-run] [--data DIR]\n"
    "\n"
    "Removes stored files that no record names: a process that was killed at the wrong moment\n"
    "leaves such.\n"
    "  --older TIME  only files older than this (default 24h); a shorter time than an upload or\n"
    "                a cut takes is safe only while nothing else runs on these stores\n"
    "  --dry-run     only counts\n";

struct sweep {
    struct pc_config cfg;
    int64_t older_ms;
    bool dry_run;
};

static int read_options(struct sweep *s, int argc, char **argv)
{
    static const struct option options[] = {
        {"data", required_argument, NULL, 's'},
        {"older", required_argument, NULL, 'o'},
        {"dry-run", no_argument, NULL, 'n'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    int which, c;
    while ((c = getopt_long(argc, argv, "", options, &which)) != -1) {
        bool good = c == 'n' || (c == 's' && pc_settings_option(&s->cfg, "data", optarg)) ||
                    (c == 'o' && pc_duration_parse(optarg, &s->older_ms));
        if (c == 'h') {
            fputs(usage, stdout);
            return PC_EXIT_OK + 1;
        }
        s->dry_run = s->dry_run || c == 'n';
        if (!good)
            return fputs(usage, stderr), PC_EXIT_USAGE + 1;
    }
    return optind < argc ? (fputs(usage, stderr), PC_EXIT_USAGE + 1) : 0;
}

static enum pc_code sweep(const struct sweep *s, struct pc_err *err)
{
    struct pc_wire wire;
    struct pc_orphans found;
    enum pc_code rc = pc_wire_open_service(&s->cfg, false, &wire, err);
    if (rc)
        return rc;
    rc = pc_service_orphans(wire.service, s->older_ms, s->dry_run, &found, err);
    printf("%lld files looked at, %lld that no record names%s: %lld bytes\n",
           (long long)found.looked, (long long)found.blobs, s->dry_run ? "" : " removed",
           (long long)found.bytes);
    pc_wire_close(&wire);
    return rc;
}

int pc_command_sweep(int argc, char **argv)
{
    struct sweep s = {.older_ms = 24 * 60 * 60 * 1000};
    struct pc_err err = PC_ERR_INIT;
    int status = pc_settings_load(&s.cfg) ? 0 : PC_EXIT_USAGE + 1;
    if (!status)
        status = read_options(&s, argc, argv);
    if (!status && !pc_settings_complete(&s.cfg))
        status = PC_EXIT_USAGE + 1;
    if (!status)
        status = (sweep(&s, &err) ? pc_complain(&err) : PC_EXIT_OK) + 1;
    pc_config_finish(&s.cfg);
    return status - 1;
}
