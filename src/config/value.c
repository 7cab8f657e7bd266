/* Values of settings: from text to field and back. What is formatted here can be parsed here. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "config/config.h"
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

void pc_setting_format_number(const struct pc_setting *s, double number, char *out, size_t cap)
{
    static const struct {
        const char *suffix;
        int64_t factor;
    } sizes[] = {{"g", 1 << 30}, {"m", 1 << 20}, {"k", 1 << 10}};
    int64_t whole = s->kind == PC_SETTING_FRACTION ? 0 : (int64_t)number, factor = 1;
    const char *suffix = "";
    /* The largest unit in which it is a whole number. */
    for (size_t i = 0; whole && s->kind == PC_SETTING_DURATION && !*suffix; i++)
        if (whole % durations[i].ms == 0) {
            suffix = durations[i].suffix;
            factor = durations[i].ms;
        }
    for (size_t i = 0; whole && s->kind == PC_SETTING_BYTES && !*suffix && i < 3; i++)
        if (whole % sizes[i].factor == 0) {
            suffix = sizes[i].suffix;
            factor = sizes[i].factor;
        }
    if (s->kind == PC_SETTING_FRACTION)
        snprintf(out, cap, "%g", number);
    else
        snprintf(out, cap, "%lld%s", (long long)(whole / factor), suffix);
}

static const char *kind_words(const struct pc_setting *s)
{
    switch (s->kind) {
    case PC_SETTING_BYTES: return "a size such as 512k, 50m or 1g";
    case PC_SETTING_DURATION: return "a time such as 500ms, 30s, 2m or 1h";
    case PC_SETTING_FRACTION: return "a number such as 0.4";
    case PC_SETTING_INTEGER: return "a whole number";
    default: return "text";
    }
}

static bool set_number(const struct pc_setting *s, void *field, const char *value, char *why,
                       size_t cap)
{
    const int64_t limit = INT64_C(1) << 50; /* exact as a double */
    int64_t whole = 0;
    double v = 0;
    char min[32], max[32];
    bool ok = s->kind == PC_SETTING_FRACTION   ? pc_str_to_double(value, -1e9, 1e9, &v)
              : s->kind == PC_SETTING_DURATION ? pc_config_parse_duration(value, &whole)
              : s->kind == PC_SETTING_BYTES    ? pc_str_to_bytes(value, 0, limit, &whole)
                                               : pc_str_to_i64(value, -limit, limit, &whole);
    v = s->kind == PC_SETTING_FRACTION ? v : (double)whole;
    if (!ok) {
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

static bool set_text(const struct pc_setting *s, char **field, const char *value, char *why,
                     size_t cap)
{
    size_t len = strlen(value);
    if (s->kind == PC_SETTING_CHOICE && (strchr(value, ' ') || !has_word(s->choices, value))) {
        snprintf(why, cap, "\"%.60s\" is none of: %s", value, s->choices);
        return false;
    }
    if (s->kind != PC_SETTING_CHOICE && len > (size_t)s->max) {
        snprintf(why, cap, "is longer than %d bytes", (int)s->max);
        return false;
    }
    for (const char *p = value; *p; p++)
        if (iscntrl((unsigned char)*p)) {
            snprintf(why, cap, "has a control character");
            return false;
        }
    if (s->kind == PC_SETTING_URL && *value) {
        const char *host = strstr(value, "://");
        bool http = pc_str_starts(value, "http://") || pc_str_starts(value, "https://");
        if (!http || !host[3] || strpbrk(value, " ?#&\"<>")) {
            char shown[64];
            pc_config_redact(value, shown, sizeof shown);
            snprintf(why, cap, "\"%s\" is not a URL such as https://example.com", shown);
            return false;
        }
    }
    free(*field);
    *field = pc_xstrdup(value);
    while (s->kind == PC_SETTING_URL && len && (*field)[len - 1] == '/')
        (*field)[--len] = 0;
    return true;
}

bool pc_setting_parse(const struct pc_setting *s, struct pc_config *cfg, const char *value,
                      char *why, size_t cap)
{
    void *field = (char *)cfg + s->offset;
    if (pc_setting_is_text(s))
        return set_text(s, field, value, why, cap);
    return set_number(s, field, value, why, cap);
}

void pc_setting_format(const struct pc_setting *s, const struct pc_config *cfg, char *out,
                       size_t cap)
{
    const void *field = (const char *)cfg + s->offset;
    bool text = pc_setting_is_text(s);
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

/* A password may contain an unescaped '/' or '@'. To be safe, everything up to the last '@' is
 * hidden, even if that is more than the password. */
void pc_config_redact(const char *url, char *out, size_t cap)
{
    static const char *const words[] = {"secret", "password", "passwd", "token", "key", "auth"};
    const char *rest = strstr(url, "://");
    rest = rest ? rest + 3 : url;
    const char *at = strrchr(rest, '@');
    const char *host = at ? at : rest;
    const char *query = strchr(host, '?');
    bool hide = false;
    for (size_t i = 0; query && i < sizeof words / sizeof *words; i++)
        hide = hide || strcasestr(query, words[i]);
    int host_len = hide ? (int)(query - host) : (int)strlen(host);
    snprintf(out, cap, "%.*s%s%.*s%s", (int)(rest - url), url, at ? "***" : "", host_len, host,
             hide ? "?***" : "");
}
