#include "blobs/s3/credentials.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"

void pc_s3_credentials_finish(struct pc_s3_credentials *k)
{
    free(k->key_id);
    free(k->secret);
    free(k->session);
    *k = (struct pc_s3_credentials){0};
}

struct pc_s3_credentials pc_s3_credentials_copy(const struct pc_s3_credentials *k)
{
    return (struct pc_s3_credentials){.key_id = pc_xstrdup(k->key_id),
                                      .secret = pc_xstrdup(k->secret),
                                      .session = pc_xstrdup(k->session),
                                      .expires_ms = k->expires_ms};
}

/* What goes into headers: a line end would begin another one. */
static bool printable(const char *text)
{
    for (; *text; text++)
        if (*text <= ' ' || *text > '~')
            return false;
    return true;
}

enum pc_code pc_s3_credentials_check(const struct pc_s3_credentials *k, enum pc_code otherwise,
                                     struct pc_err *err)
{
    if (!k->key_id || !*k->key_id || !k->secret || !*k->secret || !k->session)
        return pc_fail(err, otherwise, "The key of the S3 account is not whole.");
    if (!printable(k->key_id) || !printable(k->session))
        return pc_fail(err, otherwise, "The key of the S3 account holds strange characters.");
    if (k->expires_ms <= pc_clock_wall_ms())
        return pc_fail(err, otherwise, "The key of the S3 account has ended already.");
    return PC_OK;
}

const char *pc_s3_env(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}
