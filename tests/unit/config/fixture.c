#include "fixture.h"

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
    struct fixture *f = pc_xzalloc(sizeof *f);
    clear_environment();
    f->before = getcwd(NULL, 0);
    f->dir = test_mkdir();
    pc_config_init(&f->cfg);
    *state = f;
    return chdir(f->dir);
}

int leave(void **state)
{
    struct fixture *f = *state;
    clear_environment();
    pc_config_finish(&f->cfg);
    pc_buf_finish(&f->problems);
    int rc = chdir(f->before);
    free(f->before);
    test_rmdir(f->dir);
    free(f);
    return rc;
}

void write_env_file(const char *text)
{
    FILE *out = fopen(".env", "w");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
}

void load_ok(struct fixture *f)
{
    enum pc_code rc = pc_config_load_env(&f->cfg, &f->problems, &f->err);
    if (rc)
        fail_msg("problems: %s", pc_buf_text(&f->problems));
    assert_string_equal(pc_buf_text(&f->problems), "");
}

void load_bad(struct fixture *f)
{
    assert_code(pc_config_load_env(&f->cfg, &f->problems, &f->err), PC_E_CONFIG);
    assert_true(f->problems.len > 0);
}

void complete_ok(struct fixture *f)
{
    assert_ok(pc_config_complete(&f->cfg, &f->problems, &f->err), &f->err);
}

void complete_bad(struct fixture *f)
{
    assert_code(pc_config_complete(&f->cfg, &f->problems, &f->err), PC_E_CONFIG);
}

void set(struct fixture *f, const char *name, const char *value)
{
    assert_ok(pc_config_set(&f->cfg, name, value, "test", &f->err), &f->err);
}

static bool has_problem(const struct fixture *f, const char *line)
{
    const char *at = strstr(pc_buf_text(&f->problems), line);
    return at && (at == f->problems.data || at[-1] == '\n') && at[strlen(line)] == '\n';
}

void assert_problem(const struct fixture *f, const char *line)
{
    if (!has_problem(f, line))
        fail_msg("no line \"%s\" in:\n%s", line, pc_buf_text(&f->problems));
}
