/* A subscriber of the change feed: long polls are one, WebSocket clients another. The feed knows
 * them only by these functions.
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
    /* This image changed or was removed; 0: any image may have. */
    void (*image_changed)(struct pc_subscriber *s, int64_t id);               /* may be NULL */
    void (*publish)(struct pc_subscriber *s, const struct pc_change *change); /* may be NULL */
    /* Changes up to seq were published. Without reset: for those that joined since the last call.
     * With reset: for all, who must read everything again because more changed than was noted.
     * Borrows counts. */
    void (*position)(struct pc_subscriber *s, int64_t seq, json_t *counts,
                     bool reset); /* may be NULL */
    /* The position of the last call is no longer the newest. */
    void (*position_outdated)(struct pc_subscriber *s); /* may be NULL */
};

#endif
