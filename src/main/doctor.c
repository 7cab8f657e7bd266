/* `posecraft doctor`: what is set, what works, and what to do about what does not. Opens each part
 * by itself, so that one broken part does not hide another. */
#include <stdio.h>
#include <string.h>

#include "main/commands.h"
#include "main/wire.h"

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
        printf("      to do:  %s\n", pc_code_info(rc)->hint);
    return 1;
}

static int check_pipeline(const struct pc_config *cfg)
{
    struct pc_wire wire;
    struct pc_err err = PC_ERR_INIT;
    enum pc_code rc = pc_wire_open_pipeline(cfg, NULL, &wire, &err);
    int bad = report("pictures, recipes and pose model", rc, &err);
    if (!rc) {
        printf("      model:  %s\n", pc_pose_model_id(wire.pose));
        pc_wire_close(&wire);
    }
    return bad;
}

static int check_stores(const struct pc_config *cfg)
{
    struct pc_wire wire;
    struct pc_err err = PC_ERR_INIT;
    enum pc_code rc = pc_wire_open_service(cfg, false, &wire, &err);
    if (rc)
        return report("records, queue and blobs", rc, &err);
    int bad = report("records", pc_records_ping(wire.records, &err), &err);
    bad += report("queue", pc_queue_ping(wire.queue, &err), &err);
    bad += report("blobs", pc_blobs_ping(wire.blobs, &err), &err);
    pc_wire_close(&wire);
    return bad;
}

int pc_command_doctor(int argc, char **argv)
{
    struct pc_config cfg;
    if (argc > 1) {
        bool asked = strcmp(argv[1], "--help") == 0;
        fputs("usage: posecraft doctor\n\nChecks settings, model, database, queue and store.\n",
              asked ? stdout : stderr);
        return asked ? PC_EXIT_OK : PC_EXIT_USAGE;
    }
    int bad = pc_settings_load(&cfg) ? 0 : 1;
    bad += pc_settings_complete(&cfg) ? 0 : 1;
    pc_config_print(&cfg, stdout);
    putchar('\n');
    bad += check_pipeline(&cfg);
    bad += check_stores(&cfg);
    puts(bad ? "\nSomething has to be put right." : "\nAll well.");
    pc_config_finish(&cfg);
    return bad ? PC_EXIT_FAILED : PC_EXIT_OK;
}
