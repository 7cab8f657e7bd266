/* Requests that wait for an image: suspended in the library, woken by an event, their deadline, the
 * client's going away, or the stop of the server. */
#include <stdlib.h>
#include <sys/epoll.h>

#include "base/clock.h"
#include "base/mem.h"
#include "http/internal.h"

enum { LOOK_MS = 1000 };

struct wait {
    struct pc_watch watch; /* of the socket: only for its end */
    struct wait *next, *prev;
    struct pc_waits *owner;
    struct pc_request *r;
    int64_t id, deadline_ms;
    bool woken;
};

struct pc_waits {
    struct pc_http *http;
    struct wait *first;
    int n;
    int64_t look_at_ms;
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

static void wake(struct wait *w)
{
    if (w->woken)
        return;
    w->woken = true;
    pc_http_unwatch(w->owner->http, w->r->conn->fd);
    MHD_resume_connection(w->r->mhd);
    w->owner->http->daemon_ready = true;
}

static void client_left(struct pc_watch *watch, uint32_t events)
{
    (void)events;
    wake((struct wait *)watch);
}

void pc_waits_park(struct pc_request *r, int64_t id, int64_t deadline_ms)
{
    struct pc_waits *waits = r->http->waits;
    struct wait *w = pc_xmalloc(sizeof *w);
    *w = (struct wait){.watch.ready = client_left,
                       .owner = waits,
                       .r = r,
                       .id = id,
                       .deadline_ms = deadline_ms,
                       .next = waits->first};
    if (w->next)
        w->next->prev = w;
    waits->first = w;
    waits->n++;
    r->state = w;
    MHD_suspend_connection(r->mhd);
    pc_conn_set_phase(r->conn, PC_PHASE_PARKED, 0);
    pc_http_watch(r->http, r->conn->fd, EPOLLRDHUP, &w->watch);
}

bool pc_waits_forget(struct pc_request *r)
{
    struct wait *w = r->state;
    if (!w)
        return false;
    if (!w->woken)
        pc_http_unwatch(r->http, r->conn->fd);
    if (w->prev)
        w->prev->next = w->next;
    else
        w->owner->first = w->next;
    if (w->next)
        w->next->prev = w->prev;
    w->owner->n--;
    r->state = NULL;
    free(w);
    return true;
}

static void look(struct wait *w)
{
    enum pc_status status;
    struct pc_err err = PC_ERR_INIT;
    if (pc_service_status(w->owner->http->svc, w->id, &status, &err) || status != PC_PENDING)
        wake(w);
}

void pc_waits_events(struct pc_waits *waits, const struct pc_event *events, int n)
{
    for (struct wait *w = waits->first; w; w = w->next)
        for (int i = 0; i < n; i++)
            if (events[i].id == w->id || events[i].id == 0) {
                look(w);
                break;
            }
}

void pc_waits_sweep(struct pc_waits *waits, int64_t now_ms)
{
    bool looking = now_ms >= waits->look_at_ms;
    if (looking)
        waits->look_at_ms = now_ms + LOOK_MS;
    for (struct wait *w = waits->first; w; w = w->next) {
        if (now_ms >= w->deadline_ms)
            wake(w);
        else if (looking)
            look(w);
    }
}

void pc_waits_wake_all(struct pc_waits *waits)
{
    for (struct wait *w = waits->first; w; w = w->next)
        wake(w);
}
