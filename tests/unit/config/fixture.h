/* What the tests of the settings share. Each starts in an empty folder of its own and without any
 * of our variables in the environment. */
#ifndef PC_TESTS_CONFIG_FIXTURE_H
#define PC_TESTS_CONFIG_FIXTURE_H

#include "base/buf.h"
#include "config/config.h"
#include "support.h"

struct fixture {
    char *dir, *before;
    struct pc_config cfg;
    struct pc_buf problems;
    struct pc_err err;
};

int enter(void **state);
int leave(void **state);
#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter, leave)

void write_env_file(const char *text);
/* load: the environment and .env are read with no problem, or with some. complete: the settings fit
 * together, or not. */
void load_ok(struct fixture *f);
void load_bad(struct fixture *f);
void complete_ok(struct fixture *f);
void complete_bad(struct fixture *f);
/* As a command-line option would. */
void set(struct fixture *f, const char *name, const char *value);
/* Is this a whole line of the problems? */
void assert_problem(const struct fixture *f, const char *line);

#endif
