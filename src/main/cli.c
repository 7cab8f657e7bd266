#include "main/cli.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

static void report(enum pc_code rc, struct pc_buf *problems)
{
    if (rc)
        fprintf(stderr, "posecraft: settings cannot be used:\n%s", pc_buf_text(problems));
    pc_buf_finish(problems);
}

bool pc_cli_config_load(struct pc_config *cfg)
{
    struct pc_buf problems = PC_BUF_INIT;
    struct pc_err err = PC_ERR_INIT;
    pc_config_init(cfg);
    enum pc_code rc = pc_config_load_env(cfg, &problems, &err);
    report(rc, &problems);
    return rc == PC_OK;
}

bool pc_cli_config_set(struct pc_config *cfg, const char *name, const char *value)
{
    char source[64];
    struct pc_err err = PC_ERR_INIT;
    snprintf(source, sizeof source, "--%s", name);
    enum pc_code rc = pc_config_set(cfg, name, value, source, &err);
    if (rc)
        pc_cli_fail(&err);
    return rc == PC_OK;
}

bool pc_cli_config_complete(struct pc_config *cfg)
{
    enum pc_log_level level = PC_LOG_INFO;
    struct pc_buf problems = PC_BUF_INIT;
    struct pc_err err = PC_ERR_INIT;
    enum pc_code rc = pc_config_complete(cfg, &problems, &err);
    report(rc, &problems);
    pc_log_level_by_name(cfg->log_level, &level);
    pc_log_setup(level, strcmp(cfg->log_format, "text") == 0 ? PC_LOG_TEXT : PC_LOG_JSON);
    return rc == PC_OK;
}

int pc_cli_fail(const struct pc_err *err)
{
    const char *hint = pc_code_info(err->code)->hint;
    fprintf(stderr, "posecraft: %s", err->message);
    if (*hint && err->code != PC_E_CONFIG) /* the message says what to change */
        fprintf(stderr, " %s", hint);
    fprintf(stderr, " [%s]\n", pc_code_name(err->code));
    if (err->detail[0])
        fprintf(stderr, "  detail: %s\n", err->detail);
    bool usage =
        err->code == PC_E_CONFIG || err->code == PC_E_BAD_RECIPE || err->code == PC_E_BAD_TRUTH;
    return usage ? PC_CLI_USAGE : PC_CLI_FAILED;
}

int pc_cli_worker_count(const struct pc_config *cfg)
{
    if (cfg->workers >= 0)
        return (int)cfg->workers;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores > 0 ? (int)cores : 1;
}
