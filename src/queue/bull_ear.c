/* Is subscribed to two channels: `delayed`, on which Bull says that a job was delayed (the keeper
 * looks then), and `posecraft`, on which processes of ours tell what changed. A connection that
 * says nothing for long is asked whether it lives. */
#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "queue/bull.h"

enum { SILENT_MS = 5000, AWAY_FIRST_MS = 100, AWAY_MOST_MS = 2000 };

static void say(struct bull_ear *ear, int64_t image_id, bool removed)
{
    pthread_mutex_lock(&ear->lock);
    void (*heard)(void *, int64_t, bool) = ear->heard;
    void *ctx = ear->ctx;
    pthread_mutex_unlock(&ear->lock);
    if (heard)
        heard(ctx, image_id, removed);
}

static void on_word(struct bull *b, const redisReply *text)
{
    json_t *word = json_loadb(text->str, text->len, 0, NULL);
    const char *from = json_string_value(json_object_get(word, "from"));
    const json_t *id = json_object_get(word, "id");
    if (from && !pc_streq(from, b->origin) && json_is_integer(id) && json_integer_value(id) >= 0)
        say(&b->ear, json_integer_value(id), json_is_true(json_object_get(word, "removed")));
    json_decref(word);
}

/* ["message", channel, text]; other answers need nothing done. */
static void on_reply(struct bull *b, const redisReply *r)
{
    if (r->type != REDIS_REPLY_ARRAY || r->elements != 3 ||
        r->element[0]->type != REDIS_REPLY_STRING || !pc_streq(r->element[0]->str, "message") ||
        r->element[2]->type != REDIS_REPLY_STRING)
        return;
    if (pc_streq(r->element[1]->str + strlen(b->keys), "posecraft"))
        on_word(b, r->element[2]);
    else
        bull_keeper_look(b);
}

/* What was read already. */
static bool hear_all(struct bull *b, redisContext *c)
{
    void *reply = NULL;
    while (redisReaderGetReply(c->reader, &reply) == REDIS_OK && reply) {
        on_reply(b, reply);
        freeReplyObject(reply);
    }
    return !c->reader->err;
}

static bool send_all(redisContext *c)
{
    int done = 0;
    while (!done)
        if (redisBufferWrite(c, &done) != REDIS_OK)
            return false;
    return true;
}

/* A connection that is subscribed. Gives. */
static enum pc_code subscribe(struct bull *b, redisContext **out, struct pc_err *err)
{
    char *delayed = pc_xasprintf("%sdelayed", b->keys),
         *told = pc_xasprintf("%sposecraft", b->keys);
    redisReply *first = NULL;
    bool broken;
    enum pc_code rc = bull_link_open(b, BULL_COMMAND_MS, out, err);
    if (!rc)
        rc = bull_link_ask(*out, 3, (const char *[]){"SUBSCRIBE", delayed, told}, &first, &broken,
                           err);
    if (rc) {
        bull_link_close(b, *out);
        *out = NULL;
    }
    freeReplyObject(first);
    free(delayed);
    free(told);
    return rc;
}

/* True when the stop was called; false: nothing to read for so long. */
static bool stopped_or_readable(struct bull *b, redisContext *c, int64_t ms, bool *readable)
{
    struct pollfd fds[2] = {{.fd = b->ear.stop_fd, .events = POLLIN},
                            {.fd = c ? c->fd : -1, .events = POLLIN}};
    int n = poll(fds, 2, (int)ms);
    *readable = n > 0 && fds[1].revents;
    return n > 0 && fds[0].revents;
}

/* Until the stop (true) or the end of the connection. */
static bool listen_on(struct bull *b, redisContext *c)
{
    bool asked = false, readable;
    if (!hear_all(b, c))
        return false;
    while (!stopped_or_readable(b, c, SILENT_MS, &readable)) {
        if (readable && (redisBufferRead(c) != REDIS_OK || !hear_all(b, c)))
            return false;
        if (!readable && (asked || redisAppendCommand(c, "PING") != REDIS_OK || !send_all(c)))
            return false;
        asked = !readable;
    }
    return true;
}

static void *hear(void *ctx)
{
    struct bull *b = ctx;
    redisContext *c = b->ear.c;
    int64_t away_ms = AWAY_FIRST_MS;
    bool readable, stop = listen_on(b, c);
    bull_link_close(b, c);
    while (!stop && !stopped_or_readable(b, NULL, away_ms, &readable)) {
        struct pc_err err = PC_ERR_INIT;
        away_ms = away_ms * 2 < AWAY_MOST_MS ? away_ms * 2 : AWAY_MOST_MS;
        if (subscribe(b, &c, &err))
            continue;
        away_ms = AWAY_FIRST_MS;
        say(&b->ear, 0, false);
        bull_keeper_look(b);
        stop = listen_on(b, c);
        bull_link_close(b, c);
    }
    return NULL;
}

/* The first connection is made here, so that a user who may not listen is refused at the start. */
enum pc_code bull_ear_start(struct bull *b, struct pc_err *err)
{
    struct bull_ear *ear = &b->ear;
    enum pc_code rc = subscribe(b, &ear->c, err);
    if (rc)
        return rc;
    ear->stop_fd = eventfd(0, EFD_CLOEXEC);
    pthread_mutex_init(&ear->lock, NULL);
    ear->started = ear->stop_fd >= 0 && pthread_create(&ear->thread, NULL, hear, b) == 0;
    if (ear->started)
        return PC_OK;
    bull_link_close(b, ear->c);
    if (ear->stop_fd >= 0)
        close(ear->stop_fd);
    return pc_fail_detail(err, PC_E_QUEUE_UNAVAILABLE, "no thread: %d", errno);
}

void bull_ear_stop(struct bull *b)
{
    struct bull_ear *ear = &b->ear;
    if (!ear->started)
        return;
    const uint64_t one = 1;
    (void)!write(ear->stop_fd, &one, sizeof one);
    pthread_join(ear->thread, NULL);
    close(ear->stop_fd);
    pthread_mutex_destroy(&ear->lock);
}
