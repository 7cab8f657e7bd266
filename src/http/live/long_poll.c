#include "http/live/long_poll.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "http/list.h"

struct pc_long_poll {
    struct pc_loop_watch client_left; /* first */
    struct pc_long_poll *next, *prev;
    struct pc_request *r;
    int64_t id, deadline_ms;
    bool suspended;
    bool changed; /* since the image was read last */
    bool over;    /* it has waited long enough: the next response is sent whatever it says */
};

struct pc_long_polls {
    struct pc_subscriber subscriber; /* first */
    struct pc_long_poll *first;
    int n;
};

static void resume(struct pc_long_poll *p)
{
    if (p->suspended)
        pc_connection_resume(p->r->connection);
    p->suspended = false;
}

static void end_wait(struct pc_long_poll *p)
{
    p->over = true;
    resume(p);
}

/* --- of one request --- */

static void on_client_left(struct pc_loop_watch *watch, uint32_t events)
{
    (void)events;
    end_wait((struct pc_long_poll *)watch);
}

struct pc_long_poll *pc_long_poll_begin(struct pc_request *r, int64_t id, int64_t deadline_ms)
{
    struct pc_long_polls *polls = r->http->long_polls;
    struct pc_long_poll *p = pc_xzalloc(sizeof *p);
    *p = (struct pc_long_poll){.client_left.ready = on_client_left,
                               .r = r,
                               .id = id,
                               .deadline_ms = deadline_ms,
                               .over = r->http->stopping};
    PC_LIST_ADD(polls->first, p);
    polls->n++;
    return p;
}

void pc_long_poll_rearm(struct pc_long_poll *p)
{
    p->changed = false;
}

bool pc_long_poll_suspend(struct pc_long_poll *p)
{
    if (p->over || pc_clock_mono_ms() >= p->deadline_ms)
        return false;
    pc_connection_suspend(p->r->connection, &p->client_left);
    p->suspended = true;
    pc_change_feed_request(p->r->http->change_feed, false);
    if (p->changed)
        resume(p);
    return true;
}

void pc_long_poll_end(struct pc_long_poll *p)
{
    struct pc_long_polls *polls = p->r->http->long_polls;
    if (p->suspended)
        pc_connection_unwatch(p->r->connection);
    PC_LIST_REMOVE(polls->first, p);
    polls->n--;
    free(p);
}

/* --- of the server --- */

static int count(const struct pc_subscriber *s)
{
    return ((const struct pc_long_polls *)s)->n;
}

static void on_image_changed(struct pc_subscriber *s, int64_t id)
{
    for (struct pc_long_poll *p = ((struct pc_long_polls *)s)->first; p; p = p->next)
        if (id == 0 || p->id == id) {
            p->changed = true;
            resume(p);
        }
}

struct pc_long_polls *pc_long_polls_create(struct pc_change_feed *feed)
{
    struct pc_long_polls *polls = pc_xzalloc(sizeof *polls);
    polls->subscriber = (struct pc_subscriber){.count = count, .image_changed = on_image_changed};
    pc_change_feed_subscribe(feed, &polls->subscriber);
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

void pc_long_polls_sweep(struct pc_long_polls *polls, int64_t now_ms)
{
    for (struct pc_long_poll *p = polls->first; p; p = p->next)
        if (now_ms >= p->deadline_ms)
            end_wait(p);
}

void pc_long_polls_end_all(struct pc_long_polls *polls)
{
    for (struct pc_long_poll *p = polls->first; p; p = p->next)
        end_wait(p);
}
