/* Errors: a code that decides, a public message that helps, a private detail for the log.
 *
 * Whatever can fail returns enum pc_code and fills a struct pc_err of the caller. PC_OK (0) is the
 * only success. The codes, their HTTP statuses and hints are generated from api/openapi.yaml.
 *
 *     enum pc_code load(const char *name, struct pc_err *err)
 *     {
 *         if (n > max)
 *             return pc_fail(err, PC_E_IMAGE_TOO_LARGE,
 *                            "The image has %lld pixels; the limit is %lld.", n, max);
 *         enum pc_code rc = decode(err);
 *         if (rc)
 *             return pc_err_wrap(err, "reading %s", name); // context for the log, once a layer
 *         return PC_OK;
 *     }
 *
 * Ownership: a struct pc_err owns nothing; it lives on the caller's stack and may be copied.
 * Threads: one pc_err belongs to one thread.
 */
#ifndef PC_BASE_ERR_H
#define PC_BASE_ERR_H

#include <stdarg.h>
#include <stdbool.h>

#include "pc_codes.h" /* generated: enum pc_code, PC_CODE_COUNT */

#define PC_NODISCARD __attribute__((warn_unused_result))
#define PC_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

struct pc_err {
    enum pc_code code;
    char message[256]; /* public: a sentence to act on; without paths, SQL or IP addresses */
    char detail[512];  /* private: for the log, outermost context first */
    const char *file;  /* where the failure was noticed first */
    int line;
};

#define PC_ERR_INIT                                                                                \
    {                                                                                              \
        .code = PC_OK                                                                              \
    }

/* What is known about a code. Never NULL; an unknown code counts as PC_E_INTERNAL. */
struct pc_code_info {
    const char *name;    /* "image_too_large": the stable text in the API */
    int http_status;     /* 413 */
    bool retryable;      /* the same request may succeed later, unchanged */
    const char *message; /* the default public message */
    const char *hint;    /* what the user can do; may be "" */
};
const struct pc_code_info *pc_code_info(enum pc_code code);
static inline const char *pc_code_name(enum pc_code code)
{
    return pc_code_info(code)->name;
}
/* The code of that name, or PC_E_INTERNAL. */
enum pc_code pc_code_by_name(const char *name);

/* Sets code, public message and place, and clears the detail. Returns the code. With fmt NULL the
 * message is the code's default one. err may not be NULL. */
#define pc_fail(err, code, ...) pc_fail_at((err), (code), __FILE__, __LINE__, __VA_ARGS__)
enum pc_code pc_fail_at(struct pc_err *err, enum pc_code code, const char *file, int line,
                        const char *fmt, ...) PC_PRINTF(5, 6);

/* The same with the default message and a private detail: for the error texts of libraries. */
#define pc_fail_detail(err, code, ...)                                                             \
    pc_fail_detail_at((err), (code), __FILE__, __LINE__, __VA_ARGS__)
enum pc_code pc_fail_detail_at(struct pc_err *err, enum pc_code code, const char *file, int line,
                               const char *fmt, ...) PC_PRINTF(5, 6);

/* Both return the code that they are given, which is never PC_OK. clang's analyzer sees one file at
 * a time, so it has to be told that; else it would follow paths on which a failure returns PC_OK. */
#ifdef __clang_analyzer__
static inline enum pc_code pc_err_given(enum pc_code returned, enum pc_code given)
{
    (void)returned;
    return given;
}
#undef pc_fail
#undef pc_fail_detail
#define pc_fail(err, code, ...)                                                                    \
    pc_err_given(pc_fail_at((err), (code), __FILE__, __LINE__, __VA_ARGS__), (code))
#define pc_fail_detail(err, code, ...)                                                             \
    pc_err_given(pc_fail_detail_at((err), (code), __FILE__, __LINE__, __VA_ARGS__), (code))
#endif

/* Puts context before the private detail: "context: detail". Returns err->code. */
enum pc_code pc_err_wrap(struct pc_err *err, const char *fmt, ...) PC_PRINTF(2, 3);

/* Makes it PC_OK again. */
void pc_err_clear(struct pc_err *err);

#endif
