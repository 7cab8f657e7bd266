#include "s3_places.h"

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

int places_setup(void **state)
{
    struct places *p = pc_xzalloc(sizeof *p);
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        unsetenv(variables[i]);
    p->play = play_start();
    p->dir = test_mkdir();
    setenv("no_proxy", "127.0.0.1", 1);
    setenv("HOME", p->dir, 1);
    setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
    play_always(p->play, PLACES_S3, PLAY_EMPTY_LIST);
    *state = p;
    return 0;
}

int places_teardown(void **state)
{
    struct places *p = *state;
    play_stop(p->play);
    test_rmdir(p->dir);
    free(p);
    return 0;
}

void places_env(struct places *p, const char *name, const char *value, bool with_base)
{
    char *whole = with_base ? pc_xasprintf("http://127.0.0.1:%d%s", play_port(p->play), value)
                            : pc_xstrdup(value);
    setenv(name, whole, 1);
    free(whole);
}

const char *places_file(struct places *p, const char *name, const char *text)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", p->dir, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fputs(text, f) >= 0, 1);
    assert_int_equal(fclose(f), 0);
    return path;
}

void places_want_sts(struct places *p)
{
    const char *path = places_file(p, "token", " hush.jwt+/=\n");
    places_env(p, "AWS_WEB_IDENTITY_TOKEN_FILE", path, false);
    places_env(p, "AWS_ROLE_ARN", "arn:aws:iam::1:role/shop", false);
    places_env(p, "AWS_ENDPOINT_URL_STS", "/sts", true);
}

void places_want_container(struct places *p)
{
    places_env(p, "AWS_CONTAINER_CREDENTIALS_FULL_URI", "/container/keys", true);
    places_env(p, "AWS_CONTAINER_AUTHORIZATION_TOKEN", "Basic hush", false);
}

void places_want_instance(struct places *p)
{
    places_env(p, "AWS_EC2_METADATA_DISABLED", "false", false);
    places_env(p, "AWS_EC2_METADATA_SERVICE_ENDPOINT", "/", true);
}

const char *places_json(const char *id, int64_t ends_ms)
{
    static char answer[1024];
    char at[25];
    snprintf(answer, sizeof answer,
             PLAY_ANSWER("200 OK", "{\"Code\": \"Success\", \"AccessKeyId\": \"%s\", "
                                   "\"SecretAccessKey\": \"hush-%s\", \"Token\": \"hush-token-%s\","
                                   " \"Expiration\": \"%s\"}"),
             id, id, id, pc_clock_iso(pc_clock_wall_ms() + ends_ms, at));
    return answer;
}

const char *places_xml(const char *id, int64_t ends_ms)
{
    static char answer[1024];
    char at[25];
    snprintf(answer, sizeof answer,
             PLAY_ANSWER("200 OK",
                         "<AssumeRoleWithWebIdentityResponse xmlns=\"https://sts\">"
                         "<AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>%s"
                         "</AccessKeyId><SecretAccessKey>hush-%s</SecretAccessKey><SessionToken>"
                         "hush-token-%s</SessionToken><Expiration>%s</Expiration></Credentials>"
                         "</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"),
             id, id, id, pc_clock_iso(pc_clock_wall_ms() + ends_ms, at));
    return answer;
}

enum pc_code places_open(struct places *p, const char *more, struct pc_blobs **bs,
                         struct pc_err *err)
{
    char *address = pc_xasprintf("s3://shots/p?endpoint=http://127.0.0.1:%d&timeout=2%s",
                                 play_port(p->play), more);
    enum pc_code rc = pc_blobs_open(&pc_blobs_s3, address, bs, err);
    free(address);
    return rc;
}

void places_expect_key(struct places *p, const char *where, int n, const char *id, bool token)
{
    const char *request = play_request(p->play, where, n);
    char *credential = pc_xasprintf("Credential=%s/", id);
    char *header = pc_xasprintf("\r\nx-amz-security-token: hush-token-%s\r\n", id);
    if (!strstr(request, credential))
        fail_msg("request %d of %s is not signed with %s: %s", n, where, id, request);
    assert_int_equal(strstr(request, header) != NULL, token);
    assert_int_equal(strstr(request, "x-amz-security-token") != NULL, token);
    free(credential);
    free(header);
}

void places_expect_hushed(const struct pc_err *err)
{
    if (strstr(err->message, "hush") || strstr(err->detail, "hush"))
        fail_msg("a secret is told: %s [%s]", err->message, err->detail);
}
