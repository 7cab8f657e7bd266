/* Real servers for tests. Each runs on a free loopback port with a folder of its own, and ends with
 * the test program, even if that crashes.
 *
 * Programs are looked for on the PATH and in the folder POSECRAFT_TEST_SERVERS, which `scripts/setup
 * services` fills. A missing program is not a failure: the tests that need it are skipped and say
 * why. Threads: the main thread.
 */
#ifndef PC_TESTS_SERVER_H
#define PC_TESTS_SERVER_H

#include <stdbool.h>

enum test_server_kind {
    TEST_REDIS,          /* redis-server with an append-only file, synced on each write */
    TEST_REDIS_PASSWORD, /* the same with the password "sesame pw" */
    TEST_MONGOD,         /* MongoDB itself */
    TEST_S3,             /* versitygw on a folder: verifies signatures; key id "tester", secret
                          "tester/secret+key", bucket "shots" */
};

struct test_server;
/* Gives a server that is ready, or NULL; *why then says what is missing on this machine. */
struct test_server *test_server_start(enum test_server_kind kind, const char **why);
/* The same with more arguments, which end with NULL; borrows them until it is stopped. */
struct test_server *test_server_start_with(enum test_server_kind kind, const char *const *more,
                                           const char **why);
void test_server_stop(struct test_server *s); /* ends it and removes its folder; takes NULL */
int test_server_port(const struct test_server *s);
const char *test_server_dir(const struct test_server *s);
/* Faults. kill: sends SIGKILL. restart: starts it again on the same port and folder, and waits
 * until it is ready. freeze and thaw: it keeps its connections but does not answer in between. */
void test_server_kill(struct test_server *s);
void test_server_restart(struct test_server *s);
void test_server_freeze(struct test_server *s);
void test_server_thaw(struct test_server *s);

#endif
