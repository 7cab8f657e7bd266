/* The queue on a Redis that asks who we are: passwords, and the rights of its users. */
#include <hiredis/hiredis.h>
#include <signal.h>

#include "base/mem.h"
#include "secure.h"

#define SIGNS "sesame p@ss:w/rd?#&=%+"
#define SIGNS_CODED "sesame%20p%40ss%3Aw%2Frd%3F%23%26%3D%25%2B"

static void password_alone(void **state)
{
    struct test_server *s = secure_serve(NULL);
    int port = test_server_port(s);
    const char *const wrong[] = {"", ":sesame@", ":sesame%20street@", "default:sesame@",
                                 "nobody:sesame@"};
    (void)state;
    char *address = pc_xasprintf("redis://:sesame@127.0.0.1:%d", port);
    secure_refused(address, PC_E_CONFIG, "password"); /* there is none yet */
    free(address);
    redisContext *c = redisConnect("127.0.0.1", port);
    freeReplyObject(redisCommand(c, "CONFIG SET requirepass %s", SIGNS));
    redisFree(c);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        address = pc_xasprintf("redis://%s127.0.0.1:%d", wrong[i], port);
        secure_refused(address, PC_E_CONFIG, "refuses the user or the password");
        free(address);
    }
    address = pc_xasprintf("redis://:%s@127.0.0.1:%d", SIGNS_CODED, port);
    secure_works(address);
    free(address);
    test_server_stop(s);
}

/* The rights that docs/queue.md names, and one less. */
#define KEYS_AND_CHANNELS "~bull:image-processing:* &bull:image-processing:*"
#define COMMANDS                                                                                   \
    "+@read +@write +@scripting +@pubsub +@connection +client|setname +client|id +client|unblock " \
    "+time"

static void no_password_where_none_is_asked_for(void **state)
{
    struct test_server *s = secure_serve(NULL);
    const char *const right[] = {"", ":@", "default@", "open@", "open:any@"};
    (void)state;
    secure_command(s, "ACL SETUSER open on nopass ~* &* +@all");
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        char *address = pc_xasprintf("redis://%s127.0.0.1:%d", right[i], test_server_port(s));
        pc_queue_close(secure_open(address));
        free(address);
    }
    char *address = pc_xasprintf("redis://nobody@127.0.0.1:%d", test_server_port(s));
    secure_refused(address, PC_E_CONFIG, "refuses the user or the password");
    free(address);
    test_server_stop(s);
}

static void user_with_the_rights_that_the_manual_names(void **state)
{
    struct test_server *s = secure_serve(NULL);
    (void)state;
    secure_command(s, "ACL SETUSER worker on >sesame,open " KEYS_AND_CHANNELS " " COMMANDS);
    char *right = secure_as_worker(s, "sesame%2Copen"), *wrong = secure_as_worker(s, "sesame");
    secure_works(right);
    secure_refused(wrong, PC_E_CONFIG, "refuses the user or the password");
    secure_command(s, "ACL SETUSER worker off");
    secure_refused(right, PC_E_CONFIG, "refuses the user or the password");
    free(right);
    free(wrong);
    test_server_stop(s);
}

static void user_with_too_few_rights_is_refused_at_the_start(void **state)
{
    static const char *const lacks[] = {
        "-evalsha",        "-script",         "-subscribe",      "-publish", "-brpoplpush",
        "-client|unblock", "-client|setname", "-client|id",      "-select",  "-hget",
        "resetchannels",   "resetkeys",       "resetkeys ~cat:*"};
    struct test_server *s = secure_serve(NULL);
    char *address = secure_as_worker(s, "sesame");
    (void)state;
    for (size_t i = 0; i < sizeof lacks / sizeof *lacks; i++) {
        char *text = pc_xasprintf(
            "ACL SETUSER worker reset on >sesame " KEYS_AND_CHANNELS " " COMMANDS " %s", lacks[i]);
        secure_command(s, text);
        print_message("# %s\n", lacks[i]);
        secure_refused(address, PC_E_CONFIG, "does not allow this user");
        free(text);
    }
    free(address);
    test_server_stop(s);
}

/* --- while it runs --- */

static void restarted_with_a_password(void **state)
{
    struct test_server *s = secure_serve(secure_worker_may_all);
    char *address = secure_as_worker(s, "sesame");
    (void)state;
    secure_restarted(address, s);
    free(address);
    test_server_stop(s);
}

static void a_password_that_changes_meanwhile(void **state)
{
    const char *more[sizeof secure_worker_may_all / sizeof *secure_worker_may_all];
    memcpy(more, secure_worker_may_all, sizeof more);
    struct test_server *s = secure_serve(more);
    char *address = secure_as_worker(s, "sesame");
    struct pc_queue *q = secure_open(address);
    (void)state;
    more[3] = ">another";
    test_server_again(s);
    secure_away(q);
    secure_command(s, "ACL SETUSER worker >sesame");
    secure_back(q);
    secure_live(q);
    pc_queue_close(q);
    free(address);
    test_server_stop(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(password_alone),
        cmocka_unit_test(no_password_where_none_is_asked_for),
        cmocka_unit_test(user_with_the_rights_that_the_manual_names),
        cmocka_unit_test(user_with_too_few_rights_is_refused_at_the_start),
        cmocka_unit_test(restarted_with_a_password),
        cmocka_unit_test(a_password_that_changes_meanwhile),
    };
    signal(SIGPIPE, SIG_IGN); /* as the program does */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
