/* All connections that are open, so that the close of a queue need not wait for a Redis that does
 * not answer: a thread that lives as long as the close shuts their sockets down when it takes too
 * long, and whoever waits there returns at once. What was asked for last may be lost then: words,
 * which are best effort, and a job that the feeder just got, which the stalled check frees. */
#include <assert.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "queue/bull.h"

void bull_links_init(struct bull_links *links)
{
    pthread_mutex_init(&links->lock, NULL);
    bull_cond_init(&links->over);
}

bool bull_links_are_cut(struct bull_links *links)
{
    pthread_mutex_lock(&links->lock);
    bool cut = links->cut;
    pthread_mutex_unlock(&links->lock);
    return cut;
}

bool bull_links_note(struct bull_links *links, int fd)
{
    pthread_mutex_lock(&links->lock);
    bool ok = !links->cut;
    if (ok) {
        assert(links->n < (int)(sizeof links->fds / sizeof *links->fds));
        links->fds[links->n++] = fd;
    }
    pthread_mutex_unlock(&links->lock);
    return ok;
}

void bull_links_forget(struct bull_links *links, int fd)
{
    pthread_mutex_lock(&links->lock);
    int i = 0;
    while (links->fds[i] != fd)
        i++;
    links->fds[i] = links->fds[--links->n];
    pthread_mutex_unlock(&links->lock);
}

static void *cut_in_time(void *ctx)
{
    struct bull_links *links = ctx;
    int64_t until_ms = pc_mono_ms() + BULL_CLOSE_MS;
    pthread_mutex_lock(&links->lock);
    while (!links->closed && pc_mono_ms() < until_ms)
        bull_cond_wait(&links->over, &links->lock, until_ms);
    links->cut = true;
    for (int i = 0; i < links->n; i++)
        shutdown(links->fds[i], SHUT_RDWR);
    pthread_mutex_unlock(&links->lock);
    return NULL;
}

void bull_links_close(struct bull_links *links)
{
    links->started = pthread_create(&links->closer, NULL, cut_in_time, links) == 0;
}

void bull_links_finish(struct bull_links *links)
{
    pthread_mutex_lock(&links->lock);
    links->closed = true;
    pthread_cond_signal(&links->over);
    pthread_mutex_unlock(&links->lock);
    if (links->started)
        pthread_join(links->closer, NULL);
    pthread_cond_destroy(&links->over);
    pthread_mutex_destroy(&links->lock);
}
