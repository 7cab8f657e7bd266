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

struct pc_long_poll {
    struct pc_loop_watch watch; /* of the socket: only for its end */
    struct pc_long_poll *next, *prev;
    struct pc_long_polls *owner;
    struct pc_request *r;
    int64_t id, deadline_ms;
    bool suspended;
    bool changed; /* since the last look */
    bool over;    /* it waits no longer: whatever is found is the answer */
};

struct pc_long_polls {
    struct pc_http *http;
    struct pc_long_poll *first;
    int n;
};

struct pc_long_polls *pc_long_polls_create(struct pc_http *http)
{
    struct pc_long_polls *polls = pc_xzalloc(sizeof *polls);
    polls->http = http;
    return polls;
}

void pc_long_polls_destroy(struct pc_long_polls *polls)
{
    free(polls);
}

int pc_long_polls_count(const struct pc_long_polls *polls)
{
    return polls->n;
}

static void resume(struct pc_long_poll *w)
{
    if (!w->suspended)
        return;
    w->suspended = false;
    pc_loop_remove(w->owner->http, w->r->connection->fd);
    MHD_resume_connection(w->r->mhd);
    w->owner->http->daemon_ready = true;
}

static void end_wait(struct pc_long_poll *w)
{
    w->over = true;
    resume(w);
}

static void on_client_left(struct pc_loop_watch *watch, uint32_t events)
{
    (void)events;
    end_wait((struct pc_long_poll *)watch);
}

struct pc_long_poll *pc_long_poll_begin(struct pc_request *r, int64_t id, int64_t deadline_ms)
{
    struct pc_long_polls *polls = r->http->long_polls;
    struct pc_long_poll *w = pc_xzalloc(sizeof *w);
    *w = (struct pc_long_poll){.watch.ready = on_client_left,
                               .owner = polls,
                               .r = r,
                               .id = id,
                               .deadline_ms = deadline_ms,
                               .over = r->http->stopping};
    PC_LIST_ADD(polls->first, w);
    polls->n++;
    return w;
}

void pc_long_poll_rearm(struct pc_long_poll *w)
{
    w->changed = false;
}

bool pc_long_poll_suspend(struct pc_long_poll *w)
{
    if (w->over || pc_clock_mono_ms() >= w->deadline_ms)
        return false;
    MHD_suspend_connection(w->r->mhd);
    pc_connection_set_phase(w->r->connection, PC_PHASE_SUSPENDED, 0);
    pc_loop_add(w->owner->http, w->r->connection->fd, EPOLLRDHUP, &w->watch);
    w->suspended = true;
    pc_change_feed_request(w->owner->http->change_feed, false);
    if (w->changed)
        resume(w);
    return true;
}

void pc_long_poll_end(struct pc_long_poll *w)
{
    if (w->suspended)
        pc_loop_remove(w->owner->http, w->r->connection->fd);
    PC_LIST_REMOVE(w->owner->first, w);
    w->owner->n--;
    free(w);
}

void pc_long_polls_notify(struct pc_long_polls *polls, int64_t id)
{
    for (struct pc_long_poll *w = polls->first; w; w = w->next)
        if (id == 0 || w->id == id) {
            w->changed = true;
            resume(w);
        }
}

void pc_long_polls_sweep(struct pc_long_polls *polls, int64_t now_ms)
{
    for (struct pc_long_poll *w = polls->first; w; w = w->next)
        if (now_ms >= w->deadline_ms)
            end_wait(w);
}

void pc_long_polls_end_all(struct pc_long_polls *polls)
{
    for (struct pc_long_poll *w = polls->first; w; w = w->next)
        end_wait(w);
}
