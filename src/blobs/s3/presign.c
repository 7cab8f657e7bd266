#include <stdlib.h>

#include "base/percent.h"
#include "blobs/s3/internal.h"

enum {
    MAX_S = 7 * 24 * 3600, /* servers accept no more */
    STEPS = 4,             /* a URL changes so many times in its life, but no oftener than */
    MIN_STEP_S = 60,
    MAX_STEP_S = 3600
};

static int64_t at_most(int64_t n, int64_t max)
{
    return n < max ? n : max;
}

char *pc_s3_presign_url(const struct pc_s3_url *url, const struct pc_s3_credentials *credentials,
                        const char *key, int64_t lifetime_s, int64_t now_s)
{
    int64_t step_s = at_most(lifetime_s / STEPS, MAX_STEP_S);
    if (step_s < MIN_STEP_S)
        step_s = MIN_STEP_S;
    int64_t from_s = now_s - now_s % step_s;
    int64_t valid_s =
        at_most(at_most(lifetime_s + step_s, MAX_S), credentials->expires_ms / 1000 - from_s);
    char *path = pc_s3_url_path(url, key);
    const struct pc_s3_pair host = {"host", url->host};
    struct pc_s3_signer signer = {credentials->key_id, credentials->secret, url->region, "s3",
                                  credentials->session_token};
    struct pc_s3_sign_request request = {.method = "GET",
                                         .path = path,
                                         .headers = &host,
                                         .n_headers = 1,
                                         .payload_sha256 = PC_S3_UNSIGNED,
                                         .at_s = from_s};
    struct pc_buf out = PC_BUF_INIT;
    pc_buf_puts(&out, url->origin);
    pc_percent_encode(&out, path, "/");
    pc_buf_putc(&out, '?');
    pc_s3_sign_query(&signer, &request, valid_s, &out);
    free(path);
    return pc_buf_detach(&out, NULL);
}
