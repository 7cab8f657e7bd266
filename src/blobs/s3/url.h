/* Address of an S3 store:
 *
 *     s3://[KEY:SECRET@]BUCKET[/PREFIX][?NAME=VALUE&...]
 *
 *     endpoint       http://host:port[/path]; without it Amazon's own of the region
 *     region         us-east-1
 *     style          path | virtual: where the bucket stands; without it path for an endpoint of
 *                    one's own and for a bucket with dots in its name, else virtual
 *     session_token  of a temporary key
 *     profile        of the shared credentials file, instead of KEY:SECRET@
 *     links          served (by us) | presigned | public:BASE
 *     timeout        seconds without a byte after which a request has failed: 10
 *     spool          folder of temporary files: TMPDIR, else /tmp
 *     proxy          without it http_proxy, https_proxy, no_proxy of the environment count
 *     ca             file of certificates to trust instead of the system's
 *
 * Without KEY:SECRET@ the key comes from the places in s3_keys.h. Every part is percent-decoded.
 * pc_config_complete writes such addresses out of the settings.
 */
#ifndef PC_BLOBS_S3_URL_H
#define PC_BLOBS_S3_URL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum pc_s3_links { PC_S3_SERVED, PC_S3_PRESIGNED, PC_S3_PUBLIC };

struct pc_s3_url {
    char *key_id, *secret; /* NULL: not here */
    char *session;         /* "" = none */
    char *profile;         /* "" = the usual one */
    char *bucket, *region;
    char *prefix; /* before every key: "" or ending in '/' */
    char *origin; /* "https://shots.s3.eu-central-1.amazonaws.com" */
    char *host;   /* of it: the Host header */
    char *root;   /* path of the bucket, not encoded: "/" or "/bucket/" */
    enum pc_s3_links links;
    char *public_base; /* ends in '/' */
    int64_t timeout_ms;
    char *spool_dir;
    char *proxy; /* NULL = the environment's */
    char *ca;    /* NULL = the system's */
};

/* Fills *out, which pc_s3_url_finish empties, also after a failure. Errors: config. */
PC_NODISCARD enum pc_code pc_s3_url_parse(const char *text, struct pc_s3_url *out,
                                          struct pc_err *err);
void pc_s3_url_finish(struct pc_s3_url *a);
/* Path of a blob, or with "" of the bucket: not encoded. Gives. */
char *pc_s3_url_path(const struct pc_s3_url *a, const char *key);

#endif
