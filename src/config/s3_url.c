/* Completes the URL of an S3 store from the settings: the driver reads everything from the URL, but
 * users give credentials, region and so on in settings such as AWS_REGION. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/percent.h"
#include "base/str.h"
#include "config/config.h"

static bool query_has(const char *query, const char *name)
{
    size_t len = strlen(name);
    while (query && *query) {
        if (strncmp(query, name, len) == 0 && query[len] == '=')
            return true;
        query = strchr(query, '&');
        query = query ? query + 1 : NULL;
    }
    return false;
}

static void add(struct pc_buf *out, const char *query, bool *any, const char *name,
                const char *value)
{
    if (!*value || query_has(query, name))
        return;
    pc_buf_printf(out, "%c%s=", *any ? '&' : '?', name);
    pc_percent_encode(out, value, ":/");
    *any = true;
}

/* The session token belongs to the settings' key and is added with no other. A profile in the URL
 * wins over a key in the settings, as a key in the URL does. */
char *pc_config_blobs_url(const struct pc_config *cfg, const char *url)
{
    struct pc_buf out = PC_BUF_INIT;
    if (!pc_str_starts(url, "s3://"))
        return pc_xstrdup(url);
    const char *bucket = url + strlen("s3://"), *query = strchr(bucket, '?');
    size_t bucket_len = query ? (size_t)(query - bucket) : strlen(bucket);
    bool any = query != NULL, has_key = memchr(bucket, '@', bucket_len) != NULL;
    query = query ? query + 1 : NULL;
    has_key = has_key || query_has(query, "profile");
    bool add_key = !has_key && *cfg->aws_key_id && *cfg->aws_secret;
    pc_buf_puts(&out, "s3://");
    if (add_key) {
        pc_percent_encode(&out, cfg->aws_key_id, "");
        pc_buf_putc(&out, ':');
        pc_percent_encode(&out, cfg->aws_secret, "");
        pc_buf_putc(&out, '@');
    }
    pc_buf_puts(&out, bucket);
    add(&out, query, &any, "endpoint", cfg->s3_endpoint);
    add(&out, query, &any, "region", cfg->aws_region);
    add(&out, query, &any, "links", cfg->links);
    add(&out, query, &any, "spool", cfg->data_dir);
    if (add_key)
        add(&out, query, &any, "session_token", cfg->aws_session);
    else if (!has_key)
        add(&out, query, &any, "profile", cfg->aws_profile);
    return pc_buf_detach(&out, NULL);
}
