/* What the cases of a guarded Redis share (bull_auth.c, bull_tls.c): each has servers of its own.
 */
#ifndef PC_TESTS_QUEUE_SECURE_H
#define PC_TESTS_QUEUE_SECURE_H

#include "queue/queue.h"
#include "server.h"
#include "support.h"

enum {
    SECURE_LIMIT_MS = 6000, /* for an answer, also for a bad one */
    SECURE_CLOSE_MS = 2000,
    SECURE_ANY_CODE = PC_CODE_COUNT /* that is not PC_OK */
};

/* Arguments of a Redis with the user "worker" who may do everything; NULL ends them. */
extern const char *const secure_worker_all_rights[8];

/* Opens, and logs an error as the program would. Nothing of it may hold the word. */
enum pc_code secure_open_hiding(const char *url, const char *secret, struct pc_queue **q,
                                struct pc_err *err);
/* The open must fail in time with this code, and say this in its sentence or in its detail. */
void secure_assert_rejected(const char *url, int code, const char *says);
struct pc_queue *secure_open(const char *url);
/* All that a job may live through. */
void secure_run_jobs(struct pc_queue *q);
/* It opens, and a job lives there. */
void secure_assert_works(const char *url);
void secure_wait_until_available(struct pc_queue *q); /* waits until Redis answers */
/* No reason to end the program: it was let in before, and somebody may be about to put it right. */
void secure_assert_unavailable(struct pc_queue *q);
/* Two queues on one server: told, fed and listening before its restart and after it. */
void secure_assert_survives_restart(const char *url, struct test_server *server);

/* Gives a Redis with more arguments, or skips the test. */
struct test_server *secure_start_server(const char *const *more);
/* An administrator's command, with spaces between its words. */
void secure_command(const struct test_server *s, const char *text);
/* The address of the user "worker" there. Gives. */
char *secure_as_worker(const struct test_server *s, const char *password);
/* One that accepts connections and says nothing, as its backlog does. Gives its descriptor. */
int secure_mute_server(int *port);

#endif
