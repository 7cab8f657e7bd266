/* GET /live: the WebSocket clients of the server, each an open page that is shown what changed.
 *
 *     {"type": "hello", "seq", "counts"}     greets a client; again: read the list anew
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
void pc_ws_hub_destroy(struct pc_ws_hub *hub); /* takes NULL; no client is left by then */
/* Pings, and drops clients that do not answer. */
void pc_ws_hub_sweep(struct pc_ws_hub *hub, int64_t now_ms);
/* Says good-bye (1001) to all; those that owe nothing are closed at once. */
void pc_ws_hub_say_goodbye(struct pc_ws_hub *hub);
/* Closes what is left. */
void pc_ws_hub_close_all(struct pc_ws_hub *hub);
int pc_ws_hub_count(const struct pc_ws_hub *hub);

#endif
