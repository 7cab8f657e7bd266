/* The queue in Redis, laid out as Bull 4 does: what its files share. Only src/queue/bull*.c include
 * this. docs/queue.md tells operators of it.
 *
 * bull.c          the driver's slots
 * bull_address.c  redis://... taken apart
 * bull_link.c     one connection; what its errors mean
 * bull_links.c    all that are open, so that a close can end them
 * bull_tls.c      TLS on a connection
 * bull_pool.c     connections for commands, shared by all threads; backing off while Redis is away
 * bull_scripts.c  the Lua scripts, by their hashes
 * bull_job.c      data and options of a job as JSON
 * bull_turn.c     done and take, of many jobs in one step
 * bull_feed.c     the thread that waits at Redis for the takers
 * bull_keeper.c   the thread that promotes delayed jobs, frees stalled ones, sends words
 * bull_ear.c      the thread that is subscribed
 *
 * Threads: each file guards its part of struct bull; no lock is held while waiting for Redis.
 */
#ifndef PC_QUEUE_BULL_INTERNAL_H
#define PC_QUEUE_BULL_INTERNAL_H

#include <hiredis/hiredis.h>
#include <pthread.h>

#include "base/backoff.h"
#include "queue/driver.h"

enum {
    PC_BULL_CONNECTIONS_MAX = 16,
    PC_BULL_CONNECT_MS = 2000,
    PC_BULL_COMMAND_MS = 2500,
    PC_BULL_NOTIFICATIONS_MAX = 256
};
enum { PC_BULL_CLOSE_MS = 1000 }; /* what a Redis that does not answer may cost a close */

struct pc_bull_url {
    char *host, *user, *password, *prefix, *queue;
    char *ca, *cert, *key; /* paths of files for TLS; NULL: not given */
    int port, db;
    bool tls;
};
/* config with a sentence that says what is wrong. After an error at is to be finished as well. */
PC_NODISCARD enum pc_code pc_bull_url_parse(const char *text, struct pc_bull_url *url,
                                            struct pc_err *err);
void pc_bull_url_finish(struct pc_bull_url *url);

/* --- bull_links.c --- */

struct pc_bull_connections {
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t closed_cond;
    int fds[PC_BULL_CONNECTIONS_MAX + 2]; /* of the pool, the feed and the ear */
    int n;
    bool aborted; /* none may be opened any more */
    bool closed, started;
    pthread_t closer;
};
void pc_bull_connections_init(struct pc_bull_connections *connections);
/* Begins the close: what still waits for Redis in BULL_CLOSE_MS is cut off then. */
void pc_bull_connections_begin_close(struct pc_bull_connections *connections);
/* The end of the close: no connection is open by now. */
void pc_bull_connections_finish(struct pc_bull_connections *connections);
/* Whether none may be opened any more: asked before a connect, which no cut ends. */
bool pc_bull_connections_are_aborted(struct pc_bull_connections *connections);
/* Notes a socket; false: it is too late for it. Forgets it, before it is closed. */
bool pc_bull_connections_register(struct pc_bull_connections *connections, int fd);
void pc_bull_connections_unregister(struct pc_bull_connections *connections, int fd);

/* --- bull_link.c, bull_tls.c --- */

struct pc_bull;
/* A connection that has proved its password and chosen its database. Gives: bull_link_close. io_ms:
 * how long an answer may take. */
PC_NODISCARD enum pc_code pc_bull_connection_open(struct pc_bull *b, int64_t io_ms,
                                                  redisContext **out, struct pc_err *err);
void pc_bull_connection_close(struct pc_bull *b, redisContext *c); /* takes NULL */
/* Sends one command and reads its answer. Gives *out, never an error reply. *broken: the connection
 * is of no more use. */
PC_NODISCARD enum pc_code pc_bull_connection_command(redisContext *c, int argc, const char **argv,
                                                     redisReply **out, bool *broken,
                                                     struct pc_err *err);
/* What an error reply means. */
enum pc_code pc_bull_error_from_reply(const char *text, struct pc_err *err);
/* Names the connection as Bull names its workers', so that boards list it. */
PC_NODISCARD enum pc_code
pc_bull_connection_set_name(redisContext *c, const struct pc_bull_url *url, struct pc_err *err);
/* Whether rediss:// works in this build, and how. The host is proved against the certificate. */
extern const bool pc_bull_has_tls;
PC_NODISCARD enum pc_code pc_bull_tls_handshake(redisContext *c, const struct pc_bull_url *url,
                                                struct pc_err *err);
/* When the server ended the connection with a word of TLS: true, and what that means. */
bool pc_bull_tls_rejected(const redisContext *c, struct pc_err *err);

/* --- bull_pool.c --- */

struct pc_bull_pool {
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t freed;
    redisContext *idle[PC_BULL_CONNECTIONS_MAX];
    int n_idle, n_open;        /* n_open counts those in use too */
    struct pc_backoff backoff; /* current_ms > 0: Redis was away at the last attempt */
    int64_t retry_at_ms;       /* monotonic */
};
void pc_bull_pool_init(struct pc_bull_pool *pool);
void pc_bull_pool_finish(struct pc_bull *b); /* none may be in use */
/* Asks on any free connection. A connection that turns out to be dead is replaced once: so a
 * command may be carried out twice, and must not mind. While Redis is away this fails at once. */
PC_NODISCARD enum pc_code pc_bull_command(struct pc_bull *b, int argc, const char **argv,
                                          redisReply **out, struct pc_err *err);

/* --- bull_scripts.c --- */

enum pc_bull_script {
    PC_BULL_ADD,
    PC_BULL_COMPLETE_AND_TAKE,
    PC_BULL_COMPLETE,
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
/* Loads them all: once, at the open. */
PC_NODISCARD enum pc_code pc_bull_scripts_load(struct pc_bull *b, struct pc_err *err);
enum { PC_BULL_ARGS_MAX = 5 + 3 * PC_QUEUE_BATCH_MAX };
/* Runs one with at most BULL_ARGS arguments. Gives *out. */
PC_NODISCARD enum pc_code pc_bull_script_run(struct pc_bull *b, enum pc_bull_script script, int n,
                                             const char *const args[], redisReply **out,
                                             struct pc_err *err);
/* The same where the answer is a number. */
PC_NODISCARD enum pc_code pc_bull_script_run_int(struct pc_bull *b, enum pc_bull_script script,
                                                 int n, const char *const args[], int64_t *out,
                                                 struct pc_err *err);

/* --- bull_job.c --- */

char *pc_bull_job_id(int64_t image_id);                    /* gives */
char *pc_bull_job_data(int64_t image_id, const char *url); /* gives */
enum { PC_BULL_RETURN_VALUE_BYTES = 48 };
void pc_bull_job_return_value(const struct pc_job *completed,
                              char value[PC_BULL_RETURN_VALUE_BYTES]); /* its return value */
char *pc_bull_job_options(const struct pc_queue_options *options,      /* gives */
                          const char *id, int rank);
/* Our priorities in Bull's numbers: the last of ours is Bull's 0, "after all that have one". */
int pc_bull_job_rank(int priority);
/* Fills job from one that turn.lua took. bad_request with the reason when nothing can be done with
 * its data; id and token are filled all the same. */
PC_NODISCARD enum pc_code pc_bull_job_parse(const redisReply *taken, struct pc_job *job,
                                            struct pc_err *err);

/* --- bull_turn.c --- */

struct pc_bull_batch {
    const struct pc_job *completed; /* jobs that are over */
    int n_completed;
    const char
        *polled_id; /* an id that the feeder moved to the active ones, to be taken first; NULL */
    struct pc_job *jobs; /* room for those that are taken */
};
/* One step: done are over, then up to *n are taken; *n becomes how many. Jobs of other programs
 * that are of no use are failed on the way. */
PC_NODISCARD enum pc_code pc_bull_complete_and_take(struct pc_bull *b,
                                                    const struct pc_bull_batch *batch, int *n,
                                                    struct pc_err *err);

/* --- the threads --- */

struct pc_bull_poller {
    pthread_t thread;
    bool started;
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t job_arrived, taker_waits;
    int waiting_takers;                        /* takers that sleep */
    char *polled[PC_BULL_CONNECTIONS_MAX * 4]; /* ids for them, never more than wanting */
    int n_polled;
    uint64_t wake_count;
    bool stop;
    bool blocked; /* the feeder waits at Redis, or holds what it got there */
    int64_t client_id;
};
PC_NODISCARD enum pc_code pc_bull_poller_start(struct pc_bull *b, struct pc_err *err);
void pc_bull_poller_stop(struct pc_bull *b);
/* Sleeps until an id is brought, the time is over or a wake came. Gives the id, or NULL. */
char *pc_bull_poller_wait(struct pc_bull *b, uint64_t wake_count, int64_t until_ms,
                          bool *was_woken);
uint64_t pc_bull_poller_mark(struct pc_bull *b);
void pc_bull_poller_wake(struct pc_bull *b);
/* After this the feeder holds no job that nobody asked for. */
void pc_bull_poller_drain(struct pc_bull *b);

struct pc_bull_notification {
    int64_t image_id;
    bool removed;
};
struct pc_bull_maintenance {
    pthread_t thread;
    bool started;
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t wake_cond;
    bool stop, check_delayed; /* look: a delayed job may be due earlier than thought */
    struct pc_bull_notification notifications[PC_BULL_NOTIFICATIONS_MAX];
    int n_notifications;
    bool missed; /* there were more words than fit */
};
PC_NODISCARD enum pc_code pc_bull_maintenance_start(struct pc_bull *b, struct pc_err *err);
void pc_bull_maintenance_stop(struct pc_bull *b);
void pc_bull_maintenance_check_delayed(struct pc_bull *b);
void pc_bull_maintenance_publish(struct pc_bull *b, struct pc_bull_notification notification);

struct pc_bull_subscriber {
    pthread_t thread;
    bool started;
    int stop_fd;
    redisContext *c;      /* the thread's own as soon as it runs */
    pthread_mutex_t lock; /* guards heard, ctx */
    void (*on_notification)(void *ctx, int64_t image_id, bool removed);
    void *ctx;
};
PC_NODISCARD enum pc_code pc_bull_subscriber_start(struct pc_bull *b, struct pc_err *err);
void pc_bull_subscriber_stop(struct pc_bull *b);

struct pc_bull {
    struct pc_queue base;
    struct pc_bull_url url;
    char *key_prefix;                          /* how the queue's keys begin */
    char instance_id[PC_JOB_TOKEN_HEX + 1];    /* this opening, in channels and words */
    char lease_ms[24], stalled_ms[24];         /* as arguments */
    bool opened;                               /* set at the end of the open */
    char script_sha[PC_BULL_SCRIPT_COUNT][41]; /* constant after the open */
    struct pc_bull_connections connections;
    struct pc_bull_pool pool;
    struct pc_bull_poller poller;
    struct pc_bull_maintenance maintenance;
    struct pc_bull_subscriber subscriber;
};

#endif
