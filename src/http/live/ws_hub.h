/* GET /live: the WebSocket clients of the server, each of them an open page.
 *
 *     {"type": "hello", "seq", "counts"}     the first message; later: read the list again
 *     {"type": "changed", "seq", "images"}
 *     {"type": "removed", "seq", "ids"}
 *     {"type": "counts", "seq", "counts"}
 *
 * seq means that all changes up to it have been published.
 *
 * Threads: the loop's thread.
 */
#ifndef PC_HTTP_LIVE_WS_HUB_H
#define PC_HTTP_LIVE_WS_HUB_H

#include "http/live/change_feed.h"

struct pc_ws_hub;

/* Subscribes to feed. Gives. */
struct pc_ws_hub *pc_ws_hub_create(struct pc_loop *loop, struct pc_change_feed *feed);
void pc_ws_hub_destroy(struct pc_ws_hub *hub); /* takes NULL; after close_all */
/* Pings, and drops clients that do not answer. */
void pc_ws_hub_sweep(struct pc_ws_hub *hub, int64_t now_ms);
/* Sends a close frame (1001) to all; clients without unsent frames are closed at once. */
void pc_ws_hub_say_goodbye(struct pc_ws_hub *hub);
/* Closes what is left. */
void pc_ws_hub_close_all(struct pc_ws_hub *hub);
int pc_ws_hub_count(const struct pc_ws_hub *hub);

#endif
