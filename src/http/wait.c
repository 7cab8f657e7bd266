/* Requests that wait for an image. Before each look at it the wait is noted; when the look finds it
 * pending, the request is suspended, and resumed to look again by a change, by the deadline, the
 * client's going away, or the stop of the server. A change between look and suspension is not
 * missed: it was noted. */
#include <stdlib.h>
#include <sys/epoll.h>

#include "base/clock.h"
#include "base/mem.h"
#include "http/internal.h"
#include "http/list.h"

struct pc_wait {
    struct pc_watch watch; /* of the socket: only for its end */
    struct pc_wait *next, *prev;
    struct pc_waits *owner;
    struct pc_request *r;
    int64_t id, deadline_ms;
    bool parked;
    bool changed; /* since the last look */
    bool over;    /* it waits no longer: whatever is found is the answer */
};

struct pc_waits {
    struct pc_http *http;
    struct pc_wait *first;
    int n;
};

struct pc_waits *pc_waits_create(struct pc_http *http)
{
    struct pc_waits *waits = pc_xmalloc(sizeof *waits);
    waits->http = http;
    return waits;
}

void pc_waits_destroy(struct pc_waits *waits)
{
    free(waits);
}

int pc_waits_count(const struct pc_waits *waits)
{
    return waits->n;
}

static void wake(struct pc_wait *w)
{
    if (!w->parked)
        return;
    w->parked = false;
    pc_http_unwatch(w->owner->http, w->r->conn->fd);
    MHD_resume_connection(w->r->mhd);
    w->owner->http->daemon_ready = true;
}

static void end_wait(struct pc_wait *w)
{
    w->over = true;
    wake(w);
}

static void client_left(struct pc_watch *watch, uint32_t events)
{
    (void)events;
    end_wait((struct pc_wait *)watch);
}

struct pc_wait *pc_waits_begin(struct pc_request *r, int64_t id, int64_t deadline_ms)
{
    struct pc_waits *waits = r->http->waits;
    struct pc_wait *w = pc_xmalloc(sizeof *w);
    *w = (struct pc_wait){.watch.ready = client_left,
                          .owner = waits,
                          .r = r,
                          .id = id,
                          .deadline_ms = deadline_ms,
                          .over = r->http->stopping};
    PC_LIST_ADD(waits->first, w);
    waits->n++;
    return w;
}

void pc_waits_again(struct pc_wait *w)
{
    w->changed = false;
}

bool pc_waits_park(struct pc_wait *w)
{
    if (w->over || pc_mono_ms() >= w->deadline_ms)
        return false;
    MHD_suspend_connection(w->r->mhd);
    pc_conn_set_phase(w->r->conn, PC_PHASE_PARKED, 0);
    pc_http_watch(w->owner->http, w->r->conn->fd, EPOLLRDHUP, &w->watch);
    w->parked = true;
    pc_changes_wanted(w->owner->http->changes, false);
    if (w->changed)
        wake(w);
    return true;
}

void pc_waits_end(struct pc_wait *w)
{
    if (w->parked)
        pc_http_unwatch(w->owner->http, w->r->conn->fd);
    PC_LIST_REMOVE(w->owner->first, w);
    w->owner->n--;
    free(w);
}

void pc_waits_changed(struct pc_waits *waits, int64_t id)
{
    for (struct pc_wait *w = waits->first; w; w = w->next)
        if (id == 0 || w->id == id) {
            w->changed = true;
            wake(w);
        }
}

void pc_waits_sweep(struct pc_waits *waits, int64_t now_ms)
{
    for (struct pc_wait *w = waits->first; w; w = w->next)
        if (now_ms >= w->deadline_ms)
            end_wait(w);
}

void pc_waits_wake_all(struct pc_waits *waits)
{
    for (struct pc_wait *w = waits->first; w; w = w->next)
        end_wait(w);
}
