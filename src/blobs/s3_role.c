/* A role taken with a token of another's: a service account of Kubernetes (IRSA), or any web
 * identity. The token is exchanged at the token service (STS) of the region, in a request that
 * needs no signature. The file is read anew each time: Kubernetes writes a new token into it before
 * the old one ends. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "blobs/s3_http.h"
#include "blobs/s3_keys.h"
#include "blobs/s3_sign.h"
#include "blobs/s3_xml.h"

enum { MAX_TOKEN = 20000, CONNECT_MS = 3000, TOTAL_MS = 5000, TRIES = 3, MAX_CODE = 64 };

struct role_answer {
    struct pc_s3_keys *keys;
    char code[MAX_CODE]; /* of a refusal */
};

static void on_leaf(void *ctx, const char *parent, const char *name, const char *text)
{
    struct role_answer *a = ctx;
    const struct {
        const char *name;
        char **field;
    } rows[] = {{"AccessKeyId", &a->keys->key_id},
                {"SecretAccessKey", &a->keys->secret},
                {"SessionToken", &a->keys->session}};
    if (pc_streq(parent, "Error") && pc_streq(name, "Code"))
        (void)pc_str_copy(a->code, sizeof a->code, text);
    if (!pc_streq(parent, "Credentials"))
        return;
    if (pc_streq(name, "Expiration"))
        a->keys->ends_ms = pc_s3_time_ms(text);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (pc_streq(rows[i].name, name)) {
            free(*rows[i].field);
            *rows[i].field = pc_xstrdup(text);
        }
    }
}

static char *service_url(const struct pc_s3_address *a)
{
    const char *own = pc_s3_env("AWS_ENDPOINT_URL_STS");
    return own ? pc_xstrdup(own)
               : pc_xasprintf("https://sts.%s.amazonaws.com%s/", a->region,
                              pc_str_starts(a->region, "cn-") ? ".cn" : "");
}

static void put_field(struct pc_buf *form, const char *name, const char *value)
{
    pc_buf_printf(form, "&%s=", name);
    pc_s3_encode(form, value, false);
}

static enum pc_code exchange(const struct pc_s3_asker *asker, const char *role, const char *token,
                             int *status, struct pc_buf *body, struct pc_err *err)
{
    const char *name = pc_s3_env("AWS_ROLE_SESSION_NAME");
    struct pc_buf form = PC_BUF_INIT;
    char *url = service_url(asker->address);
    pc_buf_puts(&form, "Action=AssumeRoleWithWebIdentity&Version=2011-06-15");
    put_field(&form, "RoleArn", role);
    put_field(&form, "RoleSessionName", name ? name : "posecraft");
    put_field(&form, "WebIdentityToken", token);
    struct pc_s3_http_ask ask = {.method = "POST",
                                 .url = url,
                                 .form = pc_buf_text(&form),
                                 .proxy = asker->address->proxy,
                                 .ca = asker->address->ca,
                                 .connect_ms = CONNECT_MS,
                                 .total_ms = TOTAL_MS,
                                 .tries = TRIES,
                                 .silence = "The token service (STS) that gives the key of the S3 "
                                            "account does not answer.",
                                 .stop = asker->stop};
    enum pc_code rc = pc_s3_http(&ask, status, body, err);
    pc_buf_finish(&form);
    free(url);
    return rc;
}

/* IDPCommunicationError: it could not ask the one who issued the token. */
static enum pc_code refused(int status, const char *code, struct pc_err *err)
{
    bool later = status >= 500 || status == 429 || pc_streq(code, "IDPCommunicationError");
    return pc_fail(err, later || status / 100 == 2 ? PC_E_STORE_UNAVAILABLE : PC_E_CONFIG,
                   "The token service (STS) gives no key for the role in AWS_ROLE_ARN: status %d "
                   "%s.",
                   status, code);
}

static enum pc_code take_role(const struct pc_s3_asker *asker, const char *role, const char *token,
                              struct pc_s3_keys *out, struct pc_err *err)
{
    struct pc_buf body = PC_BUF_INIT;
    struct role_answer answer = {.keys = out};
    struct pc_s3_xml to = {.leaf = on_leaf, .ctx = &answer};
    int status;
    *out = (struct pc_s3_keys){0};
    enum pc_code rc = exchange(asker, role, token, &status, &body, err);
    if (!rc) {
        bool whole = pc_s3_xml_read(pc_buf_text(&body), body.len, &to);
        if (status != 200 || !whole || !out->key_id)
            rc = refused(status, answer.code, err);
        else
            rc = pc_s3_keys_check(out, PC_E_STORE_UNAVAILABLE, err);
    }
    if (rc)
        pc_s3_keys_finish(out);
    pc_buf_finish(&body);
    return rc;
}

static enum pc_code ask_web_identity(const struct pc_s3_asker *asker, struct pc_s3_keys *out,
                                     struct pc_err *err)
{
    const char *path = pc_s3_env("AWS_WEB_IDENTITY_TOKEN_FILE"), *role = pc_s3_env("AWS_ROLE_ARN");
    struct pc_buf token = PC_BUF_INIT;
    if (!path)
        return pc_fail(err, PC_E_NOT_FOUND, "not set");
    if (!role)
        return pc_fail(err, PC_E_CONFIG,
                       "AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not.");
    enum pc_code rc = pc_buf_read_file(&token, path, MAX_TOKEN, err);
    const char *text = token.len ? pc_str_trim(token.data) : "";
    if (rc || !*text)
        rc = pc_fail(err, PC_E_CONFIG,
                     "The file in AWS_WEB_IDENTITY_TOKEN_FILE cannot be read, or is empty.");
    else
        rc = take_role(asker, role, text, out, err);
    pc_buf_finish(&token);
    return rc;
}

const struct pc_s3_source pc_s3_web_identity = {"the web identity", ask_web_identity};
