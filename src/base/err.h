/* Errors: a code that decides, a public sentence that helps, a private detail that goes to the log.
 *
 * Whatever can fail returns enum pc_code and fills a caller-owned struct pc_err. PC_OK (0) is the
 * only success. Codes, their HTTP status and hints come from api/openapi.yaml (generated
 * pc_codes.h).
 *
 *     enum pc_code f(..., struct pc_err *err)
 *     {
 *         if (too_big)
 *             return pc_fail(err, PC_E_IMAGE_TOO_LARGE, "The picture has %lld pixels; the limit is
 * %lld.", n, max); enum pc_code rc = g(err); if (rc) return pc_err_wrap(err, "reading %s", name);
 * // context for the log, once a layer return PC_OK;
 *     }
 *
 * Ownership: a struct pc_err owns nothing; it lives on the caller's stack and may be copied.
 * Threads: one pc_err belongs to one thread.
 */
#ifndef PC_BASE_ERR_H
#define PC_BASE_ERR_H

#include <stdarg.h>

#include "pc_codes.h" /* generated: enum pc_code, PC_CODE_COUNT */

#define PC_NODISCARD __attribute__((warn_unused_result))
#define PC_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

struct pc_err {
    enum pc_code code;
    char message[256]; /* public: one sentence a user can act on; never paths, SQL or addresses */
    char detail[512];  /* private: for the log, outermost context first */
    const char *file;  /* where the failure was first seen */
    int line;
};

#define PC_ERR_INIT                                                                                \
    {                                                                                              \
        .code = PC_OK                                                                              \
    }

/* What the generated table knows of a code. Never NULL; an unknown code answers as PC_E_INTERNAL.
 */
struct pc_code_info {
    const char *name;    /* "image_too_large": the stable text in the API */
    int http_status;     /* 413 */
    int retryable;       /* 1: the same request may succeed later without a change */
    const char *message; /* default public sentence */
    const char *hint;    /* what the user can do; may be "" */
};
const struct pc_code_info *pc_code_info(enum pc_code code);
static inline const char *pc_code_name(enum pc_code code)
{
    return pc_code_info(code)->name;
}
/* The code of that name, or PC_E_INTERNAL. */
enum pc_code pc_code_by_name(const char *name);

/* Sets code, public message and place; clears the detail. Returns the code. err may not be NULL.
 * A NULL fmt takes the code's default sentence. */
#define pc_fail(err, code, ...) pc_fail_at((err), (code), __FILE__, __LINE__, __VA_ARGS__)
enum pc_code pc_fail_at(struct pc_err *err, enum pc_code code, const char *file, int line,
                        const char *fmt, ...) PC_PRINTF(5, 6);

/* Same with the default public sentence and a private detail: for libraries' own error texts. */
#define pc_fail_detail(err, code, ...)                                                             \
    pc_fail_detail_at((err), (code), __FILE__, __LINE__, __VA_ARGS__)
enum pc_code pc_fail_detail_at(struct pc_err *err, enum pc_code code, const char *file, int line,
                               const char *fmt, ...) PC_PRINTF(5, 6);

/* Both answer the code that they are given, which is never PC_OK. clang's analyzer sees one file at
 * a time and has to be told, or it warns of what would follow a failure that answers PC_OK. */
#ifdef __clang_analyzer__
static inline enum pc_code pc_err_given(enum pc_code answered, enum pc_code given)
{
    (void)answered;
    return given;
}
#undef pc_fail
#undef pc_fail_detail
#define pc_fail(err, code, ...)                                                                    \
    pc_err_given(pc_fail_at((err), (code), __FILE__, __LINE__, __VA_ARGS__), (code))
#define pc_fail_detail(err, code, ...)                                                             \
    pc_err_given(pc_fail_detail_at((err), (code), __FILE__, __LINE__, __VA_ARGS__), (code))
#endif

/* Puts context before the private detail ("ctx: old detail"). Returns err->code. */
enum pc_code pc_err_wrap(struct pc_err *err, const char *fmt, ...) PC_PRINTF(2, 3);

/* Back to PC_OK. */
void pc_err_clear(struct pc_err *err);

#endif
