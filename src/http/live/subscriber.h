/* Who listens to the change feed. The feed knows no listener by name: long polls and WebSocket
 * clients each register one of these.
 *
 * All functions are called on the loop's thread and may not unsubscribe. Those that may be NULL say
 * so.
 */
#ifndef PC_HTTP_LIVE_SUBSCRIBER_H
#define PC_HTTP_LIVE_SUBSCRIBER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum pc_change_kind {
    PC_CHANGE_IMAGES,  /* value: list of Image */
    PC_CHANGE_REMOVED, /* value: list of ids */
    PC_CHANGE_COUNTS,  /* value: Counts */
};

struct pc_change { /* borrowed during the call */
    enum pc_change_kind kind;
    int64_t seq; /* all changes up to here have been published, this one or earlier */
    json_t *value;
};

struct pc_subscriber {
    struct pc_subscriber *next; /* the feed's */
    /* How many listen: while nobody does, the feed reads nothing. */
    int (*count)(const struct pc_subscriber *s);
    /* This image changed or is gone; 0: perhaps any. */
    void (*image_changed)(struct pc_subscriber *s, int64_t id);               /* may be NULL */
    void (*publish)(struct pc_subscriber *s, const struct pc_change *change); /* may be NULL */
    /* Where the feed stands: for those that joined since the last call, or with reset for all: more
     * changed than was noted, and they must read everything again. Borrows counts. */
    void (*position)(struct pc_subscriber *s, int64_t seq, json_t *counts,
                     bool reset); /* may be NULL */
    /* The position that was given last holds no longer. */
    void (*position_outdated)(struct pc_subscriber *s); /* may be NULL */
};

#endif
