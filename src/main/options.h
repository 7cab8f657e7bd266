/* Command lines: a table of options for each command, read together with the settings.
 *
 *     static const struct pc_option options[] = {
 *         {"data", PC_OPTION_SETTING, NULL, 0, NULL},
 *         {"dry-run", PC_OPTION_FLAG, &dry_run, 0, NULL},
 *         {0}};
 *
 * Threads: the main thread.
 */
#ifndef PC_MAIN_OPTIONS_H
#define PC_MAIN_OPTIONS_H

#include <stdbool.h>

#include "config/config.h"

enum pc_option_kind {
    PC_OPTION_TEXT,            /* stored in a const char *, borrowed from argv */
    PC_OPTION_FLAG,            /* sets a bool; has no value */
    PC_OPTION_SETTING,         /* the setting of the same name */
    PC_OPTION_CUSTOM,          /* parse reads the value; target NULL: gets the settings */
    PC_OPTION_CUSTOM_OPTIONAL, /* parse reads it; --name=VALUE, or without one: value is NULL */
};

struct pc_option {
    const char *name;
    enum pc_option_kind kind;
    void *target;                                   /* where the value goes; borrows */
    char letter;                                    /* -x means the same; 0: none */
    bool (*parse)(void *target, const char *value); /* false: the value is invalid */
};

struct pc_command_line {
    const char *usage;
    const struct pc_option *options; /* ends with one without a name; --help and -h need no row */
    bool has_operands;               /* takes arguments that are not options */
    /* The command runs although settings of .env or the environment are wrong; *status is
     * PC_CLI_FAILED then. */
    bool tolerant;
    /* Is the command line complete? If not, prints what is missing. NULL: always. */
    bool (*check)(void *ctx, int n_operands, char **operands);
    void *ctx;
};

/* The options of `serve`, `work` and `doctor`; all of them are settings. */
extern const struct pc_option pc_options_service[];

/* Reads the settings from .env and environment, then the command line, completes the settings and
 * starts the log. On true *status is PC_CLI_OK. On false the command ends with *status, and
 * everything has been printed. Fills cfg in any case; the caller finishes it. */
bool pc_options_read(struct pc_config *cfg, const struct pc_command_line *line, int argc,
                     char **argv, int *status);

#endif
