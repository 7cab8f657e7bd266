/* What all commands share: exit statuses, reading the settings, and reporting errors.
 *
 * Settings are read in three steps, because the command line wins over the environment and some
 * values follow from others: pc_cli_config_load, pc_cli_config_set for each option that is a
 * setting, pc_cli_config_complete. pc_options_read (main/options.h) does all three.
 *
 * Threads: the main thread.
 */
#ifndef PC_MAIN_CLI_H
#define PC_MAIN_CLI_H

#include <stdbool.h>

#include "config/config.h"

enum {
    PC_CLI_OK = 0,
    PC_CLI_FAILED = 1,
    PC_CLI_USAGE = 2,  /* the command line, a setting or an input file is wrong */
    PC_CLI_PARTIAL = 3 /* some images were processed, others were not */
};

/* Fills cfg with defaults, then with .env and the environment. Prints all problems and returns
 * false if there are any; cfg is filled in any case. */
bool pc_cli_config_load(struct pc_config *cfg);
/* Sets one setting from the command line; name is without "--". Prints the problem, if any. */
bool pc_cli_config_set(struct pc_config *cfg, const char *name, const char *value);
/* Fills settings that follow from others, checks them together, and starts the log. Prints all
 * problems. */
bool pc_cli_config_complete(struct pc_config *cfg);

/* The number of worker threads: the setting, or one per core. */
int pc_cli_worker_count(const struct pc_config *cfg);

/* Prints "posecraft: message hint [code]" and the detail on standard error. Returns PC_CLI_USAGE
 * for errors in settings, recipes and ground truth, PC_CLI_FAILED for all others. */
int pc_cli_fail(const struct pc_err *err);

#endif
