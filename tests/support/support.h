/* What tests share. Include this instead of cmocka.h: it brings the headers that cmocka wants
 * first. Threads: tests run on one thread unless they make their own. */
#ifndef PC_TESTS_SUPPORT_H
#define PC_TESTS_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

/* Fails the test with the error's own words when a call did not answer PC_OK. */
#define assert_ok(call, err)                                                                       \
    do {                                                                                           \
        enum pc_code assert_ok_rc = (call);                                                        \
        if (assert_ok_rc != PC_OK)                                                                 \
            fail_msg("%s: %s (%s) [%s]", #call, pc_code_name(assert_ok_rc), (err)->message,        \
                     (err)->detail);                                                               \
    } while (0)
#define assert_code(call, wanted)                                                                  \
    do {                                                                                           \
        enum pc_code assert_code_rc = (call);                                                      \
        if (assert_code_rc != (wanted))                                                            \
            fail_msg("%s: %s, not %s", #call, pc_code_name(assert_code_rc), pc_code_name(wanted)); \
    } while (0)

/* Path below the folder of real photos ("photos/a.jpg"), or NULL when that folder is absent: then
 * the caller says skip_because(...). Gives: free(). */
char *test_photo(const char *relative);
/* Path below the source tree ("tests/data/shots"). Gives. */
char *test_source(const char *relative);
/* A fresh empty folder. Gives its path; test_rmdir removes it with all that is in it, and frees it.
 */
char *test_mkdir(void);
void test_rmdir(char *path);

#define skip_because(reason)                                                                       \
    do {                                                                                           \
        print_message("# SKIP %s: %s\n", __func__, (reason));                                      \
        skip();                                                                                    \
    } while (0)

#endif
