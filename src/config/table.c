/* The table of all settings. docs/settings.md is printed from it. */
#include "config/table.h"

#include <string.h>

#include "base/str.h"
#include "config/config.h"

/* The offset of a field; a compile error when the field is not of the type that the row's kind
 * needs. */
/* NOLINTBEGIN(bugprone-macro-parentheses): a type in _Generic takes none */
#define OFFSET(field, type)                                                                        \
    (offsetof(struct pc_config, field) +                                                           \
     sizeof(char[_Generic(((struct pc_config *)NULL)->field, type : 1)]) - 1)
/* NOLINTEND(bugprone-macro-parentheses) */
#define TEXT(field) .name = #field, .offset = OFFSET(field, char *)
#define NUMBER(field) .name = #field, .offset = OFFSET(field, int64_t)
#define FRACTION(field) .name = #field, .offset = OFFSET(field, double)

enum { KIB = 1 << 10, MIB = 1 << 20, SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE };

/* clang-format off */
const struct pc_setting pc_settings[] = {
    {.group = "Where things are",
     TEXT(host), .kind = PC_SETTING_TEXT, .env = "POSECRAFT_HOST", .option = "--host", .max = 255,
     .def = "127.0.0.1", .meaning = "IP address to listen on. 0.0.0.0 opens the service to the network, and it has no log-in of its own."},
    {NUMBER(port), .kind = PC_SETTING_INTEGER, .env = "POSECRAFT_PORT", .alias = "PORT", .option = "--port",
     .min = 0, .max = 65535, .def = "8080", .meaning = "Port to listen on. With 0 it picks a free one and prints it."},
    {.name = "data", .offset = OFFSET(data_dir, char *), .kind = PC_SETTING_TEXT, .env = "POSECRAFT_DATA", .option = "--data",
     .max = 4000, .def = "data", .meaning = "Folder of the embedded database and of the images."},
    {.name = "share", .offset = OFFSET(share_dir, char *), .kind = PC_SETTING_TEXT, .env = "POSECRAFT_SHARE", .max = 4000,
     .def = "", .meaning = "Folder of the model, its runtime and the page. Empty: it is looked for beside the program."},
    {TEXT(records), .kind = PC_SETTING_TEXT, .env = "POSECRAFT_RECORDS", .option = "--records", .max = 2000, .def = "", .secrecy = PC_SETTING_REDACTED,
     .meaning = "URL of the database. Empty: sqlite:DATA/posecraft.db."},
    {TEXT(queue), .kind = PC_SETTING_TEXT, .env = "POSECRAFT_QUEUE", .option = "--queue", .max = 2000, .def = "", .secrecy = PC_SETTING_REDACTED,
     .meaning = "URL of the queue. Empty: sqlite:DATA/posecraft.db."},
    {TEXT(blobs), .kind = PC_SETTING_TEXT, .env = "POSECRAFT_BLOBS", .option = "--blobs", .max = 2000, .def = "", .secrecy = PC_SETTING_REDACTED,
     .meaning = "URL of the store of originals and shots. Empty: file:DATA/blobs."},
    {TEXT(public_url), .kind = PC_SETTING_URL, .env = "POSECRAFT_PUBLIC_URL", .max = 2000, .def = "",
     .meaning = "What links in responses begin with, such as https://shots.example.com.", .off = "empty: links are relative"},
    {.name = "wait", .offset = OFFSET(wait_ms, int64_t), .kind = PC_SETTING_DURATION, .env = "POSECRAFT_WAIT", .min = 0, .max = 24 * HOUR,
     .def = "0", .meaning = "How long to wait at start for a database, queue or store that is not available (--wait).",
     .off = "0: end with an error at once"},

    {.group = "Work",
     NUMBER(workers), .kind = PC_SETTING_INTEGER, .env = "POSECRAFT_WORKERS", .option = "--workers", .min = -1, .max = 256,
     .def = "-1", .meaning = "Images processed at the same time; -1 means one per core.", .off = "0: this process does not process images"},
    {.name = "lease", .offset = OFFSET(lease_ms, int64_t), .kind = PC_SETTING_DURATION, .env = "POSECRAFT_LEASE", .min = SECOND, .max = HOUR,
     .def = "30s", .meaning = "A job whose worker has not renewed it for so long is given to another worker."},
    {NUMBER(attempts), .kind = PC_SETTING_INTEGER, .env = "POSECRAFT_ATTEMPTS", .min = 1, .max = 100, .def = "3",
     .meaning = "Attempts at one job before it counts as failed.", .off = "1: no second attempt"},
    {.name = "backoff", .offset = OFFSET(backoff_ms, int64_t), .kind = PC_SETTING_DURATION, .env = "POSECRAFT_BACKOFF", .min = 0, .max = HOUR,
     .def = "2s", .meaning = "Wait before the second attempt; before attempt n + 1 it is (2^n - 1) times as long.", .off = "0: no wait"},
    {NUMBER(queue_max), .kind = PC_SETTING_INTEGER, .env = "POSECRAFT_QUEUE_MAX", .min = 1, .max = 100000000, .unit = "jobs",
     .def = "100000", .meaning = "Limit of waiting jobs. Beyond it, new images are refused with 503 queue_full."},
    {TEXT(recipes), .kind = PC_SETTING_TEXT, .env = "POSECRAFT_RECIPES", .option = "--recipes", .max = 2000, .def = "",
     .meaning = "Recipes for the shots: a JSON file, or a folder of JSON files. They may name built-in recipes by their labels.",
     .off = "empty: the five default shots"},
    {NUMBER(max_people), .kind = PC_SETTING_INTEGER, .env = "POSECRAFT_MAX_PEOPLE", .min = 1, .max = 6, .unit = "people",
     .def = "6", .meaning = "People kept per image, those with the highest score first."},

    {.group = "Images",
     NUMBER(max_pixels), .kind = PC_SETTING_INTEGER, .env = "POSECRAFT_MAX_PIXELS", .min = 1000, .max = 1000000000, .unit = "pixels",
     .def = "50000000", .meaning = "Limit of width times height of an image, checked in its header before it is decoded."},
    {.name = "max_upload", .offset = OFFSET(max_upload_bytes, int64_t), .kind = PC_SETTING_BYTES, .env = "POSECRAFT_MAX_UPLOAD",
     .min = KIB, .max = 4.0 * KIB * MIB, .def = "50m", .meaning = "Limit of the size of an image file, uploaded or fetched."},
    {.name = "decode_time", .offset = OFFSET(decode_ms, int64_t), .kind = PC_SETTING_DURATION, .env = "POSECRAFT_DECODE_TIME", .min = 100, .max = HOUR,
     .def = "30s", .meaning = "Time limit for decoding an image."},
    {.name = "pose_time", .offset = OFFSET(pose_ms, int64_t), .kind = PC_SETTING_DURATION, .env = "POSECRAFT_POSE_TIME", .min = 100, .max = HOUR,
     .def = "30s", .meaning = "Time limit for finding the people in it."},
    {.name = "cut_time", .offset = OFFSET(cut_ms, int64_t), .kind = PC_SETTING_DURATION, .env = "POSECRAFT_CUT_TIME", .min = 100, .max = HOUR,
     .def = "1m", .meaning = "Time limit for cutting and encoding all shots of an image."},
    {FRACTION(person_sure), .kind = PC_SETTING_FRACTION, .env = "POSECRAFT_PERSON_SURE", .min = 0, .max = 1, .def = "0.4",
     .meaning = "Score from which a person counts as found.", .off = "0: every guess counts"},
    {FRACTION(person_maybe), .kind = PC_SETTING_FRACTION, .env = "POSECRAFT_PERSON_MAYBE", .min = 0, .max = 1, .def = "0.25",
     .meaning = "Score below which a person counts as absent. Between this and POSECRAFT_PERSON_SURE the shots ask for review.", .off = "the same as POSECRAFT_PERSON_SURE: no shots for review"},

    {.group = "Fetching",
     .name = "fetch_time", .offset = OFFSET(fetch_ms, int64_t), .kind = PC_SETTING_DURATION, .env = "POSECRAFT_FETCH_TIME", .min = 100, .max = HOUR,
     .def = "1m", .meaning = "Time limit for fetching one image, redirects included."},
    {.name = "fetch_connect_time", .offset = OFFSET(fetch_connect_ms, int64_t), .kind = PC_SETTING_DURATION, .env = "POSECRAFT_FETCH_CONNECT_TIME",
     .min = 50, .max = 10 * MINUTE, .def = "10s", .meaning = "Time limit for connecting to the host."},
    {NUMBER(fetch_redirects), .kind = PC_SETTING_INTEGER, .env = "POSECRAFT_FETCH_REDIRECTS", .min = 0, .max = 20, .def = "10",
     .meaning = "How many redirects are followed.", .off = "0: none"},
    {TEXT(fetch_allow), .kind = PC_SETTING_TEXT, .env = "POSECRAFT_FETCH_ALLOW", .max = 4000, .def = "",
     .meaning = "IP addresses and networks that may be fetched from although they are private, with commas between them: 127.0.0.0/8,10.1.0.0/16.",
     .off = "empty: public addresses only"},
    {TEXT(fetch_proxy), .kind = PC_SETTING_TEXT, .env = "POSECRAFT_FETCH_PROXY", .max = 2000, .def = "", .secrecy = PC_SETTING_REDACTED,
     .meaning = "Proxy for fetching, such as http://proxy:3128. http_proxy and similar variables of the environment are ignored. With a proxy it is the proxy that decides which host names may be reached.",
     .off = "empty: no proxy"},

    {.group = "HTTP",
     NUMBER(max_connections), .kind = PC_SETTING_INTEGER, .env = "POSECRAFT_MAX_CONNECTIONS", .min = 8, .max = 100000, .unit = "connections",
     .def = "1024", .meaning = "Limit of open connections from clients."},
    {NUMBER(max_batch), .kind = PC_SETTING_INTEGER, .env = "POSECRAFT_MAX_BATCH", .min = 1, .max = 1000000, .unit = "URLs",
     .def = "10000", .meaning = "Limit of URLs in one call of /process-batch."},
    {.name = "header_time", .offset = OFFSET(header_ms, int64_t), .kind = PC_SETTING_DURATION, .env = "POSECRAFT_HEADER_TIME", .min = 100, .max = HOUR,
     .def = "10s", .meaning = "Time limit for the whole header of a request to arrive."},
    {NUMBER(body_min_rate), .kind = PC_SETTING_BYTES, .env = "POSECRAFT_BODY_MIN_RATE", .min = 0, .max = MIB, .unit = "bytes a second",
     .def = "1k", .meaning = "An upload slower than this is aborted.", .off = "0: never"},
    {.name = "stop_time", .offset = OFFSET(stop_ms, int64_t), .kind = PC_SETTING_DURATION, .env = "POSECRAFT_STOP_TIME", .min = 0, .max = HOUR,
     .def = "20s", .meaning = "How long running work may take to finish after a stop signal; then it is released to the queue.", .off = "0: release it at once"},

    {.group = "Log",
     TEXT(log_level), .kind = PC_SETTING_CHOICE, .env = "POSECRAFT_LOG_LEVEL", .choices = "debug info warn error off", .def = "info",
     .meaning = "The least important level that is logged.", .off = "off"},
    {TEXT(log_format), .kind = PC_SETTING_CHOICE, .env = "POSECRAFT_LOG_FORMAT", .choices = "json text", .def = "json",
     .meaning = "One JSON object per line, or text for people."},

    {.group = "Servers, by the names of the first version",
     TEXT(mongo_uri), .kind = PC_SETTING_TEXT, .env = "MONGO_URI", .max = 2000, .def = "", .secrecy = PC_SETTING_REDACTED,
     .meaning = "Database, when POSECRAFT_RECORDS is not set.", .off = "empty"},
    {TEXT(redis_host), .kind = PC_SETTING_TEXT, .env = "REDIS_HOST", .max = 255, .def = "",
     .meaning = "Queue redis://REDIS_HOST:REDIS_PORT, when POSECRAFT_QUEUE is not set.", .off = "empty"},
    {NUMBER(redis_port), .kind = PC_SETTING_INTEGER, .env = "REDIS_PORT", .min = 1, .max = 65535, .def = "6379",
     .meaning = "Port of that Redis server; used only together with REDIS_HOST."},
    {TEXT(s3_bucket), .kind = PC_SETTING_TEXT, .env = "S3_BUCKET", .max = 255, .def = "",
     .meaning = "Store s3://S3_BUCKET, when POSECRAFT_BLOBS is not set.", .off = "empty"},
    {TEXT(s3_endpoint), .kind = PC_SETTING_URL, .env = "S3_ENDPOINT", .max = 1000, .def = "",
     .meaning = "URL of the S3 server.", .off = "empty: Amazon's for the region"},
    {TEXT(aws_region), .kind = PC_SETTING_TEXT, .env = "AWS_REGION", .alias = "AWS_DEFAULT_REGION", .max = 100, .def = "us-east-1", .meaning = "Region of the bucket."},
    {.name = "aws_access_key_id", .offset = OFFSET(aws_key_id, char *), .kind = PC_SETTING_TEXT, .env = "AWS_ACCESS_KEY_ID", .max = 200, .def = "",
     .secrecy = PC_SETTING_SECRET, .meaning = "Access key of the S3 account.", .off = "empty: the credentials come from AWS_PROFILE or a role"},
    {.name = "aws_secret_access_key", .offset = OFFSET(aws_secret, char *), .kind = PC_SETTING_TEXT, .env = "AWS_SECRET_ACCESS_KEY", .max = 200, .def = "",
     .secrecy = PC_SETTING_SECRET, .meaning = "Secret of that access key."},
    {.name = "aws_session_token", .offset = OFFSET(aws_session, char *), .kind = PC_SETTING_TEXT, .env = "AWS_SESSION_TOKEN", .max = 4000, .def = "",
     .secrecy = PC_SETTING_SECRET, .meaning = "Session token of temporary credentials.", .off = "empty: the credentials are permanent"},
    {TEXT(aws_profile), .kind = PC_SETTING_TEXT, .env = "AWS_PROFILE", .max = 200, .def = "",
     .meaning = "Profile in ~/.aws/credentials, when AWS_ACCESS_KEY_ID is not set. docs/s3.md lists all providers of credentials.", .off = "empty: the providers are asked in order"},

    {.group = "Links to files in an S3 store",
     TEXT(links), .kind = PC_SETTING_TEXT, .env = "POSECRAFT_LINKS", .max = 1000, .def = "served",
     .meaning = "What links to images look like in responses: served (by this program, below /files); presigned (a URL of the S3 server, signed and valid for a while); or public: followed by the base URL of a CDN or public bucket, such as public:https://cdn.example.com/shots/."},
    {.name = "link_time", .offset = OFFSET(link_ms, int64_t), .kind = PC_SETTING_DURATION, .env = "POSECRAFT_LINK_TIME", .min = MINUTE, .max = 144.0 * HOUR,
     .def = "1h", .meaning = "How long a presigned link is valid at least."},
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

bool pc_setting_is_text(const struct pc_setting *s)
{
    return s->kind == PC_SETTING_TEXT || s->kind == PC_SETTING_CHOICE || s->kind == PC_SETTING_URL;
}
