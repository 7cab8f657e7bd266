/* What changed, from the threads that change things to the one that tells the page.
 *
 * A set of image ids with a file descriptor that becomes readable; an id that changes many times
 * before it is drained comes out once. At most PC_EVENTS_MAX ids are kept; beyond that one event of
 * id 0 stands for "more has changed: read the list again". One consumer, or none. Threads: changed
 * and removed from any thread; fd and drain from the consumer.
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
struct pc_events *pc_events_create(void); /* gives */
void pc_events_destroy(struct pc_events *ev);

void pc_events_changed(struct pc_events *ev, int64_t id);
void pc_events_removed(struct pc_events *ev, int64_t id);

int pc_events_fd(const struct pc_events *ev); /* readable while something waits */
/* Moves up to max events out, oldest first; answers how many. */
int pc_events_drain(struct pc_events *ev, struct pc_event *out, int max);

#endif
