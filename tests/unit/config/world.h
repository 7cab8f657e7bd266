/* What the tests of the settings share. Each starts in an empty folder of its own and without any
 * of our variables. */
#ifndef PC_TESTS_CONFIG_WORLD_H
#define PC_TESTS_CONFIG_WORLD_H

#include "base/buf.h"
#include "config/config.h"
#include "support.h"

struct world {
    char *dir, *before;
    struct pc_config cfg;
    struct pc_buf problems;
    struct pc_err err;
};

int enter(void **state);
int leave(void **state);
#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter, leave)

void write_env_file(const char *text);
/* Environment and .env are taken without a problem, or not; what is set fits together, or not. */
void load_ok(struct world *w);
void load_bad(struct world *w);
void complete_ok(struct world *w);
void complete_bad(struct world *w);
/* As an option would. */
void set(struct world *w, const char *name, const char *value);
/* A whole line of the problems. */
void assert_problem(const struct world *w, const char *line);

#endif
