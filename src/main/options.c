#include "main/options.h"

#include <assert.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "main/cli.h"

enum { OPTIONS_MAX = 16, FIRST_VALUE = 256 /* getopt's value of the first one: no letter */ };

/* The TIME of --wait is that of the setting, but a bare number is seconds, as in `sleep`. */
static bool parse_wait(void *cfg, const char *time)
{
    char text[32];
    bool bare = time && *time && !time[strspn(time, "0123456789")];
    snprintf(text, sizeof text, "%s%s", time ? time : "1h", bare ? "s" : "");
    return pc_cli_config_set(cfg, "wait", text);
}

const struct pc_option pc_options_service[] = {
    {"host", PC_OPTION_SETTING, NULL, 0, NULL},
    {"port", PC_OPTION_SETTING, NULL, 0, NULL},
    {"data", PC_OPTION_SETTING, NULL, 0, NULL},
    {"records", PC_OPTION_SETTING, NULL, 0, NULL},
    {"queue", PC_OPTION_SETTING, NULL, 0, NULL},
    {"blobs", PC_OPTION_SETTING, NULL, 0, NULL},
    {"workers", PC_OPTION_SETTING, NULL, 0, NULL},
    {"recipes", PC_OPTION_SETTING, NULL, 0, NULL},
    {"wait", PC_OPTION_CUSTOM_OPTIONAL, NULL, 0, parse_wait},
    {0},
};

static bool apply_option(struct pc_config *cfg, const struct pc_option *o, const char *value)
{
    switch (o->kind) {
    case PC_OPTION_TEXT: *(const char **)o->target = value; return true;
    case PC_OPTION_FLAG: *(bool *)o->target = true; return true;
    case PC_OPTION_SETTING: return pc_cli_config_set(cfg, o->name, value);
    case PC_OPTION_CUSTOM:
    case PC_OPTION_CUSTOM_OPTIONAL: return o->parse(o->target ? o->target : cfg, value);
    }
    return false;
}

static bool read_options(struct pc_config *cfg, const struct pc_command_line *line, int argc,
                         char **argv, int *status)
{
    struct option names[OPTIONS_MAX + 2] = {0};
    char letters[2 * OPTIONS_MAX + 2] = "h", *letter = letters + 1;
    int n = 0, c;
    for (const struct pc_option *o = line->options; o->name; o++) {
        int value = o->kind == PC_OPTION_FLAG              ? no_argument
                    : o->kind == PC_OPTION_CUSTOM_OPTIONAL ? optional_argument
                                                           : required_argument;
        assert(n < OPTIONS_MAX);
        names[n] = (struct option){o->name, value, NULL, FIRST_VALUE + n};
        n++;
        if (o->letter)
            *letter++ = o->letter;
        if (o->letter && value == required_argument)
            *letter++ = ':';
    }
    names[n] = (struct option){"help", no_argument, NULL, 'h'};
    while ((c = getopt_long(argc, argv, letters, names, NULL)) != -1) {
        const struct pc_option *o = line->options;
        for (int i = 0; o->name && c != FIRST_VALUE + i && c != o->letter; i++)
            o++;
        if (c == 'h') {
            fputs(line->usage, stdout);
            *status = PC_CLI_OK;
            return false;
        }
        if (!o->name || !apply_option(cfg, o, optarg)) {
            fputs(line->usage, stderr);
            return false;
        }
    }
    return true;
}

bool pc_options_read(struct pc_config *cfg, const struct pc_command_line *line, int argc,
                     char **argv, int *status)
{
    *status = PC_CLI_USAGE;
    bool sound = pc_cli_config_load(cfg);
    if ((!sound && !line->tolerant) || !read_options(cfg, line, argc, argv, status))
        return false;
    if (optind < argc && !line->has_operands) {
        fprintf(stderr, "posecraft: unexpected '%s'\n%s", argv[optind], line->usage);
        return false;
    }
    if (line->check && !line->check(line->ctx, argc - optind, argv + optind))
        return false;
    sound = pc_cli_config_complete(cfg) && sound;
    if (!sound && !line->tolerant)
        return false;
    *status = sound ? PC_CLI_OK : PC_CLI_FAILED;
    return true;
}
