/* The table of settings, and where their values come from. */
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "config/table.h"
#include "fixture.h"

static bool is_number(const struct pc_setting *s)
{
    return s->kind == PC_SETTING_INTEGER || s->kind == PC_SETTING_BYTES ||
           s->kind == PC_SETTING_DURATION || s->kind == PC_SETTING_FRACTION;
}

static void the_table_is_sound(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < pc_settings_n; i++) {
        const struct pc_setting *s = &pc_settings[i];
        char value[4096];
        assert_ptr_equal(pc_setting_by_name(s->name), s);
        assert_ptr_equal(pc_setting_by_env(s->env), s);
        if (s->alias)
            assert_ptr_equal(pc_setting_by_env(s->alias), s);
        assert_true(strlen(s->meaning) > 10);
        assert_true(i > 0 || s->group);
        assert_true(is_number(s)                   ? s->min < s->max
                    : s->kind == PC_SETTING_CHOICE ? s->choices != NULL
                                                   : s->max > 0);
        for (size_t j = 0; j < i; j++)
            assert_int_not_equal(pc_settings[j].offset, s->offset);
        pc_setting_format(s, &f->cfg, value, sizeof value);
        assert_string_equal(value, s->def); /* a default is written as it is printed */
    }
}

static void defaults_are_those_of_the_documents(void **state)
{
    struct fixture *f = *state;
    load_ok(f);
    assert_string_equal(f->cfg.host, "127.0.0.1");
    assert_int_equal(f->cfg.port, 8080);
    assert_int_equal(f->cfg.workers, -1);
    assert_int_equal(f->cfg.max_pixels, 50000000);
    assert_int_equal(f->cfg.max_upload_bytes, 50 << 20);
    assert_int_equal(f->cfg.fetch_redirects, 10);
    assert_true(f->cfg.person_sure == 0.4 && f->cfg.person_maybe == 0.25);
    assert_string_equal(f->cfg.fetch_allow, "");
}

/* For every number in the table: both bounds are accepted, and one step outside is not. */
static void every_bound_holds(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < pc_settings_n; i++) {
        const struct pc_setting *s = &pc_settings[i];
        if (!is_number(s))
            continue;
        double step = s->kind == PC_SETTING_FRACTION ? 0.001 : 1;
        const struct {
            double value;
            bool ok;
        } tries[] = {
            {s->min, true}, {s->max, true}, {s->min - step, false}, {s->max + step, false}};
        for (int t = 0; t < 4; t++) {
            char text[64], why[256];
            snprintf(text, sizeof text, "%.*f", s->kind == PC_SETTING_FRACTION ? 3 : 0,
                     tries[t].value);
            if (pc_setting_parse(s, &f->cfg, text, why, sizeof why) != tries[t].ok)
                fail_msg("%s=%s should %sbe taken", s->env, text, tries[t].ok ? "" : "not ");
            bool negative = tries[t].value < 0 &&
                            (s->kind == PC_SETTING_BYTES || s->kind == PC_SETTING_DURATION);
            if (!tries[t].ok && !negative)
                assert_non_null(strstr(why, " is outside "));
        }
    }
}

static void numbers_that_are_none_are_refused(void **state)
{
    struct fixture *f = *state;
    static const char *const bad[] = {"x",
                                      "1x",
                                      " ",
                                      "1 2",
                                      "0x10",
                                      "1e3000",
                                      "--1",
                                      "nan",
                                      "1,5",
                                      "+",
                                      "99999999999999999999",
                                      "inf",
                                      "ms",
                                      "5 min",
                                      "1d",
                                      "-",
                                      "1.2.3"};
    for (size_t i = 0; i < pc_settings_n; i++)
        for (size_t b = 0; is_number(&pc_settings[i]) && b < sizeof bad / sizeof *bad; b++) {
            char why[256];
            if (pc_setting_parse(&pc_settings[i], &f->cfg, bad[b], why, sizeof why))
                fail_msg("%s=%s was taken", pc_settings[i].env, bad[b]);
        }
}

static void units(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *text;
        int64_t ms;
    } times[] = {{"1500", 1500}, {"1500ms", 1500}, {"90s", 90000}, {"2m", 120000}, {"1h", 3600000}};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        set(f, "lease", times[i].text);
        assert_int_equal(f->cfg.lease_ms, times[i].ms);
    }
    set(f, "max_upload", "1g");
    assert_int_equal(f->cfg.max_upload_bytes, 1 << 30);
    set(f, "person_sure", "0.5");
    assert_true(f->cfg.person_sure == 0.5);
}

static void later_sources_win(void **state)
{
    struct fixture *f = *state;
    write_env_file("PORT=1001\nPOSECRAFT_PORT=1002\nPOSECRAFT_DATA=from-file\nREDIS_HOST=r\n");
    load_ok(f);
    assert_int_equal(f->cfg.port, 1002); /* our own name before the old one */
    assert_string_equal(f->cfg.data_dir, "from-file");
    setenv("PORT", "1003", 1);
    load_ok(f);
    assert_int_equal(f->cfg.port, 1003); /* the environment before the file */
    setenv("POSECRAFT_PORT", "1004", 1);
    load_ok(f);
    assert_int_equal(f->cfg.port, 1004);
    set(f, "port", "0");
    assert_int_equal(f->cfg.port, 0);
    assert_string_equal(f->cfg.data_dir, "from-file");
}

static void empty_means_default(void **state)
{
    struct fixture *f = *state;
    write_env_file("POSECRAFT_PORT=9000\nPOSECRAFT_HOST=0.0.0.0\n");
    setenv("POSECRAFT_PORT", "", 1);
    setenv("POSECRAFT_HOST", "", 1);
    load_ok(f);
    assert_int_equal(f->cfg.port, 8080);
    assert_string_equal(f->cfg.host, "127.0.0.1");
}

static void all_problems_are_reported_at_once(void **state)
{
    struct fixture *f = *state;
    write_env_file("POSECRAFT_LEASE=soon\nthis is no line\nPOSECRAFT_HSOT=x\n");
    setenv("POSECRAFT_PORT", "99999", 1);
    setenv("POSECRAFT_LOG_LEVEL", "loud", 1);
    setenv("POSECRAFT_PERSON_SURE", "1.5", 1);
    setenv("POSECRAFT_MAX_UPLOAD", "50x", 1);
    setenv("POSECRAFT_PUBLIC_URL", "shots.example.com", 1);
    setenv("POSECRAFT_WORKRES", "4", 1);
    setenv("POSECRAFT_SOMETHING_ELSE_ALTOGETHER", "4", 1);
    setenv("POSECRAFT_DATA", "kept", 1);
    load_bad(f);
    assert_problem(f, "POSECRAFT_LEASE (in .env): \"soon\" is not a time such as 500ms, 30s, 2m or "
                      "1h");
    assert_problem(f, ".env: line 2 is not KEY=VALUE");
    assert_problem(f, "POSECRAFT_HSOT (in .env): there is no such setting; did you mean "
                      "POSECRAFT_HOST?");
    assert_problem(f, "POSECRAFT_PORT: 99999 is outside 0..65535");
    assert_problem(f, "POSECRAFT_LOG_LEVEL: \"loud\" is none of: debug info warn error off");
    assert_problem(f, "POSECRAFT_PERSON_SURE: 1.5 is outside 0..1");
    assert_problem(f, "POSECRAFT_MAX_UPLOAD: \"50x\" is not a size such as 512k, 50m or 1g");
    assert_problem(f, "POSECRAFT_PUBLIC_URL: \"shots.example.com\" is not a URL such as "
                      "https://example.com");
    assert_problem(f, "POSECRAFT_WORKRES: there is no such setting; did you mean "
                      "POSECRAFT_WORKERS?");
    assert_problem(f, "POSECRAFT_SOMETHING_ELSE_ALTOGETHER: there is no such setting");
    assert_string_equal(f->cfg.data_dir, "kept");
    assert_int_equal(f->cfg.port, 8080);
    unsetenv("POSECRAFT_WORKRES");
    unsetenv("POSECRAFT_SOMETHING_ELSE_ALTOGETHER");
}

static void names_of_scripts_and_tests_are_no_problem(void **state)
{
    struct fixture *f = *state;
    static const char *const names[] = {"POSECRAFT_CACHE", "POSECRAFT_TEST_X", "POSECRAFT_BENCH_N",
                                        "POSECRAFT_SHARE"};
    for (size_t i = 0; i < 4; i++)
        setenv(names[i], "x", 1);
    load_ok(f);
    for (size_t i = 0; i < 3; i++)
        unsetenv(names[i]);
    assert_string_equal(f->cfg.share_dir, "x");
}

static void kubernetes_links_are_no_settings(void **state)
{
    struct fixture *f = *state;
    setenv("POSECRAFT_PORT", "tcp://10.0.0.11:8080", 1);
    setenv("REDIS_PORT", "tcp://10.0.0.12:6379", 1);
    setenv("POSECRAFT_SERVICE_HOST", "10.0.0.11", 1);
    setenv("POSECRAFT_PORT_8080_TCP_ADDR", "10.0.0.11", 1);
    load_ok(f);
    assert_int_equal(f->cfg.port, 8080);
    assert_int_equal(f->cfg.redis_port, 6379);
    unsetenv("POSECRAFT_SERVICE_HOST");
    unsetenv("POSECRAFT_PORT_8080_TCP_ADDR");
}

static void an_env_file_has_quotes_and_comments(void **state)
{
    struct fixture *f = *state;
    write_env_file("# comment\n"
                   "\n"
                   "  export POSECRAFT_HOST = 0.0.0.0   # all of them\r\n"
                   "POSECRAFT_DATA=\"/srv/my \\\"data\\\"\" # quoted\n"
                   "POSECRAFT_RECORDS='sqlite:/a#b \\n'\n"
                   "POSECRAFT_QUEUE=redis://h:1/#frag\n"
                   "OTHER_PROGRAM=\n"
                   "other.name=1\n"
                   "exported=1\n"
                   "POSECRAFT_PORT=1\n"
                   "POSECRAFT_PORT=2");
    load_ok(f);
    assert_string_equal(f->cfg.host, "0.0.0.0");
    assert_string_equal(f->cfg.data_dir, "/srv/my \"data\"");
    assert_string_equal(f->cfg.records, "sqlite:/a#b \\n");
    assert_string_equal(f->cfg.queue, "redis://h:1/#frag");
    assert_int_equal(f->cfg.port, 2); /* the last one, as in a shell */
}

static void bad_env_files(void **state)
{
    struct fixture *f = *state;
    static const char *const lines[] = {"=x",      "A B=x",     "A='x",      "A=\"x\\\"",
                                        "A='x' y", "export",    "1A=x",      "A-B=x",
                                        "novalue", "export =x", "\xff\xfe=", "A=\"x\"tail"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char text[64];
        snprintf(text, sizeof text, "POSECRAFT_PORT=1\n%s\n", lines[i]);
        write_env_file(text);
        pc_buf_clear(&f->problems);
        load_bad(f);
        assert_problem(f, ".env: line 2 is not KEY=VALUE");
    }
    unlink(".env");
    assert_int_equal(symlink(".", ".env"), 0); /* a folder */
    pc_buf_clear(&f->problems);
    load_bad(f);
    unlink(".env");
    FILE *out = fopen(".env", "w");
    for (int i = 0; i < 70000; i++)
        fputc('#', out);
    fclose(out);
    pc_buf_clear(&f->problems);
    load_bad(f);
    out = fopen(".env", "w");
    fwrite("A=b\0c\n", 1, 6, out);
    fclose(out);
    pc_buf_clear(&f->problems);
    load_bad(f);
    write_env_file("");
    pc_buf_clear(&f->problems);
    load_ok(f);
}

static void options_are_named_in_messages(void **state)
{
    struct fixture *f = *state;
    assert_code(pc_config_set(&f->cfg, "port", "x", "--port", &f->err), PC_E_CONFIG);
    assert_string_equal(f->err.message, "--port: \"x\" is not a whole number");
    assert_code(pc_config_set(&f->cfg, "colour", "x", "--colour", &f->err), PC_E_CONFIG);
    assert_non_null(strstr(f->err.message, "colour"));
    char *longer = pc_xzalloc(5000);
    memset(longer, 'a', 4999);
    assert_code(pc_config_set(&f->cfg, "data", longer, "--data", &f->err), PC_E_CONFIG);
    free(longer);
    assert_code(pc_config_set(&f->cfg, "data", "a\nb", "--data", &f->err), PC_E_CONFIG);
    assert_string_equal(f->cfg.data_dir, "data");
}

static void the_document_is_what_the_table_says(void **state)
{
    (void)state;
    char *path = test_source("docs/settings.md");
    char *text;
    size_t len;
    FILE *printed = open_memstream(&text, &len);
    pc_config_print_markdown(printed);
    fclose(printed);
    struct pc_buf file = PC_BUF_INIT;
    struct pc_err err = PC_ERR_INIT;
    if (getenv("POSECRAFT_TEST_WRITE_DOCS")) { /* how the document is made */
        FILE *out = fopen(path, "w");
        assert_non_null(out);
        fputs(text, out);
        fclose(out);
    }
    assert_ok(pc_buf_read_file(&file, path, 1 << 20, &err), &err);
    if (strcmp(pc_buf_text(&file), text) != 0)
        fail_msg("docs/settings.md is old: run this test with POSECRAFT_TEST_WRITE_DOCS=1");
    pc_buf_finish(&file);
    free(text);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(the_table_is_sound),
        IN_A_FOLDER(defaults_are_those_of_the_documents),
        IN_A_FOLDER(every_bound_holds),
        IN_A_FOLDER(numbers_that_are_none_are_refused),
        IN_A_FOLDER(units),
        IN_A_FOLDER(later_sources_win),
        IN_A_FOLDER(empty_means_default),
        IN_A_FOLDER(all_problems_are_reported_at_once),
        IN_A_FOLDER(names_of_scripts_and_tests_are_no_problem),
        IN_A_FOLDER(kubernetes_links_are_no_settings),
        IN_A_FOLDER(an_env_file_has_quotes_and_comments),
        IN_A_FOLDER(bad_env_files),
        IN_A_FOLDER(options_are_named_in_messages),
        cmocka_unit_test(the_document_is_what_the_table_says),
    };
    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
