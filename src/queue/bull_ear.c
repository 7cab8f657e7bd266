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

static bool read_all(struct bull *b, redisContext *c)
{
    void *reply = NULL;
    if (redisBufferRead(c) != REDIS_OK)
        return false;
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

static bool subscribe(struct bull *b, redisContext *c)
{
    return redisAppendCommand(c, "SUBSCRIBE %sdelayed %sposecraft", b->keys, b->keys) == REDIS_OK &&
           send_all(c);
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
    while (!stopped_or_readable(b, c, SILENT_MS, &readable)) {
        if (readable && !read_all(b, c))
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
    int64_t away_ms = AWAY_FIRST_MS;
    bool stop = false, first = true, readable;
    while (!stop) {
        struct pc_err err = PC_ERR_INIT;
        redisContext *c = NULL;
        if (!bull_link_open(&b->at, BULL_COMMAND_MS, &c, &err) && subscribe(b, c)) {
            away_ms = AWAY_FIRST_MS;
            if (!first)
                say(&b->ear, 0, false);
            bull_keeper_look(b);
            stop = listen_on(b, c);
        }
        first = false;
        if (c)
            redisFree(c);
        if (!stop)
            stop = stopped_or_readable(b, NULL, away_ms, &readable);
        away_ms = away_ms * 2 < AWAY_MOST_MS ? away_ms * 2 : AWAY_MOST_MS;
    }
    return NULL;
}

enum pc_code bull_ear_start(struct bull *b, struct pc_err *err)
{
    struct bull_ear *ear = &b->ear;
    ear->stop_fd = eventfd(0, EFD_CLOEXEC);
    if (ear->stop_fd < 0)
        return pc_fail_detail(err, PC_E_QUEUE_UNAVAILABLE, "eventfd: %d", errno);
    pthread_mutex_init(&ear->lock, NULL);
    ear->started = pthread_create(&ear->thread, NULL, hear, b) == 0;
    return ear->started ? PC_OK : pc_fail_detail(err, PC_E_QUEUE_UNAVAILABLE, "no thread");
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
