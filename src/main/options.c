#include "main/options.h"

#include <assert.h>
#include <getopt.h>
#include <stdio.h>

#include "main/commands.h"

enum { OPTIONS_MOST = 16, FIRST = 256 /* getopt's value of the first one: no letter */ };

struct tables { /* for getopt_long */
    struct option longs[OPTIONS_MOST + 2];
    char letters[2 * OPTIONS_MOST + 2];
};

static void make_tables(const struct pc_command_line *line, struct tables *t)
{
    char *letters = t->letters;
    int n = 0;
    *letters++ = 'h';
    for (const struct pc_option *o = line->options; o->name; o++) {
        int value = o->kind == PC_OPTION_FLAG    ? no_argument
                    : o->kind == PC_OPTION_MAYBE ? optional_argument
                                                 : required_argument;
        assert(n < OPTIONS_MOST);
        t->longs[n] = (struct option){o->name, value, NULL, FIRST + n};
        n++;
        if (o->letter)
            *letters++ = o->letter;
        if (o->letter && value == required_argument)
            *letters++ = ':';
    }
    t->longs[n] = (struct option){"help", no_argument, NULL, 'h'};
}

static const struct pc_option *find(const struct pc_command_line *line, int c)
{
    for (int i = 0; line->options[i].name; i++)
        if (c == FIRST + i || c == line->options[i].letter)
            return &line->options[i];
    return NULL;
}

static bool take(struct pc_config *cfg, const struct pc_option *o, const char *value)
{
    switch (o->kind) {
    case PC_OPTION_TEXT: *(const char **)o->into = value; return true;
    case PC_OPTION_FLAG: *(bool *)o->into = true; return true;
    case PC_OPTION_SETTING: return pc_settings_option(cfg, o->name, value);
    case PC_OPTION_OTHER:
    case PC_OPTION_MAYBE: return o->take(o->into, value);
    }
    return false;
}

static bool read_options(struct pc_config *cfg, const struct pc_command_line *line, int argc,
                         char **argv, int *status)
{
    struct tables tables = {0};
    int c;
    make_tables(line, &tables);
    while ((c = getopt_long(argc, argv, tables.letters, tables.longs, NULL)) != -1) {
        const struct pc_option *o = find(line, c);
        if (c == 'h') {
            fputs(line->usage, stdout);
            *status = PC_EXIT_OK;
            return false;
        }
        if (!o || !take(cfg, o, optarg)) {
            fputs(line->usage, stderr);
            return false;
        }
    }
    return true;
}

static bool check(const struct pc_command_line *line, int n, char **words)
{
    if (n > 0 && !line->has_words) {
        fprintf(stderr, "posecraft: unexpected '%s'\n%s", words[0], line->usage);
        return false;
    }
    return !line->check || line->check(line->ctx, n, words);
}

bool pc_options_read(struct pc_config *cfg, const struct pc_command_line *line, int argc,
                     char **argv, int *status)
{
    *status = PC_EXIT_USAGE;
    return pc_settings_load(cfg) && read_options(cfg, line, argc, argv, status) &&
           check(line, argc - optind, argv + optind) && pc_settings_complete(cfg);
}
