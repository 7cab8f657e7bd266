/* Requests that wait for an image to change: GET /image-status/{id}?wait=SECONDS.
 *
 * A handler begins the long poll before it first reads the image, and suspends the request when it
 * found the image pending. A change, the deadline, the client's leaving and the stop of the server
 * resume it: the handler's end is called again, calls pc_long_poll_rearm, and reads the image
 * again. A change between reading and suspension is not missed: it was noted.
 *
 * Threads: the loop's thread.
 */
#ifndef PC_HTTP_LIVE_LONG_POLL_H
#define PC_HTTP_LIVE_LONG_POLL_H

#include "http/live/change_feed.h"
#include "http/request.h"

struct pc_long_poll;
struct pc_long_polls; /* of one server */

/* Subscribes to feed. Gives. */
struct pc_long_polls *pc_long_polls_create(struct pc_change_feed *feed);
void pc_long_polls_destroy(struct pc_long_polls *polls); /* takes NULL */
/* Ends those whose deadline is over. */
void pc_long_polls_sweep(struct pc_long_polls *polls, int64_t now_ms);
void pc_long_polls_end_all(struct pc_long_polls *polls); /* the server stops */
int pc_long_polls_count(const struct pc_long_polls *polls);

/* Notes from now on whether the image changes. Gives. */
struct pc_long_poll *pc_long_poll_begin(struct pc_request *r, int64_t id, int64_t deadline_ms);
/* The image is about to be read: forgets what was noted. */
void pc_long_poll_rearm(struct pc_long_poll *poll);
/* Suspends the request. False: it has waited long enough, respond now. */
bool pc_long_poll_suspend(struct pc_long_poll *poll);
void pc_long_poll_end(struct pc_long_poll *poll); /* takes */

#endif
