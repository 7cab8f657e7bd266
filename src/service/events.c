/* An array of events and an eventfd. The search for an id that waits already is linear, and the
 * array bounded, so neither a slow consumer nor a batch of thousands costs more than PC_EVENTS_MAX
 * steps. */
#include "service/events.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/mem.h"

struct pc_events {
    pthread_mutex_t lock; /* guards all below but fd */
    struct pc_event items[PC_EVENTS_MAX];
    int n;
    bool overflowed;
    int fd;
};

struct pc_events *pc_events_create(void)
{
    struct pc_events *ev = pc_xmalloc(sizeof *ev);
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

static struct pc_event *find(struct pc_events *ev, int64_t id)
{
    for (int i = ev->n - 1; i >= 0; i--)
        if (ev->items[i].id == id)
            return &ev->items[i];
    return NULL;
}

static void put(struct pc_events *ev, int64_t id, bool removed)
{
    pthread_mutex_lock(&ev->lock);
    struct pc_event *known = find(ev, id);
    bool first = ev->n == 0;
    if (known)
        known->removed = known->removed || removed;
    else if (ev->n < PC_EVENTS_MAX)
        ev->items[ev->n++] = (struct pc_event){.id = id, .removed = removed};
    else
        ev->overflowed = true;
    pthread_mutex_unlock(&ev->lock);
    if (first)
        eventfd_write(ev->fd, 1);
}

void pc_events_changed(struct pc_events *ev, int64_t id)
{
    put(ev, id, false);
}

void pc_events_removed(struct pc_events *ev, int64_t id)
{
    put(ev, id, true);
}

int pc_events_fd(const struct pc_events *ev)
{
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
