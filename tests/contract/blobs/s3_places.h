/* A shop where keys come from elsewhere: a played S3 server, played places that hand out keys, and
 * an environment without anything of the machine that the tests run on.
 * Threads: the main thread. */
#ifndef PC_TESTS_S3_PLACES_H
#define PC_TESTS_S3_PLACES_H

#include "blobs/drivers.h"
#include "s3_play.h"

#define PLACES_S3 "GET /shots" /* the list at the start */
#define PLACES_STS "POST /sts"
#define PLACES_CONTAINER "GET /container"
#define PLACES_SESSION "PUT /latest/api/token"
#define PLACES_ROLES "GET /latest/meta-data/iam/security-credentials/ HTTP"
#define PLACES_ROLE "GET /latest/meta-data/iam/security-credentials/shop HTTP"

struct places {
    struct play *play;
    char *dir; /* the home folder, and of other files */
};

/* Of a cmocka test; *state is a struct places. The S3 server answers that all is well; nobody hands
 * out keys. */
int places_setup(void **state);
int places_teardown(void **state);

/* Sets a variable; with_base puts "http://127.0.0.1:PORT" before the value. */
void places_env(struct places *p, const char *name, const char *value, bool with_base);
/* Writes a file below the folder and answers its path; borrowed until the next call. */
const char *places_file(struct places *p, const char *name, const char *text);
/* Sets up one place, without answers. */
void places_want_sts(struct places *p);
void places_want_container(struct places *p);
void places_want_instance(struct places *p);

/* Whole answers with the key "ID", the secret "hush-ID", and the token "hush-token-ID", good for
 * ends_ms from now. Borrowed until the next call. */
const char *places_json(const char *id, int64_t ends_ms);
const char *places_xml(const char *id, int64_t ends_ms);

enum pc_code places_open(struct places *p, const char *more, struct pc_blobs **bs,
                         struct pc_err *err);
/* The request number n of that rule was signed with this key, and bears its token (or none). */
void places_expect_key(struct places *p, const char *where, int n, const char *id, bool token);
/* Neither the message nor the detail has a secret. */
void places_expect_hushed(const struct pc_err *err);

#endif
