/* An array of events and an eventfd. Looking for an id in the array is a linear search, of at most
 * PC_EVENTS_MAX steps however slow the consumer is. */
#include "service/events.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/mem.h"

struct pc_events {
    void (*publish)(void *ctx, int64_t id, bool removed);
    void *ctx;
    int fd;
    pthread_mutex_t lock; /* guards what follows */
    struct pc_event items[PC_EVENTS_MAX];
    int n;
    bool overflowed;
    bool consumed; /* there is a consumer */
};

struct pc_events *pc_events_create(void (*publish)(void *ctx, int64_t id, bool removed), void *ctx)
{
    struct pc_events *ev = pc_xzalloc(sizeof *ev);
    ev->publish = publish;
    ev->ctx = ctx;
    pthread_mutex_init(&ev->lock, NULL);
    ev->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (ev->fd < 0)
        abort(); /* out of descriptors before the first connection: nothing will work */
    return ev;
}

void pc_events_destroy(struct pc_events *ev)
{
    if (!ev)
        return;
    close(ev->fd);
    pthread_mutex_destroy(&ev->lock);
    free(ev);
}

void pc_events_received(struct pc_events *ev, int64_t id, bool removed)
{
    pthread_mutex_lock(&ev->lock);
    bool consumed = ev->consumed, was_empty = ev->n == 0 && !ev->overflowed;
    int i = ev->n - 1;
    while (i >= 0 && ev->items[i].id != id)
        i--;
    if (consumed && i >= 0)
        ev->items[i].removed = ev->items[i].removed || removed;
    else if (consumed && id && ev->n < PC_EVENTS_MAX)
        ev->items[ev->n++] = (struct pc_event){.id = id, .removed = removed};
    else if (consumed)
        ev->overflowed = true;
    pthread_mutex_unlock(&ev->lock);
    if (consumed && was_empty)
        eventfd_write(ev->fd, 1);
}

static void put(struct pc_events *ev, int64_t id, bool removed)
{
    pc_events_received(ev, id, removed);
    if (ev->publish)
        ev->publish(ev->ctx, id, removed);
}

void pc_events_changed(struct pc_events *ev, int64_t id)
{
    put(ev, id, false);
}

void pc_events_removed(struct pc_events *ev, int64_t id)
{
    put(ev, id, true);
}

int pc_events_fd(struct pc_events *ev)
{
    pthread_mutex_lock(&ev->lock);
    ev->consumed = true;
    pthread_mutex_unlock(&ev->lock);
    return ev->fd;
}

int pc_events_drain(struct pc_events *ev, struct pc_event *out, int max)
{
    eventfd_t ignored;
    pthread_mutex_lock(&ev->lock);
    int n = ev->n < max ? ev->n : max;
    for (int i = 0; i < n; i++)
        out[i] = ev->items[i];
    ev->n -= n;
    memmove(ev->items, ev->items + n, (size_t)ev->n * sizeof *ev->items);
    if (ev->n == 0 && ev->overflowed && n < max) {
        out[n++] = (struct pc_event){.id = 0};
        ev->overflowed = false;
    }
    if (ev->n == 0 && !ev->overflowed)
        (void)eventfd_read(ev->fd, &ignored);
    pthread_mutex_unlock(&ev->lock);
    return n;
}
