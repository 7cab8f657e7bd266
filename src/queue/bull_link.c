/* One connection to Redis, by the blocking calls of hiredis, which all end in time: connecting and
 * each answer have their limits. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "queue/bull.h"

static struct timeval as_timeval(int64_t ms)
{
    return (struct timeval){.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
}

static bool says(const char *text, const char *word)
{
    return strstr(text, word) != NULL;
}

enum pc_code bull_refused(const char *text, struct pc_err *err)
{
    enum pc_code code = PC_E_QUEUE_UNAVAILABLE;
    const char *message = NULL;
    if (pc_str_starts(text, "NOAUTH") || pc_str_starts(text, "WRONGPASS") ||
        says(text, "invalid password") || says(text, "without any password") ||
        says(text, "no password is set") || says(text, "for 'auth'")) { /* the last two: Redis 5 */
        code = PC_E_CONFIG;
        message = "Redis refuses the user or the password of the queue's address.";
    } else if (says(text, "NOPERM")) { /* not at the beginning where a script met it */
        code = PC_E_CONFIG;
        message = "Redis does not allow this user what the queue needs; see docs/queue.md.";
    } else if (says(text, "DB index")) {
        code = PC_E_CONFIG;
        message = "Redis has no database of the number in the queue's address.";
    } else if (pc_str_starts(text, "MOVED") || pc_str_starts(text, "CROSSSLOT")) {
        code = PC_E_CONFIG;
        message = "The queue's address is one of a Redis cluster; the queue needs a single Redis.";
    } else if (pc_str_starts(text, "OOM") || says(text, "No space left")) {
        code = PC_E_STORE_FULL;
        message = "Redis, where the queue is kept, is full.";
    }
    if (message)
        pc_fail(err, code, "%s", message);
    else
        pc_fail(err, code, NULL);
    return pc_err_wrap(err, "Redis says: %.200s", text);
}

static bool timed_out(const redisContext *c)
{
    return c->err == REDIS_ERR_IO && (errno == EAGAIN || errno == ETIMEDOUT);
}

static enum pc_code broken_link(const redisContext *c, struct pc_err *err)
{
    if (bull_tls_refused(c, err))
        return err->code;
    return pc_fail_detail(err, PC_E_QUEUE_UNAVAILABLE, "%s",
                          timed_out(c) ? "no answer in time" : c->errstr);
}

enum pc_code bull_link_ask(redisContext *c, int argc, const char **argv, redisReply **out,
                           bool *broken, struct pc_err *err)
{
    redisReply *reply = redisCommandArgv(c, argc, argv, NULL);
    *out = NULL;
    *broken = !reply;
    if (!reply)
        return broken_link(c, err);
    if (reply->type != REDIS_REPLY_ERROR) {
        *out = reply;
        return PC_OK;
    }
    enum pc_code rc = bull_refused(reply->str, err);
    freeReplyObject(reply);
    return rc;
}

static enum pc_code tell(redisContext *c, int argc, const char **argv, struct pc_err *err)
{
    redisReply *reply;
    bool broken;
    enum pc_code rc = bull_link_ask(c, argc, argv, &reply, &broken, err);
    freeReplyObject(reply);
    return rc;
}

static enum pc_code say_who(redisContext *c, const struct bull_address *at, struct pc_err *err)
{
    char db[16];
    const char *user = at->user && *at->user ? at->user : NULL;
    const char *password = at->password ? at->password : "";
    enum pc_code rc = PC_OK;
    if (user)
        rc = tell(c, 3, (const char *[]){"AUTH", user, password}, err);
    else if (*password)
        rc = tell(c, 2, (const char *[]){"AUTH", password}, err);
    if (rc)
        return rc;
    snprintf(db, sizeof db, "%d", at->db);
    return tell(c, 2, (const char *[]){"SELECT", db}, err); /* also proves that it answers */
}

/* A server that ends the connection now may speak another language. */
static enum pc_code introduce(redisContext *c, const struct bull_address *at, struct pc_err *err)
{
    enum pc_code rc = say_who(c, at, err);
    if (rc == PC_E_QUEUE_UNAVAILABLE && c->err && !timed_out(c))
        pc_err_wrap(err, at->tls ? "at our first words; it may ask for a certificate of ours"
                                 : "at our first words; it may be one with TLS (rediss://)");
    return rc;
}

static enum pc_code begin(redisContext *c, const struct bull_address *at, int64_t io_ms,
                          struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    if (redisSetTimeout(c, as_timeval(BULL_COMMAND_MS)) != REDIS_OK)
        rc = broken_link(c, err);
    if (!rc && at->tls)
        rc = bull_tls_begin(c, at, err);
    if (!rc)
        rc = introduce(c, at, err);
    if (!rc && redisSetTimeout(c, as_timeval(io_ms)) != REDIS_OK)
        rc = broken_link(c, err);
    if (!rc)
        redisEnableKeepAlive(c);
    return rc;
}

static enum pc_code too_late(struct pc_err *err)
{
    return pc_fail_detail(err, PC_E_QUEUE_UNAVAILABLE, "the queue is being closed");
}

static enum pc_code connect_noted(struct bull *b, redisContext **out, struct pc_err *err)
{
    if (bull_links_are_cut(&b->links))
        return too_late(err);
    redisContext *c = redisConnectWithTimeout(b->at.host, b->at.port, as_timeval(BULL_CONNECT_MS));
    enum pc_code rc = PC_OK;
    if (!c)
        return pc_fail_detail(err, PC_E_QUEUE_UNAVAILABLE, "no memory for a connection");
    if (c->err)
        rc = broken_link(c, err);
    else if (!bull_links_note(&b->links, c->fd))
        rc = too_late(err);
    if (rc)
        redisFree(c);
    else
        *out = c;
    return rc;
}

enum pc_code bull_link_open(struct bull *b, int64_t io_ms, redisContext **out, struct pc_err *err)
{
    redisContext *c = NULL;
    enum pc_code rc = connect_noted(b, &c, err);
    if (!rc)
        rc = begin(c, &b->at, io_ms, err);
    *out = rc ? NULL : c;
    if (!rc)
        return PC_OK;
    bull_link_close(b, c);
    return pc_err_wrap(err, "%s:%d", b->at.host, b->at.port);
}

void bull_link_close(struct bull *b, redisContext *c)
{
    if (!c)
        return;
    bull_links_forget(&b->links, c->fd);
    redisFree(c);
}

static void put_base64(struct pc_buf *out, const char *text)
{
    static const char signs[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t len = strlen(text);
    for (size_t i = 0; i < len; i += 3) {
        unsigned v = 0;
        for (size_t k = 0; k < 3; k++)
            v = v << 8 | (i + k < len ? (unsigned char)text[i + k] : 0);
        for (size_t k = 0; k < 4; k++)
            pc_buf_putc(out, i + k > len ? '=' : signs[v >> (18 - 6 * k) & 63]);
    }
}

enum pc_code bull_link_name(redisContext *c, const struct bull_address *at, struct pc_err *err)
{
    struct pc_buf name = PC_BUF_INIT;
    pc_buf_printf(&name, "%s:", at->prefix);
    put_base64(&name, at->queue);
    enum pc_code rc = tell(c, 3, (const char *[]){"CLIENT", "SETNAME", pc_buf_text(&name)}, err);
    pc_buf_finish(&name);
    return rc;
}
