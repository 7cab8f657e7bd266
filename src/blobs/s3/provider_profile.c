/* A profile of the shared credentials file:
 *
 *     [default]
 *     aws_access_key_id = AKIA...
 *     aws_secret_access_key = ...
 *     aws_session_token = ...
 *
 * A profile or file that is named has to exist; the default file may be missing. Other kinds of
 * profiles (role_arn, sso_*, credential_process) are not supported. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "blobs/s3/internal.h"

enum { MAX_FILE = 1 << 20 };

/* '#' and ';' begin a comment at the start of a line or after white space. */
static void drop_comment(char *line)
{
    for (char *c = line; *c; c++) {
        if ((*c == '#' || *c == ';') && (c == line || c[-1] == ' ' || c[-1] == '\t')) {
            *c = 0;
            return;
        }
    }
}

static void read_setting(char *line, struct pc_s3_credentials *out)
{
    const struct {
        const char *name;
        char **field;
    } rows[] = {{"aws_access_key_id", &out->key_id},
                {"aws_secret_access_key", &out->secret},
                {"aws_session_token", &out->session_token}};
    char *value = strchr(line, '=');
    if (!value)
        return;
    *value++ = 0;
    const char *name = pc_str_trim(line);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (pc_str_eq(rows[i].name, name)) {
            free(*rows[i].field);
            *rows[i].field = pc_xstrdup(pc_str_trim(value));
        }
    }
}

bool pc_s3_profile_parse(char *text, const char *name, struct pc_s3_credentials *out)
{
    bool found = false, inside = false;
    *out = (struct pc_s3_credentials){.session_token = pc_xstrdup(""),
                                      .expires_ms = PC_S3_NEVER_EXPIRES};
    for (char *line; (line = strsep(&text, "\n")) != NULL;) {
        drop_comment(line);
        line = pc_str_trim(line);
        char *end = *line == '[' ? strchr(line, ']') : NULL;
        if (end) {
            *end = 0;
            inside = pc_str_eq(pc_str_trim(line + 1), name);
            found = found || inside;
        } else if (inside) {
            read_setting(line, out);
        }
    }
    return found;
}

/* not_found, so that the next provider is asked, unless this one was asked for by name. */
static enum pc_code fail_missing(bool named, struct pc_err *err, const char *what)
{
    return named ? pc_fail(err, PC_E_CONFIG,
                           "The credentials of the S3 account: %s (AWS_PROFILE, "
                           "AWS_SHARED_CREDENTIALS_FILE).",
                           what)
                 : pc_fail(err, PC_E_NOT_FOUND, "%s", what);
}

static enum pc_code fetch_profile(const struct pc_s3_provider_context *context,
                                  struct pc_s3_credentials *out, struct pc_err *err)
{
    const char *profile = *context->url->profile ? context->url->profile : "default";
    const char *file = pc_s3_env("AWS_SHARED_CREDENTIALS_FILE"), *home = pc_s3_env("HOME");
    bool named = *context->url->profile || file;
    char *path = file ? pc_xstrdup(file) : home ? pc_xasprintf("%s/.aws/credentials", home) : NULL;
    struct pc_buf text = PC_BUF_INIT;
    enum pc_code rc = PC_OK;
    *out = (struct pc_s3_credentials){0};
    if (!path || access(path, F_OK) != 0)
        rc = fail_missing(named, err, "no credentials file");
    else if (pc_buf_read_file(&text, path, MAX_FILE, err))
        rc = fail_missing(named, err, "the credentials file cannot be read");
    else if (memchr(pc_buf_text(&text), 0, text.len))
        rc = fail_missing(named, err, "the credentials file is not a text file");
    else if (!pc_s3_profile_parse(text.len ? text.data : (char[]){""}, profile, out))
        rc = fail_missing(named, err, "no such profile in the credentials file");
    else if (!out->key_id && !out->secret)
        rc = fail_missing(named, err, "the profile in the credentials file has no key");
    else
        rc = pc_s3_credentials_check(out, PC_E_CONFIG, err);
    if (rc)
        pc_s3_credentials_finish(out);
    pc_buf_finish(&text);
    free(path);
    return rc;
}

const struct pc_s3_provider pc_s3_provider_profile = {"the credentials file", fetch_profile};
