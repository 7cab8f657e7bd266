/* One client of /live: a WebSocket on a socket that the library handed over.
 *
 * wslay checks what comes in, and answers pings and closes. What goes out is a queue of whole
 * frames; a frame is made once and shared by all clients. A client that leaves more than 256 KiB
 * unread is dropped: it connects again and reads the list.
 *
 * Ownership: the hub owns its clients; frames are reference counted. Threads: the loop's thread.
 */
#ifndef PC_HTTP_LIVE_WS_CLIENT_H
#define PC_HTTP_LIVE_WS_CLIENT_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/live/websocket.h"
#include "http/loop.h"

struct pc_ws_frame {
    int refs;
    size_t len;
    unsigned char bytes[];
};
/* Gives one reference. */
struct pc_ws_frame *pc_ws_frame_create(enum pc_websocket_opcode opcode, const void *payload,
                                       size_t len);
void pc_ws_frame_unref(struct pc_ws_frame *frame);

struct pc_ws_client {
    struct pc_loop_watch watch;       /* of fd; first */
    struct pc_ws_client *next, *prev; /* in the hub's list */
    struct pc_ws_hub *hub;            /* set by the hub */
    struct pc_loop *loop;
    struct MHD_UpgradeResponseHandle *handle;
    struct wslay_event_context *protocol;
    int fd;
    unsigned char *early; /* bytes that came right after the handshake: owned */
    size_t early_at, early_len;
    int read_budget; /* of this iteration: one that floods us does not starve the others */
    struct pc_ws_queued_frame *first, *last;
    size_t sent;   /* of first */
    size_t queued; /* bytes in all */
    int64_t received_ms, ping_sent_ms;
    int64_t close_by_ms; /* a close frame was sent: dropped then at the latest; 0: none was */
    bool greeted;        /* hello was sent: other messages may be */
    bool wants_write, dead;
};

/* Copies early. NULL when memory is short. The caller watches fd (EPOLLIN | EPOLLRDHUP). */
struct pc_ws_client *pc_ws_client_create(struct pc_loop *loop, int fd,
                                         struct MHD_UpgradeResponseHandle *handle,
                                         const void *early, size_t early_len);
/* Ends the connection and frees c. fd must no longer be watched. */
void pc_ws_client_destroy(struct pc_ws_client *c);
/* Queues and sends what fits; may set dead: the hub then destroys it. */
void pc_ws_client_send(struct pc_ws_client *c, struct pc_ws_frame *frame);
void pc_ws_client_say_goodbye(struct pc_ws_client *c, int64_t close_by_ms);
/* Reads and writes as the socket allows; may set dead. */
void pc_ws_client_handle_io(struct pc_ws_client *c, uint32_t events);

#endif
