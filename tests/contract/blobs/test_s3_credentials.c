/* Where the keys of an S3 account come from: each place, right and wrong, and their order. */
#include <stdio.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "s3_places.h"
#include "support.h"

enum { HOUR_MS = 3600 * 1000 };

static void opens_with(struct places *p, const char *more, const char *id, bool token)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    int asked = play_asked(p->play, PLACES_S3);
    assert_ok(places_open(p, more, &bs, &err), &err);
    places_expect_key(p, PLACES_S3, asked, id, token);
    pc_blobs_close(bs);
}

static void fails_with(struct places *p, const char *more, enum pc_code code, const char *word)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    int asked = play_asked(p->play, PLACES_S3);
    int64_t start_ms = pc_clock_mono_ms();
    assert_code(places_open(p, more, &bs, &err), code);
    if (!strstr(err.message, word))
        fail_msg("\"%s\" does not say %s", err.message, word);
    places_expect_hushed(&err);
    assert_int_equal(play_asked(p->play, PLACES_S3), asked);
    assert_true(pc_clock_mono_ms() - start_ms < 8000);
}

/* The credentials file */

static void write_credentials(struct places *p, const char *text)
{
    char *folder = pc_xasprintf("%s/.aws", p->dir);
    mkdir(folder, 0700);
    free(folder);
    (void)places_file(p, ".aws/credentials", text);
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
    struct places *p = *state;
    write_credentials(p, profiles);
    opens_with(p, "", "DEFAULT", false);
    opens_with(p, "&profile=other%20one", "OTHER", true);
    fails_with(p, "&profile=half", PC_E_CONFIG, "incomplete");
    fails_with(p, "&profile=role", PC_E_CONFIG, "has no key");
    fails_with(p, "&profile=nobody", PC_E_CONFIG, "no such profile");
}

static void the_file_may_be_elsewhere_but_has_to_be_there(void **state)
{
    struct places *p = *state;
    places_env(p, "AWS_SHARED_CREDENTIALS_FILE", places_file(p, "keys", profiles), false);
    opens_with(p, "", "DEFAULT", false);
    places_env(p, "AWS_SHARED_CREDENTIALS_FILE", "/no/such/file", false);
    places_want_sts(p);
    fails_with(p, "", PC_E_CONFIG, "no credentials file");
    unsetenv("AWS_SHARED_CREDENTIALS_FILE");
    fails_with(p, "&profile=default", PC_E_CONFIG, "no credentials file");
    assert_int_equal(play_asked(p->play, PLACES_STS), 0);
}

static void a_file_of_something_else_is_passed_over(void **state)
{
    struct places *p = *state;
    places_want_container(p);
    play_always(p->play, PLACES_CONTAINER, places_json("CONTAINER", HOUR_MS));
    const char *texts[] = {"", "<html>", "[other]\naws_access_key_id = A\n", "[default]\n",
                           "[default\naws_access_key_id = A\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        write_credentials(p, texts[i]);
        opens_with(p, "", "CONTAINER", true);
    }
}

/* The web identity */

static void a_service_account_takes_a_role(void **state)
{
    struct places *p = *state;
    places_want_sts(p);
    play_always(p->play, PLACES_STS, places_xml("ROLE", HOUR_MS));
    opens_with(p, "", "ROLE", true);
    const char *request = play_request(p->play, PLACES_STS, 0);
    assert_null(strstr(request, "Authorization:"));
    assert_non_null(strstr(request, "\r\n\r\nAction=AssumeRoleWithWebIdentity&Version=2011-06-15&"
                                    "RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fshop&"
                                    "RoleSessionName=posecraft&"
                                    "WebIdentityToken=hush.jwt%2B%2F%3D"));
    places_env(p, "AWS_ROLE_SESSION_NAME", "till@1", false);
    (void)places_file(p, "token", "another");
    opens_with(p, "", "ROLE", true);
    request = play_request(p->play, PLACES_STS, 1);
    assert_non_null(strstr(request, "&RoleSessionName=till%401&WebIdentityToken=another"));
}

static void what_the_token_service_may_say_else(void **state)
{
    struct places *p = *state;
    const struct {
        const char *answer;
        enum pc_code code;
        const char *word;
    } rows[] = {
        {PLAY_ANSWER("403 Forbidden", "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied"
                                      "</Code><Message>hush</Message></Error></ErrorResponse>"),
         PC_E_CONFIG, "status 403 AccessDenied"},
        {PLAY_ANSWER("400 Bad", "<ErrorResponse><Error><Code>ExpiredTokenException</Code></Error>"
                                "</ErrorResponse>"),
         PC_E_CONFIG, "ExpiredTokenException"},
        {PLAY_ANSWER("400 Bad", "<ErrorResponse><Error><Code>IDPCommunicationError</Code></Error>"
                                "</ErrorResponse>"),
         PC_E_STORE_UNAVAILABLE, "IDPCommunicationError"},
        {PLAY_ANSWER("500 Oops", "hush"), PC_E_STORE_UNAVAILABLE, "status 500"},
        {PLAY_ANSWER("200 OK", "<html><body>hush</body></html>"), PC_E_STORE_UNAVAILABLE, "200"},
        {PLAY_ANSWER("200 OK", "<!DOCTYPE html><p>hush"), PC_E_STORE_UNAVAILABLE, "200"},
        {PLAY_ANSWER("200 OK", "<R><Credentials><AccessKeyId>hush</AccessKeyId>"),
         PC_E_STORE_UNAVAILABLE, "200"},
        {PLAY_ANSWER("200 OK", "<R><Credentials><AccessKeyId>hush</AccessKeyId></Credentials></R>"),
         PC_E_STORE_UNAVAILABLE, "incomplete"},
        {PLAY_ANSWER("302 Found", ""), PC_E_CONFIG, "302"},
        {PLAY_HANG_UP, PC_E_STORE_UNAVAILABLE, "does not respond"},
    };
    places_want_sts(p);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        play_always(p->play, PLACES_STS, rows[i].answer);
        fails_with(p, "", rows[i].code, rows[i].word);
    }
    play_always(p->play, PLACES_STS, places_xml("ROLE", -1000));
    fails_with(p, "", PC_E_STORE_UNAVAILABLE, "expired");
}

static void a_busy_token_service_is_asked_again(void **state)
{
    struct places *p = *state;
    places_want_sts(p);
    play_say(p->play, PLACES_STS, PLAY_ANSWER("503 Busy", ""));
    play_say(p->play, PLACES_STS, PLAY_HANG_UP);
    play_say(p->play, PLACES_STS, places_xml("ROLE", HOUR_MS));
    opens_with(p, "", "ROLE", true);
}

static void a_role_set_up_by_halves_is_said(void **state)
{
    struct places *p = *state;
    places_want_sts(p);
    unsetenv("AWS_ROLE_ARN");
    fails_with(p, "", PC_E_CONFIG, "AWS_ROLE_ARN");
    places_want_sts(p);
    (void)places_file(p, "token", " \n");
    fails_with(p, "", PC_E_CONFIG, "AWS_WEB_IDENTITY_TOKEN_FILE");
    places_env(p, "AWS_WEB_IDENTITY_TOKEN_FILE", "/no/such/file", false);
    fails_with(p, "", PC_E_CONFIG, "AWS_WEB_IDENTITY_TOKEN_FILE");
    assert_int_equal(play_asked(p->play, PLACES_STS), 0);
}

/* The container */

static void a_container_is_handed_its_keys(void **state)
{
    struct places *p = *state;
    places_want_container(p);
    play_always(p->play, PLACES_CONTAINER, places_json("CONTAINER", HOUR_MS));
    opens_with(p, "", "CONTAINER", true);
    const char *request = play_request(p->play, PLACES_CONTAINER, 0);
    assert_true(pc_str_starts(request, "GET /container/keys HTTP/1.1\r\n"));
    assert_non_null(strstr(request, "\r\nAuthorization: Basic hush\r\n"));
    /* a file counts more, and is read each time */
    places_env(p, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", places_file(p, "pod", "pod-token\n"),
               false);
    opens_with(p, "", "CONTAINER", true);
    request = play_request(p->play, PLACES_CONTAINER, 1);
    assert_non_null(strstr(request, "\r\nAuthorization: pod-token\r\n"));
}

static void keys_without_token_and_end_are_lasting(void **state)
{
    struct places *p = *state;
    places_want_container(p);
    unsetenv("AWS_CONTAINER_AUTHORIZATION_TOKEN");
    play_always(p->play, PLACES_CONTAINER,
                PLAY_ANSWER("200 OK", "{\"AccessKeyId\": \"A\", \"SecretAccessKey\": \"hush\"}"));
    opens_with(p, "", "A", false);
    assert_null(strstr(play_request(p->play, PLACES_CONTAINER, 0), "Authorization:"));
}

static void what_a_container_may_be_told_else(void **state)
{
    struct places *p = *state;
    const struct {
        const char *answer;
        enum pc_code code;
        const char *word;
    } rows[] = {
        {PLAY_ANSWER("403 Forbidden", "{\"code\": \"hush\"}"), PC_E_CONFIG, "403"},
        {PLAY_ANSWER("404 Not Found", ""), PC_E_CONFIG, "404"},
        {PLAY_ANSWER("500 Oops", ""), PC_E_STORE_UNAVAILABLE, "500"},
        {PLAY_ANSWER("200 OK", "<html>hush</html>"), PC_E_STORE_UNAVAILABLE, "something else"},
        {PLAY_ANSWER("200 OK", ""), PC_E_STORE_UNAVAILABLE, "something else"},
        {PLAY_ANSWER("200 OK", "{\"AccessKeyId\": \"A\", \"SecretAccessKey\": \"hu"),
         PC_E_STORE_UNAVAILABLE, "something else"},
        {PLAY_ANSWER("200 OK", "[\"hush\"]"), PC_E_STORE_UNAVAILABLE, "incomplete"},
        {PLAY_ANSWER("200 OK", "{\"AccessKeyId\": 7, \"SecretAccessKey\": \"hush\"}"),
         PC_E_STORE_UNAVAILABLE, "incomplete"},
        {PLAY_ANSWER("200 OK", "{\"AccessKeyId\": \"A\\r\\nX: y\", \"SecretAccessKey\": \"s\"}"),
         PC_E_STORE_UNAVAILABLE, "not allowed"},
        {PLAY_ANSWER("200 OK", "{\"AccessKeyId\": \"A\", \"SecretAccessKey\": \"hush\", "
                               "\"Expiration\": \"tomorrow\"}"),
         PC_E_STORE_UNAVAILABLE, "expired"},
        {PLAY_HANG_UP, PC_E_STORE_UNAVAILABLE, "does not respond"},
    };
    places_want_container(p);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        play_always(p->play, PLACES_CONTAINER, rows[i].answer);
        fails_with(p, "", rows[i].code, rows[i].word);
    }
    play_always(p->play, PLACES_CONTAINER, places_json("CONTAINER", 0));
    fails_with(p, "", PC_E_STORE_UNAVAILABLE, "expired");
}

static void a_token_goes_to_no_stranger(void **state)
{
    struct places *p = *state;
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
        places_env(p, "AWS_CONTAINER_CREDENTIALS_FULL_URI", uris[i], false);
        fails_with(p, "", PC_E_CONFIG, "FULL_URI");
    }
    places_env(p, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "@shop.example/", false);
    fails_with(p, "", PC_E_CONFIG, "RELATIVE_URI");
    unsetenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    places_want_container(p);
    places_env(p, "AWS_CONTAINER_AUTHORIZATION_TOKEN", "hush\r\nX: y", false);
    fails_with(p, "", PC_E_CONFIG, "line end");
    places_env(p, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/no/such/file", false);
    fails_with(p, "", PC_E_CONFIG, "TOKEN_FILE");
    assert_int_equal(play_asked(p->play, PLACES_CONTAINER), 0);
}

static void this_machine_and_https_are_no_strangers(void **state)
{
    struct places *p = *state;
    play_always(p->play, PLACES_CONTAINER, places_json("CONTAINER", HOUR_MS));
    char *uri = pc_xasprintf("http://localhost:%d/container", play_port(p->play));
    places_env(p, "AWS_CONTAINER_CREDENTIALS_FULL_URI", uri, false);
    opens_with(p, "", "CONTAINER", true);
    free(uri);
    const char *nobody_there[] = {"http://127.1.2.3:1/", "http://[::1]:1/", "https://127.0.0.1:1/"};
    for (size_t i = 0; i < sizeof nobody_there / sizeof *nobody_there; i++) {
        places_env(p, "AWS_CONTAINER_CREDENTIALS_FULL_URI", nobody_there[i], false);
        fails_with(p, "", PC_E_STORE_UNAVAILABLE, "does not respond");
    }
}

/* The machine */

static void a_machine_has_a_role(void **state)
{
    struct places *p = *state;
    places_want_instance(p);
    play_always(p->play, PLACES_SESSION, PLAY_ANSWER("200 OK", "session=="));
    play_always(p->play, PLACES_ROLES, PLAY_ANSWER("200 OK", "shop\nanother\n"));
    play_always(p->play, PLACES_ROLE, places_json("MACHINE", HOUR_MS));
    opens_with(p, "", "MACHINE", true);
    assert_non_null(strstr(play_request(p->play, PLACES_SESSION, 0),
                           "\r\nX-aws-ec2-metadata-token-ttl-seconds: 60\r\n"));
    const char *session = "\r\nX-aws-ec2-metadata-token: session==\r\n";
    assert_non_null(strstr(play_request(p->play, PLACES_ROLES, 0), session));
    assert_non_null(strstr(play_request(p->play, PLACES_ROLE, 0), session));
}

static void a_machine_without_a_role_has_no_key(void **state)
{
    struct places *p = *state;
    const struct {
        const char *session, *roles, *role;
        enum pc_code code;
        const char *word;
    } rows[] = {
        {PLAY_HANG_UP, "", "", PC_E_CONFIG, "(no answer)"},
        {PLAY_ANSWER("403 Forbidden", ""), "", "", PC_E_CONFIG, "(refused, status 403)"},
        {PLAY_ANSWER("200 OK", "<html>"), "", "", PC_E_CONFIG, "(no session)"},
        {PLAY_ANSWER("200 OK", ""), "", "", PC_E_CONFIG, "(no session)"},
        {PLAY_ANSWER("500 Oops", ""), "", "", PC_E_STORE_UNAVAILABLE, "500"},
        {PLAY_ANSWER("200 OK", "s"), PLAY_ANSWER("404 No", ""), "", PC_E_CONFIG, "(no role"},
        {PLAY_ANSWER("200 OK", "s"), PLAY_ANSWER("200 OK", "<html>"), "", PC_E_CONFIG, "(no role"},
        {PLAY_ANSWER("200 OK", "s"), PLAY_ANSWER("200 OK", "shop"),
         PLAY_ANSWER("200 OK", "{\"Code\": \"AssumeRoleUnauthorizedAccess\"}"),
         PC_E_STORE_UNAVAILABLE, "something else"},
        {PLAY_ANSWER("200 OK", "s"), PLAY_ANSWER("200 OK", "shop"), PLAY_ANSWER("200 OK", "<a>"),
         PC_E_STORE_UNAVAILABLE, "something else"},
    };
    places_want_instance(p);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        play_always(p->play, PLACES_SESSION, rows[i].session);
        play_always(p->play, PLACES_ROLES, rows[i].roles);
        play_always(p->play, PLACES_ROLE, rows[i].role);
        fails_with(p, "", rows[i].code, rows[i].word);
    }
}

static void a_silent_machine_is_not_waited_for(void **state)
{
    struct places *p = *state;
    places_want_instance(p);
    play_always(p->play, PLACES_SESSION, PLAY_SILENCE);
    int64_t start_ms = pc_clock_mono_ms();
    fails_with(p, "", PC_E_CONFIG, "(no answer)");
    assert_true(pc_clock_mono_ms() - start_ms < 6000);
}

/* Their order */

static void the_first_place_that_has_keys_counts(void **state)
{
    struct places *p = *state;
    places_want_instance(p);
    play_always(p->play, PLACES_SESSION, PLAY_ANSWER("200 OK", "session=="));
    play_always(p->play, PLACES_ROLES, PLAY_ANSWER("200 OK", "shop"));
    play_always(p->play, PLACES_ROLE, places_json("MACHINE", HOUR_MS));
    opens_with(p, "", "MACHINE", true);
    places_want_container(p);
    play_always(p->play, PLACES_CONTAINER, places_json("CONTAINER", HOUR_MS));
    opens_with(p, "", "CONTAINER", true);
    places_want_sts(p);
    play_always(p->play, PLACES_STS, places_xml("ROLE", HOUR_MS));
    opens_with(p, "", "ROLE", true);
    write_credentials(p, profiles);
    opens_with(p, "", "DEFAULT", false);
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    char *address =
        pc_xasprintf("s3://OWN:hush@shots/p?endpoint=http://127.0.0.1:%d", play_port(p->play));
    int asked = play_asked(p->play, PLACES_S3);
    assert_ok(pc_blobs_open(&pc_blobs_s3, address, &bs, &err), &err);
    places_expect_key(p, PLACES_S3, asked, "OWN", false);
    pc_blobs_close(bs);
    free(address);
    assert_int_equal(play_asked(p->play, PLACES_ROLE), 1);
}

static void without_any_key_all_that_was_tried_is_named(void **state)
{
    struct places *p = *state;
    fails_with(p, "", PC_E_CONFIG,
               "Tried: AWS_ACCESS_KEY_ID (not set), the credentials file (no credentials file), "
               "the web identity (not set), the container (not set), the role of the machine "
               "(switched off).");
}

static void the_place_of_a_key_that_is_refused_is_named(void **state)
{
    struct places *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    write_credentials(p, profiles);
    play_always(p->play, PLACES_S3, PLAY_FAULT("403 Forbidden", "InvalidAccessKeyId"));
    assert_code(places_open(p, "", &bs, &err), PC_E_CONFIG);
    assert_non_null(strstr(err.message, "The key is from the credentials file."));
    places_expect_hushed(&err);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, places_setup, places_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_profile_holds_the_key),
        TEST(the_file_may_be_elsewhere_but_has_to_be_there),
        TEST(a_file_of_something_else_is_passed_over),
        TEST(a_service_account_takes_a_role),
        TEST(what_the_token_service_may_say_else),
        TEST(a_busy_token_service_is_asked_again),
        TEST(a_role_set_up_by_halves_is_said),
        TEST(a_container_is_handed_its_keys),
        TEST(keys_without_token_and_end_are_lasting),
        TEST(what_a_container_may_be_told_else),
        TEST(a_token_goes_to_no_stranger),
        TEST(this_machine_and_https_are_no_strangers),
        TEST(a_machine_has_a_role),
        TEST(a_machine_without_a_role_has_no_key),
        TEST(a_silent_machine_is_not_waited_for),
        TEST(the_first_place_that_has_keys_counts),
        TEST(without_any_key_all_that_was_tried_is_named),
        TEST(the_place_of_a_key_that_is_refused_is_named),
    };
    return cmocka_run_group_tests_name("blobs-s3-credentials", tests, NULL, NULL);
}
