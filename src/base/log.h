/* The log: one JSON object, or one line of text for people, per event, on standard error.
 *
 *     pc_log(PC_LOG_INFO, "image processed", PC_LOG_I64("id", id), PC_LOG_I64("ms", ms));
 *     pc_log_err(PC_LOG_WARN, "fetch failed", &err, PC_LOG_STR("url", url));
 *
 * Secrets must not get here: callers redact URLs first (pc_config_redact).
 * Threads: safe; a line is one write(2). Level and format are set once at start.
 */
#ifndef PC_BASE_LOG_H
#define PC_BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum pc_log_level { PC_LOG_DEBUG, PC_LOG_INFO, PC_LOG_WARN, PC_LOG_ERROR, PC_LOG_OFF };
enum pc_log_format { PC_LOG_JSON, PC_LOG_TEXT };

struct pc_log_field {
    const char *key;
    enum { PC_LOG_IS_STR, PC_LOG_IS_I64, PC_LOG_IS_F64 } kind;
    const char *str;
    int64_t i64;
    double f64;
};
#define PC_LOG_STR(k, v) ((struct pc_log_field){.key = (k), .kind = PC_LOG_IS_STR, .str = (v)})
#define PC_LOG_I64(k, v) ((struct pc_log_field){.key = (k), .kind = PC_LOG_IS_I64, .i64 = (v)})
#define PC_LOG_F64(k, v) ((struct pc_log_field){.key = (k), .kind = PC_LOG_IS_F64, .f64 = (v)})

void pc_log_setup(enum pc_log_level level, enum pc_log_format fmt);
bool pc_log_level_by_name(const char *name, enum pc_log_level *out);

/* With err its code, message, detail and place are added; it may be NULL. */
void pc_log_fields(enum pc_log_level level, const struct pc_err *err, const char *message,
                   const struct pc_log_field *fields, int n);

/* pc_log(level, "message") or pc_log(level, "message", PC_LOG_I64("id", 7), ...) */
#define PC_LOG_LIST(...) ((const struct pc_log_field[]){{.key = NULL}, ##__VA_ARGS__})
#define PC_LOG_LEN(...) ((int)(sizeof(PC_LOG_LIST(__VA_ARGS__)) / sizeof(struct pc_log_field)) - 1)
#define pc_log(level, message, ...)                                                                \
    pc_log_fields((level), NULL, (message), PC_LOG_LIST(__VA_ARGS__) + 1, PC_LOG_LEN(__VA_ARGS__))
#define pc_log_err(level, message, err, ...)                                                       \
    pc_log_fields((level), (err), (message), PC_LOG_LIST(__VA_ARGS__) + 1, PC_LOG_LEN(__VA_ARGS__))

#endif
