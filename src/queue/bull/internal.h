/* The queue in Redis, laid out as npm's bull 4 does it: what the files of this driver share. No file
 * outside this folder includes this header. docs/queue.md is the manual for operators.
 *
 *     driver.c        the slots of queue/driver.h
 *     url.c           reads redis://...
 *     connection.c    one connection; what the errors of Redis mean
 *     connections.c   the list of open connections, so that a close can abort them
 *     tls.c           TLS on a connection
 *     pool.c          connections for commands, shared by all threads; backs off while Redis is
 *                     unavailable
 *     scripts.c       runs the Lua scripts (lua/) by their hashes
 *     job.c           data and options of a job: ours to Bull's JSON and back
 *     batch.c         completes and takes many jobs in one step
 *     poller.c        the thread that waits at Redis for jobs, on behalf of all takers
 *     maintenance.c   the thread that promotes delayed jobs, requeues stalled ones and publishes
 *                     notifications
 *     subscriber.c    the thread that receives notifications
 *
 * Threads: each part of struct pc_bull has its own lock; no lock is held while waiting for Redis.
 */
#ifndef PC_QUEUE_BULL_INTERNAL_H
#define PC_QUEUE_BULL_INTERNAL_H

#include <hiredis/hiredis.h>
#include <pthread.h>

#include "base/backoff.h"
#include "queue/driver.h"

struct pc_bull;

enum {
    PC_BULL_CONNECTIONS_MAX = 16, /* of the pool */
    PC_BULL_CONNECT_MS = 2000,
    PC_BULL_COMMAND_MS = 2500,
    PC_BULL_CLOSE_MS = 1000, /* how long a close waits for a Redis that does not answer */
    PC_BULL_NOTIFICATIONS_MAX = 256
};

/* --- url.c --- */

struct pc_bull_url {
    char *host, *user, *password, *prefix, *queue;
    char *ca, *cert, *key; /* paths of the files for TLS; NULL: not given */
    int port, db;
    bool tls;
};
/* Errors: config, with a sentence that says what is wrong. url must be finished even then. */
PC_NODISCARD enum pc_code pc_bull_url_parse(const char *text, struct pc_bull_url *url,
                                            struct pc_err *err);
void pc_bull_url_finish(struct pc_bull_url *url);

/* --- connections.c --- */

struct pc_bull_connections {
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t closed_cond;
    int fds[PC_BULL_CONNECTIONS_MAX + 2]; /* of the pool, the poller and the subscriber */
    int n;
    bool aborted; /* no connection may be opened any more */
    bool closed, started;
    pthread_t closer;
};
void pc_bull_connections_init(struct pc_bull_connections *connections);
/* Begins the close of the queue: whatever still waits for Redis after PC_BULL_CLOSE_MS is aborted. */
void pc_bull_connections_begin_close(struct pc_bull_connections *connections);
/* Ends the close. By now no connection is open. */
void pc_bull_connections_finish(struct pc_bull_connections *connections);
/* Asked before a connect, because an abort cannot end that. */
bool pc_bull_connections_are_aborted(struct pc_bull_connections *connections);
/* False: too late, close the socket. */
bool pc_bull_connections_register(struct pc_bull_connections *connections, int fd);
/* Before the socket is closed. */
void pc_bull_connections_unregister(struct pc_bull_connections *connections, int fd);

/* --- connection.c, tls.c --- */

/* Opens a connection, authenticates and selects the database. An answer may take io_ms. Gives *out:
 * end it with pc_bull_connection_close. */
PC_NODISCARD enum pc_code pc_bull_connection_open(struct pc_bull *b, int64_t io_ms,
                                                  redisContext **out, struct pc_err *err);
void pc_bull_connection_close(struct pc_bull *b, redisContext *c); /* takes NULL */
/* Sends one command and reads its answer. Gives *out, which is never an error reply. *broken: the
 * connection cannot be used any more. */
PC_NODISCARD enum pc_code pc_bull_connection_command(redisContext *c, int argc, const char **argv,
                                                     redisReply **out, bool *broken,
                                                     struct pc_err *err);
/* Names the connection as Bull names those of its workers, so that dashboards list it. */
PC_NODISCARD enum pc_code
pc_bull_connection_set_name(redisContext *c, const struct pc_bull_url *url, struct pc_err *err);

extern const bool pc_bull_has_tls; /* of this build */
/* Checks the certificate of the server against the authorities and the host of the URL. */
PC_NODISCARD enum pc_code pc_bull_tls_handshake(redisContext *c, const struct pc_bull_url *url,
                                                struct pc_err *err);
/* If the server ended the connection with a TLS alert: true, and err says what that means. */
bool pc_bull_tls_rejected(const redisContext *c, struct pc_err *err);

/* --- pool.c --- */

struct pc_bull_pool {
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t freed;
    redisContext *idle[PC_BULL_CONNECTIONS_MAX];
    int n_idle, n_open;        /* n_open includes those in use */
    struct pc_backoff backoff; /* current_ms > 0: Redis was unavailable at the last attempt */
    int64_t retry_at_ms;       /* monotonic */
};
void pc_bull_pool_init(struct pc_bull_pool *pool);
void pc_bull_pool_finish(struct pc_bull *b); /* no connection may be in use */
/* Runs a command on any free connection. If the connection turns out to be closed, the command is
 * sent once more on a new one; so it may run twice, and must not mind. While Redis is unavailable
 * this fails at once. */
PC_NODISCARD enum pc_code pc_bull_command(struct pc_bull *b, int argc, const char **argv,
                                          redisReply **out, struct pc_err *err);

/* --- scripts.c --- */

enum pc_bull_script {
    PC_BULL_ADD,
    PC_BULL_COMPLETE_AND_TAKE,
    PC_BULL_RENEW,
    PC_BULL_PROGRESS,
    PC_BULL_FAIL,
    PC_BULL_RELEASE,
    PC_BULL_REMOVE,
    PC_BULL_HAS,
    PC_BULL_STATS,
    PC_BULL_PROMOTE,
    PC_BULL_STALLED,
    PC_BULL_SCRIPT_COUNT
};
enum { PC_BULL_ARGS_MAX = 5 + 3 * PC_QUEUE_BATCH_MAX };
/* Loads all scripts; once, when the queue is opened. */
PC_NODISCARD enum pc_code pc_bull_scripts_load(struct pc_bull *b, struct pc_err *err);
/* Runs a script with n arguments, at most PC_BULL_ARGS_MAX. Gives *out. */
PC_NODISCARD enum pc_code pc_bull_script_run(struct pc_bull *b, enum pc_bull_script script, int n,
                                             const char *const args[], redisReply **out,
                                             struct pc_err *err);
/* The same for a script that returns a number. */
PC_NODISCARD enum pc_code pc_bull_script_run_int(struct pc_bull *b, enum pc_bull_script script,
                                                 int n, const char *const args[], int64_t *out,
                                                 struct pc_err *err);

/* --- job.c --- */

enum { PC_BULL_RETURN_VALUE_BYTES = 48 };
char *pc_bull_job_id(int64_t image_id);                    /* gives */
char *pc_bull_job_data(int64_t image_id, const char *url); /* gives */
char *pc_bull_job_options(const struct pc_queue_options *options, const char *id,
                          int rank); /* gives */
void pc_bull_job_return_value(const struct pc_job *completed,
                              char value[PC_BULL_RETURN_VALUE_BYTES]);
/* Our priority as Bull's: our lowest, PC_PRIORITY_LOWEST, is Bull's 0, which means "after all jobs that
 * have a priority". */
int pc_bull_job_rank(int priority);
/* Fills job from an entry of complete_and_take.lua's answer. bad_request, with the reason, if its
 * data cannot be used; id and token are filled even then. */
PC_NODISCARD enum pc_code pc_bull_job_parse(const redisReply *taken, struct pc_job *job,
                                            struct pc_err *err);

/* --- batch.c --- */

struct pc_bull_batch {
    const struct pc_job *completed;
    int n_completed;
    const char *polled_id; /* a job that the poller moved to `active`: taken first; may be NULL */
    struct pc_job *jobs;   /* filled: room for those that are taken */
};
/* In one step: completes jobs, then takes up to *n; *n becomes how many. Jobs of other programs
 * whose data cannot be used are failed on the way. */
PC_NODISCARD enum pc_code pc_bull_complete_and_take(struct pc_bull *b,
                                                    const struct pc_bull_batch *batch, int *n,
                                                    struct pc_err *err);

/* --- poller.c --- */

struct pc_bull_poller {
    pthread_t thread;
    bool started;
    pthread_mutex_t lock;                    /* guards all below */
    pthread_cond_t job_arrived, taker_waits; /* for takers; for the poller */
    int waiting_takers;
    char *polled[PC_BULL_CONNECTIONS_MAX * 4]; /* ids for them, never more than waiting_takers */
    int n_polled;
    uint64_t wake_count;
    bool stop;
    bool blocked; /* the poller waits at Redis, or holds a job that it got there */
    int64_t client_id;
};
PC_NODISCARD enum pc_code pc_bull_poller_start(struct pc_bull *b, struct pc_err *err);
void pc_bull_poller_stop(struct pc_bull *b);
/* Sleeps until a job was polled, the time is over, or pc_bull_poller_wake was called since
 * pc_bull_poller_mark answered wake_count. Gives the job's id, or NULL. */
char *pc_bull_poller_wait(struct pc_bull *b, uint64_t wake_count, int64_t until_ms,
                          bool *was_woken);
uint64_t pc_bull_poller_mark(struct pc_bull *b);
void pc_bull_poller_wake(struct pc_bull *b);
/* After this the poller holds no job for which no taker waits. */
void pc_bull_poller_drain(struct pc_bull *b);

/* --- maintenance.c --- */

struct pc_bull_notification {
    int64_t image_id; /* 0: some notifications were lost, look at all images */
    bool removed;
};
struct pc_bull_outbox {
    struct pc_bull_notification items[PC_BULL_NOTIFICATIONS_MAX];
    int n;
    bool missed; /* some did not fit, or could not be sent */
};
struct pc_bull_maintenance {
    pthread_t thread;
    bool started;
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t wake_cond;
    bool stop, check_delayed;
    struct pc_bull_outbox outbox;
};
PC_NODISCARD enum pc_code pc_bull_maintenance_start(struct pc_bull *b, struct pc_err *err);
void pc_bull_maintenance_stop(struct pc_bull *b);
/* A delayed job may be due earlier than the thread expects. */
void pc_bull_maintenance_check_delayed(struct pc_bull *b);
void pc_bull_maintenance_publish(struct pc_bull *b, struct pc_bull_notification notification);

/* --- subscriber.c --- */

struct pc_bull_subscriber {
    pthread_t thread;
    bool started;
    int stop_fd;
    redisContext *c;      /* belongs to the thread as soon as it runs */
    pthread_mutex_t lock; /* guards on_notification, ctx */
    void (*on_notification)(void *ctx, int64_t image_id, bool removed);
    void *ctx;
};
PC_NODISCARD enum pc_code pc_bull_subscriber_start(struct pc_bull *b, struct pc_err *err);
void pc_bull_subscriber_stop(struct pc_bull *b);

/* --- the queue --- */

struct pc_bull {
    struct pc_queue base;
    struct pc_bull_url url;
    char *key_prefix;                          /* "<prefix>:<queue>:" */
    char instance_id[PC_JOB_TOKEN_HEX + 1];    /* names this opening in channels and messages */
    char lease_ms[24], stalled_ms[24];         /* as arguments of scripts */
    bool opened;                               /* set when the open has ended */
    char script_sha[PC_BULL_SCRIPT_COUNT][41]; /* constant after the open */
    struct pc_bull_connections connections;
    struct pc_bull_pool pool;
    struct pc_bull_poller poller;
    struct pc_bull_maintenance maintenance;
    struct pc_bull_subscriber subscriber;
};

#endif
