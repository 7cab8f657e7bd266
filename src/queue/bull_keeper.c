/* What has to be done from time to time: delayed jobs that are due wait again, jobs without a lock
 * are freed, and words are sent that tell left here. All processes do it; the scripts see to it
 * that nothing happens twice. */
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "queue/bull.h"

enum { LOOK_EVERY_MS = 5000, AWAY_MS = 500 };

static bool send_word(struct bull *b, const char *channel, struct bull_word word)
{
    struct pc_err err = PC_ERR_INIT;
    redisReply *reply;
    json_t *json = json_pack("{ss sI sb}", "from", b->origin, "id", (json_int_t)word.image_id,
                             "removed", word.removed);
    char *text = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    enum pc_code rc = bull_ask(b, 3, (const char *[]){"PUBLISH", channel, text}, &reply, &err);
    freeReplyObject(reply);
    free(text);
    return rc == PC_OK;
}

/* When one cannot be sent the rest cannot either: then the listeners are to look at all, later. */
static void send_words(struct bull *b, const struct bull_word *words, int n, bool missed)
{
    char *channel = pc_xasprintf("%sposecraft", b->keys);
    bool ok = true;
    for (int i = 0; i < n && ok && !missed; i++)
        ok = send_word(b, channel, words[i]);
    if (missed)
        ok = send_word(b, channel, (struct bull_word){.image_id = 0});
    free(channel);
    if (ok)
        return;
    pthread_mutex_lock(&b->keeper.lock);
    b->keeper.missed = true;
    pthread_mutex_unlock(&b->keeper.lock);
}

static enum pc_code ask_promote(struct bull *b, int64_t *left_ms, struct pc_err *err)
{
    return bull_run_number(b, BULL_PROMOTE, 1, (const char *[]){b->origin}, left_ms, err);
}

/* Answers when to look again. */
static int64_t promote(struct bull *b)
{
    struct pc_err err = PC_ERR_INIT;
    int64_t left_ms = -1;
    if (ask_promote(b, &left_ms, &err))
        return pc_mono_ms() + AWAY_MS;
    return pc_mono_ms() + (left_ms >= 0 && left_ms < LOOK_EVERY_MS ? left_ms : LOOK_EVERY_MS);
}

static void free_stalled(struct bull *b)
{
    struct pc_err err = PC_ERR_INIT;
    int64_t freed = 0;
    if (!bull_run_number(b, BULL_STALLED, 1, (const char *[]){b->stalled_ms}, &freed, &err) &&
        freed)
        pc_log(PC_LOG_WARN, "jobs of dead workers wait again", PC_LOG_I64("n", freed));
}

/* Sleeps until the time, a poke or a word; moves the words out. Answers whether to go on. */
static bool rest(struct bull_keeper *k, int64_t until_ms, int64_t *look_ms, struct bull_word *words,
                 int *n, bool *missed)
{
    pthread_mutex_lock(&k->lock);
    while (!k->stop && !k->look && !k->n_words && pc_mono_ms() < until_ms)
        bull_cond_wait(&k->poked, &k->lock, until_ms);
    if (k->look)
        *look_ms = 0;
    *n = k->n_words;
    *missed = k->missed;
    memcpy(words, k->words, (size_t)*n * sizeof *words);
    k->n_words = 0;
    k->look = k->missed = false;
    bool go_on = !k->stop;
    pthread_mutex_unlock(&k->lock);
    return go_on;
}

static void *keep(void *ctx)
{
    struct bull *b = ctx;
    struct bull_word words[BULL_WORDS];
    int64_t interval_ms = 1, look_ms = 0, stalled_ms = 0;
    int n;
    bool missed;
    (void)pc_str_to_i64(b->stalled_ms, 1, INT64_MAX, &interval_ms);
    while (rest(&b->keeper, look_ms < stalled_ms ? look_ms : stalled_ms, &look_ms, words, &n,
                &missed)) {
        if (n || missed)
            send_words(b, words, n, missed);
        if (pc_mono_ms() >= stalled_ms) {
            free_stalled(b);
            stalled_ms = pc_mono_ms() + interval_ms;
        }
        if (pc_mono_ms() >= look_ms)
            look_ms = promote(b);
    }
    if (n || missed) /* the last words before the end */
        send_words(b, words, n, missed);
    return NULL;
}

/* Whether the user may run scripts and send words is seen at the start. An empty word is none. */
static enum pc_code try_rights(struct bull *b, struct pc_err *err)
{
    char *channel = pc_xasprintf("%sposecraft", b->keys);
    redisReply *reply = NULL;
    int64_t left_ms;
    enum pc_code rc = ask_promote(b, &left_ms, err);
    if (rc != PC_E_CONFIG)
        rc = bull_ask(b, 3, (const char *[]){"PUBLISH", channel, ""}, &reply, err);
    freeReplyObject(reply);
    free(channel);
    return rc == PC_E_CONFIG ? rc : PC_OK;
}

enum pc_code bull_keeper_start(struct bull *b, struct pc_err *err)
{
    struct bull_keeper *k = &b->keeper;
    enum pc_code rc = try_rights(b, err);
    if (rc)
        return rc;
    pthread_mutex_init(&k->lock, NULL);
    bull_cond_init(&k->poked);
    k->started = pthread_create(&k->thread, NULL, keep, b) == 0;
    return k->started ? PC_OK : pc_fail_detail(err, PC_E_QUEUE_UNAVAILABLE, "no thread");
}

void bull_keeper_stop(struct bull *b)
{
    struct bull_keeper *k = &b->keeper;
    if (!k->started)
        return;
    pthread_mutex_lock(&k->lock);
    k->stop = true;
    pthread_cond_signal(&k->poked);
    pthread_mutex_unlock(&k->lock);
    pthread_join(k->thread, NULL);
    pthread_cond_destroy(&k->poked);
    pthread_mutex_destroy(&k->lock);
}

void bull_keeper_look(struct bull *b)
{
    pthread_mutex_lock(&b->keeper.lock);
    b->keeper.look = true;
    pthread_cond_signal(&b->keeper.poked);
    pthread_mutex_unlock(&b->keeper.lock);
}

void bull_keeper_tell(struct bull *b, struct bull_word word)
{
    struct bull_keeper *k = &b->keeper;
    pthread_mutex_lock(&k->lock);
    if (k->n_words < BULL_WORDS)
        k->words[k->n_words++] = word;
    else
        k->missed = true;
    pthread_cond_signal(&k->poked);
    pthread_mutex_unlock(&k->lock);
}
