#include "fake_providers.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "support.h"

static const char *const variables[] = {
    "AWS_PROFILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_ENDPOINT_URL_STS",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
};

int providers_setup(void **state)
{
    struct fake_providers *p = pc_xzalloc(sizeof *p);
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        unsetenv(variables[i]);
    p->server = fake_server_start();
    p->dir = test_mkdir();
    setenv("no_proxy", "127.0.0.1", 1);
    setenv("HOME", p->dir, 1);
    setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
    fake_server_always_reply(p->server, AT_S3, FAKE_EMPTY_LIST);
    *state = p;
    return 0;
}

int providers_teardown(void **state)
{
    struct fake_providers *p = *state;
    fake_server_stop(p->server);
    test_rmdir(p->dir);
    free(p);
    return 0;
}

void providers_setenv(struct fake_providers *p, const char *name, const char *value, bool with_base)
{
    char *whole = with_base
                      ? pc_xasprintf("http://127.0.0.1:%d%s", fake_server_port(p->server), value)
                      : pc_xstrdup(value);
    setenv(name, whole, 1);
    free(whole);
}

const char *providers_write_file(struct fake_providers *p, const char *name, const char *text)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", p->dir, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fputs(text, f) >= 0, 1);
    assert_int_equal(fclose(f), 0);
    return path;
}

void providers_enable_sts(struct fake_providers *p)
{
    const char *path = providers_write_file(p, "token", " hush.jwt+/=\n");
    providers_setenv(p, "AWS_WEB_IDENTITY_TOKEN_FILE", path, false);
    providers_setenv(p, "AWS_ROLE_ARN", "arn:aws:iam::1:role/shop", false);
    providers_setenv(p, "AWS_ENDPOINT_URL_STS", "/sts", true);
}

void providers_enable_container(struct fake_providers *p)
{
    providers_setenv(p, "AWS_CONTAINER_CREDENTIALS_FULL_URI", "/container/keys", true);
    providers_setenv(p, "AWS_CONTAINER_AUTHORIZATION_TOKEN", "Basic hush", false);
}

void providers_enable_instance(struct fake_providers *p)
{
    providers_setenv(p, "AWS_EC2_METADATA_DISABLED", "false", false);
    providers_setenv(p, "AWS_EC2_METADATA_SERVICE_ENDPOINT", "/", true);
}

const char *providers_json(const char *id, int64_t expires_ms)
{
    static char answer[1024];
    char at[25];
    snprintf(answer, sizeof answer,
             FAKE_RESPONSE("200 OK",
                           "{\"Code\": \"Success\", \"AccessKeyId\": \"%s\", "
                           "\"SecretAccessKey\": \"hush-%s\", \"Token\": \"hush-token-%s\","
                           " \"Expiration\": \"%s\"}"),
             id, id, id, pc_clock_iso(pc_clock_wall_ms() + expires_ms, at));
    return answer;
}

const char *providers_xml(const char *id, int64_t expires_ms)
{
    static char answer[1024];
    char at[25];
    snprintf(
        answer, sizeof answer,
        FAKE_RESPONSE("200 OK",
                      "<AssumeRoleWithWebIdentityResponse xmlns=\"https://sts\">"
                      "<AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>%s"
                      "</AccessKeyId><SecretAccessKey>hush-%s</SecretAccessKey><SessionToken>"
                      "hush-token-%s</SessionToken><Expiration>%s</Expiration></Credentials>"
                      "</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"),
        id, id, id, pc_clock_iso(pc_clock_wall_ms() + expires_ms, at));
    return answer;
}

enum pc_code providers_open_store(struct fake_providers *p, const char *more, struct pc_blobs **bs,
                                  struct pc_err *err)
{
    char *url = pc_xasprintf("s3://shots/p?endpoint=http://127.0.0.1:%d&timeout=2%s",
                             fake_server_port(p->server), more);
    enum pc_code rc = pc_blobs_open(&pc_blobs_s3, url, bs, err);
    free(url);
    return rc;
}

void providers_expect_signed_by(struct fake_providers *p, const char *where, int n, const char *id,
                                bool token)
{
    const char *request = fake_server_request(p->server, where, n);
    char *credential = pc_xasprintf("Credential=%s/", id);
    char *header = pc_xasprintf("\r\nx-amz-security-token: hush-token-%s\r\n", id);
    if (!strstr(request, credential))
        fail_msg("request %d of %s is not signed with %s: %s", n, where, id, request);
    assert_int_equal(strstr(request, header) != NULL, token);
    assert_int_equal(strstr(request, "x-amz-security-token") != NULL, token);
    free(credential);
    free(header);
}

void providers_expect_no_secret(const struct pc_err *err)
{
    if (strstr(err->message, "hush") || strstr(err->detail, "hush"))
        fail_msg("a secret is shown: %s [%s]", err->message, err->detail);
}
