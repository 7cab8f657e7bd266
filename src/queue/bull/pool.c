/* Connections for commands: opened on demand, at most PC_BULL_CONNECTIONS_MAX, and kept.
 *
 * While Redis is unavailable no caller waits for it. After a failure all commands fail at once for
 * a while, which doubles with each failure. Then one caller tries to connect, and only its success
 * ends the outage. */
#include "base/clock.h"
#include "base/str.h"
#include "base/sync.h"
#include "queue/bull/internal.h"

enum { BACKOFF_FIRST_MS = 50, BACKOFF_MAX_MS = 2000 };

void pc_bull_pool_init(struct pc_bull_pool *pool)
{
    pthread_mutex_init(&pool->lock, NULL);
    pc_sync_cond_init(&pool->freed);
    pool->backoff = (struct pc_backoff){.first_ms = BACKOFF_FIRST_MS, .max_ms = BACKOFF_MAX_MS};
}

void pc_bull_pool_finish(struct pc_bull *b)
{
    struct pc_bull_pool *pool = &b->pool;
    for (int i = 0; i < pool->n_idle; i++)
        pc_bull_connection_close(b, pool->idle[i]);
    pthread_cond_destroy(&pool->freed);
    pthread_mutex_destroy(&pool->lock);
}

/* Reserves a connection: *idle, or NULL if the caller has to open one. */
static enum pc_code acquire(struct pc_bull_pool *pool, bool fresh, redisContext **idle,
                            struct pc_err *err)
{
    int64_t started_ms = pc_clock_mono_ms(), until_ms = started_ms + PC_BULL_COMMAND_MS;
    enum pc_code rc = PC_OK;
    *idle = NULL;
    pthread_mutex_lock(&pool->lock);
    if (!fresh && pool->backoff.current_ms > 0 && started_ms < pool->retry_at_ms)
        rc = pc_fail_detail(err, PC_E_QUEUE_UNAVAILABLE, "Redis was unavailable a moment ago");
    else if (pool->backoff.current_ms > 0) /* this caller tries; the others do not wait for it */
        pool->retry_at_ms = started_ms + PC_BULL_CONNECT_MS + PC_BULL_COMMAND_MS;
    while (!rc && !pool->n_idle && pool->n_open == PC_BULL_CONNECTIONS_MAX) {
        if (pc_clock_mono_ms() >= until_ms)
            rc = pc_fail_detail(err, PC_E_QUEUE_UNAVAILABLE, "all connections are busy");
        else
            pc_sync_wait_until(&pool->freed, &pool->lock, until_ms);
    }
    if (!rc && pool->n_idle)
        *idle = pool->idle[--pool->n_idle];
    else if (!rc)
        pool->n_open++;
    pthread_mutex_unlock(&pool->lock);
    return rc;
}

static void release(struct pc_bull_pool *pool, redisContext *c)
{
    pthread_mutex_lock(&pool->lock);
    pc_backoff_reset(&pool->backoff);
    pool->idle[pool->n_idle++] = c;
    pthread_cond_signal(&pool->freed);
    pthread_mutex_unlock(&pool->lock);
}

/* Closes the connection that broke, and the idle ones, which are probably broken as well. */
static void discard(struct pc_bull *b, redisContext *c)
{
    struct pc_bull_pool *pool = &b->pool;
    redisContext *old[PC_BULL_CONNECTIONS_MAX + 1] = {c};
    int n = 1;
    pthread_mutex_lock(&pool->lock);
    pool->n_open -= 1 + pool->n_idle;
    while (pool->n_idle)
        old[n++] = pool->idle[--pool->n_idle];
    pthread_cond_broadcast(&pool->freed);
    pthread_mutex_unlock(&pool->lock);
    for (int i = 0; i < n; i++)
        pc_bull_connection_close(b, old[i]);
}

/* *was_closed: it was a connection of the pool that turned out to be closed. */
static enum pc_code command_once(struct pc_bull *b, int argc, const char **argv, redisReply **out,
                                 bool fresh, bool *was_closed, struct pc_err *err)
{
    redisContext *c;
    bool broken = false;
    *was_closed = false;
    enum pc_code rc = acquire(&b->pool, fresh, &c, err);
    if (rc)
        return rc;
    bool was_idle = c != NULL;
    int64_t started_ms = pc_clock_mono_ms();
    if (!was_idle)
        rc = pc_bull_connection_open(b, PC_BULL_COMMAND_MS, &c, err);
    if (rc)
        broken = true;
    else
        rc = pc_bull_connection_command(c, argc, argv, out, &broken, err);
    if (!broken) {
        release(&b->pool, c);
        return rc;
    }
    discard(b, c);
    *was_closed = was_idle && pc_clock_mono_ms() - started_ms < PC_BULL_COMMAND_MS / 2;
    if (!*was_closed) {
        pthread_mutex_lock(&b->pool.lock);
        b->pool.retry_at_ms = pc_clock_mono_ms() + pc_backoff_next_ms(&b->pool.backoff);
        pthread_mutex_unlock(&b->pool.lock);
    }
    return rc;
}

enum pc_code pc_bull_command(struct pc_bull *b, int argc, const char **argv, redisReply **out,
                             struct pc_err *err)
{
    bool was_closed;
    *out = NULL;
    enum pc_code rc = command_once(b, argc, argv, out, false, &was_closed, err);
    if (was_closed)
        rc = command_once(b, argc, argv, out, true, &was_closed, err);
    if (rc == PC_E_CONFIG && b->opened) { /* the password was changed: perhaps only for now */
        err->code = rc = PC_E_QUEUE_UNAVAILABLE;
        pc_str_copy(err->message, sizeof err->message, pc_code_info(rc)->message);
    }
    return rc;
}
