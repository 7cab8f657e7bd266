/* Prints the table of settings: as lines for `doctor`, and as Markdown for docs/settings.md. */
#include <string.h>

#include "config/config.h"
#include "config/table.h"

enum { MAX_VALUE = 4096, VALUE_WIDTH = 28 };

void pc_config_print(const struct pc_config *cfg, FILE *out)
{
    char value[MAX_VALUE];
    for (size_t i = 0; i < pc_settings_n; i++) {
        const struct pc_setting *s = &pc_settings[i];
        if (s->group)
            fprintf(out, "%s%s\n", i ? "\n" : "", s->group);
        pc_setting_format(s, cfg, value, sizeof value);
        fprintf(out, "  %-30s %-*s (default %s) %s\n", s->env, VALUE_WIDTH, *value ? value : "-",
                *s->def ? s->def : "-", s->meaning);
    }
}

static void print_row(const struct pc_setting *s, FILE *out)
{
    char min[32], max[32];
    fprintf(out, "| `%s`", s->env);
    if (s->alias)
        fprintf(out, ", `%s`", s->alias);
    if (s->option)
        fprintf(out, ", `%s`", s->option);
    fputs(" | ", out);
    if (s->kind == PC_SETTING_CHOICE) {
        fprintf(out, "one of: %s", s->choices);
    } else if (s->kind == PC_SETTING_TEXT) {
        fputs("text", out);
    } else if (s->kind == PC_SETTING_URL) {
        fputs("http or https URL", out);
    } else {
        pc_setting_format_number(s, s->min, min, sizeof min);
        pc_setting_format_number(s, s->max, max, sizeof max);
        fprintf(out, "%s to %s%s%s", min, max, s->unit ? " " : "", s->unit ? s->unit : "");
    }
    if (*s->def)
        fprintf(out, " | `%s` | %s", s->def, s->meaning);
    else
        fprintf(out, " | | %s", s->meaning);
    if (s->off)
        fprintf(out, " Off: %s.", s->off);
    fprintf(out, "%s |\n", s->secrecy == PC_SETTING_SECRET ? " Secret: never printed." : "");
}

void pc_config_print_markdown(FILE *out)
{
    fputs(
        "# Settings\n\n"
        "This file is printed from the table in `src/config/table.c`. A test compares the two and, "
        "with `POSECRAFT_TEST_WRITE_DOCS=1`, writes this file.\n\n"
        "A setting may come from several sources, and the last one wins: the default, a `.env` "
        "file "
        "in the working directory, the environment, the command line. Where a setting has two "
        "variables, the `POSECRAFT_` one wins over the other within the same source. An empty "
        "value "
        "means the default. Wrong values and unknown `POSECRAFT_` names are all reported at once, "
        "and the program does not start.\n\n"
        "Times are written as `500ms`, `30s`, `2m` or `1h` (a bare number is milliseconds), sizes "
        "as "
        "`512k`, `50m` or `1g` (powers of 1024). `posecraft doctor` shows the values in use, with "
        "secrets hidden.\n",
        out);
    for (size_t i = 0; i < pc_settings_n; i++) {
        if (pc_settings[i].group)
            fprintf(out,
                    "\n## %s\n\n| Setting | Takes | Default | Meaning |\n| --- | --- | --- | --- "
                    "|\n",
                    pc_settings[i].group);
        print_row(&pc_settings[i], out);
    }
}
