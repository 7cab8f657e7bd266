/* What changed, from the threads that change things to the one that tells the page, and to other
 * processes.
 *
 * A set of image ids with a file descriptor that becomes readable; an id that changes many times
 * before it is drained comes out once. At most PC_EVENTS_MAX ids are kept; beyond that one event of
 * id 0 stands for "more has changed: read the list again". One consumer, or none: nothing is kept
 * before its first pc_events_fd.
 *
 * Threads: changed, removed and heard from any thread; fd and drain from the consumer.
 */
#ifndef PC_SERVICE_EVENTS_H
#define PC_SERVICE_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

enum { PC_EVENTS_MAX = 1024 };

struct pc_event {
    int64_t id; /* 0: more has changed than was kept */
    bool removed;
};

struct pc_events;
/* tell (may be NULL) passes on what this process changed: called by changed and removed, so it must
 * be quick and may not call back. Gives. */
struct pc_events *pc_events_create(void (*publish)(void *ctx, int64_t id, bool removed), void *ctx);
void pc_events_destroy(struct pc_events *ev);

void pc_events_changed(struct pc_events *ev, int64_t id);
void pc_events_removed(struct pc_events *ev, int64_t id);

/* Another process told; id 0: it is not known what. Kept, but not passed on. */
void pc_events_received(struct pc_events *ev, int64_t id, bool removed);

int pc_events_fd(struct pc_events *ev); /* readable while something waits */
/* Moves up to max events out, oldest first; answers how many. */
int pc_events_drain(struct pc_events *ev, struct pc_event *out, int max);

#endif
