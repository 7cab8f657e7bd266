#include "base/err.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

static const struct pc_code_info codes[PC_CODE_COUNT] = {
    [PC_OK] = {"ok", 200, 0, "", ""},
#include "pc_codes.inc"
};

const struct pc_code_info *pc_code_info(enum pc_code code)
{
    if ((unsigned)code >= PC_CODE_COUNT)
        code = PC_E_INTERNAL;
    return &codes[code];
}

enum pc_code pc_code_by_name(const char *name)
{
    for (int i = 0; i < PC_CODE_COUNT; i++)
        if (name && strcmp(codes[i].name, name) == 0)
            return (enum pc_code)i;
    return PC_E_INTERNAL;
}

static void set_place(struct pc_err *err, enum pc_code code, const char *file, int line)
{
    err->code = code;
    err->file = file;
    err->line = line;
    err->detail[0] = 0;
    snprintf(err->message, sizeof err->message, "%s", pc_code_info(code)->message);
}

enum pc_code pc_fail_at(struct pc_err *err, enum pc_code code, const char *file, int line,
                        const char *fmt, ...)
{
    set_place(err, code, file, line);
    if (fmt) {
        va_list args;
        va_start(args, fmt);
        vsnprintf(err->message, sizeof err->message, fmt, args);
        va_end(args);
        pc_str_drop_partial_utf8(err->message); /* records and JSON need complete UTF-8 */
    }
    return code;
}

enum pc_code pc_fail_detail_at(struct pc_err *err, enum pc_code code, const char *file, int line,
                               const char *fmt, ...)
{
    set_place(err, code, file, line);
    va_list args;
    va_start(args, fmt);
    vsnprintf(err->detail, sizeof err->detail, fmt, args);
    va_end(args);
    return code;
}

enum pc_code pc_err_wrap(struct pc_err *err, const char *fmt, ...)
{
    char context[sizeof err->detail];
    va_list args;
    va_start(args, fmt);
    int used = vsnprintf(context, sizeof context, fmt, args);
    va_end(args);
    if (err->detail[0] && used >= 0 && (size_t)used < sizeof context - 3)
        snprintf(context + used, sizeof context - (size_t)used, ": %s", err->detail);
    memcpy(err->detail, context, sizeof context);
    return err->code;
}

void pc_err_clear(struct pc_err *err)
{
    *err = (struct pc_err)PC_ERR_INIT;
}
