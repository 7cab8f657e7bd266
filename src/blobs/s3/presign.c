#include "blobs/s3/presign.h"

#include <stdlib.h>

#include "base/percent.h"
#include "blobs/s3/sign.h"

enum {
    MAX_S = 7 * 24 * 3600, /* servers take no more */
    STEPS = 4,             /* an address changes so many times in its life, but not oftener than */
    MIN_STEP_S = 60,
    MAX_STEP_S = 3600
};

static int64_t at_most(int64_t n, int64_t max)
{
    return n < max ? n : max;
}

static int64_t step_of(int64_t lifetime_s)
{
    int64_t step_s = at_most(lifetime_s / STEPS, MAX_STEP_S);
    return step_s > MIN_STEP_S ? step_s : MIN_STEP_S;
}

char *pc_s3_presign_url(const struct pc_s3_url *a, const struct pc_s3_credentials *credentials,
                        const char *key, int64_t lifetime_s, int64_t now_s)
{
    int64_t step_s = step_of(lifetime_s), from_s = now_s - now_s % step_s;
    int64_t all_s =
        at_most(at_most(lifetime_s + step_s, MAX_S), credentials->expires_ms / 1000 - from_s);
    struct pc_buf out = PC_BUF_INIT;
    char *path = pc_s3_url_path(a, key);
    const struct pc_s3_pair host = {"host", a->host};
    struct pc_s3_signer signer = {credentials->key_id, credentials->secret, a->region, "s3",
                                  credentials->session};
    struct pc_s3_sign_request request = {.method = "GET",
                                         .path = path,
                                         .headers = &host,
                                         .n_headers = 1,
                                         .payload = PC_S3_UNSIGNED,
                                         .at_s = from_s};
    pc_buf_puts(&out, a->origin);
    pc_percent_encode(&out, path, "/");
    pc_buf_putc(&out, '?');
    pc_s3_sign_query(&signer, &request, all_s, &out);
    free(path);
    return pc_buf_detach(&out, NULL);
}
