#include "main/options.h"

#include <assert.h>
#include <getopt.h>
#include <stdio.h>

#include "main/commands.h"

enum { OPTIONS_MAX = 16, FIRST_VALUE = 256 /* getopt's value of the first one: no letter */ };

struct tables { /* for getopt_long */
    struct option longs[OPTIONS_MAX + 2];
    char letters[2 * OPTIONS_MAX + 2];
};

static void fill_tables(const struct pc_command_line *line, struct tables *t)
{
    char *letters = t->letters;
    int n = 0;
    *letters++ = 'h';
    for (const struct pc_option *o = line->options; o->name; o++) {
        int value = o->kind == PC_OPTION_FLAG              ? no_argument
                    : o->kind == PC_OPTION_CUSTOM_OPTIONAL ? optional_argument
                                                           : required_argument;
        assert(n < OPTIONS_MAX);
        t->longs[n] = (struct option){o->name, value, NULL, FIRST_VALUE + n};
        n++;
        if (o->letter)
            *letters++ = o->letter;
        if (o->letter && value == required_argument)
            *letters++ = ':';
    }
    t->longs[n] = (struct option){"help", no_argument, NULL, 'h'};
}

static const struct pc_option *find_option(const struct pc_command_line *line, int c)
{
    for (int i = 0; line->options[i].name; i++)
        if (c == FIRST_VALUE + i || c == line->options[i].letter)
            return &line->options[i];
    return NULL;
}

static bool apply_option(struct pc_config *cfg, const struct pc_option *o, const char *value)
{
    switch (o->kind) {
    case PC_OPTION_TEXT: *(const char **)o->target = value; return true;
    case PC_OPTION_FLAG: *(bool *)o->target = true; return true;
    case PC_OPTION_SETTING: return pc_cli_config_set(cfg, o->name, value);
    case PC_OPTION_CUSTOM:
    case PC_OPTION_CUSTOM_OPTIONAL: return o->parse(o->target, value);
    }
    return false;
}

static bool read_options(struct pc_config *cfg, const struct pc_command_line *line, int argc,
                         char **argv, int *status)
{
    struct tables tables = {0};
    int c;
    fill_tables(line, &tables);
    while ((c = getopt_long(argc, argv, tables.letters, tables.longs, NULL)) != -1) {
        const struct pc_option *o = find_option(line, c);
        if (c == 'h') {
            fputs(line->usage, stdout);
            *status = PC_CLI_OK;
            return false;
        }
        if (!o || !apply_option(cfg, o, optarg)) {
            fputs(line->usage, stderr);
            return false;
        }
    }
    return true;
}

static bool check_operands(const struct pc_command_line *line, int n, char **operands)
{
    if (n > 0 && !line->has_operands) {
        fprintf(stderr, "posecraft: unexpected '%s'\n%s", operands[0], line->usage);
        return false;
    }
    return !line->check || line->check(line->ctx, n, operands);
}

bool pc_options_read(struct pc_config *cfg, const struct pc_command_line *line, int argc,
                     char **argv, int *status)
{
    *status = PC_CLI_USAGE;
    return pc_cli_config_load(cfg) && read_options(cfg, line, argc, argv, status) &&
           check_operands(line, argc - optind, argv + optind) && pc_cli_config_complete(cfg);
}
