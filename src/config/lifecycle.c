#include "config/config.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "config/table.h"

void pc_config_init(struct pc_config *cfg)
{
    char why[256];
    *cfg = (struct pc_config){0};
    for (size_t i = 0; i < pc_settings_n; i++)
        if (!pc_setting_parse(&pc_settings[i], cfg, pc_settings[i].def, why, sizeof why))
            abort(); /* the table is wrong; a test reads all of it */
}

void pc_config_finish(struct pc_config *cfg)
{
    for (size_t i = 0; i < pc_settings_n; i++)
        if (pc_setting_is_text(&pc_settings[i]))
            free(*(char **)((char *)cfg + pc_settings[i].offset));
    *cfg = (struct pc_config){0};
}

enum pc_code pc_config_set(struct pc_config *cfg, const char *name, const char *value,
                           const char *source, struct pc_err *err)
{
    char why[256];
    const struct pc_setting *s = pc_setting_by_name(name);
    if (!s)
        return pc_fail(err, PC_E_CONFIG, "%s: there is no setting \"%s\".", source, name);
    if (pc_setting_parse(s, cfg, *value ? value : s->def, why, sizeof why))
        return PC_OK;
    return pc_fail(err, PC_E_CONFIG, "%s: %s", source, why);
}

static void replace(char **field, char *value)
{
    free(*field);
    *field = value;
}

static void fill_store_urls(struct pc_config *cfg)
{
    if (!*cfg->records)
        replace(&cfg->records, *cfg->mongo_uri
                                   ? pc_xstrdup(cfg->mongo_uri)
                                   : pc_xasprintf("sqlite:%s/posecraft.db", cfg->data_dir));
    if (!*cfg->queue)
        replace(&cfg->queue,
                *cfg->redis_host
                    ? pc_xasprintf("redis://%s:%lld", cfg->redis_host, (long long)cfg->redis_port)
                    : pc_xasprintf("sqlite:%s/posecraft.db", cfg->data_dir));
    if (!*cfg->blobs && !*cfg->s3_bucket)
        replace(&cfg->blobs, pc_xasprintf("file:%s/blobs", cfg->data_dir));
    else if (!*cfg->blobs)
        replace(&cfg->blobs, pc_xasprintf("s3://%s%s%s", cfg->s3_bucket,
                                          *cfg->s3_endpoint ? "?endpoint=" : "", cfg->s3_endpoint));
}

enum pc_code pc_config_complete(struct pc_config *cfg, struct pc_buf *problems, struct pc_err *err)
{
    size_t before = problems->len;
    const char *links = cfg->links;
    if (cfg->person_maybe > cfg->person_sure)
        pc_buf_puts(problems, "POSECRAFT_PERSON_MAYBE: is above POSECRAFT_PERSON_SURE\n");
    if (cfg->fetch_connect_ms > cfg->fetch_ms)
        pc_buf_puts(problems, "POSECRAFT_FETCH_CONNECT_TIME: is above POSECRAFT_FETCH_TIME\n");
    if (*cfg->s3_endpoint && !*cfg->s3_bucket && !*cfg->blobs)
        pc_buf_puts(problems, "S3_ENDPOINT: is set, but S3_BUCKET is not\n");
    fill_store_urls(cfg);
    bool is_s3 = pc_str_starts(cfg->blobs, "s3://");
    if (!pc_str_eq(links, "served") && !pc_str_eq(links, "presigned") &&
        !pc_str_starts(links, "public:http://") && !pc_str_starts(links, "public:https://"))
        pc_buf_puts(problems,
                    "POSECRAFT_LINKS: is neither served, presigned nor public:https://...\n");
    else if (!pc_str_eq(links, "served") && !is_s3)
        pc_buf_puts(problems, "POSECRAFT_LINKS: needs an S3 store (POSECRAFT_BLOBS, S3_BUCKET)\n");
    /* Half of the credentials would be ignored silently, in favour of another account's. */
    if (is_s3 && !*cfg->aws_key_id != !*cfg->aws_secret)
        pc_buf_printf(problems, "%s: is set, but %s is not\n",
                      *cfg->aws_key_id ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY",
                      *cfg->aws_key_id ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID");
    return problems->len == before ? PC_OK : pc_fail(err, PC_E_CONFIG, NULL);
}
