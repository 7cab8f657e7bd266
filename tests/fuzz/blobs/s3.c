/* What an S3 server, a provider of credentials and an operator may write: documents, credentials,
 * credentials files and URLs. The first byte chooses. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "blobs/s3/internal.h"
#include "blobs/s3/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(what)                                                                                 \
    do {                                                                                           \
        if (!(what)) {                                                                             \
            fprintf(stderr, "does not hold: %s\n", #what);                                         \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

static void see_leaf(void *ctx, const char *parent, const char *name, const char *text)
{
    int64_t at_ms = pc_s3_parse_time_ms(text);
    *(size_t *)ctx += strlen(parent) + strlen(name) + strlen(text) + (at_ms > 0);
}

static void see_end(void *ctx, const char *name)
{
    *(size_t *)ctx += strlen(name);
}

static void check_url(const char *text)
{
    struct pc_s3_url a;
    struct pc_err err = PC_ERR_INIT;
    char *url = pc_xasprintf("s3://%s", text);
    if (!pc_s3_url_parse(url, &a, &err)) {
        MUST(!a.key_id || (*a.key_id && *a.secret));
        MUST(*a.bucket && *a.host);
        MUST(pc_str_starts(a.origin, "http://") || pc_str_starts(a.origin, "https://"));
        MUST(a.root[0] == '/' && a.root[strlen(a.root) - 1] == '/');
        MUST(!*a.prefix || a.prefix[strlen(a.prefix) - 1] == '/');
        struct pc_s3_credentials keys = {"id", "secret", a.session_token, PC_S3_NEVER_EXPIRES};
        char *link = pc_s3_presign_url(&a, &keys, "a/b.jpg", 3600, 1800000000);
        MUST(pc_str_starts(link, a.origin));
        free(link);
    } else {
        MUST(err.code == PC_E_CONFIG && *err.message);
    }
    pc_s3_url_finish(&a);
    free(url);
}

static void check_profile(char *text)
{
    struct pc_s3_credentials keys;
    struct pc_err err = PC_ERR_INIT;
    bool found = pc_s3_profile_parse(text, "default", &keys);
    MUST(keys.session_token && (found || !keys.key_id));
    if (pc_s3_credentials_check(&keys, PC_E_CONFIG, &err) == PC_OK)
        MUST(*keys.key_id && *keys.secret && !strpbrk(keys.key_id, "\r\n "));
    pc_s3_credentials_finish(&keys);
}

static void check_metadata(const char *text, size_t len)
{
    struct pc_s3_credentials keys;
    struct pc_err err = PC_ERR_INIT;
    if (pc_s3_metadata_parse(text, len, &keys, &err)) {
        MUST(err.code == PC_E_STORE_UNAVAILABLE && *err.message && !keys.key_id);
        return;
    }
    MUST(*keys.key_id && *keys.secret && keys.expires_ms > 0);
    MUST(!strpbrk(keys.session_token, "\r\n ") && !strpbrk(keys.key_id, "\r\n "));
    pc_s3_credentials_finish(&keys);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t seen = 0;
    struct pc_s3_xml_handler to = {.leaf = see_leaf, .end = see_end, .ctx = &seen};
    if (size == 0)
        return 0;
    char *text = pc_xstrndup((const char *)data, size);
    if (data[0] == '<')
        (void)pc_s3_xml_parse((const char *)data, size, &to);
    else if (data[0] == '[')
        check_profile(text);
    else if (data[0] == '{')
        check_metadata((const char *)data, size);
    else
        check_url(text);
    free(text);
    return 0;
}
