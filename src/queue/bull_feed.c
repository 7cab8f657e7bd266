/* Waits for jobs on behalf of all takers, with one connection.
 *
 * A taker that found nothing sleeps here. While some sleep, the feeder blocks in BRPOPLPUSH, so a
 * job that anybody adds is brought at once; its id goes to a sleeper, who locks it. The feeder
 * never keeps what nobody sleeps for: it puts such a job back. CLIENT UNBLOCK ends its waiting
 * early.
 *
 * Between the BRPOPLPUSH and the lock a job lies in `active` unlocked. Whoever dies there leaves it
 * to the stalled check, as Bull's own workers do. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "queue/bull.h"

enum { BLOCK_S = 2, AWAY_MS = 500, SETTLE_EVERY_MS = 5, SETTLE_MOST_MS = BULL_COMMAND_MS };
enum { MOST_BROUGHT = sizeof((struct bull_feed *)0)->brought / sizeof(char *) };

static enum pc_code connect_feeder(struct bull *b, redisContext **out, struct pc_err *err)
{
    redisContext *c;
    redisReply *id = NULL;
    bool broken;
    enum pc_code rc = bull_link_open(b, BLOCK_S * 1000 + BULL_COMMAND_MS, &c, err);
    if (rc)
        return rc;
    rc = bull_link_name(c, &b->at, err);
    if (!rc)
        rc = bull_link_ask(c, 2, (const char *[]){"CLIENT", "ID"}, &id, &broken, err);
    if (rc) {
        bull_link_close(b, c);
        return rc;
    }
    pthread_mutex_lock(&b->feed.lock);
    b->feed.client_id = id->integer;
    pthread_mutex_unlock(&b->feed.lock);
    freeReplyObject(id);
    *out = c;
    return PC_OK;
}

/* Gives an id, or NULL when none came in time. */
static enum pc_code wait_at_redis(struct bull *b, redisContext **c, char **id, struct pc_err *err)
{
    char *wait = pc_xasprintf("%swait", b->keys), *active = pc_xasprintf("%sactive", b->keys);
    char seconds[8];
    redisReply *reply = NULL;
    bool broken = false;
    enum pc_code rc = *c ? PC_OK : connect_feeder(b, c, err);
    snprintf(seconds, sizeof seconds, "%d", BLOCK_S);
    if (!rc)
        rc = bull_link_ask(*c, 4, (const char *[]){"BRPOPLPUSH", wait, active, seconds}, &reply,
                           &broken, err);
    if (broken) {
        bull_link_close(b, *c);
        *c = NULL;
    }
    *id = !rc && reply->type == REDIS_REPLY_STRING ? pc_xstrdup(reply->str) : NULL;
    freeReplyObject(reply);
    free(wait);
    free(active);
    return rc;
}

static void put_back(struct bull *b, const char *id)
{
    struct pc_err err = PC_ERR_INIT;
    int64_t answer;
    if (bull_run_number(b, BULL_GIVE_BACK, 2, (const char *[]){id, ""}, &answer, &err))
        pc_log_err(PC_LOG_INFO, "job left to the stalled check", &err, PC_LOG_STR("job", id));
}

/* True when a sleeper is left for it. */
static bool hand_out(struct bull_feed *f, char *id)
{
    pthread_mutex_lock(&f->lock);
    bool wanted = f->n_brought < f->wanting && f->n_brought < MOST_BROUGHT;
    if (wanted) {
        f->brought[f->n_brought++] = id;
        f->blocked = false;
        pthread_cond_broadcast(&f->takers);
    }
    pthread_mutex_unlock(&f->lock);
    return wanted;
}

/* Sleeps while nobody wants a job; answers whether to go on. */
static bool wait_for_takers(struct bull_feed *f, bool away)
{
    int64_t until_ms = pc_mono_ms() + AWAY_MS;
    pthread_mutex_lock(&f->lock);
    f->blocked = false;
    pthread_cond_broadcast(&f->takers);
    while (away && !f->stop && pc_mono_ms() < until_ms)
        bull_cond_wait(&f->feeder, &f->lock, until_ms);
    while (!f->stop && f->n_brought >= f->wanting)
        pthread_cond_wait(&f->feeder, &f->lock);
    bool go_on = !f->stop;
    f->blocked = go_on;
    pthread_mutex_unlock(&f->lock);
    return go_on;
}

static void *feed(void *ctx)
{
    struct bull *b = ctx;
    redisContext *c = NULL;
    bool away = false;
    while (wait_for_takers(&b->feed, away)) {
        struct pc_err err = PC_ERR_INIT;
        char *id;
        away = wait_at_redis(b, &c, &id, &err) != PC_OK;
        if (id && !hand_out(&b->feed, id)) {
            put_back(b, id);
            free(id);
        }
    }
    bull_link_close(b, c);
    return NULL;
}

/* Whether the user may do what the feeder does is seen at the start. Nothing of this changes
 * anything: x is no time to wait, so that command is refused, but not before the user's rights are
 * looked at. */
static enum pc_code try_rights(struct bull *b, struct pc_err *err)
{
    char *wait = pc_xasprintf("%swait", b->keys), *active = pc_xasprintf("%sactive", b->keys);
    const char *tries[][4] = {{"CLIENT", "SETNAME", ""},
                              {"CLIENT", "ID"},
                              {"CLIENT", "UNBLOCK", "0"},
                              {"BRPOPLPUSH", wait, active, "x"}};
    const int words[] = {3, 2, 3, 4};
    enum pc_code rc = PC_OK;
    for (size_t i = 0; i < sizeof words / sizeof *words && rc != PC_E_CONFIG; i++) {
        redisReply *reply;
        rc = bull_ask(b, words[i], tries[i], &reply, err);
        freeReplyObject(reply);
    }
    free(wait);
    free(active);
    return rc == PC_E_CONFIG ? rc : PC_OK;
}

enum pc_code bull_feed_start(struct bull *b, struct pc_err *err)
{
    struct bull_feed *f = &b->feed;
    enum pc_code rc = try_rights(b, err);
    if (rc)
        return rc;
    pthread_mutex_init(&f->lock, NULL);
    bull_cond_init(&f->takers);
    bull_cond_init(&f->feeder);
    f->started = pthread_create(&f->thread, NULL, feed, b) == 0;
    return f->started ? PC_OK : pc_fail_detail(err, PC_E_QUEUE_UNAVAILABLE, "no thread");
}

void bull_feed_settle(struct bull *b)
{
    struct bull_feed *f = &b->feed;
    int64_t until_ms = pc_mono_ms() + SETTLE_MOST_MS;
    pthread_mutex_lock(&f->lock);
    while (f->blocked && pc_mono_ms() < until_ms) {
        struct pc_err err = PC_ERR_INIT;
        redisReply *reply;
        char id[24];
        snprintf(id, sizeof id, "%" PRId64, f->client_id);
        pthread_mutex_unlock(&f->lock);
        enum pc_code rc = bull_ask(b, 3, (const char *[]){"CLIENT", "UNBLOCK", id}, &reply, &err);
        freeReplyObject(reply);
        pthread_mutex_lock(&f->lock);
        if (rc)
            break;
        if (f->blocked) /* perhaps it was about to block: asked again */
            bull_cond_wait(&f->takers, &f->lock, pc_mono_ms() + SETTLE_EVERY_MS);
    }
    pthread_mutex_unlock(&f->lock);
}

void bull_feed_stop(struct bull *b)
{
    struct bull_feed *f = &b->feed;
    if (!f->started)
        return;
    pthread_mutex_lock(&f->lock);
    f->stop = true;
    pthread_cond_broadcast(&f->feeder);
    pthread_mutex_unlock(&f->lock);
    bull_feed_settle(b);
    pthread_join(f->thread, NULL);
    pthread_cond_destroy(&f->takers);
    pthread_cond_destroy(&f->feeder);
    pthread_mutex_destroy(&f->lock);
}

uint64_t bull_feed_mark(struct bull *b)
{
    pthread_mutex_lock(&b->feed.lock);
    uint64_t woken = b->feed.woken;
    pthread_mutex_unlock(&b->feed.lock);
    return woken;
}

char *bull_feed_wait(struct bull *b, uint64_t woken, int64_t until_ms, bool *was_woken)
{
    struct bull_feed *f = &b->feed;
    char *id = NULL;
    pthread_mutex_lock(&f->lock);
    f->wanting++;
    pthread_cond_signal(&f->feeder);
    while (!f->n_brought && f->woken == woken && pc_mono_ms() < until_ms)
        bull_cond_wait(&f->takers, &f->lock, until_ms);
    if (f->n_brought) /* also when the time is over: there are never more than sleepers */
        id = f->brought[--f->n_brought];
    f->wanting--;
    *was_woken = f->woken != woken;
    pthread_mutex_unlock(&f->lock);
    return id;
}

void bull_feed_wake(struct bull *b)
{
    pthread_mutex_lock(&b->feed.lock);
    b->feed.woken++;
    pthread_cond_broadcast(&b->feed.takers);
    pthread_mutex_unlock(&b->feed.lock);
}
