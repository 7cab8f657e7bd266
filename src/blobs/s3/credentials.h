/* Keys of an S3 account, and the places that hand them out. In the order in which they are asked:
 *
 *     pc_s3_provider_profile       ~/.aws/credentials or AWS_SHARED_CREDENTIALS_FILE        s3_profile.c
 *     pc_s3_provider_web_identity  AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN: a service account of
 *                         Kubernetes, exchanged at the token service (STS)         s3_role.c
 *     pc_s3_provider_container     AWS_CONTAINER_CREDENTIALS_*: ECS, EKS Pod Identity       s3_metadata.c
 *     pc_s3_provider_instance      the role of an EC2 machine, by IMDSv2 only               s3_metadata.c
 *
 * Sources: AWS SDKs and Tools Reference Guide, "Standardized credential providers" and the pages of
 * each; Amazon EC2 User Guide, "Use the Instance Metadata Service"; AWS STS API Reference,
 * "AssumeRoleWithWebIdentity".
 * Threads: safe. The environment is read at each asking and changed by nobody meanwhile.
 */
#ifndef PC_BLOBS_S3_CREDENTIALS_H
#define PC_BLOBS_S3_CREDENTIALS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "blobs/s3/url.h"

#define PC_S3_NEVER_EXPIRES INT64_MAX

struct pc_s3_credentials { /* owns its texts */
    char *key_id, *secret;
    char *session;      /* "" = none */
    int64_t expires_ms; /* wall time, or PC_S3_NEVER_EXPIRES: never, or nobody knows */
};
void pc_s3_credentials_finish(struct pc_s3_credentials *k);
/* Gives a copy. */
struct pc_s3_credentials pc_s3_credentials_copy(const struct pc_s3_credentials *k);
/* Are they whole, fit for a header, and not ended yet? Otherwise why not, as an error of that code;
 * it repeats nothing of them. */
PC_NODISCARD enum pc_code pc_s3_credentials_check(const struct pc_s3_credentials *k,
                                                  enum pc_code otherwise, struct pc_err *err);

struct pc_s3_provider_context { /* borrowed */
    const struct pc_s3_url *url;
    const atomic_bool *stop; /* set by another thread: ends the asking soon */
};

struct pc_s3_provider {
    const char *name; /* "the role of the machine" */
    /* Gives *out. not_found: this place is not set up here, the message says in a few words what is
     * missing ("no such file"); the next one is asked. config: it is set up wrongly, or refuses.
     * store_unavailable: it does not answer, or with nonsense. Their messages are sentences. */
    enum pc_code (*fetch)(const struct pc_s3_provider_context *context,
                          struct pc_s3_credentials *out, struct pc_err *err);
};

extern const struct pc_s3_provider pc_s3_provider_profile, pc_s3_provider_web_identity,
    pc_s3_provider_container, pc_s3_provider_instance;

/* What those places write. The credentials file: true when it has that profile, whose keys are in
 * *out then, as far as there are any; text is cut to pieces. Gives *out in each case. */
bool pc_s3_profile_parse(char *text, const char *name, struct pc_s3_credentials *out);
/* The JSON of containers and machines; keys without an end are lasting ones. Gives *out. */
PC_NODISCARD enum pc_code pc_s3_metadata_parse(const char *text, size_t len,
                                               struct pc_s3_credentials *out, struct pc_err *err);

/* For the sources: a variable of the environment, NULL when it is empty too. */
const char *pc_s3_env(const char *name);

#endif
