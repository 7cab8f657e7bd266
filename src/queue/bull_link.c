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
        says(text, "invalid password") || says(text, "without any password")) {
        code = PC_E_CONFIG;
        message = "Redis refuses the user or the password of the queue's address.";
    } else if (pc_str_starts(text, "NOPERM")) {
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

static enum pc_code broken_link(const redisContext *c, struct pc_err *err)
{
    return pc_fail_detail(err, PC_E_QUEUE_UNAVAILABLE, "%s",
                          c->err == REDIS_ERR_IO && (errno == EAGAIN || errno == ETIMEDOUT)
                              ? "no answer in time"
                              : c->errstr);
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

static enum pc_code introduce(redisContext *c, const struct bull_address *at, struct pc_err *err)
{
    char db[16];
    const char *user = at->user && *at->user ? at->user : NULL;
    enum pc_code rc = PC_OK;
    if (at->password)
        rc = user ? tell(c, 3, (const char *[]){"AUTH", user, at->password}, err)
                  : tell(c, 2, (const char *[]){"AUTH", at->password}, err);
    if (rc)
        return rc;
    snprintf(db, sizeof db, "%d", at->db);
    return tell(c, 2, (const char *[]){"SELECT", db}, err); /* also proves that it answers */
}

enum pc_code bull_link_open(const struct bull_address *at, int64_t io_ms, redisContext **out,
                            struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    redisContext *c = redisConnectWithTimeout(at->host, at->port, as_timeval(BULL_CONNECT_MS));
    *out = NULL;
    if (!c)
        return pc_fail_detail(err, PC_E_QUEUE_UNAVAILABLE, "no memory for a connection");
    if (c->err || redisSetTimeout(c, as_timeval(BULL_COMMAND_MS)) != REDIS_OK)
        rc = broken_link(c, err);
    if (!rc && at->tls)
        rc = bull_tls_begin(c, at->host, err);
    if (!rc)
        rc = introduce(c, at, err);
    if (!rc && redisSetTimeout(c, as_timeval(io_ms)) != REDIS_OK)
        rc = broken_link(c, err);
    if (!rc) {
        redisEnableKeepAlive(c);
        *out = c;
        return PC_OK;
    }
    redisFree(c);
    return pc_err_wrap(err, "%s:%d", at->host, at->port);
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
