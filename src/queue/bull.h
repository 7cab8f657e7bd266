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
#ifndef PC_QUEUE_BULL_H
#define PC_QUEUE_BULL_H

#include <hiredis/hiredis.h>
#include <pthread.h>

#include "queue/driver.h"

enum { BULL_LINKS = 16, BULL_CONNECT_MS = 2000, BULL_COMMAND_MS = 2500, BULL_WORDS = 256 };
enum { BULL_CLOSE_MS = 1000 }; /* what a Redis that does not answer may cost a close */

struct bull_address {
    char *host, *user, *password, *prefix, *queue;
    char *ca, *cert, *key; /* paths of files for TLS; NULL: not given */
    int port, db;
    bool tls;
};
/* config with a sentence that says what is wrong. After an error at is to be finished as well. */
PC_NODISCARD enum pc_code bull_address_parse(const char *text, struct bull_address *at,
                                             struct pc_err *err);
void bull_address_finish(struct bull_address *at);

/* --- bull_links.c --- */

struct bull_links {
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t over;
    int fds[BULL_LINKS + 2]; /* of the pool, the feed and the ear */
    int n;
    bool cut; /* none may be opened any more */
    bool closed, started;
    pthread_t closer;
};
void bull_links_init(struct bull_links *links);
/* Begins the close: what still waits for Redis in BULL_CLOSE_MS is cut off then. */
void bull_links_close(struct bull_links *links);
/* The end of the close: no connection is open by now. */
void bull_links_finish(struct bull_links *links);
/* Whether none may be opened any more: asked before a connect, which no cut ends. */
bool bull_links_are_cut(struct bull_links *links);
/* Notes a socket; false: it is too late for it. Forgets it, before it is closed. */
bool bull_links_note(struct bull_links *links, int fd);
void bull_links_forget(struct bull_links *links, int fd);

/* --- bull_link.c, bull_tls.c --- */

struct bull;
/* A connection that has proved its password and chosen its database. Gives: bull_link_close. io_ms:
 * how long an answer may take. */
PC_NODISCARD enum pc_code bull_link_open(struct bull *b, int64_t io_ms, redisContext **out,
                                         struct pc_err *err);
void bull_link_close(struct bull *b, redisContext *c); /* takes NULL */
/* Sends one command and reads its answer. Gives *out, never an error reply. *broken: the connection
 * is of no more use. */
PC_NODISCARD enum pc_code bull_link_ask(redisContext *c, int argc, const char **argv,
                                        redisReply **out, bool *broken, struct pc_err *err);
/* What an error reply means. */
enum pc_code bull_refused(const char *text, struct pc_err *err);
/* Names the connection as Bull names its workers', so that boards list it. */
PC_NODISCARD enum pc_code bull_link_name(redisContext *c, const struct bull_address *at,
                                         struct pc_err *err);
/* Whether rediss:// works in this build, and how. The host is proved against the certificate. */
extern const bool bull_has_tls;
PC_NODISCARD enum pc_code bull_tls_begin(redisContext *c, const struct bull_address *at,
                                         struct pc_err *err);
/* When the server ended the connection with a word of TLS: true, and what that means. */
bool bull_tls_refused(const redisContext *c, struct pc_err *err);

/* --- bull_pool.c --- */

struct bull_pool {
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t freed;
    redisContext *idle[BULL_LINKS];
    int n_idle, n_open;                /* n_open counts those in use too */
    int64_t away_until_ms, backoff_ms; /* monotonic; backoff_ms > 0: it was away when last tried */
};
void bull_pool_init(struct bull_pool *pool);
void bull_pool_finish(struct bull *b); /* none may be in use */
/* Asks on any free connection. A connection that turns out to be dead is replaced once: so a
 * command may be carried out twice, and must not mind. While Redis is away this fails at once. */
PC_NODISCARD enum pc_code bull_ask(struct bull *b, int argc, const char **argv, redisReply **out,
                                   struct pc_err *err);

/* --- bull_scripts.c --- */

enum bull_script {
    BULL_ADD,
    BULL_TURN,
    BULL_DONE,
    BULL_RENEW,
    BULL_PROGRESS,
    BULL_FAIL,
    BULL_GIVE_BACK,
    BULL_REMOVE,
    BULL_HAS,
    BULL_STATS,
    BULL_PROMOTE,
    BULL_STALLED,
    BULL_SCRIPTS
};
/* Loads them all: once, at the open. */
PC_NODISCARD enum pc_code bull_scripts_load(struct bull *b, struct pc_err *err);
enum { BULL_ARGS = 5 + 3 * PC_QUEUE_TURN };
/* Runs one with at most BULL_ARGS arguments. Gives *out. */
PC_NODISCARD enum pc_code bull_run(struct bull *b, enum bull_script script, int n,
                                   const char *const args[], redisReply **out, struct pc_err *err);
/* The same where the answer is a number. */
PC_NODISCARD enum pc_code bull_run_number(struct bull *b, enum bull_script script, int n,
                                          const char *const args[], int64_t *out,
                                          struct pc_err *err);

/* --- bull_job.c --- */

char *bull_job_id(int64_t image_id);                    /* gives */
char *bull_job_data(int64_t image_id, const char *url); /* gives */
enum { BULL_VALUE = 48 };
void bull_job_value(const struct pc_job *done, char value[BULL_VALUE]); /* its return value */
char *bull_job_options(const struct pc_queue_options *options,          /* gives */
                       const char *id, int rank);
/* Our priorities in Bull's numbers: the last of ours is Bull's 0, "after all that have one". */
int bull_rank(int priority);
/* Fills job from one that turn.lua took. bad_request with the reason when nothing can be done with
 * its data; id and token are filled all the same. */
PC_NODISCARD enum pc_code bull_job_read(const redisReply *taken, struct pc_job *job,
                                        struct pc_err *err);

/* --- bull_turn.c --- */

struct bull_turn {
    const struct pc_job *done; /* jobs that are over */
    int n_done;
    const char
        *brought; /* an id that the feeder moved to the active ones, to be taken first; NULL */
    struct pc_job *jobs; /* room for those that are taken */
};
/* One step: done are over, then up to *n are taken; *n becomes how many. Jobs of other programs
 * that are of no use are failed on the way. */
PC_NODISCARD enum pc_code bull_turn(struct bull *b, const struct bull_turn *turn, int *n,
                                    struct pc_err *err);

/* --- the threads --- */

struct bull_feed {
    pthread_t thread;
    bool started;
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t takers, feeder;
    int wanting;                   /* takers that sleep */
    char *brought[BULL_LINKS * 4]; /* ids for them, never more than wanting */
    int n_brought;
    uint64_t woken;
    bool stop;
    bool blocked; /* the feeder waits at Redis, or holds what it got there */
    int64_t client_id;
};
PC_NODISCARD enum pc_code bull_feed_start(struct bull *b, struct pc_err *err);
void bull_feed_stop(struct bull *b);
/* Sleeps until an id is brought, the time is over or a wake came. Gives the id, or NULL. */
char *bull_feed_wait(struct bull *b, uint64_t woken, int64_t until_ms, bool *was_woken);
uint64_t bull_feed_mark(struct bull *b);
void bull_feed_wake(struct bull *b);
/* After this the feeder holds no job that nobody asked for. */
void bull_feed_settle(struct bull *b);

struct bull_word {
    int64_t image_id;
    bool removed;
};
struct bull_keeper {
    pthread_t thread;
    bool started;
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t poked;
    bool stop, look; /* look: a delayed job may be due earlier than thought */
    struct bull_word words[BULL_WORDS];
    int n_words;
    bool missed; /* there were more words than fit */
};
PC_NODISCARD enum pc_code bull_keeper_start(struct bull *b, struct pc_err *err);
void bull_keeper_stop(struct bull *b);
void bull_keeper_look(struct bull *b);
void bull_keeper_tell(struct bull *b, struct bull_word word);

struct bull_ear {
    pthread_t thread;
    bool started;
    int stop_fd;
    redisContext *c;      /* the thread's own as soon as it runs */
    pthread_mutex_t lock; /* guards heard, ctx */
    void (*heard)(void *ctx, int64_t image_id, bool removed);
    void *ctx;
};
PC_NODISCARD enum pc_code bull_ear_start(struct bull *b, struct pc_err *err);
void bull_ear_stop(struct bull *b);

struct bull {
    struct pc_queue base;
    struct bull_address at;
    char *keys;                        /* how the queue's keys begin */
    char origin[PC_JOB_TOKEN_HEX + 1]; /* this opening, in channels and words */
    char lease_ms[24], stalled_ms[24]; /* as arguments */
    bool opened;                       /* set at the end of the open */
    char sha[BULL_SCRIPTS][41];        /* constant after the open */
    struct bull_links links;
    struct bull_pool pool;
    struct bull_feed feed;
    struct bull_keeper keeper;
    struct bull_ear ear;
};

/* A condition that waits by the monotonic clock, and a wait on it. */
void bull_cond_init(pthread_cond_t *cond);
void bull_cond_wait(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t until_ms);

#endif
