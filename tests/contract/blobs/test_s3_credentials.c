/* Where the credentials of an S3 account come from: each provider, right and wrong, and their
 * order. */
#include <stdio.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "fake_providers.h"
#include "support.h"

enum { HOUR_MS = 3600 * 1000 };

static void opens_with(struct fake_providers *p, const char *more, const char *id, bool token)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    int asked = fake_server_count(p->server, AT_S3);
    assert_ok(providers_open_store(p, more, &bs, &err), &err);
    providers_expect_signed_by(p, AT_S3, asked, id, token);
    pc_blobs_close(bs);
}

static void fails_with(struct fake_providers *p, const char *more, enum pc_code code,
                       const char *word)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    int asked = fake_server_count(p->server, AT_S3);
    assert_code(providers_open_store(p, more, &bs, &err), code);
    if (!strstr(err.message, word))
        fail_msg("\"%s\" does not say %s", err.message, word);
    providers_expect_no_secret(&err);
    assert_int_equal(fake_server_count(p->server, AT_S3), asked);
}

/* --- the credentials file --- */

static void write_credentials(struct fake_providers *p, const char *text)
{
    char *folder = pc_xasprintf("%s/.aws", p->dir);
    mkdir(folder, 0700);
    free(folder);
    (void)providers_write_file(p, ".aws/credentials", text);
}

static const char profiles[] = "# keys of the shop\n"
                               "[default]\r\n"
                               "aws_access_key_id = DEFAULT ; comment\r\n"
                               "aws_secret_access_key=hush-DEFAULT\r\n"
                               "region = eu-west-1\r\n"
                               "\n"
                               "[ other one ]\n"
                               "  aws_access_key_id=  OTHER\n"
                               "aws_secret_access_key = hush#=OTHER\n"
                               "aws_session_token = hush-token-OTHER\n"
                               "[half]\n"
                               "aws_access_key_id = HALF\n"
                               "[role]\n"
                               "role_arn = arn:aws:iam::1:role/x\n"
                               "source_profile = default";

static void a_profile_holds_the_key(void **state)
{
    struct fake_providers *p = *state;
    write_credentials(p, profiles);
    opens_with(p, "", "DEFAULT", false);
    opens_with(p, "&profile=other%20one", "OTHER", true);
    fails_with(p, "&profile=half", PC_E_CONFIG, "incomplete");
    fails_with(p, "&profile=role", PC_E_CONFIG, "has no key");
    fails_with(p, "&profile=nobody", PC_E_CONFIG, "no such profile");
}

static void a_file_that_is_named_must_exist(void **state)
{
    struct fake_providers *p = *state;
    providers_setenv(p, "AWS_SHARED_CREDENTIALS_FILE", providers_write_file(p, "keys", profiles),
                     false);
    opens_with(p, "", "DEFAULT", false);
    providers_setenv(p, "AWS_SHARED_CREDENTIALS_FILE", "/no/such/file", false);
    providers_enable_sts(p);
    fails_with(p, "", PC_E_CONFIG, "no credentials file");
    unsetenv("AWS_SHARED_CREDENTIALS_FILE");
    fails_with(p, "&profile=default", PC_E_CONFIG, "no credentials file");
    assert_int_equal(fake_server_count(p->server, AT_STS), 0);
}

static void a_file_of_something_else_is_skipped(void **state)
{
    struct fake_providers *p = *state;
    providers_enable_container(p);
    fake_server_always_reply(p->server, AT_CONTAINER, providers_json("CONTAINER", HOUR_MS));
    const char *texts[] = {"", "<html>", "[other]\naws_access_key_id = A\n", "[default]\n",
                           "[default\naws_access_key_id = A\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        write_credentials(p, texts[i]);
        opens_with(p, "", "CONTAINER", true);
    }
}

/* --- web identity --- */

static void a_service_account_assumes_a_role(void **state)
{
    struct fake_providers *p = *state;
    providers_enable_sts(p);
    fake_server_always_reply(p->server, AT_STS, providers_xml("ROLE", HOUR_MS));
    opens_with(p, "", "ROLE", true);
    const char *request = fake_server_request(p->server, AT_STS, 0);
    assert_null(strstr(request, "Authorization:"));
    assert_non_null(strstr(request, "\r\n\r\nAction=AssumeRoleWithWebIdentity&Version=2011-06-15&"
                                    "RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fshop&"
                                    "RoleSessionName=posecraft&"
                                    "WebIdentityToken=hush.jwt%2B%2F%3D"));
    providers_setenv(p, "AWS_ROLE_SESSION_NAME", "till@1", false);
    (void)providers_write_file(p, "token", "another");
    opens_with(p, "", "ROLE", true);
    request = fake_server_request(p->server, AT_STS, 1);
    assert_non_null(strstr(request, "&RoleSessionName=till%401&WebIdentityToken=another"));
}

static void other_responses_of_the_token_service(void **state)
{
    struct fake_providers *p = *state;
    const struct {
        const char *answer;
        enum pc_code code;
        const char *word;
    } rows[] = {
        {FAKE_RESPONSE("403 Forbidden",
                       "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied"
                       "</Code><Message>hush</Message></Error></ErrorResponse>"),
         PC_E_CONFIG, "status 403 AccessDenied"},
        {FAKE_RESPONSE("400 Bad", "<ErrorResponse><Error><Code>ExpiredTokenException</Code></Error>"
                                  "</ErrorResponse>"),
         PC_E_CONFIG, "ExpiredTokenException"},
        {FAKE_RESPONSE("400 Bad", "<ErrorResponse><Error><Code>IDPCommunicationError</Code></Error>"
                                  "</ErrorResponse>"),
         PC_E_STORE_UNAVAILABLE, "IDPCommunicationError"},
        {FAKE_RESPONSE("500 Oops", "hush"), PC_E_STORE_UNAVAILABLE, "status 500"},
        {FAKE_RESPONSE("200 OK", "<html><body>hush</body></html>"), PC_E_STORE_UNAVAILABLE, "200"},
        {FAKE_RESPONSE("200 OK", "<!DOCTYPE html><p>hush"), PC_E_STORE_UNAVAILABLE, "200"},
        {FAKE_RESPONSE("200 OK", "<R><Credentials><AccessKeyId>hush</AccessKeyId>"),
         PC_E_STORE_UNAVAILABLE, "200"},
        {FAKE_RESPONSE("200 OK",
                       "<R><Credentials><AccessKeyId>hush</AccessKeyId></Credentials></R>"),
         PC_E_STORE_UNAVAILABLE, "incomplete"},
        {FAKE_RESPONSE("302 Found", ""), PC_E_CONFIG, "302"},
        {FAKE_HANG_UP, PC_E_STORE_UNAVAILABLE, "does not respond"},
    };
    providers_enable_sts(p);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        fake_server_always_reply(p->server, AT_STS, rows[i].answer);
        fails_with(p, "", rows[i].code, rows[i].word);
    }
    fake_server_always_reply(p->server, AT_STS, providers_xml("ROLE", -1000));
    fails_with(p, "", PC_E_STORE_UNAVAILABLE, "expired");
}

static void a_busy_token_service_is_retried(void **state)
{
    struct fake_providers *p = *state;
    providers_enable_sts(p);
    fake_server_reply(p->server, AT_STS, FAKE_RESPONSE("503 Busy", ""));
    fake_server_reply(p->server, AT_STS, FAKE_HANG_UP);
    fake_server_reply(p->server, AT_STS, providers_xml("ROLE", HOUR_MS));
    opens_with(p, "", "ROLE", true);
}

static void a_role_that_is_half_set_up_is_an_error(void **state)
{
    struct fake_providers *p = *state;
    providers_enable_sts(p);
    unsetenv("AWS_ROLE_ARN");
    fails_with(p, "", PC_E_CONFIG, "AWS_ROLE_ARN");
    providers_enable_sts(p);
    (void)providers_write_file(p, "token", " \n");
    fails_with(p, "", PC_E_CONFIG, "AWS_WEB_IDENTITY_TOKEN_FILE");
    providers_setenv(p, "AWS_WEB_IDENTITY_TOKEN_FILE", "/no/such/file", false);
    fails_with(p, "", PC_E_CONFIG, "AWS_WEB_IDENTITY_TOKEN_FILE");
    assert_int_equal(fake_server_count(p->server, AT_STS), 0);
}

/* --- container --- */

static void a_container_gets_its_credentials(void **state)
{
    struct fake_providers *p = *state;
    providers_enable_container(p);
    fake_server_always_reply(p->server, AT_CONTAINER, providers_json("CONTAINER", HOUR_MS));
    opens_with(p, "", "CONTAINER", true);
    const char *request = fake_server_request(p->server, AT_CONTAINER, 0);
    assert_true(pc_str_starts(request, "GET /container/keys HTTP/1.1\r\n"));
    assert_non_null(strstr(request, "\r\nAuthorization: Basic hush\r\n"));
    /* a file wins, and is read each time */
    providers_setenv(p, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
                     providers_write_file(p, "pod", "pod-token\n"), false);
    opens_with(p, "", "CONTAINER", true);
    request = fake_server_request(p->server, AT_CONTAINER, 1);
    assert_non_null(strstr(request, "\r\nAuthorization: pod-token\r\n"));
}

static void credentials_without_token_and_expiry_are_permanent(void **state)
{
    struct fake_providers *p = *state;
    providers_enable_container(p);
    unsetenv("AWS_CONTAINER_AUTHORIZATION_TOKEN");
    fake_server_always_reply(
        p->server, AT_CONTAINER,
        FAKE_RESPONSE("200 OK", "{\"AccessKeyId\": \"A\", \"SecretAccessKey\": \"hush\"}"));
    opens_with(p, "", "A", false);
    assert_null(strstr(fake_server_request(p->server, AT_CONTAINER, 0), "Authorization:"));
}

static void other_responses_to_a_container(void **state)
{
    struct fake_providers *p = *state;
    const struct {
        const char *answer;
        enum pc_code code;
        const char *word;
    } rows[] = {
        {FAKE_RESPONSE("403 Forbidden", "{\"code\": \"hush\"}"), PC_E_CONFIG, "403"},
        {FAKE_RESPONSE("404 Not Found", ""), PC_E_CONFIG, "404"},
        {FAKE_RESPONSE("500 Oops", ""), PC_E_STORE_UNAVAILABLE, "500"},
        {FAKE_RESPONSE("200 OK", "<html>hush</html>"), PC_E_STORE_UNAVAILABLE, "something else"},
        {FAKE_RESPONSE("200 OK", ""), PC_E_STORE_UNAVAILABLE, "something else"},
        {FAKE_RESPONSE("200 OK", "{\"AccessKeyId\": \"A\", \"SecretAccessKey\": \"hu"),
         PC_E_STORE_UNAVAILABLE, "something else"},
        {FAKE_RESPONSE("200 OK", "[\"hush\"]"), PC_E_STORE_UNAVAILABLE, "incomplete"},
        {FAKE_RESPONSE("200 OK", "{\"AccessKeyId\": 7, \"SecretAccessKey\": \"hush\"}"),
         PC_E_STORE_UNAVAILABLE, "incomplete"},
        {FAKE_RESPONSE("200 OK", "{\"AccessKeyId\": \"A\\r\\nX: y\", \"SecretAccessKey\": \"s\"}"),
         PC_E_STORE_UNAVAILABLE, "not allowed"},
        {FAKE_RESPONSE("200 OK", "{\"AccessKeyId\": \"A\", \"SecretAccessKey\": \"hush\", "
                                 "\"Expiration\": \"tomorrow\"}"),
         PC_E_STORE_UNAVAILABLE, "expired"},
        {FAKE_HANG_UP, PC_E_STORE_UNAVAILABLE, "does not respond"},
    };
    providers_enable_container(p);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        fake_server_always_reply(p->server, AT_CONTAINER, rows[i].answer);
        fails_with(p, "", rows[i].code, rows[i].word);
    }
    fake_server_always_reply(p->server, AT_CONTAINER, providers_json("CONTAINER", 0));
    fails_with(p, "", PC_E_STORE_UNAVAILABLE, "expired");
}

static void a_token_is_sent_to_trusted_hosts_only(void **state)
{
    struct fake_providers *p = *state;
    const char *uris[] = {"http://10.0.0.1/keys",
                          "http://169.254.169.254/keys",
                          "http://shop.example/keys",
                          "http://127.0.0.1@shop.example/",
                          "http://127.0.0.1.shop.example/",
                          "http://[fd00:ec2::24]/",
                          "http://localhost.example/",
                          "ftp://127.0.0.1/keys",
                          "file:///etc/passwd",
                          "/keys",
                          "http://[::2]/"};
    for (size_t i = 0; i < sizeof uris / sizeof *uris; i++) {
        providers_setenv(p, "AWS_CONTAINER_CREDENTIALS_FULL_URI", uris[i], false);
        fails_with(p, "", PC_E_CONFIG, "FULL_URI");
    }
    providers_setenv(p, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "@shop.example/", false);
    fails_with(p, "", PC_E_CONFIG, "RELATIVE_URI");
    unsetenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    providers_enable_container(p);
    providers_setenv(p, "AWS_CONTAINER_AUTHORIZATION_TOKEN", "hush\r\nX: y", false);
    fails_with(p, "", PC_E_CONFIG, "line end");
    providers_setenv(p, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/no/such/file", false);
    fails_with(p, "", PC_E_CONFIG, "TOKEN_FILE");
    assert_int_equal(fake_server_count(p->server, AT_CONTAINER), 0);
}

static void this_machine_and_https_are_trusted(void **state)
{
    struct fake_providers *p = *state;
    fake_server_always_reply(p->server, AT_CONTAINER, providers_json("CONTAINER", HOUR_MS));
    char *uri = pc_xasprintf("http://localhost:%d/container", fake_server_port(p->server));
    providers_setenv(p, "AWS_CONTAINER_CREDENTIALS_FULL_URI", uri, false);
    opens_with(p, "", "CONTAINER", true);
    free(uri);
    const char *nobody_there[] = {"http://127.1.2.3:1/", "http://[::1]:1/", "https://127.0.0.1:1/"};
    for (size_t i = 0; i < sizeof nobody_there / sizeof *nobody_there; i++) {
        providers_setenv(p, "AWS_CONTAINER_CREDENTIALS_FULL_URI", nobody_there[i], false);
        fails_with(p, "", PC_E_STORE_UNAVAILABLE, "does not respond");
    }
}

/* --- instance --- */

static void a_machine_has_a_role(void **state)
{
    struct fake_providers *p = *state;
    providers_enable_instance(p);
    fake_server_always_reply(p->server, AT_IMDS_SESSION, FAKE_RESPONSE("200 OK", "session=="));
    fake_server_always_reply(p->server, AT_IMDS_ROLES, FAKE_RESPONSE("200 OK", "shop\nanother\n"));
    fake_server_always_reply(p->server, AT_IMDS_ROLE, providers_json("MACHINE", HOUR_MS));
    opens_with(p, "", "MACHINE", true);
    assert_non_null(strstr(fake_server_request(p->server, AT_IMDS_SESSION, 0),
                           "\r\nX-aws-ec2-metadata-token-ttl-seconds: 60\r\n"));
    const char *session = "\r\nX-aws-ec2-metadata-token: session==\r\n";
    assert_non_null(strstr(fake_server_request(p->server, AT_IMDS_ROLES, 0), session));
    assert_non_null(strstr(fake_server_request(p->server, AT_IMDS_ROLE, 0), session));
}

static void a_machine_without_a_role_has_no_key(void **state)
{
    struct fake_providers *p = *state;
    const struct {
        const char *session, *roles, *role;
        enum pc_code code;
        const char *word;
    } rows[] = {
        {FAKE_HANG_UP, "", "", PC_E_CONFIG, "(no answer)"},
        {FAKE_RESPONSE("403 Forbidden", ""), "", "", PC_E_CONFIG, "(refused, status 403)"},
        {FAKE_RESPONSE("200 OK", "<html>"), "", "", PC_E_CONFIG, "(no session)"},
        {FAKE_RESPONSE("200 OK", ""), "", "", PC_E_CONFIG, "(no session)"},
        {FAKE_RESPONSE("500 Oops", ""), "", "", PC_E_STORE_UNAVAILABLE, "500"},
        {FAKE_RESPONSE("200 OK", "s"), FAKE_RESPONSE("404 No", ""), "", PC_E_CONFIG, "(no role"},
        {FAKE_RESPONSE("200 OK", "s"), FAKE_RESPONSE("200 OK", "<html>"), "", PC_E_CONFIG,
         "(no role"},
        {FAKE_RESPONSE("200 OK", "s"), FAKE_RESPONSE("200 OK", "shop"),
         FAKE_RESPONSE("200 OK", "{\"Code\": \"AssumeRoleUnauthorizedAccess\"}"),
         PC_E_STORE_UNAVAILABLE, "something else"},
        {FAKE_RESPONSE("200 OK", "s"), FAKE_RESPONSE("200 OK", "shop"),
         FAKE_RESPONSE("200 OK", "<a>"), PC_E_STORE_UNAVAILABLE, "something else"},
    };
    providers_enable_instance(p);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        fake_server_always_reply(p->server, AT_IMDS_SESSION, rows[i].session);
        fake_server_always_reply(p->server, AT_IMDS_ROLES, rows[i].roles);
        fake_server_always_reply(p->server, AT_IMDS_ROLE, rows[i].role);
        fails_with(p, "", rows[i].code, rows[i].word);
    }
}

static void a_silent_metadata_service_is_given_up(void **state)
{
    struct fake_providers *p = *state;
    providers_enable_instance(p);
    fake_server_always_reply(p->server, AT_IMDS_SESSION, FAKE_SILENCE);
    fails_with(p, "", PC_E_CONFIG, "(no answer)");
}

/* --- order --- */

static void the_first_provider_with_credentials_wins(void **state)
{
    struct fake_providers *p = *state;
    providers_enable_instance(p);
    fake_server_always_reply(p->server, AT_IMDS_SESSION, FAKE_RESPONSE("200 OK", "session=="));
    fake_server_always_reply(p->server, AT_IMDS_ROLES, FAKE_RESPONSE("200 OK", "shop"));
    fake_server_always_reply(p->server, AT_IMDS_ROLE, providers_json("MACHINE", HOUR_MS));
    opens_with(p, "", "MACHINE", true);
    providers_enable_container(p);
    fake_server_always_reply(p->server, AT_CONTAINER, providers_json("CONTAINER", HOUR_MS));
    opens_with(p, "", "CONTAINER", true);
    providers_enable_sts(p);
    fake_server_always_reply(p->server, AT_STS, providers_xml("ROLE", HOUR_MS));
    opens_with(p, "", "ROLE", true);
    write_credentials(p, profiles);
    opens_with(p, "", "DEFAULT", false);
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    char *url = pc_xasprintf("s3://OWN:hush@shots/p?endpoint=http://127.0.0.1:%d",
                             fake_server_port(p->server));
    int asked = fake_server_count(p->server, AT_S3);
    assert_ok(pc_blobs_open(&pc_blobs_s3, url, &bs, &err), &err);
    providers_expect_signed_by(p, AT_S3, asked, "OWN", false);
    pc_blobs_close(bs);
    free(url);
    assert_int_equal(fake_server_count(p->server, AT_IMDS_ROLE), 1);
}

static void without_credentials_the_error_names_all_providers(void **state)
{
    struct fake_providers *p = *state;
    fails_with(p, "", PC_E_CONFIG,
               "Tried: AWS_ACCESS_KEY_ID (not set), the credentials file (no credentials file), "
               "the web identity (not set), the container (not set), the role of the machine "
               "(switched off).");
}

static void the_provider_of_a_rejected_key_is_named(void **state)
{
    struct fake_providers *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    write_credentials(p, profiles);
    fake_server_always_reply(p->server, AT_S3, FAKE_ERROR("403 Forbidden", "InvalidAccessKeyId"));
    assert_code(providers_open_store(p, "", &bs, &err), PC_E_CONFIG);
    assert_non_null(strstr(err.message, "The key is from the credentials file."));
    providers_expect_no_secret(&err);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, providers_setup, providers_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_profile_holds_the_key),
        TEST(a_file_that_is_named_must_exist),
        TEST(a_file_of_something_else_is_skipped),
        TEST(a_service_account_assumes_a_role),
        TEST(other_responses_of_the_token_service),
        TEST(a_busy_token_service_is_retried),
        TEST(a_role_that_is_half_set_up_is_an_error),
        TEST(a_container_gets_its_credentials),
        TEST(credentials_without_token_and_expiry_are_permanent),
        TEST(other_responses_to_a_container),
        TEST(a_token_is_sent_to_trusted_hosts_only),
        TEST(this_machine_and_https_are_trusted),
        TEST(a_machine_has_a_role),
        TEST(a_machine_without_a_role_has_no_key),
        TEST(a_silent_metadata_service_is_given_up),
        TEST(the_first_provider_with_credentials_wins),
        TEST(without_credentials_the_error_names_all_providers),
        TEST(the_provider_of_a_rejected_key_is_named),
    };
    return cmocka_run_group_tests_name("blobs-s3-credentials", tests, NULL, NULL);
}
