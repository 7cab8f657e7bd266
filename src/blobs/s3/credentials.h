/* Credentials of an S3 account: what they are, the providers that hand them out, and a cache that
 * renews them before they expire.
 *
 * The providers, in the order in which they are asked:
 *
 *     pc_s3_provider_profile       ~/.aws/credentials, or AWS_SHARED_CREDENTIALS_FILE
 *     pc_s3_provider_web_identity  AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN: a service account
 *                                  of Kubernetes, exchanged at the token service (STS)
 *     pc_s3_provider_container     AWS_CONTAINER_CREDENTIALS_*: ECS, EKS Pod Identity
 *     pc_s3_provider_instance      the role of an EC2 machine, by IMDSv2 only
 *
 * Sources: AWS SDKs and Tools Reference Guide, "Standardized credential providers" and the pages of
 * each; Amazon EC2 User Guide, "Use the Instance Metadata Service"; AWS STS API Reference,
 * "AssumeRoleWithWebIdentity".
 *
 * No secret reaches an error or the log.
 * Threads: safe. The environment is read whenever a provider is asked; nobody may change it then.
 */
#ifndef PC_BLOBS_S3_CREDENTIALS_H
#define PC_BLOBS_S3_CREDENTIALS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct pc_s3_url;

/* --- values --- */

#define PC_S3_NEVER_EXPIRES INT64_MAX

struct pc_s3_credentials { /* owns its texts */
    char *key_id, *secret;
    char *session_token; /* "": none */
    int64_t expires_ms;  /* wall time; PC_S3_NEVER_EXPIRES also when nobody knows */
};
void pc_s3_credentials_finish(struct pc_s3_credentials *c);
/* Gives a copy. */
struct pc_s3_credentials pc_s3_credentials_copy(const struct pc_s3_credentials *c);
/* Are they complete, fit for a header and not expired? If not, fails with code otherwise; the
 * message repeats nothing of them. */
PC_NODISCARD enum pc_code pc_s3_credentials_check(const struct pc_s3_credentials *c,
                                                  enum pc_code otherwise, struct pc_err *err);

/* --- providers --- */

struct pc_s3_provider_context { /* borrowed */
    const struct pc_s3_url *url;
    const atomic_bool *stop; /* another thread sets it to end the request soon; may be NULL */
};

struct pc_s3_provider {
    const char *name; /* for messages: "the role of the machine" */
    /* Gives *out. Errors:
     *     not_found          it is not set up here, so the next one is asked; the message says in a
     *                        few words what is missing ("no such file")
     *     config             it is set up wrongly, or refuses
     *     store_unavailable  it does not respond, or not sensibly
     * The messages of the last two are sentences. */
    enum pc_code (*fetch)(const struct pc_s3_provider_context *context,
                          struct pc_s3_credentials *out, struct pc_err *err);
};

extern const struct pc_s3_provider pc_s3_provider_profile, pc_s3_provider_web_identity,
    pc_s3_provider_container, pc_s3_provider_instance;

/* Parses a credentials file, and changes its text while doing so. True when the profile is there; *out has as
 * much of its credentials as there is. Gives *out in each case. */
bool pc_s3_profile_parse(char *text, const char *name, struct pc_s3_credentials *out);
/* Parses the JSON of containers and instances; without an expiry they never expire. Gives *out. */
PC_NODISCARD enum pc_code pc_s3_metadata_parse(const char *text, size_t len,
                                               struct pc_s3_credentials *out, struct pc_err *err);

/* For providers: a variable of the environment; NULL when it is empty too. */
const char *pc_s3_env(const char *name);

/* For providers: one small HTTP request that is not signed, with a few retries after no connection,
 * a lost or silent one, 429 and 5xx. */
enum { PC_S3_HTTP_HEADERS = 2 };
struct pc_s3_http_request { /* all borrowed */
    const char *method, *url;
    const char *headers[PC_S3_HTTP_HEADERS]; /* "Name: value"; NULL: none */
    const char *form;                        /* body of a POST; NULL: none */
    bool direct;                             /* use no proxy, whatever the environment says */
    const char *proxy, *ca;                  /* as in struct pc_s3_url */
    int64_t connect_ms, total_ms;            /* limits of one attempt */
    int attempts;
    const char *no_response; /* the public message when there is no response */
    const atomic_bool *stop; /* as in the context */
};
/* PC_OK when there is a response, whatever it says: *status, and its body in body. Else
 * store_unavailable. */
PC_NODISCARD enum pc_code pc_s3_http_send(const struct pc_s3_http_request *request, int *status,
                                          struct pc_buf *body, struct pc_err *err);

/* --- cache --- */

/* The credentials are the URL's, or those of the first provider that has any. A thread of the cache
 * renews those that expire: five minutes before, or in the last quarter of their life when they
 * live shorter. So there is one renewal at a time, and no request waits for it while the old
 * credentials are good. A request that finds them expired, or was told so by the server, wakes the
 * thread and waits for the one renewal. Credentials of the URL are never renewed. */

struct pc_s3_credentials_cache;
/* Asks the providers; borrows url, which outlives the cache. Gives *out. Errors: config (nobody has
 * any, and the message names what was tried; or a provider is set up wrongly), store_unavailable
 * (one that is set up does not respond). */
PC_NODISCARD enum pc_code pc_s3_credentials_cache_create(const struct pc_s3_url *url,
                                                         struct pc_s3_credentials_cache **out,
                                                         struct pc_err *err);
/* Takes NULL. Nobody may be using the cache. */
void pc_s3_credentials_cache_destroy(struct pc_s3_credentials_cache *c);

/* The provider's name for messages, or NULL when the credentials are the URL's. */
const char *pc_s3_credentials_cache_provider(const struct pc_s3_credentials_cache *c);
/* Gives a copy. Waits for a renewal when they have expired. Errors: store_unavailable. */
PC_NODISCARD enum pc_code pc_s3_credentials_cache_get(struct pc_s3_credentials_cache *c,
                                                      struct pc_s3_credentials *out,
                                                      struct pc_err *err);
/* The same without waiting: false when they have expired. */
bool pc_s3_credentials_cache_peek(struct pc_s3_credentials_cache *c, struct pc_s3_credentials *out);
/* The server rejected a request that was signed with used. sure: the credentials certainly are the
 * cause; otherwise they may be. Renews them unless that was tried a moment ago. True when there are
 * others now, so that another attempt is worth it. */
bool pc_s3_credentials_cache_rejected(struct pc_s3_credentials_cache *c,
                                      const struct pc_s3_credentials *used, bool sure);

#endif
