/* A role that is assumed with the token of another identity: of a service account of Kubernetes
 * (IRSA), or any web identity. The token is exchanged at the region's token service (STS), in a
 * request that needs no signature. Its file is read each time, since Kubernetes writes a new token
 * into it before the old one expires. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/percent.h"
#include "base/str.h"
#include "blobs/s3/internal.h"
#include "blobs/s3/xml.h"

enum { MAX_TOKEN = 20000, CONNECT_MS = 3000, TOTAL_MS = 5000, ATTEMPTS = 3, MAX_CODE = 64 };

struct role_response {
    struct pc_s3_credentials *credentials;
    char code[MAX_CODE]; /* of a refusal */
};

static void on_leaf(void *ctx, const char *parent, const char *name, const char *text)
{
    struct role_response *a = ctx;
    const struct {
        const char *name;
        char **field;
    } rows[] = {{"AccessKeyId", &a->credentials->key_id},
                {"SecretAccessKey", &a->credentials->secret},
                {"SessionToken", &a->credentials->session_token}};
    if (pc_str_eq(parent, "Error") && pc_str_eq(name, "Code"))
        (void)pc_str_copy(a->code, sizeof a->code, text);
    if (!pc_str_eq(parent, "Credentials"))
        return;
    if (pc_str_eq(name, "Expiration"))
        a->credentials->expires_ms = pc_s3_parse_time_ms(text);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (pc_str_eq(rows[i].name, name)) {
            free(*rows[i].field);
            *rows[i].field = pc_xstrdup(text);
        }
    }
}

static void add_form_field(struct pc_buf *form, const char *name, const char *value)
{
    pc_buf_printf(form, "&%s=", name);
    pc_percent_encode(form, value, "");
}

static enum pc_code exchange(const struct pc_s3_provider_context *context, const char *role,
                             const char *token, int *status, struct pc_buf *body,
                             struct pc_err *err)
{
    const char *name = pc_s3_env("AWS_ROLE_SESSION_NAME");
    struct pc_buf form = PC_BUF_INIT;
    const char *endpoint = pc_s3_env("AWS_ENDPOINT_URL_STS"), *region = context->url->region;
    char *url = endpoint ? pc_xstrdup(endpoint)
                         : pc_xasprintf("https://sts.%s.amazonaws.com%s/", region,
                                        pc_str_starts(region, "cn-") ? ".cn" : "");
    pc_buf_puts(&form, "Action=AssumeRoleWithWebIdentity&Version=2011-06-15");
    add_form_field(&form, "RoleArn", role);
    add_form_field(&form, "RoleSessionName", name ? name : "posecraft");
    add_form_field(&form, "WebIdentityToken", token);
    struct pc_s3_http_request request = {
        .method = "POST",
        .url = url,
        .form = pc_buf_text(&form),
        .proxy = context->url->proxy,
        .ca = context->url->ca,
        .connect_ms = CONNECT_MS,
        .total_ms = TOTAL_MS,
        .attempts = ATTEMPTS,
        .no_response = "The token service (STS) for the credentials of the S3 "
                       "account does not respond.",
        .stop = context->stop};
    enum pc_code rc = pc_s3_http_send(&request, status, body, err);
    pc_buf_finish(&form);
    free(url);
    return rc;
}

static enum pc_code fail_refused(int status, const char *code, struct pc_err *err)
{
    /* IDPCommunicationError: STS could not reach whoever issued the token. */
    bool later = status >= 500 || status == 429 || pc_str_eq(code, "IDPCommunicationError");
    return pc_fail(err, later || status / 100 == 2 ? PC_E_STORE_UNAVAILABLE : PC_E_CONFIG,
                   "The token service (STS) gives no credentials for the role in AWS_ROLE_ARN: "
                   "status %d %s.",
                   status, code);
}

static enum pc_code assume_role(const struct pc_s3_provider_context *context, const char *role,
                                const char *token, struct pc_s3_credentials *out,
                                struct pc_err *err)
{
    struct pc_buf body = PC_BUF_INIT;
    struct role_response response = {.credentials = out};
    struct pc_s3_xml_handler handler = {.leaf = on_leaf, .ctx = &response};
    int status;
    *out = (struct pc_s3_credentials){0};
    enum pc_code rc = exchange(context, role, token, &status, &body, err);
    if (!rc) {
        bool whole = pc_s3_xml_parse(pc_buf_text(&body), body.len, &handler);
        if (status != 200 || !whole || !out->key_id)
            rc = fail_refused(status, response.code, err);
        else
            rc = pc_s3_credentials_check(out, PC_E_STORE_UNAVAILABLE, err);
    }
    if (rc)
        pc_s3_credentials_finish(out);
    pc_buf_finish(&body);
    return rc;
}

static enum pc_code fetch_web_identity(const struct pc_s3_provider_context *context,
                                       struct pc_s3_credentials *out, struct pc_err *err)
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
        rc = assume_role(context, role, text, out, err);
    pc_buf_finish(&token);
    return rc;
}

const struct pc_s3_provider pc_s3_provider_web_identity = {"the web identity", fetch_web_identity};
