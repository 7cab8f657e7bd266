/* Waits for jobs on behalf of all takers, with one connection.
 *
 * A taker that finds no job sleeps here. While takers sleep, the poller blocks in BRPOPLPUSH, so it
 * gets a job as soon as anybody adds one; it hands the job's id to a taker, which locks it. The
 * poller never keeps a job for which no taker waits: it puts such a job back. CLIENT UNBLOCK ends
 * its wait early.
 *
 * Between BRPOPLPUSH and the lock a job is in `active` without a lock. If the process dies there,
 * the stalled check puts the job back, as it does for Bull's own workers. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/sync.h"
#include "queue/bull/internal.h"

enum { BLOCK_S = 2, RETRY_MS = 500, DRAIN_RETRY_MS = 5, DRAIN_MAX_MS = PC_BULL_COMMAND_MS };
enum { MAX_POLLED = sizeof((struct pc_bull_poller *)0)->polled / sizeof(char *) };

static enum pc_code connect_poller(struct pc_bull *b, redisContext **out, struct pc_err *err)
{
    redisContext *c;
    redisReply *id = NULL;
    bool broken;
    enum pc_code rc = pc_bull_connection_open(b, BLOCK_S * 1000 + PC_BULL_COMMAND_MS, &c, err);
    if (rc)
        return rc;
    rc = pc_bull_connection_set_name(c, &b->url, err);
    if (!rc)
        rc = pc_bull_connection_command(c, 2, (const char *[]){"CLIENT", "ID"}, &id, &broken, err);
    if (rc) {
        pc_bull_connection_close(b, c);
        return rc;
    }
    pthread_mutex_lock(&b->poller.lock);
    b->poller.client_id = id->integer;
    pthread_mutex_unlock(&b->poller.lock);
    freeReplyObject(id);
    *out = c;
    return PC_OK;
}

/* Gives a job's id, or NULL if none came in time. */
static enum pc_code wait_at_redis(struct pc_bull *b, redisContext **c, char **id,
                                  struct pc_err *err)
{
    char *wait = pc_xasprintf("%swait", b->key_prefix),
         *active = pc_xasprintf("%sactive", b->key_prefix);
    char seconds[8];
    redisReply *reply = NULL;
    bool broken = false;
    enum pc_code rc = *c ? PC_OK : connect_poller(b, c, err);
    snprintf(seconds, sizeof seconds, "%d", BLOCK_S);
    if (!rc)
        rc = pc_bull_connection_command(
            *c, 4, (const char *[]){"BRPOPLPUSH", wait, active, seconds}, &reply, &broken, err);
    if (broken) {
        pc_bull_connection_close(b, *c);
        *c = NULL;
    }
    *id = !rc && reply->type == REDIS_REPLY_STRING ? pc_xstrdup(reply->str) : NULL;
    freeReplyObject(reply);
    free(wait);
    free(active);
    return rc;
}

/* Hands the id to a taker; false if none waits any more. */
static bool deliver(struct pc_bull_poller *poller, char *id)
{
    pthread_mutex_lock(&poller->lock);
    bool wanted = poller->n_polled < poller->waiting_takers && poller->n_polled < MAX_POLLED;
    if (wanted) {
        poller->polled[poller->n_polled++] = id;
        poller->blocked = false;
        pthread_cond_broadcast(&poller->job_arrived);
    }
    pthread_mutex_unlock(&poller->lock);
    return wanted;
}

/* Sleeps while no taker waits, and for a moment after a failure; returns whether to go on. */
static bool wait_for_takers(struct pc_bull_poller *poller, bool failed)
{
    int64_t until_ms = pc_clock_mono_ms() + RETRY_MS;
    pthread_mutex_lock(&poller->lock);
    poller->blocked = false;
    pthread_cond_broadcast(&poller->job_arrived);
    while (failed && !poller->stop && pc_clock_mono_ms() < until_ms)
        pc_sync_wait_until(&poller->taker_waits, &poller->lock, until_ms);
    while (!poller->stop && poller->n_polled >= poller->waiting_takers)
        pthread_cond_wait(&poller->taker_waits, &poller->lock);
    bool go_on = !poller->stop;
    poller->blocked = go_on;
    pthread_mutex_unlock(&poller->lock);
    return go_on;
}

static void *poll_jobs(void *ctx)
{
    struct pc_bull *b = ctx;
    redisContext *c = NULL;
    bool failed = false;
    while (wait_for_takers(&b->poller, failed)) {
        struct pc_err err = PC_ERR_INIT;
        char *id;
        failed = wait_at_redis(b, &c, &id, &err) != PC_OK;
        if (!id || deliver(&b->poller, id))
            continue;
        int64_t answer;
        if (pc_bull_script_run_int(b, PC_BULL_RELEASE, 2, (const char *[]){id, ""}, &answer, &err))
            pc_log_err(PC_LOG_INFO, "job left to the stalled check", &err, PC_LOG_STR("job", id));
        free(id);
    }
    pc_bull_connection_close(b, c);
    return NULL;
}

/* Finds out at start whether the user may do what the poller does. None of these commands changes
 * anything: the last one is rejected, as "x" is no timeout, but not before the user's permissions
 * are checked. */
static enum pc_code check_permissions(struct pc_bull *b, struct pc_err *err)
{
    char *wait = pc_xasprintf("%swait", b->key_prefix),
         *active = pc_xasprintf("%sactive", b->key_prefix);
    const char *commands[][4] = {{"CLIENT", "SETNAME", ""},
                                 {"CLIENT", "ID"},
                                 {"CLIENT", "UNBLOCK", "0"},
                                 {"BRPOPLPUSH", wait, active, "x"}};
    const int n_words[] = {3, 2, 3, 4};
    enum pc_code rc = PC_OK;
    for (size_t i = 0; i < sizeof n_words / sizeof *n_words && rc != PC_E_CONFIG; i++) {
        redisReply *reply;
        rc = pc_bull_command(b, n_words[i], commands[i], &reply, err);
        freeReplyObject(reply);
    }
    free(wait);
    free(active);
    return rc == PC_E_CONFIG ? rc : PC_OK;
}

enum pc_code pc_bull_poller_start(struct pc_bull *b, struct pc_err *err)
{
    struct pc_bull_poller *poller = &b->poller;
    enum pc_code rc = check_permissions(b, err);
    if (rc)
        return rc;
    pthread_mutex_init(&poller->lock, NULL);
    pc_sync_cond_init(&poller->job_arrived);
    pc_sync_cond_init(&poller->taker_waits);
    poller->started = pthread_create(&poller->thread, NULL, poll_jobs, b) == 0;
    return poller->started ? PC_OK : pc_fail_detail(err, PC_E_QUEUE_UNAVAILABLE, "no thread");
}

void pc_bull_poller_drain(struct pc_bull *b)
{
    struct pc_bull_poller *poller = &b->poller;
    int64_t until_ms = pc_clock_mono_ms() + DRAIN_MAX_MS;
    pthread_mutex_lock(&poller->lock);
    while (poller->blocked && pc_clock_mono_ms() < until_ms) {
        struct pc_err err = PC_ERR_INIT;
        redisReply *reply;
        char id[24];
        snprintf(id, sizeof id, "%" PRId64, poller->client_id);
        pthread_mutex_unlock(&poller->lock);
        enum pc_code rc =
            pc_bull_command(b, 3, (const char *[]){"CLIENT", "UNBLOCK", id}, &reply, &err);
        freeReplyObject(reply);
        pthread_mutex_lock(&poller->lock);
        if (rc)
            break;
        if (poller->blocked) /* perhaps it was only about to block: unblock it again */
            pc_sync_wait_until(&poller->job_arrived, &poller->lock,
                               pc_clock_mono_ms() + DRAIN_RETRY_MS);
    }
    pthread_mutex_unlock(&poller->lock);
}

void pc_bull_poller_stop(struct pc_bull *b)
{
    struct pc_bull_poller *poller = &b->poller;
    if (!poller->started)
        return;
    pthread_mutex_lock(&poller->lock);
    poller->stop = true;
    pthread_cond_broadcast(&poller->taker_waits);
    pthread_mutex_unlock(&poller->lock);
    pc_bull_poller_drain(b);
    pthread_join(poller->thread, NULL);
    pthread_cond_destroy(&poller->job_arrived);
    pthread_cond_destroy(&poller->taker_waits);
    pthread_mutex_destroy(&poller->lock);
}

uint64_t pc_bull_poller_mark(struct pc_bull *b)
{
    pthread_mutex_lock(&b->poller.lock);
    uint64_t wake_count = b->poller.wake_count;
    pthread_mutex_unlock(&b->poller.lock);
    return wake_count;
}

char *pc_bull_poller_wait(struct pc_bull *b, uint64_t wake_count, int64_t until_ms, bool *was_woken)
{
    struct pc_bull_poller *poller = &b->poller;
    char *id = NULL;
    pthread_mutex_lock(&poller->lock);
    poller->waiting_takers++;
    pthread_cond_signal(&poller->taker_waits);
    while (!poller->n_polled && poller->wake_count == wake_count && pc_clock_mono_ms() < until_ms)
        pc_sync_wait_until(&poller->job_arrived, &poller->lock, until_ms);
    if (poller->n_polled) /* also when the time is over: there is one id at most for each taker */
        id = poller->polled[--poller->n_polled];
    poller->waiting_takers--;
    *was_woken = poller->wake_count != wake_count;
    pthread_mutex_unlock(&poller->lock);
    return id;
}

void pc_bull_poller_wake(struct pc_bull *b)
{
    pthread_mutex_lock(&b->poller.lock);
    b->poller.wake_count++;
    pthread_cond_broadcast(&b->poller.job_arrived);
    pthread_mutex_unlock(&b->poller.lock);
}
