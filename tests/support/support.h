/* What all tests share. Include this instead of cmocka.h, because it also includes the headers that
 * cmocka.h needs. Threads: tests run on one thread unless they make their own. */
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

/* Fails the test with the message of the error unless the call returns PC_OK. */
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

/* Path of a real photo ("photos/a.jpg"), or NULL if the folder of photos is not available; the test
 * then calls skip_because. Gives. */
char *test_photo(const char *relative);
/* Path below the source tree ("tests/data/shots"). Gives. */
char *test_source(const char *relative);
/* Makes an empty folder and gives its path. test_rmdir removes it with its content and frees the
 * path. */
char *test_mkdir(void);
void test_rmdir(char *path);

#define skip_because(reason)                                                                       \
    do {                                                                                           \
        print_message("# SKIP %s: %s\n", __func__, (reason));                                      \
        skip();                                                                                    \
    } while (0)

#endif
