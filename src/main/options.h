/* Command lines of the commands: settings and options. Threads: the main thread. */
#ifndef PC_MAIN_OPTIONS_H
#define PC_MAIN_OPTIONS_H

#include <stdbool.h>

#include "config/config.h"

enum pc_option_kind {
    PC_OPTION_TEXT,            /* into a const char *, borrowed from argv */
    PC_OPTION_FLAG,            /* sets a bool; has no value */
    PC_OPTION_SETTING,         /* the setting of the same name */
    PC_OPTION_CUSTOM,          /* for take */
    PC_OPTION_CUSTOM_OPTIONAL, /* for take; --name=VALUE, or none: then value is NULL */
};

struct pc_option {
    const char *name;
    enum pc_option_kind kind;
    void *target;                                   /* borrows */
    char letter;                                    /* -x means the same; 0: none */
    bool (*parse)(void *target, const char *value); /* false: the value is of no use */
};

struct pc_command_line {
    const char *usage;
    const struct pc_option *options; /* one without a name ends them; --help and -h need no row */
    bool has_operands;               /* that are not options */
    /* Is it complete? Says what is not. NULL: always. */
    bool (*check)(void *ctx, int n_operands, char **operands);
    void *ctx;
};

/* Settings from .env and environment, then the command line, then what follows from both; the log
 * is started. False: the command ends with *status, and all is said. Fills cfg in any case, to be
 * finished. */
bool pc_options_read(struct pc_config *cfg, const struct pc_command_line *line, int argc,
                     char **argv, int *status);

#endif
