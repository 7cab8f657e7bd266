/* The list of open connections, so that closing a queue does not wait for a Redis that does not
 * answer. While the close goes on, a thread waits for its end; if that takes too long, the thread
 * shuts down the sockets, and whoever waits for Redis returns at once. What was sent last may be
 * lost then: notifications, which only save time, and a job that the poller just got, which the
 * stalled check puts back. */
#include <assert.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/sync.h"
#include "queue/bull/internal.h"

void pc_bull_connections_init(struct pc_bull_connections *connections)
{
    pthread_mutex_init(&connections->lock, NULL);
    pc_sync_cond_init(&connections->closed_cond);
}

bool pc_bull_connections_are_aborted(struct pc_bull_connections *connections)
{
    pthread_mutex_lock(&connections->lock);
    bool aborted = connections->aborted;
    pthread_mutex_unlock(&connections->lock);
    return aborted;
}

bool pc_bull_connections_register(struct pc_bull_connections *connections, int fd)
{
    pthread_mutex_lock(&connections->lock);
    bool ok = !connections->aborted;
    if (ok) {
        assert(connections->n < (int)(sizeof connections->fds / sizeof *connections->fds));
        connections->fds[connections->n++] = fd;
    }
    pthread_mutex_unlock(&connections->lock);
    return ok;
}

void pc_bull_connections_unregister(struct pc_bull_connections *connections, int fd)
{
    pthread_mutex_lock(&connections->lock);
    int i = 0;
    while (connections->fds[i] != fd)
        i++;
    connections->fds[i] = connections->fds[--connections->n];
    pthread_mutex_unlock(&connections->lock);
}

static void *abort_late_connections(void *ctx)
{
    struct pc_bull_connections *connections = ctx;
    int64_t until_ms = pc_clock_mono_ms() + PC_BULL_CLOSE_MS;
    pthread_mutex_lock(&connections->lock);
    while (!connections->closed && pc_clock_mono_ms() < until_ms)
        pc_sync_wait_until(&connections->closed_cond, &connections->lock, until_ms);
    connections->aborted = true;
    for (int i = 0; i < connections->n; i++)
        shutdown(connections->fds[i], SHUT_RDWR);
    pthread_mutex_unlock(&connections->lock);
    return NULL;
}

void pc_bull_connections_begin_close(struct pc_bull_connections *connections)
{
    connections->started =
        pthread_create(&connections->closer, NULL, abort_late_connections, connections) == 0;
}

void pc_bull_connections_finish(struct pc_bull_connections *connections)
{
    pthread_mutex_lock(&connections->lock);
    connections->closed = true;
    pthread_cond_signal(&connections->closed_cond);
    pthread_mutex_unlock(&connections->lock);
    if (connections->started)
        pthread_join(connections->closer, NULL);
    pthread_cond_destroy(&connections->closed_cond);
    pthread_mutex_destroy(&connections->lock);
}
