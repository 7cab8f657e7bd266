/* `posecraft doctor`: prints the settings, checks each part, and says how to fix what is broken.
 * It opens the parts separately, so that one broken part does not hide another. */
#include <stdio.h>
#include <string.h>

#include "main/app.h"
#include "main/cli.h"
#include "main/commands.h"

static int report(const char *part, enum pc_code rc, const struct pc_err *err)
{
    if (rc == PC_OK) {
        printf("ok    %s\n", part);
        return 0;
    }
    printf("FAIL  %s: %s [%s]\n", part, err->message, pc_code_name(rc));
    if (err->detail[0])
        printf("      detail: %s\n", err->detail);
    if (*pc_code_info(rc)->hint)
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
    struct pc_app app;
    struct pc_err err = PC_ERR_INIT;
    enum pc_code rc = pc_app_open_service(cfg, false, &app, &err);
    if (rc)
        return report("records, queue and blobs", rc, &err);
    int failures = report("records", pc_records_ping(app.records, &err), &err);
    failures += report("queue", pc_queue_ping(app.queue, &err), &err);
    failures += report("blobs", pc_blobs_ping(app.blobs, &err), &err);
    pc_app_close(&app);
    return failures;
}

int pc_command_doctor(int argc, char **argv)
{
    struct pc_config cfg;
    if (argc > 1) {
        bool requested = strcmp(argv[1], "--help") == 0;
        fputs("usage: posecraft doctor\n\nChecks settings, model, database, queue and store.\n",
              requested ? stdout : stderr);
        return requested ? PC_CLI_OK : PC_CLI_USAGE;
    }
    int failures = pc_cli_config_load(&cfg) ? 0 : 1;
    failures += pc_cli_config_complete(&cfg) ? 0 : 1;
    pc_config_print(&cfg, stdout);
    putchar('\n');
    failures += check_pipeline(&cfg);
    failures += check_stores(&cfg);
    puts(failures ? "\nThere are problems; see FAIL above." : "\nAll is well.");
    pc_config_finish(&cfg);
    return failures ? PC_CLI_FAILED : PC_CLI_OK;
}
