/* Credentials that a container or a machine gets from the network it is in:
 *
 *     container  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI (ECS) or _FULL_URI (EKS Pod Identity), with
 *                the header of AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE or _TOKEN. Over plain http it
 *                must be on this machine or at one of Amazon's three addresses, so that the token
 *                goes to nobody else
 *     instance   a session at 169.254.169.254 (IMDSv2), then the role's name, then its credentials
 *
 * Both answer the same JSON. Neither is asked through a proxy. */
#include <arpa/inet.h>
#include <curl/curl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "blobs/s3/credentials.h"
#include "blobs/s3/xml.h"

enum {
    CONNECT_MS = 1000,
    TOTAL_MS = 2000,
    CONTAINER_ATTEMPTS = 3,
    INSTANCE_ATTEMPTS = 2,
    MAX_TOKEN = 20000
};

static char *text_of(const json_t *o, const char *name)
{
    return pc_xstrdup(json_string_value(json_object_get(o, name)));
}

enum pc_code pc_s3_metadata_parse(const char *text, size_t len, struct pc_s3_credentials *out,
                                  struct pc_err *err)
{
    json_t *o = json_loadb(text, len, 0, NULL);
    const char *code = json_string_value(json_object_get(o, "Code"));
    const char *ends = json_string_value(json_object_get(o, "Expiration"));
    enum pc_code rc;
    *out = (struct pc_s3_credentials){.key_id = text_of(o, "AccessKeyId"),
                                      .secret = text_of(o, "SecretAccessKey"),
                                      .session_token = text_of(o, "Token"),
                                      .expires_ms =
                                          ends ? pc_s3_parse_time_ms(ends) : PC_S3_NEVER_EXPIRES};
    if (!out->session_token)
        out->session_token = pc_xstrdup("");
    if (!o || (code && !pc_str_eq(code, "Success")))
        rc = pc_fail(
            err, PC_E_STORE_UNAVAILABLE,
            "What should hand out the credentials of the S3 account answers something else.");
    else
        rc = pc_s3_credentials_check(out, PC_E_STORE_UNAVAILABLE, err);
    if (rc)
        pc_s3_credentials_finish(out);
    json_decref(o);
    return rc;
}

/* --- container --- */

static bool is_trusted_host(const char *host)
{
    static const char *const amazons[] = {"169.254.170.2", "169.254.170.23", "fd00:ec2::23"};
    struct in_addr v4;
    struct in6_addr v6, other;
    if (inet_pton(AF_INET, host, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127)
        return true;
    bool is_v6 = inet_pton(AF_INET6, host, &v6) == 1;
    if (is_v6 && IN6_IS_ADDR_LOOPBACK(&v6))
        return true;
    for (size_t i = 0; i < sizeof amazons / sizeof *amazons; i++) {
        if (is_v6 && inet_pton(AF_INET6, amazons[i], &other) == 1 &&
            memcmp(&v6, &other, sizeof v6) == 0)
            return true;
        if (pc_str_eq(host, amazons[i]))
            return true;
    }
    return pc_str_eq(host, "localhost"); /* libcurl never asks a name server for it */
}

static bool url_allowed(const char *url)
{
    CURLU *parsed = curl_url();
    char *scheme = NULL, *host = NULL;
    bool fine = parsed && curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK &&
                curl_url_get(parsed, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                curl_url_get(parsed, CURLUPART_HOST, &host, 0) == CURLUE_OK;
    if (fine && pc_str_eq(scheme, "http")) {
        size_t len = strlen(host);
        if (*host == '[' && host[len - 1] == ']') {
            host[len - 1] = 0;
            fine = is_trusted_host(host + 1);
        } else {
            fine = is_trusted_host(host);
        }
    } else {
        fine = fine && pc_str_eq(scheme, "https");
    }
    curl_free(scheme);
    curl_free(host);
    curl_url_cleanup(parsed);
    return fine;
}

static enum pc_code container_url(char **out, struct pc_err *err)
{
    const char *relative = pc_s3_env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    const char *full = pc_s3_env("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    if (!relative && !full)
        return pc_fail(err, PC_E_NOT_FOUND, "not set");
    if (relative && *relative != '/')
        return pc_fail(err, PC_E_CONFIG,
                       "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI must begin with '/'.");
    if (!relative && !url_allowed(full))
        return pc_fail(
            err, PC_E_CONFIG,
            "AWS_CONTAINER_CREDENTIALS_FULL_URI must be https, or name this machine or one "
            "of Amazon's addresses for containers.");
    *out = relative ? pc_xasprintf("http://169.254.170.2%s", relative) : pc_xstrdup(full);
    return PC_OK;
}

/* Gives *out: the Authorization header, or NULL when none is needed. */
static enum pc_code container_header(char **out, struct pc_err *err)
{
    const char *path = pc_s3_env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    const char *token = pc_s3_env("AWS_CONTAINER_AUTHORIZATION_TOKEN");
    struct pc_buf file = PC_BUF_INIT;
    enum pc_code rc = PC_OK;
    if (path) {
        rc = pc_buf_read_file(&file, path, MAX_TOKEN, err);
        token = file.len ? pc_str_trim(file.data) : "";
    }
    if (rc || (path && !*token))
        rc = pc_fail(
            err, PC_E_CONFIG,
            "The file in AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE cannot be read, or is empty.");
    else if (token && strpbrk(token, "\r\n"))
        rc = pc_fail(err, PC_E_CONFIG, "AWS_CONTAINER_AUTHORIZATION_TOKEN contains a line end.");
    else
        *out = token ? pc_xasprintf("Authorization: %s", token) : NULL;
    pc_buf_finish(&file);
    return rc;
}

static enum pc_code read_container_response(int status, const struct pc_buf *body,
                                            struct pc_s3_credentials *out, struct pc_err *err)
{
    if (status == 200)
        return pc_s3_metadata_parse(pc_buf_text(body), body->len, out, err);
    return pc_fail(
        err, status >= 500 || status == 429 ? PC_E_STORE_UNAVAILABLE : PC_E_CONFIG,
        "The container's credentials (AWS_CONTAINER_CREDENTIALS_*) are refused with status "
        "%d.",
        status);
}

static enum pc_code fetch_container(const struct pc_s3_provider_context *context,
                                    struct pc_s3_credentials *out, struct pc_err *err)
{
    struct pc_buf body = PC_BUF_INIT;
    char *url = NULL, *header = NULL;
    int status;
    enum pc_code rc = container_url(&url, err);
    if (!rc)
        rc = container_header(&header, err);
    if (!rc) {
        struct pc_s3_http_request request = {.method = "GET",
                                             .url = url,
                                             .headers = {header},
                                             .direct = true,
                                             .connect_ms = CONNECT_MS,
                                             .total_ms = TOTAL_MS,
                                             .attempts = CONTAINER_ATTEMPTS,
                                             .no_response =
                                                 "The server of the container's credentials "
                                                 "(AWS_CONTAINER_CREDENTIALS_*) does not respond.",
                                             .stop = context->stop};
        rc = pc_s3_http_send(&request, &status, &body, err);
        if (!rc)
            rc = read_container_response(status, &body, out, err);
    }
    pc_buf_finish(&body);
    free(url);
    free(header);
    return rc;
}

const struct pc_s3_provider pc_s3_provider_container = {"the container", fetch_container};

/* --- instance --- */

struct instance {
    const struct pc_s3_provider_context *context;
    char *base;             /* "http://169.254.169.254" */
    char *session;          /* a whole header, or NULL */
    struct pc_buf response; /* to the last request */
};

static char *instance_base(void)
{
    const char *own = pc_s3_env("AWS_EC2_METADATA_SERVICE_ENDPOINT");
    const char *mode = pc_s3_env("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");
    if (!own)
        own = mode && strcasecmp(mode, "IPv6") == 0 ? "http://[fd00:ec2::254]"
                                                    : "http://169.254.169.254";
    size_t len = strlen(own);
    return pc_xstrndup(own, own[len - 1] == '/' ? len - 1 : len);
}

/* A machine outside of EC2, or one without a role, counts as not set up. */
static enum pc_code instance_get(struct instance *in, const char *method, const char *path,
                                 const char *header, struct pc_err *err)
{
    int status;
    char *url = pc_xasprintf("%s/latest/%s", in->base, path);
    struct pc_s3_http_request request = {.method = method,
                                         .url = url,
                                         .headers = {header},
                                         .direct = true,
                                         .connect_ms = CONNECT_MS,
                                         .total_ms = TOTAL_MS,
                                         .attempts = INSTANCE_ATTEMPTS,
                                         .no_response = "no answer",
                                         .stop = in->context->stop};
    enum pc_code rc = pc_s3_http_send(&request, &status, &in->response, err);
    free(url);
    if (rc)
        return err->code = PC_E_NOT_FOUND;
    if (status >= 500 || status == 429)
        return pc_fail(err, PC_E_STORE_UNAVAILABLE,
                       "The machine's metadata service (IMDS) answers with status %d.", status);
    if (status != 200)
        return pc_fail(err, PC_E_NOT_FOUND, "%s, status %d", status == 404 ? "no role" : "refused",
                       status);
    return PC_OK;
}

/* Opens a session and gets the role's name in it; of several names the first counts. */
static enum pc_code instance_role(struct instance *in, char **role, struct pc_err *err)
{
    enum pc_code rc =
        instance_get(in, "PUT", "api/token", "X-aws-ec2-metadata-token-ttl-seconds: 60", err);
    if (rc)
        return rc;
    const char *token = in->response.len ? pc_str_trim(in->response.data) : "";
    if (!*token || strpbrk(token, " \r\n<"))
        return pc_fail(err, PC_E_NOT_FOUND, "no session");
    in->session = pc_xasprintf("X-aws-ec2-metadata-token: %s", token);
    rc = instance_get(in, "GET", "meta-data/iam/security-credentials/", in->session, err);
    if (rc)
        return rc;
    const char *names = in->response.len ? pc_str_trim(in->response.data) : "";
    size_t len = strcspn(names, "\r\n");
    if (len == 0 || strcspn(names, "/?#<> ") < len)
        return pc_fail(err, PC_E_NOT_FOUND, "no role");
    *role = pc_xstrndup(names, len);
    return PC_OK;
}

static enum pc_code fetch_instance(const struct pc_s3_provider_context *context,
                                   struct pc_s3_credentials *out, struct pc_err *err)
{
    const char *off = pc_s3_env("AWS_EC2_METADATA_DISABLED");
    if (off && strcasecmp(off, "true") == 0)
        return pc_fail(err, PC_E_NOT_FOUND, "switched off");
    struct instance in = {.context = context, .base = instance_base(), .response = PC_BUF_INIT};
    char *role = NULL;
    enum pc_code rc = instance_role(&in, &role, err);
    if (!rc) {
        char *path = pc_xasprintf("meta-data/iam/security-credentials/%s", role);
        rc = instance_get(&in, "GET", path, in.session, err);
        free(path);
    }
    if (!rc)
        rc = pc_s3_metadata_parse(pc_buf_text(&in.response), in.response.len, out, err);
    free(role);
    free(in.base);
    free(in.session);
    pc_buf_finish(&in.response);
    return rc;
}

const struct pc_s3_provider pc_s3_provider_instance = {"the role of the machine", fetch_instance};
