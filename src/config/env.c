/* Settings from the .env file and from the environment.
 *
 * .env has one KEY=VALUE a line. "export " may come before it. A '#' begins a comment at the start
 * of a line or, after white space, behind an unquoted value:
 *
 *     export POSECRAFT_PORT=9000   # a comment
 *     POSECRAFT_DATA='keeps everything as it is: # \n'
 *     POSECRAFT_HOST="knows \n \t \" and \\"
 *
 * Unknown names belong to other programs and are ignored, except for POSECRAFT_*: those are typing
 * mistakes and are reported. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "config/config.h"
#include "config/table.h"

enum { MAX_ENV_FILE = 64 << 10, MAX_NAME = 64 };

struct pair {
    char *name, *value;
};

struct pairs {
    struct pair *p;
    size_t n;
};

static void add_pair(struct pairs *pairs, const char *name, const char *value)
{
    pairs->p = pc_xrealloc(pairs->p, (pairs->n + 1) * sizeof *pairs->p);
    pairs->p[pairs->n++] = (struct pair){pc_xstrdup(name), pc_xstrdup(value)};
}

static void finish_pairs(struct pairs *pairs)
{
    for (size_t i = 0; i < pairs->n; i++) {
        free(pairs->p[i].name);
        free(pairs->p[i].value);
    }
    free(pairs->p);
}

/* Removes the quotes in place. NULL when they are not closed, or other text follows. */
static char *unquote(char *text)
{
    char quote = *text, *out = text, *in = text + 1;
    for (; *in && *in != quote; in++) {
        if (quote == '"' && in[0] == '\\' && in[1])
            in++, *out++ = *in == 'n' ? '\n' : *in == 't' ? '\t' : *in;
        else
            *out++ = *in;
    }
    if (!*in)
        return NULL;
    char *rest = pc_str_trim(in + 1);
    *out = 0;
    return *rest && *rest != '#' ? NULL : text;
}

static char *plain_value(char *text)
{
    for (char *p = text; *p; p++)
        if (*p == '#' && (p == text || isspace((unsigned char)p[-1]))) {
            *p = 0;
            break;
        }
    return pc_str_trim(text);
}

static bool parse_line(char *line, struct pairs *pairs)
{
    line = pc_str_trim(line);
    if (*line == 0 || *line == '#')
        return true;
    if (pc_str_starts(line, "export") && isspace((unsigned char)line[6]))
        line = pc_str_trim(line + 6);
    char *value = strchr(line, '=');
    if (!value)
        return false;
    *value++ = 0;
    char *name = pc_str_trim(line);
    value = pc_str_trim(value);
    value = *value == '"' || *value == '\'' ? unquote(value) : plain_value(value);
    if (!value || !(isalpha((unsigned char)*name) || *name == '_'))
        return false;
    for (const char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && *c != '_' && *c != '.')
            return false;
    add_pair(pairs, name, value);
    return true;
}

static void read_env_file(struct pairs *pairs, struct pc_buf *problems)
{
    struct pc_buf text = PC_BUF_INIT;
    struct pc_err err = PC_ERR_INIT;
    if (access(".env", F_OK) != 0)
        return;
    if (pc_buf_read_file(&text, ".env", MAX_ENV_FILE, &err)) {
        pc_buf_printf(problems, ".env: %s\n", err.message);
    } else if (memchr(pc_buf_text(&text), 0, text.len)) {
        pc_buf_puts(problems, ".env: has a NUL byte\n");
    } else {
        char *rest = text.data;
        int number = 1;
        for (char *line; (line = strsep(&rest, "\n")) != NULL; number++)
            if (!parse_line(line, pairs))
                pc_buf_printf(problems, ".env: line %d is not KEY=VALUE\n", number);
    }
    pc_buf_finish(&text);
}

static void read_environment(struct pairs *pairs)
{
    for (char **e = environ; e && *e; e++) {
        const char *value = strchr(*e, '=');
        if (!value++)
            continue;
        /* Kubernetes sets REDIS_PORT=tcp://10.0.0.11:6379 in every container next to a service
         * "redis", and POSECRAFT_PORT likewise. Nobody set these, so they are ignored. */
        if (pc_str_starts(value, "tcp://") || pc_str_starts(value, "udp://"))
            continue;
        char *name = pc_xstrndup(*e, (size_t)(value - 1 - *e));
        if (pc_setting_by_env(name) || pc_str_starts(name, "POSECRAFT_"))
            add_pair(pairs, name, value);
        free(name);
    }
}

/* The last one of that name, as a shell would read the file. */
static const char *value_of(const struct pairs *pairs, const char *name)
{
    for (size_t i = pairs->n; name && i-- > 0;)
        if (strcmp(pairs->p[i].name, name) == 0)
            return pairs->p[i].value;
    return NULL;
}

static void apply(struct pc_config *cfg, const struct pairs *pairs, const char *source,
                  struct pc_buf *problems)
{
    for (size_t i = 0; i < pc_settings_n; i++) {
        const struct pc_setting *s = &pc_settings[i];
        char why[256];
        const char *name = value_of(pairs, s->env) ? s->env : s->alias;
        const char *value = value_of(pairs, name);
        if (!value)
            continue;
        if (!pc_setting_parse(s, cfg, *value ? value : s->def, why, sizeof why))
            pc_buf_printf(problems, "%s%s: %s\n", name, source, why);
    }
}

/* The Levenshtein distance of two names, which are up to MAX_NAME long. */
static size_t distance(const char *a, const char *b)
{
    size_t row[MAX_NAME + 1], nb = strlen(b);
    if (strlen(a) > MAX_NAME || nb > MAX_NAME)
        return MAX_NAME;
    for (size_t j = 0; j <= nb; j++)
        row[j] = j;
    for (size_t i = 0; a[i]; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < nb; j++) {
            size_t best = diagonal + (a[i] != b[j]);
            diagonal = row[j + 1];
            if (diagonal + 1 < best)
                best = diagonal + 1;
            if (row[j] + 1 < best)
                best = row[j] + 1;
            row[j + 1] = best;
        }
    }
    return row[nb];
}

/* Names that scripts, tests and the page's tools read, or that Kubernetes sets next to a service of
 * our name. */
static bool is_for_others(const char *name)
{
    static const char *const prefixes[] = {
        "POSECRAFT_CACHE",    "POSECRAFT_TEST_",  "POSECRAFT_BENCH_",  "POSECRAFT_BUILD_",
        "POSECRAFT_CHROMIUM", "POSECRAFT_SERVER", "POSECRAFT_PROGRAM", "POSECRAFT_FETCH_TRIES",
        "POSECRAFT_SERVICE_", "POSECRAFT_PORT_",
    };
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (pc_str_starts(name, prefixes[i]))
            return true;
    return false;
}

static void report_unknown(const struct pairs *pairs, const char *source, struct pc_buf *problems)
{
    for (size_t i = 0; i < pairs->n; i++) {
        const char *name = pairs->p[i].name, *nearest = NULL;
        if (!pc_str_starts(name, "POSECRAFT_") || is_for_others(name) || pc_setting_by_env(name))
            continue;
        size_t least = 5; /* a distance of five or more means another word */
        for (size_t k = 0; k < pc_settings_n; k++) {
            size_t d = distance(name, pc_settings[k].env);
            if (d < least) {
                least = d;
                nearest = pc_settings[k].env;
            }
        }
        pc_buf_printf(problems, "%.80s%s: there is no such setting%s%s%s\n", name, source,
                      nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
    }
}

enum pc_code pc_config_load_env(struct pc_config *cfg, struct pc_buf *problems, struct pc_err *err)
{
    struct pairs file = {NULL, 0}, environment = {NULL, 0};
    size_t before = problems->len;
    read_env_file(&file, problems);
    apply(cfg, &file, " (in .env)", problems);
    report_unknown(&file, " (in .env)", problems);
    read_environment(&environment);
    apply(cfg, &environment, "", problems);
    report_unknown(&environment, "", problems);
    finish_pairs(&file);
    finish_pairs(&environment);
    return problems->len == before ? PC_OK : pc_fail(err, PC_E_CONFIG, NULL);
}
