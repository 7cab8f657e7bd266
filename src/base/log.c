#include "base/log.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"

/* Set once at start, before there are other threads. */
static enum pc_log_level min_level = PC_LOG_INFO;
static enum pc_log_format format = PC_LOG_JSON;

static const char *const level_names[] = {"debug", "info", "warn", "error", "off"};

void pc_log_setup(enum pc_log_level level, enum pc_log_format fmt)
{
    min_level = level;
    format = fmt;
}

bool pc_log_level_by_name(const char *name, enum pc_log_level *out)
{
    for (int i = PC_LOG_DEBUG; i <= PC_LOG_OFF; i++) {
        if (pc_str_eq(name, level_names[i])) {
            *out = (enum pc_log_level)i;
            return true;
        }
    }
    return false;
}

/* A JSON string. In text that is not UTF-8, non-ASCII bytes become '?', so that a line is always
 * valid JSON. */
static void put_quoted(struct pc_buf *line, const char *text)
{
    size_t len = strlen(text);
    bool clean = pc_str_is_utf8(text, len);
    pc_buf_putc(line, '"');
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\')
            pc_buf_printf(line, "\\%c", c);
        else if (c < 0x20 || c == 0x7f)
            pc_buf_printf(line, "\\u%04x", c);
        else
            pc_buf_putc(line, (char)(c >= 0x80 && !clean ? '?' : c));
    }
    pc_buf_putc(line, '"');
}

static void put_field(struct pc_buf *line, const struct pc_log_field *f)
{
    pc_buf_printf(line, format == PC_LOG_JSON ? ",\"%s\":" : " %s=", f->key);
    switch (f->kind) {
    case PC_LOG_IS_STR: put_quoted(line, f->str ? f->str : ""); break;
    case PC_LOG_IS_I64: pc_buf_printf(line, "%" PRId64, f->i64); break;
    case PC_LOG_IS_F64: pc_buf_printf(line, "%.6g", isfinite(f->f64) ? f->f64 : 0.0); break;
    }
}

void pc_log_fields(enum pc_log_level level, const struct pc_err *err, const char *message,
                   const struct pc_log_field *fields, int n)
{
    if (level < min_level || level >= PC_LOG_OFF)
        return;
    char now[25];
    pc_clock_iso(pc_clock_wall_ms(), now);
    struct pc_buf line = PC_BUF_INIT;
    if (format == PC_LOG_JSON) {
        pc_buf_printf(&line, "{\"time\":\"%s\",\"level\":\"%s\",\"message\":", now,
                      level_names[level]);
        put_quoted(&line, message);
    } else {
        pc_buf_printf(&line, "%s %-5s %s", now, level_names[level], message);
    }
    for (int i = 0; i < n; i++)
        put_field(&line, &fields[i]);
    if (err) {
        char place[160];
        snprintf(place, sizeof place, "%s:%d", err->file ? err->file : "?", err->line);
        put_field(&line, &PC_LOG_STR("code", pc_code_name(err->code)));
        put_field(&line, &PC_LOG_STR("error", err->message));
        if (err->detail[0])
            put_field(&line, &PC_LOG_STR("detail", err->detail));
        put_field(&line, &PC_LOG_STR("at", place));
    }
    pc_buf_puts(&line, format == PC_LOG_JSON ? "}\n" : "\n");
    if (write(STDERR_FILENO, line.data, line.len) < 0) {
        /* The log cannot be written, and there is no better place to say so. */
    }
    pc_buf_finish(&line);
}
