/* Values of settings: text to field and back. What is written here can be read here. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "config/table.h"

static const struct {
    const char *suffix;
    int64_t ms;
} durations[] = {{"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}};

bool pc_config_parse_duration(const char *text, int64_t *out)
{
    char digits[20];
    size_t n = strspn(text, "0123456789");
    if (n == 0 || n >= 13) /* room to multiply */
        return false;
    memcpy(digits, text, n);
    digits[n] = 0;
    int64_t v = strtoll(digits, NULL, 10);
    if (text[n] == 0) {
        *out = v;
        return true;
    }
    for (size_t i = 0; i < sizeof durations / sizeof *durations; i++)
        if (strcmp(text + n, durations[i].suffix) == 0) {
            *out = v * durations[i].ms;
            return true;
        }
    return false;
}

static void format_duration(int64_t ms, char *out, size_t cap)
{
    for (size_t i = 0; i < sizeof durations / sizeof *durations; i++)
        if (ms != 0 && ms % durations[i].ms == 0) {
            snprintf(out, cap, "%lld%s", (long long)(ms / durations[i].ms), durations[i].suffix);
            return;
        }
    snprintf(out, cap, "0");
}

static void format_bytes(int64_t bytes, char *out, size_t cap)
{
    static const char suffixes[] = "gmk";
    for (int i = 0; i < 3; i++) {
        int64_t unit = INT64_C(1) << (30 - 10 * i);
        if (bytes != 0 && bytes % unit == 0) {
            snprintf(out, cap, "%lld%c", (long long)(bytes / unit), suffixes[i]);
            return;
        }
    }
    snprintf(out, cap, "%lld", (long long)bytes);
}

void pc_setting_format_number(const struct pc_setting *s, double number, char *out, size_t cap)
{
    if (s->kind == PC_SETTING_FRACTION)
        snprintf(out, cap, "%g", number);
    else if (s->kind == PC_SETTING_DURATION)
        format_duration((int64_t)number, out, cap);
    else if (s->kind == PC_SETTING_BYTES)
        format_bytes((int64_t)number, out, cap);
    else
        snprintf(out, cap, "%lld", (long long)number);
}

static const char *kind_words(const struct pc_setting *s)
{
    switch (s->kind) {
    case PC_SETTING_BYTES: return "a size such as 512k, 50m or 1g";
    case PC_SETTING_DURATION: return "a time such as 500ms, 30s, 2m or 1h";
    case PC_SETTING_FRACTION: return "a number such as 0.4";
    case PC_SETTING_INTEGER: return "a whole number";
    default: return "a text";
    }
}

/* A number of the row's kind, whatever its bounds. */
static bool parse_number(const struct pc_setting *s, const char *value, double *out)
{
    int64_t v = 0;
    bool ok;
    if (s->kind == PC_SETTING_FRACTION)
        return pc_str_to_double(value, -1e9, 1e9, out);
    if (s->kind == PC_SETTING_DURATION)
        ok = pc_config_parse_duration(value, &v);
    else if (s->kind == PC_SETTING_BYTES)
        ok = pc_str_to_bytes(value, 0, INT64_C(1) << 50, &v);
    else
        ok = pc_str_to_i64(value, -(INT64_C(1) << 50), INT64_C(1) << 50, &v);
    *out = (double)v; /* exact: below 2^53 */
    return ok;
}

static bool set_number(const struct pc_setting *s, void *field, const char *value, char *why,
                       size_t cap)
{
    double v;
    char min[32], max[32];
    if (!parse_number(s, value, &v)) {
        snprintf(why, cap, "\"%.60s\" is not %s", value, kind_words(s));
        return false;
    }
    if (v < s->min || v > s->max) {
        pc_setting_format_number(s, s->min, min, sizeof min);
        pc_setting_format_number(s, s->max, max, sizeof max);
        snprintf(why, cap, "%.60s is outside %s..%s", value, min, max);
        return false;
    }
    if (s->kind == PC_SETTING_FRACTION)
        *(double *)field = v;
    else
        *(int64_t *)field = (int64_t)v;
    return true;
}

static bool has_word(const char *words, const char *word)
{
    size_t len = strlen(word);
    for (const char *p = words; len && (p = strstr(p, word)) != NULL; p += len)
        if ((p == words || p[-1] == ' ') && (p[len] == ' ' || p[len] == 0))
            return true;
    return false;
}

static bool is_http_url(const char *value)
{
    const char *host = strstr(value, "://");
    return (pc_str_starts(value, "http://") || pc_str_starts(value, "https://")) && host[3] != 0 &&
           !strpbrk(value, " ?#&\"<>");
}

static bool check_text(const struct pc_setting *s, const char *value, char *why, size_t cap)
{
    if (s->kind == PC_SETTING_CHOICE) {
        if (has_word(s->choices, value) && !strchr(value, ' '))
            return true;
        snprintf(why, cap, "\"%.60s\" is none of: %s", value, s->choices);
        return false;
    }
    if (strlen(value) > (size_t)s->max) {
        snprintf(why, cap, "is longer than %d bytes", (int)s->max);
        return false;
    }
    for (const char *p = value; *p; p++)
        if (iscntrl((unsigned char)*p)) {
            snprintf(why, cap, "has a control character");
            return false;
        }
    if (s->kind == PC_SETTING_URL && *value && !is_http_url(value)) {
        char shown[64];
        pc_config_redact(value, shown, sizeof shown);
        snprintf(why, cap, "\"%s\" is no address such as https://example.com", shown);
        return false;
    }
    return true;
}

static bool set_text(const struct pc_setting *s, char **field, const char *value, char *why,
                     size_t cap)
{
    if (!check_text(s, value, why, cap))
        return false;
    free(*field);
    *field = pc_xstrdup(value);
    size_t len = strlen(value);
    while (s->kind == PC_SETTING_URL && len && (*field)[len - 1] == '/')
        (*field)[--len] = 0;
    return true;
}

bool pc_setting_parse(const struct pc_setting *s, struct pc_config *cfg, const char *value,
                      char *why, size_t cap)
{
    void *field = (char *)cfg + s->at;
    if (s->kind == PC_SETTING_TEXT || s->kind == PC_SETTING_CHOICE || s->kind == PC_SETTING_URL)
        return set_text(s, field, value, why, cap);
    return set_number(s, field, value, why, cap);
}

void pc_setting_format(const struct pc_setting *s, const struct pc_config *cfg, char *out,
                       size_t cap)
{
    const void *field = (const char *)cfg + s->at;
    bool text =
        s->kind == PC_SETTING_TEXT || s->kind == PC_SETTING_CHOICE || s->kind == PC_SETTING_URL;
    const char *value = text ? *(char *const *)field : NULL;
    if (text && s->secrecy == PC_SETTING_SECRET)
        snprintf(out, cap, "%s", *value ? "***" : "");
    else if (text && (s->secrecy == PC_SETTING_REDACTED || s->kind == PC_SETTING_URL))
        pc_config_redact(value, out, cap);
    else if (text)
        snprintf(out, cap, "%s", value);
    else
        pc_setting_format_number(s,
                                 s->kind == PC_SETTING_FRACTION ? *(const double *)field
                                                                : (double)*(const int64_t *)field,
                                 out, cap);
}

static bool query_looks_secret(const char *query)
{
    static const char *const words[] = {"secret", "password", "passwd", "token", "key", "auth"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasestr(query, words[i]))
            return true;
    return false;
}

/* Rather too much than too little: a password may hold an unescaped '/' or '@', so everything up to
 * the last '@' goes. */
void pc_config_redact(const char *url, char *out, size_t cap)
{
    const char *rest = strstr(url, "://");
    rest = rest ? rest + 3 : url;
    const char *at = strrchr(rest, '@');
    const char *host = at ? at : rest;
    const char *query = strchr(host, '?');
    bool hide = query && query_looks_secret(query);
    int host_len = hide ? (int)(query - host) : (int)strlen(host);
    snprintf(out, cap, "%.*s%s%.*s%s", (int)(rest - url), url, at ? "***" : "", host_len, host,
             hide ? "?***" : "");
}
