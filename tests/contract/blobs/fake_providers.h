/* A setting in which S3 credentials come from elsewhere: a fake S3 server, fake providers, and an
 * environment without anything of the machine that the tests run on.
 * Threads: the main thread. */
#ifndef PC_TESTS_FAKE_PROVIDERS_H
#define PC_TESTS_FAKE_PROVIDERS_H

#include "blobs/drivers.h"
#include "fake_server.h"

#define AT_S3 "GET /shots" /* the list at start */
#define AT_STS "POST /sts"
#define AT_CONTAINER "GET /container"
#define AT_IMDS_SESSION "PUT /latest/api/token"
#define AT_IMDS_ROLES "GET /latest/meta-data/iam/security-credentials/ HTTP"
#define AT_IMDS_ROLE "GET /latest/meta-data/iam/security-credentials/shop HTTP"

struct fake_providers {
    struct fake_server *server;
    char *dir; /* the home folder, with other files too */
};

/* Fixtures of a cmocka test; *state is a struct fake_providers. The S3 server answers that all is
 * well, and nobody hands out credentials. */
int providers_setup(void **state);
int providers_teardown(void **state);

/* Sets a variable; with_base puts "http://127.0.0.1:PORT" before the value. */
void providers_setenv(struct fake_providers *p, const char *name, const char *value,
                      bool with_base);
/* Writes a file below the folder and returns its path, borrowed until the next call. */
const char *providers_write_file(struct fake_providers *p, const char *name, const char *text);
/* Sets up one provider, without replies. */
void providers_enable_sts(struct fake_providers *p);
void providers_enable_container(struct fake_providers *p);
void providers_enable_instance(struct fake_providers *p);

/* Whole responses with the key "ID", the secret "hush-ID" and the token "hush-token-ID", which
 * expire expires_ms from now. Borrowed until the next call. */
const char *providers_json(const char *id, int64_t expires_ms);
const char *providers_xml(const char *id, int64_t expires_ms);

enum pc_code providers_open_store(struct fake_providers *p, const char *more, struct pc_blobs **bs,
                                  struct pc_err *err);
/* Request number n of that rule was signed with this key, and has its token or none. */
void providers_expect_signed_by(struct fake_providers *p, const char *where, int n, const char *id,
                                bool token);
/* Neither message nor detail contains a secret. */
void providers_expect_no_secret(const struct pc_err *err);

#endif
