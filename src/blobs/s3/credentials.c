#include "blobs/s3/credentials.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"

void pc_s3_credentials_finish(struct pc_s3_credentials *c)
{
    free(c->key_id);
    free(c->secret);
    free(c->session_token);
    *c = (struct pc_s3_credentials){0};
}

struct pc_s3_credentials pc_s3_credentials_copy(const struct pc_s3_credentials *c)
{
    return (struct pc_s3_credentials){.key_id = pc_xstrdup(c->key_id),
                                      .secret = pc_xstrdup(c->secret),
                                      .session_token = pc_xstrdup(c->session_token),
                                      .expires_ms = c->expires_ms};
}

/* These go into headers, where a line end would begin another header. */
static bool is_printable(const char *text)
{
    for (; *text; text++)
        if (*text <= ' ' || *text > '~')
            return false;
    return true;
}

enum pc_code pc_s3_credentials_check(const struct pc_s3_credentials *c, enum pc_code otherwise,
                                     struct pc_err *err)
{
    if (!c->key_id || !*c->key_id || !c->secret || !*c->secret || !c->session_token)
        return pc_fail(err, otherwise, "The credentials of the S3 account are incomplete.");
    if (!is_printable(c->key_id) || !is_printable(c->session_token))
        return pc_fail(
            err, otherwise,
            "The credentials of the S3 account contain characters that are not allowed.");
    if (c->expires_ms <= pc_clock_wall_ms())
        return pc_fail(err, otherwise, "The credentials of the S3 account have expired already.");
    return PC_OK;
}

const char *pc_s3_env(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}
