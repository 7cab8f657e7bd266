/* `posecraft doctor`: prints the settings, checks each part, and says how to fix what is broken.
 * It opens the parts separately, so that one broken part does not hide another. */
#include <stdio.h>
#include <string.h>

#include "main/app.h"
#include "main/cli.h"
#include "main/commands.h"
#include "main/options.h"

static const char usage[] =
    "usage: posecraft doctor [OPTION...]\n"
    "\n"
    "Checks settings, model, database, queue and store. It takes the options of `serve` and "
    "`work`,\n"
    "and then checks what they would use: --host, --port, --data, --records, --queue, --blobs,\n"
    "--workers, --recipes, --wait.\n"
    "Exit status: 0 all is well, 1 something is not, 2 wrong usage.\n";

static int report(const char *part, enum pc_code rc, const struct pc_err *err)
{
    if (rc == PC_OK) {
        printf("ok    %s\n", part);
        return 0;
    }
    printf("FAIL  %s: %s [%s]\n", part, err->message, pc_code_name(rc));
    if (err->detail[0])
        printf("      detail: %s\n", err->detail);
    if (*pc_code_info(rc)->hint && rc != PC_E_CONFIG) /* whose hint is to run this command */
        printf("      fix:    %s\n", pc_code_info(rc)->hint);
    return 1;
}

static int check_pipeline(const struct pc_config *cfg)
{
    struct pc_app app;
    struct pc_err err = PC_ERR_INIT;
    enum pc_code rc = pc_app_open_pipeline(cfg, NULL, &app, &err);
    int failures = report("recipes and pose model", rc, &err);
    if (!rc) {
        printf("      model:  %s\n", pc_pose_model_id(app.pose));
        pc_app_close(&app);
    }
    return failures;
}

static int check_stores(const struct pc_config *cfg)
{
    struct pc_app app = {0};
    struct pc_err err = PC_ERR_INIT;
    enum pc_code rc = pc_app_make_data_dir(cfg->data_dir, &err);
    int failures = rc ? report("data folder", rc, &err) : 0;
    rc = pc_app_open_records(cfg->records, &app.records, &err);
    failures += report("records", rc ? rc : pc_records_ping(app.records, &err), &err);
    rc = pc_app_open_queue(cfg, &app.queue, &err);
    failures += report("queue", rc ? rc : pc_queue_ping(app.queue, &err), &err);
    rc = pc_app_open_blobs(cfg, cfg->blobs, &app.blobs, &err);
    failures += report("blobs", rc ? rc : pc_blobs_ping(app.blobs, &err), &err);
    pc_app_close(&app);
    return failures;
}

int pc_command_doctor(int argc, char **argv)
{
    struct pc_config cfg;
    const struct pc_command_line line = {
        .usage = usage, .options = pc_options_service, .tolerant = true};
    int status;
    if (!pc_options_read(&cfg, &line, argc, argv, &status)) {
        pc_config_finish(&cfg);
        return status;
    }
    int failures = status == PC_CLI_OK ? 0 : 1;
    pc_config_print(&cfg, stdout);
    putchar('\n');
    failures += check_pipeline(&cfg);
    failures += check_stores(&cfg);
    puts(failures ? "\nThere are problems; see FAIL above." : "\nAll is well.");
    pc_config_finish(&cfg);
    return failures ? PC_CLI_FAILED : PC_CLI_OK;
}
