/* Queue in Redis, in the layout of npm's bull 4: Node programs may add jobs, take ours, and look at
 * them with a board. docs/queue.md says how; the scripts (lua/) are our own.
 *
 * Every change is one script, so it happens whole or not at all. A job of ours has the id "pc-" and
 * the image's id: that is how an image has one job at most. A job is taken under a lock that runs
 * out (the lease) with a token of its own. When its worker dies, the stalled check, which any
 * process makes twice in a lease time, finds it without a lock and puts it back: at the earliest
 * when the lease is over, at the latest half as long after.
 *
 * attempt is tries that failed + tries that stalled + 1. A job that failed for good stays among the
 * failed ones (the last 1,000 of them), for people to look at and send back; one that is done is
 * gone. A job of Node's stays as its own options say.
 *
 * Durability is that of the Redis: with its append-only file as Redis sets it up, a crash may undo
 * the last second; the sweeper adds jobs for pending records that have none.
 *
 * Not done: rate limits, metrics and repeatable jobs of Bull, clusters, Bull's newer relative
 * BullMQ (its queue is refused). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "queue/bull.h"
#include "queue/drivers.h"

static struct bull *bull_of(struct pc_queue *q)
{
    return PC_QUEUE_SELF(struct bull, q);
}

static void bull_close(struct pc_queue *q)
{
    struct bull *b = bull_of(q);
    bull_links_close(&b->links);
    bull_ear_stop(b);
    bull_feed_stop(b);
    bull_keeper_stop(b);
    bull_pool_finish(b);
    bull_links_finish(&b->links);
    bull_address_finish(&b->at);
    free(b->keys);
    free(b);
}

/* BullMQ says what it is in the hash "meta"; Bull 4 writes no version there. */
static enum pc_code refuse_bullmq(struct bull *b, struct pc_err *err)
{
    char *meta = pc_xasprintf("%smeta", b->keys);
    redisReply *version;
    enum pc_code rc = bull_ask(b, 3, (const char *[]){"HGET", meta, "version"}, &version, err);
    if (!rc && version->type == REDIS_REPLY_STRING && pc_str_starts(version->str, "bullmq"))
        rc = pc_fail(err, PC_E_CONFIG,
                     "The queue '%.60s' belongs to BullMQ (%.30s), whose layout differs from Bull "
                     "4's: choose another name with ?queue= in the queue's address.",
                     b->at.queue, version->str);
    freeReplyObject(version);
    free(meta);
    return rc;
}

static enum pc_code start(struct bull *b, struct pc_err *err)
{
    enum pc_code rc = refuse_bullmq(b, err);
    if (!rc)
        rc = bull_scripts_load(b, err);
    if (!rc)
        rc = bull_feed_start(b, err);
    if (!rc)
        rc = bull_keeper_start(b, err);
    if (!rc)
        rc = bull_ear_start(b, err);
    b->opened = true;
    return rc;
}

static enum pc_code bull_open(const char *address, const struct pc_queue_options *options,
                              struct pc_queue **out, struct pc_err *err)
{
    struct bull *b = pc_xmalloc(sizeof *b);
    bull_links_init(&b->links);
    bull_pool_init(&b->pool);
    pc_random_hex(b->origin, PC_JOB_TOKEN_HEX);
    snprintf(b->lease_ms, sizeof b->lease_ms, "%lld", (long long)options->lease_ms);
    snprintf(b->stalled_ms, sizeof b->stalled_ms, "%lld", (long long)(options->lease_ms + 1) / 2);
    enum pc_code rc = bull_address_parse(address, &b->at, err);
    if (!rc) {
        b->keys = pc_xasprintf("%s:%s:", b->at.prefix, b->at.queue);
        rc = start(b, err);
    }
    if (rc)
        bull_close(&b->base);
    else
        *out = &b->base;
    return rc;
}

static enum pc_code bull_add(struct pc_queue *q, int64_t image_id, const char *url, int priority,
                             bool *added, struct pc_err *err)
{
    enum { FULL = -1 };
    struct bull *b = bull_of(q);
    int rank = bull_rank(priority);
    char *id = bull_job_id(image_id), *data = bull_job_data(image_id, url);
    char *options = bull_job_options(&q->options, id, rank);
    char rank_text[16], most[24];
    int64_t answer = 0;
    snprintf(rank_text, sizeof rank_text, "%d", rank);
    snprintf(most, sizeof most, "%lld", (long long)q->options.max_waiting);
    const char *const args[] = {id, data, options, rank_text, most, b->origin};
    enum pc_code rc = bull_run_number(b, BULL_ADD, 6, args, &answer, err);
    *added = answer == 1;
    free(id);
    free(data);
    free(options);
    return !rc && answer == FULL ? pc_fail(err, PC_E_QUEUE_FULL, NULL) : rc;
}

/* brought: an id that the feeder moved to the active ones; NULL: any. */
static enum pc_code take_now(struct bull *b, const char *brought, struct pc_job *job, bool *got,
                             struct pc_err *err)
{
    int n = 1;
    enum pc_code rc = bull_turn(b, &(struct bull_turn){.brought = brought, .jobs = job}, &n, err);
    *got = !rc && n == 1;
    return rc;
}

static enum pc_code bull_take(struct pc_queue *q, int64_t wait_ms, struct pc_job *job, bool *got,
                              struct pc_err *err)
{
    struct bull *b = bull_of(q);
    uint64_t mark = bull_feed_mark(b);
    int64_t until_ms = pc_mono_ms() + wait_ms;
    bool woken = false;
    enum pc_code rc = take_now(b, NULL, job, got, err);
    if (!rc && !*got && wait_ms == 0) {
        bull_feed_settle(b); /* it may have caught the only one for a taker that went away */
        rc = take_now(b, NULL, job, got, err);
    }
    while (!rc && !*got && !woken && pc_mono_ms() < until_ms) {
        char *id = bull_feed_wait(b, mark, until_ms, &woken);
        if (id)
            rc = take_now(b, id, job, got, err);
        free(id);
    }
    return rc;
}

static void bull_wake(struct pc_queue *q)
{
    bull_feed_wake(bull_of(q));
}

/* A script about a held job: args begin with its id and token. */
static enum pc_code change_held(struct pc_queue *q, enum bull_script script, int n,
                                const char *const args[], struct pc_err *err)
{
    enum { LOST = -1 };
    int64_t answer = 0;
    enum pc_code rc = bull_run_number(bull_of(q), script, n, args, &answer, err);
    return !rc && answer == LOST ? pc_fail(err, PC_E_LEASE_LOST, NULL) : rc;
}

static enum pc_code bull_heartbeat(struct pc_queue *q, const struct pc_job *job, struct pc_err *err)
{
    const char *const args[] = {job->id, job->token, bull_of(q)->lease_ms};
    return change_held(q, BULL_RENEW, 3, args, err);
}

static void bull_progress(struct pc_queue *q, const struct pc_job *job, int percent)
{
    char text[12];
    struct pc_err err = PC_ERR_INIT;
    snprintf(text, sizeof text, "%d", percent);
    const char *const args[] = {job->id, job->token, text};
    (void)change_held(q, BULL_PROGRESS, 3, args, &err); /* nobody waits for it */
}

static enum pc_code bull_done(struct pc_queue *q, const struct pc_job *job, struct pc_err *err)
{
    char value[BULL_VALUE];
    bull_job_value(job, value);
    return change_held(q, BULL_DONE, 3, (const char *[]){job->id, job->token, value}, err);
}

static enum pc_code bull_turn_slot(struct pc_queue *q, const struct pc_job *done, int n_done,
                                   struct pc_job *jobs, int *n, struct pc_err *err)
{
    return bull_turn(bull_of(q), &(struct bull_turn){.done = done, .n_done = n_done, .jobs = jobs},
                     n, err);
}

static enum pc_code bull_fail(struct pc_queue *q, const struct pc_job *job, int64_t delay_ms,
                              const char *reason, struct pc_err *err)
{
    char delay[24];
    snprintf(delay, sizeof delay, "%lld", (long long)delay_ms);
    const char *const args[] = {job->id, job->token, delay, reason, "[]"};
    enum pc_code rc = change_held(q, BULL_FAIL, 5, args, err);
    if (!rc && delay_ms > 0)
        bull_keeper_look(bull_of(q));
    return rc;
}

static enum pc_code bull_give_back(struct pc_queue *q, const struct pc_job *job, struct pc_err *err)
{
    const char *const args[] = {job->id, job->token};
    return change_held(q, BULL_GIVE_BACK, 2, args, err);
}

static enum pc_code about_image(struct pc_queue *q, enum bull_script script, int64_t image_id,
                                int64_t *answer, struct pc_err *err)
{
    char *id = bull_job_id(image_id);
    enum pc_code rc = bull_run_number(bull_of(q), script, 1, (const char *[]){id}, answer, err);
    free(id);
    return rc;
}

static enum pc_code bull_remove(struct pc_queue *q, int64_t image_id, struct pc_err *err)
{
    int64_t gone;
    return about_image(q, BULL_REMOVE, image_id, &gone, err);
}

static enum pc_code bull_has(struct pc_queue *q, int64_t image_id, bool *has, struct pc_err *err)
{
    int64_t there = 0;
    enum pc_code rc = about_image(q, BULL_HAS, image_id, &there, err);
    *has = there == 1;
    return rc;
}

static enum pc_code bull_stats(struct pc_queue *q, struct pc_queue_stats *out, struct pc_err *err)
{
    enum { WAITING, DELAYED, ACTIVE, PAUSED, FIELDS };
    redisReply *r;
    enum pc_code rc = bull_run(bull_of(q), BULL_STATS, 0, NULL, &r, err);
    if (!rc && r->type == REDIS_REPLY_ARRAY && r->elements == FIELDS)
        *out = (struct pc_queue_stats){.waiting = r->element[WAITING]->integer,
                                       .delayed = r->element[DELAYED]->integer,
                                       .active = r->element[ACTIVE]->integer,
                                       .paused = r->element[PAUSED]->integer == 1};
    freeReplyObject(r);
    return rc;
}

static enum pc_code bull_ping(struct pc_queue *q, struct pc_err *err)
{
    redisReply *r;
    enum pc_code rc = bull_ask(bull_of(q), 1, (const char *[]){"PING"}, &r, err);
    freeReplyObject(r);
    return rc;
}

static void bull_tell(struct pc_queue *q, int64_t image_id, bool removed)
{
    bull_keeper_tell(bull_of(q), (struct bull_word){.image_id = image_id, .removed = removed});
}

static void bull_listen(struct pc_queue *q,
                        void (*heard)(void *ctx, int64_t image_id, bool removed), void *ctx)
{
    struct bull_ear *ear = &bull_of(q)->ear;
    pthread_mutex_lock(&ear->lock);
    ear->heard = heard;
    ear->ctx = ctx;
    pthread_mutex_unlock(&ear->lock);
}

const struct pc_queue_driver pc_queue_bull = {
    .scheme = "redis", /* redis:// and rediss:// */
    .open = bull_open,
    .close = bull_close,
    .add = bull_add,
    .take = bull_take,
    .wake = bull_wake,
    .heartbeat = bull_heartbeat,
    .progress = bull_progress,
    .done = bull_done,
    .turn = bull_turn_slot,
    .fail = bull_fail,
    .give_back = bull_give_back,
    .remove = bull_remove,
    .has = bull_has,
    .stats = bull_stats,
    .ping = bull_ping,
    .tell = bull_tell,
    .listen = bull_listen,
};
