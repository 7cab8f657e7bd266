/* The queue in Redis, in the layout of npm's bull 4: Node programs may add jobs, take ours, and look
 * at them with a dashboard. docs/queue.md says how. The scripts (lua/) are our own.
 *
 * Every change is one script, so it happens completely or not at all. A job of ours has the id "pc-"
 * plus the image's id; that is why an image has at most one job. A job is taken under a lock with a
 * token of its own, which expires: the lease. If its worker dies, the stalled check, which every
 * process runs twice in a lease, finds the job without a lock and puts it back: at the earliest when
 * the lease expires, at the latest half a lease later.
 *
 * attempt = attempts that failed + attempts that stalled + 1. A job that failed for good stays among
 * the failed ones (the last 1,000 of them) for people to look at and to send back. A completed job of
 * ours is deleted; one of a Node program stays as its own options say.
 *
 * Durability is that of Redis: with its append-only file in the default configuration, a crash may
 * undo the last second. The sweeper adds jobs for pending records that have none.
 *
 * Not supported: rate limits, metrics and repeatable jobs of Bull; clusters; BullMQ, Bull's newer
 * relative, whose queues are rejected. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "queue/bull/internal.h"
#include "queue/drivers.h"

static struct pc_bull *bull_of(struct pc_queue *q)
{
    return PC_QUEUE_SELF(struct pc_bull, q);
}

static void bull_close(struct pc_queue *q)
{
    struct pc_bull *b = bull_of(q);
    pc_bull_connections_begin_close(&b->connections);
    pc_bull_subscriber_stop(b);
    pc_bull_poller_stop(b);
    pc_bull_maintenance_stop(b);
    pc_bull_pool_finish(b);
    pc_bull_connections_finish(&b->connections);
    pc_bull_url_finish(&b->url);
    free(b->key_prefix);
    free(b);
}

/* BullMQ writes its version to the hash "meta"; Bull 4 writes none there. */
static enum pc_code reject_bullmq(struct pc_bull *b, struct pc_err *err)
{
    char *meta = pc_xasprintf("%smeta", b->key_prefix);
    redisReply *version;
    enum pc_code rc =
        pc_bull_command(b, 3, (const char *[]){"HGET", meta, "version"}, &version, err);
    if (!rc && version->type == REDIS_REPLY_STRING && pc_str_starts(version->str, "bullmq"))
        rc = pc_fail(err, PC_E_CONFIG,
                     "The queue '%.60s' belongs to BullMQ (%.30s), whose layout differs from Bull "
                     "4's: choose another name with ?queue= in the queue's URL.",
                     b->url.queue, version->str);
    freeReplyObject(version);
    free(meta);
    return rc;
}

static enum pc_code bull_open(const char *store_url, const struct pc_queue_options *options,
                              struct pc_queue **out, struct pc_err *err)
{
    struct pc_bull *b = pc_xzalloc(sizeof *b);
    pc_bull_connections_init(&b->connections);
    pc_bull_pool_init(&b->pool);
    pc_random_hex(b->instance_id, PC_JOB_TOKEN_HEX);
    snprintf(b->lease_ms, sizeof b->lease_ms, "%lld", (long long)options->lease_ms);
    snprintf(b->stalled_ms, sizeof b->stalled_ms, "%lld", (long long)(options->lease_ms + 1) / 2);
    enum pc_code rc = pc_bull_url_parse(store_url, &b->url, err);
    if (!rc) {
        b->key_prefix = pc_xasprintf("%s:%s:", b->url.prefix, b->url.queue);
        rc = reject_bullmq(b, err);
    }
    if (!rc)
        rc = pc_bull_scripts_load(b, err);
    if (!rc)
        rc = pc_bull_poller_start(b, err);
    if (!rc)
        rc = pc_bull_maintenance_start(b, err);
    if (!rc)
        rc = pc_bull_subscriber_start(b, err);
    b->opened = true;
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
    struct pc_bull *b = bull_of(q);
    int rank = pc_bull_job_rank(priority);
    char *id = pc_bull_job_id(image_id), *data = pc_bull_job_data(image_id, url);
    char *options = pc_bull_job_options(&q->options, id, rank);
    char rank_text[16], most[24];
    int64_t answer = 0;
    snprintf(rank_text, sizeof rank_text, "%d", rank);
    snprintf(most, sizeof most, "%lld", (long long)q->options.max_waiting);
    const char *const args[] = {id, data, options, rank_text, most, b->instance_id};
    enum pc_code rc = pc_bull_script_run_int(b, PC_BULL_ADD, 6, args, &answer, err);
    *added = answer == 1;
    free(id);
    free(data);
    free(options);
    return !rc && answer == FULL ? pc_fail(err, PC_E_QUEUE_FULL, NULL) : rc;
}

/* polled_id: a job that the poller moved to `active`; NULL: any job. */
static enum pc_code take_now(struct pc_bull *b, const char *polled_id, struct pc_job *job,
                             bool *got, struct pc_err *err)
{
    int n = 1;
    enum pc_code rc = pc_bull_complete_and_take(
        b, &(struct pc_bull_batch){.polled_id = polled_id, .jobs = job}, &n, err);
    *got = !rc && n == 1;
    return rc;
}

static enum pc_code bull_take(struct pc_queue *q, int64_t wait_ms, struct pc_job *job, bool *got,
                              struct pc_err *err)
{
    struct pc_bull *b = bull_of(q);
    uint64_t mark = pc_bull_poller_mark(b);
    int64_t until_ms = pc_clock_mono_ms() + wait_ms;
    bool was_woken = false;
    enum pc_code rc = take_now(b, NULL, job, got, err);
    if (!rc && !*got && wait_ms == 0) {
        pc_bull_poller_drain(b); /* the poller may hold the only job, for a taker that went away */
        rc = take_now(b, NULL, job, got, err);
    }
    while (!rc && !*got && !was_woken && pc_clock_mono_ms() < until_ms) {
        char *id = pc_bull_poller_wait(b, mark, until_ms, &was_woken);
        if (id)
            rc = take_now(b, id, job, got, err);
        free(id);
    }
    return rc;
}

static void bull_wake(struct pc_queue *q)
{
    pc_bull_poller_wake(bull_of(q));
}

/* Runs a script that changes a job under lease: args begin with its id and token. */
static enum pc_code change_held(struct pc_queue *q, enum pc_bull_script script, int n,
                                const char *const args[], struct pc_err *err)
{
    enum { LOST = -1 };
    int64_t answer = 0;
    enum pc_code rc = pc_bull_script_run_int(bull_of(q), script, n, args, &answer, err);
    return !rc && answer == LOST ? pc_fail(err, PC_E_LEASE_LOST, NULL) : rc;
}

static enum pc_code bull_renew(struct pc_queue *q, const struct pc_job *job, struct pc_err *err)
{
    const char *const args[] = {job->id, job->token, bull_of(q)->lease_ms};
    return change_held(q, PC_BULL_RENEW, 3, args, err);
}

static void bull_progress(struct pc_queue *q, const struct pc_job *job, int percent)
{
    char text[12];
    struct pc_err err = PC_ERR_INIT;
    snprintf(text, sizeof text, "%d", percent);
    const char *const args[] = {job->id, job->token, text};
    (void)change_held(q, PC_BULL_PROGRESS, 3, args, &err); /* best effort */
}

static enum pc_code bull_complete_and_take(struct pc_queue *q, const struct pc_job *completed,
                                           int n_completed, struct pc_job *jobs, int *n,
                                           struct pc_err *err)
{
    return pc_bull_complete_and_take(
        bull_of(q),
        &(struct pc_bull_batch){.completed = completed, .n_completed = n_completed, .jobs = jobs},
        n, err);
}

static enum pc_code bull_fail(struct pc_queue *q, const struct pc_job *job, int64_t delay_ms,
                              const char *reason, struct pc_err *err)
{
    char delay[24];
    snprintf(delay, sizeof delay, "%lld", (long long)delay_ms);
    const char *const args[] = {job->id, job->token, delay, reason, "[]"};
    enum pc_code rc = change_held(q, PC_BULL_FAIL, 5, args, err);
    if (!rc && delay_ms > 0)
        pc_bull_maintenance_check_delayed(bull_of(q));
    return rc;
}

static enum pc_code bull_release(struct pc_queue *q, const struct pc_job *job, struct pc_err *err)
{
    const char *const args[] = {job->id, job->token};
    return change_held(q, PC_BULL_RELEASE, 2, args, err);
}

static enum pc_code run_for_image(struct pc_queue *q, enum pc_bull_script script, int64_t image_id,
                                  int64_t *answer, struct pc_err *err)
{
    char *id = pc_bull_job_id(image_id);
    enum pc_code rc =
        pc_bull_script_run_int(bull_of(q), script, 1, (const char *[]){id}, answer, err);
    free(id);
    return rc;
}

static enum pc_code bull_remove(struct pc_queue *q, int64_t image_id, struct pc_err *err)
{
    int64_t gone;
    return run_for_image(q, PC_BULL_REMOVE, image_id, &gone, err);
}

static enum pc_code bull_has(struct pc_queue *q, int64_t image_id, bool *has, struct pc_err *err)
{
    int64_t there = 0;
    enum pc_code rc = run_for_image(q, PC_BULL_HAS, image_id, &there, err);
    *has = there == 1;
    return rc;
}

static enum pc_code bull_stats(struct pc_queue *q, struct pc_queue_stats *out, struct pc_err *err)
{
    enum { WAITING, DELAYED, ACTIVE, PAUSED, FIELDS };
    redisReply *r;
    enum pc_code rc = pc_bull_script_run(bull_of(q), PC_BULL_STATS, 0, NULL, &r, err);
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
    enum pc_code rc = pc_bull_command(bull_of(q), 1, (const char *[]){"PING"}, &r, err);
    freeReplyObject(r);
    return rc;
}

static void bull_publish(struct pc_queue *q, int64_t image_id, bool removed)
{
    pc_bull_maintenance_publish(
        bull_of(q), (struct pc_bull_notification){.image_id = image_id, .removed = removed});
}

static void bull_subscribe(struct pc_queue *q,
                           void (*on_notification)(void *ctx, int64_t image_id, bool removed),
                           void *ctx)
{
    struct pc_bull_subscriber *subscriber = &bull_of(q)->subscriber;
    pthread_mutex_lock(&subscriber->lock);
    subscriber->on_notification = on_notification;
    subscriber->ctx = ctx;
    pthread_mutex_unlock(&subscriber->lock);
}

const struct pc_queue_driver pc_queue_bull = {
    .scheme = "redis", /* redis:// and rediss:// */
    .open = bull_open,
    .close = bull_close,
    .add = bull_add,
    .take = bull_take,
    .wake = bull_wake,
    .renew = bull_renew,
    .progress = bull_progress,
    .complete_and_take = bull_complete_and_take,
    .fail = bull_fail,
    .release = bull_release,
    .remove = bull_remove,
    .has = bull_has,
    .stats = bull_stats,
    .ping = bull_ping,
    .publish = bull_publish,
    .subscribe = bull_subscribe,
};
