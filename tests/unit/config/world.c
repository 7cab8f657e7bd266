#include "world.h"

#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "config/table.h"

static void clear_environment(void)
{
    for (size_t i = 0; i < pc_settings_n; i++) {
        unsetenv(pc_settings[i].env);
        if (pc_settings[i].alias)
            unsetenv(pc_settings[i].alias);
    }
}

int enter(void **state)
{
    struct world *w = pc_xzalloc(sizeof *w);
    clear_environment();
    w->before = getcwd(NULL, 0);
    w->dir = test_mkdir();
    pc_config_init(&w->cfg);
    *state = w;
    return chdir(w->dir);
}

int leave(void **state)
{
    struct world *w = *state;
    clear_environment();
    pc_config_finish(&w->cfg);
    pc_buf_finish(&w->problems);
    int rc = chdir(w->before);
    free(w->before);
    test_rmdir(w->dir);
    free(w);
    return rc;
}

void write_env_file(const char *text)
{
    FILE *out = fopen(".env", "w");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
}

void load_ok(struct world *w)
{
    enum pc_code rc = pc_config_load_env(&w->cfg, &w->problems, &w->err);
    if (rc)
        fail_msg("problems: %s", pc_buf_text(&w->problems));
    assert_string_equal(pc_buf_text(&w->problems), "");
}

void load_bad(struct world *w)
{
    assert_code(pc_config_load_env(&w->cfg, &w->problems, &w->err), PC_E_CONFIG);
    assert_true(w->problems.len > 0);
}

void complete_ok(struct world *w)
{
    assert_ok(pc_config_complete(&w->cfg, &w->problems, &w->err), &w->err);
}

void complete_bad(struct world *w)
{
    assert_code(pc_config_complete(&w->cfg, &w->problems, &w->err), PC_E_CONFIG);
}

void set(struct world *w, const char *name, const char *value)
{
    assert_ok(pc_config_set(&w->cfg, name, value, "test", &w->err), &w->err);
}

static bool has_problem(const struct world *w, const char *line)
{
    const char *at = strstr(pc_buf_text(&w->problems), line);
    return at && (at == w->problems.data || at[-1] == '\n') && at[strlen(line)] == '\n';
}

void assert_problem(const struct world *w, const char *line)
{
    if (!has_problem(w, line))
        fail_msg("no line \"%s\" in:\n%s", line, pc_buf_text(&w->problems));
}
