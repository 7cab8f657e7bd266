#include "blobs/s3_keys.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"

void pc_s3_keys_finish(struct pc_s3_keys *k)
{
    free(k->key_id);
    free(k->secret);
    free(k->session);
    *k = (struct pc_s3_keys){0};
}

struct pc_s3_keys pc_s3_keys_copy(const struct pc_s3_keys *k)
{
    return (struct pc_s3_keys){.key_id = pc_xstrdup(k->key_id),
                               .secret = pc_xstrdup(k->secret),
                               .session = pc_xstrdup(k->session),
                               .ends_ms = k->ends_ms};
}

/* What goes into headers: a line end would begin another one. */
static bool printable(const char *text)
{
    for (; *text; text++)
        if (*text <= ' ' || *text > '~')
            return false;
    return true;
}

enum pc_code pc_s3_keys_check(const struct pc_s3_keys *k, enum pc_code otherwise,
                              struct pc_err *err)
{
    if (!k->key_id || !*k->key_id || !k->secret || !*k->secret || !k->session)
        return pc_fail(err, otherwise, "The key of the S3 account is not whole.");
    if (!printable(k->key_id) || !printable(k->session))
        return pc_fail(err, otherwise, "The key of the S3 account holds strange characters.");
    if (k->ends_ms <= pc_wall_ms())
        return pc_fail(err, otherwise, "The key of the S3 account has ended already.");
    return PC_OK;
}

const char *pc_s3_env(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}
