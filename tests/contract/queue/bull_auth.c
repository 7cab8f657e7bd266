/* The queue on a Redis with authentication: passwords, and the permissions of its users. */
#include <hiredis/hiredis.h>
#include <signal.h>

#include "base/mem.h"
#include "secure.h"

#define SIGNS "sesame p@ss:w/rd?#&=%+"
#define SIGNS_CODED "sesame%20p%40ss%3Aw%2Frd%3F%23%26%3D%25%2B"

static void password_alone(void **state)
{
    struct test_server *s = secure_start_server(NULL);
    int port = test_server_port(s);
    const char *const wrong[] = {"", ":sesame@", ":sesame%20street@", "default:sesame@",
                                 "nobody:sesame@"};
    (void)state;
    char *url = pc_xasprintf("redis://:sesame@127.0.0.1:%d", port);
    secure_assert_rejected(url, PC_E_CONFIG, "password"); /* the server has none yet */
    free(url);
    redisContext *c = redisConnect("127.0.0.1", port);
    freeReplyObject(redisCommand(c, "CONFIG SET requirepass %s", SIGNS));
    redisFree(c);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        url = pc_xasprintf("redis://%s127.0.0.1:%d", wrong[i], port);
        secure_assert_rejected(url, PC_E_CONFIG, "rejects the user or the password");
        free(url);
    }
    url = pc_xasprintf("redis://:%s@127.0.0.1:%d", SIGNS_CODED, port);
    secure_assert_works(url);
    free(url);
    test_server_stop(s);
}

/* The permissions that docs/queue.md lists, and each time one less. */
#define KEYS_AND_CHANNELS "~bull:image-processing:* &bull:image-processing:*"
#define COMMANDS                                                                                   \
    "+@read +@write +@scripting +@pubsub +@connection +client|setname +client|id +client|unblock " \
    "+time"

static void no_password_where_none_is_asked_for(void **state)
{
    struct test_server *s = secure_start_server(NULL);
    const char *const right[] = {"", ":@", "default@", "open@", "open:any@"};
    (void)state;
    secure_command(s, "ACL SETUSER open on nopass ~* &* +@all");
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        char *url = pc_xasprintf("redis://%s127.0.0.1:%d", right[i], test_server_port(s));
        pc_queue_close(secure_open(url));
        free(url);
    }
    char *url = pc_xasprintf("redis://nobody@127.0.0.1:%d", test_server_port(s));
    secure_assert_rejected(url, PC_E_CONFIG, "rejects the user or the password");
    free(url);
    test_server_stop(s);
}

static void user_with_the_rights_that_the_manual_names(void **state)
{
    struct test_server *s = secure_start_server(NULL);
    (void)state;
    secure_command(s, "ACL SETUSER worker on >sesame,open " KEYS_AND_CHANNELS " " COMMANDS);
    char *right = secure_as_worker(s, "sesame%2Copen"), *wrong = secure_as_worker(s, "sesame");
    secure_assert_works(right);
    secure_assert_rejected(wrong, PC_E_CONFIG, "rejects the user or the password");
    secure_command(s, "ACL SETUSER worker off");
    secure_assert_rejected(right, PC_E_CONFIG, "rejects the user or the password");
    free(right);
    free(wrong);
    test_server_stop(s);
}

static void user_with_too_few_rights_is_rejected_at_the_start(void **state)
{
    static const char *const lacks[] = {
        "-evalsha",        "-script",         "-subscribe",      "-publish", "-brpoplpush",
        "-client|unblock", "-client|setname", "-client|id",      "-select",  "-hget",
        "resetchannels",   "resetkeys",       "resetkeys ~cat:*"};
    struct test_server *s = secure_start_server(NULL);
    char *url = secure_as_worker(s, "sesame");
    (void)state;
    for (size_t i = 0; i < sizeof lacks / sizeof *lacks; i++) {
        char *text = pc_xasprintf(
            "ACL SETUSER worker reset on >sesame " KEYS_AND_CHANNELS " " COMMANDS " %s", lacks[i]);
        secure_command(s, text);
        print_message("# %s\n", lacks[i]);
        secure_assert_rejected(url, PC_E_CONFIG, "does not give this user the permissions");
        free(text);
    }
    free(url);
    test_server_stop(s);
}

/* --- while it runs --- */

static void restarted_with_a_password(void **state)
{
    struct test_server *s = secure_start_server(secure_worker_all_rights);
    char *url = secure_as_worker(s, "sesame");
    (void)state;
    secure_assert_survives_restart(url, s);
    free(url);
    test_server_stop(s);
}

static void a_password_that_changes_meanwhile(void **state)
{
    const char *more[sizeof secure_worker_all_rights / sizeof *secure_worker_all_rights];
    memcpy(more, secure_worker_all_rights, sizeof more);
    struct test_server *s = secure_start_server(more);
    char *url = secure_as_worker(s, "sesame");
    struct pc_queue *q = secure_open(url);
    (void)state;
    more[3] = ">another";
    test_server_restart(s);
    secure_assert_unavailable(q);
    secure_command(s, "ACL SETUSER worker >sesame");
    secure_wait_until_available(q);
    secure_run_jobs(q);
    pc_queue_close(q);
    free(url);
    test_server_stop(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(password_alone),
        cmocka_unit_test(no_password_where_none_is_asked_for),
        cmocka_unit_test(user_with_the_rights_that_the_manual_names),
        cmocka_unit_test(user_with_too_few_rights_is_rejected_at_the_start),
        cmocka_unit_test(restarted_with_a_password),
        cmocka_unit_test(a_password_that_changes_meanwhile),
    };
    signal(SIGPIPE, SIG_IGN); /* as the program does */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
