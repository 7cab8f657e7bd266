/* `posecraft migrate`: copies records and files to other stores. */
#include <stdio.h>
#include <string.h>

#include "main/app.h"
#include "main/cli.h"
#include "main/commands.h"
#include "main/migration.h"
#include "main/options.h"
#include "main/progress.h"
#include "main/signals.h"

static const char usage[] =
    "usage: posecraft migrate --from RECORDS --to RECORDS [--from-blobs BLOBS --to-blobs BLOBS]\n"
    "                         [--verify-only | --no-verify]\n"
    "\n"
    "Copies all images, and with --from-blobs and --to-blobs their files, to other stores, then\n"
    "reads both sides and compares every record and every file.\n"
    "  --from sqlite:data/posecraft.db   --to mongodb://db.example/posecraft\n"
    "  --from-blobs file:data/blobs      --to-blobs 's3://shots?endpoint=https://s3.example'\n"
    "A run that was stopped continues where it was, and a later run copies only what changed "
    "since:\n"
    "copy while the old service runs, stop it, run once more, start the new one. The new service\n"
    "queues pending images.\n";

struct migrate {
    struct pc_config cfg;
    const char *from, *to, *from_blobs, *to_blobs;
    bool verify_only, no_verify;
    struct pc_progress bar;
    int n_notes;
};

enum { NOTES_MAX = 20 }; /* notes that are printed */

static bool refuse(const char *why)
{
    fprintf(stderr, "posecraft migrate: %s\n%s", why, usage);
    return false;
}

static bool check_stores(void *ctx, int n_operands, char **operands)
{
    const struct migrate *m = ctx;
    (void)n_operands, (void)operands;
    if (!m->from || !m->to)
        return refuse("--from and --to are needed.");
    if (!m->from_blobs != !m->to_blobs)
        return refuse("--from-blobs and --to-blobs belong together.");
    if (m->verify_only && m->no_verify)
        return refuse("--verify-only and --no-verify exclude each other.");
    if (strcmp(m->from, m->to) == 0)
        return refuse("--from and --to are the same store.");
    return true;
}

static bool on_image(void *ctx, bool bad)
{
    struct migrate *m = ctx;
    pc_progress_step(&m->bar, bad);
    return !pc_signals_stop_requested();
}

static void on_note(void *ctx, int64_t id, const char *text)
{
    struct migrate *m = ctx;
    char line[160];
    if (m->n_notes++ >= NOTES_MAX)
        return;
    snprintf(line, sizeof line, id ? "image %lld: %s" : "%.0lld%s", (long long)id, text);
    pc_progress_print(&m->bar, line);
}

/* Copies or verifies, with a progress bar. */
static enum pc_code run(struct migrate *m, struct pc_migration *migration,
                        enum pc_code (*phase)(struct pc_migration *, struct pc_err *),
                        struct pc_err *err)
{
    int64_t counts[PC_STATUS_COUNT];
    int total = 0;
    enum pc_code rc = pc_records_count(migration->from, NULL, counts, NULL, NULL, err);
    if (rc)
        return rc;
    for (int i = 0; i < PC_STATUS_COUNT; i++)
        total += (int)counts[i];
    pc_progress_init(&m->bar, total, false);
    rc = phase(migration, err);
    pc_progress_finish(&m->bar, true);
    return rc;
}

static enum pc_code open_stores(const struct migrate *m, struct pc_migration *migration,
                                struct pc_err *err)
{
    enum pc_code rc = pc_app_open_records(m->from, &migration->from, err);
    if (!rc)
        rc = pc_app_open_records(m->to, &migration->to, err);
    if (!rc && m->from_blobs)
        rc = pc_app_open_blobs(&m->cfg, m->from_blobs, &migration->from_blobs, err);
    if (!rc && m->to_blobs)
        rc = pc_app_open_blobs(&m->cfg, m->to_blobs, &migration->to_blobs, err);
    return rc;
}

static enum pc_code migrate(struct migrate *m, struct pc_err *err)
{
    char source[512];
    struct pc_migration migration = {
        .source = source, .on_image = on_image, .on_note = on_note, .ctx = m};
    pc_config_redact(m->from, source, sizeof source);
    pc_signals_catch(NULL, NULL);
    enum pc_code rc = open_stores(m, &migration, err);
    if (!rc && !m->verify_only) {
        rc = run(m, &migration, pc_migration_copy, err);
        printf(
            "copied    %lld images, %lld files (%lld bytes); %lld files were there already, %lld "
            "are not in the source; %lld images removed\n",
            (long long)migration.records, (long long)migration.blobs, (long long)migration.bytes,
            (long long)migration.blobs_present, (long long)migration.blobs_missing,
            (long long)migration.removed);
        fflush(stdout);
    }
    if (!rc && !m->no_verify) {
        rc = run(m, &migration, pc_migration_verify, err);
        printf("compared  %lld images, %lld files: %lld differ; digest of the records %.16s\n",
               (long long)migration.compared, (long long)migration.blobs_compared,
               (long long)migration.differ, migration.digest);
        if (!rc && migration.differ)
            rc = pc_fail(err, PC_E_STORE_UNAVAILABLE,
                         "The stores differ. If the source is in use, stop what uses it and run "
                         "again.");
    }
    pc_blobs_close(migration.to_blobs);
    pc_blobs_close(migration.from_blobs);
    pc_records_close(migration.to);
    pc_records_close(migration.from);
    return rc;
}

int pc_command_migrate(int argc, char **argv)
{
    struct migrate m = {0};
    const struct pc_option options[] = {{"from", PC_OPTION_TEXT, &m.from, 0, NULL},
                                        {"to", PC_OPTION_TEXT, &m.to, 0, NULL},
                                        {"from-blobs", PC_OPTION_TEXT, &m.from_blobs, 0, NULL},
                                        {"to-blobs", PC_OPTION_TEXT, &m.to_blobs, 0, NULL},
                                        {"verify-only", PC_OPTION_FLAG, &m.verify_only, 0, NULL},
                                        {"no-verify", PC_OPTION_FLAG, &m.no_verify, 0, NULL},
                                        {0}};
    const struct pc_command_line line = {
        .usage = usage, .options = options, .check = check_stores, .ctx = &m};
    struct pc_err err = PC_ERR_INIT;
    int status;
    if (pc_options_read(&m.cfg, &line, argc, argv, &status))
        status = migrate(&m, &err) ? pc_cli_fail(&err) : PC_CLI_OK;
    pc_config_finish(&m.cfg);
    return status;
}
