/* What the cases with authentication and with TLS share (bull_auth.c, bull_tls.c); each starts its
 * own servers. */
#ifndef PC_TESTS_QUEUE_SECURE_H
#define PC_TESTS_QUEUE_SECURE_H

#include "queue/queue.h"
#include "server.h"
#include "support.h"

enum {
    SECURE_ANY_CODE = PC_CODE_COUNT /* any but PC_OK */
};

/* Arguments of a Redis whose user "worker" has all permissions; NULL ends them. */
extern const char *const secure_worker_all_rights[8];

/* Opens the queue, and logs an error as the program would. Neither may contain the secret. */
enum pc_code secure_open_hiding(const char *url, const char *secret, struct pc_queue **q,
                                struct pc_err *err);
/* The open must fail with this code and this text in its message or its detail. */
void secure_assert_rejected(const char *url, int code, const char *says);
struct pc_queue *secure_open(const char *url);
/* Runs some jobs through everything that can happen to a job. */
void secure_run_jobs(struct pc_queue *q);
/* The queue opens, and jobs run there. */
void secure_assert_works(const char *url);
void secure_wait_until_available(struct pc_queue *q);
/* Redis rejects us now. That is an outage and no reason to end the program: it was accepted before,
 * so somebody is perhaps about to fix it. */
void secure_assert_unavailable(struct pc_queue *q);
/* Two queues on one server: notifications and polled jobs arrive before and after its restart. */
void secure_assert_survives_restart(const char *url, struct test_server *server);

/* Starts a Redis with these extra arguments, or skips the test. */
struct test_server *secure_start_server(const char *const *more);
/* Runs a command as the administrator. */
void secure_command(const struct test_server *s, const char *text);
/* The URL of the user "worker" there. Gives. */
char *secure_as_worker(const struct test_server *s, const char *password);
/* A server that accepts connections and never answers: a socket with a backlog. Gives it. */
int secure_mute_server(int *port);

#endif
