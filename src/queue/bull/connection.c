/* One connection to Redis, made of the blocking calls of hiredis. None of them blocks for ever:
 * connecting and each answer have a time limit. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/str.h"
#include "queue/bull/internal.h"

static struct timeval as_timeval(int64_t ms)
{
    return (struct timeval){.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
}

/* What an error reply means, by a part of its text. */
static enum pc_code error_from_reply(const char *text, struct pc_err *err)
{
    static const char bad_password[] = "Redis rejects the user or the password of the queue's URL.";
    static const char cluster[] =
        "The queue's URL is that of a Redis cluster; the queue needs a single Redis.";
    static const char full[] = "The Redis that keeps the queue is full.";
    static const struct {
        const char *part;
        enum pc_code code;
        const char *message;
    } meanings[] = {
        {"NOAUTH", PC_E_CONFIG, bad_password},
        {"WRONGPASS", PC_E_CONFIG, bad_password},
        {"invalid password", PC_E_CONFIG, bad_password},
        {"without any password", PC_E_CONFIG, bad_password},
        {"no password is set", PC_E_CONFIG, bad_password}, /* Redis 5 */
        {"for 'auth'", PC_E_CONFIG, bad_password},         /* Redis 5 */
        {"NOPERM", PC_E_CONFIG,
         "Redis does not give this user the permissions that the queue needs; the log says which."},
        {"DB index", PC_E_CONFIG, "Redis has no database with the number in the queue's URL."},
        {"MOVED", PC_E_CONFIG, cluster},
        {"CROSSSLOT", PC_E_CONFIG, cluster},
        {"OOM", PC_E_STORE_FULL, full},
        {"No space left", PC_E_STORE_FULL, full},
    };
    size_t i = 0, n = sizeof meanings / sizeof *meanings;
    while (i < n && !strstr(text, meanings[i].part))
        i++;
    if (i < n)
        (void)pc_fail(err, meanings[i].code, "%s", meanings[i].message);
    else
        (void)pc_fail(err, PC_E_QUEUE_UNAVAILABLE, NULL);
    return pc_err_wrap(err, "Redis says: %.200s", text);
}

static bool timed_out(const redisContext *c)
{
    return c->err == REDIS_ERR_IO && (errno == EAGAIN || errno == ETIMEDOUT);
}

static enum pc_code connection_error(const redisContext *c, struct pc_err *err)
{
    if (pc_bull_tls_rejected(c, err))
        return err->code;
    return pc_fail_detail(err, PC_E_QUEUE_UNAVAILABLE, "%s",
                          timed_out(c) ? "no answer in time" : c->errstr);
}

enum pc_code pc_bull_connection_command(redisContext *c, int argc, const char **argv,
                                        redisReply **out, bool *broken, struct pc_err *err)
{
    redisReply *reply = redisCommandArgv(c, argc, argv, NULL);
    *out = NULL;
    *broken = !reply;
    if (!reply)
        return connection_error(c, err);
    if (reply->type != REDIS_REPLY_ERROR) {
        *out = reply;
        return PC_OK;
    }
    enum pc_code rc = error_from_reply(reply->str, err);
    freeReplyObject(reply);
    return rc;
}

static enum pc_code run_command(redisContext *c, int argc, const char **argv, struct pc_err *err)
{
    redisReply *reply;
    bool broken;
    enum pc_code rc = pc_bull_connection_command(c, argc, argv, &reply, &broken, err);
    freeReplyObject(reply);
    return rc;
}

static enum pc_code authenticate(redisContext *c, const struct pc_bull_url *url, struct pc_err *err)
{
    char db[16];
    const char *user = url->user && *url->user ? url->user : NULL;
    const char *password = url->password ? url->password : "";
    enum pc_code rc = PC_OK;
    if (user)
        rc = run_command(c, 3, (const char *[]){"AUTH", user, password}, err);
    else if (*password)
        rc = run_command(c, 2, (const char *[]){"AUTH", password}, err);
    if (rc)
        return rc;
    snprintf(db, sizeof db, "%d", url->db);
    return run_command(c, 2, (const char *[]){"SELECT", db}, err); /* also shows that it answers */
}

static enum pc_code set_up(redisContext *c, const struct pc_bull_url *url, int64_t io_ms,
                           struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    if (redisSetTimeout(c, as_timeval(PC_BULL_COMMAND_MS)) != REDIS_OK)
        rc = connection_error(c, err);
    if (!rc && url->tls)
        rc = pc_bull_tls_handshake(c, url, err);
    if (!rc)
        rc = authenticate(c, url, err);
    if (rc == PC_E_QUEUE_UNAVAILABLE && c->err && !timed_out(c))
        (void)pc_err_wrap(err, url->tls
                                   ? "at the first command; it may ask for a client certificate"
                                   : "at the first command; it may expect TLS (rediss://)");
    if (!rc && redisSetTimeout(c, as_timeval(io_ms)) != REDIS_OK)
        rc = connection_error(c, err);
    if (!rc)
        redisEnableKeepAlive(c);
    return rc;
}

static enum pc_code closing_error(struct pc_err *err)
{
    return pc_fail_detail(err, PC_E_QUEUE_UNAVAILABLE, "the queue is being closed");
}

enum pc_code pc_bull_connection_open(struct pc_bull *b, int64_t io_ms, redisContext **out,
                                     struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    *out = NULL;
    if (pc_bull_connections_are_aborted(&b->connections))
        return closing_error(err);
    redisContext *c =
        redisConnectWithTimeout(b->url.host, b->url.port, as_timeval(PC_BULL_CONNECT_MS));
    if (!c)
        return pc_fail_detail(err, PC_E_QUEUE_UNAVAILABLE, "no memory for a connection");
    if (c->err)
        rc = connection_error(c, err);
    else if (!pc_bull_connections_register(&b->connections, c->fd))
        rc = closing_error(err);
    if (rc) {
        redisFree(c);
        return pc_err_wrap(err, "%s:%d", b->url.host, b->url.port);
    }
    rc = set_up(c, &b->url, io_ms, err);
    if (!rc) {
        *out = c;
        return PC_OK;
    }
    pc_bull_connection_close(b, c);
    return pc_err_wrap(err, "%s:%d", b->url.host, b->url.port);
}

void pc_bull_connection_close(struct pc_bull *b, redisContext *c)
{
    if (!c)
        return;
    pc_bull_connections_unregister(&b->connections, c->fd);
    redisFree(c);
}

enum pc_code pc_bull_connection_set_name(redisContext *c, const struct pc_bull_url *url,
                                         struct pc_err *err)
{
    struct pc_buf name = PC_BUF_INIT;
    pc_buf_printf(&name, "%s:", url->prefix);
    pc_base64_encode(&name, url->queue, strlen(url->queue));
    enum pc_code rc =
        run_command(c, 3, (const char *[]){"CLIENT", "SETNAME", pc_buf_text(&name)}, err);
    pc_buf_finish(&name);
    return rc;
}
