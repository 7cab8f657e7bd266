#include "http/headers.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/percent.h"
#include "base/str.h"

/* Reads the digits at *at, which moves past them. -1: there are none, or too many. */
static int64_t digits(const char **at)
{
    const char *s = *at;
    int64_t v = 0;
    if (!isdigit((unsigned char)*s))
        return -1;
    for (; isdigit((unsigned char)*s); s++) {
        if (v > (INT64_MAX - 9) / 10)
            return -1;
        v = v * 10 + (*s - '0');
    }
    *at = s;
    return v;
}

enum pc_header_range pc_header_parse_range(const char *header, int64_t size, int64_t *from,
                                           int64_t *len)
{
    if (!header || strncasecmp(header, "bytes=", 6) != 0)
        return PC_RANGE_WHOLE;
    const char *at = header + 6;
    if (*at == '-') { /* the last n bytes */
        at++;
        int64_t n = digits(&at);
        if (n < 0 || *at)
            return PC_RANGE_WHOLE;
        if (n == 0 || size == 0)
            return PC_RANGE_NONE;
        *len = n < size ? n : size;
        *from = size - *len;
        return PC_RANGE_PART;
    }
    int64_t first = digits(&at), last = INT64_MAX;
    if (first < 0 || *at++ != '-')
        return PC_RANGE_WHOLE;
    if (*at && (last = digits(&at)) < 0)
        return PC_RANGE_WHOLE;
    if (*at || last < first)
        return PC_RANGE_WHOLE;
    if (first >= size)
        return PC_RANGE_NONE;
    *from = first;
    *len = (last < size - 1 ? last : size - 1) - first + 1;
    return PC_RANGE_PART;
}

/* The next member of a comma list, trimmed, of *len bytes; *at moves past it. NULL at the end. */
static const char *member(const char **at, size_t *len)
{
    const char *s = *at + strspn(*at, ", \t");
    if (!*s)
        return NULL;
    size_t n = strcspn(s, ",");
    *at = s + n;
    while (n && (s[n - 1] == ' ' || s[n - 1] == '\t'))
        n--;
    *len = n;
    return s;
}

bool pc_header_etag_matches(const char *header, const char *tag)
{
    size_t n, want = strlen(tag);
    const char *m;
    while (header && (m = member(&header, &n))) {
        if (n == 1 && *m == '*')
            return true;
        if (n > 2 && strncmp(m, "W/", 2) == 0)
            m += 2, n -= 2;
        if (n == want && memcmp(m, tag, n) == 0)
            return true;
    }
    return false;
}

bool pc_header_accepts_coding(const char *header, const char *coding)
{
    size_t n, want = strlen(coding);
    const char *m;
    while (header && (m = member(&header, &n))) {
        size_t name = strcspn(m, "; \t,");
        if (name != want || strncasecmp(m, coding, want) != 0)
            continue;
        const char *q = memchr(m, '=', n);
        if (!q)
            return true;
        for (q++; q < m + n; q++) /* any digit but 0 is a weight above 0 */
            if (*q >= '1' && *q <= '9')
                return true;
        return false;
    }
    return false;
}

/* The value at at, quotes undone, or up to the next ';' as clients write names with spaces that they
 * should quote. Gives; NULL when a quote is not closed. */
static char *copy_value(const char *at)
{
    struct pc_buf out = PC_BUF_INIT;
    bool quoted = *at == '"';
    for (at += quoted; *at && *at != (quoted ? '"' : ';'); at++) {
        if (quoted && *at == '\\' && (at[1] == '"' || at[1] == '\\'))
            at++;
        pc_buf_putc(&out, *at);
    }
    if (quoted && *at != '"') {
        pc_buf_finish(&out);
        return NULL;
    }
    while (!quoted && out.len && isspace((unsigned char)out.data[out.len - 1]))
        out.data[--out.len] = 0;
    return pc_buf_detach(&out, NULL);
}

/* Past the value at at, to the ';' after it or the end. */
static const char *skip_value(const char *at)
{
    bool quoted = false;
    for (; *at && (quoted || *at != ';'); at++) {
        if (*at == '"')
            quoted = !quoted;
        else if (quoted && *at == '\\' && at[1])
            at++;
    }
    return at;
}

char *pc_header_param(const char *header, const char *name)
{
    size_t n = strlen(name);
    for (const char *at = skip_value(header); *at == ';'; at = skip_value(at)) {
        at++;
        at += strspn(at, " \t");
        if (strncasecmp(at, name, n) != 0)
            continue;
        const char *eq = at + n + strspn(at + n, " \t");
        if (*eq == '=')
            return copy_value(eq + 1 + strspn(eq + 1, " \t"));
    }
    return NULL;
}

static bool is_plain(unsigned char c)
{
    return c >= ' ' && c < 127 && c != '"' && c != '\\' && c != '/' && c != '%';
}

char *pc_header_disposition(const char *name)
{
    struct pc_buf out = PC_BUF_INIT;
    bool same = true;
    pc_buf_puts(&out, "attachment; filename=\"");
    for (const char *s = name; *s; s++) {
        same = same && is_plain((unsigned char)*s);
        pc_buf_putc(&out, is_plain((unsigned char)*s) ? *s : '_');
    }
    pc_buf_putc(&out, '"');
    if (!same && pc_str_is_utf8(name, strlen(name))) {
        pc_buf_puts(&out, "; filename*=UTF-8''");
        char *safe = pc_xstrdup(name);
        for (char *c = safe; *c; c++)
            if ((unsigned char)*c < ' ' || *c == 127 || *c == '/' || *c == '\\')
                *c = '_';
        pc_percent_encode(&out, safe, "!#$&+^`|"); /* RFC 8187, 3.2.1 */
        free(safe);
    }
    return pc_buf_detach(&out, NULL);
}
