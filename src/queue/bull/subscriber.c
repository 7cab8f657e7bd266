/* Subscribes to two channels: `delayed`, on which Bull announces that a job was delayed (maintenance
 * looks at it then), and `posecraft`, on which our processes notify each other of changes. A
 * connection that is silent for long is sent a PING, to find out whether it is alive. */
#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/backoff.h"
#include "base/mem.h"
#include "base/str.h"
#include "queue/bull/internal.h"

enum { PING_AFTER_MS = 5000, RETRY_FIRST_MS = 100, RETRY_MAX_MS = 2000 };

static void notify(struct pc_bull_subscriber *subscriber, int64_t image_id, bool removed)
{
    pthread_mutex_lock(&subscriber->lock);
    void (*on_notification)(void *, int64_t, bool) = subscriber->on_notification;
    void *ctx = subscriber->ctx;
    pthread_mutex_unlock(&subscriber->lock);
    if (on_notification)
        on_notification(ctx, image_id, removed);
}

/* A message is ["message", channel, text]; other answers need no action. */
static void on_reply(struct pc_bull *b, const redisReply *r)
{
    if (r->type != REDIS_REPLY_ARRAY || r->elements != 3 ||
        r->element[0]->type != REDIS_REPLY_STRING || !pc_str_eq(r->element[0]->str, "message") ||
        r->element[2]->type != REDIS_REPLY_STRING)
        return;
    if (!pc_str_eq(r->element[1]->str + strlen(b->key_prefix), "posecraft")) {
        pc_bull_maintenance_check_delayed(b);
        return;
    }
    json_t *json = json_loadb(r->element[2]->str, r->element[2]->len, 0, NULL);
    const char *from = json_string_value(json_object_get(json, "from"));
    const json_t *id = json_object_get(json, "id");
    if (from && !pc_str_eq(from, b->instance_id) && json_is_integer(id) &&
        json_integer_value(id) >= 0)
        notify(&b->subscriber, json_integer_value(id),
               json_is_true(json_object_get(json, "removed")));
    json_decref(json);
}

/* Handles the replies that are in the read buffer. False: it is broken. */
static bool read_buffered(struct pc_bull *b, redisContext *c)
{
    void *reply = NULL;
    while (redisReaderGetReply(c->reader, &reply) == REDIS_OK && reply) {
        on_reply(b, reply);
        freeReplyObject(reply);
    }
    return !c->reader->err;
}

static bool flush_commands(redisContext *c)
{
    int done = 0;
    while (!done)
        if (redisBufferWrite(c, &done) != REDIS_OK)
            return false;
    return true;
}

/* Opens a connection and subscribes. Gives *out. */
static enum pc_code subscribe(struct pc_bull *b, redisContext **out, struct pc_err *err)
{
    char *delayed = pc_xasprintf("%sdelayed", b->key_prefix);
    char *changes = pc_xasprintf("%sposecraft", b->key_prefix);
    redisReply *first = NULL;
    bool broken;
    enum pc_code rc = pc_bull_connection_open(b, PC_BULL_COMMAND_MS, out, err);
    if (!rc)
        rc = pc_bull_connection_command(*out, 3, (const char *[]){"SUBSCRIBE", delayed, changes},
                                        &first, &broken, err);
    if (rc) {
        pc_bull_connection_close(b, *out);
        *out = NULL;
    }
    freeReplyObject(first);
    free(delayed);
    free(changes);
    return rc;
}

/* Waits up to ms. True when the stop was called. */
static bool stopped_or_readable(struct pc_bull *b, redisContext *c, int64_t ms, bool *readable)
{
    struct pollfd fds[2] = {{.fd = b->subscriber.stop_fd, .events = POLLIN},
                            {.fd = c ? c->fd : -1, .events = POLLIN}};
    int n = poll(fds, 2, (int)ms);
    *readable = n > 0 && fds[1].revents;
    return n > 0 && fds[0].revents;
}

/* Until the stop (true) or the end of the connection (false). */
static bool listen_until_stop(struct pc_bull *b, redisContext *c)
{
    bool ping_sent = false, readable;
    if (!read_buffered(b, c))
        return false;
    while (!stopped_or_readable(b, c, PING_AFTER_MS, &readable)) {
        if (readable && (redisBufferRead(c) != REDIS_OK || !read_buffered(b, c)))
            return false;
        if (!readable &&
            (ping_sent || redisAppendCommand(c, "PING") != REDIS_OK || !flush_commands(c)))
            return false;
        ping_sent = !readable;
    }
    return true;
}

static void *run_subscriber(void *ctx)
{
    struct pc_bull *b = ctx;
    redisContext *c = b->subscriber.c;
    struct pc_backoff backoff = {.first_ms = RETRY_FIRST_MS, .max_ms = RETRY_MAX_MS};
    bool readable, stop = listen_until_stop(b, c);
    pc_bull_connection_close(b, c);
    while (!stop && !stopped_or_readable(b, NULL, pc_backoff_next_ms(&backoff), &readable)) {
        struct pc_err err = PC_ERR_INIT;
        if (subscribe(b, &c, &err))
            continue;
        pc_backoff_reset(&backoff);
        notify(&b->subscriber, 0, false);
        pc_bull_maintenance_check_delayed(b);
        stop = listen_until_stop(b, c);
        pc_bull_connection_close(b, c);
    }
    return NULL;
}

/* The first connection is made here, so that a user who may not subscribe is rejected at start. */
enum pc_code pc_bull_subscriber_start(struct pc_bull *b, struct pc_err *err)
{
    struct pc_bull_subscriber *subscriber = &b->subscriber;
    enum pc_code rc = subscribe(b, &subscriber->c, err);
    if (rc)
        return rc;
    subscriber->stop_fd = eventfd(0, EFD_CLOEXEC);
    pthread_mutex_init(&subscriber->lock, NULL);
    subscriber->started = subscriber->stop_fd >= 0 &&
                          pthread_create(&subscriber->thread, NULL, run_subscriber, b) == 0;
    if (subscriber->started)
        return PC_OK;
    pc_bull_connection_close(b, subscriber->c);
    if (subscriber->stop_fd >= 0)
        close(subscriber->stop_fd);
    return pc_fail_detail(err, PC_E_QUEUE_UNAVAILABLE, "no thread: %d", errno);
}

void pc_bull_subscriber_stop(struct pc_bull *b)
{
    struct pc_bull_subscriber *subscriber = &b->subscriber;
    if (!subscriber->started)
        return;
    const uint64_t one = 1;
    (void)!write(subscriber->stop_fd, &one, sizeof one);
    pthread_join(subscriber->thread, NULL);
    close(subscriber->stop_fd);
    pthread_mutex_destroy(&subscriber->lock);
}
