/* `posecraft adopt`: imports the documents that the first version left in MongoDB. */
#include <stdio.h>

#include "main/app.h"
#include "main/cli.h"
#include "main/commands.h"
#include "main/options.h"
#include "records/records.h"

enum { BATCH = 100 };

static const char usage[] =
    "usage: posecraft adopt [--data DIR]\n"
    "\n"
    "Imports the documents that the first version left in MongoDB (their _id is an ObjectId).\n"
    "Before that, they are found only when their url is submitted again. Each image keeps its\n"
    "status and shots and gets a number. The old document stays, with the url \"moved:...\", for\n"
    "programs that know its ObjectId. The command may be stopped and run again, and PoseCraft may\n"
    "use the store at the same time, but programs of the first version must not.\n";

static enum pc_code adopt(const struct pc_config *cfg, struct pc_err *err)
{
    struct pc_records *records;
    int64_t total = 0;
    int n = 1;
    enum pc_code rc = pc_app_open_records(cfg->records, &records, err);
    if (rc)
        return rc;
    while (!rc && n) {
        rc = pc_app_import_legacy(records, BATCH, &n, err);
        total += n;
    }
    printf("%lld images imported\n", (long long)total);
    pc_records_close(records);
    return rc;
}

int pc_command_adopt(int argc, char **argv)
{
    static const struct pc_option options[] = {{"data", PC_OPTION_SETTING, NULL, 0, NULL}, {0}};
    const struct pc_command_line line = {.usage = usage, .options = options};
    struct pc_config cfg;
    struct pc_err err = PC_ERR_INIT;
    int status;
    if (pc_options_read(&cfg, &line, argc, argv, &status))
        status = adopt(&cfg, &err) ? pc_cli_fail(&err) : PC_CLI_OK;
    pc_config_finish(&cfg);
    return status;
}
