/* Real servers for tests: started on loopback, on a free port, in a folder of their own, and ended
 * with the test program, whatever becomes of it.
 *
 * Programs are looked for on the PATH and in the folder POSECRAFT_TEST_SERVERS (scripts/setup
 * services fills it); one that is not there is no failure: the tests that want it are skipped and
 * say why. Threads: the main thread.
 */
#ifndef PC_TESTS_SERVER_H
#define PC_TESTS_SERVER_H

#include <stdbool.h>

enum test_server_kind {
    TEST_REDIS,          /* redis-server with append-only file, synced each write */
    TEST_REDIS_PASSWORD, /* the same with the password "sesame pw" */
    TEST_MONGOD,         /* MongoDB itself */
    TEST_FERRETDB,       /* FerretDB on SQLite: speaks MongoDB's wire protocol */
    TEST_S3,             /* versitygw on a folder: verifies signatures; key id "tester", secret
                          "tester/secret+key", bucket "shots" */
};

struct test_server;
/* Gives a server that answers, or NULL with *why filled: what is missing here. */
struct test_server *test_server_start(enum test_server_kind kind, const char **why);
/* The same with more arguments, up to a NULL; borrows them until it is stopped. */
struct test_server *test_server_start_with(enum test_server_kind kind, const char *const *more,
                                           const char **why);
/* Which of the two POSECRAFT_TEST_MONGO asks for ("mongod", "ferretdb"); when it does not: mongod
 * where it is, else FerretDB. */
enum test_server_kind test_server_mongo(void);
void test_server_stop(struct test_server *s); /* ends it, removes its folder; takes NULL */
int test_server_port(const struct test_server *s);
const char *test_server_dir(const struct test_server *s);
/* Faults. kill: SIGKILL. again: starts it anew on the same port and folder and waits until it
 * answers. freeze, thaw: it keeps its connections but says nothing meanwhile. */
void test_server_kill(struct test_server *s);
void test_server_restart(struct test_server *s);
void test_server_freeze(struct test_server *s);
void test_server_thaw(struct test_server *s);

#endif
