#include "recipes/locate.h"

#include <stdlib.h>
#include <string.h>

struct scan {
    const char *at, *end;
};

static int now(const struct scan *s)
{
    return s->at < s->end ? *s->at : 0;
}

static void skip_space(struct scan *s)
{
    while (now(s) && strchr(" \t\r\n", now(s)))
        s->at++;
}

static void skip_string(struct scan *s)
{
    for (s->at++; now(s) && now(s) != '"'; s->at++)
        if (now(s) == '\\' && s->at + 1 < s->end)
            s->at++;
    if (now(s))
        s->at++;
}

/* Without recursion: a text may be nested deeply. */
static void skip_value(struct scan *s)
{
    int depth = 0;
    do {
        int c = now(s);
        if (c == '"') {
            skip_string(s);
        } else if (c == '{' || c == '[') {
            depth++;
            s->at++;
        } else if (c == '}' || c == ']') {
            depth--;
            s->at++;
        } else if (depth == 0) { /* a number, true, false or null */
            while (now(s) && !strchr(" \t\r\n,]}", now(s)))
                s->at++;
        } else {
            s->at++;
        }
    } while (depth > 0 && now(s));
}

static void skip_comma(struct scan *s)
{
    skip_space(s);
    if (now(s) == ',')
        s->at++;
    skip_space(s);
}

/* From '{' to the value of the member; *mark at its key. */
static int enter_member(struct scan *s, const char *key, size_t len, const char **mark)
{
    s->at++;
    skip_space(s);
    while (now(s) == '"') {
        const char *name = s->at;
        skip_string(s);
        size_t name_len = (size_t)(s->at - name) - 2;
        skip_space(s);
        s->at += now(s) == ':';
        skip_space(s);
        if (name_len == len && memcmp(name + 1, key, len) == 0) {
            *mark = name;
            return 1;
        }
        skip_value(s);
        skip_comma(s);
    }
    return 0;
}

/* From '[' to the i-th value; *mark there. */
static int enter_element(struct scan *s, long i, const char **mark)
{
    s->at++;
    skip_space(s);
    for (; i > 0 && now(s) && now(s) != ']'; i--) {
        skip_value(s);
        skip_comma(s);
    }
    if (!now(s) || now(s) == ']')
        return 0;
    *mark = s->at;
    return 1;
}

static void count(const char *text, const char *mark, int *line, int *column)
{
    *line = *column = 1;
    for (const char *c = text; c < mark; c++) {
        if (*c == '\n') {
            (*line)++;
            *column = 1;
        } else if ((*c & 0xC0) != 0x80) { /* the first byte of a character */
            (*column)++;
        }
    }
}

void pc_locate_value(const char *text, size_t len, const char *path, int *line, int *column)
{
    static const char root[] = "recipes";
    struct scan s = {text, text + len};
    skip_space(&s);
    const char *mark = s.at;
    if (now(&s) == '[' && strncmp(path, root, sizeof root - 1) == 0)
        path += sizeof root - 1;
    for (int found = 1; *path && found;) {
        if (*path == '[') {
            char *end;
            long i = strtol(path + 1, &end, 10);
            found = now(&s) == '[' && *end == ']' && enter_element(&s, i, &mark);
            path = *end ? end + 1 : end;
        } else {
            path += *path == '.';
            size_t n = strcspn(path, ".[");
            found = now(&s) == '{' && enter_member(&s, path, n, &mark);
            path += n;
        }
    }
    count(text, mark, line, column);
}
