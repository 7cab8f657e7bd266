/* Tells one consumer in this process, and the other processes, which images changed.
 *
 * A set of image ids, with a file descriptor that is readable while the set is not empty. An id
 * that changes several times before it is drained comes out once. At most PC_EVENTS_MAX ids are
 * kept; if more change, an event with id 0 says so: read the list again. Nothing is kept before the
 * first pc_events_fd, because there may be no consumer.
 *
 * Threads: changed, removed and received from any thread; fd and drain from the consumer.
 */
#ifndef PC_SERVICE_EVENTS_H
#define PC_SERVICE_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

enum { PC_EVENTS_MAX = 1024 };

struct pc_event {
    int64_t id; /* 0: more images changed than are kept */
    bool removed;
};

struct pc_events;
/* Gives. pc_events_changed and pc_events_removed call publish (may be NULL) to tell other
 * processes. It must be quick and may not call back. */
struct pc_events *pc_events_create(void (*publish)(void *ctx, int64_t id, bool removed), void *ctx);
void pc_events_destroy(struct pc_events *ev);

void pc_events_changed(struct pc_events *ev, int64_t id);
void pc_events_removed(struct pc_events *ev, int64_t id);

/* Another process published a change; id 0: it is not known of which image. Publishes nothing. */
void pc_events_received(struct pc_events *ev, int64_t id, bool removed);

int pc_events_fd(struct pc_events *ev); /* readable while there are events */
/* Moves up to max events to out, oldest first; returns how many. */
int pc_events_drain(struct pc_events *ev, struct pc_event *out, int max);

#endif
