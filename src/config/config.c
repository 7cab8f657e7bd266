#include "config/config.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "config/table.h"

/* Offset of a field, and a compile error when its type is not the one that the row's kind has. */
/* NOLINTBEGIN(bugprone-macro-parentheses): a type in _Generic takes none */
#define AT(field, type)                                                                            \
    (offsetof(struct pc_config, field) +                                                           \
     sizeof(char[_Generic(((struct pc_config *)NULL)->field, type : 1)]) - 1)
/* NOLINTEND(bugprone-macro-parentheses) */
#define TEXT(field) .name = #field, .at = AT(field, char *)
#define NUMBER(field) .name = #field, .at = AT(field, int64_t)
#define FRACTION(field) .name = #field, .at = AT(field, double)

enum { KIB = 1 << 10, MIB = 1 << 20, SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE };

/* clang-format off */
const struct pc_setting pc_settings[] = {
    {.group = "Where things are",
     TEXT(host), .kind = PC_SETTING_TEXT, .env = "POSECRAFT_HOST", .option = "--host", .max = 255,
     .def = "127.0.0.1", .meaning = "Address to listen on. 0.0.0.0 opens the service to the network; it has no log-in of its own."},
    {NUMBER(port), .kind = PC_SETTING_INTEGER, .env = "POSECRAFT_PORT", .alias = "PORT", .option = "--port",
     .min = 0, .max = 65535, .def = "8080", .meaning = "Port to listen on; 0 takes a free one and prints it."},
    {.name = "data", .at = AT(data_dir, char *), .kind = PC_SETTING_TEXT, .env = "POSECRAFT_DATA", .option = "--data",
     .max = 4000, .def = "data", .meaning = "Folder of the embedded database and of the pictures."},
    {.name = "share", .at = AT(share_dir, char *), .kind = PC_SETTING_TEXT, .env = "POSECRAFT_SHARE", .max = 4000,
     .def = "", .meaning = "Folder of the model, its runtime and the page. Empty: looked for beside the program."},
    {TEXT(records), .kind = PC_SETTING_TEXT, .env = "POSECRAFT_RECORDS", .max = 2000, .def = "", .secrecy = PC_SETTING_REDACTED,
     .meaning = "Address of the database. Empty: sqlite:DATA/posecraft.db."},
    {TEXT(queue), .kind = PC_SETTING_TEXT, .env = "POSECRAFT_QUEUE", .max = 2000, .def = "", .secrecy = PC_SETTING_REDACTED,
     .meaning = "Address of the queue. Empty: sqlite:DATA/posecraft.db."},
    {TEXT(blobs), .kind = PC_SETTING_TEXT, .env = "POSECRAFT_BLOBS", .max = 2000, .def = "", .secrecy = PC_SETTING_REDACTED,
     .meaning = "Address of the store of originals and shots. Empty: file:DATA/blobs."},
    {TEXT(public_url), .kind = PC_SETTING_URL, .env = "POSECRAFT_PUBLIC_URL", .max = 2000, .def = "",
     .meaning = "Put before links in answers, such as https://shots.example.com.", .off = "empty: links are relative"},
    {.name = "wait", .at = AT(wait_ms, int64_t), .kind = PC_SETTING_DURATION, .env = "POSECRAFT_WAIT", .min = 0, .max = 24 * HOUR,
     .def = "0", .meaning = "How long the start waits for a database, queue or store that is away (--wait).",
     .off = "0: it ends with an error at once"},

    {.group = "Work",
     NUMBER(workers), .kind = PC_SETTING_INTEGER, .env = "POSECRAFT_WORKERS", .option = "--workers", .min = -1, .max = 256,
     .def = "-1", .meaning = "Pictures worked on at the same time; -1 is one per core.", .off = "0: no work in this process"},
    {.name = "lease", .at = AT(lease_ms, int64_t), .kind = PC_SETTING_DURATION, .env = "POSECRAFT_LEASE", .min = SECOND, .max = HOUR,
     .def = "30s", .meaning = "A job that its worker has not renewed for so long is given to another."},
    {NUMBER(attempts), .kind = PC_SETTING_INTEGER, .env = "POSECRAFT_ATTEMPTS", .min = 1, .max = 100, .def = "3",
     .meaning = "Tries of one job before it counts as failed.", .off = "1: no second try"},
    {.name = "backoff", .at = AT(backoff_ms, int64_t), .kind = PC_SETTING_DURATION, .env = "POSECRAFT_BACKOFF", .min = 0, .max = HOUR,
     .def = "2s", .meaning = "Wait before the second try; it doubles with each further one.", .off = "0: no wait"},
    {NUMBER(queue_max), .kind = PC_SETTING_INTEGER, .env = "POSECRAFT_QUEUE_MAX", .min = 1, .max = 100000000, .unit = "jobs",
     .def = "100000", .meaning = "Waiting jobs; beyond, new pictures are answered with 503 queue_full."},
    {TEXT(recipes), .kind = PC_SETTING_TEXT, .env = "POSECRAFT_RECIPES", .option = "--recipes", .max = 2000, .def = "",
     .meaning = "Recipes to cut by: a JSON file, or a folder of them. Ready ones may be named in it by their labels.",
     .off = "empty: the five default shots"},
    {NUMBER(max_people), .kind = PC_SETTING_INTEGER, .env = "POSECRAFT_MAX_PEOPLE", .min = 1, .max = 6, .unit = "people",
     .def = "6", .meaning = "People kept of one picture, the surest first."},

    {.group = "Pictures",
     NUMBER(max_pixels), .kind = PC_SETTING_INTEGER, .env = "POSECRAFT_MAX_PIXELS", .min = 1000, .max = 1000000000, .unit = "pixels",
     .def = "50000000", .meaning = "Width times height of a picture, read from its header before it is decoded."},
    {.name = "max_upload", .at = AT(max_upload_bytes, int64_t), .kind = PC_SETTING_BYTES, .env = "POSECRAFT_MAX_UPLOAD",
     .min = KIB, .max = 4.0 * KIB * MIB, .def = "50m", .meaning = "Size of a picture's file, uploaded or fetched."},
    {.name = "decode_time", .at = AT(decode_ms, int64_t), .kind = PC_SETTING_DURATION, .env = "POSECRAFT_DECODE_TIME", .min = 100, .max = HOUR,
     .def = "30s", .meaning = "Time limit for decoding a picture."},
    {.name = "pose_time", .at = AT(pose_ms, int64_t), .kind = PC_SETTING_DURATION, .env = "POSECRAFT_POSE_TIME", .min = 100, .max = HOUR,
     .def = "30s", .meaning = "Time limit for finding people in it."},
    {.name = "cut_time", .at = AT(cut_ms, int64_t), .kind = PC_SETTING_DURATION, .env = "POSECRAFT_CUT_TIME", .min = 100, .max = HOUR,
     .def = "1m", .meaning = "Time limit for cutting and encoding all its shots."},
    {FRACTION(person_sure), .kind = PC_SETTING_FRACTION, .env = "POSECRAFT_PERSON_SURE", .min = 0, .max = 1, .def = "0.4",
     .meaning = "Score from which a person counts as found.", .off = "0: every guess counts"},
    {FRACTION(person_maybe), .kind = PC_SETTING_FRACTION, .env = "POSECRAFT_PERSON_MAYBE", .min = 0, .max = 1, .def = "0.25",
     .meaning = "Score below which nobody is there; between the two the shots ask for review.", .off = "same as person_sure: no shots for review"},

    {.group = "Fetching",
     .name = "fetch_time", .at = AT(fetch_ms, int64_t), .kind = PC_SETTING_DURATION, .env = "POSECRAFT_FETCH_TIME", .min = 100, .max = HOUR,
     .def = "1m", .meaning = "Time limit for fetching one picture, redirects included."},
    {.name = "fetch_connect_time", .at = AT(fetch_connect_ms, int64_t), .kind = PC_SETTING_DURATION, .env = "POSECRAFT_FETCH_CONNECT_TIME",
     .min = 50, .max = 10 * MINUTE, .def = "10s", .meaning = "Time limit for reaching the host."},
    {NUMBER(fetch_redirects), .kind = PC_SETTING_INTEGER, .env = "POSECRAFT_FETCH_REDIRECTS", .min = 0, .max = 20, .def = "3",
     .meaning = "Redirects that are followed.", .off = "0: none"},
    {TEXT(fetch_allow), .kind = PC_SETTING_TEXT, .env = "POSECRAFT_FETCH_ALLOW", .max = 4000, .def = "",
     .meaning = "Addresses and networks that may be fetched from although they are private, with commas between: 127.0.0.0/8,10.1.0.0/16.",
     .off = "empty: public addresses only"},
    {TEXT(fetch_proxy), .kind = PC_SETTING_TEXT, .env = "POSECRAFT_FETCH_PROXY", .max = 2000, .def = "", .secrecy = PC_SETTING_REDACTED,
     .meaning = "Proxy for fetching, such as http://proxy:3128. http_proxy and its like in the environment are ignored. Behind a proxy host names are the proxy's to judge.",
     .off = "empty: no proxy"},

    {.group = "HTTP",
     NUMBER(max_connections), .kind = PC_SETTING_INTEGER, .env = "POSECRAFT_MAX_CONNECTIONS", .min = 8, .max = 100000, .unit = "connections",
     .def = "1024", .meaning = "Open connections of clients."},
    {NUMBER(max_batch), .kind = PC_SETTING_INTEGER, .env = "POSECRAFT_MAX_BATCH", .min = 1, .max = 1000000, .unit = "addresses",
     .def = "10000", .meaning = "Addresses in one call of /process-batch."},
    {.name = "header_time", .at = AT(header_ms, int64_t), .kind = PC_SETTING_DURATION, .env = "POSECRAFT_HEADER_TIME", .min = 100, .max = HOUR,
     .def = "10s", .meaning = "Time in which the whole header of a request has to arrive."},
    {NUMBER(body_min_rate), .kind = PC_SETTING_BYTES, .env = "POSECRAFT_BODY_MIN_RATE", .min = 0, .max = MIB, .unit = "bytes a second",
     .def = "1k", .meaning = "An upload slower than this is cut off.", .off = "0: never"},
    {.name = "stop_time", .at = AT(stop_ms, int64_t), .kind = PC_SETTING_DURATION, .env = "POSECRAFT_STOP_TIME", .min = 0, .max = HOUR,
     .def = "20s", .meaning = "Time to finish running work after a stop signal; then it is given back to the queue.", .off = "0: give back at once"},

    {.group = "Log",
     TEXT(log_level), .kind = PC_SETTING_CHOICE, .env = "POSECRAFT_LOG_LEVEL", .choices = "debug info warn error off", .def = "info",
     .meaning = "Least important level that is written.", .off = "off"},
    {TEXT(log_format), .kind = PC_SETTING_CHOICE, .env = "POSECRAFT_LOG_FORMAT", .choices = "json text", .def = "json",
     .meaning = "One JSON object a line, or text for people."},

    {.group = "Servers, by the names of the first version",
     TEXT(mongo_uri), .kind = PC_SETTING_TEXT, .env = "MONGO_URI", .max = 2000, .def = "", .secrecy = PC_SETTING_REDACTED,
     .meaning = "Database, when POSECRAFT_RECORDS is not set.", .off = "empty"},
    {TEXT(redis_host), .kind = PC_SETTING_TEXT, .env = "REDIS_HOST", .max = 255, .def = "",
     .meaning = "Queue redis://REDIS_HOST:REDIS_PORT, when POSECRAFT_QUEUE is not set.", .off = "empty"},
    {NUMBER(redis_port), .kind = PC_SETTING_INTEGER, .env = "REDIS_PORT", .min = 1, .max = 65535, .def = "6379",
     .meaning = "Port of that Redis server. Counts only together with REDIS_HOST."},
    {TEXT(s3_bucket), .kind = PC_SETTING_TEXT, .env = "S3_BUCKET", .max = 255, .def = "",
     .meaning = "Store s3://S3_BUCKET, when POSECRAFT_BLOBS is not set.", .off = "empty"},
    {TEXT(s3_endpoint), .kind = PC_SETTING_URL, .env = "S3_ENDPOINT", .max = 1000, .def = "",
     .meaning = "Address of the S3 server.", .off = "empty: Amazon's for the region"},
    {TEXT(aws_region), .kind = PC_SETTING_TEXT, .env = "AWS_REGION", .alias = "AWS_DEFAULT_REGION", .max = 100, .def = "us-east-1", .meaning = "Region of the bucket."},
    {.name = "aws_access_key_id", .at = AT(aws_key_id, char *), .kind = PC_SETTING_TEXT, .env = "AWS_ACCESS_KEY_ID", .max = 200, .def = "",
     .secrecy = PC_SETTING_SECRET, .meaning = "Key of the S3 account.", .off = "empty: it comes from AWS_PROFILE, or a role"},
    {.name = "aws_secret_access_key", .at = AT(aws_secret, char *), .kind = PC_SETTING_TEXT, .env = "AWS_SECRET_ACCESS_KEY", .max = 200, .def = "",
     .secrecy = PC_SETTING_SECRET, .meaning = "Its secret."},
    {.name = "aws_session_token", .at = AT(aws_session, char *), .kind = PC_SETTING_TEXT, .env = "AWS_SESSION_TOKEN", .max = 4000, .def = "",
     .secrecy = PC_SETTING_SECRET, .meaning = "Token of a temporary key.", .off = "empty: the key is a lasting one"},
    {TEXT(aws_profile), .kind = PC_SETTING_TEXT, .env = "AWS_PROFILE", .max = 200, .def = "",
     .meaning = "Profile of ~/.aws/credentials that holds the key, when AWS_ACCESS_KEY_ID is not set. docs/s3.md has all places that a key may come from.", .off = "empty: the places are asked in order"},

    {.group = "Links to files in an S3 store",
     TEXT(links), .kind = PC_SETTING_TEXT, .env = "POSECRAFT_LINKS", .max = 1000, .def = "served",
     .meaning = "How answers name pictures: served (by this program, under /files), presigned (the S3 server's own address, signed and good for a while), or public: and the address of a CDN or public bucket before the key, such as public:https://cdn.example.com/shots/."},
    {.name = "link_time", .at = AT(link_ms, int64_t), .kind = PC_SETTING_DURATION, .env = "POSECRAFT_LINK_TIME", .min = MINUTE, .max = 144.0 * HOUR,
     .def = "1h", .meaning = "How long a presigned link is good at least."},
};
/* clang-format on */
const size_t pc_settings_n = sizeof pc_settings / sizeof *pc_settings;

const struct pc_setting *pc_setting_by_name(const char *name)
{
    for (size_t i = 0; i < pc_settings_n; i++)
        if (strcmp(pc_settings[i].name, name) == 0)
            return &pc_settings[i];
    return NULL;
}

const struct pc_setting *pc_setting_by_env(const char *env)
{
    for (size_t i = 0; i < pc_settings_n; i++)
        if (strcmp(pc_settings[i].env, env) == 0 || pc_str_eq(pc_settings[i].alias, env))
            return &pc_settings[i];
    return NULL;
}

static bool is_text(const struct pc_setting *s)
{
    return s->kind == PC_SETTING_TEXT || s->kind == PC_SETTING_CHOICE || s->kind == PC_SETTING_URL;
}

void pc_config_init(struct pc_config *cfg)
{
    char why[256];
    *cfg = (struct pc_config){0};
    for (size_t i = 0; i < pc_settings_n; i++)
        if (!pc_setting_parse(&pc_settings[i], cfg, pc_settings[i].def, why, sizeof why))
            abort(); /* a broken table; a test reads it all */
}

void pc_config_finish(struct pc_config *cfg)
{
    for (size_t i = 0; i < pc_settings_n; i++)
        if (is_text(&pc_settings[i]))
            free(*(char **)((char *)cfg + pc_settings[i].at));
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

static char *s3_store_url(const struct pc_config *cfg)
{
    if (!*cfg->s3_endpoint)
        return pc_xasprintf("s3://%s", cfg->s3_bucket);
    return pc_xasprintf("s3://%s?endpoint=%s", cfg->s3_bucket, cfg->s3_endpoint);
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
    if (!*cfg->blobs)
        replace(&cfg->blobs,
                *cfg->s3_bucket ? s3_store_url(cfg) : pc_xasprintf("file:%s/blobs", cfg->data_dir));
}

static void check_links(const struct pc_config *cfg, struct pc_buf *problems)
{
    const char *links = cfg->links;
    if (pc_str_eq(links, "served"))
        return;
    if (!pc_str_eq(links, "presigned") && !pc_str_starts(links, "public:http://") &&
        !pc_str_starts(links, "public:https://"))
        pc_buf_puts(problems,
                    "POSECRAFT_LINKS: is neither served, presigned nor public:https://...\n");
    else if (!pc_str_starts(cfg->blobs, "s3://"))
        pc_buf_puts(problems, "POSECRAFT_LINKS: wants an S3 store (POSECRAFT_BLOBS, S3_BUCKET)\n");
}

/* Half a key would otherwise be passed over in silence for another account's. */
static void check_key(const struct pc_config *cfg, struct pc_buf *problems)
{
    if (!pc_str_starts(cfg->blobs, "s3://") || !*cfg->aws_key_id == !*cfg->aws_secret)
        return;
    pc_buf_printf(problems, "%s: is set, but %s is not\n",
                  *cfg->aws_key_id ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY",
                  *cfg->aws_key_id ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID");
}

enum pc_code pc_config_complete(struct pc_config *cfg, struct pc_buf *problems, struct pc_err *err)
{
    size_t before = problems->len;
    if (cfg->person_maybe > cfg->person_sure)
        pc_buf_puts(problems, "POSECRAFT_PERSON_MAYBE: is above POSECRAFT_PERSON_SURE\n");
    if (cfg->fetch_connect_ms > cfg->fetch_ms)
        pc_buf_puts(problems, "POSECRAFT_FETCH_CONNECT_TIME: is above POSECRAFT_FETCH_TIME\n");
    if (*cfg->s3_endpoint && !*cfg->s3_bucket && !*cfg->blobs)
        pc_buf_puts(problems, "S3_ENDPOINT: is set, but S3_BUCKET is not\n");
    fill_store_urls(cfg);
    check_links(cfg, problems);
    check_key(cfg, problems);
    return problems->len == before ? PC_OK : pc_fail(err, PC_E_CONFIG, NULL);
}
