/* Settings, from one typed table (table.c): name, variables, unit, bounds, default, secrecy,
 * meaning and how to switch it off.
 *
 * Sources, of which a later one wins: the default, the .env file of the working directory, the
 * environment, the command line. Variables are POSECRAFT_*, and the names that the first version
 * had: PORT, MONGO_URI, REDIS_HOST, ...; within one source POSECRAFT_* wins. An empty value means
 * the default. All problems are reported at once, and then the caller stops.
 *
 *     pc_config_init(&cfg);
 *     pc_config_load_env(&cfg, &problems, &err);
 *     pc_config_set(&cfg, "port", optarg, "--port", &err);
 *     pc_config_complete(&cfg, &problems, &err);
 *
 * Ownership: struct pc_config owns its texts, of which none is NULL.
 * Threads: it is written at start only; after that all threads may read it.
 */
#ifndef PC_CONFIG_CONFIG_H
#define PC_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"

struct pc_config {
    /* --- where things are --- */
    char *host;       /* --host, POSECRAFT_HOST: "127.0.0.1" */
    int64_t port;     /* --port, POSECRAFT_PORT, PORT: 8080; 0 takes a free one */
    char *data_dir;   /* --data, POSECRAFT_DATA: "data" */
    char *share_dir;  /* POSECRAFT_SHARE: models, page, runtime; "" = share/ beside the program */
    char *records;    /* POSECRAFT_RECORDS: "" = sqlite:DATA/posecraft.db */
    char *queue;      /* POSECRAFT_QUEUE: "" = sqlite:DATA/posecraft.db */
    char *blobs;      /* POSECRAFT_BLOBS: "" = file:DATA/blobs */
    char *public_url; /* POSECRAFT_PUBLIC_URL: what links begin with; "" = relative links */
    int64_t wait_ms;  /* how long to wait at start for stores that are not available */

    /* --- work --- */
    int64_t workers;    /* --workers: -1 = one per core; 0 none */
    int64_t lease_ms;   /* a job that is not renewed for so long goes to another worker */
    int64_t attempts;   /* at one job, before it counts as failed */
    int64_t backoff_ms; /* before attempt n + 1: (2^n - 1) times this */
    int64_t queue_max;  /* waiting jobs; more are refused: 503 queue_full */
    char *recipes;      /* --recipes, POSECRAFT_RECIPES: file or folder; "" = the five */
    int64_t max_people;

    /* --- images --- */
    int64_t max_pixels;                 /* 50 MP */
    int64_t max_upload_bytes;           /* 50 MiB; of uploads and fetched images */
    int64_t decode_ms, pose_ms, cut_ms; /* time limit of each stage */
    double person_sure;                 /* .40 */
    double person_maybe;                /* .25 */

    /* --- fetching --- */
    int64_t fetch_ms; /* of a whole transfer */
    int64_t fetch_connect_ms;
    int64_t fetch_redirects; /* 10 */
    char *fetch_allow; /* POSECRAFT_FETCH_ALLOW: private addresses and networks that may be reached,
                          "127.0.0.0/8,10.1.0.0/16"; "" = none */
    char *fetch_proxy; /* POSECRAFT_FETCH_PROXY: "" = none; the environment's are ignored */

    /* --- http --- */
    int64_t max_connections;
    int64_t max_batch;     /* URLs in one /process-batch */
    int64_t header_ms;     /* limit for a whole request header */
    int64_t body_min_rate; /* bytes a second; a slower upload is aborted */
    int64_t stop_ms;       /* how long running jobs may take to finish at a stop */

    char *log_level;  /* debug info warn error off */
    char *log_format; /* json, text */

    /* --- servers, by the names of the first version; pc_config_complete makes URLs of them --- */
    char *mongo_uri;    /* MONGO_URI: records, when POSECRAFT_RECORDS is not set */
    char *redis_host;   /* REDIS_HOST, REDIS_PORT: queue, when POSECRAFT_QUEUE is not set */
    int64_t redis_port; /* 6379 */
    char *s3_bucket;    /* S3_BUCKET, S3_ENDPOINT: blobs, when POSECRAFT_BLOBS is not set */
    char *s3_endpoint;  /* "" = Amazon's own for the region */
    char *aws_region;   /* AWS_REGION */
    char *aws_key_id;   /* AWS_ACCESS_KEY_ID */
    char *aws_secret;   /* AWS_SECRET_ACCESS_KEY */
    char *aws_session;  /* AWS_SESSION_TOKEN */
    char *aws_profile;  /* AWS_PROFILE, when there is no key: of the shared credentials file */
    char *links;        /* POSECRAFT_LINKS: links to files of an S3 store are "served" by us,
                           "presigned" or "public:https://cdn.example/shots/" */
    int64_t link_ms;    /* POSECRAFT_LINK_TIME: how long presigned links are valid at least */
};

void pc_config_init(struct pc_config *cfg); /* defaults */
void pc_config_finish(struct pc_config *cfg);

/* Sets one setting by its name ("port") from text. source is what messages call it ("--port"). */
PC_NODISCARD enum pc_code pc_config_set(struct pc_config *cfg, const char *name, const char *value,
                                        const char *source, struct pc_err *err);

/* Reads .env of the working directory, then the environment. Every problem is one line appended to
 * problems ("POSECRAFT_PORT: 99999 is outside 0..65535"), unknown POSECRAFT_* names too.
 * PC_E_CONFIG when there are any; what is right is set all the same. */
PC_NODISCARD enum pc_code pc_config_load_env(struct pc_config *cfg, struct pc_buf *problems,
                                             struct pc_err *err);

/* The last step. Fills records, queue and blobs where they are "": from the servers' names above,
 * else with the embedded stores in data_dir. Checks settings against each other. Problems as above. */
PC_NODISCARD enum pc_code pc_config_complete(struct pc_config *cfg, struct pc_buf *problems,
                                             struct pc_err *err);

/* The URL of a blob store with everything that is needed to open it. An s3:// URL gets from the
 * settings what it does not say itself: credentials or profile, region, endpoint, links, folder of
 * temporary files. Any other stays as it is. It contains secrets: use it for opening only. Gives. */
char *pc_config_blobs_url(const struct pc_config *cfg, const char *url);

/* Prints name, value (secrets as "***"), default and meaning, a line for each setting: `doctor`. */
void pc_config_print(const struct pc_config *cfg, FILE *out);
/* Prints docs/settings.md. */
void pc_config_print_markdown(FILE *out);

/* "500ms", "30s", "2m", "1h", or bare milliseconds. False for anything else. */
bool pc_config_parse_duration(const char *text, int64_t *ms);

/* Writes a URL that may be logged: user and password become "***", and so does the query when it
 * seems to contain a secret: "redis://:pw@host" is "redis://" and "***@host". Truncates to cap. */
void pc_config_redact(const char *url, char *out, size_t cap);

#endif
